"""There and back again: a value written in one service and synced stays what it was there, byte for byte.

Every field of the map, from either side, over awkward values. An item is made for each value; after the first sync somebody
edits another field of its counterpart, so that a change really travels back; then the first side's own record must
still hold the value exactly as it did before any sync, and a further run must write nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lpc_tui.model.field_map import fields_of, spec_of
from lpc_tui.model.fields import Direction, FieldSpec, Kind
from lpc_tui.model.items import AllDay, Process, Side, Timed, Value
from tests.end_to_end.hands import Hands, fields_for
from tests.end_to_end.rehearsal import NOW, Rehearsal, rehearsing

TODAY = NOW.date()

LINES = (
    "plain",
    "Ünïcödé Straße, İstanbul, Ελλάδα, Кириллица, 日本語, 한국어, ไทย, हिन्दी",
    "עברית and عربي, right to left \u202eoverridden\u202c, \u2066isolated\u2069",
    "e\u0301 decomposed, \u00e9 composed, \ufb01 ligature, \u212b \u00c5",
    "👩\u200d👩\u200d👧 🧔🏿\u200d♂\ufe0f 🇨🇭 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f 1\ufe0f\u20e3",
    "𝒳𝒴𝒵 beyond the basic plane",
    "  blanks at both ends  ",
    "two  blanks, a\ttab, a no-break\u00a0blank, a zero\u200bwidth one",
    'O\'Brien \\ "quoted" % _ -- ; DROP TABLE',
    "<b>bold</b> &amp; <script>alert(1)</script> &nbsp;",
    "[bold]markup[/bold] \x1b[31mred {curly} ${x} %s",
    "1",
    "null",
    "=HYPERLINK(1)",
)
"""One line of text each."""

TEXTS = (
    *LINES,
    "two\r\nlines",
    "two\nlines",
    "blank\r\n\r\n\r\nlines\r\n",
    "trailing blanks   \r\nin the middle\t\r\nand at the end   ",
    "    indented\r\n\t\ttwice",
    "- a list\r\n- of two\r\n\r\n> quoted < less > more & so on",
    "https://example.com/?a=1&b=2#c and mailto:x@example.com",
)
"""Many lines of text."""

EMAILS = (
    "ada@example.com",
    "Ada.Lovelace+tag@Example.COM",
    "o'brien@example.co.uk",
    "a_b-c.d@sub.domain.example",
    f"{'x' * 60}@example.com",
)
PHONES = (
    "+49 (0)228 123-456",
    "(415) 555-1212",
    "415.555.1212 ext. 7",
    "0041 44 123 45 67",
    "+1-800-FLOWERS",
    "112",
    "  030 1234  ",
)
DATES = (
    date(1900, 1, 1),
    date(1969, 12, 31),
    date(1970, 1, 1),
    date(2000, 2, 29),
    date(2025, 12, 31),
    date(2026, 3, 29),
)
DUES = (
    TODAY,
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2028, 2, 29),
    TODAY - timedelta(days=900),
)
STARTS = (
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 3, 11, 22, 30, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
)
"""Instants at both clock changes, over midnight and the year's end, on a leap day."""

WHENS: tuple[Value, ...] = (
    *(Timed(start, start + timedelta(minutes=90)) for start in STARTS),
    Timed(STARTS[4], STARTS[4] + timedelta(days=13)),
    *(AllDay(start.date(), start.date()) for start in STARTS),
    AllDay(date(2026, 3, 28), date(2026, 3, 30)),
    AllDay(date(2026, 12, 30), date(2027, 1, 2)),
)
CHOICES: Mapping[tuple[Process, str], Mapping[Side, tuple[str, ...]]] = {
    (Process.CALENDAR, "show_as"): {
        Side.OUTLOOK: ("free", "tentative", "busy", "oof", "workingElsewhere"),
        Side.SALESFORCE: ("free", "busy", "oof"),
    },
    (Process.CALENDAR, "sensitivity"): {
        Side.OUTLOOK: ("normal", "personal", "private", "confidential"),
        Side.SALESFORCE: ("normal", "private"),
    },
    (Process.TASK, "status"): dict.fromkeys(
        Side, ("notStarted", "inProgress", "completed", "waitingOnOthers", "deferred")
    ),
    (Process.TASK, "priority"): dict.fromkeys(Side, ("low", "normal", "high")),
}
OTHER: Mapping[Process, tuple[str, str]] = {
    Process.CALENDAR: ("location", "subject"),
    Process.CONTACT: ("department", "job_title"),
    Process.TASK: ("body", "subject"),
}
"""The field by which counterparts are found, and the one edited there; to test one of them, another takes its place."""
THIRD: Mapping[Process, str] = {
    Process.CALENDAR: "body",
    Process.CONTACT: "email",
    Process.TASK: "priority",
}


def values_of(process: Process, spec: FieldSpec, side: Side) -> tuple[Value, ...]:
    """What is written into the field on `side`."""
    match spec.kind:
        case Kind.LINE | Kind.TEXT:
            texts = LINES if spec.kind is Kind.LINE else TEXTS
            limit = spec.limits.get(Side.SALESFORCE, 255)
            longest = spec.limits.get(side, limit + 1)
            long = [("x" * size)[: size - 1] + "y" for size in (limit, limit + 1) if size <= longest]
            return (*(text for text in texts if len(text.encode("utf-16-le")) // 2 <= longest), *long)
        case Kind.EMAIL:
            return EMAILS
        case Kind.PHONE:
            return PHONES
        case Kind.DATE:
            return DUES if process is Process.TASK else DATES
        case Kind.WHEN:
            return WHENS
        case Kind.INSTANT:
            return STARTS
        case Kind.MINUTES:
            return (0, 5, 15, 1440)  # a reminder that is due already is written as one that has rung
        case Kind.CHOICE:
            return CHOICES[process, spec.name][side]
        case Kind.ENTRIES:
            return ()


def cases() -> Iterator[Any]:
    """Every field that is written on a side by a person and travels from there."""
    for process in Process:
        for spec in fields_of(process):
            for side in Side:
                travels = spec.direction is Direction.BOTH or (
                    spec.direction is Direction.TO_OUTLOOK and side is Side.SALESFORCE
                )
                if travels:
                    yield pytest.param(process, spec.name, side, id=f"{process}-{spec.name}-from-{side}")


class Trip:
    """The items of one field, from one side to the other and back."""

    def __init__(self, rehearsal: Rehearsal, name: str, side: Side) -> None:
        self.rehearsal = rehearsal
        self.process = rehearsal.process
        self.spec = spec_of(self.process, name)
        self.here: Hands = rehearsal.hands(side)
        self.there: Hands = rehearsal.hands(side.other)
        first, second = OTHER[self.process]
        self.marker, self.edited = (second, first) if name == first else (first, second)
        if name in {self.marker, self.edited}:
            self.edited = THIRD[self.process]
        self.side = side
        self.values: dict[str, tuple[str, Value]] = {}
        """By id here: the marker and the value."""

    def make(self) -> None:
        """An item here for each value."""
        for number, value in enumerate(values_of(self.process, self.spec, self.side)):
            marker = f"mark {number}"
            fields = fields_for(self.process, f"Item {number}", TODAY + timedelta(days=number % 20))
            item_id = self.here.add(**{**fields, self.marker: marker, self.spec.name: value})
            self.values[item_id] = (marker, value)

    def held_here(self) -> dict[str, object]:
        """The field's own properties in every record, as the service keeps them."""
        return {item_id: _native(self.here.native(item_id), self._paths) for item_id in self.values}

    def shown_there(self) -> dict[str, tuple[str, dict[str, Value]]]:
        """The counterparts by marker: id and fields."""
        return {str(fields[self.marker]): (key, fields) for key, fields in self.there.shows().items()}

    def edit_there(self) -> None:
        """Somebody edits another field of every counterpart."""
        self.edits: dict[str, Value] = {}
        for marker, (item_id, _) in self.shown_there().items():
            plain = f"edited {marker}"
            own = {"email": f"{plain.replace(' ', '.')}@example.com", "priority": "high"}
            self.edits[marker] = own.get(self.edited, plain)
            self.there.edit(item_id, **{self.edited: self.edits[marker]})

    @property
    def _paths(self) -> tuple[str, ...]:
        return self.spec.outlook if self.side is Side.OUTLOOK else self.spec.salesforce


def _native(record: Mapping[str, Any], paths: tuple[str, ...]) -> object:
    found = []
    for path in paths:
        value: Any = record
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        found.append(value)
    return found


@pytest.mark.parametrize(("process", "name", "side"), list(cases()))
async def test_a_value_goes_across_and_is_itself_when_it_comes_back(
    tmp_path: Path, process: Process, name: str, side: Side
) -> None:
    with rehearsing(tmp_path, process=process) as rehearsal:
        org = rehearsal.worlds.org
        org.options = replace(org.options, middle_name_and_suffix=True)
        rehearsal.options = {"synchronize_private_items": True}
        if process is not Process.CONTACT:
            rehearsal.options |= {"past_days": 1000, "future_days": 800}
        trip = Trip(rehearsal, name, side)
        trip.make()
        before = trip.held_here()
        first = await rehearsal.sync()
        assert first.exit_code == 0, rehearsal.events
        there = trip.shown_there()
        for marker, value in trip.values.values():
            assert marker in there, f"{value!r} did not go across"
            shown = there[marker][1][name]
            pair = (value, shown) if side is Side.OUTLOOK else (shown, value)
            assert trip.spec.agree(*pair), f"{value!r} became {shown!r}"
        assert trip.held_here() == before
        rehearsal.times.advance(minutes=10)
        trip.edit_there()
        second = await rehearsal.sync()
        assert second.exit_code == 0, rehearsal.events
        assert trip.held_here() == before
        came = {marker: trip.here.show(item_id)[trip.edited] for item_id, (marker, _) in trip.values.items()}
        assert came == trip.edits
        third = await rehearsal.sync()
        assert third.counts[process].writes == 0
        assert await rehearsal.differences() == []
