"""What the surfaces have in common: the app they run, ways through it, and how texts are packed into a list or a message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeAlias

from textual.pilot import Pilot

from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.items import Process
from lpc_tui.tui.widgets.components import Component
from tests.tui.harness import press, settled, until

__all__ = ["CONTACT_TEXTS", "ROOM", "Look", "Surface", "one_a_line", "resized", "to_component"]

Look: TypeAlias = Callable[..., Awaitable[None]]
"""Checks what is on the screen; the texts that are to be read there, within the first `width` cells of each."""

Surface: TypeAlias = Callable[[tuple[str, ...], Look], Awaitable[None]]

CONTACT_TEXTS: Final = tuple(spec.name for spec in shared_fields(Process.CONTACT) if spec.empty == "")
"""The fields of a contact that hold any text: no item has more."""

ROOM: Final = 24
"""Cells of a text that are sure to be seen in a column."""


async def to_component(pilot: Pilot[None], component: Component) -> None:
    """Go to a component by the arrows, and into it."""
    await press(pilot, "escape", "home", *["down"] * list(Component).index(component))
    await settled(pilot)
    await press(pilot, "right")


async def resized(pilot: Pilot[None], columns: int, lines: int) -> None:
    """Give the terminal another size, and wait until all is laid out in it: keys are dear where a screen is high."""
    await pilot.resize_terminal(columns, lines)
    await until(pilot, lambda: pilot.app.screen._compositor.size == (columns, lines))


def one_a_line(texts: Iterable[str]) -> str:
    """A message of a line for each text: as hostile as they are, but for their own line breaks."""
    return "\n".join(" ".join(filter(None, text.splitlines())) for text in texts)
