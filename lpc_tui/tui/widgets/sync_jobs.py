"""The Sync Jobs tab: one process's settings, its Prevent Operations, and the buttons.

Shows a `Staging` and posts what the person edits or presses; `screens.main` and `app` act on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static, Tab, Tabs

from lpc_tui.model.items import Process
from lpc_tui.settings import DAY_CHOICES, Conflicts
from lpc_tui.settings_keys import catalogue, setting
from lpc_tui.settings_values import Value
from lpc_tui.tui.staging import Staging
from lpc_tui.tui.widgets.fields import Box, DropDown, Edited, Field
from lpc_tui.tui.widgets.lines import UnsavedLine
from lpc_tui.wording import privacy_note

__all__ = ["PROCESS_LABELS", "SyncJobs"]

PROCESS_LABELS: dict[Value, str] = {
    process.value: f"Salesforce-Microsoft Outlook {process.label}" for process in Process
}

_DAYS = tuple((days, f"{days:,}") for days in DAY_CHOICES)
_CONFLICTS = tuple((choice.value, choice.label) for choice in Conflicts)
_PRIVATE_BOX = "synchronize_private_items"
_OUTLOOK_BOXES = ("create_in_outlook", "update_in_outlook", "delete_from_outlook")
_SALESFORCE_BOXES = ("create_in_salesforce", "update_in_salesforce", "delete_from_salesforce")


class SyncJobs(Vertical):
    """The settings of the process chosen in the drop-down."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    @dataclass
    class SettingEdited(Message):
        """A setting has another value, by its dotted key."""

        key: str
        value: Value

    @dataclass
    class ProcessChosen(Message):
        """The drop-down shows another process."""

        process: Process

    @dataclass
    class Pressed(Message):
        """A button was pressed: an action of the screen."""

        action: str

    def __init__(self, staging: Staging, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._staging = staging
        self.process = Process.CALENDAR

    def compose(self) -> ComposeResult:
        tabs = Tabs(Tab(Content("[ Sync Jobs ]"), id="tab-sync-jobs"), id="sync-tabs")
        tabs.can_focus = False  # with one tab there is nothing to choose
        yield tabs
        with VerticalScroll(id="form", can_focus=False):
            yield DropDown("process", "Process:", tuple(PROCESS_LABELS.items()), id="process")
            yield Box("include_in_background_sync")
            yield DropDown("past_days", options=_DAYS, label_width=25)
            yield DropDown("future_days", options=_DAYS, label_width=25)
            yield Box(_PRIVATE_BOX)
            yield Box("keep_formatting")
            yield DropDown("conflicts", options=_CONFLICTS, label_width=25)
            yield Box("match_account")
            yield Static("Prevent Operations: Microsoft Outlook", classes="group")
            for name in _OUTLOOK_BOXES:
                yield Box(f"prevent.{name}")
            yield Static("Prevent Operations: Salesforce", classes="group")
            for name in _SALESFORCE_BOXES:
                yield Box(f"prevent.{name}")
        with Horizontal(id="buttons"):
            yield Button("Start Sync", id="start", compact=True)
            yield UnsavedLine(id="unsaved")
            yield Static("", id="spacer")
            yield Button("Apply", id="apply", compact=True)
            yield Button("Ok", id="ok", compact=True)
            yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        self.show()

    def key_of(self, field: Field) -> str:
        """The dotted key of the setting that a field shows just now; empty for the process drop-down."""
        key = f"sync.{self.process}.{field.key}"
        return key if key in catalogue() else ""

    def show(self) -> None:
        """Show the staging as it is now; a field that reads the same is not repainted."""
        for field in self._fields():
            key = self.key_of(field)
            field.display = bool(key)
            if not key:
                continue
            field.label = self._label(key, field)
            field.value = self._staging.value(key)
            field.is_dirty = self._staging.is_edited(key)
        self.query_one("#process", DropDown).value = self.process.value
        count = len(self._staging.changes)
        self.query_one(UnsavedLine).show(Content(f"* {count} unsaved" if count else ""))

    def tell_saved(self) -> None:
        """Say that the edits are saved, where it said that they were not."""
        self.query_one(UnsavedLine).show(Content.styled("Saved", "$text-success"))

    def show_process(self, process: Process) -> None:
        """Show the settings of another process."""
        self.process = process
        self.show()

    def allow_edits(self, is_allowed: bool) -> None:
        """A file with problems is shown, but nothing of it can be edited or saved."""
        for field in self._fields():
            field.disabled = not is_allowed
        for name in ("start", "apply", "ok"):
            self.query_one(f"#{name}", Button).disabled = not is_allowed

    def focus_first(self) -> None:
        """Put the focus on the form."""
        self.query_one("#process").focus()

    def _fields(self) -> Iterator[Box | DropDown]:
        for field in self.query(Field):
            if isinstance(field, Box | DropDown) and field.key != "process":
                yield field

    def _label(self, key: str, field: Field) -> str:
        label = setting(key).label
        if field.key == _PRIVATE_BOX and (note := privacy_note(self.process)):
            return f"{label} ({note})"
        return f"{label}:" if isinstance(field, DropDown) else label

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        event.stop()
        if event.field.key == "process":
            self.post_message(self.ProcessChosen(Process(str(event.value))))
        elif key := self.key_of(event.field):
            self.post_message(self.SettingEdited(key, event.value))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Pressed(event.button.id or ""))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep the focused line in sight without an animation."""
        event.widget.scroll_visible(animate=False)
