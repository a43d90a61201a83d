"""Which items a person may mean by what they type: an id of either side, an address it was copied from, a part of a title.

Titles are searched in what is linked, what has no counterpart, and what is only left in the history. A private item is found
by its id alone, since its text is nowhere (law 6).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from lpc_tui.model.field_map import title_of
from lpc_tui.model.items import Item, Process, Side
from lpc_tui.model.links import Link, Unlinked
from lpc_tui.reports.history import entries_of
from lpc_tui.reports.interface import ItemRef
from lpc_tui.reports.versions import ref_of_link, ref_of_unlinked
from lpc_tui.state.lookups import Lookups
from lpc_tui.state.rows import utf8

__all__ = ["Hidden", "Subject", "by_address", "by_id", "by_title", "ids_in"]

Hidden = Mapping[Process, Collection[tuple[Side, str]]]
"""By process the items that are private, with the box off."""

_SHORT_ID = re.compile(r"[A-Za-z0-9]{15}")
_SHORTEST_ID = 15
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that was found, and where: linked, without a counterpart, or in the history alone."""

    item: ItemRef
    link: Link | None = None
    alone: Unlinked | None = None

    @property
    def ids(self) -> frozenset[tuple[Side, str]]:
        return frozenset((side, item_id) for side in Side if (item_id := self.item.id_on(side)))


def ids_in(asked: str) -> tuple[str, ...]:
    """What may be an id in what was typed: all of it, or a part of the address of a page.

    Salesforce shows ids of 15 characters in places; its API gives 18: the same, and which of them are capitals (SOAP API
    Developer Guide, field types, ID).
    """
    words = [asked]
    if asked.lower().startswith(("http://", "https://")):
        parts = urlsplit(asked)
        words += [unquote(part) for part in parts.path.split("/")]
        words += [value for _, value in parse_qsl(parts.query)]
    words += [f"{word}{_checksum(word)}" for word in words if _SHORT_ID.fullmatch(word)]
    return tuple(dict.fromkeys(word for word in words if word and utf8(word) == word))


def by_id(lookups: Lookups, ids: Collection[str], hidden: Hidden) -> Subject | None:
    """The item that one of these is the id of, on either side; None: it is not known."""
    for process in Process:
        for side in Side:
            for link in lookups.records.links_of(process, side, ids):
                return Subject(ref_of_link(link), link=link)
        for each in lookups.records.unlinked(process):
            if each.item.id in ids:
                return Subject(ref_of_unlinked(process, each), alone=each)
    return _in_history(lookups, ids, hidden)


def by_address(lookups: Lookups, ids: Collection[str]) -> Subject | None:
    """The item whose page in a browser has one of these in its address: Outlook on the web names items by other ids than
    those that last."""
    long_ones = [each for each in ids if len(each) >= _SHORTEST_ID]
    if not long_ones:
        return None

    def is_named(item: Item | None) -> bool:
        return item is not None and any(each in unquote(item.link) for each in long_ones)

    for process in Process:
        for link in lookups.each_link(process):
            if is_named(link.outlook.item) or is_named(link.salesforce.item):
                return Subject(ref_of_link(link), link=link)
        for each in lookups.records.unlinked(process):
            if is_named(each.item):
                return Subject(ref_of_unlinked(process, each), alone=each)
    return None


def by_title(lookups: Lookups, text: str) -> Iterator[Subject]:
    """The items whose title holds the text, in any case: those that still are something, then those of the history alone.

    What is private now is among the former, and is not looked for there either.
    """
    needle = text.casefold()
    current: set[tuple[Process, Side, str]] = set()
    for process in Process:
        for link in lookups.each_link(process):
            item = ref_of_link(link)
            current |= {(process, side, link.side(side).id) for side in Side}
            if not item.is_private and any(needle in title.casefold() for title in _titles(link)):
                yield Subject(item, link=link)
        for each in lookups.records.unlinked(process):
            item = ref_of_unlinked(process, each)
            current.add((process, each.side, each.item.id))
            if not item.is_private and needle in item.title.casefold():
                yield Subject(item, alone=each)
    for trace in lookups.traces():
        keys = {(trace.process, *each) for each in trace.ids}
        if keys & current:
            continue
        current |= keys
        if trace.is_open and needle in trace.title.casefold():
            ids = dict(trace.ids)
            yield Subject(_named(trace.process, trace.title, ids))


def _in_history(lookups: Lookups, ids: Collection[str], hidden: Hidden) -> Subject | None:
    for process in Process:
        asked = [(side, item_id) for side in Side for item_id in ids]
        for operation in lookups.operations_about(process, asked, 1):
            entry = entries_of(lookups, [operation], hidden)[0]
            return Subject(entry.item)
    return None


def _titles(link: Link) -> list[str]:
    """What either side calls it: after a rename on one of them, people may look for both."""
    items = (link.outlook.item, link.salesforce.item)
    return [title_of(link.process, item) for item in items if item is not None]


def _named(process: Process, title: str, ids: Mapping[Side, str]) -> ItemRef:
    return ItemRef(
        process=process,
        title=title,
        outlook_id=ids.get(Side.OUTLOOK),
        salesforce_id=ids.get(Side.SALESFORCE),
    )


def _checksum(short: str) -> str:
    """The last three characters of a Salesforce id: which of each five characters are capitals."""
    groups = (short[start : start + 5] for start in (0, 5, 10))
    return "".join(
        _LETTERS[sum(1 << place for place, character in enumerate(group) if "A" <= character <= "Z")]
        for group in groups
    )
