"""Messages that more than one module shares; a widget's own are declared inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from lpc_tui.engine.events import Event
from lpc_tui.model.items import Process

__all__ = ["EventsArrived", "PreventedAsked", "SettingAsked", "WhyAsked"]


@dataclass
class EventsArrived(Message):
    """A batch of the run's events, in order."""

    events: Sequence[Event]


@dataclass
class WhyAsked(Message):
    """The person asks why something happened, or did not, to this item; at least one id is there."""

    process: Process
    outlook_id: str | None
    salesforce_id: str | None
    planned: Sequence[str] = ()
    """What the plan under review would do with it, and why (untrusted); empty outside of a review."""


@dataclass
class SettingAsked(Message):
    """The person wants to see or edit the setting with this dotted key."""

    key: str


@dataclass
class PreventedAsked(Message):
    """The person wants to see what a Prevent box, by its dotted key, holds back."""

    key: str
