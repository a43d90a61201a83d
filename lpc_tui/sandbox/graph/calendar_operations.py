"""What one can do with calendars and events: the part of `Mailbox` a test calls to act as Outlook's user."""

from datetime import datetime

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import delta, times
from lpc_tui.sandbox.graph.calendar_delta import CalendarTeller
from lpc_tui.sandbox.graph.calendars import CalendarShelf, StoredCalendar
from lpc_tui.sandbox.graph.delta import DEFAULT_PAGE_SIZE, DeltaPage
from lpc_tui.sandbox.graph.errors import sync_state_not_found
from lpc_tui.sandbox.graph.events import EventBook
from lpc_tui.sandbox.graph.ledger import Ledger
from lpc_tui.sandbox.graph.person import Person
from lpc_tui.sandbox.graph.shape import PLAIN, Shape


class CalendarOperations:
    """Calendars and events as Graph JSON; every operation raises `GraphError` as the service refuses it."""

    ledger: Ledger
    calendar_shelf: CalendarShelf
    events_book: EventBook

    def add_calendar(self, name: str, *, can_edit: bool = True, owner: Person | None = None) -> JsonObject:
        """A further calendar; one that `owner` shares, where that is given."""
        return self.calendar_shelf.show(self.calendar_shelf.add(name, can_edit=can_edit, owner=owner))

    def calendars(self) -> list[JsonObject]:
        """All calendars, the default one first."""
        return [self.calendar_shelf.show(calendar) for calendar in self.calendar_shelf.all()]

    def calendar(self, calendar_id: str | None = None) -> JsonObject:
        """One calendar; the default one without an id."""
        return self.calendar_shelf.show(self.calendar_shelf.find(calendar_id))

    def create_event(
        self, body: JsonObject, calendar_id: str | None = None, shape: Shape = PLAIN
    ) -> JsonObject:
        """Create an event; into a read-only calendar too, since its owner may. Sends the invitations it sends."""
        calendar = self.calendar_shelf.find(calendar_id)
        return self.events_book.view.show(self.events_book.create(body, calendar), None, shape)

    def event(self, event_id: str, shape: Shape = PLAIN, calendar_id: str | None = None) -> JsonObject:
        """One event, series or occurrence, with the calendar it is in where the shape expands that."""
        sighting = self.events_book.find(event_id, self._only(calendar_id))
        shown = self.events_book.view.show(*sighting, shape)
        if "calendar" in shape.expanded:
            shown["calendar"] = self.calendar_shelf.show(self.calendar_shelf.by_serial(sighting[0].calendar))
        return shown

    def update_event(
        self,
        event_id: str,
        body: JsonObject,
        if_match: str | None = None,
        shape: Shape = PLAIN,
        calendar_id: str | None = None,
    ) -> JsonObject:
        """Change an event; returns it as it now is."""
        sighting = self.events_book.find(event_id, self._only(calendar_id))
        self.events_book.update(sighting, body, if_match)
        return self.events_book.view.show(*sighting, shape)

    def delete_event(
        self, event_id: str, if_match: str | None = None, calendar_id: str | None = None
    ) -> None:
        """Delete an event, a whole series or an occurrence, with the mail that goes with it."""
        self.events_book.delete(self.events_book.find(event_id, self._only(calendar_id)), if_match)

    def move_event(self, event_id: str, calendar_id: str, shape: Shape = PLAIN) -> JsonObject:
        """Move an event or series to another calendar as a person does in Outlook; its regular id is a new one."""
        event, _ = self.events_book.find(event_id)
        self.events_book.move(event, self.calendar_shelf.find(calendar_id))
        return self.events_book.view.show(event, None, shape)

    def receive_invitation(
        self, body: JsonObject, organizer: Person, calendar_id: str | None = None
    ) -> JsonObject:
        """A meeting somebody else organizes, as it stands in this person's calendar before an answer."""
        event = self.events_book.receive(
            body,
            {"name": organizer.name, "address": organizer.address},
            self.calendar_shelf.find(calendar_id),
        )
        return self.events_book.view.show(event)

    def receive_cancellation(self, event_id: str) -> JsonObject:
        """The organizer of a received meeting called it off."""
        event, _ = self.events_book.find(event_id)
        self.events_book.cancel_received(event)
        return self.events_book.view.show(event)

    def events(self, calendar_id: str | None = None, shape: Shape = PLAIN) -> list[JsonObject]:
        """Single events and series masters of one calendar, or of all without an id."""
        only = self._only(calendar_id)
        sightings = self.events_book.in_calendar(only) if only else self.events_book.everywhere()
        return [self.events_book.view.show(*sighting, shape) for sighting in sightings]

    def calendar_view(
        self, start: datetime, end: datetime, calendar_id: str | None = None, shape: Shape = PLAIN
    ) -> list[JsonObject]:
        """Single events, occurrences and exceptions that touch the window."""
        calendar = self.calendar_shelf.find(calendar_id)
        sightings = self.events_book.in_window(calendar, (start, end))
        return [self.events_book.view.show(*sighting, shape) for sighting in sightings]

    def instances(
        self, master_id: str, start: datetime, end: datetime, shape: Shape = PLAIN
    ) -> list[JsonObject]:
        """The occurrences and exceptions of one series that touch the window."""
        event, day = self.events_book.find(master_id)
        if day is not None or not event.is_series:
            return []
        return [self.events_book.view.show(event, each, shape) for each in event.days_in((start, end))]

    def delta(
        self,
        *,
        calendar_id: str | None = None,
        window: tuple[datetime, datetime] | None = None,
        token: str | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        shape: Shape = PLAIN,
    ) -> DeltaPage:
        """A page of a calendar view's changes: give a window to begin, a token to go on."""
        calendar = self.calendar_shelf.find(calendar_id)
        if token is not None:
            state = delta.decode(self.ledger, token, calendar.folder)
        else:
            start, end = window or times.read_window(None, None)
            first = delta.DeltaState(calendar.folder, (start.isoformat(), end.isoformat()))
            state = delta.begin(self.ledger, first)
        if state.window is None:
            raise sync_state_not_found()
        span = datetime.fromisoformat(state.window[0]), datetime.fromisoformat(state.window[1])
        told = delta.reshaped(shape, state)
        teller = CalendarTeller(self.events_book, self.ledger.ids, calendar, span, told)
        return delta.read_page(self.ledger, state, page_size, teller.tell)

    def _only(self, calendar_id: str | None) -> StoredCalendar | None:
        return None if calendar_id is None else self.calendar_shelf.find(calendar_id)
