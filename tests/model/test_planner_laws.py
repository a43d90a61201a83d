"""The laws of the sync checked on every combination of what can happen to a link, one plain predicate a law (see `laws`).

The combinations are full products, not samples: in each process each pair of states of the two sides, awake and asleep, in
the window and past it, under every set of boxes and every policy; and what was refused before; and guests, series, guards,
answers. How many were checked is told at the end of the test run.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pytest

from lpc_tui.model.fingerprint import fingerprint
from lpc_tui.model.items import Guard, Item, Process, Side
from lpc_tui.model.links import Link, LinkSide, Refusal
from lpc_tui.model.plan import WHOLE, Answers, Hold, Step
from lpc_tui.model.planner import plan
from lpc_tui.model.rules import Action, Policy, Rules
from lpc_tui.model.settle import before_writes, created, finished, is_settled, updated
from tests.model.cases import (
    BOXES,
    EVENT,
    FULL,
    NOW,
    SAMPLES,
    SECRET,
    Case,
    Sample,
    SideCase,
    State,
    box_sets,
    pairs,
    rules,
)
from tests.model.laws import NO_ANSWER, Story, Verdict

ALL_BOXES = frozenset(BOXES)
OTHER_SETTINGS: tuple[Mapping[str, object], ...] = (
    {},
    {"keep_formatting": False},
    {"notify_attendees": True},
    {"prevent": ALL_BOXES},
)

Count = Callable[[str, object], None]
"""pytest's `record_property`: under "combinations" it takes of what and how many; they are summed up and told at the end."""

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
each_policy = pytest.mark.parametrize("policy", Policy)


def plain_cases(sample: Sample) -> list[Case]:
    """Every pair of states, awake or asleep, within the window or past it."""
    passed = [False] if sample.window is None else [False, True]
    return [
        Case(SideCase(outlook), SideCase(salesforce), is_past, is_asleep, sample=sample)
        for outlook, salesforce in pairs(sample)
        for is_past, is_asleep in itertools.product(passed, [False, True])
    ]


def special_cases(sample: Sample) -> list[Case]:
    """Every pair of states with guarded fields, and for events with guests or a series that spreads, on either side."""
    plain = SideCase(State.UNCHANGED)
    specials = [replace(plain, guard=guard) for guard in (Guard.FORMATTED, Guard.READ_ONLY)]
    if sample.process is Process.CALENDAR:
        specials += [replace(plain, has_guests=True), replace(plain, spreads=True)]
    either = [(each, plain) for each in specials] + [(plain, each) for each in specials]
    return [
        Case(
            replace(here, state=outlook), replace(there, state=salesforce), later=Side.OUTLOOK, sample=sample
        )
        for outlook, salesforce in pairs(sample)
        for here, there in either
    ]


def stories(cases: Iterable[Case], ruled: Rules, answers: Answers = NO_ANSWER) -> list[Story]:
    return [Story(case, ruled, answers) for case in cases]


def planned(
    sample: Sample, links: Iterable[Link], ruled: Rules, answers: Answers = NO_ANSWER
) -> dict[str, Step]:
    """The steps of the plan for these links, by the link's id."""
    made = plan(sample.process, links, (), ruled, NOW, answers=answers)
    return {step.key: step for step in made.steps}


def with_private(cases: Sequence[Case]) -> list[Case]:
    """Those that the box Synchronize Private Items makes a difference to."""
    return [case for case in cases if State.PRIVATE in {case.outlook.state, case.salesforce.state}]


@each_policy
@each_sample
def test_the_laws_hold_for_every_set_of_boxes(sample: Sample, policy: Policy, record_property: Count) -> None:
    """And a box only holds what would be done without it: it turns nothing into its opposite (law 7)."""
    count = 0
    for private, cases in ((False, plain_cases(sample)), (True, with_private(plain_cases(sample)))):
        told = stories(cases, rules(sample, policy=policy, synchronize_private=private))
        links = [story.link() for story in told]
        free = planned(sample, links, rules(sample, policy=policy, synchronize_private=private))
        intents = {key: intent(step) for key, step in free.items()}
        for prevent in box_sets():
            ruled = rules(sample, policy=policy, synchronize_private=private, prevent=prevent)
            steps = planned(sample, links, ruled)
            assert {key: intent(step) for key, step in steps.items()} == intents
            for story in told:
                Verdict(story, ruled, steps.get(story.key)).check()
            count += len(told)
    record_property("combinations", ("links", count))
    flags = 2 if sample.window is None else 4
    private_pairs = 2 * len(sample.states) - 1 if State.PRIVATE in sample.states else 0
    assert count == (len(sample.states) ** 2 + private_pairs) * flags * 64


def intent(step: Step) -> object:
    """What a step is about, whether it may be sent or not."""
    operations = [(op.side, op.action, op.fields) for op in step.operations]
    return operations, step.is_end, step.is_asleep, step.conflicts


@each_policy
@each_sample
def test_the_laws_hold_for_what_was_refused_before(
    sample: Sample, policy: Policy, record_property: Count
) -> None:
    """Exactly what was refused is not sent again; anything else is (law 11), and the boxes go first (law 7)."""
    free = rules(sample, policy=policy)
    told = {story.key: story for story in stories(plain_cases(sample), free)}
    steps = planned(sample, [story.link() for story in told.values()], free)
    refused, outdated = [], []
    for step in steps.values():
        if step.operations and step.link is not None:
            refused.append(_refusing(step, {op.side: fingerprint(op) for op in step.operations}))
            outdated.append(_refusing(step, dict.fromkeys(Side, "of another write")))
    count = 0
    for prevent in box_sets():
        ruled = rules(sample, policy=policy, prevent=prevent)
        for key, step in planned(sample, refused, ruled).items():
            Verdict(told[key], ruled, step, refused=frozenset(Side)).check()
            assert not step.writes
            count += 1
    for key, step in planned(sample, outdated, free).items():
        Verdict(told[key], free, step).check()
        count += 1
    record_property("combinations", ("links", count))
    assert count == len(refused) * 65
    assert refused


def _refusing(step: Step, fingerprints: Mapping[Side, str]) -> Link:
    """The step's link once the services refused these writes."""
    assert step.link is not None
    link = step.link
    for side, refused in fingerprints.items():
        link = link.with_refusal(side, Refusal(refused, "no"))
    return link


@each_sample
def test_the_laws_hold_for_every_answer_guard_and_mark(sample: Sample, record_property: Count) -> None:
    count = 0
    cases = special_cases(sample)
    settings = [other for other in OTHER_SETTINGS if sample is EVENT or "notify_attendees" not in other]
    for answers, policy, other in itertools.product(
        answers_for(cases), (Policy.ASK, Policy.NEWEST), settings
    ):
        for private, some in ((False, cases), (True, with_private(cases))):
            ruled = rules(sample, policy=policy, synchronize_private=private, **other)
            told = stories(some, ruled, answers)
            steps = planned(sample, [story.link() for story in told], ruled, answers)
            for story in told:
                Verdict(story, ruled, steps.get(story.key)).check()
            count += len(told)
    record_property("combinations", ("links", count))
    assert count == (len(cases) + len(with_private(cases))) * 5 * 2 * len(settings)


def answers_for(cases: Iterable[Case]) -> Iterator[Answers]:
    """Nothing; either side chosen for everything; consent to everything; everything left out."""
    keys = frozenset(case.id for case in cases)
    yield NO_ANSWER
    for side in Side:
        yield Answers(choices={key: {WHOLE: side} for key in keys})
    yield Answers(consents=keys)
    yield Answers(excluded=keys)


# What comes of it: the plan carried out, and the next ones

BOXES_IN_TURN = (frozenset(), *(frozenset({box}) for box in BOXES), ALL_BOXES)


@pytest.mark.parametrize("policy", [Policy.NEWEST, Policy.OUTLOOK, Policy.SALESFORCE])
@each_sample
def test_a_plan_carried_out_is_followed_by_quiet_and_by_what_was_prevented(
    sample: Sample, policy: Policy, record_property: Count
) -> None:
    """Quiet under the same boxes (laws 1 and 2, whatever the service made of our writes); what they held is still listed,
    and done once they are unticked (law 7); then both sides agree."""
    told = [story for story in stories(plain_cases(sample), rules(sample, policy=policy)) if story.is_live]
    free = rules(sample, policy=policy)
    count = 0
    for prevent in BOXES_IN_TURN:
        ruled = rules(sample, policy=policy, prevent=prevent)
        first = planned(sample, [story.link() for story in told], ruled)
        links = {
            story.key: link
            for story in told
            if (link := carried_out(story.link(), first.get(story.key))) is not None
        }
        second = planned(sample, links.values(), ruled)
        for story in told:
            before, after = first.get(story.key), second.get(story.key)
            if story.key in links:
                assert after is None or not after.writes, story.key
                is_pending = may_still_go(story, links[story.key])
                assert held(after) == (held(before) if is_pending else {}), story.key
        third = planned(sample, links.values(), free)
        for story in told:
            if story.key in links and may_still_go(story, links[story.key]):
                step = third.get(story.key)
                assert held(first.get(story.key)) == due(step), story.key
                at_last = carried_out(links[story.key], step)
                assert at_last is None or is_quiet(story, at_last, free), story.key
        count += len(told)
    record_property("combinations", ("links", count))


def carried_out(link: Link, step: Step | None) -> Link | None:
    """What the engine makes of a step whose writes all succeed, on services that rewrite each text they are given."""
    if step is None:
        return link
    if step.is_end and not step.operations:
        return None
    link = before_writes(link, step)
    for operation in step.writes:
        if operation.action is Action.DELETE:
            return None
        there = link.side(operation.side).item
        assert there is not None
        saved = {
            name: f"<{value}>" if isinstance(value, str) and name != "status" else value
            for name, value in operation.fields.items()
        }
        if operation.action is Action.CREATE:
            made = replace(there, id=f"{there.id} again", fields=saved)
            link = created(link, step, operation, made, "unused")
        else:
            link = updated(link, step, operation, replace(there, fields={**there.fields, **saved}))
    return finished(link, step) if len(step.writes) == len(step.operations) else link


def held(step: Step | None) -> object:
    """What a step holds back."""
    operations = () if step is None else step.operations
    return {(op.side, op.action): op.fields for op in operations if op.hold is Hold.PREVENTED}


def due(step: Step | None) -> object:
    """What a step writes."""
    return {} if step is None else {(op.side, op.action): op.fields for op in step.writes}


def may_still_go(story: Story, link: Link) -> bool:
    """Whether what was held back may go across yet: not once the edit that took the pair out of the window did (law 5)."""
    return any(
        not story.sample.is_outside(fields)
        for side in Side
        if (item := link.side(side).item) is not None
        for fields in (item.fields, {**item.fields, **link.side(side).base})
    )


def is_quiet(story: Story, link: Link, ruled: Rules) -> bool:
    """Whether nothing is left to do, and both sides say the same but for what one of them cannot take."""
    step = planned(story.sample, [link], ruled).get(link.id)
    if step is not None and (step.operations or step.conflicts):
        return False
    shown = {side: item.fields for side in Side if (item := link.side(side).item) is not None}
    return all(
        str(value).strip("<>") == str(shown[Side.SALESFORCE][name]).strip("<>")
        for name, value in shown[Side.OUTLOOK].items()
        if name in shown[Side.SALESFORCE] and name not in {story.sample.one_way, story.sample.required}
    )


@each_sample
def test_a_link_is_settled_only_if_there_is_nothing_to_do_for_it(sample: Sample) -> None:
    """A quiet run does not look at settled links, so none of them may have a step of its own (laws 1 and 7)."""
    for private in (False, True):
        ruled = rules(sample, policy=Policy.NEWEST, synchronize_private=private)
        told = stories(plain_cases(sample), ruled)
        steps = planned(sample, [story.link() for story in told], ruled)
        for story in told:
            step = steps.get(story.key)
            if is_settled(story.link()):
                assert step is None or step.is_silent, story.key


# The planner as a function


@each_policy
@each_sample
def test_swapping_the_sides_mirrors_the_plan(sample: Sample, policy: Policy) -> None:
    swapped_policy = {Policy.OUTLOOK: Policy.SALESFORCE, Policy.SALESFORCE: Policy.OUTLOOK}.get(
        policy, policy
    )
    links = [
        story.link()
        for story in stories(plain_cases(sample) + special_cases(sample), rules(sample))
        if not {State.EDITED_ONE_WAY, State.EMPTIED} & set(story.states.values())
    ]
    here = plan(sample.process, links, (), rules(sample, policy=policy), NOW)
    there = plan(sample.process, map(swapped, links), (), rules(sample, policy=swapped_policy), NOW)
    assert {step.key: outcome(step, sample, is_swapped=False) for step in here.steps} == {
        step.key: outcome(step, sample, is_swapped=True) for step in there.steps
    }


def swapped(link: Link) -> Link:
    """The same story with the services' names exchanged."""
    return replace(
        link,
        outlook=replace(link.salesforce),
        salesforce=replace(link.outlook),
        refusals=tuple((side.other, refusal) for side, refusal in link.refusals),
    )


def outcome(step: Step, sample: Sample, *, is_swapped: bool) -> object:
    """What a step comes to, told as if the sides had not been swapped."""

    def of(side: Side) -> Side:
        return side.other if is_swapped else side

    operations = {
        (of(op.side), op.action, tuple(sorted(op.fields.keys() - {sample.one_way})), op.hold)
        for op in step.operations
    }
    conflicts = {
        (each.field, *((each.salesforce, each.outlook) if is_swapped else (each.outlook, each.salesforce)))
        for each in step.conflicts
    }
    flags = (step.is_match, step.is_end, step.is_asleep, step.reason is None)
    return operations, conflicts, set(step.agreed), flags


@each_sample
def test_the_plan_depends_on_its_input_and_not_on_its_order(sample: Sample) -> None:
    ruled = rules(sample, policy=Policy.NEWEST)
    links = [story.link() for story in stories(plain_cases(sample), ruled)]
    first = plan(sample.process, links, (), ruled, NOW)
    assert plan(sample.process, links, (), ruled, NOW) == first
    assert plan(sample.process, reversed(links), (), ruled, NOW) == first
    middle = len(links) // 2
    assert plan(sample.process, [*links[middle:], *links[:middle]], (), ruled, NOW) == first


@each_sample
def test_a_private_item_stored_while_the_box_was_on_is_told_by_no_name(sample: Sample) -> None:
    """The box was just unticked: what the state still holds is in no operation, conflict, title or reason."""
    for case in with_private(plain_cases(sample)):
        (step,) = plan(sample.process, [case.link()], (), rules(sample), NOW).steps or (None,)
        if step is not None:
            said = (step.operations, step.conflicts, step.reason, step.title)
            assert SECRET not in repr(said)
            assert not step.operations


def test_a_link_side_that_was_never_shown_rests() -> None:
    link = Case(SideCase(State.UNCHANGED), SideCase(State.EDITED_OTHER)).link()
    (step,) = plan(EVENT.process, [replace(link, outlook=LinkSide("o", FULL))], (), rules(), NOW).steps
    assert not step.operations
    assert step.is_asleep


# The brake (law 10)


def test_the_brake_stops_an_emptied_side_and_too_many_deletes_and_nothing_else(
    record_property: Count,
) -> None:
    """Every number of links, of deletions carried to one side and of items that are out of sight, around the thresholds."""
    count = 0
    for total, gone, missing in itertools.product(range(9), range(9), range(9)):
        if gone + missing > total:
            continue
        for most, percent, prevent in itertools.product(
            (0, 2, 25), (0, 20, 50, 100), (frozenset(), ALL_BOXES)
        ):
            ruled = rules(max_deletes=most, max_delete_percent=percent, prevent=prevent)
            states = [State.DELETED] * gone + [State.MISSING] * missing
            states += [State.UNCHANGED] * (total - gone - missing)
            made = plan(
                EVENT.process,
                [_numbered(number, state) for number, state in enumerate(states)],
                (),
                ruled,
                NOW,
            )
            is_emptied = total >= 5 and gone + missing == total
            deletes = 0 if prevent else gone
            is_too_much = deletes > most and deletes * 100 > percent * total
            assert len(made.brakes) == is_emptied + is_too_much
            count += 1
    record_property("combinations", ("brakes", count))


def _numbered(number: int, outlook: State) -> Link:
    link = Case(SideCase(outlook), SideCase(State.UNCHANGED)).link()
    ids = {side: Item(f"{side}{number}", FULL) for side in Side}
    for side, item in ids.items():
        link = link.with_side(side, replace(link.side(side), id=item.id, item=item))
    return replace(link, id=f"{number}")
