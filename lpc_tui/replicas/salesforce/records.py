"""Event records to canonical items and back: the only place that knows what Salesforce's event fields mean.

Pure: values in, values out, the present instant as an argument. See the Object Reference, Event, for every field named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from lpc_tui.model.field_map import CALENDAR
from lpc_tui.model.fields import FieldSpec
from lpc_tui.model.items import AllDay, Fields, Guard, Item, Side, Timed, Value, When, frozen
from lpc_tui.replicas.salesforce.schema import Schema
from lpc_tui.replicas.wire import JsonObject

__all__ = ["BRIEF", "SELECTED", "SPECS", "EventRecords"]

SPECS: Mapping[str, FieldSpec] = MappingProxyType({spec.name: spec for spec in CALENDAR})

SELECTED: tuple[str, ...] = (
    "Id",
    "OwnerId",
    "SystemModstamp",
    "LastModifiedDate",
    "CreatedDate",
    "IsDeleted",
    "IsArchived",
    "IsRecurrence2",
    *(name for spec in CALENDAR for name in spec.salesforce),
)
"""What is read of an event, as far as this person may see it."""

BRIEF: tuple[str, ...] = tuple(name for name in SELECTED if name not in SPECS["body"].salesforce)
"""The same without the long text: with that, the service sends a few hundred events to a page instead of 2,000."""

_SHOW_AS = MappingProxyType({"Busy": "busy", "OutOfOffice": "oof", "Free": "free"})
_SHOW_AS_RECORD = MappingProxyType({canonical: native for native, canonical in _SHOW_AS.items()})
_TEXTS = MappingProxyType({"subject": "Subject", "location": "Location", "body": "Description"})
_MINUTE = timedelta(minutes=1)
_TRIMMED = "".join(map(chr, range(0x21)))
"""What a text loses at both ends: Java's idea of white space, which has control characters in it."""
_REMINDER = SPECS["reminder"].salesforce


@dataclass(frozen=True, slots=True)
class EventRecords:
    """Converts the events of one user."""

    user: str
    """The id of whose events they are."""
    schema: Schema
    zone: ZoneInfo
    """Where an all-day event begins at midnight, for its reminder."""
    instance_url: str

    @property
    def selected(self) -> tuple[str, ...]:
        """The fields to read: a hidden one would be "no such column"."""
        return tuple(name for name in SELECTED if name in self.schema.fields)

    @property
    def guards(self) -> Mapping[str, Guard]:
        """Canonical fields that this person may not change."""
        return MappingProxyType(
            {
                name: Guard.READ_ONLY
                for name, spec in SPECS.items()
                if not self.schema.is_updateable(*spec.salesforce)
            }
        )

    @property
    def brief(self) -> tuple[str, ...]:
        """`BRIEF`, as far as this person may see it."""
        return tuple(name for name in BRIEF if name in self.schema.fields)

    def item(self, record: JsonObject, now: datetime) -> Item:
        """The record as an item, with everything a private one says: redacting is the caller's."""
        return Item(
            id=record["Id"],
            fields=frozen(_fields(record, self.zone, now)),
            version=record.get("SystemModstamp") or "",
            modified=_instant(record.get("LastModifiedDate")),
            is_private=bool(record.get("IsPrivate")),
            guards=self.guards,
            spreads=bool(record.get("IsRecurrence2")),
            is_away=bool(record.get("IsArchived")) or record.get("OwnerId", self.user) != self.user,
            link=f"{self.instance_url}/{record['Id']}",
        )

    def settable(self, fields: Fields) -> Fields:
        """Of a new event's fields those that this person may set."""
        return frozen(
            {
                name: value
                for name, value in fields.items()
                if self.schema.is_createable(*SPECS[name].salesforce)
            }
        )

    def new_record(self, fields: Fields, now: datetime) -> JsonObject:
        """The body of a create, of settable fields."""
        return _record(fields, fields, self.zone, now)

    def change(self, fields: Fields, beside: Fields, now: datetime) -> JsonObject:
        """The body of an update of `fields`; `beside` are all of the item's, for what is stored together with them."""
        record = _record(fields, {**beside, **fields}, self.zone, now)
        if "reminder" not in fields and not self.schema.is_updateable(*_REMINDER):
            return {name: value for name, value in record.items() if name not in _REMINDER}
        return record

    def shows(self, sent: Fields, item: Item) -> bool:
        """Whether the item says what was sent, as Salesforce holds it; a field it cannot tell speaks for neither."""
        return all(
            not SPECS[name].changed(self.held(name, value), self.held(name, item.fields[name]))
            for name, value in sent.items()
            if name in item.fields
        )

    def held(self, name: str, value: Value) -> Value:
        """What a field becomes in this org: text trimmed and cut, a duration of whole minutes."""
        if isinstance(value, Timed):
            start = value.start.replace(microsecond=0)
            return Timed(start, start + (value.end - start) // _MINUTE * _MINUTE)
        if isinstance(value, str):
            value = value.strip(_TRIMMED)
        return SPECS[name].held_by(Side.SALESFORCE, value)

    def refused_private(self, fields: Fields) -> bool:
        """Whether a new event ought to be private and this person may not make it so: it would be open to all."""
        return SPECS["sensitivity"].held_by(
            Side.SALESFORCE, fields.get("sensitivity")
        ) == "private" and not self.schema.is_createable("IsPrivate")


def _fields(record: JsonObject, zone: ZoneInfo, now: datetime) -> dict[str, Value]:
    fields: dict[str, Value] = {
        canonical: record[native] or "" for canonical, native in _TEXTS.items() if native in record
    }
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
    return Timed(_known_instant(start), _known_instant(end))


def _reminder(record: JsonObject, when: When | None, zone: ZoneInfo, now: datetime) -> dict[str, Value]:
    """The reminder, if the record can tell: one that fired has switched itself off, which is nobody's edit."""
    if when is None or not all(name in record for name in _REMINDER):
        return {}
    at = _instant(record["ReminderDateTime"])
    if not record["IsReminderSet"]:
        return {} if at is not None and at <= now else {"reminder": None}
    if at is None or at > (start := _start(when, zone)):
        return {}  # after the start: Outlook has no such thing
    return {"reminder": (start - at) // _MINUTE}


def _record(fields: Fields, beside: Fields, zone: ZoneInfo, now: datetime) -> JsonObject:
    record: JsonObject = {}
    for canonical, native in _TEXTS.items():
        if canonical in fields:
            record[native] = fields[canonical] or None
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
        start, end = _wire(_utc_midnight(when.first)), _wire(_utc_midnight(when.last))
    elif isinstance(when, Timed):
        start, end = _wire(when.start), _wire(when.end)
    return {"StartDateTime": start, "EndDateTime": end, "IsAllDayEvent": isinstance(when, AllDay)}


def _reminder_record(minutes: Value, when: Value, zone: ZoneInfo, now: datetime) -> JsonObject:
    """The absolute time of a reminder: it does not move along with the event by itself.

    One whose time has passed is written as one that fired, or the first sync would ring for every past meeting.
    """
    if not isinstance(when, Timed | AllDay) or not isinstance(minutes, int):
        return {"IsReminderSet": False, "ReminderDateTime": None}
    at = _start(when, zone) - timedelta(minutes=minutes)
    return {"IsReminderSet": at > now, "ReminderDateTime": _wire(at)}


def _start(when: When, zone: ZoneInfo) -> datetime:
    """The instant that a reminder counts from: the start, or midnight on the person's own wall."""
    if isinstance(when, Timed):
        return when.start
    return datetime.combine(when.first, time(), zone).astimezone(UTC)


def _utc_midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _wire(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _known_instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _instant(text: str | None) -> datetime | None:
    return _known_instant(text) if text else None
