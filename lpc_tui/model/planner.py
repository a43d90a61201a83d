"""plan(links, unlinked, rules, now, answers) -> Plan: every decision of the sync, as a pure function.

How one side of a link stands, and what the pair comes to (Outlook down, Salesforce across; symmetric):

              SAME      EDITED                  GONE                  MISSING/AWAY   PRIVATE
    SAME      nothing   merge                   delete the other      sleep          rest
    EDITED              merge, conflicts        edit against delete   sleep          rest
    GONE                                        the link ends         sleep          rest
    MISSING/AWAY                                                      sleep          rest
    PRIVATE                                                                          rest

- SAME: as in its base. EDITED: differs from it, or has a field never agreed on. GONE: proven deleted (law 4). MISSING: not
  shown, not proven gone. AWAY: exists, out of scope (law 5). PRIVATE: private with the box off (law 6).
- Then the window: a pair of which no item is in it sleeps, but the edit that took it out is carried across first (law 5).
- Then, on what is left, the holds (see `holds`): they mark operations and drop none.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from lpc_tui.model.field_map import shared_fields, spec_of, time_of, title_of
from lpc_tui.model.fields import Direction, FieldSpec
from lpc_tui.model.holds import held
from lpc_tui.model.items import AllDay, Fields, Guard, Item, Process, Side, Timed, frozen, shared
from lpc_tui.model.links import Link, LinkSide, Presence, Refusal, Unlinked
from lpc_tui.model.matching import match
from lpc_tui.model.merge import Merge, edited_fields, is_in_doubt, merge
from lpc_tui.model.plan import WHOLE, Answers, FieldConflict, Hold, Operation, Plan, Reason, Step, Why
from lpc_tui.model.rules import Action, Policy, Rules
from lpc_tui.model.safety import Census, brakes
from lpc_tui.model.scope import is_covered, left_by_edit

__all__ = ["Stand", "plan", "replan", "stand_of"]


class Stand(enum.Enum):
    """How one side of a link stands against its base."""

    SAME = enum.auto()
    EDITED = enum.auto()
    GONE = enum.auto()
    MISSING = enum.auto()
    AWAY = enum.auto()
    PRIVATE = enum.auto()


def plan(
    process: Process,
    links: Iterable[Link],
    unlinked: Iterable[Unlinked],
    rules: Rules,
    now: datetime,
    *,
    answers: Answers | None = None,
    census: Census | None = None,
) -> Plan:
    """Decide what to do with every link and every item that has none.

    Args:
        process: whose items these are.
        links: those that may need something; any other link of the process counts as unchanged.
        unlinked: items in scope, or lately in it, without a link.
        rules: the settings as the planner sees them.
        now: aware UTC; decides what lies in the future (law 14).
        answers: what the person said in the review.
        census: how many links there are in all, for the brake; by default those given.
    """
    given = tuple(links)
    planner = _Planner(process, rules, now, answers or Answers())
    steps = [step for link in given if (step := planner.linked(link)) is not None]
    steps += planner.alone(unlinked)
    steps = sorted((planner.excluded(step) for step in steps), key=_order)
    census = census or Census(
        len(given), {side: sum(_is_there(link, side) for link in given) for side in Side}
    )
    told = sum(1 for step in steps if step.link is not None and not step.is_silent)
    stops = brakes(process, census, _deletes(steps), rules)
    return Plan(process, tuple(steps), unchanged=max(census.links - told, 0), brakes=stops)


def replan(
    draft: Plan,
    current: Plan,
    keys: Container[str],
    rules: Rules,
    now: datetime,
    answers: Answers,
    census: Census,
) -> Plan:
    """`current` with the steps in `keys` decided anew: what one answer in the review changes, without planning all again.

    Args:
        draft: the plan as it was made, without answers.
        current: the same plan under earlier answers; equal to `plan` under those.
        keys: of the steps whose answers differ between then and now.
        rules, now, census: what the draft was made with.
        answers: the answers now, all of them.
    """
    planner = _Planner(draft.process, rules, now, answers)
    steps = tuple(
        planner.excluded(planner.again(first)) if first.key in keys else before
        for first, before in zip(draft.steps, current.steps, strict=True)
    )
    return replace(draft, steps=steps, brakes=brakes(draft.process, census, _deletes(steps), rules))


def stand_of(specs: tuple[FieldSpec, ...], side: LinkSide, rules: Rules) -> Stand:
    """How a side of a link stands."""
    if side.item is not None and side.item.is_private and not rules.synchronize_private:
        return Stand.PRIVATE  # deleted or not: a private item is not deleted across either
    if side.presence is Presence.GONE:
        return Stand.GONE
    if side.presence is not Presence.PRESENT or side.item is None:
        return Stand.MISSING
    if side.item.is_away:
        return Stand.AWAY
    return Stand.EDITED if edited_fields(specs, side) else Stand.SAME


class _Planner:
    """The decisions for one process under one set of rules and answers."""

    def __init__(self, process: Process, rules: Rules, now: datetime, answers: Answers) -> None:
        self.process = process
        self.specs = shared_fields(process)
        self.rules = rules
        self.now = now
        self.answers = answers

    # Links

    def linked(self, link: Link) -> Step | None:
        """The step of a link; None where there is nothing to do, to say or to note."""
        stands = {side: stand_of(self.specs, link.side(side), self.rules) for side in Side}
        step = Step(
            link.id,
            self.process,
            outlook=self._shown(link, Side.OUTLOOK),
            salesforce=self._shown(link, Side.SALESFORCE),
            link=link,
            is_asleep=link.is_asleep,
        )
        if _is_over(link):
            return replace(step, is_end=True)
        if Stand.PRIVATE in stands.values():
            return replace(step, reason=_private(stands))
        if away := [side for side in Side if stands[side] in {Stand.MISSING, Stand.AWAY}]:
            return replace(step, is_asleep=True, reason=_out_of_sight(link, away[0], stands[away[0]]))
        if not self._is_in_window(link):
            if not self._is_leaving(link):
                return self._sleeping(step, stands)
            step = replace(step, is_asleep=True)
        else:
            step = replace(step, is_asleep=False)
        if Stand.GONE in stands.values():
            return self._half_gone(step, link, stands)
        if set(stands.values()) == {Stand.SAME}:
            return step if step.is_asleep != link.is_asleep else None
        return self._merged(step, link)

    def _shown(self, link: Link, side: Side) -> Item | None:
        mine = link.side(side)
        return None if mine.presence is Presence.GONE else mine.item

    def _is_in_window(self, link: Link) -> bool:
        window = self.rules.window
        if window is None:
            return True
        return any(
            is_covered(self.process, mine.item.fields, window)
            for mine in (link.outlook, link.salesforce)
            if mine.item is not None and mine.presence is Presence.PRESENT
        )

    def _is_leaving(self, link: Link) -> bool:
        """Whether an edit, not the passing of days, took the pair out of the window, and has not been carried yet."""
        window = self.rules.window
        if link.is_asleep or window is None:
            return False
        return any(
            mine.item is not None
            and mine.presence is Presence.PRESENT
            and left_by_edit(self.process, mine.base, mine.item.fields, window)
            for mine in (link.outlook, link.salesforce)
        )

    def _sleeping(self, step: Step, stands: Mapping[Side, Stand]) -> Step | None:
        assert step.link is not None
        if set(stands.values()) == {Stand.SAME}:
            return None if step.link.is_asleep else replace(step, is_asleep=True)
        reason = Reason(
            Why.ASLEEP, "It lies outside the synchronised days; it rests until it comes back into them."
        )
        return replace(step, is_asleep=True, reason=reason)

    def _half_gone(self, step: Step, link: Link, stands: Mapping[Side, Stand]) -> Step:
        """One item is proven deleted, the other is there."""
        gone = Side.OUTLOOK if stands[Side.OUTLOOK] is Stand.GONE else Side.SALESFORCE
        there = link.side(gone.other).item
        assert there is not None
        if not self._says_more(link, gone.other):
            return replace(step, operations=(self._delete(step.key, link, gone.other, there),), is_end=True)
        winner = self._winner(step.key, WHOLE, newest=gone.other)
        if winner is None:
            sentence = (
                f"Deleted in {gone.label}, edited in {gone.other.label}: choose which of the two counts."
            )
            shown = {side: title_of(self.process, there) if side is gone.other else None for side in Side}
            conflict = FieldConflict(WHOLE, shown[Side.OUTLOOK], shown[Side.SALESFORCE])
            return replace(step, conflicts=(conflict,), reason=Reason(Why.EDIT_AGAINST_DELETE, sentence))
        if winner is gone:
            return replace(step, operations=(self._delete(step.key, link, gone.other, there),), is_end=True)
        again = self._create(step.key, gone, there, link.refusal(gone))
        return replace(step, operations=(again,))

    def _says_more(self, link: Link, side: Side) -> bool:
        """Whether deleting the item left on `side` would lose an edit, or a difference that was never settled.

        A field never agreed on that the deleted item could not tell (a reminder that fired) is neither.
        """
        mine, deleted = link.side(side), link.side(side.other).item
        edited = edited_fields(self.specs, mine)
        return any(deleted is None or name in mine.base or name in deleted.fields for name in edited)

    def _merged(self, step: Step, link: Link) -> Step:
        result = merge(
            self.specs,
            link,
            lambda name: self._winner_in(step.key, name, link),
            keeps_formatting=self.rules.keep_formatting,
        )
        operations = tuple(
            self._update(step.key, link, side, frozen(result.writes[side]))
            for side in Side
            if result.writes[side]
        )
        planned = replace(
            step,
            operations=operations,
            agreed=tuple(result.agreed),
            conflicts=tuple(result.conflicts),
        )
        return replace(
            planned,
            reason=self._rest_of(result, is_first_meeting=planned.is_first_meeting),
        )

    def _winner_in(self, key: str, name: str, link: Link) -> Side | None:
        """Who wins a conflict of a field of two items that are both there."""
        if is_in_doubt(spec_of(self.process, name), link):
            return self.answers.choice(key, name)
        return self._winner(key, name, newest=_newest(link))

    def _winner(self, key: str, name: str, *, newest: Side | None) -> Side | None:
        """Who wins a conflict: by the review, else by the policy; `newest` is its answer to who is. None: nobody yet."""
        if (chosen := self.answers.choice(key, name)) is not None:
            return chosen
        match self.rules.policy:
            case Policy.ASK:
                return None
            case Policy.NEWEST:
                return newest
            case Policy.OUTLOOK:
                return Side.OUTLOOK
            case Policy.SALESFORCE:
                return Side.SALESFORCE

    def _rest_of(self, result: Merge, *, is_first_meeting: bool) -> Reason | None:
        if result.conflicts:
            names = _labels(self.specs, (each.field for each in result.conflicts))
            what = "The two sides differ" if is_first_meeting else "Changed on both sides"
            return Reason(
                Why.CONFLICT,
                f"{what}: {names}. Choose which side counts; until then no edit is taken across.",
            )
        if result.guarded:
            name, (side, guard) = next(iter(result.guarded.items()))
            return Reason(
                Why.GUARDED, _GUARDED[guard].format(field=_labels(self.specs, (name,)), side=side.label)
            )
        return None

    # Items without a link

    def alone(self, unlinked: Iterable[Unlinked]) -> list[Step]:
        """Steps of items that have no link: matched, made on the other side, or left for the person."""
        steps, open_ones = [], []
        for each in unlinked:
            if each.item.is_private and not self.rules.synchronize_private:
                steps.append(self._resting(each, Reason(Why.PRIVATE, _PRIVATE)))
            elif not each.item.is_away and self._covers(each.item):
                open_ones.append(each)
        found = match(self.process, open_ones)
        steps += [self._pair(outlook, salesforce) for outlook, salesforce in found.pairs]
        steps += [self._resting(each, Reason(Why.SEVERAL_ALIKE, _SEVERAL)) for each in found.several]
        steps += [self._new(each) for each in found.alone]
        return steps

    def _covers(self, item: Item) -> bool:
        return is_covered(self.process, item.fields, self.rules.window)

    def _pair(self, outlook: Unlinked, salesforce: Unlinked) -> Step:
        link = Link(
            f"{outlook.item.id}|{salesforce.item.id}",
            self.process,
            LinkSide(outlook.item.id, item=outlook.item),
            LinkSide(salesforce.item.id, item=salesforce.item),
        )
        step = Step(link.id, self.process, outlook.item, salesforce.item, link=None, is_match=True)
        return self._merged(step, link)

    def _new(self, each: Unlinked) -> Step:
        step = self._resting(each, None)
        return replace(step, operations=(self._create(step.key, each.side.other, each.item, each.refusal),))

    def _resting(self, each: Unlinked, reason: Reason | None) -> Step:
        return Step(
            f"{each.side}:{each.item.id}",
            self.process,
            outlook=each.item if each.side is Side.OUTLOOK else None,
            salesforce=each.item if each.side is Side.SALESFORCE else None,
            link=None,
            reason=reason,
        )

    # Operations

    def _create(self, key: str, side: Side, source: Item, refused: Refusal | None) -> Operation:
        fields = {
            spec.name: spec.held_by(side, source.fields[spec.name])
            for spec in self.specs
            if spec.name in source.fields and _is_told(spec, side)
        }
        told = shared(frozen(fields), source.fields)
        return self._held(key, Operation(side, Action.CREATE, None, told), refused)

    def _update(self, key: str, link: Link, side: Side, fields: Fields) -> Operation:
        operation = Operation(side, Action.UPDATE, link.side(side).item, fields)
        return self._held(key, operation, link.refusal(side))

    def _delete(self, key: str, link: Link, side: Side, item: Item) -> Operation:
        return self._held(key, Operation(side, Action.DELETE, item), link.refusal(side))

    def _held(self, key: str, operation: Operation, refused: Refusal | None) -> Operation:
        return held(operation, self.rules, self.now, refused, has_consent=key in self.answers.consents)

    def again(self, step: Step) -> Step:
        """A step of a plan, decided under these answers. An item that is alone has nothing to answer."""
        if step.link is not None:
            return self.linked(step.link) or step
        if step.is_match and step.outlook is not None and step.salesforce is not None:
            return self._pair(
                Unlinked(Side.OUTLOOK, step.outlook), Unlinked(Side.SALESFORCE, step.salesforce)
            )
        return step

    def excluded(self, step: Step) -> Step:
        """The step as the review left it: an excluded one sends nothing and settles nothing, this time."""
        if step.key not in self.answers.excluded:
            return step
        reason = Reason(Why.EXCLUDED, "Left out in the review; it comes up again at the next run.")
        held = tuple(
            replace(op, hold=Hold.EXCLUDED, reason=reason) if op.is_sendable else op for op in step.operations
        )
        return replace(step, operations=held, is_excluded=True, reason=reason)


_PRIVATE = "Private, and Synchronize Private Items is off: nothing of it is taken across."
_SEVERAL = (
    "Several items look the same on one side or both; none is linked or copied until you tell them apart."
)
_GUARDED = {
    Guard.FORMATTED: "{field} in {side} has formatting that the plain text would destroy (keep_formatting); it is kept.",
    Guard.TRUNCATED: "{field} in {side} is longer than the other side can hold; it is not replaced by a part of itself.",
    Guard.ONLINE_MEETING: "{field} in {side} holds the link of an online meeting; overwriting it would disable the meeting.",
    Guard.NOT_ORGANIZER: "{field} in {side} belongs to the meeting's organizer; it is not changed in your copy.",
    Guard.REQUIRED: "{field} in {side} cannot be empty; it is kept.",
    Guard.READ_ONLY: "{side} does not let you change {field} of this item.",
}


def _private(stands: Mapping[Side, Stand]) -> Reason:
    side = Side.OUTLOOK if stands[Side.OUTLOOK] is Stand.PRIVATE else Side.SALESFORCE
    return Reason(
        Why.PRIVATE,
        f"Private in {side.label}, and Synchronize Private Items is off: it stays as it is on both sides.",
    )


def _is_over(link: Link) -> bool:
    """Whether nothing is left of the pair; of two records that were merged on one side, one is left with its own link."""
    presences = {link.outlook.presence, link.salesforce.presence}
    return Presence.GONE in presences and presences <= {Presence.GONE, Presence.MERGED}


def _out_of_sight(link: Link, side: Side, stand: Stand) -> Reason:
    if link.side(side).presence is Presence.MERGED:
        sentence = (
            f"Merged in {side.label} into a record that belongs to another item in {side.other.label}: merge those"
            f" two there, or delete one of them. Nothing is written meanwhile."
        )
        return Reason(Why.MERGED, sentence)
    if stand is Stand.AWAY:
        return Reason(
            Why.AWAY, f"Moved, reassigned or archived in {side.label}: it rests until it comes back."
        )
    return Reason(
        Why.MISSING,
        f"{side.label} does not show it, and does not say that it is deleted: it rests until it is seen again.",
    )


def _newest(link: Link) -> Side | None:
    """The side modified later; None where that cannot be told."""
    times = {side: item.modified for side in Side if (item := link.side(side).item) is not None}
    here, there = times.get(Side.OUTLOOK), times.get(Side.SALESFORCE)
    if here is None or there is None or here == there:
        return None
    return Side.OUTLOOK if here > there else Side.SALESFORCE


def _is_told(spec: FieldSpec, side: Side) -> bool:
    """Whether a new item on `side` is told the field: a company finds its account there, or stands in for a last name."""
    return spec.is_written_on(side) or spec.direction is Direction.TO_OUTLOOK


def _deletes(steps: Iterable[Step]) -> Mapping[Side, int]:
    """How many deletions would be sent to each side."""
    return Counter(
        op.side for step in steps for op in step.operations if op.action is Action.DELETE and op.is_sendable
    )


def _labels(specs: tuple[FieldSpec, ...], names: Iterable[str]) -> str:
    labels = {spec.name: spec.label for spec in specs}
    return ", ".join(labels[name] for name in names)


def _is_there(link: Link, side: Side) -> bool:
    return link.side(side).presence is Presence.PRESENT


def _order(step: Step) -> tuple[str, str, str]:
    """By time, then name: the order of the review and of the writes; the same for the same input."""
    item = step.outlook or step.salesforce
    time = time_of(step.process)
    when = item.fields.get(time) if item is not None and time is not None else None
    if isinstance(when, Timed):
        at = when.start.isoformat()
    elif isinstance(when, AllDay):
        at = when.first.isoformat()
    else:
        at = when.isoformat() if isinstance(when, date) else ""
    return (at, title_of(step.process, item) if item is not None else "", step.key)
