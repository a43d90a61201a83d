"""The kinds of settings on a form: a box, a drop-down, a drop-down to type into; each one line that knows its key.

Textual's own `Checkbox` tells on from off by colour alone, and its `Select` is six widgets; over SSH a state must be a sign
and a form must be light. Only short numbers and times are typed on the line itself. All post `Edited` and know nothing of
files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset, Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from lpc_tui.settings_values import Value
from lpc_tui.tui.plain import cells, content, plain
from lpc_tui.tui.screens.choice import ChoiceScreen

__all__ = ["Box", "DropDown", "Edited", "Entry", "Field"]

_BOX_WIDTH = 5
"""Cells before a box's label: the mark, the brackets, a space."""
_START = Region(0, 0, _BOX_WIDTH, 1)
"""All that a tick changes: over SSH the rest of the line need not be sent again."""


@dataclass
class Edited(Message):
    """The person gave a field another value."""

    field: Field
    value: Value

    @property
    def control(self) -> Field:
        return self.field


class Field(Widget, can_focus=True):
    """What all fields have in common: a label, a value, a mark while the value is not saved."""

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
        &:disabled { color: $text-disabled; }
    }
    """

    label: reactive[str] = reactive("", layout=True)
    is_dirty: reactive[bool] = reactive(False, repaint=False)

    def __init__(self, key: str, label: str = "", *, id: str | None = None) -> None:
        """`key` is the setting's key within its process, or any name of the owner's."""
        super().__init__(id=id)
        self.key = key
        self.set_reactive(Field.label, label)

    @property
    def _mark(self) -> tuple[str, str]:
        """What stands first on the line, with its style."""
        return ("*", "" if self.has_focus else "bold $text-warning") if self.is_dirty else (" ", "")

    def watch_is_dirty(self) -> None:
        self.refresh(_START)


class Box(Field):
    """A tick box: `[x] Synchronize Private Items`, and how many operations it holds back if it is one that does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "tick", "Tick", show=False, id="box.tick")
    ]

    value: reactive[bool] = reactive(False, repaint=False)
    held_back: reactive[int] = reactive(0, layout=True)
    saved: bool | None = None
    """The value that is saved: a tick is painted together with its mark. None: nobody saves it."""

    def render(self) -> Content:
        line = f"[{'x' if self.value else ' '}] {self.label}"
        if self.held_back:
            count = f"({self.held_back:,} held back)"
            line = f"{line}{self._gap(cells(line) + 2 + len(count))}{count}"
        return Content.assemble(self._mark, line)

    def watch_value(self) -> None:
        if self.saved is not None:
            self.is_dirty = self.value is not self.saved
        self.refresh(_START)

    def _gap(self, needed: int) -> str:
        """What stands before the count: where the line is too short for it, it goes below the label."""
        room = self.parent.scrollable_content_region.width if isinstance(self.parent, Widget) else 0
        return " " if needed <= room or not room else f"\n{' ' * _BOX_WIDTH}"

    def action_tick(self) -> None:
        self.value = not self.value
        self.post_message(Edited(self, self.value))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_tick()


class DropDown(Field):
    """A drop-down: `Process: [ Calendar v ]`. Enter opens the list."""

    DEFAULT_CSS = """
    DropDown { text-wrap: nowrap; text-overflow: ellipsis; height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "open", "Open", show=False, id="dropdown.open")
    ]

    value: reactive[Value] = reactive("", layout=True)
    problem: reactive[str] = reactive("", layout=True)
    """Why the value is not allowed, in brief; stands behind it."""

    def __init__(
        self,
        key: str,
        label: str = "",
        options: Sequence[tuple[Value, str]] = (),
        *,
        label_width: int = 0,
        id: str | None = None,
    ) -> None:
        """`options` are values with what a person reads for each; a value not among them is shown as it is."""
        super().__init__(key, label, id=id)
        self.options = tuple(options)
        self._label_width = label_width

    @property
    def _all_options(self) -> tuple[tuple[Value, str], ...]:
        if self.problem or any(value == self.value for value, _ in self.options):
            return self.options
        return ((self.value, str(self.value)), *self.options)

    def _shown(self) -> str:
        """What stands between the brackets."""
        shown = next((label for value, label in self.options if value == self.value), plain(str(self.value)))
        return f"{shown:<{max(cells(label) for _, label in self._all_options)}} v"

    def render(self) -> Content:
        line = f"{self.label:<{self._label_width}} [ {self._shown()} ]"
        return Content.assemble(self._mark, content(f"{line} ! {self.problem}" if self.problem else line))

    def show_value(self, value: Value) -> None:
        """Show another value that is not the person's doing here."""
        self.value = value

    def action_open(self) -> None:
        below = self.region.offset + Offset(max(len(self.label), self._label_width) + 1, 1)
        self.app.push_screen(ChoiceScreen(self._all_options, self.value, below), self.choose)

    def choose(self, value: Value | None) -> None:
        """Take a value as the person's; None: they went back."""
        if value is not None and value != self.value:
            self.value = value
            self.post_message(Edited(self, value))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_open()


class Entry(DropDown):
    """A drop-down that can be typed into: `Synchronize Past Days: [ 36_ v ]`. Left and Right take the step beside."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace", "erase", "Erase", show=False, id="entry.erase"),
        Binding("left", "step(-1)", "The step below", show=False, id="entry.less"),
        Binding("right", "step(1)", "The step above", show=False, id="entry.more"),
    ]

    is_typing: reactive[bool] = reactive(False, layout=True)
    """What is typed goes behind what was typed; else it takes the place of the value."""

    def __init__(
        self,
        key: str,
        options: Sequence[tuple[Value, str]] = (),
        *,
        label_width: int = 0,
        unit: str = "",
        characters: str = "0123456789",
        longest: int = 5,
    ) -> None:
        """`unit` stands behind the field; `characters` are those that can be typed."""
        super().__init__(key, options=options, label_width=label_width)
        self._unit = unit
        self._characters = characters
        self._longest = longest

    def _shown(self) -> str:
        width = max(len(str(value)) for value, _ in self.options)
        typed = f"{plain(str(self.value))}{'_' if self.is_typing else ''}"
        return f"{typed:<{width}} v"

    def render(self) -> Content:
        line = super().render()
        return line if self.problem or not self._unit else line + Content(f" {self._unit}")

    def on_key(self, event: events.Key) -> None:
        if event.character is not None and event.character in self._characters:
            event.stop()
            self._type(event.character)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.is_typing = False
        self._type("".join(each for each in event.text.strip() if each in self._characters))

    def on_blur(self) -> None:
        self.is_typing = False

    def show_value(self, value: Value) -> None:
        if value != self.value:
            self.is_typing = False
        super().show_value(value)

    def action_erase(self) -> None:
        self._take(str(self.value)[:-1])

    def action_step(self, by: int) -> None:
        steps = [value for value, _ in self.options]
        beyond = [step for step in steps if _is_beyond(step, self.value, by)]
        if beyond:
            self.is_typing = False
            self.choose(beyond[0 if by > 0 else -1])

    def _type(self, text: str) -> None:
        self._take(f"{self.value}{text}" if self.is_typing else text)

    def _take(self, text: str) -> None:
        text = text[: self._longest]
        self.is_typing = True
        is_number = isinstance(self.options[0][0], int) and text.isdecimal()
        self.choose(int(text) if is_number else text)


def _is_beyond(step: Value, value: Value, by: int) -> bool:
    """Whether a step lies above (`by` > 0) or below a value of its kind."""
    if isinstance(step, int) and isinstance(value, int):
        return (step - value) * by > 0
    return str(step) != str(value) and (str(step) > str(value)) == (by > 0)
