"""The replica protocol: one side's store of a process, as the engine sees it.

Terms: an *item* is canonical (`lpc_tui.model.items`); a *record* is the service's native form and never leaves its
replica. A *watermark* is how far a side has been read; opaque to everybody else. A *mark* is put into what we create, so
that it is found again after a crash.

Contract of every replica:
- Calls are async and never block the loop; the blocking library runs in threads of the replica's own.
- `read` and `look` only read. `write` sends exactly the writes it is given, at most once each, and never raises for one
  bad item: each write has its own outcome.
- Errors that end the run: `SignInError`, and `ServiceError` with the kinds it has; `SettingsError` of a place not found.
- An item that is private while `Scope.include_private` is off is redacted before it is returned (law 6).
- Absence means nothing: only `Gone` from `look` is a deletion (law 4).
"""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Protocol, TypeAlias

from lpc_tui.model.items import EMPTY, Fields, Item, Process, Side
from lpc_tui.model.rules import Action, Window

__all__ = [
    "NOTHING_KNOWN",
    "Gone",
    "Identity",
    "Notice",
    "Outcome",
    "Page",
    "Replica",
    "Result",
    "Scope",
    "Sighting",
    "Unknown",
    "Write",
]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a read covers; a watermark is good for the very scope it was made with."""

    window: Window | None
    include_private: bool
    day: date | None = None
    """The day it is; without a window it is what makes a full read due once a day, as the window's moving does. Whom a
    record is shared with, or which campaign it is in, changes without a mark on the record."""

    @property
    def signature(self) -> str:
        """Differs whenever a full read is needed: another day or window, another private box."""
        days = (
            f"{self.window.start.isoformat()}/{self.window.end.isoformat()}" if self.window else f"{self.day}"
        )
        return f"{days}/{'private' if self.include_private else 'open'}"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose store this is: links made with one account or folder are worthless with another."""

    account: str
    """The service's id of the person."""
    place: str
    """The id of the calendar, folder, list or org."""
    name: str = ""
    """What to call it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a reading, in the order the service gave it."""

    items: tuple[Item, ...] = ()
    hints: frozenset[str] = frozenset()
    """Ids that may be gone or may have left the scope (`@removed`, the delete log): to be looked at, never believed."""
    series: frozenset[str] = frozenset()
    """Series whose occurrences in the window were listed whole: one not listed any more is to be looked at."""
    total: int | None = None
    """How many items the whole reading will have, where the service tells."""
    watermark: str = ""
    """On the last page only: give it to the next `read`."""
    is_full: bool = False
    """On the last page: whether the reading listed everything in scope, not only what changed."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The service's own word that this very item is deleted."""

    merged_into: str = ""
    """The id of the record that it was merged into, which lives on in its place; empty: it was simply deleted."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The service neither shows the item nor says that it is gone."""

    reason: str = ""


Sighting: TypeAlias = Item | Gone | Unknown

NOTHING_KNOWN: Mapping[str, Item] = MappingProxyType({})
"""For `Replica.look`, of whoever has never seen the items it asks for."""


@dataclass(frozen=True, slots=True)
class Write:
    """One write to one item of this side."""

    key: str
    """The caller's; unique in a call; comes back in the outcome."""
    action: Action
    """CREATE, UPDATE or DELETE."""
    id: str = ""
    """The item's id; empty for a create."""
    version: str = ""
    """UPDATE, DELETE: the state the plan was made from; the write is not sent, or is refused, once it is another."""
    fields: Fields = field(default_factory=lambda: EMPTY)
    """What to write: for a create every field, for an update those that change. Fit for this side already."""
    expected: Fields = field(default_factory=lambda: EMPTY)
    """UPDATE, DELETE: every field as this side last showed it. The record is looked at before or while writing, and
    left alone (CHANGED) if a field differs, where `version` alone does not prove it unchanged."""
    mark: str = ""
    """CREATE: unique to the intent; put into the item where the service has a place for it."""
    sent_at: datetime | None = None
    """CREATE that is looked for: when it was sent, aware UTC."""


class Result(enum.StrEnum):
    """What became of a write."""

    DONE = "done"
    REFUSED = "refused"
    """The service refuses this item: reported in its own words, tried again when something about it changed."""
    CHANGED = "changed"
    """The item is no longer as the plan saw it: nothing was written, the next run decides anew."""
    GONE = "gone"
    """There is no such item any more: nothing was written."""
    UNKNOWN = "unknown"
    """The answer was lost: it may have happened. Recovery looks before anything is sent again."""
    NOT_SENT = "not-sent"
    """Cancelled, throttled or stopped before it was sent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one write."""

    key: str
    result: Result
    item: Item | None = None
    """DONE, of a create or update: the item as read back, whatever the service made of it. CHANGED: as it is now."""
    words: str = ""
    """REFUSED: the service's own words."""
    fields: tuple[str, ...] = ()
    """REFUSED: the service's names of the fields at fault."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person watching should know: a wait that the service asked for, a full read after a dead token."""

    text: str
    wait_s: float = 0.0


Sending: TypeAlias = Callable[[Sequence[Write]], Awaitable[None]]
"""Called right before a request, with the writes that travel in it: the journal's moment. Raising stops the call."""


class Replica(Protocol):
    """One side's store of one process."""

    @property
    def side(self) -> Side: ...

    @property
    def process(self) -> Process: ...

    @property
    def requests(self) -> int:
        """How many requests went over the wire so far; a batch counts once."""

    async def identify(self) -> Identity:
        """Whose store this is. Cheap: cached by the replica where nothing can have changed."""

    def read(self, scope: Scope, watermark: str | None) -> AsyncIterator[Page]:
        """What is in scope (no watermark, or one the service has forgotten: the last page says `is_full`), or what
        changed since the watermark, in pages. An item outside the window may be among them."""

    def catch_up(self, scope: Scope, watermark: str) -> AsyncIterator[Page]:
        """After many writes of ours: read past them now, so that the next `read` need not. Pages as `read` gives them, of
        whatever is not as this replica has shown it, the last one with a new watermark; none at all where it cannot
        be done, and the old watermark stays good."""

    async def look(
        self, ids: Sequence[str], scope: Scope, known: Mapping[str, Item] = NOTHING_KNOWN
    ) -> Mapping[str, Sighting]:
        """The present state of each id, asked for by id: the proof behind every deletion (law 4).

        `known` are items as last shown, by id, as far as the caller has them: where a service gives an item that is moved a
        new id, it is found again by what it said, and shown under the id it is asked for by."""

    async def find(
        self, writes: Sequence[Write], since: datetime, scope: Scope, known: Collection[str] = ()
    ) -> Mapping[str, Item]:
        """Which of these creates happened after all, by key: found by their marks, or by the fields that were sent
        among what was created at or after `since` (aware UTC) and is not `known`, the ids of items that are known for
        something else. One that is not among them did not happen, so a question that got no answer raises."""

    def write(
        self, writes: Sequence[Write], scope: Scope, sending: Sending
    ) -> AsyncIterator[Sequence[Outcome]]:
        """Send the writes in as few requests as the service allows. `sending` is awaited before each request with the
        writes in it; the outcomes of a request are yielded together, as soon as they are known. Stops early, without
        sending more, when the iterator is closed."""

    async def close(self) -> None:
        """End threads and connections."""


NoticeSink: TypeAlias = Callable[[Notice], None]
