"""The Auto Background Sync tab: the master switch, how often, and the part of the day it may run in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from lpc_tui.model.items import Process
from lpc_tui.settings_values import MINUTES_PER_DAY, Value, minute_of_day
from lpc_tui.tui.plain import prose
from lpc_tui.tui.ports import AutoView
from lpc_tui.tui.widgets.fields import Box, Entry
from lpc_tui.tui.widgets.lines import Line
from lpc_tui.tui.widgets.settings_form import SettingsForm
from lpc_tui.wording import listed

__all__ = ["AutoSync"]

_MINUTES = (5, 10, 15, 30, 60, 120, 240, 480, 720, 1440)
_EVERY: tuple[tuple[Value, str], ...] = tuple(
    (
        minutes,
        f"{minutes} minutes" if minutes < 60 else "1 hour" if minutes == 60 else f"{minutes // 60} hours",
    )
    for minutes in _MINUTES
)
_TIMES: tuple[tuple[Value, str], ...] = tuple((f"{hour:02}:00", f"{hour:02}:00") for hour in range(25))
_LABEL_WIDTH = 38
_TIME_WIDTH = 11
_SLIDER = 48
"""Cells of the day: two an hour."""


class AutoSync(SettingsForm):
    """What a background sync goes by. A sync started by hand heeds none of it."""

    def compose(self) -> ComposeResult:
        yield Box("auto_sync.enabled")
        yield Static("", classes="gap")
        for process in Process:
            yield Entry(
                f"auto_sync.{process}_every_minutes", _EVERY, label_width=_LABEL_WIDTH, unit="minutes"
            )
        yield Static("Part of the day in which it may run", classes="group")
        for name in ("start_time", "end_time"):
            yield Entry(f"auto_sync.{name}", _TIMES, label_width=_TIME_WIDTH, characters="0123456789:")
        yield Line(id="day-slider")
        yield Static("", classes="gap")
        yield Line(id="auto-included")
        yield Static(
            "Times are this computer's own. Run a manual sync first, to see the result before it happens.",
            classes="note",
        )
        yield Static("", id="auto-standing", markup=False)

    def show(self) -> None:
        super().show()
        start, end = (str(self.staging.value(f"auto_sync.{name}")) for name in ("start_time", "end_time"))
        self.query_one("#day-slider", Line).show(Content(self._slider(start, end)))
        self.query_one("#auto-included", Line).show(Content(f" {self._included()}"))

    def show_standing(self, view: AutoView) -> None:
        """Show whether something runs it, and when each process is due."""
        running = (
            "It is running."
            if view.is_running
            else "! Nothing runs it: lpc-tui auto install, or lpc-tui auto run."
        )
        self.query_one("#auto-standing", Static).update(prose("\n".join((running, *view.lines))))

    def _slider(self, start: str, end: str) -> str:
        """The day as a line with its two handles; empty while the times are none."""
        if any(f"auto_sync.{name}" in self.staging.problems for name in ("start_time", "end_time")):
            return ""
        first, last = (minute_of_day(time) * (_SLIDER - 2) // MINUTES_PER_DAY for time in (start, end))
        line = f"{'.' * first}[{'=' * (last - first)}]{'.' * (_SLIDER - 2 - last)}"
        return f"  00:00 {line} 24:00"

    def _included(self) -> str:
        included = [
            process.label
            for process in Process
            if self.staging.value(f"sync.{process}.include_in_background_sync")
        ]
        if included:
            return f"Included by their boxes in Sync Jobs: {listed(included)}"
        return '! Nothing is included yet: tick "Include ... records" in Sync Jobs'
