"""The settings as the planner sees them: boxes, policy, window, brake. Plain values, made by `wiring`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from lpc_tui.model.items import AllDay, Side, Timed, Value

__all__ = ["Action", "Policy", "Rules", "Window"]


class Action(enum.StrEnum):
    """What an operation does to its side, or to the link."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    LINK = "link"
    UNLINK = "unlink"


class Policy(enum.StrEnum):
    """The standing answer to a conflict (law 3)."""

    ASK = "ask"
    NEWEST = "newest"
    OUTLOOK = "outlook"
    SALESFORCE = "salesforce"


@dataclass(frozen=True, slots=True)
class Window:
    """The days a process covers, on the person's own wall: whole local days, both inclusive (law 5)."""

    first: date
    last: date
    start: datetime
    """Local midnight at the beginning of `first`; aware UTC."""
    end: datetime
    """Local midnight after `last`; aware UTC."""

    @classmethod
    def around(cls, now: datetime, zone: tzinfo, past_days: int, future_days: int) -> Window:
        """The window of `past_days` before and `future_days` after the day that `now` (aware) is in `zone`."""
        today = now.astimezone(zone).date()
        first, last = today - timedelta(days=past_days), today + timedelta(days=future_days)
        return cls(first, last, _midnight(first, zone), _midnight(last + timedelta(days=1), zone))

    def covers(self, value: Value) -> bool:
        """Whether an event's time overlaps the window, or a due date lies in it; no date at all does too."""
        if isinstance(value, Timed):
            if value.start == value.end:
                return self.start <= value.start < self.end
            return value.start < self.end and value.end > self.start
        if isinstance(value, AllDay):
            return value.first <= self.last and value.last >= self.first
        if isinstance(value, date):
            return self.first <= value <= self.last
        return True


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one process may do."""

    window: Window | None = None
    """None: the process has no days (contacts)."""
    prevent: frozenset[tuple[Side, Action]] = frozenset()
    """The ticked Prevent Operations boxes (law 7)."""
    policy: Policy = Policy.ASK
    synchronize_private: bool = False
    keep_formatting: bool = True
    notify_attendees: bool = False
    max_deletes: int = 25
    max_delete_percent: int = 20

    def prevents(self, side: Side, action: Action) -> bool:
        return (side, action) in self.prevent
