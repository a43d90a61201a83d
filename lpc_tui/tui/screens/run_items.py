"""What one run wrote, item by item, with what was before and after; read page by page from the history."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import tzinfo
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from lpc_tui.reports.interface import HistoryEntry, PastRun, Reports
from lpc_tui.reports.words import end_words
from lpc_tui.tui.messages import WhyAsked
from lpc_tui.tui.report_lines import operation_lines, operation_title
from lpc_tui.tui.screens.lean import LeanScreen
from lpc_tui.tui.widgets.lines import KeyLine, Line, TitleLine
from lpc_tui.tui.widgets.report_panes import ReportList, ReportPane
from lpc_tui.values import stamp_text

__all__ = ["RunItemsScreen"]

PAGE: Final = 200
"""Writes that are read at a time; the next ones when the cursor comes near their end."""
_LONGEST_SEARCH: Final = 200


class RunItemsScreen(LeanScreen[None]):
    """The writes of one run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="run_items.back"),
        Binding("slash", "search", "Search", key_display="/", id="run_items.search"),
        Binding("w", "why", "Why?", id="run_items.why"),
    ]

    def __init__(self, reports: Reports, run: PastRun, zone: tzinfo) -> None:
        super().__init__()
        self._reports = reports
        self._run = run
        self._zone = zone
        self._entries: list[HistoryEntry] = []
        self._is_whole = False
        self._containing = ""

    def compose(self) -> ComposeResult:
        yield TitleLine(id="title")
        yield Line(id="run-items-count")
        search = Input(
            id="run-items-search", compact=True, max_length=_LONGEST_SEARCH, placeholder="part of a title"
        )
        search.cursor_blink = False
        yield search
        yield ReportList(id="run-items-list")
        yield ReportPane(id="run-items-detail")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        self.query_one("#run-items-search").display = False
        title = f"Run of {stamp_text(self._run.started, self._zone)}: {end_words(self._run)}"
        self.query_one(TitleLine).show(Content(title))
        self.query_one(ReportList).focus()
        self._read_more()

    @work(group="run-items", exclusive=True, exit_on_error=False)
    async def _read_more(self) -> None:
        page: Sequence[HistoryEntry] = await asyncio.to_thread(
            self._reports.operations,
            self._run.run,
            offset=len(self._entries),
            limit=PAGE,
            containing=self._containing,
        )
        self._is_whole = len(page) < PAGE
        self._entries += page
        entries = self._entries
        count = self.query_one("#run-items-count", Line)
        more = "" if self._is_whole else " so far; more below"
        of = f' with "{self._containing}" in their title' if self._containing else ""
        writes = "1 write" if self._run.operations == 1 else f"{self._run.operations:,} writes"
        count.show(Content(f"{len(entries):,} of {writes}{of}{more}"))
        self.query_one(ReportList).show(len(entries), lambda at: operation_title(entries[at], self._zone))
        if not entries:
            self.query_one(ReportPane).tell(
                ["Nothing was written." if not self._containing else "Nothing is called so."]
            )

    @on(ReportList.Moved)
    def _moved(self, event: ReportList.Moved) -> None:
        event.stop()
        entry = self._entries[event.at]
        self.query_one(ReportPane).show(lambda width: operation_lines(entry, self._zone, width))
        if event.at == len(self._entries) - 1 and not self._is_whole:
            self._read_more()

    @on(ReportList.Chosen)
    def _chosen(self, event: ReportList.Chosen) -> None:
        event.stop()
        self.query_one(ReportPane).focus()

    @on(ReportList.WhyPressed)
    def _why_pressed(self, event: ReportList.WhyPressed) -> None:
        event.stop()
        self.action_why()

    def action_why(self) -> None:
        """Ask why about the item under the cursor."""
        at = self.query_one(ReportList).cursor
        if at < len(self._entries):
            item = self._entries[at].item
            if item.outlook_id or item.salesforce_id:
                self.app.post_message(WhyAsked(item.process, item.outlook_id, item.salesforce_id))

    def action_search(self) -> None:
        """Show only writes of items with a certain title."""
        search = self.query_one("#run-items-search", Input)
        search.display = True
        search.focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._containing = event.value.strip()
        self._entries = []
        if not self._containing:
            event.input.display = False
        self.query_one(ReportList).focus()
        self._read_more()

    def action_back(self) -> None:
        """Out of the search, out of the pane, out of the screen."""
        search = self.query_one("#run-items-search", Input)
        if search.display:
            search.display = False
            search.value = ""
            self.query_one(ReportList).focus()
            if self._containing:
                self._containing, self._entries = "", []
                self._read_more()
        elif self.query_one(ReportPane).has_focus:
            self.query_one(ReportList).focus()
        else:
            self.dismiss()
