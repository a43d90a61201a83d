"""Plans and their outcomes as counts, events and exit codes; pure."""

from __future__ import annotations

from collections.abc import Iterator

from lpc_tui.engine.apply import Applied
from lpc_tui.engine.events import Counts, OperationEvent, Status
from lpc_tui.model.items import Side
from lpc_tui.model.plan import Hold, Plan, Step, Why
from lpc_tui.model.rules import Action

__all__ = ["counts_of", "is_complete", "planned_events"]

_STATUS = {
    Hold.NONE: Status.PLANNED,
    Hold.PREVENTED: Status.PREVENTED,
    Hold.REFUSED: Status.FAILED,
    Hold.CONSENT: Status.SKIPPED,
    Hold.EXCLUDED: Status.SKIPPED,
}
_FOR_THE_PERSON = {Why.CONFLICT, Why.EDIT_AGAINST_DELETE, Why.SEVERAL_ALIKE}


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
        skipped=resting + holds.count(Hold.CONSENT) + (applied.put_off if applied else 0),
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
            yield _event(step, Side.SALESFORCE, Action.LINK, Status.PLANNED, (), None)
        for op in step.operations:
            reason = None if op.reason is None else op.reason.sentence
            yield _event(step, op.side, op.action, _STATUS[op.hold], tuple(op.fields), reason)
        if _is_conflict(step):
            fields = tuple(conflict.field for conflict in step.conflicts)
            yield _event(step, _resting_side(step), Action.UPDATE, Status.CONFLICT, fields, _sentence(step))
        elif _is_resting(step):
            yield _event(
                step, _resting_side(step), _resting_action(step), Status.SKIPPED, (), _sentence(step)
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


def _sentence(step: Step) -> str | None:
    return None if step.reason is None else step.reason.sentence


def _event(
    step: Step, side: Side, action: Action, status: Status, fields: tuple[str, ...], reason: str | None
) -> OperationEvent:
    return OperationEvent(
        process=step.process,
        side=side,
        action=action,
        status=status,
        item=step.title,
        outlook_id=None if step.outlook is None else step.outlook.id,
        salesforce_id=None if step.salesforce is None else step.salesforce.id,
        fields=fields or None,
        reason=reason,
    )
