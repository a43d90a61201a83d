"""The dialect of the calendar: calendarView/delta, and events as one calendar has them.

Its quirks: the window is part of the delta's token; occurrences come abbreviated, and a master may be missing; a deleted
occurrence is only an absence; an event of a calendar that somebody shares is in another mailbox.
Facts: https://learn.microsoft.com/graph/api/event-delta
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from lpc_tui.errors import SettingsError
from lpc_tui.model.items import Item, Process
from lpc_tui.replicas.base import Gone, Scope, Sighting, Unknown, Write
from lpc_tui.replicas.outlook.batch import Answer
from lpc_tui.replicas.outlook.dialect import Dialect, Listed, last_words, marked_filter, quoted
from lpc_tui.replicas.outlook.event_records import EventReader, created_record, updated_record
from lpc_tui.replicas.outlook.graph import GraphConnection
from lpc_tui.replicas.outlook.places import Place, chosen
from lpc_tui.replicas.outlook.times import graph_zone_name, utc_text
from lpc_tui.replicas.wire import JsonObject

__all__ = ["EventDialect", "calendars_url", "find_calendar"]

_LONGEST_WINDOW: Final = timedelta(days=1825)


class EventDialect(Dialect):
    """One calendar."""

    process = Process.CALENDAR
    noun = "calendar"
    plural = "events"
    setting = "outlook.calendar"

    def __init__(
        self, graph: GraphConnection, place: Place, zone: ZoneInfo, *, include_private: bool
    ) -> None:
        super().__init__(graph, place)
        self._zone_name = graph_zone_name(zone)
        self._reader = EventReader(zone, include_private, place.can_edit)
        self._masters: dict[str, JsonObject] = {}

    @property
    def _home(self) -> str:
        return "/me/calendar" if self.place.is_default else f"/me/calendars/{quoted(self.place.id)}"

    # Reading

    def delta_url(self, scope: Scope) -> str:
        window = scope.window
        if window is None:
            raise ValueError("A calendar is read within a window.")
        if window.end - window.start > _LONGEST_WINDOW:
            raise SettingsError(
                f"The calendar's days are more than the {_LONGEST_WINDOW.days} that Outlook shows at once.",
                "Lower past_days or future_days of [sync.calendar].",
            )
        home = "/me" if self.place.is_default else self._home
        start, end = utc_text(window.start), utc_text(window.end)
        return f"{home}/calendarView/delta?startDateTime={start}&endDateTime={end}"

    async def listed(self, records: Sequence[JsonObject]) -> Listed:
        """The events of a page, with what abbreviated occurrences leave to their master."""
        present, removed = last_words(records)
        masters = {id_: each for id_, each in present.items() if each.get("type") == "seriesMaster"}
        events = {id_: each for id_, each in present.items() if id_ not in masters}
        self._masters.update(masters)
        await self._fetch_masters(events.values())
        whole = {id_: made for id_, event in events.items() if (made := self._whole(event)) is not None}
        return Listed(
            list(whole.values()),
            hints=frozenset(removed | (events.keys() - whole.keys())),
            # An id that is removed may be a series': then none of its occurrences is listed any more.
            series=frozenset(masters.keys() | removed),
        )

    async def _fetch_masters(self, events: Iterable[JsonObject]) -> None:
        """Those that occurrences need and that did not come."""
        needed = {event["seriesMasterId"] for event in events if _is_abbreviated(event)}
        if missing := sorted(needed - self._masters.keys()):
            answers = await self.graph.look_up([self.url(id_) for id_ in missing])
            self._masters.update(
                {id_: got.body for id_, got in zip(missing, answers, strict=True) if got.is_ok}
            )

    def _whole(self, event: JsonObject) -> JsonObject | None:
        """The event with what it leaves to its master; None where there is no such master."""
        if not _is_abbreviated(event):
            return event
        master = self._masters.get(event["seriesMasterId"])
        return None if master is None else {**master, **event}

    def item(self, record: JsonObject) -> Item:
        return self._reader.item(record, is_away=self._is_left(record))

    def _is_left(self, record: JsonObject) -> bool:
        """Whether an event, as `sighting_url` shows it, is in another calendar by now."""
        home = (record.get("calendar") or {}).get("id")
        return self.place.is_default and home not in (None, self.place.id)

    # Single events

    def url(self, item_id: str) -> str:
        """Where one event is read and written. Events of a calendar that somebody shares are in another mailbox, so they
        are reached through the calendar; one's own are found wherever they are.
        """
        return f"{'/me' if self.place.is_default else self._home}/events/{quoted(item_id)}"

    def sighting_url(self, item_id: str) -> str:
        url = self.url(item_id)
        return f"{url}?$expand=calendar" if self.place.is_default else url

    async def look(self, ids: Sequence[str], known: Mapping[str, Item]) -> Mapping[str, Sighting]:
        """Of the default calendar the answer names the calendar the event is in now. An event of another calendar is asked
        for there; one that is not is asked for in the mailbox as a whole, where an event that was only moved still answers.
        """
        sightings = dict(await super().look(ids, known))
        if not self.place.is_default:
            absent = [id_ for id_, sighting in sightings.items() if isinstance(sighting, Gone)]
            sightings.update(await self._look_elsewhere(absent))
        return sightings

    async def _look_elsewhere(self, ids: Sequence[str]) -> Mapping[str, Sighting]:
        """What became of events that are not in a calendar other than the default one: moved, gone, or hidden with it."""
        if not ids:
            return {}
        calendar, *answers = await self.graph.look_up(
            [self._home, *(f"/me/events/{quoted(id_)}" for id_ in ids)]
        )
        if not calendar.is_ok:
            return dict.fromkeys(ids, Unknown(f"The calendar itself is not shown: {calendar.words}"))
        return {id_: self._elsewhere(answer) for id_, answer in zip(ids, answers, strict=True)}

    def _elsewhere(self, answer: Answer) -> Sighting:
        sighting = self.sighting(answer)
        return replace(sighting, is_away=True) if isinstance(sighting, Item) else sighting

    async def find_marked(self, marks: Sequence[str]) -> list[Answer]:
        return await self.graph.look_up([f"{self.create_url}?{marked_filter(mark)}" for mark in marks])

    # Writing

    @property
    def create_url(self) -> str:
        return f"{self._home}/events"

    def created(self, write: Write) -> JsonObject:
        return created_record(write.fields, write.mark, self._zone_name)

    def updated(self, write: Write, seen: JsonObject | None) -> JsonObject:
        return updated_record(write.fields, self._zone_name)


def calendars_url(wanted: str) -> str:
    """Where the service shows the calendar that is wanted, or the first of all."""
    return "/me/calendars?$top=100" if wanted else "/me/calendar"


async def find_calendar(graph: GraphConnection, wanted: str, shown: JsonObject | None = None) -> Place:
    """The calendar whose id or name is `wanted`; the default one where that is empty. `shown` is what `calendars_url`
    shows, if that is known already.

    Raises:
        SettingsError: there is no such calendar, or there are several.
    """
    shown = shown if shown is not None else await graph.get(calendars_url(wanted))
    if not wanted:
        return _place(shown, is_default=True)
    found = [
        _place(each, is_default=False) async for page in graph.pages_from(shown) for each in page["value"]
    ]
    return chosen(found, wanted, setting=EventDialect.setting, noun=EventDialect.noun)


def _place(shown: JsonObject, *, is_default: bool) -> Place:
    return Place(
        id=shown["id"],
        name=shown.get("name") or "",
        can_edit=shown.get("canEdit") is not False,
        is_default=is_default,
    )


def _is_abbreviated(event: JsonObject) -> bool:
    return "subject" not in event and bool(event.get("seriesMasterId"))
