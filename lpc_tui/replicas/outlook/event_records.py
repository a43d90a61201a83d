"""Graph's event JSON as items, and fields as Graph's event JSON; pure, and the only place that knows event properties.

What never goes out: attendees (law 12). What never comes out of a private item: its text (law 6).
Facts: https://learn.microsoft.com/graph/api/resources/event
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice

from lpc_tui.model.field_map import CALENDAR
from lpc_tui.model.items import AllDay, Fields, Guard, Item, Timed, Value, frozen
from lpc_tui.replicas.outlook.bodies import clean, read_body
from lpc_tui.replicas.outlook.dialect import MARK
from lpc_tui.replicas.outlook.times import read_instant, read_when, written_when
from lpc_tui.replicas.wire import JsonObject

__all__ = ["EventReader", "created_record", "updated_record"]

_PRIVATE = frozenset({"private", "confidential"})
_ORGANIZERS = ("subject", "when", "location", "body")
"""Fields that belong to the meeting, not to one person's copy of it."""
_EVERY_FIELD = tuple(spec.name for spec in CALENDAR)
_MOST_GUESTS = 10
"""That are kept by name: as many as a question can list."""
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class EventReader:
    """Makes items of records, the way one scope wants them."""

    zone: tzinfo
    """The person's."""
    include_private: bool
    can_edit: bool = True
    """Whether the calendar may be written at all."""

    def item(self, record: JsonObject, *, is_away: bool = False) -> Item:
        """The item that a whole event record shows.

        Raises:
            KeyError, ValueError: the record is not an event.
        """
        guests = _guests(record)
        item = Item(
            id=record["id"],
            fields=frozen(dict(self._fields(record))),
            version=record["@odata.etag"],
            modified=read_instant(record.get("lastModifiedDateTime")),
            is_private=_is_private(record),
            guards=self._guards(record),
            series_id=record.get("seriesMasterId") or "",
            has_guests=bool(guests),
            guests=tuple(islice(filter(None, map(_name, guests)), _MOST_GUESTS)),
            is_away=is_away,
            link=record.get("webLink") or "",
        )
        return item.redacted() if item.is_private and not self.include_private else item

    def _fields(self, record: JsonObject) -> Iterator[tuple[str, Value]]:
        yield "subject", clean(record.get("subject"))
        yield "when", read_when(record, self.zone)
        yield "location", clean((record.get("location") or {}).get("displayName"))
        yield "body", read_body(record.get("body")).text
        show_as = record.get("showAs")
        if show_as and show_as != "unknown":
            yield "show_as", show_as
        yield "sensitivity", record.get("sensitivity") or "normal"
        yield "reminder", record.get("reminderMinutesBeforeStart") if record.get("isReminderOn") else None

    def _guards(self, record: JsonObject) -> Mapping[str, Guard]:
        if not self.can_edit:
            return dict.fromkeys(_EVERY_FIELD, Guard.READ_ONLY)
        guards: dict[str, Guard] = {}
        if read_body(record.get("body")).is_formatted:
            guards["body"] = Guard.FORMATTED
        if record.get("isOnlineMeeting"):
            guards["body"] = Guard.ONLINE_MEETING
        if record.get("isOrganizer") is False:
            guards.update(dict.fromkeys(_ORGANIZERS, Guard.NOT_ORGANIZER))
        return guards


def created_record(fields: Fields, mark: str, zone_name: str) -> JsonObject:
    """The event to POST: found again by its mark, safe to repeat by its transaction id, and never with attendees.

    The reminder is always said: an event without a word about it gets one by default.
    """
    return {
        "isReminderOn": False,
        **updated_record(fields, zone_name),
        "transactionId": mark,
        "singleValueExtendedProperties": [{"id": MARK, "value": mark}],
    }


def updated_record(fields: Fields, zone_name: str) -> JsonObject:
    """The properties to PATCH for `fields`, and no others: each needless one can mail people.

    Raises:
        ValueError: a value is not of its field's kind.
    """
    record: JsonObject = {}
    for name, value in fields.items():
        record.update(_written(name, value, zone_name))
    return record


def _written(name: str, value: Value, zone_name: str) -> JsonObject:
    match name, value:
        case "when", Timed() | AllDay():
            return written_when(value, zone_name)
        case "reminder", None:
            return {"isReminderOn": False}
        case "reminder", int():
            return {"isReminderOn": True, "reminderMinutesBeforeStart": value}
        case "subject", str() | None:
            return {"subject": clean(value)}
        case "location", str() | None:
            return {"location": {"displayName": clean(value)}}
        case "body", str() | None:
            return {"body": {"contentType": "text", "content": clean(value)}}
        case "show_as", str():
            return {"showAs": value}
        case "sensitivity", str():
            return {"sensitivity": value}
    raise ValueError(f"An event has no {name} of {value!r}.")


def _is_private(record: JsonObject) -> bool:
    """Marked so, or shown without a body, as somebody else's private event in a shared calendar is."""
    return record.get("sensitivity") in _PRIVATE or record.get("body") is None


def _guests(record: JsonObject) -> Sequence[JsonObject]:
    """Who else takes part and would get mail: in a meeting of one's own anybody but oneself, in another's the organizer."""
    attendees = record.get("attendees") or ()
    organizer = record.get("organizer") or {}
    if record.get("isOrganizer") is False:
        return (organizer,) if attendees else ()
    own = _address(organizer)
    return [attendee for attendee in attendees if _address(attendee) != own]


def _name(person: JsonObject) -> str:
    return (
        clean((person.get("emailAddress") or {}).get("name"))[:_LONGEST_NAME]
        or clean(_address(person))[:_LONGEST_NAME]
    )


def _address(person: JsonObject) -> str:
    return str((person.get("emailAddress") or {}).get("address") or "").casefold()
