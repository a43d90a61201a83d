"""Match before create (law 8): items of the two sides that are evidently the same become one link.

Evidently the same is: events with the same subject, start and end. An item without a subject has too little to go by, so
all of its fields must agree. One against many, or many against many, is left for the person; only where every candidate
of both sides says exactly the same does it not matter which belongs to which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from lpc_tui.model.fields import Kind, fields_of
from lpc_tui.model.items import Item, Process, Side
from lpc_tui.model.links import Unlinked

__all__ = ["Matches", "match"]


@dataclass(frozen=True, slots=True)
class Matches:
    """What matching found among items that have no link."""

    pairs: tuple[tuple[Unlinked, Unlinked], ...]
    """(Outlook, Salesforce), evidently the same."""
    several: tuple[Unlinked, ...]
    """Items with several candidates on the other side, or several of them with one: for the person."""
    alone: tuple[Unlinked, ...]
    """Items with no counterpart: to be made on the other side."""


def match(process: Process, unlinked: Iterable[Unlinked]) -> Matches:
    """Sort unlinked items into pairs, several alike, and items alone; private ones must not be among them."""
    groups: dict[Hashable, dict[Side, list[Unlinked]]] = defaultdict(lambda: {side: [] for side in Side})
    for each in unlinked:
        groups[_key(process, each.item)][each.side].append(each)
    pairs: list[tuple[Unlinked, Unlinked]] = []
    several: list[Unlinked] = []
    alone: list[Unlinked] = []
    for group in groups.values():
        outlook, salesforce = group[Side.OUTLOOK], group[Side.SALESFORCE]
        if not outlook or not salesforce:
            alone += outlook or salesforce
        elif len(outlook) == len(salesforce) and _all_alike(process, outlook, salesforce):
            pairs += zip(_in_order(outlook), _in_order(salesforce), strict=True)
        else:
            several += [*outlook, *salesforce]
    return Matches(tuple(pairs), tuple(several), tuple(alone))


def _key(process: Process, item: Item) -> Hashable:
    specs = fields_of(process)
    held = {
        spec.name: spec.held_by(Side.SALESFORCE, item.fields.get(spec.name))
        for spec in specs
        if spec.kind is not Kind.MINUTES  # once a reminder has rung, Salesforce cannot tell it any more
    }
    subject = str(held["subject"]).casefold()
    if subject:
        return (subject, held["when"])
    return tuple(" ".join(str(value).split()) for _, value in sorted(held.items()))


def _all_alike(process: Process, outlook: Sequence[Unlinked], salesforce: Sequence[Unlinked]) -> bool:
    """One against one; or as many as there are, all saying the same."""
    if len(outlook) == 1:
        return True
    return all(
        spec.agree(one.item.fields.get(spec.name), other.item.fields.get(spec.name))
        for one in outlook
        for other in salesforce
        for spec in fields_of(process)
    )


def _in_order(items: Iterable[Unlinked]) -> list[Unlinked]:
    return sorted(items, key=lambda each: each.item.id)
