"""Which calendar it is, and the addresses of its events."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from lpc_tui.errors import SettingsError
from lpc_tui.replicas.outlook.graph import GraphConnection
from lpc_tui.replicas.outlook.records import MARK
from lpc_tui.replicas.wire import JsonObject

__all__ = ["Place", "find_place"]


@dataclass(frozen=True, slots=True)
class Place:
    """One calendar. Its id stays the same for ever, also without immutable ids."""

    id: str
    name: str = ""
    can_edit: bool = True
    is_default: bool = True
    """Named by nothing in the settings: the person's own default calendar."""

    @property
    def url(self) -> str:
        """The calendar's own address."""
        return "/me/calendar" if self.is_default else f"/me/calendars/{quote(self.id, safe='')}"

    def event_url(self, event_id: str) -> str:
        """Where one event is read and written. Events of a calendar that somebody shares are in another mailbox, so they
        are reached through the calendar; one's own are found wherever they are.
        """
        home = "/me" if self.is_default else self.url
        return f"{home}/events/{quote(event_id, safe='')}"

    def sighting_url(self, event_id: str) -> str:
        """Where to look whether an event still is in this calendar: see `is_left`."""
        url = self.event_url(event_id)
        return f"{url}?$expand=calendar" if self.is_default else url

    def is_left(self, record: JsonObject) -> bool:
        """Whether an event, as `sighting_url` shows it, is in another calendar by now."""
        home = (record.get("calendar") or {}).get("id")
        return self.is_default and home not in (None, self.id)

    def marked_url(self, mark: str) -> str:
        """Where the event that carries our `mark` is listed."""
        value = mark.replace("'", "''")
        wanted = f"singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq '{value}')"
        return f"{self.url}/events?$filter={quote(wanted, safe='')}"


async def find_place(graph: GraphConnection, wanted: str) -> Place:
    """The calendar whose id or name is `wanted`; the default one where that is empty.

    Raises:
        SettingsError: there is no such calendar, or there are several.
    """
    if not wanted:
        return _place(await graph.get("/me/calendar"), is_default=True)
    found = [shown async for page in graph.pages("/me/calendars?$top=100") for shown in page["value"]]
    alike = (
        [each for each in found if each["id"] == wanted]
        or [each for each in found if each["name"] == wanted]
        or [each for each in found if each["name"].casefold() == wanted.casefold()]
    )
    if len(alike) > 1:
        raise SettingsError(
            f"outlook.calendar: there are {len(alike)} calendars called {wanted!r}.",
            "Write the id of one: " + ", ".join(each["id"] for each in alike) + ".",
        )
    if not alike:
        raise SettingsError(
            f"outlook.calendar: there is no calendar {wanted!r}.",
            "There are: " + ", ".join(each["name"] for each in found) + ".",
        )
    return _place(alike[0], is_default=False)


def _place(shown: JsonObject, *, is_default: bool) -> Place:
    return Place(
        id=shown["id"],
        name=shown.get("name") or "",
        can_edit=shown.get("canEdit") is not False,
        is_default=is_default,
    )
