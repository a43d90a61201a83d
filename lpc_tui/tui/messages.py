"""Messages that more than one module shares; a widget's own are declared inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from lpc_tui.engine.events import Event

__all__ = ["EventsArrived"]


@dataclass
class EventsArrived(Message):
    """A batch of the run's events, in order."""

    events: Sequence[Event]
