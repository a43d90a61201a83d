"""The open list of a drop-down, laid over the screen beside its field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from lpc_tui.settings_values import Value
from lpc_tui.tui.plain import cells, content
from lpc_tui.tui.screens.lean import LeanModal

__all__ = ["ChoiceScreen"]


class ChoiceScreen(LeanModal[Value | None]):
    """Returns the chosen value; None if the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back", id="choice.back")]

    def __init__(self, options: Sequence[tuple[Value, str]], value: Value, at: Offset) -> None:
        super().__init__()
        self._options = options
        self._value = value
        self._at = at

    def compose(self) -> ComposeResult:
        yield OptionList(*(Option(content(label)) for _, label in self._options), compact=True, markup=False)

    def on_mount(self) -> None:
        choices = self.query_one(OptionList)
        width = max(cells(label) for _, label in self._options) + 6
        height = min(len(self._options) + 2, self.size.height)
        choices.styles.width, choices.styles.height = width, height
        choices.styles.offset = (
            max(min(self._at.x, self.size.width - width), 0),
            max(min(self._at.y, self.size.height - height), 0),
        )
        choices.highlighted = next(
            (at for at, (value, _) in enumerate(self._options) if value == self._value), 0
        )

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._options[event.option_index][0])
