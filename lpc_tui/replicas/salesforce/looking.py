"""Asking for events by id, and for those that a lost create may have made.

The proof behind every deletion (law 4): the record says so itself, marked IsDeleted in the bin, or the service's log of
deletions names it after the bin was emptied. All else is Unknown.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from lpc_tui.model.items import Item
from lpc_tui.replicas.base import Gone, Scope, Sighting, Unknown, Write
from lpc_tui.replicas.salesforce.connection import Connection
from lpc_tui.replicas.salesforce.queries import by_ids, created_events
from lpc_tui.replicas.salesforce.reading import Reading, scope_item
from lpc_tui.replicas.salesforce.records import EventRecords
from lpc_tui.replicas.salesforce.soql import id_chunks
from lpc_tui.replicas.wire import JsonObject

__all__ = ["SKEW", "Looking"]

SKEW: Final = timedelta(minutes=2)
"""How much further this computer's clock may have been ahead of the service's, when a create is searched by its time."""


class Looking:
    """Single events, as they are now."""

    def __init__(self, connection: Connection, reading: Reading, clock: Callable[[], datetime]) -> None:
        self._connection = connection
        self._reading = reading
        self._clock = clock

    async def look(self, ids: Sequence[str], records: EventRecords, scope: Scope) -> Mapping[str, Sighting]:
        """What is known of each id."""
        seen: dict[str, Sighting] = {}
        now = self._clock()
        for chunk in id_chunks(list(dict.fromkeys(ids))):
            async for row in self._rows(by_ids(chunk, records.selected), include_deleted=True):
                seen[row["Id"]] = (
                    Gone() if row.get("IsDeleted") else scope_item(records.item(row, now), scope)
                )
        unseen = [each for each in dict.fromkeys(ids) if each not in seen]
        if unseen:
            deleted = (await self._reading.deletions()).ids
            for each in unseen:
                seen[each] = Gone() if each in deleted else Unknown("Salesforce does not show it.")
        return seen

    async def find(
        self, writes: Sequence[Write], since: datetime, records: EventRecords, scope: Scope
    ) -> Mapping[str, Item]:
        """The events that these creates made, by all the fields that were sent; each stands for one create at most.

        The newest first: of twins the older ones are those whose answers did arrive.
        """
        now = self._clock()
        since += min(self._connection.clock_offset, timedelta(0)) - SKEW
        query = created_events(since, records.user, records.selected)
        candidates = [records.item(row, now) async for row in self._rows(query, include_deleted=False)]
        found: dict[str, Item] = {}
        for write in writes:
            sent = records.settable(write.fields)
            match = next((item for item in candidates if records.shows(sent, item)), None)
            if match is not None:
                candidates.remove(match)
                found[write.key] = scope_item(match, scope)
        return found

    async def _rows(self, query: str, *, include_deleted: bool) -> AsyncIterator[JsonObject]:
        first = await self._connection.query(query, include_deleted=include_deleted)
        async for page in self._connection.pages(first):
            for row in page.records:
                yield row
