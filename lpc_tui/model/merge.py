"""The three-way merge, field by field (law 3).

Each side is compared with its own base, never with the other side: what a service rewrote by itself is no edit. Only then
are the two changes weighed against each other.

    Outlook      Salesforce   outcome
    -----------  -----------  -----------------------------------------------------------
    unchanged    unchanged    nothing, even where the sides differ (each shows its own form)
    edited       unchanged    goes to Salesforce; agreed at once if Salesforce already says so
    unchanged    edited       goes to Outlook; likewise
    edited       edited       agreed if both say the same, else a conflict
    never agreed (fresh)      agreed if both say the same; an empty field takes the other's value; else a conflict
    one way only              as above where it can go; what cannot go anywhere is agreed to differ
    cannot tell  anything     nothing, until the side tells; then, of one way only, what it tells is news

While one field of an item is in conflict and nobody has decided, no edit of the item is taken across.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from lpc_tui.model.fields import FieldSpec
from lpc_tui.model.items import Guard, Item, Side, Value
from lpc_tui.model.links import Link, LinkSide
from lpc_tui.model.plan import FieldConflict

__all__ = ["Merge", "edited_fields", "is_in_doubt", "merge"]


@dataclass(slots=True)
class Merge:
    """What the two sides' changes come to."""

    writes: dict[Side, dict[str, Value]] = field(default_factory=lambda: {side: {} for side in Side})
    """By the side to be written: field to the value it is to hold."""
    agreed: list[str] = field(default_factory=list)
    conflicts: list[FieldConflict] = field(default_factory=list)
    guarded: dict[str, tuple[Side, Guard]] = field(default_factory=dict)
    """Fields not written because the record on that side holds more than the value would leave."""


def edited_fields(specs: Sequence[FieldSpec], side: LinkSide) -> tuple[str, ...]:
    """The fields in which a side's item differs from its base, and those never agreed on."""
    if side.item is None:
        return ()
    fields = side.item.fields
    return tuple(
        spec.name
        for spec in specs
        if spec.name in fields
        and (spec.name not in side.base or spec.changed(side.base[spec.name], fields[spec.name]))
    )


def merge(
    specs: Sequence[FieldSpec],
    link: Link,
    winner: Callable[[str], Side | None],
    *,
    keeps_formatting: bool,
) -> Merge:
    """Merge a link whose two items are both there.

    Args:
        specs: the process's field map.
        link: with an item on each side.
        winner: who wins a conflict of the named field; None leaves it for the person.
        keeps_formatting: a formatted Outlook body is not overwritten by its plain Salesforce copy.
    """
    outlook, salesforce = link.outlook, link.salesforce
    if outlook.item is None or salesforce.item is None:
        raise ValueError(f"link {link.id} has a side without an item")
    result = Merge()
    same = _same_when_joined(specs, link)
    for spec in specs:
        if spec.name not in outlook.item.fields or spec.name not in salesforce.item.fields:
            if _is_news_for_nobody(spec, link):
                result.agreed.append(spec.name)
            continue
        here, there = outlook.item.fields[spec.name], salesforce.item.fields[spec.name]
        sources = _sources(spec, link, here, there)
        if not sources:
            continue
        if spec.name in same or spec.agree(here, there) or _has_nowhere_to_go(spec, link, sources):
            result.agreed.append(spec.name)
            continue
        source = sources[0] if len(sources) == 1 else winner(spec.name)
        if source is None:
            base = outlook.base.get(spec.name)
            result.conflicts.append(FieldConflict(spec.name, here, there, base))
            continue
        if not spec.is_written_on(source.other):
            result.agreed.append(spec.name)
            continue
        _carry(result, spec, link, source, keeps_formatting=keeps_formatting)
    _complete_groups(result, specs, link, keeps_formatting=keeps_formatting)
    if result.conflicts:
        _wait_for_the_person(result, specs, link)
    return result


def _wait_for_the_person(result: Merge, specs: Sequence[FieldSpec], link: Link) -> None:
    """An undecided conflict leaves both items as they are (law 3); an empty field of a fresh link is filled even so (law 8),
    unless it is a part of what is in conflict, or they may not be the same after all: their names differ."""
    disputed = {each.field for each in result.conflicts}
    if any(is_in_doubt(spec, link) for spec in specs if spec.name in disputed):
        for writes in result.writes.values():
            writes.clear()
    torn = {spec.group for spec in specs if spec.group and spec.name in disputed}
    group_of = {spec.name: spec.group for spec in specs}
    for writes in result.writes.values():
        for name in list(writes):
            if not _is_fresh(name, link) or group_of[name] in torn:
                del writes[name]


def is_in_doubt(spec: FieldSpec, link: Link) -> bool:
    """Whether a difference in this field makes it doubtful that the two items of a fresh link are one: in a name, since
    several people may share an address. No policy decides that, only the person."""
    return bool(spec.group) and _is_fresh(spec.name, link)


def _carry(result: Merge, spec: FieldSpec, link: Link, source: Side, *, keeps_formatting: bool) -> None:
    """Take the field across from `source`, unless the other side's record must not be overwritten there."""
    origin, target = link.side(source).item, link.side(source.other).item
    assert origin is not None
    assert target is not None
    value = origin.fields[spec.name]
    guard = _guard(spec, target, source, value, keeps_formatting=keeps_formatting)
    if guard is None:
        result.writes[source.other][spec.name] = spec.held_by(source.other, value)
    else:
        result.guarded[spec.name] = (source.other, guard)


def _is_news_for_nobody(spec: FieldSpec, link: Link) -> bool:
    """Whether a field that travels one way was edited where it ends, while the other side has nothing to tell."""
    return any(
        not spec.is_written_on(side.other) and spec.name in edited_fields((spec,), link.side(side))
        for side in Side
    )


def _has_nowhere_to_go(spec: FieldSpec, link: Link, sources: Sequence[Side]) -> bool:
    """Whether a field that travels one way has nothing to carry: edited where it ends, or different from the start."""
    if all(spec.is_written_on(source.other) for source in sources):
        return False
    return len(sources) == 1 or _is_fresh(spec.name, link)


def _is_fresh(name: str, link: Link) -> bool:
    """Whether the sides never agreed on a field."""
    return name not in link.outlook.base or name not in link.salesforce.base


def _same_when_joined(specs: Sequence[FieldSpec], link: Link) -> frozenset[str]:
    """The fields that both sides divide differently but that say the same as a whole, a name: in a fresh link, and where
    either side was edited."""
    same: set[str] = set()
    for group in dict.fromkeys(spec.group for spec in specs if spec.group):
        members = [spec for spec in specs if spec.group == group and _is_shown_by_both(spec, link)]
        is_fresh = all(spec.name not in link.side(side).base for spec in members for side in Side)
        is_news = is_fresh or all(edited_fields(members, link.side(side)) for side in Side)
        if is_news and _joined(members, link.outlook) == _joined(members, link.salesforce):
            same |= {spec.name for spec in members}
    return frozenset(same)


def _joined(members: Iterable[FieldSpec], side: LinkSide) -> str:
    assert side.item is not None
    words = (spec.compared(side.item.fields[spec.name]) for spec in members)
    return " ".join(str(word) for word in words if word)


def _is_shown_by_both(spec: FieldSpec, link: Link) -> bool:
    return all((item := link.side(side).item) is not None and spec.name in item.fields for side in Side)


def _complete_groups(
    result: Merge, specs: Sequence[FieldSpec], link: Link, *, keeps_formatting: bool
) -> None:
    """Where one field of a group is carried, carry the others that differ too: half a name would be nobody's."""
    torn = {each.field for each in result.conflicts}
    for target in Side:
        written = {spec.group for spec in specs if spec.group and spec.name in result.writes[target]}
        for group in written:
            members = [spec for spec in specs if spec.group == group and _is_shown_by_both(spec, link)]
            names = {spec.name for spec in members}
            if names & (torn | result.guarded.keys() | result.writes[target.other].keys()):
                continue
            is_named = bool(_joined(members, link.side(target.other)))
            for spec in members:
                if spec.name in result.writes[target] or spec.agree(
                    _shown(link, Side.OUTLOOK, spec), _shown(link, Side.SALESFORCE, spec)
                ):
                    continue
                if is_named and target in spec.required and spec.is_empty(_shown(link, target.other, spec)):
                    # Another part of the name goes along and takes its place: a contact always has a last name.
                    result.writes[target][spec.name] = spec.empty
                else:
                    _carry(result, spec, link, target.other, keeps_formatting=keeps_formatting)


def _shown(link: Link, side: Side, spec: FieldSpec) -> Value:
    item = link.side(side).item
    assert item is not None
    return item.fields[spec.name]


def _sources(spec: FieldSpec, link: Link, here: Value, there: Value) -> tuple[Side, ...]:
    """The sides that have something new to say about a field."""
    origin = next((side for side in Side if not spec.is_written_on(side)), None)
    if (
        origin is not None
        and spec.name not in link.side(origin).base
        and spec.name in link.side(origin.other).base
    ):
        target = link.side(origin.other)
        is_edited = spec.name in edited_fields((spec,), target)
        return (Side.OUTLOOK, Side.SALESFORCE) if is_edited else (origin,)
    if _is_fresh(spec.name, link):
        if spec.is_empty(here) and not spec.is_empty(there):
            return (Side.SALESFORCE,)
        if spec.is_empty(there) and not spec.is_empty(here):
            return (Side.OUTLOOK,)
        return (Side.OUTLOOK, Side.SALESFORCE)
    sources: list[Side] = []
    if spec.changed(link.outlook.base[spec.name], here):
        sources.append(Side.OUTLOOK)
    if spec.changed(link.salesforce.base[spec.name], there):
        sources.append(Side.SALESFORCE)
    return tuple(sources)


def _guard(
    spec: FieldSpec, target: Item, source: Side, value: Value, *, keeps_formatting: bool
) -> Guard | None:
    """Why the target's field must not be overwritten with `value`, if so."""
    if not spec.can_clear(source.other) and spec.is_empty(value):
        return Guard.REQUIRED
    guard = target.guards.get(spec.name)
    if guard is Guard.FORMATTED and not keeps_formatting:
        guard = None
    if guard is None and spec.exceeds(source, target.fields.get(spec.name)):
        return Guard.TRUNCATED
    return guard
