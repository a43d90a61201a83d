"""The Salesforce replica of the calendar: one person's events in one org.

Made by `wiring`, used by the engine through `lpc_tui.replicas.base.Replica`. It joins the parts of this package and holds
what is learned once: who the person is, and which fields they may see and write.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lpc_tui.errors import ProtocolError
from lpc_tui.model.items import Item, Process, Side
from lpc_tui.replicas.base import Identity, Notice, NoticeSink, Outcome, Page, Scope, Sending, Sighting, Write
from lpc_tui.replicas.calling import Caller, Sleep
from lpc_tui.replicas.salesforce.catching_up import CatchingUp
from lpc_tui.replicas.salesforce.collection import Collections
from lpc_tui.replicas.salesforce.connection import Connection, TokenProvider
from lpc_tui.replicas.salesforce.looking import Looking
from lpc_tui.replicas.salesforce.reading import ForgottenError, Reading
from lpc_tui.replicas.salesforce.records import SELECTED, EventRecords
from lpc_tui.replicas.salesforce.schema import Schema
from lpc_tui.replicas.salesforce.seen import Seen
from lpc_tui.replicas.salesforce.watermark import Watermark
from lpc_tui.replicas.salesforce.writing import IN_FLIGHT, Writing

__all__ = ["SalesforceEvents"]

_REQUESTS_AT_ONCE = max(3, IN_FLIGHT)
"""The changed rows, the log of deletions and a count are asked for together; collections may be under way at once."""


class SalesforceEvents:
    """The user's own events, over `simple_salesforce.Salesforce`'s session."""

    side: Final = Side.SALESFORCE
    process: Final = Process.CALENDAR

    def __init__(
        self,
        *,
        instance_url: str,
        token: str | TokenProvider,
        api_version: str,
        zone: ZoneInfo,
        notices: NoticeSink,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        identity: Identity | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`identity` is the remembered one of this very token's user: then nobody is asked for it.

        Raises:
            SettingsError: `instance_url` is no address that a token may be sent to.
        """
        self._zone = zone
        self._clock = clock
        self._notices = notices
        self._identity = identity
        self._schema: Schema | None = None
        self._caller = Caller(
            urlsplit(instance_url).netloc or instance_url,
            notices=notices,
            workers=_REQUESTS_AT_ONCE,
            clock=clock,
            sleep=sleep,
        )
        self._connection = Connection(
            instance_url=instance_url, token=token, api_version=api_version, caller=self._caller, clock=clock
        )
        self._seen = Seen()
        self._reading = Reading(self._connection, self._caller, self._seen, clock)
        self._catching_up = CatchingUp(self._connection, self._caller, self._reading, self._seen, sleep)
        self._looking = Looking(self._connection, self._reading, clock)

    @property
    def requests(self) -> int:
        """How many requests went over the wire so far; a collection counts once."""
        return self._caller.requests

    async def identify(self) -> Identity:
        """The user and org behind the token; asked for once."""
        if self._identity is None:
            body = await self._connection.userinfo()
            try:
                self._identity = Identity(
                    account=body["user_id"],
                    place=body["organization_id"],
                    name=body.get("preferred_username") or body.get("email") or "",
                )
            except KeyError as error:
                raise ProtocolError("Salesforce does not say whose token this is.") from error
        return self._identity

    async def read(self, scope: Scope, watermark: str | None) -> AsyncIterator[Page]:
        """See `Replica.read`. A full reading costs two requests and a page for some 500 events, a quiet one two or three."""
        mark = await self._understood(watermark, scope)
        if mark is not None:
            self._schema = mark.schema
            try:
                async for page in self._reading.changes(await self._records(), scope, mark):
                    yield page
                return
            except ForgottenError as forgotten:
                self._notices(Notice(f"{forgotten}: reading all events."))
        _, started = await asyncio.gather(self.identify(), self._describe())
        async for page in self._reading.everything(await self._records(), scope, started):
            yield page

    async def catch_up(self, scope: Scope, watermark: str) -> AsyncIterator[Page]:
        """See `Replica.catch_up`. A request for each 2,000 events written, and more only if somebody else wrote, too."""
        mark = await self._understood(watermark, scope)
        if mark is not None:
            async for page in self._catching_up.pages(await self._records(), scope, mark):
                yield page

    async def look(self, ids: Sequence[str], scope: Scope) -> Mapping[str, Sighting]:
        """See `Replica.look`. A request for some 380 ids, and one more if any of them is not shown."""
        return await self._looking.look(ids, await self._records(), scope) if ids else {}

    async def find(self, writes: Sequence[Write], since: datetime, scope: Scope) -> Mapping[str, Item]:
        """See `Replica.find`. Events have no place for a mark: they are known by all the fields that were sent."""
        return await self._looking.find(writes, since, await self._records(), scope) if writes else {}

    async def write(
        self, writes: Sequence[Write], scope: Scope, sending: Sending
    ) -> AsyncIterator[Sequence[Outcome]]:
        """See `Replica.write`. Up to 200 records of an action in a request, read back in another."""
        collections = Collections(self._connection, self._caller, "Event")
        records = await self._records()
        writing = Writing(
            self._connection, collections, self._looking, self._seen, records, scope, self._clock
        )
        async with aclosing(writing.outcomes(writes, sending)) as stream:
            async for outcomes in stream:
                yield outcomes

    async def close(self) -> None:
        """End threads and connections."""
        self._caller.close()
        self._connection.close()

    async def _understood(self, text: str | None, scope: Scope) -> Watermark | None:
        """The watermark, if it is one of this user's and of this scope."""
        mark = Watermark.from_text(text)
        if mark is None or mark.scope != scope.signature:
            return None
        return mark if mark.user == (await self.identify()).account else None

    async def _records(self) -> EventRecords:
        identity = await self.identify()
        if self._schema is None:
            await self._describe()
        assert self._schema is not None
        return EventRecords(identity.account, self._schema, self._zone, self._connection.instance_url)

    async def _describe(self) -> datetime:
        """Learn which fields the person sees; the service's clock when it said so."""
        answer = await self._connection.get("sobjects/Event/describe")
        self._schema = Schema.from_describe(answer.body, SELECTED)
        return answer.at
