"""The app: holds the staged settings and the run, asks the questions, and keeps the screens showing both.

`cli.ui` makes it with its `Ports`. All that blocks is done in threads; the engine runs as a worker on the app's own loop.
Flows that ask something are workers too, so that no handler waits. A screen that is not the first one is imported when it is
opened, and what only a run or a report needs, when there is one: the first frame waits for neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.content import Content
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from lpc_tui.engine.events import Outcome
from lpc_tui.errors import LpcError
from lpc_tui.model.items import Process
from lpc_tui.settings import Settings
from lpc_tui.settings_values import Theme
from lpc_tui.tui.collector import settle, tidy
from lpc_tui.tui.commands import key_name, problem_words, system_commands
from lpc_tui.tui.flows.accounts import AccountsFlow
from lpc_tui.tui.flows.auto import AutoFlow
from lpc_tui.tui.flows.elsewhere import Elsewhere, elsewhere_words
from lpc_tui.tui.flows.rebuild import rebuild
from lpc_tui.tui.flows.reports import ReportsFlow
from lpc_tui.tui.flows.review import ReviewFlow
from lpc_tui.tui.flows.run_flow import RunFlow, background_processes
from lpc_tui.tui.flows.settings import SettingsFlow
from lpc_tui.tui.log_book import LogLine
from lpc_tui.tui.log_feed import LogFeed
from lpc_tui.tui.look import look_of
from lpc_tui.tui.messages import EventsArrived, PreventedAsked, SettingAsked, WhyAsked
from lpc_tui.tui.notify import end_words, title_words
from lpc_tui.tui.place_book import PlaceBook
from lpc_tui.tui.plain import plain, prose
from lpc_tui.tui.ports import Ports
from lpc_tui.tui.remedies import side_to_sign_in
from lpc_tui.tui.run_control import RunControl
from lpc_tui.tui.screens.lean import LeanModal, LeanScreen
from lpc_tui.tui.screens.main import MainScreen
from lpc_tui.tui.screens.question import OK, YES, Question
from lpc_tui.tui.settings_binding import SettingsBinding
from lpc_tui.tui.settings_search import SettingsSearch
from lpc_tui.tui.slow_line import is_backed_up
from lpc_tui.tui.terminal import ABLE, Terminal
from lpc_tui.tui.terminal_app import TerminalApp
from lpc_tui.tui.widgets.accounts import SignInAsked, SignOutAsked
from lpc_tui.tui.widgets.components import Component
from lpc_tui.tui.widgets.history import HistoryPanel
from lpc_tui.tui.widgets.issues import IssuesPanel
from lpc_tui.tui.widgets.log_pane import LogPane
from lpc_tui.tui.widgets.place_field import PlaceAsked
from lpc_tui.tui.widgets.sync_pane import SyncPane, SyncTab
from lpc_tui.values import time_text
from lpc_tui.wording import Level

__all__ = ["LpcApp"]

POLL_S = 0.5
"""How often the settings file is looked at for changes by other programs."""


class LpcApp(TerminalApp):
    """LinkPoint Assist in the terminal."""

    TITLE = "LinkPoint Assist"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = App.COMMANDS | {SettingsSearch}
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - declared so by Textual
        (0, "-tiny"),
        (78, "-narrow"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012 - declared so by Textual
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", "Help", id="app.help"),
        Binding("ctrl+q", "quit", "Quit", priority=True, id="app.quit"),
    ]

    def __init__(
        self,
        ports: Ports,
        *,
        poll_s: float | None = POLL_S,
        terminal: Terminal = ABLE,
        encoding: str = "utf-8",
    ) -> None:
        """`poll_s` is how often the settings file is looked at; None: never. `encoding` is what `terminal` is written in."""
        super().__init__(terminal, encoding)
        self.ports = ports
        self.settings_binding = SettingsBinding(ports.settings)
        self._review_flow = ReviewFlow(self, ports.zone)
        self.run_control = RunControl(
            ports,
            self._review_flow.review,
            lambda events: self.post_message(EventsArrived(events)),
            partial(is_backed_up, self),
        )
        book = self._book = PlaceBook()
        self.main = MainScreen(ports, self.settings_binding.staging, self.run_control.state, book)
        self._accounts = AccountsFlow(self, book)
        self.show_look(look_of(self.settings_binding.staging))
        self._run_flow = RunFlow(self, ports, self.run_control, self._show_issues)
        self._settings_flow = SettingsFlow(self, self.main, self.settings_binding, self._show_error)
        self._auto_flow = AutoFlow(self, ports.auto, lambda view: self.main.sync.show_auto(view))
        self._reports_flow = ReportsFlow(self)
        self._elsewhere = Elsewhere(ports.state_mark, self._reports_flow.latest)
        self._log_feed = LogFeed()
        self._poll_s = poll_s
        self.wants_demo = False
        """The person left for the demo."""
        self._is_quitting = False
        """The questions before quitting are being asked."""
        self._quits_after_run = False

    def get_default_screen(self) -> Screen[None]:
        return self.main

    def on_mount(self) -> None:
        if self._poll_s is not None:
            self.set_interval(self._poll_s, self.look_at_settings)
            self.set_interval(self._poll_s, self.look_for_other_runs)
        self.call_after_refresh(settle)
        self.call_after_refresh(self._settings_flow.show)
        if self.ports.notes:
            now = time_text(self.ports.clock(), self.ports.zone)
            self.call_after_refresh(
                self.main.add_log, [LogLine(now, Level.INFO, note) for note in self.ports.notes]
            )
            self.call_after_refresh(self.main.open_log)
        self.call_after_refresh(self._load_accounts)
        if self.ports.is_new:
            self.call_after_refresh(self.set_up)

    @work(group="flow", exit_on_error=False)
    async def set_up(self) -> None:
        """Lead the person from nothing to a first sync."""
        from lpc_tui.tui.flows.first_run import FirstRun
        from lpc_tui.tui.screens.wizard import WizardEnd, WizardScreen

        desk = FirstRun(self, self.ports, self.settings_binding, self._accounts.picked)
        wizard = WizardScreen(desk, self._book)
        end = await self.push_screen_wait(wizard)
        self._settings_flow.show()
        if end is WizardEnd.DEMO:
            self.wants_demo = True
            self.exit()
        elif end is WizardEnd.SYNC and not self.run_control.is_running:
            self._begin_sync(wizard.chosen)
        elif end is WizardEnd.LATER:
            self.notify("Whenever you like: ^P opens the command palette, and Set up leads on.", markup=False)

    # Settings

    @work(group="settings", exit_on_error=False)
    async def look_at_settings(self) -> None:
        """Show the settings file as it is now, if another program changed it."""
        await self._settings_flow.look()

    @on(SettingAsked)
    def _setting_asked(self, message: SettingAsked) -> None:
        if self.screen is not self.main or not self.main.focus_setting(message.key):
            self._edit_setting(message.key)

    @work(group="settings", exit_on_error=False)
    async def _edit_setting(self, key: str) -> None:
        await self._settings_flow.edit(key)

    @work(group="settings", exit_on_error=False)
    async def action_apply(self) -> None:
        if self.settings_binding.staging.is_dirty and await self._save():
            self.main.sync.tell_saved()

    @work(group="settings", exit_on_error=False)
    async def action_ok(self) -> None:
        is_dirty = self.settings_binding.staging.is_dirty
        if not is_dirty or await self._save():
            self.main.components.focus()
            if is_dirty:
                self.main.sync.tell_saved()

    async def _save(self) -> bool:
        before = self.settings_binding.staging.saved
        is_saved = await self._settings_flow.save()
        if is_saved:
            self._load_prevented()
            self._offer_auto(before)
        return is_saved

    @work(group="flow", exit_on_error=False)
    async def _offer_auto(self, before: Settings) -> None:
        await self._auto_flow.offer(before, self.settings_binding.staging.saved)

    @on(SyncPane.TabShown)
    def _tab_shown(self, message: SyncPane.TabShown) -> None:
        if message.tab is SyncTab.AUTO:
            self._load_auto()

    @work(group="auto", exclusive=True, exit_on_error=False)
    async def _load_auto(self) -> None:
        await self._auto_flow.look(self.settings_binding.staging.saved)

    def action_cancel_edits(self) -> None:
        self.settings_binding.staging.drop()
        self._settings_flow.show()
        self.main.components.focus()

    @work(group="panels", exit_on_error=False)
    async def _load_prevented(self) -> None:
        await self._reports_flow.load_held_back()

    @on(PreventedAsked)
    def _prevented_asked(self, message: PreventedAsked) -> None:
        self.main.issues.show_box(message.key)
        self.main.show_component(Component.ISSUES)
        self.main.issues.focus_first()

    # Runs

    @work(group="flow", exit_on_error=False)
    async def action_start_sync(self) -> None:
        from lpc_tui.tui.screens.run_dialogs import BACKGROUND, StartDialog

        if self.run_control.is_running:
            self.notify("A sync is running already.", severity="warning")
            return
        if not await self._settings_flow.settle():
            return
        dialog = StartDialog(self.main.sync_jobs.process)
        match await self.push_screen_wait(dialog):
            case YES.name if not self.run_control.is_running:
                self._begin_sync(dialog.chosen)
            case BACKGROUND.name:
                await self._begin_in_background(dialog.chosen)

    @work(group="flow", exit_on_error=False)
    async def start_in_background(self, *processes: Process) -> None:
        """Sync quietly by the saved rules; no process named: those that take part in the background sync."""
        if not self.run_control.is_running and await self._settings_flow.settle():
            saved = self.settings_binding.staging.saved
            await self._begin_in_background(processes or background_processes(saved))

    async def _begin_in_background(self, processes: Sequence[Process]) -> None:
        if await self._run_flow.may_start_in_background(processes) and not self.run_control.is_running:
            self.run_control.begin(is_background=True)
            self.main.show_state()
            self.sync(processes)

    def _begin_sync(self, processes: Sequence[Process]) -> None:
        self.run_control.begin()
        self.main.open_log()
        self.main.show_state()
        self.sync(processes)

    @work(group="sync", exit_on_error=False)
    async def sync(self, processes: Sequence[Process]) -> None:
        """One run, from the first request to the summary."""
        try:
            result = await self.run_control.run(self.settings_binding.staging.saved, processes)
        finally:
            if self.is_running:
                self.main.show_state()
            if self._quits_after_run:
                self.exit()
        if self._quits_after_run:
            return
        if result.error is not None or result.outcome is Outcome.OK:
            self._accounts.note(result.error)
        if self.run_control.log_trouble is not None:
            reason = plain(str(self.run_control.log_trouble))
            self.notify(f"The log file could not be written: {reason}", severity="warning", markup=False)
        self._load_reports()
        self._load_prevented()
        wanted = self.settings_binding.staging.saved.notifications
        if self._run_flow.tell_end(result, wanted):
            self.alert(end_words(self.run_control.state), has_bell=wanted.bell)
        self.call_after_refresh(tidy)

    @on(EventsArrived)
    def _events_arrived(self, message: EventsArrived) -> None:
        if not self.is_running:  # it ends: the panes are gone already
            return
        now = time_text(self.ports.clock(), self.ports.zone)
        if lines := self._log_feed.lines(message.events, now):
            self.main.add_log(lines)
        self.main.show_state()

    @on(LogPane.SaveAsked)
    @work(group="flow", exit_on_error=False)
    async def _log_save_asked(self, message: LogPane.SaveAsked) -> None:
        from lpc_tui.tui.flows.save_log import save_log

        folder = self.ports.log_file.parent if self.ports.log_file else Path.home()
        now = self.ports.clock().astimezone(self.ports.zone)
        if words := await save_log(self, message.lines, message.about, folder, now):
            self.notify(words, markup=False)

    def _show_issues(self) -> None:
        self.main.show_component(Component.ISSUES)
        self.main.issues.focus_first()

    @work(group="flow", exit_on_error=False)
    async def action_stop_sync(self) -> None:
        await self._run_flow.stop()
        self.main.show_state()

    @work(group="elsewhere", exit_on_error=False)
    async def look_for_other_runs(self) -> None:
        """Show what another process's run has changed, if one has ended."""
        if self.run_control.is_running:
            return
        ended = await self._elsewhere.look(self.run_control.runs)
        if not ended or self.run_control.is_running:
            return
        self._load_shown()
        wanted = self.settings_binding.staging.saved.notifications
        if words := elsewhere_words(ended, wanted, self.ports.zone):
            self.run_control.state.elsewhere = words
            self.main.show_state()
            self.alert(f"lpc-tui: {words}", has_bell=wanted.bell)

    def _load_shown(self) -> None:
        """Fetch anew what the state file has to say to the component that is shown."""
        if self.main.shown in {Component.HISTORY, Component.ISSUES}:
            self._load_reports()
        elif self.main.shown is Component.SYNC:
            self._load_prevented()
            if self.main.sync.shown is SyncTab.AUTO:
                self._load_auto()

    # Accounts and history

    @on(MainScreen.ComponentShown)
    def _component_shown(self, message: MainScreen.ComponentShown) -> None:
        if message.component is Component.ACCOUNTS:
            self._look_for_places()
        else:
            self._load_shown()

    @work(group="panels", exit_on_error=False)
    async def _load_accounts(self) -> None:
        await self._accounts.load()

    @work(group="places", exclusive=True, exit_on_error=False)
    async def _look_for_places(self) -> None:
        await self._accounts.load()
        await self._accounts.look_for_places()

    @on(SignInAsked)
    @on(SignOutAsked)
    def _account_asked(self, message: SignInAsked | SignOutAsked) -> None:
        if self.run_control.is_running:
            self.notify("A sync is running. Sign in or out when it has ended.", severity="warning")
        else:
            self._change_account(message)

    @work(group="flow", exit_on_error=False)
    async def _change_account(self, message: SignInAsked | SignOutAsked) -> None:
        if isinstance(message, SignInAsked):
            await self._accounts.sign_in(message.side)
        else:
            await self._accounts.sign_out(message.side)

    @on(PlaceAsked)
    @work(group="flow", exit_on_error=False)
    async def _place_asked(self, message: PlaceAsked) -> None:
        await self._accounts.choose(message.kind)

    @work(group="flow", exit_on_error=False)
    async def action_examine(self) -> None:
        """Look for what is in the way of a sync."""
        await self._accounts.examine()

    # History, issues, reasons

    @work(group="reports", exclusive=True, exit_on_error=False)
    async def _load_reports(self) -> None:
        await self._reports_flow.load()

    @on(HistoryPanel.RunOpened)
    def _run_opened(self, message: HistoryPanel.RunOpened) -> None:
        self._reports_flow.open_run(message.run)

    def action_why(self) -> None:
        """Ask why about an item that the person names."""
        self._reports_flow.show_why()

    @on(WhyAsked)
    def _why_asked(self, message: WhyAsked) -> None:
        self._reports_flow.show_why(message.outlook_id or message.salesforce_id or "", message.planned)

    @on(IssuesPanel.ResolutionAsked)
    @work(group="flow", exit_on_error=False)
    async def _resolution_asked(self, message: IssuesPanel.ResolutionAsked) -> None:
        from lpc_tui.reports.interface import ResolutionKind

        resolution = message.resolution
        match resolution.kind:
            case ResolutionKind.REVIEW | ResolutionKind.SYNC:
                if not self.run_control.is_running and await self._settings_flow.settle():
                    self._begin_sync((resolution.process,))
            case ResolutionKind.UNTICK | ResolutionKind.SETTING:
                self.post_message(SettingAsked(resolution.key))
            case ResolutionKind.SERVICE:
                self._reports_flow.tell_where(resolution)

    @work(group="flow", exit_on_error=False)
    async def rebuild_history(self, process: Process | None) -> None:
        """Rebuild the history of a process; None: set a damaged state file aside."""
        if self.run_control.is_running:
            self.notify("A sync is running. Rebuild History when it has ended.", severity="warning")
        elif await rebuild(self, self.ports, process):
            self._load_reports()
            self._load_prevented()

    # Help, palette, errors, the end

    def action_help(self) -> None:
        from lpc_tui.tui.screens.help import HelpScreen, keys_of

        screen = self.screen
        if isinstance(screen, HelpScreen):
            return
        is_main = screen is self.main
        setting_key = screen.focused_setting if isinstance(screen, LeanScreen | LeanModal) else ""
        others = self.main.settings_in_sight if is_main else ()
        self.push_screen(HelpScreen(keys_of(screen), self.settings_binding.staging, setting_key, others))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        yield from system_commands(self, screen)

    @on(MainScreen.StateShown)
    def _state_shown(self) -> None:
        is_wanted = self.settings_binding.staging.saved.notifications.terminal_title
        self.show_title(title_words(self.run_control.state) if is_wanted else "")

    @on(MainScreen.SettingsShown)
    def _settings_shown(self) -> None:
        if self.show_look(look_of(self.settings_binding.staging)):
            self.main.show_keys()

    @property
    def uses_mouse(self) -> bool:
        """Whether the mouse is taken from the terminal."""
        return self.settings_binding.staging.saved.ui.mouse

    def choose_theme(self, theme: Theme) -> None:
        """Show other colours at once; like every other edit, it is kept once it is applied."""
        self.settings_binding.staging.edit("ui.theme", theme)
        self._settings_flow.show()

    def get_key_display(self, binding: Binding) -> str:
        """Keys as they are printed on them: F5, Esc, ^S."""
        return binding.key_display or key_name(binding.key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which actions make sense now; the key line and the palette leave out the others."""
        is_usable = self.settings_binding.problem is None
        match action:
            case "start_sync":
                return is_usable and not self.run_control.is_running
            case "stop_sync":
                return self.run_control.is_running
            case "apply":
                return is_usable
            case _:
                return super().check_action(action, parameters)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """No worker fails in silence: whatever one raises is shown."""
        if event.state is not WorkerState.ERROR or event.worker.error is None or not self.is_running:
            return
        error = event.worker.error
        if isinstance(error, LpcError):
            self._show_error(error)
        else:
            title = f"A fault in lpc-tui ({event.worker.name})"
            self.push_screen(Question(title, prose(f"{type(error).__name__}: {error}"), (OK,)))

    def _show_error(self, error: LpcError, further: str = "") -> None:
        if side_to_sign_in(error) is not None:
            further = f"{further} {self.main.key_of('main.sign_in')} signs in.".lstrip()
        words = problem_words(error) + Content(f"\n\n{further}" if further else "")
        now = time_text(self.ports.clock(), self.ports.zone)
        self.main.add_log([LogLine(now, Level.ERROR, error.message)])
        self._accounts.note(error)
        self.push_screen(Question(error.title, words, (OK,)))

    async def action_quit(self) -> None:
        """Quit, after asking about a run that goes on and about unsaved edits."""
        if not self._is_quitting:
            self._is_quitting = True
            self._quit()

    @work(group="flow", exit_on_error=False)
    async def _quit(self) -> None:
        try:
            if not (await self._settings_flow.may_leave() and await self._run_flow.may_leave()):
                return
            if self.run_control.is_running:
                self._quits_after_run = True
                self.run_control.stop()
                self._review_flow.leave()
                self.main.show_state()
            else:
                self.exit()
        finally:
            self._is_quitting = False
