"""Shows stored events as Graph JSON, in the shape a request asked for."""

from datetime import date, datetime
from urllib.parse import quote

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import bodies, extended, times
from lpc_tui.sandbox.graph.event_changes import NO_TIME
from lpc_tui.sandbox.graph.ids import Kind
from lpc_tui.sandbox.graph.ledger import Ledger
from lpc_tui.sandbox.graph.shape import PLAIN, Shape
from lpc_tui.sandbox.graph.stored_event import StoredEvent

_AS_STORED = (
    "categories", "reminderMinutesBeforeStart", "isReminderOn", "subject", "bodyPreview", "importance",
    "sensitivity", "isAllDay", "responseRequested", "showAs", "isOnlineMeeting", "onlineMeetingProvider",
    "allowNewTimeProposals", "hideAttendees", "location", "locations", "attendees", "onlineMeeting",
)  # fmt: skip


class EventView:
    """Renders the events of one mailbox."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def id_of(self, event: StoredEvent, day: date | None = None, shape: Shape = PLAIN) -> str:
        """The id of an event or an occurrence."""
        if shape.immutable_ids:
            return self._ledger.ids.immutable(Kind.EVENT, event.serial, day)
        return self._ledger.ids.regular(Kind.EVENT, event.serial, event.generation, day)

    def show(self, event: StoredEvent, day: date | None = None, shape: Shape = PLAIN) -> JsonObject:
        """The event, or the occurrence of a series that falls on `day`."""
        fields = event.fields_of(day)
        item_id = self.id_of(event, day, shape)
        text = bodies.as_text(fields["html"]) if shape.text_bodies else fields["html"]
        item: JsonObject = {
            "@odata.etag": self._ledger.etag(event.revision),
            "id": item_id,
            "createdDateTime": event.created,
            "lastModifiedDateTime": event.modified,
            "changeKey": self._ledger.change_key(event.revision),
            "transactionId": None if day else fields["transactionId"],
            "originalStartTimeZone": fields["start"]["timeZone"],
            "originalEndTimeZone": fields["end"]["timeZone"],
            "iCalUId": _uid(event, day),
            "hasAttachments": False,
            "isCancelled": event.is_cancelled,
            "isOrganizer": event.is_organizer,
            "isDraft": False,
            "seriesMasterId": self.id_of(event, None, shape) if day else None,
            "type": self._type(event, day),
            "webLink": f"https://outlook.office365.com/owa/?itemid={quote(item_id, safe='')}&exvsurl=1&path=/calendar/item",
            "onlineMeetingUrl": None,
            "responseStatus": event.response or {"response": "organizer", "time": NO_TIME},
            "body": {"contentType": "text" if shape.text_bodies else "html", "content": text},
            **self._times(event, day, fields, shape),
            "recurrence": None if day else fields["recurrence"],
            "organizer": event.organizer,
        }
        for name in _AS_STORED:
            item[name] = fields[name]
        self._add_wanted(item, event, day, shape)
        return shape.cut(item)

    def show_abbreviated(self, event: StoredEvent, day: date, shape: Shape) -> JsonObject:
        """An occurrence as a delta round shows it: everything else is its series'."""
        return {
            "@odata.type": "#microsoft.graph.event",
            "@odata.etag": self._ledger.etag(event.revision),
            "seriesMasterId": self.id_of(event, None, shape),
            "type": "occurrence",
            "id": self.id_of(event, day, shape),
            **self._times(event, day, event.fields_of(day), shape),
        }

    def _type(self, event: StoredEvent, day: date | None) -> str:
        if day is not None:
            return "exception" if day.isoformat() in event.exceptions else "occurrence"
        return "seriesMaster" if event.is_series else "singleInstance"

    def _times(self, event: StoredEvent, day: date | None, fields: JsonObject, shape: Shape) -> JsonObject:
        if fields["isAllDay"]:
            # A date, not an instant: midnight whatever zone was asked for.
            return {
                name: {
                    "dateTime": times.local_text(datetime.fromisoformat(fields[name]["dateTime"])),
                    "timeZone": shape.zone_name,
                }
                for name in ("start", "end")
            }
        start, end = event.span(day)
        return {"start": times.in_zone(start, shape.zone_name), "end": times.in_zone(end, shape.zone_name)}

    def _add_wanted(self, item: JsonObject, event: StoredEvent, day: date | None, shape: Shape) -> None:
        """What is not shown by default."""
        if shape.wants("originalStart"):
            item["originalStart"] = times.instant_text(event.original_start(day)) if day else None
        if shape.wants("cancelledOccurrences"):
            master_id = self.id_of(event, None, shape)
            removed = [f"OID.{master_id}.{gone}" for gone in sorted(event.removed)] if day is None else []
            item["cancelledOccurrences"] = removed
        if shape.extended:
            found = extended.shown(event.extended_of(day), shape.extended)
            if found:
                item["singleValueExtendedProperties"] = found
        if "exceptionOccurrences" in shape.expanded and day is None and event.is_series:
            plain = Shape(shape.immutable_ids, shape.zone_name, shape.text_bodies)
            item["exceptionOccurrences"] = [
                self.show(event, date.fromisoformat(when), plain) for when in sorted(event.exceptions)
            ]


def _uid(event: StoredEvent, day: date | None) -> str:
    """The global object id, which holds the occurrence's date at its 17th byte."""
    when = f"{day.year:04X}{day.month:02X}{day.day:02X}" if day else "00000000"
    return f"040000008200E00074C5B7101A82E008{when}{event.uid}"
