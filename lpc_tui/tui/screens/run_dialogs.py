"""The two dialogs of a run: which processes to start, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Static

from lpc_tui.engine.events import OperationEvent
from lpc_tui.engine.interface import RunResult
from lpc_tui.model.items import Process
from lpc_tui.tui.run_summary import has_issues, summary
from lpc_tui.tui.screens.question import NO, OK, YES, Answer, Question
from lpc_tui.tui.widgets.fields import Box
from lpc_tui.wording import outcome_words

__all__ = ["BACKGROUND", "ISSUES", "StartDialog", "SummaryDialog"]

BACKGROUND = Answer("background", "b", "Background")
ISSUES = Answer("issues", "i", "Issues")
_EVERYTHING = Answer("everything", "e", "Everything")


class StartDialog(Question):
    """Asks which processes to sync; `chosen` tells what was ticked when the answer is yes or `BACKGROUND`."""

    def __init__(self, shown: Process) -> None:
        """`shown` is the process whose settings are on the screen: its box is ticked to begin with."""
        super().__init__("Start Sync", "", (YES, _EVERYTHING, BACKGROUND, NO))
        self._shown = shown
        self.chosen: tuple[Process, ...] = ()

    def compose_body(self) -> ComposeResult:
        for process in Process:
            box = Box(process.value, process.label, id=f"start-{process}")
            box.set_reactive(Box.value, process is self._shown)
            yield box
        yield Static(
            "\nBoth sides are read, then you review what would be done. Nothing is written before that."
            "\nBackground syncs what is ticked by the saved rules, without a review."
        )

    def answer(self, name: str) -> None:
        if name == _EVERYTHING.name:
            self.chosen = tuple(Process)
            super().answer(YES.name)
            return
        self.chosen = tuple(process for process in Process if self.query_one(f"#start-{process}", Box).value)
        if name in {YES.name, BACKGROUND.name} and not self.chosen:
            self.notify("Tick at least one process.", severity="warning")
        else:
            super().answer(name)


class SummaryDialog(Question):
    """How a run ended: what was done on each side, what failed and why, what waits, what is prevented."""

    def __init__(self, result: RunResult, failures: Sequence[OperationEvent], put_off: int = 0) -> None:
        """Returns `ISSUES` if the person wants to see what is open; that is offered if anything is."""
        answers = (ISSUES, OK) if has_issues(result, failures) else (OK,)
        super().__init__(
            f"Sync finished: {outcome_words(result.outcome)}",
            summary(result, failures, put_off),
            answers,
            default=len(answers) - 1,
        )
