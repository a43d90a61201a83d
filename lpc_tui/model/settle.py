"""What a link becomes once something happened to it. Pure; the engine calls this and the state store keeps the result.

A base moves only for the fields that were agreed on or written, to what each side itself shows: the side that was written,
to what was read back; the side the value came from, to what it showed when the plan was made. An edit that anybody made in
between stays a difference from the base, and comes up in the next run (laws 2 and 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from lpc_tui.model.field_map import shared_fields, spec_of
from lpc_tui.model.fields import FieldSpec
from lpc_tui.model.items import Fields, Item, Side, Value, frozen, shared
from lpc_tui.model.links import Link, LinkSide, Presence
from lpc_tui.model.plan import Operation, Step

__all__ = ["before_writes", "created", "finished", "is_settled", "new_link", "updated"]


def new_link(step: Step, link_id: str) -> Link:
    """The link of two matched items, nothing agreed on yet."""
    if step.outlook is None or step.salesforce is None:
        raise ValueError(f"step {step.key} is no match")
    return Link(
        link_id,
        step.process,
        LinkSide(step.outlook.id, item=step.outlook),
        LinkSide(step.salesforce.id, item=step.salesforce),
    )


def before_writes(link: Link, step: Step) -> Link:
    """The link with what needs no write: fields agreed on, waking up, and falling asleep where nothing is to be sent."""
    for side in Side:
        link = link.with_side(side, _rebased(link.side(side), step.agreed, _item(step, side)))
    if not step.is_asleep:
        return replace(link, is_asleep=False)
    return link if step.operations or step.conflicts else replace(link, is_asleep=True)


def updated(link: Link, step: Step, operation: Operation, item: Item) -> Link:
    """The link after `operation` wrote to its side, which reads back as `item`."""
    side = operation.side
    written = link.side(side)
    shown = {name: item.fields.get(name, value) for name, value in operation.fields.items()}
    written = replace(written.seen(item), base=_base({**written.base, **shown}, item))
    source = _rebased(link.side(side.other), operation.fields, _item(step, side.other))
    return link.with_side(side, written).with_side(side.other, source).with_refusal(side, None)


def created(link: Link | None, step: Step, operation: Operation, item: Item, link_id: str) -> Link:
    """The link after `operation` made an item, which reads back as `item`: a new link, or the same one with a new item."""
    side = operation.side
    source = _item(step, side.other)
    if source is None:
        raise ValueError(f"step {step.key} creates from nothing")
    shown = {
        name: item.fields.get(name, value)
        for name, value in operation.fields.items()
        if name in item.fields or spec_of(step.process, name).is_written_on(side)
    }
    item = replace(item, fields=shared(item.fields, source.fields))
    made = LinkSide(item.id, _base(shown, item), item)
    if link is None:
        origin = LinkSide(source.id, item=source)
        sides = {side: made, side.other: origin}
        link = Link(link_id, step.process, sides[Side.OUTLOOK], sides[Side.SALESFORCE])
    origin = _rebased(link.side(side.other), shown, source)
    return link.with_side(side, made).with_side(side.other, origin).with_refusal(side, None)


def finished(link: Link, step: Step) -> Link:
    """The link once every operation of its step is done: it may fall asleep now."""
    return link if step.conflicts else replace(link, is_asleep=step.is_asleep)


def is_settled(link: Link) -> bool:
    """Whether nothing about the link is pending, so that a quiet run need not look at it."""
    here, there = link.outlook, link.salesforce
    if link.refusals or not (_is_plainly_there(here) and _is_plainly_there(there)):
        return False
    assert here.item is not None
    assert there.item is not None
    shown = [
        spec
        for spec in shared_fields(link.process)
        if spec.name in here.item.fields and spec.name in there.item.fields
    ]
    return all(_is_as_agreed(spec, side) for side in (here, there) for spec in shown)


def _is_plainly_there(side: LinkSide) -> bool:
    item = side.item
    return side.presence is Presence.PRESENT and item is not None and not item.is_private and not item.is_away


def _is_as_agreed(spec: FieldSpec, side: LinkSide) -> bool:
    assert side.item is not None
    return spec.name in side.base and not spec.changed(side.base[spec.name], side.item.fields[spec.name])


def _item(step: Step, side: Side) -> Item | None:
    return step.outlook if side is Side.OUTLOOK else step.salesforce


def _rebased(side: LinkSide, names: Iterable[str], item: Item | None) -> LinkSide:
    """The side with the base of the named fields moved to what it showed when the plan was made."""
    if item is None:
        return side
    moved: Fields = {name: item.fields[name] for name in names if name in item.fields}
    return replace(side, base=_base({**side.base, **moved}, item)) if moved else side


def _base(fields: Mapping[str, Value], item: Item) -> Fields:
    return shared(frozen(fields), item.fields)
