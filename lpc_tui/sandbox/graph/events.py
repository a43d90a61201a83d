"""The events of the mailbox: create, read, update, delete, move, and the window queries.

All rules that need more than one event, or the event's history, are here; `event_changes` has those between an event's
own properties, `stored_event` the arithmetic of series.
"""

import hashlib
import json
from datetime import date

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import event_changes, extended, meetings, times
from lpc_tui.sandbox.graph.calendars import CalendarShelf, StoredCalendar
from lpc_tui.sandbox.graph.errors import GraphError, invalid_request, item_not_found
from lpc_tui.sandbox.graph.event_schema import EVENT
from lpc_tui.sandbox.graph.event_view import EventView
from lpc_tui.sandbox.graph.ids import Kind
from lpc_tui.sandbox.graph.ledger import Ledger
from lpc_tui.sandbox.graph.meetings import OutboxMail
from lpc_tui.sandbox.graph.stored_event import Span, StoredEvent, StoredException

Sighting = tuple[StoredEvent, date | None]
"""An event, or one occurrence of a series by its day."""

_TIMING = ("start", "end", "isAllDay", "recurrence")


class EventBook:
    """All events of one mailbox."""

    def __init__(
        self, ledger: Ledger, calendars: CalendarShelf, owner: JsonObject, outbox: list[OutboxMail]
    ) -> None:
        self._ledger = ledger
        self._calendars = calendars
        self._owner = owner
        self._outbox = outbox
        self.view = EventView(ledger)
        self._by_calendar: dict[int, dict[int, StoredEvent]] = {}
        self._events: dict[int, StoredEvent] = {}
        self._transactions: dict[str, tuple[str, int]] = {}

    def find(self, event_id: str, calendar: StoredCalendar | None = None) -> Sighting:
        """What an id names; raises `ErrorItemNotFound` for what is gone, moved or in another calendar."""
        ref = self._ledger.ids.read(event_id, Kind.EVENT)
        event = self._events.get(ref.serial)
        if event is None or ref.generation not in (None, event.generation):
            raise item_not_found()
        if calendar is not None and event.calendar != calendar.serial:
            raise item_not_found()
        if ref.day is not None and not event.has_day(ref.day):
            raise item_not_found()
        return event, ref.day

    def by_serial(self, serial: int) -> StoredEvent | None:
        """The living event of that number."""
        return self._events.get(serial)

    def in_calendar(self, calendar: StoredCalendar) -> list[Sighting]:
        """Single events and series, no occurrences, in the order they came."""
        return [(event, None) for event in self._by_calendar.get(calendar.serial, {}).values()]

    def everywhere(self) -> list[Sighting]:
        """The same, of all calendars."""
        return [(event, None) for event in self._events.values()]

    def in_window(self, calendar: StoredCalendar, window: Span) -> list[Sighting]:
        """Single events, occurrences and exceptions that touch the window, by their start."""
        found: list[Sighting] = []
        for event in self._by_calendar.get(calendar.serial, {}).values():
            if event.is_series:
                found += [(event, day) for day in event.days_in(window)]
            elif event.overlaps(window):
                found.append((event, None))
        return sorted(found, key=lambda sighting: sighting[0].span(sighting[1])[0])

    def create(self, body: JsonObject, calendar: StoredCalendar) -> StoredEvent:
        """A new event; raises the service's 400 for an impossible one.

        A repeated `transactionId` gives the event it made before, or `ErrorDuplicateTransactionId` where the content
        differs. It stays used up when the event is deleted (an assumption).
        """
        given = EVENT.read_entity(body)
        transaction_id = given.get("transactionId")
        if transaction_id in self._transactions:
            return self._repeated(transaction_id, given, calendar)
        event = self._stored(given, calendar, self._owner, is_organizer=True)
        if transaction_id:
            event.transaction_print = _fingerprint(given, calendar)
            self._transactions[transaction_id] = (event.transaction_print, event.serial)
        self._outbox += meetings.sent_on_create(event.fields)
        return event

    def receive(self, body: JsonObject, organizer: JsonObject, calendar: StoredCalendar) -> StoredEvent:
        """An invitation that came by mail: an attendee's copy, not yet answered."""
        event = self._stored(EVENT.read_entity(body), calendar, organizer, is_organizer=False)
        event.response = {"response": "notResponded", "time": event_changes.NO_TIME}
        event.fields = {**event.fields, "showAs": "tentative"}
        return event

    def cancel_received(self, event: StoredEvent) -> None:
        """The organizer called the meeting off: the copy stays until it is removed."""
        event.is_cancelled = True
        event.fields = {**event.fields, "subject": f"Canceled: {event.fields['subject']}", "showAs": "free"}
        self._touch(event)

    def update(self, sighting: Sighting, body: JsonObject, if_match: str | None = None) -> None:
        """Change an event, a whole series, or one occurrence, which becomes an exception."""
        event, day = sighting
        self._guard(event, if_match)
        given = EVENT.read_entity(body)
        if given.get("transactionId", event.fields["transactionId"]) != event.fields["transactionId"]:
            raise invalid_request("The TransactionId property cannot be changed.")
        meetings.refuse_to_attendee(event, given)
        if day is not None:
            self._update_occurrence(event, day, given)
        else:
            self._update_whole(event, given)
        self._touch(event)

    def delete(self, sighting: Sighting, if_match: str | None = None) -> None:
        """Remove an event, a whole series, or one occurrence of it."""
        event, day = sighting
        self._guard(event, if_match)
        self._outbox += meetings.sent_on_delete(event, event.fields_of(day))
        if day is not None:
            event.exceptions.pop(day.isoformat(), None)
            event.removed = [*event.removed, day.isoformat()]
            event.forget_times()
            self._touch(event)
            return
        del self._events[event.serial]
        del self._by_calendar[event.calendar][event.serial]
        self._ledger.record(self._calendars.by_serial(event.calendar).folder, event.entry)

    def move(self, event: StoredEvent, target: StoredCalendar) -> None:
        """Put the event into another calendar, as a person does in Outlook: its regular id changes."""
        source = self._calendars.by_serial(event.calendar)
        self._ledger.record(source.folder, event.entry)
        del self._by_calendar[event.calendar][event.serial]
        event.calendar = target.serial
        event.generation += 1
        self._by_calendar.setdefault(target.serial, {})[event.serial] = event
        self._touch(event)

    def dump(self) -> JsonObject:
        """The events and used transaction ids as JSON."""
        return {
            "events": [event.dump() for event in self._events.values()],
            "transactions": {name: list(value) for name, value in self._transactions.items()},
        }

    def load(self, dump: JsonObject) -> None:
        """Take over a dump in place of what is there."""
        self._events.clear()
        self._by_calendar.clear()
        for entry in dump["events"]:
            self._keep(StoredEvent.restore(entry))
        self._transactions = {name: (value[0], value[1]) for name, value in dump["transactions"].items()}

    def _stored(
        self, given: JsonObject, calendar: StoredCalendar, organizer: JsonObject, *, is_organizer: bool
    ) -> StoredEvent:
        fields = event_changes.created(given)
        store = extended.merge({}, given.get("singleValueExtendedProperties", []))
        serial = self._ledger.next_serial()
        event = StoredEvent(
            serial=serial,
            calendar=calendar.serial,
            uid=hashlib.blake2b(f"{self._ledger.seed}/uid/{serial}".encode(), digest_size=36)
            .hexdigest()
            .upper(),
            created=times.instant_text(self._ledger.now()),
            modified="",
            organizer={"emailAddress": organizer},
            is_organizer=is_organizer,
            fields=fields,
            extended=store,
        )
        self._keep(event)
        self._touch(event)
        return event

    def _keep(self, event: StoredEvent) -> None:
        self._events[event.serial] = event
        self._by_calendar.setdefault(event.calendar, {})[event.serial] = event

    def _repeated(self, transaction_id: str, given: JsonObject, calendar: StoredCalendar) -> StoredEvent:
        made_from, serial = self._transactions[transaction_id]
        event = self._events.get(serial)
        if event is not None and made_from == _fingerprint(given, calendar):
            return event
        existing = self.view.id_of(event) if event else self._ledger.ids.regular(Kind.EVENT, serial)
        raise GraphError(
            400,
            "ErrorDuplicateTransactionId",
            "The TransactionId specified in the request has already been used to create a different event.",
            annotations={"@event.existingEventId": existing},
        )

    def _update_whole(self, event: StoredEvent, given: JsonObject) -> None:
        before = event.fields
        after = event_changes.updated(before, given)
        store = extended.merge(event.extended, given.get("singleValueExtendedProperties", []))
        if event.is_organizer:
            self._outbox += meetings.sent_on_update(before, after, given, len(event.exceptions))
        if any(before[name] != after[name] for name in _TIMING):
            # Exchange's habit: a series with another pattern or time starts afresh.
            event.exceptions, event.removed = {}, []
        event.fields, event.extended = after, store
        event.forget_times()

    def _update_occurrence(self, event: StoredEvent, day: date, given: JsonObject) -> None:
        if given.get("recurrence") is not None:
            raise invalid_request("The recurrence of a single occurrence cannot be set.")
        before = {**event.fields_of(day), "recurrence": None}
        after = event_changes.updated(before, given)
        if after["start"] != before["start"]:
            self._refuse_crossing(event, day, event.local_date(after["start"]))
        own = event.exceptions.get(day.isoformat(), StoredException({}))
        store = extended.merge(own.extended, given.get("singleValueExtendedProperties", []))
        if event.is_organizer:
            self._outbox += meetings.sent_on_update(before, after, given, 0)
        changed = {name: value for name, value in after.items() if name in given or value != before[name]}
        changed.pop("recurrence", None)
        event.exceptions[day.isoformat()] = StoredException({**own.overrides, **changed}, store)
        event.forget_times()

    def _refuse_crossing(self, event: StoredEvent, day: date, target: date) -> None:
        for neighbour, is_after in event.neighbours(day):
            if target >= neighbour if is_after else target <= neighbour:
                raise GraphError(
                    400,
                    "ErrorOccurrenceCrossingBoundary",
                    "Cannot modify the occurrence: it would cross or overlap the adjacent occurrence.",
                )

    def _guard(self, event: StoredEvent, if_match: str | None) -> None:
        self._calendars.writable(self._calendars.by_serial(event.calendar))
        self._ledger.check_match(if_match, event.revision)

    def _touch(self, event: StoredEvent) -> None:
        event.revision = self._ledger.record(self._calendars.by_serial(event.calendar).folder, event.entry)
        event.modified = times.instant_text(self._ledger.now())


def _fingerprint(given: JsonObject, calendar: StoredCalendar) -> str:
    text = json.dumps([given, calendar.serial], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
