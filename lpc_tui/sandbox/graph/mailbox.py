"""One person's mailbox in memory: the world the Graph server serves, and what tests and sample data write to.

Pure Python, no HTTP. Its operations take and return Graph JSON and raise `GraphError`; a test that acts as the person
in front of Outlook calls them directly. Whoever shares a mailbox between threads holds `lock` around an operation.
"""

import threading
import uuid
from dataclasses import asdict

from lpc_tui.sandbox.common import Clock, JsonObject
from lpc_tui.sandbox.graph import times
from lpc_tui.sandbox.graph.calendar_operations import CalendarOperations
from lpc_tui.sandbox.graph.calendars import CalendarShelf
from lpc_tui.sandbox.graph.contact_operations import ContactOperations
from lpc_tui.sandbox.graph.contacts import ContactBook
from lpc_tui.sandbox.graph.events import EventBook
from lpc_tui.sandbox.graph.ledger import Ledger
from lpc_tui.sandbox.graph.meetings import OutboxMail
from lpc_tui.sandbox.graph.person import Person
from lpc_tui.sandbox.graph.task_operations import TaskOperations
from lpc_tui.sandbox.graph.tasks import TaskBook

__all__ = ["DEFAULT_USER", "Mailbox", "Person"]

DEFAULT_USER = Person("Robin Vogel", "robin.vogel@contoso.example")


class Mailbox(CalendarOperations, ContactOperations, TaskOperations):
    """Calendars, contacts and task lists of one person.

    A new one has three calendars (`Calendar`, `Projects` and the read-only `Holidays`), the contact folders `Contacts`
    and `Suppliers`, and the task lists `Tasks`, `Flagged Emails` and `Errands`.
    """

    def __init__(
        self, *, clock: Clock, seed: int = 0, user: Person = DEFAULT_USER, zone: str = "Europe/Berlin"
    ) -> None:
        """`zone` is the mailbox's own time zone; raises GraphError for an unknown one."""
        times.zone(zone)
        self.lock = threading.RLock()
        self.user = user
        self.zone = zone
        self.outbox: list[OutboxMail] = []
        self._set_up(Ledger(clock, seed))
        self.calendar_shelf.add("Calendar")
        self.calendar_shelf.add("Projects")
        self.calendar_shelf.add("Holidays", can_edit=False)
        self.contacts_book.add_folder("Contacts")
        self.contacts_book.add_folder("Suppliers")
        self.tasks_book.add_list("Tasks", "defaultList")
        self.tasks_book.add_list("Flagged Emails", "flaggedEmails")
        self.tasks_book.add_list("Errands")

    def _set_up(self, ledger: Ledger) -> None:
        owner: JsonObject = {"name": self.user.name, "address": self.user.address}
        self.ledger = ledger
        self.calendar_shelf = CalendarShelf(ledger, owner)
        self.events_book = EventBook(ledger, self.calendar_shelf, owner, self.outbox)
        self.contacts_book = ContactBook(ledger)
        self.tasks_book = TaskBook(ledger)

    @property
    def user_id(self) -> str:
        """The person's object id in the directory."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{self.user.address}"))

    @property
    def revision(self) -> int:
        """Rises with every change."""
        return self.ledger.revision

    def expire_delta_tokens(self) -> None:
        """Forget every delta and page token given out so far: they answer 410 from now on."""
        self.ledger.token_epoch += 1

    def dump(self) -> JsonObject:
        """The whole mailbox as JSON; `restore` makes an equal one, with tokens and ids still valid."""
        return {
            "user": asdict(self.user),
            "zone": self.zone,
            "ledger": self.ledger.dump(),
            "calendars": self.calendar_shelf.dump(),
            "events": self.events_book.dump(),
            "contacts": self.contacts_book.dump(),
            "tasks": self.tasks_book.dump(),
            "outbox": [asdict(mail) for mail in self.outbox],
        }

    @classmethod
    def restore(cls, dump: JsonObject, *, clock: Clock) -> "Mailbox":
        """The mailbox a dump was made of."""
        mailbox = cls(clock=clock, user=Person(**dump["user"]), zone=dump["zone"])
        mailbox._set_up(Ledger.restore(dump["ledger"], clock))
        mailbox.calendar_shelf.load(dump["calendars"])
        mailbox.events_book.load(dump["events"])
        mailbox.contacts_book.load(dump["contacts"])
        mailbox.tasks_book.load(dump["tasks"])
        mailbox.outbox += [
            OutboxMail(mail["kind"], tuple(mail["recipients"]), mail["subject"]) for mail in dump["outbox"]
        ]
        return mailbox
