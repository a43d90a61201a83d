"""What the forms of the Sync component have in common: fields bound to the staged settings.

A form shows a `Staging` and posts what the person edits; `screens.main` and `app` act on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual import events, on
from textual.containers import VerticalScroll
from textual.message import Message

from lpc_tui.settings_check import SettingsProblem
from lpc_tui.settings_keys import catalogue, setting, value_of
from lpc_tui.settings_values import Value
from lpc_tui.tui.plain import plain
from lpc_tui.tui.staging import Staging
from lpc_tui.tui.widgets.fields import Box, DropDown, Edited

__all__ = ["SettingEdited", "SettingsForm", "choices_of"]


@dataclass
class SettingEdited(Message):
    """A setting has another value, by its dotted key."""

    key: str
    value: Value


def choices_of(key: str) -> tuple[tuple[Value, str], ...]:
    """The options of a drop-down for a setting that takes one of a few words."""
    return tuple((choice.value, choice.label) for choice in setting(key).choices)


def _brief(problem: SettingsProblem) -> str:
    """What is allowed, in the few words that fit behind a field; the hint line has the whole sentence."""
    return plain(problem.allowed.removeprefix("allowed: ").removeprefix("a whole number "))


class SettingsForm(VerticalScroll, can_focus=False):
    """Fields one below the other."""

    def __init__(self, staging: Staging, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="form")
        self.staging = staging

    def on_mount(self) -> None:
        self.show()

    def key_of(self, field: Box | DropDown) -> str:
        """The dotted key of the setting that a field shows just now; empty if it shows none."""
        return field.key if field.key in catalogue() else ""

    def has_setting(self, key: str) -> bool:
        """Whether one of the fields is for the setting with this key."""
        return any(field.key == key for field in self.fields())

    def focus_setting(self, key: str) -> None:
        """Put the focus on the field of a setting that the form has."""
        next(field for field in self.fields() if self.key_of(field) == key).focus()

    def fields(self) -> Iterator[Box | DropDown]:
        """Those with a setting of the file, from top to bottom."""
        for field in self.query("Box, DropDown"):
            if isinstance(field, Box | DropDown):
                yield field

    def show(self) -> None:
        """Show the staging as it is now; a field that reads the same is not repainted."""
        for field in self.fields():
            key = self.key_of(field)
            if key:
                self._show(field, key)

    def _show(self, field: Box | DropDown, key: str) -> None:
        field.label = self.label_of(field, key)
        value = self.staging.value(key)
        if isinstance(field, Box):
            field.saved = bool(value_of(self.staging.saved, key))
            field.value = bool(value)
        else:
            problem = self.staging.problems.get(key)
            field.show_value(value)
            field.problem = _brief(problem) if problem else ""
        field.is_dirty = self.staging.is_edited(key)

    def label_of(self, field: Box | DropDown, key: str) -> str:
        """What stands before (a box: behind) the value."""
        label = setting(key).label
        return label if isinstance(field, Box) else f"{label.removesuffix(':')}:"

    def allow_edits(self, is_allowed: bool) -> None:
        """A file with problems is shown, but nothing of it can be edited."""
        for field in self.fields():
            field.disabled = not is_allowed

    def focus_first(self) -> None:
        """Put the focus on the form."""
        next(self.fields()).focus()

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        event.stop()
        if isinstance(event.field, Box | DropDown) and (key := self.key_of(event.field)):
            self.post_message(SettingEdited(key, event.value))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep the focused line in sight without an animation."""
        event.widget.scroll_visible(animate=False)
