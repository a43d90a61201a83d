"""Event records to canonical items and back: the only place that knows what Salesforce's event fields mean.

Pure: values in, values out, the present instant as an argument. See the Object Reference, Event, for every field named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import ClassVar
from zoneinfo import ZoneInfo

from lpc_tui.model.fields import FieldSpec
from lpc_tui.model.items import AllDay, Fields, Process, Side, Timed, Value, When
from lpc_tui.replicas.salesforce.records import (
    Records,
    instant_of,
    known_instant,
    plain_fields,
    plain_record,
    selected_of,
    specs_of,
    wire_instant,
)
from lpc_tui.replicas.wire import JsonObject

__all__ = ["SELECTED", "EventRecords"]

SPECS: Mapping[str, FieldSpec] = specs_of(Process.CALENDAR)

SELECTED: tuple[str, ...] = selected_of(Process.CALENDAR, "IsArchived", "IsRecurrence2")
"""What is read of an event, as far as this person may see it."""

_SHOW_AS = MappingProxyType({"Busy": "busy", "OutOfOffice": "oof", "Free": "free"})
_SHOW_AS_RECORD = MappingProxyType({canonical: native for native, canonical in _SHOW_AS.items()})
_MINUTE = timedelta(minutes=1)
_REMINDER = SPECS["reminder"].salesforce


@dataclass(frozen=True)
class EventRecords(Records):
    """Converts the events of one user."""

    process: ClassVar[Process] = Process.CALENDAR
    readable: ClassVar[tuple[str, ...]] = SELECTED

    def new_record(self, fields: Fields, now: datetime) -> JsonObject:
        return _record(fields, fields, self.zone, now)

    def change(self, fields: Fields, beside: Fields, now: datetime) -> JsonObject:
        record = _record(fields, {**beside, **fields}, self.zone, now)
        if "reminder" not in fields and not self.schema.is_updateable(*_REMINDER):
            return {name: value for name, value in record.items() if name not in _REMINDER}
        return record

    def held(self, name: str, value: Value) -> Value:
        """What a field becomes in this org; a duration has whole minutes."""
        if isinstance(value, Timed):
            start = value.start.replace(microsecond=0)
            return Timed(start, start + (value.end - start) // _MINUTE * _MINUTE)
        return Records.held(self, name, value)

    def refusal(self, fields: Fields) -> tuple[str, tuple[str, ...]] | None:
        """A new event that ought to be private is not made where it would be open to all."""
        word = SPECS["sensitivity"].held_by(Side.SALESFORCE, fields.get("sensitivity"))
        if word != "private" or self.schema.is_createable("IsPrivate"):
            return None
        words = "This user may not mark an event as private, and without the mark everybody could read it."
        return words, ("IsPrivate",)

    def _fields(self, record: JsonObject, now: datetime) -> dict[str, Value]:
        return _fields(record, self.zone, now)

    def _is_away(self, record: JsonObject) -> bool:
        return bool(record.get("IsArchived")) or record.get("OwnerId", self.user) != self.user


def _fields(record: JsonObject, zone: ZoneInfo, now: datetime) -> dict[str, Value]:
    fields = plain_fields(SPECS, record)
    when = _when(record)
    if when is not None:
        fields["when"] = when
    if record.get("ShowAs") in _SHOW_AS:
        fields["show_as"] = _SHOW_AS[record["ShowAs"]]
    if "IsPrivate" in record:
        fields["sensitivity"] = "private" if record["IsPrivate"] else "normal"
    fields.update(_reminder(record, when, zone, now))
    return {name: fields[name] for name in SPECS if name in fields}


def _when(record: JsonObject) -> When | None:
    start, end = record.get("StartDateTime"), record.get("EndDateTime")
    if not start:
        return None
    end = end or start
    if record.get("IsAllDayEvent"):
        # Dates written as midnight in UTC, the last one inclusive; no time zone has a say in them.
        return AllDay(date.fromisoformat(start[:10]), date.fromisoformat(end[:10]))
    return Timed(known_instant(start), known_instant(end))


def _reminder(record: JsonObject, when: When | None, zone: ZoneInfo, now: datetime) -> dict[str, Value]:
    """The reminder, if the record can tell: one that fired has switched itself off, which is nobody's edit."""
    if when is None or not all(name in record for name in _REMINDER):
        return {}
    at = instant_of(record["ReminderDateTime"])
    if not record["IsReminderSet"]:
        return {} if at is not None and at <= now else {"reminder": None}
    if at is None or at > (start := _start(when, zone)):
        return {}  # after the start: Outlook has no such thing
    return {"reminder": (start - at) // _MINUTE}


def _record(fields: Fields, beside: Fields, zone: ZoneInfo, now: datetime) -> JsonObject:
    record = plain_record(SPECS, fields)
    when = beside.get("when")
    if "when" in fields:
        record.update(_when_record(when))
    if "show_as" in fields:
        word = SPECS["show_as"].held_by(Side.SALESFORCE, fields["show_as"])
        record["ShowAs"] = _SHOW_AS_RECORD.get(str(word), "Busy")
    if "sensitivity" in fields:
        record["IsPrivate"] = (
            SPECS["sensitivity"].held_by(Side.SALESFORCE, fields["sensitivity"]) == "private"
        )
    if ("when" in fields or "reminder" in fields) and "reminder" in beside:
        record.update(_reminder_record(beside["reminder"], when, zone, now))
    return record


def _when_record(when: Value) -> JsonObject:
    """Always all three, never the duration: start and duration are what is stored, so the end would move along."""
    start: str | None = None
    end: str | None = None  # the service says what it thinks of an event without a time
    if isinstance(when, AllDay):
        start, end = wire_instant(_utc_midnight(when.first)), wire_instant(_utc_midnight(when.last))
    elif isinstance(when, Timed):
        start, end = wire_instant(when.start), wire_instant(when.end)
    return {"StartDateTime": start, "EndDateTime": end, "IsAllDayEvent": isinstance(when, AllDay)}


def _reminder_record(minutes: Value, when: Value, zone: ZoneInfo, now: datetime) -> JsonObject:
    """The absolute time of a reminder: it does not move along with the event by itself.

    One whose time has passed is written as one that fired, or the first sync would ring for every past meeting.
    """
    if not isinstance(when, Timed | AllDay) or not isinstance(minutes, int):
        return {"IsReminderSet": False, "ReminderDateTime": None}
    at = _start(when, zone) - timedelta(minutes=minutes)
    return {"IsReminderSet": at > now, "ReminderDateTime": wire_instant(at)}


def _start(when: When, zone: ZoneInfo) -> datetime:
    """The instant that a reminder counts from: the start, or midnight on the person's own wall."""
    if isinstance(when, Timed):
        return when.start
    return datetime.combine(when.first, time(), zone).astimezone(UTC)


def _utc_midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
