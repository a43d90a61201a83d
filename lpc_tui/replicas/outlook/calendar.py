"""The Outlook calendar as a replica: what the engine sees of Microsoft Graph.

It holds what belongs to one person's calendar for the length of a run and hands the work on: rounds to `reading`, batches to
`writing`, single looks here. Records never leave this package.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lpc_tui.errors import ProtocolError
from lpc_tui.model.items import Item, Process, Side
from lpc_tui.replicas.base import (
    Gone,
    Identity,
    NoticeSink,
    Outcome,
    Page,
    Scope,
    Sending,
    Sighting,
    Unknown,
    Write,
)
from lpc_tui.replicas.calling import Caller, Sleep, checked_url
from lpc_tui.replicas.outlook.batch import Answer
from lpc_tui.replicas.outlook.graph import GraphConnection, TokenSource
from lpc_tui.replicas.outlook.places import Place, find_place
from lpc_tui.replicas.outlook.reading import Watermark, read_round
from lpc_tui.replicas.outlook.records import Reader
from lpc_tui.replicas.outlook.times import graph_zone_name
from lpc_tui.replicas.outlook.writing import Writer

__all__ = ["OutlookCalendar"]


class OutlookCalendar:
    """One calendar of one mailbox; implements `lpc_tui.replicas.base.Replica`."""

    side = Side.OUTLOOK
    process = Process.CALENDAR

    def __init__(
        self,
        *,
        graph_url: str,
        token: TokenSource,
        calendar: str,
        zone: ZoneInfo,
        identity: Identity | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        notices: NoticeSink = lambda _notice: None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`calendar` is a name or an id, empty for the default one. `identity` is what `identify` said in an earlier run
        with the same settings; with it no request is needed to learn it again.

        Raises:
            SettingsError: tokens may not be sent to `graph_url`.
        """
        root = checked_url(graph_url, "outlook.graph_url")
        self._zone = zone
        self._calendar = calendar
        self._identity = identity
        self._place: Place | None = None
        self._caller = Caller(urlsplit(root).hostname or root, notices=notices, clock=clock, sleep=sleep)
        self._graph = GraphConnection(root, token, self._caller)

    @property
    def requests(self) -> int:
        return self._caller.requests

    async def identify(self) -> Identity:
        if self._identity is None:
            person = await self._graph.get("/me?$select=id")
            place = await self._found_place()
            self._identity = Identity(account=str(person["id"]), place=place.id, name=place.name)
        return self._identity

    async def read(self, scope: Scope, watermark: str | None) -> AsyncGenerator[Page, None]:
        since = Watermark.parsed(watermark)
        place = self._known_place(since) or await self._found_place()
        if since is not None and (since.scope, since.calendar) != (scope.signature, place.id):
            since = None
        async for page in read_round(
            self._graph, self._caller, place, self._reader(place, scope), scope, since
        ):
            yield page

    async def catch_up(self, scope: Scope, watermark: str) -> AsyncGenerator[Page, None]:
        """As the protocol says: the round of the delta in which our own writes come back, a page for each 1,000."""
        async for page in self.read(scope, watermark):
            yield page

    async def look(self, ids: Sequence[str], scope: Scope) -> Mapping[str, Sighting]:
        """As the protocol says. One GET an id, in batches. Of the default calendar the answer names the calendar the event
        is in now. An event of another calendar is asked for there; one that is not is asked for in the mailbox as a whole,
        where an event that was only moved still answers.
        """
        if not ids:
            return {}
        place = await self._found_place()
        reader = self._reader(place, scope)
        answers = await self._graph.look_up([place.sighting_url(id_) for id_ in ids])
        sightings = {id_: _sighting(answer, place, reader) for id_, answer in zip(ids, answers, strict=True)}
        if not place.is_default:
            absent = [id_ for id_, sighting in sightings.items() if isinstance(sighting, Gone)]
            sightings.update(await self._look_elsewhere(absent, place, reader))
        return sightings

    async def _look_elsewhere(
        self, ids: Sequence[str], place: Place, reader: Reader
    ) -> Mapping[str, Sighting]:
        """What became of events that are not in a calendar other than the default one: moved, gone, or hidden with it."""
        if not ids:
            return {}
        calendar, *answers = await self._graph.look_up(
            [place.url, *(Place(place.id).event_url(id_) for id_ in ids)]
        )
        if not calendar.is_ok:
            return dict.fromkeys(ids, Unknown(f"The calendar itself is not shown: {calendar.words}"))
        return {
            id_: reader.item(answer.body, is_away=True) if answer.is_ok else _sighting(answer, place, reader)
            for id_, answer in zip(ids, answers, strict=True)
        }

    async def find(self, writes: Sequence[Write], since: datetime, scope: Scope) -> Mapping[str, Item]:
        """As the protocol says: by their marks alone, so `since` does not matter here.

        Raises what a lookup failed with: a create that could not be looked for is not one that did not happen.
        """
        if not writes:
            return {}
        place = await self._found_place()
        reader = self._reader(place, scope)
        answers = await self._graph.look_up([place.marked_url(write.mark) for write in writes])
        found = {}
        for write, answer in zip(writes, answers, strict=True):
            if not answer.is_ok:
                raise self._graph.error_of(answer)
            try:
                records = answer.body["value"]
                if records:
                    found[write.key] = reader.item(records[0])
            except (KeyError, TypeError, ValueError) as error:
                raise ProtocolError(
                    f"{self._caller.host} lists events in a form that cannot be read."
                ) from error
        return found

    async def write(
        self, writes: Sequence[Write], scope: Scope, sending: Sending
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        if not writes:
            return
        place = await self._found_place()
        reader = Reader(self._zone, include_private=True, can_edit=place.can_edit)
        zone_name = graph_zone_name(self._zone)
        writer = Writer(self._graph, self._caller, place, reader, zone_name, scope.include_private)
        async for outcomes in writer.write(writes, sending):
            yield outcomes

    async def close(self) -> None:
        await self._graph.close()

    def _reader(self, place: Place, scope: Scope) -> Reader:
        return Reader(self._zone, scope.include_private, place.can_edit)

    def _known_place(self, since: Watermark | None) -> Place | None:
        """The calendar as an earlier run knew it: then a quiet run needs one request."""
        known = self._identity
        if self._place is None and known is not None and since is not None and since.calendar == known.place:
            self._place = Place(known.place, known.name, since.can_edit, is_default=not self._calendar)
        return self._place

    async def _found_place(self) -> Place:
        if self._place is None:
            self._place = await find_place(self._graph, self._calendar)
        return self._place


def _sighting(answer: Answer, place: Place, reader: Reader) -> Sighting:
    """What a look at one event shows; only the service's own word for a missing item is a deletion."""
    if answer.is_ok:
        return reader.item(answer.body, is_away=place.is_left(answer.body))
    if answer.status == 404 and answer.code.casefold() == "erroritemnotfound":
        return Gone()
    return Unknown(answer.words)
