"""The components that only show something: History, About."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import DataTable, Static

import lpc_tui
from lpc_tui.tui.plain import content, plain
from lpc_tui.tui.ports import Ports, RunSummary
from lpc_tui.values import stamp_text
from lpc_tui.wording import counts_words, outcome_words

__all__ = ["AboutPanel", "HistoryPanel"]

_LABEL_WIDTH = 14
_PADDING = 9
"""Cells of the history that hold no text: beside each of the three columns, around the panel, and the scrollbar."""


def _line(label: str, value: str) -> Content:
    return Content.assemble("  ", content(f"{label:<{_LABEL_WIDTH}}"), " ", content(value), "\n")


class HistoryPanel(Vertical):
    """Past runs, newest first; below the list, all of what the run under the cursor did."""

    def __init__(self, zone: tzinfo, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._zone = zone
        self._runs: dict[str, RunSummary] = {}

    def compose(self) -> ComposeResult:
        yield Static("History", classes="heading")
        yield DataTable(id="history-table", cursor_type="row")
        yield Static("", id="history-detail")

    def on_mount(self) -> None:
        self.query_one(DataTable).add_columns("Started", "Outcome", "What")

    def show(self, runs: Sequence[RunSummary]) -> None:
        """Show these runs."""
        self._runs = {run.run: run for run in runs}
        self._fill()
        if not runs:
            self._tell("No sync has run yet. F5 starts one.")

    def on_resize(self) -> None:
        """What a run did is cut where the table ends."""
        self._fill()

    def _fill(self) -> None:
        table = self.query_one(DataTable)
        at = table.cursor_row
        table.clear()
        outcomes = max((len(_outcome(run)) for run in self._runs.values()), default=0)
        room = self.size.width - len("2026-03-12 10:00") - max(outcomes, len("Outcome")) - _PADDING
        for run in self._runs.values():
            started = stamp_text(run.started, self._zone)
            table.add_row(started, _outcome(run), Text(plain(_what(run), max(room, 1))), key=run.run)
        table.move_cursor(row=at)

    @on(DataTable.RowHighlighted)
    def _highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        if (run := self._runs.get(event.row_key.value or "")) is not None:
            self._tell(f"{stamp_text(run.started, self._zone)}: {_outcome(run)}. {_what(run)}.")

    def _tell(self, words: str) -> None:
        self.query_one("#history-detail", Static).update(content(words))


def _outcome(run: RunSummary) -> str:
    if run.outcome is None:
        return "did not end"
    return outcome_words(run.outcome).partition(";")[0]


def _what(run: RunSummary) -> str:
    return "; ".join(
        f"{process.label}: {counts_words(run.counts[process])}" if process in run.counts else process.label
        for process in run.processes
    )


class AboutPanel(VerticalScroll):
    """What this program is, and where its files live."""

    def __init__(self, ports: Ports, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._ports = ports

    def compose(self) -> ComposeResult:
        yield Static(f"About lpc-tui {lpc_tui.__version__}", classes="heading")
        yield Static(
            "Two-way sync of Outlook and Salesforce, in the way of LinkPoint Assist.\n"
            "Calendar, contacts and tasks; `lpc-tui fields` prints which of their fields are synced.\n"
            "Nothing is written to a service before you have confirmed the plan."
        )
        yield Static("Files", classes="heading")
        yield Static(Content("").join(_line(label, path) for label, path in self._ports.places))
        yield Static("F1 shows every key and what each setting does.")
