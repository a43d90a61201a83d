"""The two kinds of settings on the form: a box and a drop-down, each one line of text that knows its key.

Textual's own `Checkbox` tells on from off by colour alone, and its `Select` is six widgets; over SSH a state must be a sign
and a form must be light. Both here post `Edited` and know nothing of files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from lpc_tui.settings_values import Value
from lpc_tui.tui.plain import content
from lpc_tui.tui.screens.choice import ChoiceScreen

__all__ = ["Box", "DropDown", "Edited", "Field"]


@dataclass
class Edited(Message):
    """The person gave a field another value."""

    field: Field
    value: Value

    @property
    def control(self) -> Field:
        return self.field


class Field(Widget, can_focus=True):
    """What boxes and drop-downs have in common: a label, a value, a mark while the value is not saved."""

    DEFAULT_CSS = """
    Field {
        width: auto;
        max-width: 100%;
        height: auto;
        text-wrap: wrap;
        &:focus {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: bold;
        }
        &.-dirty { color: $text-warning; }
        &.-dirty:focus { color: $block-cursor-foreground; }
        &:disabled { color: $text-disabled; }
    }
    """

    label: reactive[str] = reactive("", layout=True)
    is_dirty: reactive[bool] = reactive(False, toggle_class="-dirty")

    def __init__(self, key: str, label: str = "", *, id: str | None = None) -> None:  # noqa: A002
        """`key` is the setting's key within its process, or any name of the owner's."""
        super().__init__(id=id)
        self.key = key
        self.set_reactive(Field.label, label)

    @property
    def _mark(self) -> str:
        return "*" if self.is_dirty else " "


class Box(Field):
    """A tick box: `[x] Synchronize Private Items`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "tick", "Tick", show=False, id="box.tick")
    ]

    value: reactive[bool] = reactive(False)

    def render(self) -> Content:
        return Content(f"{self._mark}[{'x' if self.value else ' '}] {self.label}")

    def action_tick(self) -> None:
        self.value = not self.value
        self.post_message(Edited(self, self.value))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_tick()


class DropDown(Field):
    """A drop-down: `Process: [ Calendar v ]`. Enter opens the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "open", "Open", show=False, id="dropdown.open")
    ]

    value: reactive[Value] = reactive("")

    def __init__(
        self,
        key: str,
        label: str = "",
        options: Sequence[tuple[Value, str]] = (),
        *,
        label_width: int = 0,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`options` are values with what a person reads for each; a value not among them is shown as it is."""
        super().__init__(key, label, id=id)
        self.options = tuple(options)
        self._label_width = label_width

    @property
    def _all_options(self) -> tuple[tuple[Value, str], ...]:
        if any(value == self.value for value, _ in self.options):
            return self.options
        return ((self.value, str(self.value)), *self.options)

    def render(self) -> Content:
        shown = next(label for value, label in self._all_options if value == self.value)
        width = max(len(label) for _, label in self._all_options)
        return Content.assemble(
            f"{self._mark}{self.label:<{self._label_width}} [ ", content(f"{shown:<{width}}"), " v ]"
        )

    def action_open(self) -> None:
        def chosen(value: Value | None) -> None:
            if value is not None and value != self.value:
                self.value = value
                self.post_message(Edited(self, value))

        below = self.region.offset + Offset(max(len(self.label), self._label_width) + 1, 1)
        self.app.push_screen(ChoiceScreen(self._all_options, self.value, below), chosen)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_open()
