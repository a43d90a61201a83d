"""Whether the stamps of records prove that they are as the plan saw them, and the query that asks the service for it.

A stamp proves it where nobody can have written the record within the second of its stamp without our having seen it: it is
older than the overlap of two readings, and this run has read what changed since. Of a long text this is not quite certain
(see `catching_up`), so none is ever changed on the word of a stamp; nor is anything deleted on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from lpc_tui.replicas.base import Write
from lpc_tui.replicas.salesforce.collection import Entry
from lpc_tui.replicas.salesforce.records import is_long, known_instant
from lpc_tui.replicas.salesforce.terms import Terms
from lpc_tui.replicas.salesforce.watermark import OVERLAP

__all__ = ["Guarding"]

_MOST_STAMPS: Final = 50
"""How many different seconds a query may tell apart: it has to stay one that the service answers quickly."""


class Guarding:
    """The guard of one call's updates."""

    def __init__(self, terms: Terms, known_since: datetime | None) -> None:
        """`known_since` is when this run began to read what changed, by the service's clock; None: it has not."""
        self._terms = terms
        self._settled_until = None if known_since is None else known_since - OVERLAP

    def can_ask(self, writes: Sequence[Write]) -> bool:
        """Whether there is a query for the stamps of these records.

        Not where something else than the record says whether it is in scope: that would need a query within the query.
        """
        stamps = {write.version for write in writes}
        is_askable = self._terms.queries.membership is None and "" not in stamps
        return is_askable and 0 < len(stamps) <= _MOST_STAMPS

    def proves(self, writes: Sequence[Write]) -> bool:
        """Whether the stamps of these records are proof enough, without a look at what the records say."""
        if self._settled_until is None or not self.can_ask(writes):
            return False
        latest = max(known_instant(write.version) for write in writes)
        return latest < self._settled_until and not any(
            self._changes_long_text(write) or not write.expected for write in writes
        )

    def query(self, entries: Sequence[Entry]) -> str:
        """It finds each of these records as long as nobody has written it."""
        stamps: dict[datetime, list[str]] = {}
        for entry in entries:
            stamps.setdefault(known_instant(entry.write.version), []).append(entry.write.id)
        return self._terms.queries.unchanged(stamps)

    def _changes_long_text(self, write: Write) -> bool:
        specs = self._terms.records.specs
        return any(is_long(specs[name]) for name in write.fields if name in specs)
