"""The laws checked on every combination of what can be the matter with items that have no link (laws 5 to 8 and 11).

A story is one item and who is there on the other side: nobody, the same item in one of many states, or several. All stories
of a process are planned together, as in a first run, each under a name of its own.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import pytest

from lpc_tui.model.fingerprint import fingerprint
from lpc_tui.model.items import Fields, Item, Process, Side, Value, frozen
from lpc_tui.model.links import Refusal, Unlinked
from lpc_tui.model.plan import Hold, Operation, Step, Why
from lpc_tui.model.planner import plan
from lpc_tui.model.rules import Action, Policy, Rules
from tests.model.cases import (
    BOXES,
    CONTACT,
    NOW,
    SAMPLES,
    SECRET,
    Sample,
    box_sets,
    rules,
)

Count = Callable[[str, object], None]
ALL_BOXES = frozenset(BOXES)
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
each_policy = pytest.mark.parametrize("policy", Policy)


class Here(enum.Enum):
    """How the item itself stands."""

    PLAIN = "in scope"
    PRIVATE = "private"
    AWAY = "away"
    OUTSIDE = "out of the window"


class There(enum.Enum):
    """Who is on the other side."""

    NOBODY = "nobody"
    SAME = "the same"
    DIFFERENT = "the same with another value in one field"
    EMPTIER = "the same with nothing in one field"
    EMPTIER_AND_DIFFERENT = "the same with one field empty and another different"
    PRIVATE = "the same, private"
    AWAY = "the same, away"
    TWINS = "two that are the same as it and as each other"
    TWO = "two that differ"
    TWINS_OF_TWINS = "two that are the same, and a second one here"


@dataclass(frozen=True)
class Meeting:
    """An item without a link on `side`, and who is on the other side."""

    sample: Sample
    side: Side
    here: Here
    there: There

    @property
    def name(self) -> str:
        return f"{self.sample.name} {self.side} {self.here.name} {self.there.name}".lower()

    @property
    def fields(self) -> Fields:
        """A name of its own, by which it is matched, and every field filled."""
        if self.sample.process is Process.CONTACT:
            address = f"{self.name.replace(' ', '.')}@example.com"
            return frozen({**self.sample.agreed, "last_name": self.name, "email": address})
        return frozen({**self.sample.agreed, self.sample.shared: self.name})

    @property
    def emptied(self) -> str:
        """The field that the emptier one has nothing in."""
        return {Process.CALENDAR: "location", Process.CONTACT: "department"}.get(self.sample.process, "body")

    @property
    def changed(self) -> Mapping[str, Value]:
        """What the different one says otherwise."""
        if self.sample.process is Process.TASK:
            return {"priority": "low"}
        return {"notes" if self.sample.process is Process.CONTACT else "body": "Something else"}

    @property
    def has_private(self) -> bool:
        """Whether the box Synchronize Private Items makes a difference to it."""
        return Here.PRIVATE is self.here or There.PRIVATE is self.there

    def mine(self) -> list[Unlinked]:
        """The items on this side."""
        is_private = self.here is Here.PRIVATE
        changes = self.sample.private if is_private else self._outside()
        fields = {**self.fields, **changes}
        item = Item(f"{self.name}|0", frozen(fields), is_private=is_private, is_away=self.here is Here.AWAY)
        count = 2 if self.there is There.TWINS_OF_TWINS else 1
        return [Unlinked(self.side, replace(item, id=f"{self.name}|{number}")) for number in range(count)]

    def _outside(self) -> Fields:
        past = self.sample.agreed_past if self.here is Here.OUTSIDE else {}
        return {name: value for name, value in past.items() if name in {"when", "due", "status"}}

    def others(self) -> list[Unlinked]:
        """The items on the other side."""
        emptier: dict[str, Value] = {self.emptied: ""}
        edits: Mapping[There, list[Mapping[str, Value]]] = {
            There.NOBODY: [],
            There.DIFFERENT: [self.changed],
            There.EMPTIER: [emptier],
            There.EMPTIER_AND_DIFFERENT: [{**emptier, **self.changed}],
            There.PRIVATE: [self.sample.private],
            There.TWINS: [{}, {}],
            There.TWINS_OF_TWINS: [{}, {}],
            There.TWO: [{}, self.changed],
        }
        return [
            Unlinked(
                self.side.other,
                Item(
                    f"{self.name}|other {number}",
                    frozen({**self.fields, **changes}),
                    is_private=self.there is There.PRIVATE,
                    is_away=self.there is There.AWAY,
                ),
            )
            for number, changes in enumerate(edits.get(self.there, [{}]))
        ]


def meetings(sample: Sample) -> list[Meeting]:
    """Every item against everybody; what a process has no mark or no window for is left out."""
    return [
        Meeting(sample, side, here, there)
        for side, here, there in itertools.product(Side, Here, There)
        if (here is not Here.PRIVATE and there is not There.PRIVATE) or sample.private
        if here is not Here.OUTSIDE or sample.window is not None
    ]


class Judge:
    """The steps of one meeting under one set of rules, before the laws."""

    def __init__(
        self, meeting: Meeting, ruled: Rules, steps: list[Step], *, is_refused: bool = False
    ) -> None:
        self.meeting = meeting
        self.rules = ruled
        self.steps = steps
        self.operations = [op for step in steps for op in step.operations]
        self.is_refused = is_refused
        self.mine = [each.item for each in meeting.mine() if self._is_open(each.item)]
        self.others = [each.item for each in meeting.others() if self._is_open(each.item)]

    def _is_open(self, item: Item) -> bool:
        """Whether the item may be matched and made on the other side."""
        if item.is_private and not self.rules.synchronize_private:
            return False
        is_outside = self.meeting.sample.window is not None and self.meeting.sample.is_outside(item.fields)
        return not (item.is_away or is_outside)

    def check(self) -> None:
        for law in (self.boxes, self.privacy, self.scope, self.matching, self.values, self.creating):
            try:
                law()
            except AssertionError as error:
                boxes = sorted(map(str, self.rules.prevent))
                raise AssertionError(
                    f"{law.__name__}: {self.meeting.name}, {self.rules.policy}, boxes {boxes}: {self.steps}"
                ) from error

    def boxes(self) -> None:
        """Laws 7 and 11."""
        for operation in self.operations:
            is_ticked = (operation.side, operation.action) in self.rules.prevent
            assert is_ticked is (operation.hold is Hold.PREVENTED)
            is_refused = self.is_refused and operation.action is Action.CREATE and not is_ticked
            assert is_refused is (operation.hold is Hold.REFUSED)

    def privacy(self) -> None:
        """Law 6: neither made, nor matched, nor told."""
        if not self.rules.synchronize_private:
            assert SECRET not in repr(self.steps)
            for step in self.steps:
                items = [item for item in (step.outlook, step.salesforce) if item is not None]
                if any(item.is_private for item in items):
                    assert step.title == "(private)"
                    assert not step.operations
                    assert not step.is_match
                    assert not step.conflicts
                    assert step.reason is not None
                    assert step.reason.why is Why.PRIVATE

    def scope(self) -> None:
        """Law 5: of what is away or outside there is no step at all."""
        told = {
            item.id for step in self.steps for item in (step.outlook, step.salesforce) if item is not None
        }
        hidden = {
            each.item.id
            for each in (*self.meeting.mine(), *self.meeting.others())
            if each.item.id not in {item.id for item in (*self.mine, *self.others)}
            and not each.item.is_private
        }
        assert not told & hidden
        for step in self.steps:
            shown = {Side.OUTLOOK: step.outlook, Side.SALESFORCE: step.salesforce}
            for side, item in shown.items():
                is_mine = item is not None and "|other" not in item.id
                assert item is None or is_mine is (side is self.meeting.side)

    def matching(self) -> None:
        """Law 8: one and one are linked; so are as many and as many that say the same; else the person is asked."""
        matches = [step for step in self.steps if step.is_match]
        several = [
            step for step in self.steps if step.reason is not None and step.reason.why is Why.SEVERAL_ALIKE
        ]
        if not (self.mine and self.others):
            assert not matches
            assert not several
        elif len(self.mine) == len(self.others) and self._is_clear():
            assert len(matches) == len(self.mine)
            assert not several
        else:
            assert not matches
            assert len(several) == len(self.mine) + len(self.others)
            assert not self.operations
        for step in several:
            assert step.needs_person

    def _is_clear(self) -> bool:
        """Whether it does not matter which belongs to which."""
        return len(self.mine) == 1 or all(
            mine.fields == other.fields for mine in self.mine for other in self.others
        )

    def values(self) -> None:
        """Law 8: in a fresh link an empty field takes the other value; differing ones are a conflict of that field."""
        if not (len(self.mine) == len(self.others) == 1):
            return
        (step,) = [step for step in self.steps if step.is_match]
        (mine,), (other,) = self.mine, self.others
        side = self.meeting.side
        differing = {
            name: {side: mine.fields[name], side.other: other.fields[name]}
            for name in mine.fields
            if mine.fields[name] != other.fields[name]
        }
        winner = {Policy.OUTLOOK: Side.OUTLOOK, Policy.SALESFORCE: Side.SALESFORCE}.get(self.rules.policy)
        due: dict[Side, dict[str, Value]] = {each: {} for each in Side}
        disputed = set()
        for name, values in differing.items():
            filled = [each for each in Side if values[each]]
            source = filled[0] if len(filled) == 1 else winner
            if source is None:
                disputed.add(name)
            else:
                due[source.other][name] = values[source]
        assert {each.field for each in step.conflicts} == disputed
        assert {op.side: op.fields for op in step.operations} == {
            each: due[each] for each in Side if due[each]
        }
        assert all(op.action is Action.UPDATE for op in step.operations)
        assert set(step.agreed) == mine.fields.keys() - differing.keys()

    def creating(self) -> None:
        """Law 8: made on the other side once, with all that it holds, if and only if nobody there is the same."""
        creates = [op for op in self.operations if op.action is Action.CREATE]
        expected = [] if self.mine and self.others else [*self.mine, *self.others]
        side = self.meeting.side.other if self.mine else self.meeting.side
        assert len(creates) == len(expected)
        for create, item in zip(creates, expected, strict=True):
            assert create.side is side
            assert create.fields == item.fields


def given(told: list[Meeting], ruled: Rules) -> Iterator[Unlinked]:
    """All items of these meetings, as the engine hands them to the planner: what is private beyond the box is redacted."""
    for meeting in told:
        for each in (*meeting.mine(), *meeting.others()):
            hidden = each.item.is_private and not ruled.synchronize_private
            yield replace(each, item=each.item.redacted()) if hidden else each


def steps_of(sample: Sample, unlinked: list[Unlinked], ruled: Rules) -> Mapping[str, list[Step]]:
    """The steps of the plan, by the name of their meeting."""
    told: dict[str, list[Step]] = {}
    for step in plan(sample.process, (), unlinked, ruled, NOW).steps:
        item = step.outlook or step.salesforce
        assert item is not None
        told.setdefault(item.id.split("|")[0], []).append(step)
    return told


@each_policy
@each_sample
@pytest.mark.parametrize("private", [False, True], ids=["private off", "private on"])
def test_the_laws_hold_for_items_without_a_link(
    sample: Sample, policy: Policy, record_property: Count, *, private: bool
) -> None:
    told = [each for each in meetings(sample) if not private or each.has_private]
    unlinked = list(given(told, rules(sample, synchronize_private=private)))
    count = 0
    for prevent in box_sets():
        ruled = rules(sample, policy=policy, prevent=prevent, synchronize_private=private)
        steps = steps_of(sample, unlinked, ruled)
        for meeting in told:
            Judge(meeting, ruled, steps.get(meeting.name, [])).check()
        count += len(told)
    record_property("combinations", ("items without a link", count))
    assert count == len(told) * 64


@each_sample
def test_what_was_refused_is_not_made_again(sample: Sample, record_property: Count) -> None:
    told = meetings(sample)
    refused = [replace(each, refusal=_refusal(each)) for each in given(told, rules(sample))]
    other = [replace(each, refusal=Refusal("of something else", "no")) for each in refused]
    count = 0
    for unlinked, is_refused, boxes in (
        (refused, True, box_sets()),
        (other, False, [frozenset(), ALL_BOXES]),
    ):
        for prevent in boxes:
            ruled = rules(sample, prevent=prevent)
            steps = steps_of(sample, unlinked, ruled)
            for meeting in told:
                Judge(meeting, ruled, steps.get(meeting.name, []), is_refused=is_refused).check()
            count += len(told)
    record_property("combinations", ("items without a link", count))


@each_policy
def test_a_new_contact_tells_its_company_though_salesforce_has_no_such_field(policy: Policy) -> None:
    """An account may be found by it; and it stands in for a last name."""
    (meeting,) = [
        each
        for each in meetings(CONTACT)
        if (each.side, each.here, each.there) == (Side.OUTLOOK, Here.PLAIN, There.NOBODY)
    ]
    ruled = rules(CONTACT, policy=policy)
    steps = steps_of(CONTACT, meeting.mine(), ruled)[meeting.name]
    Judge(meeting, ruled, steps).check()
    assert "company" in steps[0].operations[0].fields


def _refusal(each: Unlinked) -> Refusal:
    """What the other service said to the creation of this item, had it been sent."""
    made = Operation(each.side.other, Action.CREATE, None, frozen(each.item.fields))
    return Refusal(fingerprint(made), "no")
