"""Reading past a run's own writes, so that the next run counts them instead of reading them again.

Every record written in the overlap before a watermark is read again by the next run, since late commits and edits within
one second hide there. After thousands of writes that is thousands of records. So at the end of such a run the overlap is
settled: once the service's clock is past the second m of the newest write, all that was written in it is listed without the
long text, 2,000 to a page, and compared with what this run was shown. What differs (other people's edits, between our
writes or in the same second) is handed on like any change; the rest is known, and only counted. The next run reads
what was written after m and counts the rest: as long as the count stands, nothing else happened.

What can hide from that until the next full reading, which comes with the next day's window:
- a change of nothing but the long text, within the very second in which the record had been written and seen before;
- a transaction that wrote a record of ours before m and commits only after the listing: same count, old stamp;
- a late commit that adds one, at the very time at which an old record, which we had only changed, leaves the stretch.
None of them is overwritten meanwhile: every write looks at the record first, or is bound to the very stamp that we know and
leaves the long text alone (see `guarding`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from lpc_tui.replicas.base import Page, Scope
from lpc_tui.replicas.calling import Caller, Sleep
from lpc_tui.replicas.salesforce.answers import QueryPage
from lpc_tui.replicas.salesforce.connection import Connection
from lpc_tui.replicas.salesforce.reading import Reading
from lpc_tui.replicas.salesforce.seen import Seen, stamp_of
from lpc_tui.replicas.salesforce.soql import id_chunks
from lpc_tui.replicas.salesforce.terms import Terms
from lpc_tui.replicas.salesforce.watermark import SECOND, Settled, Watermark

__all__ = ["CatchingUp"]

_LONGEST_WAIT: Final = timedelta(seconds=3)
"""For the service's second to pass. Longer means that the clocks cannot be made sense of."""


@dataclass(slots=True)
class _Listing:
    """What was written since `start`, sorted as it comes."""

    seen: Seen
    start: datetime
    end: datetime
    ids: set[str] = field(default_factory=set)
    records: int = 0
    """As `Settled.records`."""
    differing: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)

    def add(self, page: QueryPage) -> None:
        """Runs in a thread."""
        settled = Settled(self.start, self.end, 0)
        for row in page.records:
            self.ids.add(row["Id"])
            if stamp_of(row) > self.end:
                # The next reading shows it, and counts it here if it was made here.
                self.records += settled.was_left_by(row)
            elif row.get("IsDeleted"):
                self.deleted.add(row["Id"])
            else:
                self.records += 1
                if not self.seen.is_as_shown(row):
                    self.differing.append(row["Id"])


class CatchingUp:
    """Settles the overlap before a watermark."""

    def __init__(
        self, connection: Connection, caller: Caller, reading: Reading, seen: Seen, sleep: Sleep
    ) -> None:
        self._connection = connection
        self._caller = caller
        self._reading = reading
        self._seen = seen
        self._sleep = sleep

    async def pages(self, terms: Terms, scope: Scope, mark: Watermark) -> AsyncIterator[Page]:
        """What is not as this run was shown it, and the watermark from which all of it need not be read again.

        Nothing where the overlap cannot be settled now, or has been a few minutes ago: that costs the next run time.
        """
        start = mark.overlap_start
        known = self._seen.since(start)
        if not known or mark.settled is not None:
            return
        end = max(known.values())
        if not await self._has_passed(end):
            return
        query = terms.queries.changed(start, terms.records.brief)
        first = await self._connection.query(query, include_deleted=True)
        if first.at <= end:
            return
        listing = _Listing(self._seen, start, end)
        async for page in self._connection.pages(first):
            await self._caller.call(listing.add, page)
        for chunk in id_chunks(listing.differing):
            query = terms.queries.by_ids(chunk, terms.records.selected)
            shown = await self._connection.query(query, include_deleted=True)
            async for page in self._connection.pages(shown):
                yield await self._reading.shown(page, terms, scope)
        settled = Settled(start, end, listing.records)
        yield Page(
            hints=frozenset(listing.deleted | (known.keys() - listing.ids)),
            watermark=replace(mark, settled=settled).to_text(),
        )

    async def _has_passed(self, second: datetime) -> bool:
        """Wait until the service can stamp nothing with this second any more; False if that would take long."""
        wait = second + SECOND - self._connection.service_now
        if wait > _LONGEST_WAIT:
            return False
        if wait > timedelta(0):
            await self._sleep(wait.total_seconds())
        return True
