"""Reading events: all in scope, or what changed since a watermark.

A quiet run costs two requests at once: the changed rows, deleted and archived ones among them, and the log of deletions,
which also tells whether any were forgotten since. Nothing here decides what a deletion is: the ids are hints.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from lpc_tui.model.items import Item
from lpc_tui.replicas.base import Page, Scope
from lpc_tui.replicas.calling import Caller
from lpc_tui.replicas.salesforce.connection import Connection, QueryPage
from lpc_tui.replicas.salesforce.failures import RefusedCall, not_salesforce
from lpc_tui.replicas.salesforce.queries import changed_events, events_in
from lpc_tui.replicas.salesforce.records import EventRecords
from lpc_tui.replicas.salesforce.schema import JsonObject
from lpc_tui.replicas.salesforce.watermark import DELETIONS_KEPT, OVERLAP, Watermark

__all__ = ["Deletions", "ForgottenError", "Reading", "scope_item"]

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

    def __init__(self, connection: Connection, caller: Caller, clock: Callable[[], datetime]) -> None:
        self._connection = connection
        self._caller = caller
        self._clock = clock

    async def everything(self, records: EventRecords, scope: Scope, started: datetime) -> AsyncIterator[Page]:
        """All events in scope; `started` is the service's clock before the first page."""
        watermark = Watermark(started, started, scope.signature, records.user, records.schema)
        page = await self._connection.query(events_in(scope.window, records.user, records.selected))
        async for each in self._walk(page, records, scope, frozenset(), watermark, is_full=True):
            yield each

    async def changes(self, records: EventRecords, scope: Scope, mark: Watermark) -> AsyncIterator[Page]:
        """What changed since `mark`.

        Raises:
            ForgottenError: before the first page, if that cannot be told.
        """
        if mark.deleted_since < self._service_now() - DELETIONS_KEPT:
            raise ForgottenError("The last sync was more than 15 days ago")
        query = changed_events(mark.since - OVERLAP, records.user, records.selected)
        try:
            page, deletions = await asyncio.gather(
                self._connection.query(query, include_deleted=True), self.deletions(mark.deleted_since)
            )
        except RefusedCall as refusal:
            if refusal.code not in _OUTDATED:
                raise
            raise ForgottenError(_OUTDATED[refusal.code]) from refusal
        if deletions.earliest > mark.since:
            raise ForgottenError(_OUTDATED["INVALID_REPLICATION_DATE"])
        next_mark = Watermark(page.at, deletions.covered, mark.scope, mark.user, mark.schema)
        async for each in self._walk(page, records, scope, deletions.ids, next_mark, is_full=False):
            yield each

    async def deletions(self, since: datetime | None = None) -> Deletions:
        """The log of deletions from `since`, or all there is of it, to now.

        The service cuts both ends to the minute and wants one between them, so the start gives way: an id too many is
        harmless, an end in the future is not known to be.
        """
        now = self._service_now()
        start, end = (each.replace(second=0, microsecond=0) for each in (since or now - DELETIONS_KEPT, now))
        start = min(start, end - _MINUTE)
        answer = await self._connection.get(
            "sobjects/Event/deleted/", {"start": start.isoformat(), "end": end.isoformat()}
        )
        try:
            return Deletions(
                frozenset(record["id"] for record in answer.body["deletedRecords"]),
                _instant(answer.body["earliestDateAvailable"]),
                _instant(answer.body["latestDateCovered"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise not_salesforce(urlsplit(self._connection.instance_url).netloc, 200) from error

    def _service_now(self) -> datetime:
        """The service's clock, as far as it is known before it has answered."""
        return self._clock() + self._connection.clock_offset

    async def _walk(
        self,
        page: QueryPage,
        records: EventRecords,
        scope: Scope,
        hints: frozenset[str],
        watermark: Watermark,
        *,
        is_full: bool,
    ) -> AsyncIterator[Page]:
        while True:
            items, deleted = await self._caller.call(self._converted, page.records, records, scope)
            is_last = not page.next_path
            yield Page(
                items=items,
                hints=hints | deleted,
                total=page.total,
                watermark=watermark.to_text() if is_last else "",
                is_full=is_last and is_full,
            )
            if is_last:
                return
            hints = frozenset()
            page = await self._connection.query_more(page.next_path)

    def _converted(
        self, rows: Sequence[JsonObject], records: EventRecords, scope: Scope
    ) -> tuple[tuple[Item, ...], frozenset[str]]:
        """The living rows as items and the ids of the deleted ones; runs in a thread."""
        now = self._clock()
        items = tuple(scope_item(records.item(row, now), scope) for row in rows if not row.get("IsDeleted"))
        return items, frozenset(row["Id"] for row in rows if row.get("IsDeleted"))


def scope_item(item: Item, scope: Scope) -> Item:
    """The item as it may leave the replica: without its text if it is private and the box is off (law 6)."""
    return item if scope.include_private or not item.is_private else item.redacted()


_OUTDATED = {
    "INVALID_REPLICATION_DATE": "Salesforce's log of deletions does not reach back to the last sync",
    "INVALID_FIELD": "The fields that Salesforce shows have changed",
}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
