"""The History component: past runs, newest first; Enter opens what one of them wrote, item by item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from lpc_tui.tui.widgets.report_panes import ReportList, ReportPane

if TYPE_CHECKING:
    from lpc_tui.reports.interface import PastRun

__all__ = ["HistoryPanel"]


class HistoryPanel(Vertical):
    """The list of runs, and all of what the run under the cursor did, in numbers."""

    @dataclass
    class RunOpened(Message):
        """The person wants to see what a run wrote."""

        run: PastRun

    def __init__(self, zone: tzinfo, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._zone = zone
        self._runs: Sequence[PastRun] = ()

    def compose(self) -> ComposeResult:
        yield Static("History   Enter: what a run wrote, item by item", classes="heading")
        yield ReportList(id="history-table")
        yield ReportPane(id="history-detail")

    def show(self, runs: Sequence[PastRun]) -> None:
        """Show these runs, the latest first; the cursor stays with its run, but for the first line: that is the latest."""
        from lpc_tui.tui.report_lines import run_title

        run_list = self.query_one(ReportList)
        here = self._runs[run_list.cursor].run if 0 < run_list.cursor < len(self._runs) else ""
        self._runs = runs
        run_list.show(len(runs), lambda at: run_title(runs[at], self._zone))
        run_list.cursor = next((at for at, run in enumerate(runs) if run.run == here), run_list.cursor)
        if not runs:
            self.query_one(ReportPane).tell(["No sync has run yet: Start Sync begins the first one."])

    def focus_first(self) -> None:
        """Put the focus on the list."""
        self.query_one(ReportList).focus()

    @on(ReportList.Moved)
    def _moved(self, event: ReportList.Moved) -> None:
        from lpc_tui.tui.report_lines import run_lines

        event.stop()
        run = self._runs[event.at]
        self.query_one(ReportPane).show(lambda width: run_lines(run, self._zone, width))

    @on(ReportList.Chosen)
    def _chosen(self, event: ReportList.Chosen) -> None:
        event.stop()
        self.post_message(self.RunOpened(self._runs[event.at]))

    @on(ReportList.WhyPressed)
    def _why(self, event: ReportList.WhyPressed) -> None:
        """A run has no why of its own; its items have."""
        event.stop()
        self.post_message(self.RunOpened(self._runs[event.at]))
