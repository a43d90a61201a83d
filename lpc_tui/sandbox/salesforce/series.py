"""Lightning series: ordinary Event rows with a shared pattern and no visible tie.

A client must not edit them one by one: from API 58.0 changing a future occurrence changes all future ones, while
a past one becomes an exception. The tie is the org's own note `_series`. `org` makes series with `SeriesPattern`;
`writing` asks for the `followers` of each update. Source: Object Reference, Event.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lpc_tui.sandbox.salesforce.instants import from_wire, wire_second
from lpc_tui.sandbox.salesforce.store import Row
from lpc_tui.sandbox.salesforce.values import Values

WHOLE_SERIES_SINCE = 58.0
"""The API version from which updating one future occurrence updates them all."""

PATTERN_ROW = "3"
"""GroupEventType of a series' pattern row, which is no appointment."""

_STEPS = {"DAILY": 1, "WEEKLY": 7}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TIME_FIELDS = frozenset(
    {"StartDateTime", "ActivityDateTime", "ActivityDate", "EndDateTime", "DurationInMinutes"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPattern:
    """How often a series repeats."""

    frequency: str
    """DAILY or WEEKLY."""
    count: int
    interval: int = 1
    zone: str = "Europe/Berlin"
    """The zone in which occurrences keep their local time."""

    def text(self, start: datetime) -> str:
        """Recurrence2PatternText as the service normalises it."""
        by_day = (
            f"BYDAY={_DAYS[start.astimezone(ZoneInfo(self.zone)).weekday()]};"
            if self.frequency == "WEEKLY"
            else ""
        )
        return f"RRULE:FREQ={self.frequency};INTERVAL={self.interval};{by_day}WKST=SU;COUNT={self.count}"

    def starts(self, first: datetime) -> list[datetime]:
        """The occurrences' starts: the same local time each, across changes of the clocks."""
        local = first.astimezone(ZoneInfo(self.zone))
        step = timedelta(days=_STEPS[self.frequency] * self.interval)
        return [local + number * step for number in range(self.count)]


def pattern_fields(pattern: SeriesPattern, start: datetime) -> Row:
    """The read-only recurrence fields of every row of the series."""
    return {
        "IsRecurrence2": True,
        "Recurrence2PatternText": pattern.text(start),
        "Recurrence2PatternStartDate": wire_second(start),
        "Recurrence2PatternTimeZone": pattern.zone,
        "Recurrence2PatternVersion": "1",
    }


def is_past(row: Row, now: datetime) -> bool:
    """Whether an occurrence has begun, so that a change makes it an exception."""
    return from_wire(row["StartDateTime"]) < now


def followers(rows: Iterable[Row], changed: Row, now: datetime) -> list[Row]:
    """The rows that follow a change of one future occurrence.

    Future siblings that are no exceptions, and the pattern row.
    """
    return [
        row
        for row in rows
        if row.get("_series") == changed["_series"]
        and row["Id"] != changed["Id"]
        and not row["IsDeleted"]
        and not row["IsRecurrence2Exception"]
        and (row["GroupEventType"] == PATTERN_ROW or not is_past(row, now))
    ]


def values_for(follower: Row, before: Row, after: Row, given: Values) -> Values:
    """What the change of one occurrence writes to another: the same fields, times moved by the same distance."""
    values = {name: value for name, value in given.items() if name not in _TIME_FIELDS}
    if _TIME_FIELDS & given.keys() or "IsAllDayEvent" in given:
        moved = from_wire(after["StartDateTime"]) - from_wire(before["StartDateTime"])
        values["StartDateTime"] = wire_second(from_wire(follower["StartDateTime"]) + moved)
        values["DurationInMinutes"] = after["DurationInMinutes"]
    return values
