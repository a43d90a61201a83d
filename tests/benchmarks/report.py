"""The measures as a table: in columns for a terminal, or in Markdown for the docs."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.jobs import Cost, Measure

__all__ = ["HEADINGS", "markdown", "plain", "row"]

HEADINGS = ("process", "run", "Outlook", "Salesforce", "requests", "floor", "goal", "", "seconds")
_WIDTHS = (8, 44, 14, 10, 8, 5, 4, 6, 7)
_MISSED = "missed"


def row(measure: Measure) -> tuple[str, ...]:
    """One measure, in the order of `HEADINGS`."""
    return (
        measure.process.value,
        measure.job,
        _asked(measure.graph),
        _asked(measure.salesforce),
        str(measure.requests),
        str(measure.goal.floor.total),
        str(measure.goal.most),
        _MISSED if measure.is_missed else "",
        f"{measure.seconds:.2f}",
    )


def plain(cells: Sequence[str]) -> str:
    """A row in columns: words to the left, figures to the right."""
    aligned = (
        f"{cell:<{width}}" if number < 2 else f"{cell:>{width}}"
        for number, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    )
    return "  ".join(aligned).rstrip()


def markdown(measures: Sequence[Measure]) -> str:
    """The whole table."""
    rules = ["---", "---", *["---:"] * (len(HEADINGS) - 2)]
    return "\n".join(_line(cells) for cells in (HEADINGS, rules, *map(row, measures)))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _asked(cost: Cost) -> str:
    """Requests to a service, with what travelled in its batches."""
    return f"{cost.requests} ({cost.parts:,})" if cost.parts else str(cost.requests)
