"""Reading records: all in scope, or what changed since a watermark.

A quiet run costs one request, of several parts: the changed rows, deleted and archived ones among them; the log of
deletions, which also tells whether any were forgotten since; and, soon after a run that wrote much, how many records the
overlap holds, see `catching_up`. Nothing here decides what a deletion is: the ids are hints. Those that the service itself
marked as deleted are kept for whoever looks at the hints next.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from lpc_tui.model.items import Item
from lpc_tui.replicas.base import Gone, Page, Scope
from lpc_tui.replicas.calling import Caller
from lpc_tui.replicas.salesforce.answers import Answer, QueryPage, query_page, query_part, told
from lpc_tui.replicas.salesforce.composite import Part
from lpc_tui.replicas.salesforce.connection import Connection
from lpc_tui.replicas.salesforce.failures import RefusedCall, not_salesforce
from lpc_tui.replicas.salesforce.seen import Seen
from lpc_tui.replicas.salesforce.terms import Terms
from lpc_tui.replicas.salesforce.watermark import DELETIONS_KEPT, SECOND, Watermark
from lpc_tui.replicas.wire import JsonObject

__all__ = ["Deletions", "ForgottenError", "Reading", "gone_of", "scope_item"]

_MINUTE = timedelta(minutes=1)


class ForgottenError(Exception):
    """The changes since a watermark cannot be told any more: everything has to be read. Carries the reason."""


@dataclass(frozen=True, slots=True)
class Deletions:
    """A stretch of the service's log of deletions."""

    ids: frozenset[str]
    earliest: datetime
    """Since when the log is complete."""
    covered: datetime
    """Up to when it is; the next stretch begins here."""


class Reading:
    """Walks the queries of one connection, page by page."""

    def __init__(
        self, connection: Connection, caller: Caller, seen: Seen, clock: Callable[[], datetime]
    ) -> None:
        self._connection = connection
        self._caller = caller
        self._seen = seen
        self._clock = clock
        self.begun: datetime | None = None
        """The service's clock when the last reading of this run began; None before one."""
        self._gone: dict[str, Gone] = {}
        """The records that a reading of this run showed marked as deleted, until somebody looks at them."""

    async def everything(
        self, terms: Terms, scope: Scope, started: datetime, first: QueryPage | None = None
    ) -> AsyncIterator[Page]:
        """All records in scope; `started` is the service's clock before the first page, which may be there already."""
        records = terms.records
        self.begun = started
        watermark = Watermark(started, started, terms.scope, records.user, records.schema, terms.facts)
        if first is None:
            first = await self._connection.query(terms.queries.everything(scope.window, records.selected))
        async for page in self._connection.pages(first):
            shown = await self.shown(page, terms, scope)
            yield shown if page.next_path else replace(shown, watermark=watermark.to_text(), is_full=True)

    async def changes(self, terms: Terms, scope: Scope, mark: Watermark) -> AsyncIterator[Page]:
        """What changed since `mark`.

        Raises:
            ForgottenError: before the first page, if that cannot be told.
        """
        if mark.deleted_since < self._connection.service_now - DELETIONS_KEPT:
            raise ForgottenError("The last sync was more than 15 days ago")
        settled = mark.settled
        start = mark.overlap_start if settled is None else settled.end + SECOND
        first, deletions, counted = await self._asked(start, terms, mark)
        self.begun = first.at
        yield Page(hints=deletions.ids)
        left = 0
        async for page in self._connection.pages(first):
            left += 0 if settled is None else sum(map(settled.was_left_by, page.records))
            yield await self.shown(page, terms, scope)
        if settled is not None and counted + left != settled.records:
            living = 0
            query = terms.queries.changed(settled.start, terms.records.selected, settled.end)
            again = await self._connection.query(query, include_deleted=True)
            async for page in self._connection.pages(again):
                living += sum(not row.get("IsDeleted") for row in page.records)
                yield await self.shown(page, terms, scope)
            settled = replace(settled, records=living + left)
        next_mark = replace(mark, since=first.at, deleted_since=deletions.covered, settled=settled)
        if settled is not None and settled.end < next_mark.overlap_start:
            next_mark = replace(next_mark, settled=None)
        yield Page(watermark=next_mark.to_text())

    async def _asked(
        self, start: datetime, terms: Terms, mark: Watermark
    ) -> tuple[QueryPage, Deletions, int]:
        """At once: what was written since `start`, the log of deletions, and the count of what is settled, if any is."""
        changed = terms.queries.changed(start, terms.records.selected)
        parts = [
            query_part("changed", changed, include_deleted=True),
            self._deletions_part(terms, mark.deleted_since),
        ]
        if mark.settled is not None:
            count = terms.queries.count(mark.settled.start, mark.settled.end)
            parts.append(query_part("count", count))
        try:
            first, log, *counts = map(told, await self._connection.ask_together(parts))
        except RefusedCall as refusal:
            if refusal.code not in _OUTDATED:
                raise
            raise ForgottenError(_OUTDATED[refusal.code]) from refusal
        deletions = self._deletions_of(log)
        if deletions.earliest > mark.since:
            raise ForgottenError(_OUTDATED["INVALID_REPLICATION_DATE"])
        return query_page(first), deletions, sum(query_page(each).total for each in counts)

    def shown_gone(self, ids: Iterable[str]) -> dict[str, Gone]:
        """Which of these a reading of this run showed marked as deleted: the service's own word, to be had once."""
        return {each: self._gone.pop(each) for each in dict.fromkeys(ids) if each in self._gone}

    async def deletions(self, terms: Terms) -> Deletions:
        """All there is of the log of deletions, to now."""
        part = self._deletions_part(terms, self._connection.service_now - DELETIONS_KEPT)
        return self._deletions_of(await self._connection.get(part.resource, part.params))

    def _deletions_part(self, terms: Terms, since: datetime) -> Part:
        """The question for the log from `since` to now.

        The service cuts both ends to the minute and wants one between them, so the start gives way: an id too many is
        harmless, an end in the future is not known to be.
        """
        start, end = (each.replace(second=0, microsecond=0) for each in (since, self._connection.service_now))
        start = min(start, end - _MINUTE)
        days = {"start": start.isoformat(), "end": end.isoformat()}
        return Part("deleted", "GET", f"sobjects/{terms.sobject}/deleted/", days)

    def _deletions_of(self, answer: Answer) -> Deletions:
        try:
            return Deletions(
                frozenset(record["id"] for record in answer.body["deletedRecords"]),
                _instant(answer.body["earliestDateAvailable"]),
                _instant(answer.body["latestDateCovered"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise not_salesforce(urlsplit(self._connection.instance_url).netloc, 200) from error

    async def shown(self, page: QueryPage, terms: Terms, scope: Scope) -> Page:
        """A page of rows as the engine gets it: the living ones as items, the ids of the others as hints."""
        return await self._caller.call(self._shown, page, terms, scope)

    def _shown(self, page: QueryPage, terms: Terms, scope: Scope) -> Page:
        """Runs in a thread."""
        now = self._clock()
        living = [row for row in page.records if not row.get("IsDeleted")]
        gone = {row["Id"]: gone_of(row) for row in page.records if row.get("IsDeleted")}
        self._seen.add(living)
        self._gone.update(gone)
        return Page(
            items=tuple(scope_item(terms.records.item(row, now), scope) for row in living),
            hints=frozenset(gone),
            total=page.total,
        )


def gone_of(row: JsonObject) -> Gone:
    """A deleted record; one that was merged names the record it lives on in (wire notes, section 4)."""
    return Gone(merged_into=row.get("MasterRecordId") or "")


def scope_item(item: Item, scope: Scope) -> Item:
    """The item as it may leave the replica: without its text if it is private and the box is off (law 6)."""
    return item if scope.include_private or not item.is_private else item.redacted()


_OUTDATED = {
    "INVALID_REPLICATION_DATE": "Salesforce's log of deletions does not reach back to the last sync",
    "INVALID_FIELD": "The fields that Salesforce shows have changed",
}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
