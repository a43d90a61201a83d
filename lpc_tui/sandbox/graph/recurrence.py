"""Series: checks a `patternedRecurrence` and lists the days it falls on.

A series is a wall-clock time on certain days of its zone; this module knows days only, the hours are the event's.
Facts: https://learn.microsoft.com/graph/api/resources/recurrencepattern
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import date, datetime, time

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekdays

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.errors import GraphError, validation_failed

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INDEXES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
NO_DATE = "0001-01-01"
"""What `endDate` reads where the range has none; not a date to use."""

_LAST_END = date(4500, 9, 1)
_FREQUENCIES = {
    "daily": DAILY,
    "weekly": WEEKLY,
    "absoluteMonthly": MONTHLY,
    "relativeMonthly": MONTHLY,
    "absoluteYearly": YEARLY,
    "relativeYearly": YEARLY,
}


def complete(recurrence: JsonObject, first: date, zone_name: str) -> JsonObject:
    """The recurrence as the service keeps it, unused members filled; raises a 400 for an impossible one.

    `first` is the date of the event's start, which `range.startDate` must equal.
    """
    pattern, span = recurrence.get("pattern"), recurrence.get("range")
    if not pattern or not span or not pattern.get("type") or not span.get("type"):
        raise validation_failed("A recurrence needs a pattern and a range, each with its type.")
    return {"pattern": _complete_pattern(pattern), "range": _complete_range(span, first, zone_name)}


def _complete_pattern(pattern: JsonObject) -> JsonObject:
    kind = pattern["type"]
    interval = pattern.get("interval")
    if interval is None or not 1 <= interval <= 999:
        raise validation_failed("The recurrence interval must be between 1 and 999.")
    completed: JsonObject = {
        "type": kind,
        "interval": interval,
        "month": 0,
        "dayOfMonth": 0,
        "firstDayOfWeek": pattern.get("firstDayOfWeek") or "sunday",
        "index": "first",
    }
    if kind in ("weekly", "relativeMonthly", "relativeYearly"):
        if not pattern.get("daysOfWeek"):
            raise validation_failed(f"A {kind} recurrence needs daysOfWeek.")
        completed["daysOfWeek"] = list(dict.fromkeys(pattern["daysOfWeek"]))
    if kind in ("relativeMonthly", "relativeYearly"):
        completed["index"] = pattern.get("index") or "first"
    if kind in ("absoluteMonthly", "absoluteYearly"):
        completed["dayOfMonth"] = _within(pattern, "dayOfMonth", 31, kind)
    if kind in ("absoluteYearly", "relativeYearly"):
        completed["month"] = _within(pattern, "month", 12, kind)
    return completed


def _within(pattern: JsonObject, name: str, largest: int, kind: str) -> int:
    value = pattern.get(name)
    if not isinstance(value, int) or not 1 <= value <= largest:
        raise validation_failed(f"A {kind} recurrence needs {name} between 1 and {largest}.")
    return value


def _complete_range(span: JsonObject, first: date, zone_name: str) -> JsonObject:
    kind, start = span["type"], span.get("startDate")
    if start != first.isoformat():
        raise validation_failed("The recurrence range's startDate must be the date of the event's start.")
    completed: JsonObject = {
        "type": kind,
        "startDate": start,
        "endDate": NO_DATE,
        "recurrenceTimeZone": span.get("recurrenceTimeZone") or zone_name,
        "numberOfOccurrences": 0,
    }
    if kind == "endDate":
        end = span.get("endDate")
        if not end or end < start:
            raise validation_failed("The recurrence range needs an endDate that is not before its startDate.")
        if date.fromisoformat(end) > _LAST_END:
            raise GraphError(
                400, "ErrorRecurrenceEndDateTooBig", "The recurrence ends after 1 September 4500."
            )
        completed["endDate"] = end
    elif kind == "numbered":
        count = span.get("numberOfOccurrences")
        if count is None or not 1 <= count <= 999:
            raise validation_failed("The recurrence range needs numberOfOccurrences between 1 and 999.")
        completed["numberOfOccurrences"] = count
    return completed


class Expansion:
    """The days of one series, expanded no further than was asked for."""

    def __init__(self, recurrence: JsonObject) -> None:
        self._days: list[date] = []
        self._more: Iterator[datetime] | None = iter(_rule(recurrence))

    def first(self) -> date | None:
        """The first day, None where the pattern never falls into the range."""
        self._extend(lambda: bool(self._days))
        return self._days[0] if self._days else None

    def between(self, earliest: date, latest: date) -> list[date]:
        """The days from `earliest` to `latest`, both included."""
        self._extend(lambda: bool(self._days) and self._days[-1] > latest)
        return self._days[bisect_left(self._days, earliest) : bisect_right(self._days, latest)]

    def __contains__(self, day: date) -> bool:
        return day in self.between(day, day)

    def before(self, day: date) -> Iterator[date]:
        """The days before `day`, nearest first."""
        self.between(day, day)
        return reversed(self._days[: bisect_left(self._days, day)])

    def after(self, day: date) -> Iterator[date]:
        """The days after `day`, nearest first."""
        self.between(day, day)
        position = bisect_right(self._days, day)
        while self._reaches(position):
            yield self._days[position]
            position += 1

    def _reaches(self, position: int) -> bool:
        """Whether there is a day at that position, expanding so far."""
        self._extend(lambda: len(self._days) > position)
        return len(self._days) > position

    def _extend(self, is_enough: Callable[[], bool]) -> None:
        while self._more is not None and not is_enough():
            found = next(self._more, None)
            if found is None:
                self._more = None
            else:
                self._days.append(found.date())


def _rule(recurrence: JsonObject) -> rrule:
    pattern, span = recurrence["pattern"], recurrence["range"]
    first = date.fromisoformat(span["startDate"])
    chosen = [weekdays[DAYS.index(name)] for name in pattern.get("daysOfWeek", ())] or None
    absolute = _days_of_month(pattern["dayOfMonth"])
    last = date.fromisoformat(span["endDate"]) if span["type"] == "endDate" else _LAST_END
    return rrule(
        _FREQUENCIES[pattern["type"]],
        dtstart=datetime.combine(first, time()),
        interval=pattern["interval"],
        wkst=DAYS.index(pattern["firstDayOfWeek"]),
        byweekday=chosen,
        bymonthday=absolute,
        bymonth=pattern["month"] or None,
        bysetpos=-1
        if absolute
        else INDEXES[pattern["index"]]
        if pattern["type"].startswith("relative")
        else None,
        count=span["numberOfOccurrences"] or None,
        until=None if span["numberOfOccurrences"] else datetime.combine(last, time()),
    )


def _days_of_month(day: int) -> list[int] | None:
    """The candidates of an absolute day; the last that a month has is taken, so that the 31st falls on the 30th."""
    if not day:
        return None
    return [day] if day <= 28 else list(range(28, day + 1))
