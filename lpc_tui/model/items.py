"""What both services' records become: items of canonical fields, free of either vendor's forms.

The replicas make items from records and records from items; the rest of the core never sees a record. An item that is
private beyond what the person allowed is redacted before it leaves its replica, so that no later room can leak it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

__all__ = [
    "EMPTY",
    "AllDay",
    "Fields",
    "Guard",
    "Item",
    "Process",
    "Side",
    "Timed",
    "Value",
    "When",
    "frozen",
    "shared",
]


class Side(enum.StrEnum):
    """One of the two services."""

    OUTLOOK = "outlook"
    SALESFORCE = "salesforce"

    @property
    def other(self) -> Side:
        return Side.SALESFORCE if self is Side.OUTLOOK else Side.OUTLOOK

    @property
    def label(self) -> str:
        """The service's name for people."""
        return "Outlook" if self is Side.OUTLOOK else "Salesforce"


class Process(enum.StrEnum):
    """What is synchronised, with settings, links and history of its own."""

    CALENDAR = "calendar"
    CONTACT = "contact"
    TASK = "task"

    @property
    def label(self) -> str:
        """The process's name for people."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True, order=True)
class Timed:
    """A stretch of time; both ends are aware UTC instants, the end exclusive."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, order=True)
class AllDay:
    """Whole days, dates on everybody's wall; the last day is inclusive."""

    first: date
    last: date

    @property
    def end(self) -> date:
        """The day after the last one, as Graph counts."""
        return self.last + timedelta(days=1)


When: TypeAlias = Timed | AllDay
Value: TypeAlias = str | int | bool | date | datetime | Timed | AllDay | tuple[str, ...] | None
Fields: TypeAlias = Mapping[str, Value]

EMPTY: Fields = MappingProxyType({})


def frozen(fields: Mapping[str, Value]) -> Fields:
    """A read-only view of a copy of `fields`."""
    return MappingProxyType(dict(fields))


def shared(fields: Fields, *known: Fields) -> Fields:
    """One of `known` that says just what `fields` says, else `fields`: both sides of a link mostly hold the same, and then
    it is in memory once."""
    return next((each for each in known if each == fields), fields)


class Guard(enum.StrEnum):
    """Why a field of one record must not be overwritten with what the other side shows."""

    FORMATTED = "formatted"
    """An Outlook body with formatting; gives way when `keep_formatting` is off."""
    TRUNCATED = "truncated"
    """It holds more than the other side can; the copy there is a beginning only."""
    ONLINE_MEETING = "online-meeting"
    """Writing the body of an online meeting would disable the meeting."""
    NOT_ORGANIZER = "not-organizer"
    """Somebody else organises the meeting; their next update would undo it, or the service refuses."""
    REQUIRED = "required"
    """The service takes no empty value there."""
    READ_ONLY = "read-only"
    """The service does not let this person write it."""


@dataclass(frozen=True, slots=True)
class Item:
    """A record in canonical form, as one side showed it at one moment.

    A field missing from `fields` is one the side cannot tell just now (a reminder that fired): it never counts as a change.
    """

    id: str
    fields: Fields
    version: str = ""
    """The service's own mark of this state (an etag, a SystemModstamp): a hint, never proof of an edit."""
    modified: datetime | None = None
    """When the service says it was last modified; aware UTC."""
    is_private: bool = False
    guards: Mapping[str, Guard] = field(default_factory=lambda: MappingProxyType({}))
    """Fields of this record that must not be overwritten, and why."""
    series_id: str = ""
    """The series that this item is an occurrence of."""
    has_guests: bool = False
    """Changing or deleting it would make the service write to other people (law 12)."""
    guests: tuple[str, ...] = ()
    """Names or addresses of those people (untrusted), the first few."""
    spreads: bool = False
    """While it lies in the future, a write would change its whole series (law 14)."""
    is_away: bool = False
    """Out of scope on its own side though it exists: archived, reassigned, in another folder (law 5)."""
    link: str = ""
    """Where a person can open it in a browser."""

    def redacted(self) -> Item:
        """The same item without anything a person wrote: what a private one may look like outside its replica."""
        return Item(
            id=self.id,
            fields=EMPTY,
            version=self.version,
            modified=self.modified,
            is_private=True,
            series_id=self.series_id,
            has_guests=self.has_guests,
            spreads=self.spreads,
            is_away=self.is_away,
        )
