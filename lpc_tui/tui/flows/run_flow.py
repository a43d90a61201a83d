"""What is asked and told around a run: may it go on in the background, shall it stop, may the person leave, what came of it.

`app` makes one and calls it from its workers. It starts nothing itself; the `RunControl` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import App, SuspendNotSupported

from lpc_tui.engine.events import Outcome
from lpc_tui.engine.interface import RunResult
from lpc_tui.model.items import Process
from lpc_tui.settings import NotificationSettings, Settings, ShowSummary
from lpc_tui.tui.ports import Ports
from lpc_tui.tui.run_control import RunControl
from lpc_tui.tui.run_state import Activity
from lpc_tui.tui.screens.question import NO, YES, Answer, Question
from lpc_tui.wording import counts_words, listed, outcome_words

__all__ = ["RunFlow", "background_processes"]

_END = Answer("end", "e", "End at once")
_WAIT = Answer("wait", "w", "Wait")


def background_processes(settings: Settings) -> tuple[Process, ...]:
    """Those whose "Include ... records during background sync?" is ticked."""
    return tuple(process for process in Process if settings.sync.of(process).include_in_background_sync)


class RunFlow:
    """The questions and the words of the app's runs."""

    def __init__(
        self, app: App[None], ports: Ports, control: RunControl, show_issues: Callable[[], object]
    ) -> None:
        """`show_issues` leads to the list of what is open."""
        self._app = app
        self._ports = ports
        self._control = control
        self._show_issues = show_issues

    async def may_start_in_background(self, processes: Sequence[Process]) -> bool:
        """Ask once; a background sync has no review."""
        if not processes:
            self._app.notify(
                'No process takes part: tick "Include ... records during background sync?" in Sync Jobs.',
                severity="warning",
                markup=False,
            )
            return False
        names = listed(process.label for process in processes)
        body = (
            f"{names}: synced now by the saved rules, without a review. What needs you waits, and nothing that may send"
            " mail or delete very much is done."
        )
        question = Question("Start background synchronization?", body, (YES, NO))
        return await self._app.push_screen_wait(question) == YES.name

    async def stop(self) -> None:
        """Stop the run after the write under way; asked again, end the program without waiting for it."""
        if self._control.state.activity is Activity.STOPPING:
            await self._end_at_once()
        else:
            self._control.stop()

    async def may_leave(self) -> bool:
        """Whether the person wants to quit although a run goes on; it is then stopped, and the program ends with it."""
        if not self._control.is_running:
            return True
        match self._control.state.activity:
            case Activity.STOPPING:
                await self._end_at_once()
                return True
            case Activity.REVIEWING:
                body = "The plan still waits for your review. Nothing of it is written; it is made anew at the next sync."
                question = Question("Quit without synchronizing?", body, (YES, NO))
            case _:
                body = (
                    "A sync is running. It stops after the write under way, then the program ends. What is written stays"
                    " and is on record; the rest comes at the next sync."
                )
                question = Question("Cancel the sync and quit?", body, (YES, NO), default=1)
        return await self._app.push_screen_wait(question) == YES.name

    async def _end_at_once(self) -> None:
        body = (
            "The sync is stopping; it only waits for the write under way, seldom longer than a minute.\n\nEnded now, it is"
            " not known yet whether that write happened. The next sync looks before it sends anything again: nothing is"
            " lost or doubled."
        )
        question = Question("End the program without waiting?", body, (_END, _WAIT), default=1)
        if await self._app.push_screen_wait(question) != _END.name:
            return
        try:
            with self._app.suspend():  # gives the terminal back as it was
                self._ports.exit_at_once()
        except SuspendNotSupported:
            self._ports.exit_at_once()

    def tell_end(self, result: RunResult, wanted: NotificationSettings) -> bool:
        """Show the summary, or say in a line how the run ended, as Notification Options has it; returns whether it did."""
        state = self._control.state
        is_shown, is_told = self._is_shown(result, wanted), self._is_told(result, wanted)
        if is_shown:
            from lpc_tui.tui.screens.run_dialogs import SummaryDialog

            dialog = SummaryDialog(result, tuple(state.failures), state.put_off)
            self._app.push_screen(dialog, self._summary_left)
        elif is_told:
            done = "; ".join(f"{of.label}: {counts_words(counts)}" for of, counts in result.counts.items())
            self._app.notify(
                f"{outcome_words(result.outcome)}. {done}",
                title=f"{'Background sync' if state.is_background else 'Sync'} finished",
                severity="information" if result.outcome is Outcome.OK else "warning",
                markup=False,
            )
        return is_shown or is_told

    def _summary_left(self, answer: str | None) -> None:
        from lpc_tui.tui.screens.run_dialogs import ISSUES

        if answer == ISSUES.name:
            self._show_issues()

    def _is_shown(self, result: RunResult, wanted: NotificationSettings) -> bool:
        if result.has_failed or wanted.show_summary is ShowSummary.ALWAYS:
            return True
        return wanted.show_summary is ShowSummary.MANUAL and not self._control.state.is_background

    def _is_told(self, result: RunResult, wanted: NotificationSettings) -> bool:
        """Whether a run whose summary is not shown is worth a message."""
        if not self._control.state.is_background:
            return True
        return wanted.when_items_wait if result.outcome is Outcome.PARTIAL else wanted.when_finished
