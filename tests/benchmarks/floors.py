"""The fewest requests that a job can cost on the wire, and what is asked of this program.

The floor is that of a client without state and without rules: it trusts the first page it is given, never asks who it is,
which fields there are, or what became of what it wrote. Pure arithmetic; `jobs` says which floor a run is measured by.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from lpc_tui.model.items import Process

__all__ = ["Floor", "Goal", "changes", "deletes", "first", "nothing"]

_GRAPH_PAGE: Final = 1000
"""Items in a page of a delta, if the service gives what `odata.maxpagesize` asks for."""

_SALESFORCE_PAGE: Final = 500
"""Records in a page of a query: 2,000 are allowed, and the service sends fewer where long text is selected."""

_BATCH: Final = 20
"""Parts of a Graph `$batch`."""

_COLLECTION: Final = 200
"""Records of a Salesforce collection."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Requests, by service."""

    graph: int
    salesforce: int

    @property
    def total(self) -> int:
        return self.graph + self.salesforce


@dataclass(frozen=True, slots=True)
class Goal:
    """What a run is measured by."""

    floor: Floor
    most: int
    """Requests to both services together; one more misses the goal."""


FIRST: Final = 5
"""What a first sync may cost above the floor, whatever the number of items."""

NOTHING: Final = 3
"""What a run may cost that finds nothing changed."""

CHANGES: Final = 6
"""What a run may cost that finds a handful of changes on each side."""


DELETES: Final = CHANGES + 2
"""The same of deletes: each side has to prove them. A task is asked for in every other list, too: one more."""


def first(outlook: int, salesforce: int) -> Goal:
    """A first sync of so many items that exist on one side only: read where there are any, written on the other side."""
    floor = Floor(
        ceil(outlook / _GRAPH_PAGE) + ceil(salesforce / _BATCH),
        ceil(salesforce / _SALESFORCE_PAGE) + ceil(outlook / _COLLECTION),
    )
    return Goal(floor, floor.total + FIRST)


def nothing() -> Goal:
    """One question to each service."""
    return Goal(Floor(1, 1), NOTHING)


def changes() -> Goal:
    """One question and one write to each service."""
    return Goal(Floor(2, 2), CHANGES)


def deletes(process: Process) -> Goal:
    """One question and one write to each service, and one proof that the items are gone: Salesforce's first answer is one
    already, and a task may have been moved to another list, which takes one more."""
    more = process is Process.TASK
    return Goal(Floor(3 + more, 2), DELETES + more)
