"""The settings window: Components at the left, the chosen one at the right, the state and the log below.

Shows what `LpcApp` holds and turns keys and buttons into the app's actions; it reads no file and starts nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static, Tabs

from lpc_tui.model.items import Side
from lpc_tui.places.interface import Kind
from lpc_tui.settings_keys import setting
from lpc_tui.tui.log_book import LogLine
from lpc_tui.tui.messages import PreventedAsked
from lpc_tui.tui.place_book import PlaceBook
from lpc_tui.tui.plain import content
from lpc_tui.tui.ports import Ports
from lpc_tui.tui.run_state import RunState
from lpc_tui.tui.screens.lean import LeanScreen
from lpc_tui.tui.setting_words import problem_reason
from lpc_tui.tui.staging import Staging
from lpc_tui.tui.widgets.accounts import AccountsPanel, SignInAsked
from lpc_tui.tui.widgets.components import Component, Components
from lpc_tui.tui.widgets.fields import Field
from lpc_tui.tui.widgets.history import HistoryPanel
from lpc_tui.tui.widgets.issues import IssuesPanel
from lpc_tui.tui.widgets.lines import HintLine, KeyLine, StateLine, TitleLine
from lpc_tui.tui.widgets.log_pane import LogPane
from lpc_tui.tui.widgets.panels import AboutPanel
from lpc_tui.tui.widgets.place_field import PlaceField
from lpc_tui.tui.widgets.settings_form import SettingEdited
from lpc_tui.tui.widgets.sync_jobs import SyncJobs
from lpc_tui.tui.widgets.sync_pane import SyncPane, SyncTab

__all__ = ["MainScreen"]

_PANES: Mapping[Component, str] = MappingProxyType(
    {
        Component.SYNC: "sync",
        Component.ACCOUNTS: "accounts",
        Component.HISTORY: "history",
        Component.ISSUES: "issues",
        Component.ABOUT: "about",
    }
)


class MainScreen(LeanScreen[None]):
    """What the app opens with."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "app.start_sync", "Start Sync", id="main.start_sync"),
        Binding("f8,ctrl+x", "app.stop_sync", "Cancel sync", id="main.stop_sync"),
        Binding("f2,ctrl+s", "app.apply", "Apply", id="main.apply"),
        Binding("f3", "sign_in", "Sign in", id="main.sign_in"),
        Binding("f4", "sign_out", "Sign out", id="main.sign_out"),
        Binding("f9", "examine", "Examine", id="main.examine"),
        Binding("f6,ctrl+l", "toggle_log", "Log", id="main.log"),
        Binding("f7", "app.why", "Why?", id="main.why"),
        Binding("escape", "back", "Back", id="main.back"),
        Binding("u", "undo_edit", "Undo edit", id="main.undo_edit"),
        Binding("h", "held_back", "Held back", id="main.held_back"),
        Binding("j", "show_tab('sync-jobs')", "Sync Jobs", show=False, id="main.sync_jobs"),
        Binding("a", "show_tab('auto-sync')", "Auto Background Sync", show=False, id="main.auto_sync"),
        Binding(
            "n",
            "show_tab('notification-options')",
            "Notification Options",
            show=False,
            id="main.notification_options",
        ),
    ]

    components = getters.query_one(Components)
    sync = getters.query_one(SyncPane)
    sync_jobs = getters.query_one(SyncJobs)
    log_pane = getters.query_one(LogPane)
    accounts = getters.query_one(AccountsPanel)
    history = getters.query_one(HistoryPanel)
    issues = getters.query_one(IssuesPanel)

    @dataclass
    class ComponentShown(Message):
        """Another component is at the right: what it shows may have to be fetched."""

        component: Component

    class StateShown(Message):
        """The state of the run is shown as it is now."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, MainScreen.StateShown)

    class SettingsShown(Message):
        """The staging is shown as it is now."""

    def __init__(self, ports: Ports, staging: Staging, state: RunState, book: PlaceBook) -> None:
        """`book` has the names of the chosen places."""
        super().__init__()
        self._ports = ports
        self._staging = staging
        self._book = book
        self._must_sign_in: Side | None = None
        self._state = state
        self._shown = Component.SYNC
        self._before_log: Widget | None = None
        """What had the focus before the log."""
        self._holds_back = False
        """A Prevent box holds something back right now."""

    def compose(self) -> ComposeResult:
        yield TitleLine(id="title")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield Static("Components", id="left-title")
                yield Components(id="components")
            with Vertical(id="right"):
                with VerticalScroll(id="problem"):
                    yield Static("", id="problem-text")
                with ContentSwitcher(initial=_PANES[Component.SYNC], id="content"):
                    yield SyncPane(self._staging, self._book, id="sync")
                    yield AccountsPanel(
                        self._ports.zone,
                        self._staging,
                        self._book,
                        self._ports.accounts_note,
                        id="accounts",
                    )
                    yield HistoryPanel(self._ports.zone, id="history")
                    yield IssuesPanel(self._ports.zone, id="issues")
                    yield AboutPanel(self._ports, id="about")
        yield HintLine(id="hint")
        yield StateLine(id="state")
        yield LogPane(self._ports.log_file, id="log")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        self.log_pane.display = False
        self.query_one("#problem").display = False
        self.show_settings()
        self.show_state()
        self.sync.focus_first()

    # What the app shows here

    def show_settings(self) -> None:
        """Show the staging as it is now."""
        self.sync.show()
        self.accounts.show_settings()
        self._show_hint(self.focused)
        self._show_title()
        self.query_one(KeyLine).refresh_keys()
        self.post_message(self.SettingsShown())

    def show_keys(self) -> None:
        """Show the keys as they are now."""
        self.query_one(KeyLine).refresh_keys()

    def _show_title(self) -> None:
        """Whose profile it is; and that edits are unsaved, while the form that says so is out of sight."""
        profile = f"   {self._ports.profile}" if self._ports.profile else ""
        is_away = self._shown is not Component.SYNC
        unsaved = "   * unsaved changes" if is_away and self._staging.is_dirty else ""
        self.query_one("#title", TitleLine).show(content(f"LinkPoint Assist{profile}{unsaved}"))

    def show_held_back(self, counts: Mapping[str, int]) -> None:
        """Show how many operations each Prevent box, by its dotted key, holds back right now."""
        self.sync_jobs.show_held_back(counts)
        self._holds_back = any(counts.values())
        self.query_one(KeyLine).refresh_keys()

    def show_places(self) -> None:
        """Show what is known of the chosen places by now."""
        for field in self.query(PlaceField):
            field.refresh(layout=True)

    def show_state(self) -> None:
        """Show what the run is at."""
        self.query_one("#state", StateLine).show_state(self._state, self._alarm())
        self.query_one(KeyLine).refresh_keys()
        self.post_message(self.StateShown())

    def show_alarm(self, side: Side | None) -> None:
        """Say, wherever the person looks, that a service wants them to sign in; None: neither does."""
        self._must_sign_in = side
        self.show_state()

    def _alarm(self) -> str:
        if self._must_sign_in is None:
            return ""
        return (
            f"{self._must_sign_in.label} refuses the sign-in: {self.key_of('main.sign_in')} signs in again."
        )

    def show_problem(self, words: Content | None) -> None:
        """Show what is wrong with the settings file, and keep it from being edited; None: it is fine."""
        self.query_one("#problem").display = words is not None
        self.query_one("#problem-text", Static).update(words or "")
        self.sync.allow_edits(words is None)

    def add_log(self, lines: Iterable[LogLine]) -> None:
        """Append to the log."""
        self.log_pane.add(lines)

    def open_log(self) -> None:
        """Make the log visible."""
        self.log_pane.open()

    @property
    def focused_setting(self) -> str:
        """The dotted key of the setting that has the focus; empty if none has."""
        if self._shown is Component.SYNC:
            return self.sync.key_of(self.focused)
        return self.accounts.focused_place or ""

    @property
    def settings_in_sight(self) -> tuple[str, ...]:
        """The dotted keys of the form that is shown."""
        return self.sync.keys if self._shown is Component.SYNC else ()

    @property
    def shown(self) -> Component:
        """The component at the right."""
        return self._shown

    def show_component(self, component: Component) -> None:
        """Show a component and put the cursor on it."""
        self.components.show(component)
        self.components.focus()

    # What the person does

    @on(Components.Shown)
    def _component_shown(self, event: Components.Shown) -> None:
        self._shown = event.component
        self.query_one("#content", ContentSwitcher).current = _PANES[event.component]
        self._show_title()
        self.query_one(KeyLine).refresh_keys()
        self.post_message(self.ComponentShown(event.component))

    @on(Components.Entered)
    def _component_entered(self, event: Components.Entered) -> None:
        match event.component:
            case Component.SYNC:
                self.sync.focus_first()
            case Component.HISTORY:
                self.history.focus_first()
            case Component.ISSUES:
                self.issues.focus_first()
            case Component.ACCOUNTS:
                self.accounts.focus_first()
            case Component.ABOUT:
                self.query_one("#about").focus()

    @on(SettingEdited)
    def _setting_edited(self, event: SettingEdited) -> None:
        self._staging.edit(event.key, event.value)
        self.show_settings()

    @on(SyncJobs.ProcessChosen)
    def _process_chosen(self, event: SyncJobs.ProcessChosen) -> None:
        self.sync_jobs.show_process(event.process)

    @on(SyncPane.TabShown)
    def _tab_shown(self) -> None:
        self._show_hint(self.focused)

    @on(SyncPane.Pressed)
    async def _pressed(self, event: SyncPane.Pressed) -> None:
        actions = {"start": "start_sync", "apply": "apply", "ok": "ok", "cancel": "cancel_edits"}
        await self.run_action(f"app.{actions[event.action]}")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Tell what the focused setting is for."""
        self._show_hint(event.widget)

    def _show_hint(self, widget: Widget | None) -> None:
        words = ""
        if key := self.sync.key_of(widget) or self.accounts.focused_place or "":
            problem = self._staging.problems.get(key)
            words = f"! {problem_reason(problem)}" if problem else setting(key).brief
            if key in list(Kind):
                words = f"{words.removesuffix('.')}. Enter shows the service's list."
        elif isinstance(widget, Field) and widget.key == "process":
            words = "Each process has settings of its own"
        elif isinstance(widget, Tabs):
            words = "Left and Right go from tab to tab"
        self.query_one("#hint", HintLine).show(content(words))

    def focus_setting(self, key: str) -> bool:
        """Put the focus on the setting's field; False: no form has it."""
        if not self.sync.has_setting(key):
            return False
        self.components.show(Component.SYNC)
        self.query_one("#content", ContentSwitcher).current = _PANES[Component.SYNC]
        self.sync.focus_setting(key)
        return True

    def action_undo_edit(self) -> None:
        """Take back the edit of the field that has the focus."""
        key = self.focused_setting
        if self._staging.is_edited(key):
            self._staging.drop([key])
            self.show_settings()

    def action_held_back(self) -> None:
        """See what the Prevent box that has the focus holds back."""
        if (key := self.focused_setting) in self.sync_jobs.held_back:
            self.post_message(PreventedAsked(key))

    def action_show_tab(self, name: str) -> None:
        self.sync.show_tab(SyncTab(name))
        self.sync.focus_first()

    def action_toggle_log(self) -> None:
        """Open the log and go into it; from inside, close it and go back to where the focus was before."""
        if self.log_pane.has_keys:
            self.log_pane.close()
            before = self._before_log
            (self.components if before is None or before not in self.focus_chain else before).focus()
        else:
            self._before_log = self.focused
            self.log_pane.open()
            self.log_pane.take_keys()

    def action_sign_in(self) -> None:
        if self._shown is not Component.ACCOUNTS and self._must_sign_in is not None:
            self.post_message(SignInAsked(self._must_sign_in))
        else:
            self.accounts.ask_sign_in()

    def action_sign_out(self) -> None:
        self.accounts.ask_sign_out()

    async def action_examine(self) -> None:
        await self.run_action("app.examine")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Signing in and out is for who looks at the accounts, or must sign in; undoing an edit for who looks at the
        settings."""
        if action == "sign_in":
            return self._shown is Component.ACCOUNTS or self._must_sign_in is not None
        if action in {"sign_out", "examine"}:
            return self._shown is Component.ACCOUNTS
        if action == "undo_edit":
            return self._shown in {Component.SYNC, Component.ACCOUNTS}
        if action == "show_tab":
            return self._shown is Component.SYNC
        if action == "held_back":
            return self._shown is Component.SYNC and self._holds_back
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        self.components.focus()
