"""The laws of the sync checked on every combination of what can happen to a link, one plain predicate a law.

The combinations are full products, not samples: each pair of states of the two sides under every set of boxes, every policy
and every answer, and each pair with guests, series and guards. The predicates know the story of the link (`Case`) and the
settings; they use nothing of the planner's own code.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

import pytest

from lpc_tui.model.fingerprint import fingerprint
from lpc_tui.model.items import Fields, Guard, Item, Process, Side, frozen
from lpc_tui.model.links import Link, LinkSide, Refusal, Unlinked
from lpc_tui.model.plan import WHOLE, Answers, Hold, Operation, Plan, Step
from lpc_tui.model.planner import plan
from lpc_tui.model.rules import Action, Policy, Rules
from tests.model.cases import (
    BOXES,
    FULL,
    NOW,
    OWN,
    SECRET,
    SHARED,
    Case,
    SideCase,
    State,
    edits,
    pairs,
    rules,
)

ALL_BOXES = frozenset(BOXES)
NO_ANSWER = Answers()
OTHER_SETTINGS: tuple[Mapping[str, object], ...] = (
    {},
    {"keep_formatting": False},
    {"notify_attendees": True},
    {"prevent": ALL_BOXES},
)


def box_sets() -> list[frozenset[tuple[Side, Action]]]:
    """Every way to tick the six boxes."""
    return [
        frozenset(chosen)
        for count in range(len(BOXES) + 1)
        for chosen in itertools.combinations(BOXES, count)
    ]


def plain_cases() -> list[Case]:
    """Every pair of states, awake or asleep, within the window or past it."""
    return [
        Case(SideCase(outlook), SideCase(salesforce), is_past=is_past, is_asleep=is_asleep)
        for outlook, salesforce in pairs()
        for is_past, is_asleep in itertools.product([False, True], repeat=2)
    ]


def special_cases() -> list[Case]:
    """Every pair of states with guests, with a series that spreads, with guarded fields, on either side."""
    specials = [
        SideCase(State.UNCHANGED, has_guests=True),
        SideCase(State.UNCHANGED, spreads=True),
        SideCase(State.UNCHANGED, guard=Guard.FORMATTED),
        SideCase(State.UNCHANGED, guard=Guard.NOT_ORGANIZER),
    ]
    plain = SideCase(State.UNCHANGED)
    either = [(each, plain) for each in specials] + [(plain, each) for each in specials]
    return [
        Case(
            replace(special_outlook, state=outlook),
            replace(special_salesforce, state=salesforce),
            later=Side.OUTLOOK,
        )
        for outlook, salesforce in pairs()
        for special_outlook, special_salesforce in either
    ]


def link_of(case: Case, ruled: Rules) -> Link:
    """The case's link as the engine hands it to the planner: what is private beyond the box is redacted."""
    link = case.link()
    for side in Side:
        mine = link.side(side)
        if mine.item is not None and mine.item.is_private and not ruled.synchronize_private:
            link = link.with_side(side, replace(mine, item=mine.item.redacted()))
    return link


def made(cases: Iterable[Case], ruled: Rules, answers: Answers = NO_ANSWER) -> tuple[Plan, dict[str, Step]]:
    """The plan for these cases, and its steps by the case's id."""
    links = [link_of(case, ruled) for case in cases]
    result = plan(Process.CALENDAR, links, (), ruled, NOW, answers=answers)
    return result, {step.key: step for step in result.steps}


def answers_for(cases: Iterable[Case]) -> Iterator[Answers]:
    """Nothing; either side chosen for everything; consent to everything; everything left out."""
    keys = frozenset(case.id for case in cases)
    yield NO_ANSWER
    for side in Side:
        yield Answers(choices={key: {WHOLE: side} for key in keys})
    yield Answers(consents=keys)
    yield Answers(excluded=keys)


@cache
def edited(side: Side, state: State) -> frozenset[str]:
    """The fields that the person changed on this side."""
    return frozenset(edits(side, state))


@cache
def shown(case: Case, side: Side) -> Fields:
    """The fields that the side's item has now."""
    return case.shown(side)


class Law:
    """One combination: the story, the settings, the answers and what the planner made of them."""

    def __init__(self, case: Case, ruled: Rules, answers: Answers, step: Step | None) -> None:
        self.case = case
        self.rules = ruled
        self.answers = answers
        self.step = step
        self.operations: tuple[Operation, ...] = () if step is None else step.operations
        self.deleted = [side for side in Side if self.state(side).is_deleted]

    def check(self) -> None:
        """Every law that speaks of one link."""
        for law in (
            self.a_box_is_absolute,
            self.consent_comes_first,
            self.left_out_is_left,
            self.out_of_sight_rests,
            self.private_rests,
            self.asleep_writes_nothing,
            self.only_an_edit_wakes_a_deleted_item,
            self.a_delete_needs_a_deletion,
            self.a_deletion_is_carried,
            self.only_edits_travel,
            self.every_edit_travels_or_waits,
            self.a_conflict_is_real_and_rests,
            self.the_chosen_side_wins,
            self.a_guard_holds,
            self.nothing_happened_nothing_happens,
        ):
            try:
                law()
            except AssertionError as error:
                boxes = sorted(map(str, self.rules.prevent))
                raise AssertionError(
                    f"{law.__name__}: {self.case.id}, {self.rules.policy}, boxes {boxes}, {self.answers}: {self.step}"
                ) from error

    # The story, in words

    def state(self, side: Side) -> State:
        return self.case.side(side).state

    def fields(self, side: Side) -> Fields:
        return shown(self.case, side)

    def edited(self, side: Side) -> frozenset[str]:
        return edited(side, self.state(side))

    @property
    def has_private(self) -> bool:
        return any(self.state(side) is State.PRIVATE for side in Side) and not self.rules.synchronize_private

    @property
    def has_lost_sight(self) -> bool:
        return any(self.state(side).is_out_of_sight for side in Side)

    @property
    def is_in_window(self) -> bool:
        """Whether one of the items that are there lies in the synchronised days."""
        there = [side for side in Side if not self.state(side).is_deleted]
        return not self.case.is_past and any(self.state(side) is not State.MOVED_OUT for side in there)

    @property
    def is_leaving(self) -> bool:
        moved = any(self.state(side) is State.MOVED_OUT for side in Side)
        return moved and not self.case.is_past and not self.case.is_asleep

    @property
    def is_live(self) -> bool:
        """Whether anything may be written at all."""
        return (self.is_in_window or self.is_leaving) and not (self.has_private or self.has_lost_sight)

    @property
    def winner(self) -> Side | None:
        chosen = self.answers.choices.get(self.case.id, {}).get(WHOLE)
        if chosen is not None:
            return chosen
        match self.rules.policy:
            case Policy.OUTLOOK:
                return Side.OUTLOOK
            case Policy.SALESFORCE:
                return Side.SALESFORCE
            case Policy.NEWEST:
                return self.deleted[0].other if self.deleted else self.case.later
            case Policy.ASK:
                return None

    def disputed(self) -> set[str]:
        """Fields that both sides changed, to different values."""
        both = self.edited(Side.OUTLOOK) & self.edited(Side.SALESFORCE)
        return {
            name for name in both if self.fields(Side.OUTLOOK)[name] != self.fields(Side.SALESFORCE)[name]
        }

    def is_guarded(self, side: Side, name: str) -> bool:
        guard = self.case.side(side).guard
        if guard is Guard.FORMATTED and not self.rules.keep_formatting:
            return False
        return guard is not None and name == OWN[side.other]

    # The laws

    def a_box_is_absolute(self) -> None:
        for operation in self.operations:
            is_ticked = (operation.side, operation.action) in self.rules.prevent
            assert not (is_ticked and operation.is_sendable)
            if operation.hold is Hold.PREVENTED:
                assert is_ticked

    def consent_comes_first(self) -> None:
        if self.case.id in self.answers.consents or self.rules.notify_attendees:
            return
        for operation in self.operations:
            target = self.case.side(operation.side)
            if target.has_guests and operation.action in {Action.UPDATE, Action.DELETE}:
                assert not operation.is_sendable
            if target.spreads and operation.action is Action.UPDATE:
                assert not operation.is_sendable

    def left_out_is_left(self) -> None:
        if self.case.id in self.answers.excluded and self.step is not None:
            assert not self.step.writes
            assert self.step.is_excluded

    def out_of_sight_rests(self) -> None:
        if self.has_lost_sight:
            assert not self.operations
            assert self.has_private or (self.step is not None and self.step.is_asleep)

    def private_rests(self) -> None:
        if self.has_private:
            assert not self.operations
            assert SECRET not in repr(self.step)
            assert self.step is None or self.step.title == "(private)" or len(self.deleted) == 2

    def asleep_writes_nothing(self) -> None:
        if not (self.is_in_window or self.is_leaving):
            assert not self.operations
            if self.step is not None and len(self.deleted) < 2 and not self.has_private:
                assert self.step.is_asleep

    def only_an_edit_wakes_a_deleted_item(self) -> None:
        for operation in self.operations:
            if operation.action is Action.CREATE:
                assert self.deleted == [operation.side]
                assert self.edited(operation.side.other)
                assert self.winner is operation.side.other
                assert operation.fields == self.fields(operation.side.other)

    def a_delete_needs_a_deletion(self) -> None:
        for operation in self.operations:
            if operation.action is Action.DELETE:
                assert self.deleted == [operation.side.other]
                assert not self.edited(operation.side) or self.winner is operation.side.other

    def a_deletion_is_carried(self) -> None:
        if len(self.deleted) == 2:
            assert self.step is not None
            assert self.step.is_end
        if len(self.deleted) == 1 and self.is_live:
            assert self.step is not None
            (gone,) = self.deleted
            if not self.edited(gone.other) or self.winner is gone:
                assert [(op.side, op.action) for op in self.operations] == [(gone.other, Action.DELETE)]
                assert self.step.is_end
            elif self.winner is None:
                assert [conflict.field for conflict in self.step.conflicts] == [WHOLE]
            else:
                assert [(op.side, op.action) for op in self.operations] == [(gone, Action.CREATE)]
                assert not self.step.is_end

    def only_edits_travel(self) -> None:
        for operation in self.operations:
            if operation.action is Action.UPDATE:
                source = operation.side.other
                assert operation.fields
                for name, value in operation.fields.items():
                    assert name in self.edited(source)
                    assert value == self.fields(source)[name] != self.fields(operation.side)[name]

    def every_edit_travels_or_waits(self) -> None:
        if not self.is_live or self.deleted:
            return
        for side in Side:
            written = {name for op in self.operations if op.side is side for name in op.fields}
            due = self.edited(side.other) - self.edited(side)
            assert {name for name in due if not self.is_guarded(side, name)} <= written
        agreed = (self.edited(Side.OUTLOOK) & self.edited(Side.SALESFORCE)) - self.disputed()
        if agreed:
            assert self.step is not None
            assert agreed <= set(self.step.agreed)

    def a_conflict_is_real_and_rests(self) -> None:
        conflicts = () if self.step is None else self.step.conflicts
        named = {conflict.field for conflict in conflicts}
        if named == {WHOLE}:
            (gone,) = self.deleted
            assert self.edited(gone.other)
            assert not self.operations
        else:
            assert named <= self.disputed()
            assert not any(named & set(op.fields) for op in self.operations)
        if self.winner is not None:
            assert not conflicts
        elif self.is_live and not self.deleted:
            assert named == self.disputed()

    def the_chosen_side_wins(self) -> None:
        if not self.is_live or self.deleted or self.winner is None:
            return
        loser = self.winner.other
        for name in self.disputed():
            written = {op.side: op.fields[name] for op in self.operations if name in op.fields}
            is_kept = self.is_guarded(loser, name)
            assert written == ({} if is_kept else {loser: self.fields(self.winner)[name]})

    def a_guard_holds(self) -> None:
        for operation in self.operations:
            if operation.action is Action.UPDATE:
                assert not any(self.is_guarded(operation.side, name) for name in operation.fields)

    def nothing_happened_nothing_happens(self) -> None:
        if all(self.state(side) is State.UNCHANGED for side in Side):
            assert not self.operations
            assert self.step is None or self.step.is_silent or self.step.is_excluded


def judged(cases: list[Case], ruled: Rules, answers: Answers, steps: Mapping[str, Step]) -> int:
    """Check every law on every case; returns how many combinations that were."""
    for case in cases:
        Law(case, ruled, answers, steps.get(case.id)).check()
    return len(cases)


@pytest.mark.parametrize("policy", Policy)
def test_the_laws_hold_for_every_set_of_boxes(policy: Policy) -> None:
    """And a box only holds what would be done without it: it turns nothing into its opposite (law 7)."""
    cases = plain_cases()
    _, free = made(cases, rules(policy=policy))
    count = 0
    for prevent in box_sets():
        ruled = rules(policy=policy, prevent=prevent)
        _, steps = made(cases, ruled)
        assert steps.keys() == free.keys()
        assert all(intent(step) == intent(free[key]) for key, step in steps.items())
        count += judged(cases, ruled, NO_ANSWER, steps)
    print(f"{count} combinations")
    assert count == len(State) ** 2 * 4 * 64


def intent(step: Step) -> object:
    """What a step is about, whether it may be sent or not."""
    operations = [(op.side, op.action, op.fields) for op in step.operations]
    return operations, step.is_end, step.is_asleep, step.conflicts


def test_the_laws_hold_for_every_answer_guard_and_mark() -> None:
    cases = special_cases()
    count = 0
    for answers in answers_for(cases):
        for policy, private, other in itertools.product(
            (Policy.ASK, Policy.NEWEST), (False, True), OTHER_SETTINGS
        ):
            ruled = rules(policy=policy, synchronize_private=private, **other)
            _, steps = made(cases, ruled, answers)
            count += judged(cases, ruled, answers, steps)
    print(f"{count} combinations")
    assert count == len(State) ** 2 * 8 * 5 * 2 * 2 * len(OTHER_SETTINGS)


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("private", [False, True])
def test_what_was_refused_is_not_sent_again(policy: Policy, *, private: bool) -> None:
    cases = plain_cases() + special_cases()
    ruled = rules(policy=policy, synchronize_private=private, notify_attendees=True)
    first, _ = made(cases, ruled)
    refused = []
    for step in first.steps:
        link = step.link
        assert link is not None
        for operation in step.writes:
            link = link.with_refusal(operation.side, Refusal(fingerprint(operation), "no"))
        refused.append(link)
    again = plan(Process.CALENDAR, refused, (), ruled, NOW)
    assert not again.writes
    assert {op.hold for step in again.steps for op in step.operations} == {Hold.REFUSED, Hold.CONSENT}


@pytest.mark.parametrize("policy", Policy)
def test_swapping_the_sides_mirrors_the_plan(policy: Policy) -> None:
    swapped_policy = {Policy.OUTLOOK: Policy.SALESFORCE, Policy.SALESFORCE: Policy.OUTLOOK}.get(
        policy, policy
    )
    links = [link_of(case, rules()) for case in plain_cases() + special_cases()]
    here = plan(Process.CALENDAR, links, (), rules(policy=policy), NOW)
    there = plan(Process.CALENDAR, map(swapped, links), (), rules(policy=swapped_policy), NOW)
    assert {step.key: outcome(step, is_swapped=False) for step in here.steps} == {
        step.key: outcome(step, is_swapped=True) for step in there.steps
    }


def swapped(link: Link) -> Link:
    """The same story with the services' names exchanged."""
    return replace(
        link,
        outlook=replace(link.salesforce),
        salesforce=replace(link.outlook),
        refusals=tuple((side.other, refusal) for side, refusal in link.refusals),
    )


def outcome(step: Step, *, is_swapped: bool) -> object:
    """What a step comes to, told as if the sides had not been swapped."""

    def of(side: Side) -> Side:
        return side.other if is_swapped else side

    operations = {(of(op.side), op.action, tuple(sorted(op.fields)), op.hold) for op in step.operations}
    conflicts = {
        (each.field, *((each.salesforce, each.outlook) if is_swapped else (each.outlook, each.salesforce)))
        for each in step.conflicts
    }
    flags = (step.is_match, step.is_end, step.is_asleep, step.reason is None)
    return operations, conflicts, set(step.agreed), flags


def test_the_plan_depends_on_its_input_and_not_on_its_order() -> None:
    ruled = rules(policy=Policy.NEWEST)
    links = [link_of(case, ruled) for case in plain_cases()]
    unlinked = alone_and_alike()
    first = plan(Process.CALENDAR, links, unlinked, ruled, NOW)
    assert plan(Process.CALENDAR, links, unlinked, ruled, NOW) == first
    assert plan(Process.CALENDAR, reversed(links), reversed(unlinked), ruled, NOW) == first
    middle = len(links) // 2
    turned = [*links[middle:], *links[:middle]]
    assert plan(Process.CALENDAR, turned, unlinked[1:] + unlinked[:1], ruled, NOW) == first


def test_a_private_item_stored_while_the_box_was_on_is_told_by_no_name() -> None:
    """The box was just unticked: what the state still holds is in no operation, conflict, title or reason."""
    for case in plain_cases():
        if State.PRIVATE in {case.outlook.state, case.salesforce.state}:
            (step,) = plan(Process.CALENDAR, [case.link()], (), rules(), NOW).steps or (None,)
            if step is not None:
                said = (step.operations, step.conflicts, step.reason, step.title)
                assert SECRET not in repr(said)
                assert not step.operations


# Items without a link


def item(side: Side, number: int, **fields: object) -> Unlinked:
    merged: dict[str, object] = {**FULL, **fields}
    is_private = merged["sensitivity"] == "private"
    return Unlinked(side, Item(f"{side.value[0]}{number}", frozen(merged), is_private=is_private))  # type: ignore[arg-type]


def alone_and_alike() -> list[Unlinked]:
    """One alone on each side, a pair, one against two, and two pairs that say exactly the same."""
    return [
        item(Side.OUTLOOK, 1, subject="only here"),
        item(Side.SALESFORCE, 1, subject="only there"),
        item(Side.OUTLOOK, 2, subject="pair"),
        item(Side.SALESFORCE, 2, subject="PAIR"),
        item(Side.OUTLOOK, 3, subject="several"),
        item(Side.SALESFORCE, 3, subject="several", location="A"),
        item(Side.SALESFORCE, 4, subject="several", location="B"),
        *(item(side, number, subject="twins") for side in Side for number in (5, 6)),
    ]


@pytest.mark.parametrize("prevent", [frozenset(), ALL_BOXES], ids=["no box", "every box"])
@pytest.mark.parametrize("policy", Policy)
def test_items_without_a_link(policy: Policy, prevent: frozenset[tuple[Side, Action]]) -> None:
    result = plan(Process.CALENDAR, (), alone_and_alike(), rules(policy=policy, prevent=prevent), NOW)
    by_name: dict[str, list[Step]] = {}
    for step in result.steps:
        by_name.setdefault(step.title.casefold(), []).append(step)
    for name, side in (("only here", Side.SALESFORCE), ("only there", Side.OUTLOOK)):
        (step,) = by_name[name]
        (create,) = step.operations
        assert (create.side, create.action) == (side, Action.CREATE)
        assert create.is_sendable == (not prevent)
    assert [step.is_match for step in by_name["pair"]] == [True]
    assert [step.is_match for step in by_name["twins"]] == [True, True]
    assert len(by_name["several"]) == 3
    for step in by_name["pair"] + by_name["twins"] + by_name["several"]:
        assert not any(op.action is Action.CREATE for op in step.operations)
    assert not any(step.operations or step.is_match for step in by_name["several"])
    assert all(step.needs_person for step in by_name["several"])


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("has_twin", [False, True])
def test_an_unlinked_private_item_is_never_made_nor_matched(side: Side, *, has_twin: bool) -> None:
    mine = item(side, 1, sensitivity="private", subject=SECRET)
    bare = Unlinked(side, mine.item.redacted())
    twins = [item(side.other, 2, subject=SECRET, sensitivity="private")] if has_twin else []
    result = plan(Process.CALENDAR, (), [bare], rules(), NOW)
    assert [step.operations for step in result.steps] == [()]
    assert SECRET not in repr(result)
    ticked = plan(Process.CALENDAR, (), [mine, *twins], rules(synchronize_private=True), NOW)
    (step,) = ticked.steps
    assert step.is_match is has_twin
    assert [op.action for op in step.operations] == ([] if has_twin else [Action.CREATE])


def test_what_is_away_is_not_made_on_the_other_side() -> None:
    mine = item(Side.SALESFORCE, 1)
    away = Unlinked(mine.side, replace(mine.item, is_away=True))
    assert plan(Process.CALENDAR, (), [away], rules(), NOW).steps == ()


def test_a_fresh_link_loses_no_value() -> None:
    """An empty field takes the other side's value, differing ones wait, and nothing else is written (law 8)."""
    names = [SHARED, "location", "body"]
    for empty_here, empty_there in itertools.product(itertools.product([False, True], repeat=2), repeat=2):
        outlook = dict(zip(names[1:], ["" if empty else "here" for empty in empty_here], strict=True))
        salesforce = dict(zip(names[1:], ["" if empty else "there" for empty in empty_there], strict=True))
        unlinked = [item(Side.OUTLOOK, 1, **outlook), item(Side.SALESFORCE, 1, **salesforce)]
        (step,) = plan(Process.CALENDAR, (), unlinked, rules(), NOW).steps
        written = {(op.side, name): value for op in step.operations for name, value in op.fields.items()}
        expected = {
            (side.other, name): mine[name]
            for side, mine, other in (
                (Side.OUTLOOK, outlook, salesforce),
                (Side.SALESFORCE, salesforce, outlook),
            )
            for name in names[1:]
            if mine[name] and not other[name]
        }
        assert written == expected
        differing = {name for name in names[1:] if outlook[name] and salesforce[name]}
        assert {conflict.field for conflict in step.conflicts} == differing


def test_a_link_side_that_was_never_shown_rests() -> None:
    link = Case(SideCase(State.UNCHANGED), SideCase(State.EDITED_OTHER)).link()
    (step,) = plan(Process.CALENDAR, [replace(link, outlook=LinkSide("o", FULL))], (), rules(), NOW).steps
    assert not step.operations
