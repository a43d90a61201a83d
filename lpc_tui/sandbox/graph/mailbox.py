"""One person's mailbox in memory: the world the Graph server serves, and what tests and sample data write to.

Pure Python, no HTTP. Its operations take and return Graph JSON and raise `GraphError`; a test that acts as the person
in front of Outlook calls them directly. Whoever shares a mailbox between threads holds `lock` around an operation.
"""

import threading
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from lpc_tui.sandbox.common import Clock, JsonObject
from lpc_tui.sandbox.graph import delta, times
from lpc_tui.sandbox.graph.calendar_delta import CalendarTeller
from lpc_tui.sandbox.graph.calendars import CalendarShelf, StoredCalendar
from lpc_tui.sandbox.graph.delta import DeltaPage
from lpc_tui.sandbox.graph.errors import sync_state_not_found
from lpc_tui.sandbox.graph.events import EventBook
from lpc_tui.sandbox.graph.ledger import Ledger
from lpc_tui.sandbox.graph.meetings import OutboxMail
from lpc_tui.sandbox.graph.shape import PLAIN, Shape

DEFAULT_PAGE_SIZE = 10
LARGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a mail address."""

    name: str
    address: str


DEFAULT_USER = Person("Robin Vogel", "robin.vogel@contoso.example")


class Mailbox:
    """Calendars, contacts and task lists of one person.

    A new one has three calendars (`Calendar`, `Projects` and the read-only `Holidays`).
    """

    def __init__(
        self, *, clock: Clock, seed: int = 0, user: Person = DEFAULT_USER, zone: str = "Europe/Berlin"
    ) -> None:
        times.zone(zone)
        self.lock = threading.RLock()
        self.user = user
        self.zone = zone
        self.outbox: list[OutboxMail] = []
        self._set_up(Ledger(clock, seed))
        self.calendar_shelf.add("Calendar")
        self.calendar_shelf.add("Projects")
        self.calendar_shelf.add("Holidays", can_edit=False)

    def _set_up(self, ledger: Ledger) -> None:
        owner: JsonObject = {"name": self.user.name, "address": self.user.address}
        self.ledger = ledger
        self.calendar_shelf = CalendarShelf(ledger, owner)
        self.events_book = EventBook(ledger, self.calendar_shelf, owner, self.outbox)

    @property
    def user_id(self) -> str:
        """The person's object id in the directory."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{self.user.address}"))

    @property
    def revision(self) -> int:
        """Rises with every change."""
        return self.ledger.revision

    # Calendars and events

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
        """One event, series or occurrence."""
        sighting = self.events_book.find(event_id, self._only(calendar_id))
        return self.events_book.view.show(*sighting, shape)

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
            state = delta.begin(self.ledger, calendar.folder, (start.isoformat(), end.isoformat()), None)
        if state.window is None:
            raise sync_state_not_found()
        span = datetime.fromisoformat(state.window[0]), datetime.fromisoformat(state.window[1])
        teller = CalendarTeller(self.events_book, self.ledger.ids, calendar, span, _undivided(shape))
        return delta.read_page(self.ledger, state, min(page_size, LARGEST_PAGE), teller.tell)

    def expire_delta_tokens(self) -> None:
        """Forget every delta and page token given out so far: they answer 410 from now on."""
        self.ledger.token_epoch += 1

    # Persistence

    def dump(self) -> JsonObject:
        """The whole mailbox as JSON; `restore` makes an equal one, with tokens and ids still valid."""
        return {
            "user": asdict(self.user),
            "zone": self.zone,
            "ledger": self.ledger.dump(),
            "calendars": self.calendar_shelf.dump(),
            "events": self.events_book.dump(),
            "outbox": [asdict(mail) for mail in self.outbox],
        }

    @classmethod
    def restore(cls, dump: JsonObject, *, clock: Clock) -> "Mailbox":
        """The mailbox a dump was made of."""
        mailbox = cls(clock=clock, user=Person(**dump["user"]), zone=dump["zone"])
        mailbox._set_up(Ledger.restore(dump["ledger"], clock))
        mailbox.calendar_shelf.load(dump["calendars"])
        mailbox.events_book.load(dump["events"])
        mailbox.outbox += [
            OutboxMail(mail["kind"], tuple(mail["recipients"]), mail["subject"]) for mail in dump["outbox"]
        ]
        return mailbox

    def _only(self, calendar_id: str | None) -> StoredCalendar | None:
        return None if calendar_id is None else self.calendar_shelf.find(calendar_id)


def _undivided(shape: Shape) -> Shape:
    """The shape without selection or expansion, which a calendar view's delta never has."""
    return replace(shape, selected=None, extended=frozenset(), expanded=frozenset())
