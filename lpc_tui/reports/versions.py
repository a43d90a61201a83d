"""Items of the state file as the reports show them: without a word of what is private, on either side (law 6). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from lpc_tui.model.field_map import shared_fields, time_of, title_of
from lpc_tui.model.items import EMPTY, Item, Process, Side, Value
from lpc_tui.model.links import Link, LinkSide, Presence, Unlinked
from lpc_tui.model.merge import edited_fields
from lpc_tui.reports.interface import FieldState, ItemRef, Version

__all__ = ["ref_of_link", "ref_of_unlinked", "states_of", "versions_of_link", "versions_of_unlinked"]


def ref_of_link(link: Link) -> ItemRef:
    """The pair of a link, named after the side that still shows it, Outlook first."""
    sides = (link.outlook, link.salesforce)
    shown = sorted(sides, key=lambda mine: mine.presence is not Presence.PRESENT)
    items = [mine.item for mine in shown if mine.item is not None]
    return _ref(link.process, items, {side: link.side(side).id for side in Side})


def ref_of_unlinked(process: Process, each: Unlinked) -> ItemRef:
    """An item that has no counterpart."""
    return _ref(process, [each.item], {each.side: each.item.id})


def versions_of_link(link: Link) -> tuple[Version, ...]:
    """Both sides of a link, Outlook first. Private on one side is private on both: the other one says the same."""
    is_private = _is_private(mine.item for mine in (link.outlook, link.salesforce))
    return tuple(_version(side, link.side(side), is_private=is_private) for side in Side)


def versions_of_unlinked(each: Unlinked) -> tuple[Version, ...]:
    """The one side of an item that has no counterpart."""
    mine = LinkSide(each.item.id, item=each.item)
    return (_version(each.side, mine, is_private=each.item.is_private),)


def states_of(link: Link) -> Mapping[str, FieldState]:
    """How each field that both sides can tell stands against what they last agreed on; nothing of a private item."""
    items = (link.outlook.item, link.salesforce.item)
    if _is_private(items) or any(item is None for item in items):
        return MappingProxyType({})
    specs = shared_fields(link.process)
    edited = {side: set(edited_fields(specs, link.side(side))) for side in Side}
    states: dict[str, FieldState] = {}
    for spec in specs:
        name = spec.name
        if any(item is not None and name not in item.fields for item in items):
            continue
        changed = [side for side in Side if name in edited[side]]
        if any(name not in link.side(side).base for side in Side):
            states[name] = FieldState.NEVER
        elif len(changed) > 1:
            states[name] = FieldState.BOTH
        else:
            states[name] = FieldState(changed[0].value) if changed else FieldState.AGREED
    return MappingProxyType(states)


def _version(side: Side, mine: LinkSide, *, is_private: bool) -> Version:
    item = mine.item
    shown = None if is_private else item
    return Version(
        side=side,
        id=mine.id,
        presence=mine.presence,
        fields=EMPTY if shown is None else shown.fields,
        base=EMPTY if is_private else mine.base,
        modified=None if item is None else item.modified,
        is_private=is_private,
        is_away=item is not None and item.is_away,
        url="" if shown is None else shown.link,
    )


def _ref(process: Process, items: list[Item], ids: Mapping[Side, str]) -> ItemRef:
    is_private = _is_private(items)
    first = next((item for item in items if item.is_private == is_private), None)
    time = time_of(process)
    when: Value = None
    if first is not None and time is not None and not is_private:
        when = first.fields.get(time)
    return ItemRef(
        process=process,
        title=title_of(process, first),
        outlook_id=ids.get(Side.OUTLOOK),
        salesforce_id=ids.get(Side.SALESFORCE),
        when=when,
        is_private=is_private,
    )


def _is_private(items: Iterable[Item | None]) -> bool:
    return any(item is not None and item.is_private for item in items)
