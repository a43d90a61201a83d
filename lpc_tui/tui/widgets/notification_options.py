"""The Notification Options tab: what is said of a sync, and which Outlook bodies are left as they are."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from lpc_tui.settings_keys import catalogue
from lpc_tui.tui.setting_words import process_of
from lpc_tui.tui.widgets.fields import Box, DropDown
from lpc_tui.tui.widgets.settings_form import SettingsForm, choices_of

__all__ = ["NotificationOptions"]

_SUMMARY = "notifications.show_summary"
_BOXES = ("when_finished", "when_items_wait", "bell", "terminal_title")
_FORMATTING = "keep_formatting"


class NotificationOptions(SettingsForm):
    """As in the original, what is kept of a formatted body is set here, for each process that has bodies."""

    def compose(self) -> ComposeResult:
        yield DropDown(_SUMMARY, options=choices_of(_SUMMARY))
        yield Static("", classes="gap")
        for name in _BOXES:
            yield Box(f"notifications.{name}")
        yield Static("A sync that failed is always told.", classes="note")
        yield Static("Formatted Outlook bodies", classes="group")
        for key in catalogue():
            if key.endswith(f".{_FORMATTING}"):
                yield Box(key)
        yield Static(
            "Ticked, a body with fonts or colours is not overwritten when its plain Salesforce copy was changed;"
            " time, place and the rest still update.",
            classes="note",
        )

    def label_of(self, field: Box | DropDown, key: str) -> str:
        label = super().label_of(field, key)
        process = process_of(key)
        return f"{label} ({process.label})" if process else label
