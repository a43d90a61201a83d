"""The measures as a table: in columns for a terminal, or in Markdown for the docs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

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
    """The requests of all processes side by side, what misses its goal in bold; no seconds, which nobody can compare."""
    processes = list(dict.fromkeys(measure.process for measure in measures))
    columns = [[each for each in measures if each.process is process] for process in processes]
    lines = [
        ("run", *(process.value for process in processes), "floor", "goal"),
        ("---", *("---:" for _ in processes), "---:", "---:"),
    ]
    for side_by_side in zip_longest(*columns):
        there = [each for each in side_by_side if each is not None]
        cells = ("" if each is None else _total(each) for each in side_by_side)
        floor = _span(each.goal.floor.total for each in there)
        lines.append((there[0].job, *cells, floor, _span(each.goal.most for each in there)))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _span(values: Iterable[int]) -> str:
    """What all processes have in common, or from where to where it goes."""
    least, *_, most = sorted([*values] * 2)
    return str(least) if least == most else f"{least} to {most}"


def _total(measure: Measure) -> str:
    """All requests, and how they divide between Outlook and Salesforce."""
    total = f"**{measure.requests}**" if measure.is_missed else str(measure.requests)
    return f"{total} ({measure.graph.requests} + {measure.salesforce.requests})"


def _asked(cost: Cost) -> str:
    """Requests to a service, with what travelled in its batches."""
    return f"{cost.requests} ({cost.parts:,})" if cost.parts else str(cost.requests)
