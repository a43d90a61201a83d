"""Plans and their outcomes as counts, events and exit codes; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lpc_tui.engine.events import Counts, OperationEvent, Status
from lpc_tui.model.items import Side
from lpc_tui.model.plan import Hold, Plan, Step, Why
from lpc_tui.model.rules import Action

__all__ = ["Applied", "counts_of", "is_complete", "operation_event", "planned_events"]

_STATUS = {
    Hold.NONE: Status.PLANNED,
    Hold.PREVENTED: Status.PREVENTED,
    Hold.REFUSED: Status.FAILED,
    Hold.CONSENT: Status.SKIPPED,
    Hold.EXCLUDED: Status.SKIPPED,
}
_FOR_THE_PERSON = {Why.CONFLICT, Why.EDIT_AGAINST_DELETE, Why.SEVERAL_ALIKE, Why.MERGED}


@dataclass(slots=True)
class Applied:
    """What became of the operations of a plan."""

    done: dict[tuple[Side, Action], int] = field(default_factory=dict)
    linked: int = 0
    failed: int = 0
    put_off: int = 0
    """Changed or gone meanwhile, or unsettled: the next run decides anew."""
    resting: int = 0
    """Out of scope or private by now, as was found when they were about to be written: nobody's turn."""
    unsettled: int = 0
    """Those put off because the answer was lost, or the service had no time for them: running again continues."""

    def count(self, side: Side, action: Action) -> None:
        self.done[side, action] = self.done.get((side, action), 0) + 1


def counts_of(plan: Plan, applied: Applied | None) -> Counts:
    """What a plan did or, where nothing was applied, would do."""

    def by_side(action: Action) -> dict[Side, int]:
        if applied is None:
            return {side: plan.count(side, action) for side in Side}
        return {side: applied.done.get((side, action), 0) for side in Side}

    holds = [op.hold for step in plan.steps for op in step.operations]
    resting = sum(_is_resting(step) for step in plan.steps)
    return Counts(
        created=by_side(Action.CREATE),
        updated=by_side(Action.UPDATE),
        deleted=by_side(Action.DELETE),
        linked=sum(step.is_match and not step.is_excluded for step in plan.steps)
        if applied is None
        else applied.linked,
        unchanged=plan.unchanged,
        prevented=holds.count(Hold.PREVENTED),
        conflicts=sum(_is_conflict(step) for step in plan.steps),
        skipped=resting + holds.count(Hold.CONSENT) + (applied.put_off + applied.resting if applied else 0),
        failed=holds.count(Hold.REFUSED) + (applied.failed if applied else 0),
    )


def is_complete(plan: Plan, applied: Applied | None) -> bool:
    """Whether the run may say 'all done' (exit 0): prevented, sleeping and private items included, nothing that waits
    for the person, was refused or was put off."""
    waits = any(step.needs_person and not step.is_excluded for step in plan.steps)
    return not (waits or plan.brakes or (applied and (applied.failed or applied.put_off)))


def planned_events(plan: Plan) -> Iterator[OperationEvent]:
    """One event for each operation of a plan and for each step that rests, in the plan's order."""
    for step in plan.steps:
        if step.is_match:
            yield operation_event(step, Side.SALESFORCE, Action.LINK, Status.PLANNED)
        for op in step.operations:
            reason = None if op.reason is None else op.reason.sentence
            fields = tuple(op.fields)
            yield operation_event(step, op.side, op.action, _STATUS[op.hold], fields=fields, reason=reason)
        side, sentence = _resting_side(step), None if step.reason is None else step.reason.sentence
        if _is_conflict(step):
            fields = tuple(conflict.field for conflict in step.conflicts)
            yield operation_event(step, side, Action.UPDATE, Status.CONFLICT, fields=fields, reason=sentence)
        elif _is_resting(step):
            yield operation_event(step, side, _resting_action(step), Status.SKIPPED, reason=sentence)


def operation_event(
    step: Step,
    side: Side,
    action: Action,
    status: Status,
    *,
    fields: tuple[str, ...] = (),
    reason: str | None = None,
    made: str | None = None,
) -> OperationEvent:
    """What became, or is to become, of a step on one side; `made` is the id of the item as it is there now."""
    items = {Side.OUTLOOK: step.outlook, Side.SALESFORCE: step.salesforce}
    known = {of: None if item is None else item.id for of, item in items.items()}
    if made is not None:
        known[side] = made
    return OperationEvent(
        process=step.process,
        side=side,
        action=action,
        status=status,
        item=step.title,
        outlook_id=known[Side.OUTLOOK],
        salesforce_id=known[Side.SALESFORCE],
        fields=fields or None,
        reason=reason,
    )


def _is_conflict(step: Step) -> bool:
    """Whether the step waits for the person to decide between the sides."""
    return not step.is_excluded and (
        bool(step.conflicts) or (step.reason is not None and step.reason.why in _FOR_THE_PERSON)
    )


def _is_resting(step: Step) -> bool:
    """Whether something of the step is left as it is, for a reason that is nobody's turn."""
    return step.reason is not None and not _is_conflict(step)


def _resting_side(step: Step) -> Side:
    """The side that would have been written: the one without an item, else Outlook."""
    return Side.SALESFORCE if step.salesforce is None and step.outlook is not None else Side.OUTLOOK


def _resting_action(step: Step) -> Action:
    return Action.UPDATE if step.link is not None or step.is_match else Action.CREATE
