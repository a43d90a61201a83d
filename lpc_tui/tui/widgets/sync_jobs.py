"""The Sync Jobs tab: one process's settings and its Prevent Operations, with how much each of those holds back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from lpc_tui.model.items import Process
from lpc_tui.places.interface import Kind
from lpc_tui.settings import DAY_CHOICES
from lpc_tui.settings_keys import catalogue
from lpc_tui.settings_values import Value
from lpc_tui.tui.place_book import PlaceBook
from lpc_tui.tui.setting_words import process_of
from lpc_tui.tui.staging import Staging
from lpc_tui.tui.widgets.fields import Box, DropDown, Edited, Entry
from lpc_tui.tui.widgets.place_field import PlaceField
from lpc_tui.tui.widgets.settings_form import SettingsForm, choices_of
from lpc_tui.wording import privacy_note

__all__ = ["PROCESS_LABELS", "SyncJobs"]

PROCESS_LABELS: dict[Value, str] = {
    process.value: f"Salesforce-Microsoft Outlook {process.label}" for process in Process
}

_DAYS = tuple((days, f"{days:,}") for days in DAY_CHOICES)
_PRIVATE_BOX = "synchronize_private_items"
_OUTLOOK_BOXES = ("create_in_outlook", "update_in_outlook", "delete_from_outlook")
_SALESFORCE_BOXES = ("create_in_salesforce", "update_in_salesforce", "delete_from_salesforce")
_LABEL_WIDTH = 25


class SyncJobs(SettingsForm):
    """The settings of the process chosen in the drop-down."""

    @dataclass
    class ProcessChosen(Message):
        """The drop-down shows another process."""

        process: Process

    def __init__(self, staging: Staging, book: PlaceBook, *, id: str | None = None) -> None:
        """`book` has the names of what was chosen from the services' lists."""
        super().__init__(staging, id=id)
        self._book = book
        self.process = Process.CALENDAR
        self.held_back: Mapping[str, int] = {}
        """How many operations each Prevent box holds back right now, by its dotted key."""

    def compose(self) -> ComposeResult:
        yield DropDown("process", "Process:", tuple(PROCESS_LABELS.items()), id="process")
        yield Box("include_in_background_sync")
        yield Entry("past_days", _DAYS, label_width=_LABEL_WIDTH)
        yield Entry("future_days", _DAYS, label_width=_LABEL_WIDTH)
        for kind in Kind:
            yield PlaceField(kind.value, kind, self._book, label_width=_LABEL_WIDTH)
        yield Box(_PRIVATE_BOX)
        yield DropDown("conflicts", options=choices_of("sync.contact.conflicts"), label_width=_LABEL_WIDTH)
        yield Box("match_account")
        yield Static("Prevent Operations: Microsoft Outlook", classes="group")
        for name in _OUTLOOK_BOXES:
            yield Box(f"prevent.{name}")
        yield Static("Prevent Operations: Salesforce", classes="group")
        for name in _SALESFORCE_BOXES:
            yield Box(f"prevent.{name}")

    def key_of(self, field: Box | DropDown) -> str:
        """The dotted key of the setting that a field shows just now; empty for the process drop-down."""
        if isinstance(field, PlaceField):
            return field.key if field.kind.process is self.process else ""
        key = f"sync.{self.process}.{field.key}"
        return key if key in catalogue() else ""

    def has_setting(self, key: str) -> bool:
        if key in list(Kind):
            return True
        process = process_of(key)
        names = {f"sync.{process}.{field.key}" for field in self.fields()}
        return process is not None and key in names & catalogue().keys()

    def focus_setting(self, key: str) -> None:
        process = Kind(key).process if key in list(Kind) else process_of(key)
        if process is not None:
            self.show_process(process)
        super().focus_setting(key)

    def show(self) -> None:
        super().show()
        for field in self.fields():
            key = self.key_of(field)
            field.display = bool(key) or field.key == "process"
            if isinstance(field, Box):
                field.held_back = self.held_back.get(key, 0)
        self.query_one("#process", DropDown).value = self.process.value

    def show_process(self, process: Process) -> None:
        """Show the settings of another process."""
        self.process = process
        self.show()

    def show_held_back(self, counts: Mapping[str, int]) -> None:
        """Show `held_back` beside the boxes."""
        self.held_back = counts
        self.show()

    def label_of(self, field: Box | DropDown, key: str) -> str:
        label = super().label_of(field, key)
        if field.key == _PRIVATE_BOX and (note := privacy_note(self.process)):
            return f"{label} ({note})"
        return label

    def allow_edits(self, is_allowed: bool) -> None:
        super().allow_edits(is_allowed)
        self.query_one("#process").disabled = False

    @on(Edited)
    def _process_edited(self, event: Edited) -> None:
        if event.field.key == "process":
            self.post_message(self.ProcessChosen(Process(str(event.value))))

    def on_resize(self, _event: events.Resize) -> None:
        """A count stands beside its box where there is room."""
        for box in self.query(Box):
            if box.held_back:
                box.refresh(layout=True)
