"""Settling what a killed run, or a lost answer, left open in the journal (law 9).

Recovery only reads. An intent without an outcome is looked up on its side: what did happen is recorded as done, with the
bases it moves; what did not is forgotten, and the planner decides anew under today's settings and boxes.
It runs before the sides are read, while the stored items still are what the dead run planned from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from lpc_tui.engine.known import StoredKnowledge
from lpc_tui.engine.reading import ask, follow_merges, guarded_item, take_over
from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.fields import FieldSpec
from lpc_tui.model.items import Fields, Item, Side, frozen
from lpc_tui.model.links import Link
from lpc_tui.model.observe import Knowledge
from lpc_tui.model.plan import Operation, Step
from lpc_tui.model.rules import Action
from lpc_tui.model.settle import created, updated
from lpc_tui.replicas.base import Gone, Replica, Scope, Write
from lpc_tui.state.rows import Journalled

__all__ = ["Recovered", "recover"]


@dataclass(slots=True)
class Recovered:
    """What recovery found out about each open intent: to be recorded together with the knowledge it changed."""

    settled: list[tuple[Journalled, str, Item | None]] = field(default_factory=list)
    """(intent, its final state, the item as found)."""

    @property
    def done(self) -> int:
        return sum(state == "done" for _, state, _ in self.settled)


async def recover(
    knowledge: StoredKnowledge,
    intents: Sequence[Journalled],
    replicas: Mapping[Side, Replica],
    scope: Scope,
    new_id: Callable[[], str],
) -> Recovered:
    """Find out what became of every open intent and bring `knowledge` up to date.

    Raises:
        LpcError: a service could not be asked; everything stays open for the next run.
    """
    result = Recovered()
    for side in Side:
        mine = [intent for intent in intents if intent.side is side]
        if creates := [intent for intent in mine if intent.action is Action.CREATE]:
            await _creates(knowledge, creates, replicas[side], scope, new_id, result)
        if changes := [intent for intent in mine if intent.action is not Action.CREATE]:
            await _changes(knowledge, changes, replicas[side], scope, result)
    return result


async def _creates(
    knowledge: StoredKnowledge,
    intents: Sequence[Journalled],
    replica: Replica,
    scope: Scope,
    new_id: Callable[[], str],
    result: Recovered,
) -> None:
    writes = [
        Write(
            str(intent.number),
            Action.CREATE,
            fields=intent.fields,
            mark=intent.mark,
            sent_at=intent.sent_at,
        )
        for intent in intents
    ]
    since: datetime = min(intent.sent_at for intent in intents)
    linked = await knowledge.linked_ids(replica.side)
    # What lay there without a link was read before anything was sent: `Preparing.catch_up` sees to that.
    before = {item_id for side, item_id in knowledge.unlinked if side is replica.side}
    found = await replica.find(writes, since, scope, linked | before)
    for intent in intents:
        item = found.get(str(intent.number))
        if item is None or item.id in linked:
            result.settled.append((intent, "not-done", None))
            continue
        _adopt(knowledge, intent, guarded_item(item, scope), new_id, result)


def _adopt(
    knowledge: Knowledge, intent: Journalled, item: Item, new_id: Callable[[], str], result: Recovered
) -> None:
    """A create that did happen: its item gets its link."""
    source_side = intent.side.other
    link = knowledge.links.get(intent.link) if intent.link else None
    if link is None and intent.source_id:
        link = knowledge.link_of(source_side, intent.source_id)
    source = link.side(source_side).item if link else None
    if source is None and intent.source_id:
        alone = knowledge.unlinked.get((source_side, intent.source_id))
        source = alone.item if alone else Item(intent.source_id, intent.fields)
    if source is None:
        result.settled.append((intent, "not-done", None))
        return
    step = _step(intent, source_side, source, link)
    operation = Operation(intent.side, Action.CREATE, None, intent.fields)
    made = created(link, step, operation, _as_made(intent, item), new_id())
    knowledge.put(made.with_side(intent.side, made.side(intent.side).seen(item)))
    for key in ((source_side, source.id), (intent.side, item.id)):
        knowledge.unlinked.pop(key, None)
    result.settled.append((intent, "done", item))


def _as_made(intent: Journalled, item: Item) -> Item:
    """The item as the lost create left it: what it shows otherwise by now is somebody's edit since, no part of the base."""
    ours = _ours(shared_fields(intent.process), intent.side, intent.fields, item)
    edited = {
        name: value for name, value in intent.fields.items() if name in item.fields and name not in ours
    }
    return replace(item, fields=frozen({**item.fields, **edited}))


async def _changes(
    knowledge: StoredKnowledge,
    intents: Sequence[Journalled],
    replica: Replica,
    scope: Scope,
    result: Recovered,
) -> None:
    ids = sorted({intent.item_id for intent in intents if intent.item_id})
    found = await ask(knowledge, replica, ids, scope)
    for intent in intents:
        sighting = found.get(intent.item_id or "")
        link = knowledge.link_of(replica.side, intent.item_id or "")
        if intent.action is Action.DELETE:
            is_done = isinstance(sighting, Gone) and not sighting.merged_into
            if is_done and link is not None:
                knowledge.end(link.id)
            result.settled.append((intent, "done" if is_done else "not-done", None))
        elif isinstance(sighting, Item) and link is not None:
            item = guarded_item(sighting, scope)
            ours = _ours(shared_fields(intent.process), intent.side, intent.fields, item)
            if ours:
                source = link.side(replica.side.other).item
                step = _step(intent, replica.side.other, source, link) if source else None
                operation = Operation(intent.side, Action.UPDATE, item, ours)
                knowledge.put(updated(link, step, operation, item) if step else link)
            result.settled.append((intent, "done" if ours else "not-done", item))
        else:
            result.settled.append((intent, "not-done", None))
    take_over(knowledge, replica.side, found, scope)
    await follow_merges(knowledge, replica, found, scope)


def _ours(specs: tuple[FieldSpec, ...], side: Side, sent: Fields, item: Item) -> Fields:
    """Those of the fields we sent that the item shows now: the write happened. Any other value is somebody's edit."""
    return frozen(
        {
            spec.name: sent[spec.name]
            for spec in specs
            if spec.name in sent
            and spec.name in item.fields
            and spec.held_by(side, item.fields[spec.name]) == spec.held_by(side, sent[spec.name])
        }
    )


def _step(intent: Journalled, source_side: Side, source: Item, link: Link | None) -> Step:
    """As much of the dead run's step as moving the bases needs."""
    return Step(
        intent.step,
        intent.process,
        outlook=source if source_side is Side.OUTLOOK else None,
        salesforce=source if source_side is Side.SALESFORCE else None,
        link=link,
    )
