"""What a field is: how its values are compared, what each side can hold of them, and which way they travel.

`field_map` holds the fields of each process, as data made of these. Lengths are UTF-16 units.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lpc_tui.model.items import Side, Value
from lpc_tui.model.text import BLANKS, cut, utf16_length

__all__ = ["Direction", "FieldSpec", "Kind"]


class Kind(enum.StrEnum):
    """How values of a field are compared and what each side can hold of them."""

    LINE = "line"
    """One line of text."""
    TEXT = "text"
    """Plain text of many lines; Outlook's form of it may be HTML."""
    EMAIL = "e-mail"
    """One address; large and small letters are the same."""
    PHONE = "phone"
    """A number as people write it; services rewrite its blanks and brackets, so its digits and letters count."""
    WHEN = "when"
    """A `Timed` or an `AllDay`: moved as one, so that a merge never makes an end before a start."""
    DATE = "date"
    """A day on everybody's wall, or None."""
    INSTANT = "instant"
    """An aware UTC instant, or None."""
    CHOICE = "choice"
    """One of a few words; `narrow` says what Salesforce makes of each."""
    MINUTES = "minutes"
    """Minutes before the start, or None."""
    ENTRIES = "entries"
    """A list of one side's own, kept to be written back whole when its first entry changes."""


class Direction(enum.StrEnum):
    """Which way a field travels."""

    BOTH = "both"
    TO_OUTLOOK = "to Outlook"
    """Salesforce shows it and does not take it."""
    STAYS = "stays"
    """On one side only; never compared, never emptied."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One canonical field: its name in code, JSON and history, its label for people, and its two homes."""

    name: str
    label: str
    kind: Kind
    outlook: tuple[str, ...]
    """Graph's properties; a dot leads into a complex one."""
    salesforce: tuple[str, ...]
    """Salesforce's field names; a dot leads through a relationship."""
    limits: Mapping[Side, int] = field(default_factory=lambda: MappingProxyType({}))
    """The longest text a side holds, in UTF-16 units."""
    narrow: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """CHOICE: Outlook's word to the canonical word that Salesforce can hold."""
    direction: Direction = Direction.BOTH
    required: frozenset[Side] = frozenset()
    """Sides on which it cannot be emptied."""
    group: str = ""
    """Fields of one group may be divided differently on the two sides: they agree if they say the same when joined."""

    @property
    def empty(self) -> Value:
        """What 'nothing there' is: in a fresh link it takes the other side's value."""
        return "" if self.kind in _TEXTS else None

    def is_written_on(self, side: Side) -> bool:
        """Whether the sync ever writes it on `side`."""
        return self.direction is Direction.BOTH or (
            self.direction is Direction.TO_OUTLOOK and side is Side.OUTLOOK
        )

    def can_clear(self, side: Side) -> bool:
        """Whether emptying it on the other side may empty it on `side`."""
        return self.is_written_on(side) and side not in self.required

    def normalised(self, value: Value) -> Value:
        """The value without what services rewrite by themselves: line ends, no-break and trailing blanks, '' for None."""
        if self.kind is Kind.TEXT:
            lines = [line.rstrip() for line in _plain(value).split("\n")]
            text = "\n".join(lines).strip()
        elif self.kind in _TEXTS:
            text = " ".join(_plain(value).split())
        else:
            return value
        return value if value == text else text

    def held_by(self, side: Side, value: Value) -> Value:
        """What `side` can hold of `value`: text that fits, an address or number whole or not at all, the nearest choice."""
        value = self.normalised(value)
        if self.kind is Kind.CHOICE and side is Side.SALESFORCE and isinstance(value, str):
            return self.narrow.get(value, value)
        if side is Side.SALESFORCE and isinstance(value, str):
            value = value.strip(BLANKS)
        limit = self.limits.get(side)
        if limit is None or not isinstance(value, str):
            return value
        if self.kind in {Kind.EMAIL, Kind.PHONE}:
            return value if utf16_length(value) <= limit else ""
        return cut(value, limit)

    def changed(self, base: Value, current: Value) -> bool:
        """Whether one side's own value differs from what that side last showed."""
        return base != current and self.compared(base) != self.compared(current)

    def agree(self, outlook: Value, salesforce: Value) -> bool:
        """Whether the two sides say the same, as far as either can hold it; white space in long text aside."""
        if outlook == salesforce:
            return True
        return self._folded(self.held_by(Side.SALESFORCE, outlook)) == self._folded(
            self.held_by(Side.SALESFORCE, salesforce)
        ) or self._folded(self.normalised(outlook)) == self._folded(self.held_by(Side.OUTLOOK, salesforce))

    def is_empty(self, value: Value) -> bool:
        """Whether there is nothing to lose in `value`."""
        return value is None or self.normalised(value) == self.empty

    def exceeds(self, side: Side, value: Value) -> bool:
        """Whether `value` holds more text than `side` can."""
        limit = self.limits.get(side)
        return limit is not None and isinstance(value, str) and utf16_length(value) > limit

    def compared(self, value: Value) -> Value:
        """The value in the form in which two of one side are the same or not."""
        value = self.normalised(value)
        if self.kind is Kind.EMAIL and isinstance(value, str):
            return value.casefold()
        if self.kind is Kind.PHONE and isinstance(value, str):
            return "".join(ch for ch in value if ch.isalnum() or ch in "+*#,;").casefold() or value
        return value

    def _folded(self, value: Value) -> Value:
        value = self.compared(value)
        return " ".join(value.split()) if self.kind is Kind.TEXT and isinstance(value, str) else value


_TEXTS = frozenset({Kind.LINE, Kind.TEXT, Kind.EMAIL, Kind.PHONE})


def _plain(value: Value) -> str:
    text = "" if value is None else str(value)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
