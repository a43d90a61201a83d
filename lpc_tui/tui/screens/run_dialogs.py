"""The two dialogs of a run: which processes to start, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from lpc_tui.engine.events import OperationEvent
from lpc_tui.engine.interface import RunResult
from lpc_tui.model.items import Process
from lpc_tui.tui.plain import content, prose
from lpc_tui.tui.screens.question import NO, OK, YES, Answer, Question
from lpc_tui.tui.widgets.fields import Box
from lpc_tui.wording import counts_words, describe, outcome_words

__all__ = ["StartDialog", "SummaryDialog"]

_EVERYTHING = Answer("everything", "e", "Everything")
_MOST_FAILURES = 50


class StartDialog(Question):
    """Asks which processes to sync; `chosen` tells what was ticked when the answer is yes."""

    def __init__(self, shown: Process) -> None:
        """`shown` is the process whose settings are on the screen: its box is ticked to begin with."""
        super().__init__("Start Sync", "", (YES, _EVERYTHING, NO))
        self._shown = shown
        self.chosen: tuple[Process, ...] = ()

    def compose_body(self) -> ComposeResult:
        for process in Process:
            box = Box(process.value, process.label, id=f"start-{process}")
            box.set_reactive(Box.value, process is self._shown)
            yield box
        yield Static(
            "\nBoth sides are read, then you review what would be done. Nothing is written before that."
        )

    def answer(self, name: str) -> None:
        if name == _EVERYTHING.name:
            self.chosen = tuple(Process)
            super().answer(YES.name)
            return
        self.chosen = tuple(process for process in Process if self.query_one(f"#start-{process}", Box).value)
        if name == YES.name and not self.chosen:
            self.notify("Tick at least one process.", severity="warning")
        else:
            super().answer(name)


class SummaryDialog(Question):
    """How a run ended: the counts, what stopped it, what failed and why."""

    def __init__(self, result: RunResult, failures: Sequence[OperationEvent]) -> None:
        super().__init__(f"Sync finished: {outcome_words(result.outcome)}", _summary(result, failures), (OK,))


def _summary(result: RunResult, failures: Sequence[OperationEvent]) -> Content:
    parts = [
        Content(f"{process.label}: {counts_words(counts)}.") for process, counts in result.counts.items()
    ]
    if not parts:
        parts.append(Content("No plan was carried out."))
    if result.error is not None:
        parts.append(prose(f"\n{result.error.title}: {result.error.message}\n{result.error.hint}".rstrip()))
    if failures:
        parts.append(Content.styled("\nWhat failed, in the service's words:", "bold"))
        parts += [content(describe(event)) for event in failures[:_MOST_FAILURES]]
    if len(failures) > _MOST_FAILURES:
        parts.append(Content(f"and {len(failures) - _MOST_FAILURES:,} more; the log has them."))
    if any(counts.conflicts for counts in result.counts.values()):
        parts.append(Content("\nConflicts wait, untouched on both sides, until you decide them in a review."))
    if any(counts.prevented for counts in result.counts.values()):
        parts.append(
            Content("\nWhat a Prevent Operations box holds back stays pending until it is unticked.")
        )
    return Content("\n").join(parts)
