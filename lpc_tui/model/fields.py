"""The field map: which canonical fields a process has, where each lives on either side, and what a side can hold.

One table a process, as data. The replicas read paths and lengths from it, the merge its comparisons, the review its
labels. Lengths are UTF-16 units, as Salesforce counts them (Object Reference, Event; Help 000382141).
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lpc_tui.model.items import Item, Process, Side, Value

__all__ = ["CALENDAR", "FIELDS", "FieldSpec", "Kind", "cut", "fields_of", "title_of", "utf16_length"]


class Kind(enum.StrEnum):
    """How values of a field are compared and what each side can hold of them."""

    LINE = "line"
    """One line of text."""
    TEXT = "text"
    """Plain text of many lines; Outlook's form of it is HTML."""
    WHEN = "when"
    """A `Timed` or an `AllDay`: moved as one, so that a merge never makes an end before a start."""
    CHOICE = "choice"
    """One of a few words; `narrow` says what Salesforce makes of each."""
    MINUTES = "minutes"
    """Minutes before the start, or None."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One canonical field: its name in code, JSON and history, its label for people, and its two homes."""

    name: str
    label: str
    kind: Kind
    outlook: tuple[str, ...]
    """Graph's properties."""
    salesforce: tuple[str, ...]
    """Salesforce's field names."""
    limits: Mapping[Side, int] = field(default_factory=lambda: MappingProxyType({}))
    """The longest text a side holds, in UTF-16 units."""
    narrow: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """CHOICE: Outlook's word to the canonical word that Salesforce can hold."""
    empty: Value = None
    """What 'nothing there' is: in a fresh link it takes the other side's value."""

    def normalised(self, value: Value) -> Value:
        """The value without what services rewrite by themselves: line ends, no-break and trailing blanks, '' for None."""
        if self.kind is Kind.LINE:
            return " ".join(_plain(value).split())
        if self.kind is Kind.TEXT:
            lines = [line.rstrip() for line in _plain(value).split("\n")]
            return "\n".join(lines).strip()
        return value

    def held_by(self, side: Side, value: Value) -> Value:
        """What `side` can hold of `value`: the text that fits, the nearest choice."""
        value = self.normalised(value)
        if self.kind is Kind.CHOICE and side is Side.SALESFORCE and isinstance(value, str):
            return self.narrow.get(value, value)
        if side is Side.SALESFORCE and isinstance(value, str):
            value = value.strip(_BLANKS)
        limit = self.limits.get(side)
        if limit is not None and isinstance(value, str):
            return cut(value, limit)
        return value

    def changed(self, base: Value, current: Value) -> bool:
        """Whether one side's own value differs from what that side last showed."""
        return self.normalised(base) != self.normalised(current)

    def agree(self, outlook: Value, salesforce: Value) -> bool:
        """Whether the two sides say the same, as far as either can hold it; white space in long text aside."""
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

    def _folded(self, value: Value) -> Value:
        return " ".join(value.split()) if self.kind is Kind.TEXT and isinstance(value, str) else value


_BLANKS = "".join(ch for ch in map(chr, range(0x3001)) if ch <= " " or ch.isspace())
"""What is taken off the ends of a text: by Salesforce blanks and control characters (wire notes, section 5), by us white
space of every kind. All at once, so that taking it off again changes nothing."""


def _plain(value: Value) -> str:
    text = "" if value is None else str(value)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")


def utf16_length(text: str) -> int:
    """The text's length in UTF-16 units: characters beyond the basic plane count two."""
    return len(text) + sum(ch > "\uffff" for ch in text)


def cut(text: str, limit: int) -> str:
    """The longest beginning of `text` within `limit` UTF-16 units that splits no visible character."""
    if utf16_length(text) <= limit:
        return text
    units = end = 0
    for ch in text:
        units += 2 if ch > "\uffff" else 1
        if units > limit:
            break
        end += 1
    while end and _continues(text, end):
        end -= 1
    return text[:end].rstrip(_BLANKS)


_JOINED = (
    ("\u1160", "\u11ff"),  # vowels and finals of a Hangul syllable spelt out
    ("\ud7b0", "\ud7ff"),
    ("\u200c", "\u200d"),  # (non-)joiners
    ("\U0001f3fb", "\U0001f3ff"),  # skin tones
    ("\U000e0020", "\U000e007f"),  # tags, which spell the flag of a country's part
)


def _continues(text: str, at: int) -> bool:
    """Whether the character at `at` belongs to the one before it: a mark, a joiner, a skin tone, half a flag."""
    here, before = text[at], text[at - 1]
    if "\U0001f1e6" <= here <= "\U0001f1ff":
        start = at
        while start and "\U0001f1e6" <= text[start - 1] <= "\U0001f1ff":
            start -= 1
        return (at - start) % 2 == 1
    return (
        before == "\u200d"
        or unicodedata.category(here) in {"Mn", "Me", "Mc"}
        or any(first <= here <= last for first, last in _JOINED)
    )


_BOTH_255 = MappingProxyType({Side.OUTLOOK: 255, Side.SALESFORCE: 255})

CALENDAR: tuple[FieldSpec, ...] = (
    FieldSpec("subject", "Subject", Kind.LINE, ("subject",), ("Subject",), limits=_BOTH_255, empty=""),
    FieldSpec(
        "when",
        "Time",
        Kind.WHEN,
        ("start", "end", "isAllDay"),
        ("StartDateTime", "EndDateTime", "IsAllDayEvent"),
    ),
    FieldSpec("location", "Location", Kind.LINE, ("location",), ("Location",), limits=_BOTH_255, empty=""),
    FieldSpec(
        "body",
        "Description",
        Kind.TEXT,
        ("body",),
        ("Description",),
        limits=MappingProxyType({Side.SALESFORCE: 32_000}),
        empty="",
    ),
    FieldSpec(
        "show_as",
        "Show time as",
        Kind.CHOICE,
        ("showAs",),
        ("ShowAs",),
        narrow=MappingProxyType({"tentative": "busy", "workingElsewhere": "free", "unknown": "busy"}),
    ),
    FieldSpec(
        "sensitivity",
        "Private",
        Kind.CHOICE,
        ("sensitivity",),
        ("IsPrivate",),
        narrow=MappingProxyType({"personal": "normal", "confidential": "private"}),
    ),
    FieldSpec(
        "reminder",
        "Reminder",
        Kind.MINUTES,
        ("isReminderOn", "reminderMinutesBeforeStart"),
        ("IsReminderSet", "ReminderDateTime"),
    ),
)

FIELDS: Mapping[Process, tuple[FieldSpec, ...]] = MappingProxyType({Process.CALENDAR: CALENDAR})

_TITLES = MappingProxyType({Process.CALENDAR: "subject"})


def fields_of(process: Process) -> tuple[FieldSpec, ...]:
    """The field map of a process.

    Raises:
        KeyError: the process has no map.
    """
    return FIELDS[process]


def title_of(process: Process, item: Item | None) -> str:
    """What to call an item: its subject or name; `(private)` for a private one whose text was left behind."""
    if item is None:
        return "(unknown)"
    if item.is_private:
        return "(private)"
    return str(item.fields.get(_TITLES[process]) or "(no subject)")
