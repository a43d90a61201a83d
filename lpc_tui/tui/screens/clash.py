"""What counts where the person and another program changed the same settings: asked for each of them, or for all at once.

`flows.settings` opens it. Until it is answered, the edits stand and are unsaved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from lpc_tui.tui.plain import content
from lpc_tui.tui.screens.question import Answer, Question
from lpc_tui.tui.setting_words import full_name, value_words
from lpc_tui.tui.staging import Collision
from lpc_tui.tui.widgets.fields import Field

__all__ = ["ClashScreen"]

_CHOSEN = Answer("chosen", "c", "As marked")
_FILE = Answer("file", "f", "All the file's")
_MINE = Answer("mine", "m", "All mine")
_WIDTH = 24
"""Cells of a value; three stand side by side in 80 columns."""


class _Row(Field):
    """One setting: what was saved, what the file has now, what the person made of it; the mark is at the one to count."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter,left,right", "other", "The other one", show=False, id="clash.other")
    ]

    takes_file: reactive[bool] = reactive(False)

    def __init__(self, collision: Collision) -> None:
        super().__init__(collision.key)
        self.collision = collision

    def render(self) -> Content:
        key, file = self.key, self.takes_file
        values = (
            f"    was {value_words(key, self.collision.before)}",
            f"({'x' if file else ' '}) file: {value_words(key, self.collision.now)}",
            f"({' ' if file else 'x'}) mine: {value_words(key, self.collision.mine)}",
        )
        cut = (content(value, _WIDTH - 1) for value in values)
        padded = (value + Content(" " * (_WIDTH - value.cell_length)) for value in cut)
        return Content.assemble(full_name(key), "\n", *padded)

    def action_other(self) -> None:
        self.takes_file = not self.takes_file


class ClashScreen(Question):
    """`from_file` tells the keys whose edits give way to the file, once it is answered."""

    def __init__(self, collisions: Sequence[Collision]) -> None:
        super().__init__("Changed on both sides", "", (_CHOSEN, _FILE, _MINE))
        self.collisions = tuple(collisions)
        self.from_file: tuple[str, ...] = ()

    @property
    def focused_setting(self) -> str:
        return self.focused.key if isinstance(self.focused, _Row) else ""

    def compose_body(self) -> ComposeResult:
        yield Static("Another program changed what you are editing. What counts? Space moves the mark.\n")
        for collision in self.collisions:
            yield _Row(collision)

    def first_focus(self) -> Widget:
        return self.query(_Row).first()

    def answer(self, name: str) -> None:
        rows = self.query(_Row)
        if name == _FILE.name:
            self.from_file = tuple(row.key for row in rows)
        elif name == _CHOSEN.name:
            self.from_file = tuple(row.key for row in rows if row.takes_file)
        super().answer(name)
