"""Reading the sides of a process: pages to a `Reading`, suspects looked at, everything taken over into `Knowledge`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence

from lpc_tui.engine.interface import Cancel
from lpc_tui.engine.known import StoredKnowledge
from lpc_tui.errors import CancelledByUser
from lpc_tui.model.items import Item, Side
from lpc_tui.model.observe import Knowledge, Reading, observe, relinked, sighted, suspects
from lpc_tui.model.plan import Plan
from lpc_tui.model.returning import newcomers, taken_up
from lpc_tui.model.rules import Rules
from lpc_tui.replicas.base import Gone, Page, Replica, Scope, Sighting, Unknown

__all__ = [
    "ask",
    "follow_merges",
    "guarded_item",
    "look_again",
    "look_at",
    "read_pages",
    "stop_if_requested",
    "take_over",
    "unread_sources",
]

_LONGEST_CHAIN = 5
"""How often a record may have been merged into one that was merged itself."""


async def read_pages(
    sources: Mapping[Side, AsyncIterator[Page]],
    scope: Scope,
    on_progress: Callable[[int, int | None], None],
    cancel: Cancel,
) -> Mapping[Side, Reading]:
    """Read the sides at the same time; `on_progress` gets the items read so far and, where known, how many in all.

    Raises:
        CancelledByUser: between two pages, when asked to stop.
        LpcError: whatever a replica raises.
    """
    readings = {side: Reading() for side in sources}
    totals: dict[Side, int | None] = dict.fromkeys(sources)

    async def read(side: Side) -> None:
        reading = readings[side]
        async for page in sources[side]:
            reading.items.update((item.id, guarded_item(item, scope)) for item in page.items)
            reading.hints |= page.hints
            reading.series |= page.series
            reading.is_full = reading.is_full or page.is_full
            reading.watermark = page.watermark or reading.watermark
            totals[side] = page.total if page.total is not None else totals[side]
            known = [total for total in totals.values() if total is not None]
            done = sum(len(each.items) for each in readings.values())
            on_progress(done, max(sum(known), done) if len(known) == len(totals) else None)
            stop_if_requested(cancel)

    async with asyncio.TaskGroup() as group:
        for side in sources:
            group.create_task(read(side))
    return readings


async def look_at(
    knowledge: StoredKnowledge,
    replicas: Mapping[Side, Replica],
    readings: Mapping[Side, Reading],
    scope: Scope,
    rules: Rules,
) -> Mapping[Side, set[str]]:
    """Take the readings over and ask, by id, for every item they made doubtful (law 4).

    Returns:
        The ids of each side that were read or asked for.
    """

    def take() -> tuple[Mapping[Side, Collection[str]], Mapping[Side, Sequence[str]]]:
        new = {side: newcomers(knowledge, side, reading) for side, reading in readings.items()}
        for side, reading in readings.items():
            observe(knowledge, side, reading, rules)
        return new, {side: suspects(knowledge, side, reading, rules) for side, reading in readings.items()}

    new, asked = await asyncio.to_thread(take)  # of ten thousand items it takes longer than a key may wait
    async with asyncio.TaskGroup() as group:
        asking = {
            side: group.create_task(ask(knowledge, replicas[side], ids, scope))
            for side, ids in asked.items()
            if ids
        }
    sightings = {side: task.result() for side, task in asking.items()}
    for side, found in sightings.items():
        take_over(knowledge, side, found, scope)
    # Only now: whether a merged record's link goes over depends on what became of the items on the other side.
    for side, found in sightings.items():
        await follow_merges(knowledge, replicas[side], found, scope)
    for side, ids in new.items():
        taken_up(knowledge, side, ids)
    return {side: reading.items.keys() | asked[side] for side, reading in readings.items()}


async def ask(
    knowledge: Knowledge, replica: Replica, ids: Sequence[str], scope: Scope
) -> Mapping[str, Sighting]:
    """Ask for items by id, telling the replica what the linked ones said when they were last shown."""
    return await replica.look(ids, scope, knowledge.last_shown(replica.side, ids))


async def follow_merges(
    knowledge: StoredKnowledge, replica: Replica, found: Mapping[str, Sighting], scope: Scope
) -> None:
    """Find the records that live on in place of merged ones, and take their links over to them."""
    waiting = {
        item_id: sighting.merged_into
        for item_id, sighting in found.items()
        if isinstance(sighting, Gone) and sighting.merged_into
    }
    for _ in range(_LONGEST_CHAIN):
        if not waiting:
            break
        seen = await replica.look(sorted(set(waiting.values())), scope)
        masters: dict[str, Item] = {}
        further: dict[str, str] = {}
        for lost_id, master_id in waiting.items():
            sighting = seen.get(master_id)
            if isinstance(sighting, Item):
                masters[lost_id] = guarded_item(sighting, scope)
            elif isinstance(sighting, Gone) and sighting.merged_into:
                further[lost_id] = sighting.merged_into
            else:
                simply = (
                    sighting if isinstance(sighting, Gone) else Unknown("Its master record is not shown.")
                )
                take_over(knowledge, replica.side, {lost_id: simply}, scope)
        await knowledge.fetch({replica.side: [master.id for master in masters.values()]})
        relinked(knowledge, replica.side, masters)
        waiting = further


def unread_sources(plan: Plan, seen: Mapping[Side, Collection[str]]) -> Mapping[Side, list[str]]:
    """Items that are about to be carried across though this run has not seen them: what was pending since an earlier one.
    Whatever took one out of scope meanwhile may show in no list (law 5), so they are to be asked for. A full reading tells
    nothing of one that an edit took out of the window.

    Args:
        plan: what is about to happen.
        seen: the ids that this run has read or asked for, of each side.
    """
    found: dict[Side, set[str]] = {side: set() for side in Side}
    for step, operation in plan.writes:
        side = operation.side.other
        item = step.outlook if side is Side.OUTLOOK else step.salesforce
        if item is not None and item.id not in seen[side]:
            found[side].add(item.id)
    return {side: sorted(ids) for side, ids in found.items() if ids}


async def look_again(
    knowledge: StoredKnowledge,
    replicas: Mapping[Side, Replica],
    asked: Mapping[Side, Sequence[str]],
    scope: Scope,
    rules: Rules,
) -> None:
    """Ask for items by id, linked or not, and take over what they are now."""
    for side, ids in asked.items():
        found = await ask(knowledge, replicas[side], ids, scope)
        present = {key: guarded_item(each, scope) for key, each in found.items() if isinstance(each, Item)}
        observe(knowledge, side, Reading(items=present), rules)
        take_over(knowledge, side, found, scope)
        await follow_merges(knowledge, replicas[side], found, scope)
        for item_id in ids:
            if item_id not in present:
                knowledge.unlinked.pop((side, item_id), None)


def take_over(knowledge: Knowledge, side: Side, found: Mapping[str, Sighting], scope: Scope) -> None:
    """What asking by id brought, into what we know."""
    present: dict[str, Item] = {}
    gone: list[str] = []
    unknown: list[str] = []
    for item_id, sighting in found.items():
        if isinstance(sighting, Item):
            present[item_id] = guarded_item(sighting, scope)
        elif isinstance(sighting, Gone):
            if not sighting.merged_into:
                gone.append(item_id)
        else:
            unknown.append(item_id)
    sighted(knowledge, side, present, gone, unknown)


def guarded_item(item: Item, scope: Scope) -> Item:
    """The item, redacted if it is private and the box is off: whatever a replica forgot, nothing private gets past here."""
    return item.redacted() if item.is_private and not scope.include_private else item


def stop_if_requested(cancel: Cancel) -> None:
    """Raises: CancelledByUser: the person asked to stop."""
    if cancel.is_requested:
        raise CancelledByUser("Cancelled; nothing more was sent.", "Run again to go on.")
