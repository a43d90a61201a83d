"""A recurrence rule of RFC 5545 as Graph's `patternedRecurrence`, or None where Graph has no word for it.

Better None than nearly right: what is not expressed exactly is spelled out as single events by the caller. Graph knows
neither several rules, nor extra dates, nor hours; its day 31 falls on the last day of shorter months, a rule's 31st
skips them; and the series must begin on its own first day.
"""

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from lpc_tui.sandbox.common import JsonObject

_DAYS = {
    "MO": "monday",
    "TU": "tuesday",
    "WE": "wednesday",
    "TH": "thursday",
    "FR": "friday",
    "SA": "saturday",
    "SU": "sunday",
}
_CODES = tuple(_DAYS)
_INDEXES = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_SHORTEST_MONTH = 28
_PLAIN_YEAR = 2025
"""Any year without a 29 February: what falls on that day does not fall on each year."""
_MOST = 999
"""Graph's largest interval and number of occurrences."""

_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}

Rule = Mapping[str, Sequence[Any]]


def graph_recurrence(rule: Rule, start: dt.date, zone: ZoneInfo) -> JsonObject | None:
    """The recurrence of a series whose first start is `start`, a date or a local time in `zone`."""
    if set(rule) - _KNOWN or not _begins_on(rule, start):
        return None
    pattern = _pattern(rule, start)
    span = _range(rule, start, zone)
    if pattern is None or span is None or not 1 <= pattern["interval"] <= _MOST:
        return None
    return {"pattern": pattern, "range": span}


def _begins_on(rule: Rule, start: dt.date) -> bool:
    """Whether the rule's own first day is the series' first day."""
    first = dt.datetime.combine(start, dt.time())
    parts = [
        f"{name}={','.join(map(str, values))}"
        for name, values in rule.items()
        if name not in {"UNTIL", "COUNT"}
    ]
    try:
        found = rrulestr(";".join(parts), dtstart=first)
        return next(iter(found.xafter(first, count=1, inc=True)), None) == first
    except (ValueError, TypeError, KeyError):
        return False


def _pattern(rule: Rule, start: dt.date) -> JsonObject | None:
    interval = _one(rule, "INTERVAL", 1)
    base: JsonObject = {"interval": interval, "firstDayOfWeek": _DAYS[str(_one(rule, "WKST", "MO"))]}
    match str(_one(rule, "FREQ", "")).upper():
        case "DAILY":
            return _daily(rule, base)
        case "WEEKLY":
            return _weekly(rule, base, start)
        case "MONTHLY" if "BYMONTH" not in rule:
            return _monthly(rule, base, start)
        case "YEARLY":
            return _yearly(rule, base, start)
        case _:
            return None


def _daily(rule: Rule, base: JsonObject) -> JsonObject | None:
    if set(rule) & {"BYMONTHDAY", "BYMONTH", "BYSETPOS"}:
        return None
    if "BYDAY" not in rule:
        return base | {"type": "daily"}
    days = _plain_days(rule)
    return base | {"type": "weekly", "daysOfWeek": days} if days and base["interval"] == 1 else None


def _weekly(rule: Rule, base: JsonObject, start: dt.date) -> JsonObject | None:
    if set(rule) & {"BYMONTHDAY", "BYMONTH", "BYSETPOS"}:
        return None
    days = _plain_days(rule) if "BYDAY" in rule else [_DAYS[_CODES[start.weekday()]]]
    return base | {"type": "weekly", "daysOfWeek": days} if days else None


def _monthly(rule: Rule, base: JsonObject, start: dt.date) -> JsonObject | None:
    if "BYDAY" in rule:
        relative = _relative(rule)
        return base | {"type": "relativeMonthly"} | relative if relative else None
    day = _day_of_month(rule, start, _SHORTEST_MONTH)
    return base | {"type": "absoluteMonthly", "dayOfMonth": day} if day else None


def _yearly(rule: Rule, base: JsonObject, start: dt.date) -> JsonObject | None:
    months = rule.get("BYMONTH", [start.month])
    if len(months) != 1 or not str(months[0]).isdigit():
        return None
    month = int(months[0])
    if "BYDAY" in rule:
        relative = _relative(rule) if "BYMONTH" in rule else None
        return base | {"type": "relativeYearly", "month": month} | relative if relative else None
    day = _day_of_month(rule, start, calendar.monthrange(_PLAIN_YEAR, month)[1])
    return base | {"type": "absoluteYearly", "month": month, "dayOfMonth": day} if day else None


def _day_of_month(rule: Rule, start: dt.date, longest: int) -> int | None:
    days = rule.get("BYMONTHDAY", [start.day])
    if "BYSETPOS" in rule or len(days) != 1:
        return None
    day = int(days[0])
    if day == -1 and longest == _SHORTEST_MONTH:
        return 31 if start.day == 31 else None
    return day if 1 <= day <= longest else None


def _relative(rule: Rule) -> JsonObject | None:
    """Days of the week with their place in the month, given by the days themselves or by BYSETPOS."""
    if "BYMONTHDAY" in rule:
        return None
    codes = [str(code).upper() for code in rule["BYDAY"]]
    places = {code[:-2] for code in codes}
    if places == {""}:
        positions = [int(position) for position in rule.get("BYSETPOS", [])]
    elif len(codes) == 1 and "BYSETPOS" not in rule:
        positions = [int(places.pop())]
    else:
        return None
    if len(positions) != 1 or positions[0] not in _INDEXES:
        return None
    return {"index": _INDEXES[positions[0]], "daysOfWeek": [_DAYS[code[-2:]] for code in codes]}


def _plain_days(rule: Rule) -> list[str] | None:
    """The names of days that stand without a place in the month; None if one has a place."""
    codes = [str(code).upper() for code in rule["BYDAY"]]
    return [_DAYS[code] for code in codes] if all(code in _DAYS for code in codes) else None


def _range(rule: Rule, start: dt.date, zone: ZoneInfo) -> JsonObject | None:
    first = start.date() if isinstance(start, dt.datetime) else start
    span: JsonObject = {"startDate": first.isoformat(), "recurrenceTimeZone": zone.key}
    if "COUNT" in rule:
        count = int(_one(rule, "COUNT", 0))
        return span | {"type": "numbered", "numberOfOccurrences": count} if 1 <= count <= _MOST else None
    until = _one(rule, "UNTIL", None)
    if until is None:
        return span | {"type": "noEnd"}
    last = _last_day(until, start, zone)
    return span | {"type": "endDate", "endDate": last.isoformat()} if last and last >= first else None


def _last_day(until: object, start: dt.date, zone: ZoneInfo) -> dt.date | None:
    """The last day on which an occurrence may start."""
    if not isinstance(until, dt.datetime):
        return until if isinstance(until, dt.date) else None
    if not isinstance(start, dt.datetime):
        return until.date()
    local = until.astimezone(zone).replace(tzinfo=None) if until.tzinfo else until
    if local.time() < start.time():
        return local.date() - dt.timedelta(days=1)
    return local.date()


def _one(rule: Rule, name: str, default: Any) -> Any:
    values = rule.get(name)
    return values[0] if values else default
