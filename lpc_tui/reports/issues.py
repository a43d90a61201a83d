"""Open issues from a forecast: what the next run would list, one issue for each line of it, and what can be done. Pure.

The lines are those of `engine.counting.planned_events`; a write without an outcome takes the place of the line that says
it would be sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TypeAlias

from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.items import Process, Side
from lpc_tui.model.links import Link, LinkSide, Refusal, Unlinked
from lpc_tui.model.matching import alike
from lpc_tui.model.plan import WHOLE, FieldConflict, Hold, Operation, Step, Why
from lpc_tui.model.rules import Action, Rules
from lpc_tui.reports.forecast import Forecast
from lpc_tui.reports.interface import PRIVATE, Issue, IssueKind, ItemRef, Prevented, Version
from lpc_tui.reports.resolutions import box_key, brake_resolutions, resolutions_of
from lpc_tui.reports.versions import (
    ref_of_link,
    ref_of_unlinked,
    versions_of_link,
    versions_of_unlinked,
)
from lpc_tui.state.rows import Journalled
from lpc_tui.wording import action_words

__all__ = ["SentAt", "issues_of", "prevented_by"]

SentAt: TypeAlias = Callable[[ItemRef, Side], datetime | None]
"""When a side last refused a write about an item."""

_KINDS: Mapping[Hold, IssueKind] = {
    Hold.NONE: IssueKind.READY,
    Hold.PREVENTED: IssueKind.PREVENTED,
    Hold.REFUSED: IssueKind.REFUSED,
}
_MOST_ALIKE = 20
"""Others that are named beside an item of which there are several."""

_BOXES = tuple((side, action) for side in Side for action in (Action.CREATE, Action.UPDATE, Action.DELETE))


def issues_of(forecast: Forecast, refused_at: SentAt) -> tuple[Issue, ...]:
    """What is open in a process, in the order of its review; what was sent without an outcome first."""
    found = [*_brakes(forecast), *(_of_intent(intent) for intent in forecast.intents)]
    for step in forecast.steps:
        found += _Reader(forecast, step, refused_at).issues()
    others = _others(forecast)
    return tuple(replace(each, alike=others[each.key]) if each.key in others else each for each in found)


def prevented_by(rules: Mapping[Process, Rules], issues: Iterable[Issue]) -> dict[str, Prevented]:
    """What each Prevent box of each process holds back, by its key, in the order of the settings."""
    held: dict[str, list[Issue]] = {}
    for issue in issues:
        if issue.kind is IssueKind.PREVENTED:
            held.setdefault(issue.setting, []).append(issue)
    return {
        key: Prevented(
            key=key,
            process=process,
            side=side,
            action=action,
            is_ticked=each.prevents(side, action),
            issues=tuple(held.get(key, ())),
        )
        for process, each in rules.items()
        for side, action in _BOXES
        for key in (box_key(process, side, action),)
    }


class _Reader:
    """One step of the plan on its way to issues."""

    def __init__(self, forecast: Forecast, step: Step, refused_at: SentAt) -> None:
        self.forecast = forecast
        self.step = step
        self.refused_at = refused_at
        self.item, self.versions = _shown(step)

    def issues(self) -> Iterator[Issue]:
        step = self.step
        if step.is_match:
            yield self._issue(
                IssueKind.READY, self._ready("They are found to be the same"), Side.SALESFORCE, Action.LINK
            )
        for operation in step.operations:
            if not (operation.is_sendable and self._is_unsettled(operation)):
                yield self._of_operation(operation)
        if step.reason is not None:
            yield self._of_reason(step.reason.why, step.reason.sentence)

    def _of_operation(self, operation: Operation) -> Issue:
        side, action = operation.side, operation.action
        reason = operation.reason
        kind = (
            IssueKind(reason.why.value)
            if operation.hold is Hold.CONSENT and reason
            else _KINDS[operation.hold]
        )
        sentence = reason.sentence if reason else self._ready(action_words(action, side))
        issue = replace(self._issue(kind, sentence, side, action), fields=tuple(operation.fields))
        if kind is IssueKind.PREVENTED:
            return replace(issue, setting=box_key(self.step.process, side, action))
        refusal = self._refusal(operation)
        if kind is not IssueKind.REFUSED or refusal is None:
            return issue
        return replace(
            issue,
            words="" if self.item.is_private else refusal.told,
            fields=_at_fault(self.step.process, side, refusal) or issue.fields,
            since=self.refused_at(self.item, side),
        )

    def _of_reason(self, why: Why, sentence: str) -> Issue:
        issue = self._issue(IssueKind(why.value), sentence)
        conflicts = tuple(
            _without_text(each, is_private=self.item.is_private) for each in self.step.conflicts
        )
        return replace(
            issue,
            conflicts=conflicts,
            fields=tuple(each.field for each in conflicts if each.field != WHOLE),
        )

    def _issue(
        self, kind: IssueKind, sentence: str, side: Side | None = None, action: Action | None = None
    ) -> Issue:
        return Issue(
            key=self.step.key,
            kind=kind,
            item=self.item,
            sentence=sentence,
            resolutions=resolutions_of(kind, self.step, side, action),
            side=side,
            action=action,
            versions=self.versions,
        )

    def _ready(self, what: str) -> str:
        if self.forecast.plan.brakes:
            return f"{what}: the brake stops the next run before it."
        return f"{what}: not done yet; the next run does it."

    def _refusal(self, operation: Operation) -> Refusal | None:
        if self.step.link is not None:
            return self.step.link.refusal(operation.side)
        source = self.step.outlook if operation.side is Side.SALESFORCE else self.step.salesforce
        alone = None if source is None else self.forecast.unlinked.get((operation.side.other, source.id))
        return None if alone is None else alone.refusal

    def _is_unsettled(self, operation: Operation) -> bool:
        """Whether this very write was sent before, and nobody knows yet what became of it."""
        side = operation.side
        return any(
            intent.side is side
            and intent.action is operation.action
            and (
                intent.item_id == operation.item.id
                if operation.item is not None
                else intent.source_id == self.item.id_on(side.other)
            )
            for intent in self.forecast.intents
        )


def _shown(step: Step) -> tuple[ItemRef, tuple[Version, ...]]:
    """The step's item and its versions."""
    if step.link is not None:
        return ref_of_link(step.link), versions_of_link(step.link)
    if step.outlook is not None and step.salesforce is not None:
        sides = (
            LinkSide(step.outlook.id, item=step.outlook),
            LinkSide(step.salesforce.id, item=step.salesforce),
        )
        pair = Link(step.key, step.process, *sides)
        return ref_of_link(pair), versions_of_link(pair)
    side = Side.SALESFORCE if step.outlook is None else Side.OUTLOOK
    item = step.outlook or step.salesforce
    assert item is not None
    alone = Unlinked(side, item)
    return ref_of_unlinked(step.process, alone), versions_of_unlinked(alone)


def _others(forecast: Forecast) -> dict[str, tuple[ItemRef, ...]]:
    """By the key of a step that is left for the person because several look alike: the first of the others."""
    alone = [
        Unlinked(Side.SALESFORCE if step.outlook is None else Side.OUTLOOK, item)
        for step in forecast.steps
        if step.reason is not None
        and step.reason.why is Why.SEVERAL_ALIKE
        and (item := step.outlook or step.salesforce) is not None
    ]
    others: dict[str, tuple[ItemRef, ...]] = {}
    for group in alike(forecast.process, alone):
        refs = {f"{each.side}:{each.item.id}": ref_of_unlinked(forecast.process, each) for each in group}
        for mine in refs:
            others[mine] = tuple(islice((ref for key, ref in refs.items() if key != mine), _MOST_ALIKE))
    return others


def _of_intent(intent: Journalled) -> Issue:
    """A write without an outcome: in place of what would be planned for it."""
    ids = {intent.side: intent.item_id, intent.side.other: intent.source_id}
    item = ItemRef(
        process=intent.process,
        title=PRIVATE if intent.is_private else intent.title,
        is_private=intent.is_private,
        outlook_id=ids[Side.OUTLOOK],
        salesforce_id=ids[Side.SALESFORCE],
    )
    step = Step(intent.step, intent.process, None, None, None)
    words = action_words(intent.action, intent.side)
    return Issue(
        key=intent.step,
        kind=IssueKind.UNSETTLED,
        item=item,
        sentence=f"{words}: sent, and no outcome is recorded. The next run looks whether it happened.",
        resolutions=resolutions_of(IssueKind.UNSETTLED, step),
        side=intent.side,
        action=intent.action,
        fields=tuple(intent.fields),
        since=intent.sent_at,
    )


def _brakes(forecast: Forecast) -> Iterator[Issue]:
    process = forecast.process
    for number, brake in enumerate(forecast.plan.brakes):
        yield Issue(
            key=f"{process}:brake:{number}",
            kind=IssueKind.BRAKE,
            item=ItemRef(process=process, title=process.label),
            sentence=brake.sentence,
            resolutions=brake_resolutions(process),
        )


def _without_text(conflict: FieldConflict, *, is_private: bool) -> FieldConflict:
    return FieldConflict(conflict.field) if is_private else conflict


def _at_fault(process: Process, side: Side, refusal: Refusal) -> tuple[str, ...]:
    """The fields that a service named, by their canonical names; those that are none of ours are left out."""
    named = {name.casefold() for name in refusal.fields}
    return tuple(
        spec.name
        for spec in shared_fields(process)
        if named
        & {native.casefold() for native in (spec.outlook if side is Side.OUTLOOK else spec.salesforce)}
    )
