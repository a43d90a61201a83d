"""A complete replica in memory: for properties and histories too many for HTTP, and the plainest example of the contract.

It behaves as the services do where that matters to the core: it changes what it is given (`rewrite`), forgets watermarks,
shows what left the window only as a hint, refuses items, loses answers after doing the work, and dies between requests.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lpc_tui.errors import UnreachableError
from lpc_tui.model.items import Fields, Item, Process, Side, Value, frozen
from lpc_tui.model.rules import Action
from lpc_tui.model.scope import is_covered
from lpc_tui.replicas.base import (
    NOTHING_KNOWN,
    Gone,
    Identity,
    Outcome,
    Page,
    Result,
    Scope,
    Sending,
    Sighting,
    Unknown,
    Write,
)

__all__ = ["MemoryReplica", "MemoryService"]


@dataclass(slots=True)
class _Record:
    item: Item
    changed: int
    """The service's own count at the last change."""
    mark: str = ""
    is_deleted: bool = False
    is_purged: bool = False
    """Deleted, and forgotten even by the recycle bin."""


class MemoryService:
    """What survives a run: the records of one side, edited by the person and by replicas alike."""

    def __init__(
        self,
        side: Side,
        clock: Callable[[], datetime],
        rewrite: Callable[[Fields], Fields] = lambda fields: fields,
    ) -> None:
        """Args: rewrite: what the service makes of the fields it is given."""
        self.side = side
        self.clock = clock
        self.rewrite = rewrite
        self.records: dict[str, _Record] = {}
        self.writes: list[Write] = []
        """Every write that was carried out, in order."""
        self.forgotten_before = 0
        """Watermarks below this are dead."""
        self._ids = itertools.count(1)
        self._changes = itertools.count(1)
        self.last_change = 0

    # What the person does

    def add(self, **fields: Value) -> str:
        """Make an item; returns its id."""
        return self.create(frozen(fields))

    def create(self, fields: Fields, mark: str = "") -> str:
        """Make an item, as a replica does; returns its id."""
        item_id = f"{self.side.value[0]}{next(self._ids)}"
        item = Item(item_id, self.rewrite(fields))
        self.records[item_id] = _Record(item, 0, mark)
        self._touch(item_id)
        return item_id

    def edit(self, item_id: str, **fields: Value) -> None:
        """Change fields of an item."""
        record = self.records[item_id]
        merged = self.rewrite(frozen({**record.item.fields, **fields}))
        record.item = replace(
            record.item, fields=merged, is_private=merged.get("sensitivity") in {"private", "confidential"}
        )
        self._touch(item_id)

    def change(self, item_id: str, **attributes: object) -> None:
        """Change what is not a field: `has_guests`, `spreads`, `guards`, `is_away`."""
        record = self.records[item_id]
        record.item = replace(record.item, **attributes)  # type: ignore[arg-type]  # checked by the dataclass
        self._touch(item_id)

    def delete(self, item_id: str) -> None:
        """Delete an item."""
        self.records[item_id].is_deleted = True
        self._touch(item_id)

    def undelete(self, item_id: str) -> None:
        """Take an item out of the bin."""
        self.records[item_id].is_deleted = False
        self._touch(item_id)

    def forget_watermarks(self) -> None:
        """Every watermark given out so far is dead from now on."""
        self.forgotten_before = self.last_change + 1
        self.last_change = next(self._changes)

    @property
    def items(self) -> dict[str, Fields]:
        """The fields of every living item, by id."""
        return {key: record.item.fields for key, record in self.records.items() if not record.is_deleted}

    def _touch(self, item_id: str) -> None:
        record = self.records[item_id]
        self.last_change = record.changed = next(self._changes)
        record.item = replace(
            record.item,
            version=f"v{record.changed}",
            modified=self.clock(),
            is_private=record.item.fields.get("sensitivity") in {"private", "confidential"},
        )


class MemoryReplica:
    """A `Replica` over a `MemoryService`."""

    batch = 20

    def __init__(
        self,
        service: MemoryService,
        process: Process,
        *,
        before_request: Callable[[str], None] = lambda _what: None,
        after_request: Callable[[str], None] = lambda _what: None,
        refuse: Callable[[Write], str | None] = lambda _write: None,
    ) -> None:
        """Args: before_request, after_request: may raise, as a network or a kill would; refuse: the service's words."""
        self.service = service
        self.side = service.side
        self.process = process
        self.requests = 0
        self._before = before_request
        self._after = after_request
        self._refuse = refuse

    async def identify(self) -> Identity:
        return Identity("me", "here", "memory")

    async def read(self, scope: Scope, watermark: str | None) -> AsyncIterator[Page]:
        self._request("read")
        since, signature = _parted(watermark)
        is_full = since is None or signature != scope.signature or since < self.service.forgotten_before
        items: list[Item] = []
        hints: set[str] = set()
        for item_id, record in self.service.records.items():
            is_in = is_covered(self.process, record.item.fields, scope.window)
            if is_full:
                if is_in and not record.is_deleted and not record.item.is_away:
                    items.append(_shown(record.item, scope))
            elif since is not None and record.changed > since:
                if record.is_deleted or not is_in or record.item.is_away:
                    hints.add(item_id)
                else:
                    items.append(_shown(record.item, scope))
        mark = f"{self.service.last_change}|{scope.signature}"
        self._after("read")
        yield Page(tuple(items), frozenset(hints), total=len(items), watermark=mark, is_full=is_full)

    async def catch_up(self, scope: Scope, watermark: str) -> AsyncIterator[Page]:
        async for page in self.read(scope, watermark):
            yield page

    async def look(
        self, ids: Sequence[str], scope: Scope, known: Mapping[str, Item] = NOTHING_KNOWN
    ) -> Mapping[str, Sighting]:
        self._request("look")
        found: dict[str, Sighting] = {}
        for item_id in ids:
            record = self.service.records.get(item_id)
            if record is None or record.is_purged:
                found[item_id] = Unknown("never heard of it")
            else:
                found[item_id] = Gone() if record.is_deleted else _shown(record.item, scope)
        self._after("look")
        return found

    async def find(
        self, writes: Sequence[Write], since: datetime, scope: Scope, known: Collection[str] = ()
    ) -> Mapping[str, Item]:
        self._request("find")
        by_mark = {
            record.mark: record.item for record in self.service.records.values() if not record.is_deleted
        }
        found = {write.key: _shown(by_mark[write.mark], scope) for write in writes if write.mark in by_mark}
        self._after("find")
        return found

    async def write(
        self, writes: Sequence[Write], scope: Scope, sending: Sending
    ) -> AsyncIterator[Sequence[Outcome]]:
        for start in range(0, len(writes), self.batch):
            part = writes[start : start + self.batch]
            await sending(part)
            self._request("write")
            outcomes = [self._one(write, scope) for write in part]
            self._after("write")
            yield outcomes

    def _one(self, write: Write, scope: Scope) -> Outcome:
        words = self._refuse(write)
        if words is not None:
            return Outcome(write.key, Result.REFUSED, words=words)
        service = self.service
        if write.action is Action.CREATE:
            item_id = service.create(write.fields, write.mark)
            service.writes.append(write)
            return Outcome(write.key, Result.DONE, _shown(service.records[item_id].item, scope))
        record = service.records.get(write.id)
        if record is None or record.is_deleted:
            return Outcome(write.key, Result.GONE)
        differs = any(record.item.fields.get(name) != value for name, value in write.expected.items())
        if differs or record.item.is_away:
            return Outcome(write.key, Result.CHANGED, _shown(record.item, scope))
        service.writes.append(write)
        if write.action is Action.DELETE:
            service.delete(write.id)
            return Outcome(write.key, Result.DONE)
        service.edit(write.id, **write.fields)
        return Outcome(write.key, Result.DONE, _shown(record.item, scope))

    async def close(self) -> None:
        """Nothing to close."""

    def _request(self, what: str) -> None:
        self.requests += 1
        self._before(what)


def _shown(item: Item, scope: Scope) -> Item:
    return item.redacted() if item.is_private and not scope.include_private else item


def _parted(watermark: str | None) -> tuple[int | None, str]:
    if watermark is None:
        return None, ""
    count, _, signature = watermark.partition("|")
    return int(count), signature


def lost(_what: str) -> None:
    """An `after_request` that loses the answer.

    Raises:
        UnreachableError: always.
    """
    raise UnreachableError("The connection was dropped.", "Run again.")
