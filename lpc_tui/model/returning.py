"""Items that come back under another id; pure. The engine calls this with what a reading brought.

To Do gives a task a new id whenever it is moved to another list. A linked one that was put away and is put back shows as
a new task, and its link must go on with it (law 5), on its base: then what was edited meanwhile, on either side, is an
edit like any other. It is known by its subject and due date, as two that have no link would be (law 8), and never by a
guess: one new item, one link of which it can be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import replace
from typing import TypeAlias

from lpc_tui.model.field_map import spec_of, time_of
from lpc_tui.model.items import Item, Process, Side
from lpc_tui.model.links import Link, LinkSide, Presence
from lpc_tui.model.observe import Knowledge, Reading

__all__ = ["is_alike", "newcomers", "taken_up"]

_Key: TypeAlias = tuple[Hashable, ...]

_RENEWED = frozenset({(Process.TASK, Side.OUTLOOK)})
"""Where an item may get a new id while it lives."""


def is_alike(process: Process, one: Item, other: Item) -> bool:
    """Whether two items of one side say the same of what an item is recognised by: subject and time."""
    key = _key(process, one)
    return key is not None and key == _key(process, other)


def newcomers(knowledge: Knowledge, side: Side, reading: Reading) -> frozenset[str]:
    """Ids of the items that a reading shows for the first time and that may have had another id before; to be asked before
    the reading is taken over."""
    if (knowledge.process, side) not in _RENEWED:
        return frozenset()
    return frozenset(
        item_id
        for item_id in reading.items
        if knowledge.link_of(side, item_id) is None and (side, item_id) not in knowledge.unlinked
    )


def taken_up(knowledge: Knowledge, side: Side, ids: Collection[str]) -> None:
    """Let the links of items that were put away, or are gone, go on with those that came in their place.

    Args:
        knowledge: changed in place.
        side: where the items came.
        ids: of `newcomers`; those out of scope stay what they are.
    """
    arrived: dict[_Key, list[Item]] = defaultdict(list)
    for item_id in ids:
        alone = knowledge.unlinked.get((side, item_id))
        if alone is not None and (key := _key(knowledge.process, alone.item)) is not None:
            arrived[key].append(alone.item)
    if not arrived:
        return
    waiting: dict[_Key | None, list[Link]] = defaultdict(list)
    for link in knowledge.links.values():
        if _is_waiting(link, side):
            waiting[_last_key(link, side)].append(link)
    for key, items in arrived.items():
        links = waiting[key]
        if len(items) == len(links) == 1:
            (item,), (link,) = items, links
            del knowledge.unlinked[side, item.id]
            knowledge.put(link.with_side(side, replace(link.side(side), id=item.id).seen(item)))


def _is_waiting(link: Link, side: Side) -> bool:
    """Whether a link has lost its item on a side in a way that the item may have survived.

    One that is put away may come back to whatever became of the other; one that is gone was deleted as far as anybody
    knows, and only its counterpart, still there, can gain by a successor.
    """
    mine = link.side(side)
    return _is_away(mine) or (mine.presence is Presence.GONE and _is_in_place(link.side(side.other)))


def _is_away(mine: LinkSide) -> bool:
    return mine.presence is Presence.PRESENT and mine.item is not None and mine.item.is_away


def _is_in_place(mine: LinkSide) -> bool:
    return mine.presence is Presence.PRESENT and mine.item is not None and not mine.item.is_away


def _last_key(link: Link, side: Side) -> _Key | None:
    item = link.side(side).item
    return None if item is None else _key(link.process, item)


def _key(process: Process, item: Item) -> _Key | None:
    """What an item is recognised by on its own side; None where it says too little."""
    names = [name for name in ("subject", time_of(process)) if name is not None]
    if not item.fields.get("subject") or any(name not in item.fields for name in names):
        return None
    return tuple(spec_of(process, name).compared(item.fields[name]) for name in names)
