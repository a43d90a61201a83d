"""Edits one setting by itself: one that no form has room for, or a text of any length.

`app` opens it from the search over all settings and from the text fields, and stages what it returns.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from lpc_tui.settings_keys import setting, value_of
from lpc_tui.settings_values import Value
from lpc_tui.tui.plain import content, plain
from lpc_tui.tui.screens.lean import LeanModal
from lpc_tui.tui.setting_words import about, problem_reason, value_words
from lpc_tui.tui.staging import Staging

__all__ = ["SettingDialog"]


class SettingDialog(LeanModal[Value | None]):
    """Returns the value to stage; None if the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="setting.back"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, key: str, staging: Staging) -> None:
        super().__init__()
        self._key = key
        self._known = setting(key)
        self._staging = staging
        self._value = staging.value(key)
        self._options: tuple[Value, ...] = ()
        if self._known.kind is bool:
            self._options = (True, False)
        elif self._known.choices:
            self._options = tuple(choice.value for choice in self._known.choices)

    @property
    def focused_setting(self) -> str:
        return self._key

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            with VerticalScroll(id="dialog-body", can_focus=False):
                yield Static(Content("\n").join(about(self._key, self._staging)))
            if self._options:
                labels = (Option(content(value_words(self._key, value))) for value in self._options)
                yield OptionList(*labels, id="setting-options", compact=True, markup=False)
            else:
                value = Input(
                    plain(str(self._value)), id="setting-value", compact=True, select_on_focus=False
                )
                value.cursor_blink = False
                yield value
                yield Static("", id="setting-problem")
            with Horizontal(id="dialog-buttons"):
                if not self._options:
                    yield Button("Ok", id="take", compact=True)
                if self._staging.is_edited(self._key):
                    yield Button("Undo edit", id="undo", compact=True)
                yield Button("Cancel", id="leave", compact=True)

    def on_mount(self) -> None:
        if self._options:
            choices = self.query_one(OptionList)
            choices.highlighted = next(
                (at for at, value in enumerate(self._options) if value == self._value), 0
            )
            choices.focus()
        else:
            self.query_one(Input).focus()
            self._show_problem()

    @on(Input.Changed, "#setting-value")
    def _typed(self, event: Input.Changed) -> None:
        """What could not be shown as it is stays as it is until something is typed."""
        event.stop()
        if event.value != plain(str(self._value)):
            is_number = self._known.kind is int and event.value.strip().isdecimal()
            self._value = int(event.value) if is_number else event.value
        self._show_problem()

    def _reason(self) -> str:
        problem = self._staging.problem_if(self._key, self._value)
        return problem_reason(problem) if problem else ""

    def _show_problem(self) -> None:
        reason = self._reason()
        self.query_one("#setting-problem", Static).update(content(f"! {reason}" if reason else ""))
        self.query_one("#take", Button).disabled = bool(reason)

    @on(Input.Submitted, "#setting-value")
    @on(Button.Pressed, "#take")
    def _take(self) -> None:
        if not self._reason():
            self.dismiss(self._value)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._options[event.option_index])

    @on(Button.Pressed, "#undo")
    def _undo(self) -> None:
        self.dismiss(value_of(self._staging.saved, self._key))

    @on(Button.Pressed, "#leave")
    def _leave(self) -> None:
        self.dismiss(None)
