"""Match before create (law 8): items of the two sides that are evidently the same become one link.

Evidently the same is: events with the same subject, start and end; tasks with the same subject and due date; contacts with
an e-mail address in common, else with the same name and a phone or the company. An item without any of that has too little
to go by, so all of its fields must agree. One against many, or many against many, is left for the person; only where every
candidate of both sides says exactly the same does it not matter which belongs to which. Contacts who share an address are
told apart by their names; who is left on one side only after that has no counterpart. Whoever might be one of those left for
the person is left with them: made on the other side now, it could turn out a double.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from lpc_tui.model.field_map import shared_fields, spec_of, time_of
from lpc_tui.model.fields import Kind
from lpc_tui.model.items import Item, Process, Side, Value
from lpc_tui.model.links import Unlinked

__all__ = ["Matches", "alike", "match"]

_Keys: TypeAlias = Callable[[Process, Item], frozenset[Hashable]]
"""What an item may be recognised by; two with a key in common are candidates for each other."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What matching found among items that have no link."""

    pairs: tuple[tuple[Unlinked, Unlinked], ...]
    """(Outlook, Salesforce), evidently the same."""
    several: tuple[Unlinked, ...]
    """Items with several candidates on the other side, or several of them with one: for the person."""
    alone: tuple[Unlinked, ...]
    """Items with no counterpart: to be made on the other side."""


@dataclass(slots=True)
class _Group:
    """Items that are candidates for each other."""

    outlook: list[Unlinked] = field(default_factory=list)
    salesforce: list[Unlinked] = field(default_factory=list)

    def add(self, each: Unlinked) -> None:
        (self.outlook if each.side is Side.OUTLOOK else self.salesforce).append(each)

    @property
    def all(self) -> list[Unlinked]:
        return [*self.outlook, *self.salesforce]

    def without(self, ids: Container[tuple[Side, str]]) -> tuple[_Group, _Group]:
        """The items that are not among `ids`, and those that are."""
        others, these = _Group(), _Group()
        for each in self.all:
            (these if (each.side, each.item.id) in ids else others).add(each)
        return others, these

    def faces(self, other: _Group) -> bool:
        """Whether an item of one stands on the other side of an item of the other."""
        return bool((self.outlook and other.salesforce) or (self.salesforce and other.outlook))

    def pairs(self, process: Process) -> list[tuple[Unlinked, Unlinked]] | None:
        """The pairs this group comes to; None where that would be a guess."""
        if len(self.outlook) != len(self.salesforce):
            return None
        if len(self.outlook) > 1 and not _all_alike(process, self.outlook, self.salesforce):
            return None
        return list(zip(_in_order(self.outlook), _in_order(self.salesforce), strict=True))


def match(process: Process, unlinked: Iterable[Unlinked]) -> Matches:
    """Sort unlinked items into pairs, several alike, and items alone; private ones must not be among them."""
    pairs: list[tuple[Unlinked, Unlinked]] = []
    several: list[Unlinked] = []
    alone = list(unlinked)
    for keys in _ROUNDS[process]:
        waiting, alone = alone, []
        unclear = {(each.side, each.item.id) for each in several}
        for group in _groups([*waiting, *several], partial(keys, process)):
            group, before = group.without(unclear)
            if before.faces(group):
                several += group.all
            elif not group.outlook or not group.salesforce:
                alone += group.all
            elif (found := group.pairs(process)) is not None:
                pairs += found
            else:
                named, rest = _told_apart_by_name(process, group)
                pairs += named
                if rest.outlook and rest.salesforce:
                    several += rest.all
                else:
                    alone += rest.all
    return Matches(tuple(pairs), tuple(several), tuple(alone))


def alike(process: Process, several: Iterable[Unlinked]) -> tuple[tuple[Unlinked, ...], ...]:
    """Items that were left for the person, in groups that cannot be told apart; private ones must not be among them."""

    def keys(item: Item) -> frozenset[Hashable]:
        return frozenset(
            (number, key) for number, each in enumerate(_ROUNDS[process]) for key in each(process, item)
        )

    return tuple(tuple(group.all) for group in _groups(list(several), keys))


def _groups(items: Sequence[Unlinked], keys: Callable[[Item], frozenset[Hashable]]) -> list[_Group]:
    """Items joined by the keys they share, over as many steps as it takes; one without a key stays by itself."""
    of_item = [sorted(keys(each.item), key=repr) for each in items]
    parent: dict[Hashable, Hashable] = {key: key for mine in of_item for key in mine}

    def root(key: Hashable) -> Hashable:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for first, *others in filter(None, of_item):
        for other in others:
            parent[root(other)] = root(first)
    groups: dict[Hashable, _Group] = defaultdict(_Group)
    for number, (each, mine) in enumerate(zip(items, of_item, strict=True)):
        groups[(True, root(mine[0])) if mine else (False, number)].add(each)
    return list(groups.values())


def _told_apart_by_name(process: Process, group: _Group) -> tuple[list[tuple[Unlinked, Unlinked]], _Group]:
    """Contacts who share an address (a couple, an office) and are one of a name on each side; and the others."""
    if process is not Process.CONTACT:
        return [], group
    pairs: list[tuple[Unlinked, Unlinked]] = []
    rest = _Group()
    named: dict[str, _Group] = defaultdict(_Group)
    for each in group.all:
        named[_name(each.item)].add(each)
    for name, part in named.items():
        if name and len(part.outlook) == len(part.salesforce) == 1:
            pairs.append((part.outlook[0], part.salesforce[0]))
        else:
            for each in part.all:
                rest.add(each)
    return pairs, rest


def _by_subject(process: Process, item: Item) -> frozenset[Hashable]:
    """Subject and time, as Salesforce could hold them."""
    subject = str(_held(process, item, "subject")).casefold()
    time = time_of(process)
    assert time is not None
    return frozenset({(subject, _held(process, item, time))}) if subject else frozenset()


def _by_email(_process: Process, item: Item) -> frozenset[Hashable]:
    """Every address of the contact, in small letters."""
    spec = spec_of(Process.CONTACT, "email")
    addresses = [item.fields.get("email"), *_further_addresses(item)]
    return frozenset(text for each in addresses if (text := spec.compared(each)))


def _further_addresses(item: Item) -> list[str]:
    entries = item.fields.get("email_entries")
    texts = entries if isinstance(entries, tuple) else ()
    found = (json.loads(text).get("address") for text in texts)
    return [address for address in found if isinstance(address, str) and "@" in address]


def _by_name(process: Process, item: Item) -> frozenset[Hashable]:
    """The name with each phone, and with the company."""
    name = _name(item)
    if not name:
        return frozenset()
    beside: list[Hashable] = [
        spec.compared(item.fields.get(spec.name))
        for spec in shared_fields(process)
        if spec.kind is Kind.PHONE
    ]
    company = str(_held(process, item, "company")).casefold()
    return frozenset((name, each) for each in (*beside, company) if each != "")


def _by_everything(process: Process, item: Item) -> frozenset[Hashable]:
    """All that it says, where it says nothing that it could be recognised by."""
    if any(keys(process, item) for keys in _ROUNDS[process][:-1]):
        return frozenset()
    told = [
        f"{spec.name}={' '.join(str(value).split())}"
        for spec in shared_fields(process)
        # Once a reminder has rung, Salesforce cannot tell it any more.
        if spec.name != "reminder" and not spec.is_empty(value := _held(process, item, spec.name))
    ]
    return frozenset({tuple(told)})


_ROUNDS: Mapping[Process, Sequence[_Keys]] = MappingProxyType(
    {
        Process.CALENDAR: (_by_subject, _by_everything),
        Process.CONTACT: (_by_email, _by_name, _by_everything),
        Process.TASK: (_by_subject, _by_everything),
    }
)
"""What items are recognised by, the surest first: those it leaves alone are looked at by the next."""


def _name(item: Item) -> str:
    """First and last name: not every org has a middle one."""
    names = (spec_of(Process.CONTACT, part).normalised(item.fields.get(part)) for part in _NAMES)
    return " ".join(str(name) for name in names if name).casefold()


_NAMES = ("first_name", "last_name")


def _held(process: Process, item: Item, name: str) -> Value:
    return spec_of(process, name).held_by(Side.SALESFORCE, item.fields.get(name))


def _all_alike(process: Process, outlook: Sequence[Unlinked], salesforce: Sequence[Unlinked]) -> bool:
    """Whether all say the same, in every field that they can tell."""
    return all(
        spec.agree(one.item.fields[spec.name], other.item.fields[spec.name])
        for one in outlook
        for other in salesforce
        for spec in shared_fields(process)
        if spec.name in one.item.fields and spec.name in other.item.fields
    )


def _in_order(items: Iterable[Unlinked]) -> list[Unlinked]:
    return sorted(items, key=lambda each: each.item.id)
