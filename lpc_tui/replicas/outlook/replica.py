"""Outlook's calendar, contacts and tasks as replicas: what the three have in common.

A replica holds what belongs to one person's place for the length of a run and hands the work on: rounds to `rounds`, batches
to `writing`, and all that one process has of its own to its `Dialect`. Records never leave this package.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from lpc_tui.errors import ProtocolError
from lpc_tui.model.items import Item, Side
from lpc_tui.replicas.base import (
    NOTHING_KNOWN,
    Identity,
    NoticeSink,
    Outcome,
    Page,
    Scope,
    Sending,
    Sighting,
    Write,
)
from lpc_tui.replicas.calling import Caller, Sleep, checked_url
from lpc_tui.replicas.outlook.batch import IN_FLIGHT
from lpc_tui.replicas.outlook.dialect import UNREADABLE, Dialect
from lpc_tui.replicas.outlook.graph import GraphConnection, TokenSource
from lpc_tui.replicas.outlook.places import Place
from lpc_tui.replicas.outlook.rounds import Watermark, read_round
from lpc_tui.replicas.outlook.writing import Writer
from lpc_tui.replicas.wire import JsonObject

__all__ = ["OutlookReplica", "unheard", "utc_now"]

_PERSON_URL: Final = "/me?$select=id"


def utc_now() -> datetime:
    """The computer's clock."""
    return datetime.now(UTC)


def unheard(_notice: object) -> None:
    """Nobody is watching."""


class OutlookReplica(ABC):
    """One place of one mailbox; implements `lpc_tui.replicas.base.Replica` but for `process`."""

    side = Side.OUTLOOK

    def __init__(
        self,
        *,
        graph_url: str,
        token: TokenSource,
        wanted: str,
        identity: Identity | None = None,
        clock: Callable[[], datetime] = utc_now,
        notices: NoticeSink = unheard,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`wanted` is the place's name or id, empty for the default one. `identity` is what `identify` said in an earlier
        run with the same settings; with it no request is needed to learn it again.

        Raises:
            SettingsError: tokens may not be sent to `graph_url`.
        """
        root = checked_url(graph_url, "outlook.graph_url")
        self._wanted = wanted
        self._identity = identity
        self._place: Place | None = None
        self._caller = Caller(
            urlsplit(root).hostname or root,
            notices=notices,
            workers=IN_FLIGHT,
            clock=clock,
            sleep=sleep,
        )
        self._graph = GraphConnection(root, token, self._caller)

    @property
    @abstractmethod
    def _place_url(self) -> str:
        """Where the service begins to tell which places there are; empty if it need not be asked."""

    @abstractmethod
    async def _find_place(self, shown: JsonObject | None = None) -> Place:
        """The place that the settings mean; `shown` is what `_place_url` shows, if that is known already.

        Raises:
            SettingsError: there is no such place, or there are several.
        """

    @abstractmethod
    def _dialect(self, place: Place, *, include_private: bool) -> Dialect:
        """How this process is spoken; without `include_private` private items have lost their text."""

    @property
    def requests(self) -> int:
        return self._caller.requests

    async def identify(self) -> Identity:
        if self._identity is None:
            person, place = await self._introduced()
            self._identity = Identity(account=str(person["id"]), place=place.id, name=place.name)
        return self._identity

    async def _introduced(self) -> tuple[JsonObject, Place]:
        """The person and the place, asked for in one request."""
        if self._place is not None or not self._place_url:
            return await self._graph.get(_PERSON_URL), await self._found_place()
        answers = await self._graph.look_up([_PERSON_URL, self._place_url])
        for answer in answers:
            if not answer.is_ok:
                raise self._graph.error_of(answer)
        person, shown = (answer.body for answer in answers)
        self._place = await self._find_place(shown)
        return person, self._place

    async def read(self, scope: Scope, watermark: str | None) -> AsyncGenerator[Page, None]:
        since = Watermark.parsed(watermark)
        place = self._known_place(since) or await self._found_place()
        if since is not None and (since.scope, since.place) != (scope.signature, place.id):
            since = None
        dialect = self._dialect(place, include_private=scope.include_private)
        async for page in read_round(dialect, self._caller, scope, since):
            yield page

    async def catch_up(self, scope: Scope, watermark: str) -> AsyncGenerator[Page, None]:
        """As the protocol says: the round of the delta in which our own writes come back, a page for each 1,000."""
        async for page in self.read(scope, watermark):
            yield page

    async def look(
        self, ids: Sequence[str], scope: Scope, known: Mapping[str, Item] = NOTHING_KNOWN
    ) -> Mapping[str, Sighting]:
        """As the protocol says: one GET an id, in batches."""
        if not ids:
            return {}
        dialect = self._dialect(await self._found_place(), include_private=scope.include_private)
        try:
            return await dialect.look(ids, known)
        except UNREADABLE as error:
            raise self._unreadable(dialect) from error

    async def find(
        self, writes: Sequence[Write], since: datetime, scope: Scope, known: Collection[str] = ()
    ) -> Mapping[str, Item]:
        """As the protocol says: by their marks alone, so `since` and `known` do not matter here.

        Raises what a lookup failed with: a create that could not be looked for is not one that did not happen.
        """
        if not writes:
            return {}
        dialect = self._dialect(await self._found_place(), include_private=scope.include_private)
        answers = await dialect.find_marked([write.mark for write in writes])
        found = {}
        for write, answer in zip(writes, answers, strict=True):
            if not answer.is_ok:
                raise self._graph.error_of(answer)
            try:
                records = answer.body["value"]
                if records:
                    found[write.key] = dialect.item(records[0])
            except UNREADABLE as error:
                raise self._unreadable(dialect) from error
        return found

    async def write(
        self, writes: Sequence[Write], scope: Scope, sending: Sending
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        if not writes:
            return
        dialect = self._dialect(await self._found_place(), include_private=True)
        writer = Writer(dialect, self._caller, include_private=scope.include_private)
        async for outcomes in writer.write(writes, sending):
            yield outcomes

    async def close(self) -> None:
        await self._graph.close()

    def _unreadable(self, dialect: Dialect) -> ProtocolError:
        return ProtocolError(f"{self._caller.host} shows {dialect.plural} in a form that cannot be read.")

    def _known_place(self, since: Watermark | None) -> Place | None:
        """The place as an earlier run knew it: then a quiet run needs one request."""
        known = self._identity
        if self._place is None and known is not None and since is not None and since.place == known.place:
            self._place = Place(known.place, known.name, since.can_edit, is_default=not self._wanted)
        return self._place

    async def _found_place(self) -> Place:
        if self._place is None:
            self._place = await self._find_place()
        return self._place
