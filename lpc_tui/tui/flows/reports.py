"""What the state file has to say, brought to where it is looked at: History, Issues, beside the Prevent boxes, Why.

`app` makes one `ReportsFlow` and starts its methods as workers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from lpc_tui.errors import StateError
from lpc_tui.tui.plain import MOST, plain

if TYPE_CHECKING:
    from lpc_tui.reports.interface import Issues, PastRun, Reports, Resolution
    from lpc_tui.tui.app import LpcApp

__all__ = ["ReportsFlow"]

_MOST_RUNS: Final = 500


class ReportsFlow:
    """Reads the reports in threads, and shows them."""

    def __init__(self, app: LpcApp) -> None:
        self._app = app

    @property
    def _reports(self) -> Reports:
        """Made anew, from the settings as they are saved; what it takes is imported the first time: ask in a thread."""
        return self._app.ports.reports(self._app.settings_binding.staging.saved)

    def latest(self, limit: int) -> Sequence[PastRun]:
        """The latest runs, newest first; blocks. Raises `StateError`."""
        return self._reports.runs(limit=limit)

    async def load(self) -> None:
        """Show History and Issues as they are now.

        Raises:
            StateError: the state file cannot be used.
        """
        runs, issues = await asyncio.to_thread(self._read)
        self._app.main.history.show(runs)
        self._app.main.issues.show(issues)

    def _read(self) -> tuple[Sequence[PastRun], Issues]:
        return self.latest(_MOST_RUNS), self._reports.issues()

    async def load_held_back(self) -> None:
        """Show beside the Prevent boxes how much each holds back. A state that cannot be read is told where it is needed."""
        try:
            prevented = await asyncio.to_thread(lambda: self._reports.prevented())
        except StateError:
            prevented = {}
        self._app.main.show_held_back({key: each.count for key, each in prevented.items()})

    def open_run(self, run: PastRun) -> None:
        """Show what one run did."""
        from lpc_tui.tui.screens.run_items import RunItemsScreen

        self._app.push_screen(RunItemsScreen(self._reports, run, self._app.ports.zone))

    def show_why(self, asked: str = "", planned: Sequence[str] = ()) -> None:
        """Show the reason for an item, by its id; without one, ask for it. `planned` is what a review would do with it."""
        from lpc_tui.tui.screens.why import WhyScreen

        self._app.push_screen(WhyScreen(self._reports, self._app.ports.zone, asked, planned))

    def tell_where(self, resolution: Resolution) -> None:
        """Tell of what only a person can do, in the service itself."""
        where = plain(resolution.url)
        if where:
            self._app.copy_to_clipboard(where)
            where = f"\n{plain(where, MOST)}\n{self._app.copied_words('The address', where)}"
        self._app.notify(f"{plain(resolution.sentence, MOST)}{where}", markup=False)
