"""What a reading of one side changes in what we know: pure bookkeeping between the read and the plan.

A reading is never a verdict. Items that came are taken over; items that did not come, or that the service hints at, are
suspects: the engine asks for each by id, and only the answer to that counts (law 4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lpc_tui.model.field_map import time_of
from lpc_tui.model.items import EMPTY, Item, Process, Side, Value
from lpc_tui.model.links import Link, LinkSide, Presence, Unlinked
from lpc_tui.model.rules import Rules
from lpc_tui.model.scope import is_covered

__all__ = ["Knowledge", "Reading", "forget_private", "observe", "relinked", "sighted", "suspects"]


@dataclass(slots=True)
class Reading:
    """All pages of one side's reading, put together."""

    items: dict[str, Item] = field(default_factory=dict)
    hints: set[str] = field(default_factory=set)
    series: set[str] = field(default_factory=set)
    is_full: bool = False
    watermark: str | None = None


class Knowledge:
    """The links and unlinked items of a process that a run works with, by either side's ids."""

    def __init__(self, process: Process, links: Iterable[Link], unlinked: Iterable[Unlinked]) -> None:
        self.process = process
        self.links: dict[str, Link] = {}
        self._by_item: dict[tuple[Side, str], str] = {}
        self.unlinked = {(each.side, each.item.id): each for each in unlinked}
        self._stored = dict(self.unlinked)
        self.touched: set[str] = set()
        """Ids of links that differ from what the store holds."""
        self.ended: set[str] = set()
        """Ids of links that the store is to forget."""
        for link in links:
            self.add(link)

    def add(self, link: Link) -> None:
        """Take a link in as the store has it."""
        self.links[link.id] = link
        for side in Side:
            self._by_item[side, link.side(side).id] = link.id

    def put(self, link: Link) -> None:
        """Take a link in, new or changed."""
        before = self.links.get(link.id)
        if before == link:
            return
        if before is not None:
            self._let_go(before)
        self.add(link)
        self.touched.add(link.id)

    def end(self, link_id: str) -> None:
        """Forget a link."""
        link = self.links.pop(link_id)
        self.touched.discard(link_id)
        self.ended.add(link_id)
        self._let_go(link)

    def _let_go(self, link: Link) -> None:
        """Its items have no link any more, but for those that another one took over before (two that exchange items)."""
        for side in Side:
            key = (side, link.side(side).id)
            if self._by_item.get(key) == link.id:
                del self._by_item[key]

    def unlinked_changes(self) -> tuple[list[Unlinked], list[tuple[Side, str]]]:
        """What to store and what to drop of the items without a link, since they were loaded or last asked for."""
        changed = [each for key, each in self.unlinked.items() if self._stored.get(key) != each]
        dropped = [key for key in self._stored if key not in self.unlinked]
        self._stored = dict(self.unlinked)
        return changed, dropped

    def link_of(self, side: Side, item_id: str) -> Link | None:
        """The link of an item, if it has one."""
        link_id = self._by_item.get((side, item_id))
        return None if link_id is None else self.links[link_id]

    def last_shown(self, side: Side, ids: Iterable[str]) -> dict[str, Item]:
        """The linked ones of these items, by id, as their side last showed them."""
        links = ((item_id, self.link_of(side, item_id)) for item_id in ids)
        shown = ((item_id, link.side(side).item) for item_id, link in links if link is not None)
        return {item_id: item for item_id, item in shown if item is not None}

    def unlinked_occurrences(self, side: Side, series_id: str) -> list[Unlinked]:
        """The occurrences of a series that have no link."""
        return [
            each for (of, _), each in self.unlinked.items() if of is side and each.item.series_id == series_id
        ]


def observe(knowledge: Knowledge, side: Side, reading: Reading, rules: Rules) -> None:
    """Take over the items that came, into their links or among the unlinked."""
    if reading.is_full:
        for key in [key for key in knowledge.unlinked if key[0] is side and key[1] not in reading.items]:
            del knowledge.unlinked[key]
    for item_id in reading.hints - reading.items.keys():
        knowledge.unlinked.pop((side, item_id), None)
    for key, each in list(knowledge.unlinked.items()):
        if key[0] is side and each.item.series_id in reading.series and key[1] not in reading.items:
            del knowledge.unlinked[key]
    for item in reading.items.values():
        link = knowledge.link_of(side, item.id)
        if link is not None:
            knowledge.put(link.with_side(side, link.side(side).seen(item)))
        else:
            _alone(knowledge, side, item, rules)
    _follow_series(knowledge, side, reading)


def _follow_series(knowledge: Knowledge, side: Side, reading: Reading) -> None:
    """Where an event became a series, or a series one event, let the link go on: the series has the event's id, and each
    occurrence one of its own."""
    for series in reading.series:
        link = knowledge.link_of(side, series)
        if link is not None:
            _go_on(knowledge, side, [link], knowledge.unlinked_occurrences(side, series))
    occurrences: dict[str, list[Link]] = defaultdict(list)
    for link in knowledge.links.values():
        item = link.side(side).item
        if item is not None and item.series_id in reading.items:
            occurrences[item.series_id].append(link)
    for series, links in occurrences.items():
        single = knowledge.unlinked.get((side, series))
        _go_on(knowledge, side, links, [] if single is None else [single])


def _go_on(knowledge: Knowledge, side: Side, links: Sequence[Link], successors: Sequence[Unlinked]) -> None:
    """Take one link over to one of the items: to one at the same time, else the earliest to the earliest."""
    time = time_of(knowledge.process)

    def when(item: Item | None) -> Value:
        return item.fields.get(time) if item is not None and time is not None else None

    pairs = [
        (
            when(link.side(side).item) != when(each.item),
            str(when(link.side(side).item)),
            str(when(each.item)),
            n,
            m,
        )
        for n, link in enumerate(links)
        for m, each in enumerate(successors)
        if link.side(side).presence is not Presence.GONE
    ]
    if pairs:
        *_, n, m = min(pairs)
        link, item = links[n], successors[m].item
        del knowledge.unlinked[side, item.id]
        knowledge.put(link.with_side(side, replace(link.side(side), id=item.id).seen(item)))


def _alone(knowledge: Knowledge, side: Side, item: Item, rules: Rules) -> None:
    """An item without a link: kept while it could be made on the other side or matched, forgotten otherwise."""
    key = (side, item.id)
    if item.is_away or not (item.is_private or is_covered(knowledge.process, item.fields, rules.window)):
        knowledge.unlinked.pop(key, None)
        return
    before = knowledge.unlinked.get(key)
    knowledge.unlinked[key] = Unlinked(side, item, None if before is None else before.refusal)


def suspects(knowledge: Knowledge, side: Side, reading: Reading, rules: Rules) -> list[str]:
    """Ids of linked items that a reading makes doubtful, to be asked for one by one.

    After a full reading: every linked item that should have been listed and was not. Otherwise: what the service hinted
    at, and occurrences missing from a series that was listed anew, or that is a single event now. What lies outside the
    window, and what rests because it is away or private itself, is expected nowhere.
    """
    found = []
    for link in knowledge.links.values():
        mine = link.side(side)
        if mine.id in reading.items or mine.presence is Presence.GONE:
            continue
        if mine.id in reading.hints or mine.presence is Presence.MERGED:
            found.append(mine.id)
            continue
        if link.is_asleep and _rests_by_itself(mine):
            continue
        series = mine.item.series_id if mine.item is not None else ""
        is_listed_anew = bool(series) and (series in reading.series or series in reading.items)
        if (reading.is_full or is_listed_anew) and _was_in_window(link, side, rules):
            found.append(mine.id)
    return sorted(found)


def _rests_by_itself(side: LinkSide) -> bool:
    """Whether it is for this very item's sake that its link sleeps, as was seen when it was last shown."""
    item = side.item
    return side.presence is Presence.PRESENT and item is not None and (item.is_away or item.is_private)


def _was_in_window(link: Link, side: Side, rules: Rules) -> bool:
    item = link.side(side).item
    return item is None or item.is_private or is_covered(link.process, item.fields, rules.window)


def sighted(
    knowledge: Knowledge,
    side: Side,
    present: Mapping[str, Item],
    gone: Iterable[str],
    unknown: Iterable[str],
) -> None:
    """Take over what asking by id brought.

    Args:
        knowledge: changed in place.
        side: whose items were asked for.
        present: items that are there, by id.
        gone: ids proven deleted.
        unknown: ids of which the service said neither.
    """
    for item_id, item in present.items():
        if (link := knowledge.link_of(side, item_id)) is not None:
            knowledge.put(link.with_side(side, link.side(side).seen(item)))
    for item_id in gone:
        _mark(knowledge, side, item_id, Presence.GONE)
        knowledge.unlinked.pop((side, item_id), None)
    for item_id in unknown:
        _mark(knowledge, side, item_id, Presence.MISSING)


def relinked(knowledge: Knowledge, side: Side, merged: Mapping[str, Item]) -> None:
    """Take over that records were merged: the link of each goes on with the record it was merged into (law 4).

    Its base stays, so that what the merge changed is an edit like any other. A record that has a link already keeps it,
    unless that link's other item is deleted: then there is one item left on either side, and they belong together.

    Args:
        knowledge: changed in place.
        side: where records were merged.
        merged: the record that lives on, by the id of each that does not.
    """
    for lost_id, master in merged.items():
        link = knowledge.link_of(side, lost_id)
        if link is None:
            knowledge.unlinked.pop((side, lost_id), None)
            continue
        rival = knowledge.link_of(side, master.id)
        if rival is not None and rival.side(side.other).presence is not Presence.GONE:
            _mark(knowledge, side, lost_id, Presence.MERGED)
            continue
        if rival is not None:
            knowledge.end(rival.id)
        knowledge.unlinked.pop((side, master.id), None)
        knowledge.put(link.with_side(side, replace(link.side(side), id=master.id).seen(master)))


def forget_private(knowledge: Knowledge) -> None:
    """With the private box off, keep nothing of what is private but its id: neither text read while the box was on, nor
    the base of an item that turned private (law 6). Should it open again, its link is as a fresh one."""
    for link in list(knowledge.links.values()):
        for side in Side:
            mine = link.side(side)
            if mine.item is not None and mine.item.is_private:
                link = link.with_side(side, replace(mine, item=mine.item.redacted(), base=EMPTY))
        knowledge.put(link)
    for key, each in knowledge.unlinked.items():
        if each.item.is_private:
            knowledge.unlinked[key] = replace(each, item=each.item.redacted())


def _mark(knowledge: Knowledge, side: Side, item_id: str, presence: Presence) -> None:
    link = knowledge.link_of(side, item_id)
    if link is not None:
        knowledge.put(link.with_side(side, replace(link.side(side), presence=presence)))
