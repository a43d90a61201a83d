"""Sums a run up for people: what was done on each side, what was not and why, and what to do next.

`sync` feeds a `Summary` the run's events and prints its lines at the end. Pure but for what it remembers; all foreign text
is inert.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from lpc_tui.engine.events import (
    Counts,
    Event,
    OperationEvent,
    Outcome,
    ProcessFinished,
    RunFinished,
    RunStarted,
    Status,
)
from lpc_tui.engine.interface import RunResult
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import WHOLE
from lpc_tui.plain import plain
from lpc_tui.wording import action_words, field_label, outcome_words

__all__ = ["Summary"]

SHOWN = 10
"""Items listed of one process and status; the log file names them all."""

_HEADINGS: Mapping[Status, str] = {
    Status.FAILED: "Failed",
    Status.CONFLICT: "In conflict",
    Status.PREVENTED: "Prevented",
    Status.SKIPPED: "Left as they are",
}

_WIDTH = 200
"""Cells of an item's line; a terminal wraps it, a file need not."""


class Summary:
    """Remembers of a run what its last page needs."""

    def __init__(self) -> None:
        self._is_dry_run = False
        self._elapsed_s = 0.0
        self._finished: dict[Process, ProcessFinished] = {}
        self._items: dict[tuple[Process, Status], Counter[str]] = {}
        """What is said of each item, in order, and of how many the very same is said."""

    def emit(self, event: Event) -> None:
        """Remember what matters of an event."""
        match event:
            case RunStarted(dry_run=is_dry_run):
                self._is_dry_run = is_dry_run
            case OperationEvent(status=status) if status in _HEADINGS:
                self._items.setdefault((event.process, status), Counter())[_item_line(event)] += 1
            case ProcessFinished(process=process):
                self._finished[process] = event
            case RunFinished(elapsed_s=elapsed_s):
                self._elapsed_s = elapsed_s
            case _:
                pass

    def lines(self, result: RunResult, log: Path) -> list[str]:
        """The last page of a run that ended with `result`; `log` is where all of it can be read."""
        lines: list[str] = []
        for process, finished in self._finished.items():
            lines += [*_table(finished, is_dry_run=self._is_dry_run), *self._lists(process, log), ""]
        lines.append(f"Finished in {self._elapsed_s:.1f} s: {outcome_words(result.outcome)}.")
        return lines + [f"  {line}" for line in self._next(result)]

    def _lists(self, process: Process, log: Path) -> list[str]:
        lines: list[str] = []
        for status, heading in _HEADINGS.items():
            items = self._items.get((process, status), Counter())
            if not items:
                continue
            lines.append(f"  {heading}:")
            for line, times in islice(items.items(), SHOWN):
                lines.append(f"    {line}" if times == 1 else f"    {line} ({times:,} times)")
            if (more := items.total() - sum(islice(items.values(), SHOWN))) > 0:
                lines.append(f"    ... and {more:,} more, in {plain(str(log))}")
        return lines

    def _next(self, result: RunResult) -> list[str]:
        """What the person can do now, most pressing first."""
        counts = [finished.counts for finished in self._finished.values()]
        names = " ".join(self._finished)
        lines = []
        if result.outcome is Outcome.OK and self._is_dry_run:
            lines.append(f"Nothing was written. To carry it out: lpc-tui sync {names}")
        if any(plan.brakes for plan in result.plans.values()):
            lines.append(
                "The brake of [safety] stopped it: look at the plan in lpc-tui and go on from there."
            )
        if torn := [process for process, finished in self._finished.items() if finished.counts.conflicts]:
            lines.append(
                "Conflicts wait for you: settle them in the review of lpc-tui, or choose a standing rule, for example:"
                f" lpc-tui config set sync.{torn[0]}.conflicts newest"
            )
        if _sum(counts, "failed"):
            lines.append(
                "What failed is tried again once it has changed: correct it where the reason says, then sync again."
            )
        if _sum(counts, "prevented"):
            lines.append("What was prevented stays pending; it happens once its Prevent box is unticked.")
        return lines


def _sum(counts: list[Counts], name: str) -> int:
    return sum(getattr(each, name) for each in counts)


def _item_line(event: OperationEvent) -> str:
    name = plain(event.item, 60)
    if event.status in {Status.FAILED, Status.PREVENTED}:
        name = f"{action_words(event.action, event.side)}: {name}"
    fields = [field_label(event.process, field) for field in event.fields or () if field != WHOLE]
    if fields and event.status in {Status.FAILED, Status.CONFLICT}:
        name += f" [{', '.join(fields)}]"
    return plain(f"{name}: {event.reason}" if event.reason else name, _WIDTH)


def _table(finished: ProcessFinished, *, is_dry_run: bool) -> list[str]:
    counts = finished.counts
    to_be = "to be " if is_dry_run else ""
    rows = [
        (f"{to_be}created", counts.created),
        (f"{to_be}updated", counts.updated),
        (f"{to_be}deleted", counts.deleted),
        ("requests", finished.requests),
    ]
    heading = f"{finished.process.label:<16}" + "".join(f"{side.label:>12}" for side in _COLUMNS)
    rest = [
        f"{number:,} {word}"
        for number, word in (
            (counts.linked, f"{to_be}linked"),
            (counts.unchanged, "unchanged"),
            (counts.prevented, "prevented"),
            (counts.conflicts, "in conflict"),
            (counts.skipped, "skipped"),
            (counts.failed, "failed"),
        )
        if number
    ]
    return [
        heading,
        *(
            f"  {name:<14}" + "".join(f"{by_side.get(side, 0):>12,}" for side in _COLUMNS)
            for name, by_side in rows
        ),
        *([f"  {', '.join(rest)}"] if rest else []),
    ]


_COLUMNS = (Side.SALESFORCE, Side.OUTLOOK)
"""As in the review: Salesforce at the left."""
