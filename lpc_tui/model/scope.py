"""What a process covers in time (law 5): an event by its stretch, a task by its due date, a contact always. Pure.

A task without a due date is covered while it is open: ten years of done ones are nobody's plan for today. One that is
completed leaves the scope by that edit, which is carried across first, as any edit that leaves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lpc_tui.model.items import Fields, Process
from lpc_tui.model.rules import Window

__all__ = ["is_covered", "left_by_edit"]

_DECIDING: Mapping[Process, tuple[str, ...]] = MappingProxyType(
    {Process.CALENDAR: ("when",), Process.CONTACT: (), Process.TASK: ("due", "status")}
)
"""The fields that say whether an item is in scope."""


def is_covered(process: Process, fields: Fields, window: Window | None) -> bool:
    """Whether an item with these fields lies within the days of the process."""
    if window is None or process is Process.CONTACT:
        return True
    if process is Process.TASK:
        due = fields.get("due")
        return fields.get("status") != "completed" if due is None else window.covers(due)
    return window.covers(fields.get("when"))


def left_by_edit(process: Process, base: Fields, fields: Fields, window: Window | None) -> bool:
    """Whether an edit, not the passing of days, took an item out of scope: its base, as agreed on, still is in it."""
    deciding = _DECIDING[process]
    return (
        all(name in base for name in deciding)
        and is_covered(process, base, window)
        and not is_covered(process, fields, window)
    )
