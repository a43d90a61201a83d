"""The Sync component: its tabs, the form of the chosen one, and the buttons, which count for all of them."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, ContentSwitcher, Tab, Tabs

from lpc_tui.tui.place_book import PlaceBook
from lpc_tui.tui.ports import AutoView
from lpc_tui.tui.staging import Staging
from lpc_tui.tui.widgets.auto_sync import AutoSync
from lpc_tui.tui.widgets.fields import Box, DropDown
from lpc_tui.tui.widgets.lines import UnsavedLine
from lpc_tui.tui.widgets.notification_options import NotificationOptions
from lpc_tui.tui.widgets.settings_form import SettingsForm
from lpc_tui.tui.widgets.sync_jobs import SyncJobs

__all__ = ["SyncPane", "SyncTab"]


class SyncTab(enum.StrEnum):
    """The tabs; a value is the id of the form."""

    JOBS = "sync-jobs"
    AUTO = "auto-sync"
    NOTIFICATIONS = "notification-options"


_TITLES: Final = MappingProxyType(
    {
        SyncTab.JOBS: ("j", "Sync Jobs"),
        SyncTab.AUTO: ("a", "Auto Background Sync"),
        SyncTab.NOTIFICATIONS: ("n", "Notification Options"),
    }
)
"""The letter that shows a tab, and its name."""


def _title(tab: SyncTab, is_shown: bool) -> Content:
    """A tab's own: brackets around the one that is shown, its letter before each other one; as wide either way."""
    letter, name = _TITLES[tab]
    if is_shown:
        return Content(f"[ {name} ]")
    return Content.assemble((letter, "bold $text-accent"), f" {name}  ")


class SyncPane(Vertical):
    """Shows a `Staging`; the forms post what is edited, this what is pressed. Up and Down go through all of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    @dataclass
    class Pressed(Message):
        """A button was pressed: an action of the screen."""

        action: str

    @dataclass
    class TabShown(Message):
        """Another form is shown."""

        tab: SyncTab

    def __init__(self, staging: Staging, book: PlaceBook, *, id: str | None = None) -> None:
        """`book` has the names of what was chosen from the services' lists."""
        super().__init__(id=id)
        self._staging = staging
        self._book = book
        self.shown = SyncTab.JOBS

    def compose(self) -> ComposeResult:
        yield Tabs(*(Tab(_title(tab, tab is self.shown), id=f"tab-{tab}") for tab in SyncTab), id="sync-tabs")
        with ContentSwitcher(initial=self.shown, id="sync-content"):
            yield SyncJobs(self._staging, self._book, id=SyncTab.JOBS)
            yield AutoSync(self._staging, id=SyncTab.AUTO)
            yield NotificationOptions(self._staging, id=SyncTab.NOTIFICATIONS)
        with Horizontal(id="buttons"):
            yield Button("Start Sync", id="start", compact=True)
            yield UnsavedLine(id="unsaved")
            yield Button("Apply", id="apply", compact=True)
            yield Button("Ok", id="ok", compact=True)
            yield Button("Cancel", id="cancel", compact=True)

    @property
    def forms(self) -> Iterator[SettingsForm]:
        yield from self.query(SettingsForm)

    @property
    def form(self) -> SettingsForm:
        """The one that is shown."""
        return self.query_one(f"#{self.shown}", SettingsForm)

    def show(self) -> None:
        """Show the staging as it is now."""
        for form in self.forms:
            form.show()
        count, wrong = len(self._staging.changes), len(self._staging.problems)
        words = f"! {wrong} not allowed" if wrong else f"* {count} unsaved" if count else ""
        self.query_one(UnsavedLine).show(Content(words))

    def show_auto(self, view: AutoView) -> None:
        """Show how the Auto Background Sync stands."""
        self.query_one(AutoSync).show_standing(view)

    def tell_saved(self) -> None:
        """Say that the edits are saved, where it said that they were not."""
        self.query_one(UnsavedLine).show(Content.styled("Saved", "$text-success"))

    def allow_edits(self, is_allowed: bool) -> None:
        """A file with problems is shown, but nothing of it can be edited or saved."""
        for form in self.forms:
            form.allow_edits(is_allowed)
        for name in ("start", "apply", "ok"):
            self.query_one(f"#{name}", Button).disabled = not is_allowed

    def key_of(self, widget: Widget | None) -> str:
        """The dotted key of the setting that a widget shows; empty if it shows none."""
        return self.form.key_of(widget) if isinstance(widget, Box | DropDown) else ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The dotted keys of the form that is shown."""
        form = self.form
        return tuple(key for field in form.fields() if (key := form.key_of(field)))

    def show_tab(self, tab: SyncTab) -> None:
        """Show a form."""
        self._show_form(tab)
        self.query_one(Tabs).active = f"tab-{tab}"

    def focus_first(self) -> None:
        """Put the focus on the form that is shown."""
        self.form.focus_first()

    def has_setting(self, key: str) -> bool:
        """Whether one of the forms has this setting."""
        return any(form.has_setting(key) for form in self.forms)

    def focus_setting(self, key: str) -> None:
        """Show the form that has the setting and put the focus on it."""
        form = next(form for form in self.forms if form.has_setting(key))
        self.show_tab(SyncTab(form.id or ""))
        form.focus_setting(key)

    @on(Tabs.TabActivated)
    def _tab_activated(self, event: Tabs.TabActivated) -> None:
        event.stop()
        self._show_form(SyncTab((event.tab.id or "").removeprefix("tab-")))

    def _show_form(self, tab: SyncTab) -> None:
        if tab is not self.shown:
            for each in (self.shown, tab):
                self.query_one(f"#tab-{each}", Tab).label = _title(each, each is tab)
            self.shown = tab
            self.query_one("#sync-content", ContentSwitcher).current = tab
            self.post_message(self.TabShown(tab))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Pressed(event.button.id or ""))
