"""Open queries: what is left of a walk over pages, behind the locators that `nextRecordsUrl` carries.

Kept by the org for two days.

A cursor holds ids, not values: later pages show the records as they are then, as the real service's walk is
no snapshot either.
"""

import random
import string
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.instants import from_wire, wire_second

LIFE = timedelta(days=2)
_PREFIX = "0r8"


@dataclass(frozen=True, slots=True)
class Cursor:
    """One query under way."""

    locator: str
    soql: str
    version: float
    page_size: int
    ids: list[str]
    expires: str
    include_deleted: bool


class Cursors:
    """The org's open queries."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(f"cursors/{seed}")
        self._open: dict[str, Cursor] = {}

    def open(
        self, soql: str, version: float, page_size: int, ids: list[str], include_deleted: bool, now: datetime
    ) -> Cursor:
        """Keep a query's ids for its later pages; forget the queries that have expired."""
        self._open = {key: cursor for key, cursor in self._open.items() if from_wire(cursor.expires) > now}
        locator = _PREFIX + "".join(self._rng.choices(string.ascii_letters + string.digits, k=15))
        cursor = Cursor(locator, soql, version, page_size, ids, wire_second(now + LIFE), include_deleted)
        self._open[locator] = cursor
        return cursor

    def get(self, locator: str, now: datetime) -> Cursor:
        """The cursor behind a locator. Raises INVALID_QUERY_LOCATOR if it is unknown or two days old."""
        cursor = self._open.get(locator)
        if cursor is None or from_wire(cursor.expires) <= now:
            raise invalid_locator()
        return cursor

    def dump(self) -> list[JsonObject]:
        """The open queries as JSON."""
        return [asdict(cursor) for cursor in self._open.values()]

    def restore(self, dump: list[JsonObject]) -> None:
        """Take over the open queries of a dump."""
        self._open = {item["locator"]: Cursor(**item) for item in dump}


def invalid_locator() -> SalesforceError:
    """The page asked for belongs to no open query."""
    return SalesforceError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
