"""The Components list at the left, as LinkPoint Assist has it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

__all__ = ["Component", "Components"]


class Component(enum.StrEnum):
    """What the window can show at the right."""

    SYNC = "Sync"
    ACCOUNTS = "Accounts"
    HISTORY = "History"
    ISSUES = "Issues"
    ABOUT = "About"


class Components(OptionList):
    """The list; moving the cursor shows a component, Enter or Right goes into it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "select", "Go into", show=False, id="components.enter")
    ]

    @dataclass
    class Shown(Message):
        """The cursor is on another component."""

        component: Component

    @dataclass
    class Entered(Message):
        """The person wants to go into the component."""

        component: Component

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(*(Option(f"  {component}", id=component.value) for component in Component), id=id)
        self.compact = True
        self._marked: str | None = None

    def on_mount(self) -> None:
        self.highlighted = 0

    @on(OptionList.OptionHighlighted)
    def _highlight(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        component = Component(event.option_id or Component.SYNC)
        if self._marked is not None:
            self.replace_option_prompt(self._marked, f"  {self._marked}")
        self._marked = component.value
        self.replace_option_prompt(component.value, f"> {component}")
        self.post_message(self.Shown(component))

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Entered(Component(event.option_id or Component.SYNC)))

    def show(self, component: Component) -> None:
        """Put the cursor on a component."""
        self.highlighted = list(Component).index(component)
