"""Values of items as people read them: local times, dates, all-day spans, choices, minutes. Pure.

The review of the terminal UI and the plan that the command line prints both read so. Short enough for a table cell; the
result is not yet inert (`plain` comes after).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from types import MappingProxyType

from lpc_tui.model.fields import FieldSpec, Kind
from lpc_tui.model.items import AllDay, Timed, Value

__all__ = ["NOTHING", "span_text", "stamp_text", "start_text", "time_text", "value_text"]

NOTHING = "-"
"""What a field reads in which there is nothing."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Not `strftime`: its names follow the computer's locale, the rest of the UI does not."""

_CHOICES: Mapping[str, str] = MappingProxyType(
    {
        "oof": "out of office",
        "workingElsewhere": "working elsewhere",
        "notStarted": "not started",
        "inProgress": "in progress",
        "waitingOnOthers": "waiting on others",
    }
)
"""Graph's words that are no English; those of a Salesforce pick list are shown as they are."""


def start_text(value: Value, zone: tzinfo) -> str:
    """When an item begins or is due, in 12 cells: "12 Mar 10:00", "12 Mar"."""
    if isinstance(value, Timed):
        start = value.start.astimezone(zone)
        return f"{_day(start.date())} {start:%H:%M}"
    if isinstance(value, AllDay):
        return _day(value.first)
    return _day(value) if isinstance(value, date) else ""


def span_text(value: Timed | AllDay, zone: tzinfo) -> str:
    """An item's time in full: "12 Mar 2026 10:00-11:00", "12-14 Mar 2026, all day"."""
    if isinstance(value, AllDay):
        last = "" if value.first == value.last else f" - {_full(value.last)}"
        return f"{_full(value.first)}{last}, all day"
    start, end = value.start.astimezone(zone), value.end.astimezone(zone)
    until = f"-{end:%H:%M}" if start.date() == end.date() else f" - {_full(end.date())} {end:%H:%M}"
    return f"{_full(start.date())} {start:%H:%M}{until}"


def value_text(spec: FieldSpec, value: Value, zone: tzinfo) -> str:
    """A field's value; "-" where there is nothing."""
    if isinstance(value, Timed | AllDay):
        return span_text(value, zone)
    if value is None or value == "":
        return NOTHING
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{_full(local.date())} {local:%H:%M}"
    if isinstance(value, date):
        return _full(value)
    if spec.kind is Kind.MINUTES:
        return f"{value} min before"
    return _CHOICES.get(str(value), str(value)) if spec.kind is Kind.CHOICE else str(value)


def stamp_text(at: datetime, zone: tzinfo) -> str:
    """A moment in the history: "2026-03-12 10:00"."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def time_text(at: datetime, zone: tzinfo) -> str:
    """A log line's time stamp: "10:00:00"."""
    return f"{at.astimezone(zone):%H:%M:%S}"


def _day(day: date) -> str:
    return f"{day.day:2} {_MONTHS[day.month - 1]}"


def _full(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
