"""Asking for records by id, and for those that a lost create may have made.

The proof behind every deletion (law 4): the record says so itself, marked IsDeleted in the bin, or the service's log of
deletions names it after the bin was emptied. All else is Unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from lpc_tui.model.items import Item
from lpc_tui.replicas.base import Gone, Page, Scope, Sighting, Unknown, Write
from lpc_tui.replicas.salesforce.connection import Connection
from lpc_tui.replicas.salesforce.queries import select
from lpc_tui.replicas.salesforce.reading import Reading, gone_of, scope_item
from lpc_tui.replicas.salesforce.recognition import Candidate, recognised
from lpc_tui.replicas.salesforce.records import known_instant
from lpc_tui.replicas.salesforce.seen import Seen
from lpc_tui.replicas.salesforce.soql import id_chunks, quoted_list, text_chunks
from lpc_tui.replicas.salesforce.terms import Terms
from lpc_tui.replicas.wire import JsonObject

__all__ = ["SKEW", "Looking"]

SKEW: Final = timedelta(minutes=2)
"""How much further this computer's clock may have been ahead of the service's, when a create is searched by its time."""


class Looking:
    """Single records, as they are now."""

    def __init__(
        self, connection: Connection, reading: Reading, seen: Seen, clock: Callable[[], datetime]
    ) -> None:
        self._connection = connection
        self._reading = reading
        self._seen = seen
        self._clock = clock

    async def look(
        self, ids: Sequence[str], terms: Terms, scope: Scope, *, is_handed_on: bool = False
    ) -> Mapping[str, Sighting]:
        """What is known of each id. `is_handed_on`: the engine gets to know them as they are now, whatever they are."""
        seen: dict[str, Sighting] = {}
        asked = list(dict.fromkeys(ids))
        for chunk in id_chunks(asked):
            query = terms.queries.by_ids(chunk, terms.records.selected)
            rows = await self._connection.rows(query, include_deleted=True)
            seen.update(await self.seen(rows, terms, scope, is_handed_on=is_handed_on))
        unseen = [each for each in asked if each not in seen]
        if unseen:
            deleted = (await self._reading.deletions(terms)).ids
            for each in unseen:
                seen[each] = Gone() if each in deleted else Unknown("Salesforce does not show it.")
        return seen

    async def moved(self, terms: Terms, scope: Scope, since: datetime) -> Page:
        """The records whose membership began or ended since then, as they are now; their own stamps do not tell."""
        membership = terms.queries.membership
        if membership is None:
            return Page()
        rows = await self._connection.rows(membership.changed(since), include_deleted=True)
        keys = list(dict.fromkeys(row[membership.key] for row in rows))
        if membership.field != "Id":
            found = [
                row["Id"]
                for chunk in id_chunks(keys)
                for row in await self._connection.rows(terms.queries.having(membership.field, chunk, ["Id"]))
            ]
        else:
            found = keys
        seen = await self.look(found, terms, scope, is_handed_on=True) if found else {}
        return Page(items=tuple(each for each in seen.values() if isinstance(each, Item)))

    async def find(
        self,
        writes: Sequence[Write],
        since: datetime,
        terms: Terms,
        scope: Scope,
        known: Collection[str] = (),
    ) -> Mapping[str, Item]:
        """The records that these creates made: those that carry their marks, else by the fields that were sent.

        What carries another mark, or is `known`, is another's.
        """
        found = await self.marked(writes, terms)
        rest = [write for write in writes if write.key not in found]
        if rest:
            found |= await self._unmarked(rest, since, terms, known)
        return {key: scope_item(item, scope) for key, item in found.items()}

    async def marked(self, writes: Sequence[Write], terms: Terms) -> dict[str, Item]:
        """The living records that carry the marks of these creates, by the creates' keys."""
        records = terms.records
        keys = {write.mark: write.key for write in writes if write.mark}
        if not keys or not records.takes_marks:
            return {}
        now = self._clock()
        found: dict[str, Item] = {}
        for chunk in text_chunks(list(keys)):
            query = terms.queries.having(records.mark_field, chunk, records.selected)
            for row in await self._connection.rows(query):
                # The service's comparison of text may ignore case; a mark does not.
                if row[records.mark_field] in keys:
                    found[keys[row[records.mark_field]]] = records.item(row, now)
        return found

    async def _unmarked(
        self, writes: Sequence[Write], since: datetime, terms: Terms, known: Collection[str]
    ) -> dict[str, Item]:
        records = terms.records
        now = self._clock()
        since += min(self._connection.clock_offset, timedelta(0)) - SKEW
        rows = await self._connection.rows(terms.queries.created(since, records.selected))
        candidates = [
            Candidate(
                records.item(row, now),
                known_instant(row["CreatedDate"]),
                known_instant(row["LastModifiedDate"]),
            )
            for row in rows
            if not row.get(records.mark_field) and row["Id"] not in known
        ]
        return recognised(writes, candidates, records, self._connection.clock_offset)

    async def seen(
        self, rows: Sequence[JsonObject], terms: Terms, scope: Scope, *, is_handed_on: bool = True
    ) -> Mapping[str, Sighting]:
        """What these rows, deleted ones among them, say; `is_handed_on` as `look` has it."""
        now = self._clock()
        if is_handed_on:
            self._seen.add(row for row in rows if not row.get("IsDeleted"))
        living = {row["Id"]: terms.records.item(row, now) for row in rows if not row.get("IsDeleted")}
        outside = await self._outside(list(living), terms)
        items = {
            id_: scope_item(replace(item, is_away=item.is_away or id_ in outside), scope)
            for id_, item in living.items()
        }
        return {**{row["Id"]: gone_of(row) for row in rows if row.get("IsDeleted")}, **items}

    async def _outside(self, ids: Sequence[str], terms: Terms) -> frozenset[str]:
        """Which of these are out of scope though they do not tell it themselves: no members, or not any more."""
        membership = terms.queries.membership
        if membership is None or not ids:
            return frozenset()
        query = f"{select(['Id'], terms.sobject)} WHERE Id IN {quoted_list(ids)} AND {membership.members}"
        return frozenset(ids) - {row["Id"] for row in await self._connection.rows(query)}
