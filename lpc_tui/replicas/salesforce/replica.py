"""What the Salesforce replicas of all processes share: one person's records of one object in one org.

`events`, `contacts` and `tasks` derive from it and add what is their own: what is learned from the org besides the fields,
and their `Terms`. It joins the parts of this package and holds what is learned once: who the person is, and which fields
they may see and write.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lpc_tui.errors import ProtocolError
from lpc_tui.model.items import Item, Process, Side
from lpc_tui.replicas.base import (
    NOTHING_KNOWN,
    Identity,
    Notice,
    NoticeSink,
    Outcome,
    Page,
    Scope,
    Sending,
    Sighting,
    Write,
)
from lpc_tui.replicas.calling import Caller, Sleep
from lpc_tui.replicas.salesforce.allowance import IN_FLIGHT
from lpc_tui.replicas.salesforce.answers import QueryPage, query_page, query_part, told
from lpc_tui.replicas.salesforce.catching_up import CatchingUp
from lpc_tui.replicas.salesforce.collection import Collections
from lpc_tui.replicas.salesforce.composite import Part
from lpc_tui.replicas.salesforce.connection import Connection, TokenProvider
from lpc_tui.replicas.salesforce.failures import RefusedCall
from lpc_tui.replicas.salesforce.looking import Looking
from lpc_tui.replicas.salesforce.queries import Queries
from lpc_tui.replicas.salesforce.reading import ForgottenError, Reading
from lpc_tui.replicas.salesforce.records import Records
from lpc_tui.replicas.salesforce.schema import Schema
from lpc_tui.replicas.salesforce.seen import Seen
from lpc_tui.replicas.salesforce.terms import Terms
from lpc_tui.replicas.salesforce.watermark import Watermark
from lpc_tui.replicas.salesforce.writing import Writing
from lpc_tui.replicas.wire import JsonObject

__all__ = ["SalesforceReplica"]


@dataclass(frozen=True, slots=True)
class _Learned:
    """What came of asking what the org is like, besides knowing it."""

    at: datetime
    """The service's clock when it was asked."""
    first: QueryPage | None = None
    """The first page of the query that was asked beside."""


class SalesforceReplica(ABC):
    """The user's own records, over `simple_salesforce.Salesforce`'s session."""

    side: Final = Side.SALESFORCE
    process: ClassVar[Process]
    _records_type: ClassVar[type[Records]]
    _queries_type: ClassVar[type[Queries]]

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
        external_id_field: str = "",
    ) -> None:
        """`identity` is the remembered one of this very token's user: then nobody is asked for it. `external_id_field` is
        an administrator's field for the marks of creates; where this person may not set it, it is not used.

        Raises:
            SettingsError: `instance_url` is no address that a token may be sent to.
        """
        self._zone = zone
        self._mark_field = external_id_field
        self._clock = clock
        self._notices = notices
        self._identity = identity
        self._learned: tuple[Schema, JsonObject] | None = None
        self._caller = Caller(
            urlsplit(instance_url).netloc or instance_url,
            notices=notices,
            workers=IN_FLIGHT,
            clock=clock,
            sleep=sleep,
        )
        self._connection = Connection(
            instance_url=instance_url, token=token, api_version=api_version, caller=self._caller, clock=clock
        )
        self._seen = Seen(self._records_type.compared())
        self._reading = Reading(self._connection, self._caller, self._seen, clock)
        self._catching_up = CatchingUp(self._connection, self._caller, self._reading, self._seen, sleep)
        self._looking = Looking(self._connection, self._reading, self._seen, clock)

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
        """See `Replica.read`. A full reading costs one request to know the person, one to know the org, and a page for some
        500 records, of which the first comes with what is known of the org; a quiet one costs one, and one more where
        membership decides."""
        mark = await self._understood(watermark, scope)
        if mark is not None:
            try:
                async for page in self._changes(await self._terms(scope), scope, mark):
                    yield page
                return
            except ForgottenError as forgotten:
                self._notices(Notice(f"{forgotten}: reading everything."))
        user = (await self.identify()).account
        learned = await self._describe(self._everything_usual(user, scope))
        terms = await self._terms(scope)
        first = learned.first if terms.records.selected == self._usually_selected else None
        async for page in self._reading.everything(terms, scope, learned.at, first):
            yield page

    async def catch_up(self, scope: Scope, watermark: str) -> AsyncIterator[Page]:
        """See `Replica.catch_up`. A request for each 2,000 records written, and more only if somebody else wrote, too."""
        mark = await self._understood(watermark, scope)
        if mark is not None:
            async for page in self._catching_up.pages(await self._terms(scope), scope, mark):
                yield page

    async def look(
        self, ids: Sequence[str], scope: Scope, known: Mapping[str, Item] = NOTHING_KNOWN
    ) -> Mapping[str, Sighting]:
        """See `Replica.look`. A request for some 380 ids, and one more if any of them is not shown; none for those that the
        reading before showed marked as deleted. Ids stay for ever."""
        gone = self._reading.shown_gone(ids)
        rest = [each for each in ids if each not in gone]
        shown = await self._looking.look(rest, await self._terms(scope), scope) if rest else {}
        return {**shown, **gone}

    async def find(
        self, writes: Sequence[Write], since: datetime, scope: Scope, known: Collection[str] = ()
    ) -> Mapping[str, Item]:
        """See `Replica.find`. Without the administrator's field they are known by the fields that were sent."""
        if not writes:
            return {}
        terms = await self._prepared(await self._terms(scope), writes)
        return await self._looking.find(writes, since, terms, scope, known)

    async def write(
        self, writes: Sequence[Write], scope: Scope, sending: Sending
    ) -> AsyncIterator[Sequence[Outcome]]:
        """See `Replica.write`. Up to 200 records of an action in a request, read back in the same one."""
        terms = await self._prepared(await self._terms(scope), writes)
        writing = Writing(
            self._connection,
            Collections(self._connection, self._caller, terms),
            self._looking,
            self._seen,
            terms,
            scope,
            self._clock,
            self._notices,
            known_since=self._reading.begun,
        )
        async with aclosing(writing.outcomes(writes, sending)) as stream:
            async for outcomes in stream:
                yield outcomes

    async def close(self) -> None:
        """End threads and connections."""
        await self._caller.close()
        self._connection.close()

    # What a process has of its own

    @property
    def _place(self) -> str:
        """What distinguishes the records in scope, besides the days, from those that another setting would bring."""
        return self._mark_field

    _fact_queries: ClassVar[tuple[str, ...]] = ()
    """What a process asks the org besides its fields; each finds few rows."""

    async def _learn(self, described: JsonObject, rows: Sequence[Sequence[JsonObject]]) -> JsonObject:
        """What a process has to know of the org besides its fields, for the watermark to remember.

        Args:
            described: the object, as the org describes it.
            rows: the answers to `_fact_queries`.
        """
        return {}

    def _usual_queries(self, user: str) -> Queries | None:
        """The questions of this process, where nothing has to be learned from the org for them."""
        return None

    @abstractmethod
    def _own(self, user: str, schema: Schema, facts: JsonObject) -> tuple[Records, Queries]:
        """The records and questions of this process.

        Raises:
            KeyError, TypeError, ValueError: `facts` are not what `_learn` brought.
        """

    async def _prepared(self, terms: Terms, writes: Sequence[Write]) -> Terms:
        """The terms with what only these writes need to know."""
        return terms

    async def _changes(self, terms: Terms, scope: Scope, mark: Watermark) -> AsyncIterator[Page]:
        async for page in self._reading.changes(terms, scope, mark):
            if page.watermark and terms.queries.membership is not None:
                yield await self._looking.moved(terms, scope, mark.overlap_start)
            yield page

    def _signature(self, scope: Scope) -> str:
        return "/".join(filter(None, (scope.signature, self._place)))

    async def _understood(self, text: str | None, scope: Scope) -> Watermark | None:
        """The watermark, if it is one of this user's and of this scope; what it remembers need not be asked again."""
        mark = Watermark.from_text(text)
        if mark is None or mark.scope != self._signature(scope):
            return None
        user = (await self.identify()).account
        if mark.user != user:
            return None
        try:
            self._own(user, mark.schema, mark.facts)
        except (KeyError, TypeError, ValueError):
            return None
        self._learned = mark.schema, mark.facts
        return mark

    async def _terms(self, scope: Scope) -> Terms:
        identity = await self.identify()
        if self._learned is None:
            await self._describe()
        assert self._learned is not None
        schema, facts = self._learned
        records, queries = self._own(identity.account, schema, facts)
        return Terms(records, queries, self._signature(scope), facts)

    @property
    def _usually_selected(self) -> tuple[str, ...]:
        marks = (self._mark_field,) if self._mark_field else ()
        return (*self._records_type.usual(), *marks)

    def _everything_usual(self, user: str, scope: Scope) -> str:
        """The query for all records in scope, as it will be if the org shows what orgs usually show; empty where it cannot
        be told before more is known of the org."""
        queries = self._usual_queries(user)
        return "" if queries is None else queries.everything(scope.window, self._usually_selected)

    async def _describe(self, query: str = "") -> _Learned:
        """Learn which fields the person sees, and what else there is; `query`, if given, is asked in the same call."""
        parts = [
            Part("describe", "GET", self._description),
            *(query_part(f"fact{number}", soql) for number, soql in enumerate(self._fact_queries)),
        ]
        if query:
            parts.append(query_part("first", query))
        described, *answers = await self._connection.ask_together(parts)
        first = answers.pop() if query else None
        answer = told(described)
        wanted = self._records_type.wanted(self._mark_field)
        facts = await self._learn(answer.body, [query_page(told(each)).records for each in answers])
        self._learned = Schema.from_describe(answer.body, wanted), facts
        if isinstance(first, RefusedCall) or first is None:
            return _Learned(answer.at)
        return _Learned(answer.at, query_page(told(first)))

    @property
    def _description(self) -> str:
        """Where the org describes the object."""
        return f"sobjects/{self._queries_type.sobject}/describe"
