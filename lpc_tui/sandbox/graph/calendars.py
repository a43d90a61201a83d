"""The calendars of the mailbox: the default one, others, and read-only ones."""

from dataclasses import asdict, dataclass

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.errors import access_denied, item_not_found
from lpc_tui.sandbox.graph.event_schema import EMAIL_ADDRESS
from lpc_tui.sandbox.graph.ids import Kind
from lpc_tui.sandbox.graph.ledger import Ledger
from lpc_tui.sandbox.graph.person import Person
from lpc_tui.sandbox.graph.schema import Flag, ListOf, Record, Text


@dataclass(frozen=True, slots=True)
class StoredCalendar:
    """One calendar; its id is constant."""

    serial: int
    name: str
    is_default: bool
    can_edit: bool
    owner: Person | None = None
    """Who shares it with the mailbox's person; None: it is their own."""

    @property
    def folder(self) -> str:
        """The name of its change log."""
        return f"calendar:{self.serial}"


class CalendarShelf:
    """All calendars; the first is the default one."""

    def __init__(self, ledger: Ledger, owner: JsonObject) -> None:
        self._ledger = ledger
        self._owner = owner
        self._calendars: dict[int, StoredCalendar] = {}

    def add(self, name: str, *, can_edit: bool = True, owner: Person | None = None) -> StoredCalendar:
        """A new calendar, shared by `owner` if that is somebody else.

        Read-only ones are filled by the mailbox's own methods, never over HTTP.
        """
        calendar = StoredCalendar(self._ledger.next_serial(), name, not self._calendars, can_edit, owner)
        self._calendars[calendar.serial] = calendar
        return calendar

    def all(self) -> list[StoredCalendar]:
        """Every calendar, the default one first."""
        return list(self._calendars.values())

    def find(self, calendar_id: str | None) -> StoredCalendar:
        """The calendar of an id, the default one for None; raises 400 or 404."""
        if calendar_id is None:
            return next(iter(self._calendars.values()))
        return self.by_serial(self._ledger.ids.read(calendar_id, Kind.CALENDAR).serial)

    def by_serial(self, serial: int) -> StoredCalendar:
        """The calendar of that number; raises 404."""
        if serial not in self._calendars:
            raise item_not_found()
        return self._calendars[serial]

    def writable(self, calendar: StoredCalendar) -> StoredCalendar:
        """The same calendar; raises 403 where it is read-only."""
        if not calendar.can_edit:
            raise access_denied()
        return calendar

    def show(self, calendar: StoredCalendar) -> JsonObject:
        """The calendar as Graph JSON."""
        return {
            "id": self._ledger.ids.regular(Kind.CALENDAR, calendar.serial),
            "name": calendar.name,
            "color": "auto",
            "hexColor": "",
            "changeKey": self._ledger.change_key(calendar.serial),
            "isDefaultCalendar": calendar.is_default,
            "canShare": calendar.can_edit and calendar.owner is None,
            "canViewPrivateItems": calendar.owner is None,
            "canEdit": calendar.can_edit,
            "allowedOnlineMeetingProviders": ["teamsForBusiness"],
            "defaultOnlineMeetingProvider": "teamsForBusiness",
            "isTallyingResponses": calendar.is_default,
            "isRemovable": not calendar.is_default,
            "owner": self._owner if calendar.owner is None else asdict(calendar.owner),
        }

    def dump(self) -> list[JsonObject]:
        """The calendars as JSON."""
        return [asdict(calendar) for calendar in self._calendars.values()]

    def load(self, dump: list[JsonObject]) -> None:
        """Take over a dump in place of what is there."""
        self._calendars = {entry["serial"]: _restored(entry) for entry in dump}


def _restored(entry: JsonObject) -> StoredCalendar:
    owner = entry.get("owner")
    return StoredCalendar(**{**entry, "owner": None if owner is None else Person(**owner)})


CALENDAR = Record(
    "calendar",
    {"name": Text(), "color": Text(), "hexColor": Text(), "isDefaultCalendar": Flag()},
    read_only={
        "id": Text(),
        "changeKey": Text(),
        "canShare": Flag(),
        "canViewPrivateItems": Flag(),
        "canEdit": Flag(),
        "allowedOnlineMeetingProviders": ListOf(Text()),
        "defaultOnlineMeetingProvider": Text(),
        "isTallyingResponses": Flag(),
        "isRemovable": Flag(),
        "owner": EMAIL_ADDRESS,
    },
)
"""The type, for queries."""
