"""The truth table of the planner: what a pair comes to, for every stand of either side."""

from __future__ import annotations

import pytest

from lpc_tui.model.field_map import fields_of
from lpc_tui.model.fingerprint import fingerprint
from lpc_tui.model.items import AllDay, Item, Process, Side, frozen
from lpc_tui.model.links import Link, LinkSide, Refusal, Unlinked
from lpc_tui.model.plan import WHOLE, Answers, Hold, Plan, Step, Why
from lpc_tui.model.planner import Stand, plan, stand_of
from lpc_tui.model.rules import Action, Policy
from tests.model.cases import EVENT, FULL, NOW, Case, SideCase, State, at, on, rules

STATES = {
    Stand.SAME: State.UNCHANGED,
    Stand.EDITED: State.EDITED_OTHER,
    Stand.GONE: State.DELETED,
    Stand.MISSING: State.MISSING,
    Stand.AWAY: State.AWAY,
    Stand.PRIVATE: State.PRIVATE,
}

TABLE = """
             SAME               EDITED             GONE               MISSING  AWAY   PRIVATE
    SAME     nothing            update-outlook     delete-outlook     sleep    sleep  rest
    EDITED   update-salesforce  update-both        ask                sleep    sleep  rest
    GONE     delete-salesforce  ask                end                sleep    sleep  rest
    MISSING  sleep              sleep              sleep              sleep    sleep  rest
    AWAY     sleep              sleep              sleep              sleep    sleep  rest
    PRIVATE  rest               rest               rest               rest     rest   rest
"""
"""Outlook down, Salesforce across."""


def cells() -> list[object]:
    header, *lines = TABLE.strip("\n").splitlines()
    columns = [Stand[name] for name in header.split()]
    return [
        pytest.param(Stand[row], column, outcome, id=f"{row}-{column.name}-{outcome}".lower())
        for row, *outcomes in (line.split() for line in lines if line.strip())
        for column, outcome in zip(columns, outcomes, strict=True)
    ]


def plan_of(*links: Link, unlinked: tuple[Unlinked, ...] = (), **options: object) -> Plan:
    """The plan for these links, with rules or answers as options."""
    answers = options.pop("answers", None)
    assert answers is None or isinstance(answers, Answers)
    return plan(Process.CALENDAR, links, unlinked, rules(EVENT, **options), NOW, answers=answers)


def told(made: Plan) -> str:
    """What a plan for one pair comes to, in the words of the table."""
    if not made.steps:
        return "nothing"
    (step,) = made.steps
    if step.is_end and not step.operations:
        return "end"
    if step.conflicts:
        return "ask"
    if step.reason is not None and step.reason.why is Why.PRIVATE:
        return "rest"
    if step.is_asleep and not step.operations:
        return "sleep"
    (action,) = {op.action for op in step.operations}
    sides = [str(op.side) for op in step.operations]
    return f"{action}-{'both' if len(sides) == 2 else sides[0]}"


@pytest.mark.parametrize(("outlook", "salesforce", "outcome"), cells())
def test_truth_table(outlook: Stand, salesforce: Stand, outcome: str) -> None:
    case = Case(SideCase(STATES[outlook]), SideCase(STATES[salesforce]))
    link = case.link()
    specs = fields_of(Process.CALENDAR)
    assert [stand_of(specs, link.side(side), rules()) for side in Side] == [outlook, salesforce]
    assert told(plan_of(link)) == outcome


def one(made: Plan) -> Step:
    (step,) = made.steps
    return step


BOTH_RENAMED = Case(SideCase(State.EDITED_SAME), SideCase(State.EDITED_SAME), later=Side.OUTLOOK)
DELETED_AGAINST_EDIT = Case(SideCase(State.DELETED), SideCase(State.EDITED_OTHER))


@pytest.mark.parametrize(
    ("policy", "winner"),
    [
        (Policy.OUTLOOK, Side.OUTLOOK),
        (Policy.SALESFORCE, Side.SALESFORCE),
        (Policy.NEWEST, Side.OUTLOOK),
        (Policy.ASK, None),
    ],
)
def test_the_policy_settles_a_conflict_of_one_field(policy: Policy, winner: Side | None) -> None:
    step = one(plan_of(BOTH_RENAMED.link(), policy=policy))
    if winner is None:
        assert [each.field for each in step.conflicts] == ["subject"]
        assert not step.operations
    else:
        (operation,) = step.operations
        assert operation.side is winner.other
        assert operation.fields == {"subject": f"Renamed in {winner}"}


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [
        (Policy.OUTLOOK, "delete-salesforce"),
        (Policy.SALESFORCE, "create-outlook"),
        (Policy.NEWEST, "create-outlook"),
        (Policy.ASK, "ask"),
    ],
)
def test_the_policy_settles_a_delete_against_an_edit(policy: Policy, outcome: str) -> None:
    assert told(plan_of(DELETED_AGAINST_EDIT.link(), policy=policy)) == outcome


def test_newest_asks_where_both_were_modified_at_once() -> None:
    case = Case(SideCase(State.EDITED_SAME), SideCase(State.EDITED_SAME), later=None)
    assert told(plan_of(case.link(), policy=Policy.NEWEST)) == "ask"


@pytest.mark.parametrize("winner", Side)
@pytest.mark.parametrize("field", ["subject", WHOLE])
def test_an_answer_goes_before_the_policy(winner: Side, field: str) -> None:
    link = BOTH_RENAMED.link()
    policy = Policy.SALESFORCE if winner is Side.OUTLOOK else Policy.OUTLOOK
    step = one(plan_of(link, policy=policy, answers=Answers(choices={link.id: {field: winner}})))
    assert [op.side for op in step.operations] == [winner.other]


def test_an_item_made_anew_keeps_its_link() -> None:
    link = DELETED_AGAINST_EDIT.link()
    step = one(plan_of(link, policy=Policy.SALESFORCE))
    assert step.link == link
    assert not step.is_end
    (create,) = step.operations
    assert create.fields == link.salesforce.item.fields if link.salesforce.item else False


def test_a_field_never_agreed_on_that_the_deleted_side_could_not_tell_is_no_edit() -> None:
    """A reminder that fired is not told: the copy made meanwhile has a field that was never compared."""
    silent = frozen({name: value for name, value in FULL.items() if name != "reminder"})
    link = Case(SideCase(State.UNCHANGED), SideCase(State.DELETED)).link()
    gone = LinkSide(link.salesforce.id, silent, Item(link.salesforce.id, silent), link.salesforce.presence)
    made = plan_of(
        Link(
            link.id,
            link.process,
            LinkSide(link.outlook.id, silent, Item(link.outlook.id, FULL)),
            gone,
        )
    )
    assert told(made) == "delete-outlook"


def test_a_difference_never_agreed_on_is_not_deleted_unasked() -> None:
    """In a fresh link the bodies differ and wait for the person; then one item is deleted."""
    link = Case(SideCase(State.EDITED_OTHER), SideCase(State.DELETED)).link()
    base = frozen({name: value for name, value in FULL.items() if name != "location"})
    made = plan_of(
        Link(
            link.id,
            link.process,
            LinkSide(link.outlook.id, base, link.outlook.item),
            LinkSide(link.salesforce.id, base, link.salesforce.item, link.salesforce.presence),
        )
    )
    assert told(made) == "ask"


def alone(side: Side, item_id: str, **fields: object) -> Unlinked:
    merged = {**FULL, **fields}
    return Unlinked(side, Item(item_id, frozen(merged)))  # type: ignore[arg-type]  # values of fields


def test_an_item_alone_is_made_on_the_other_side_with_every_field() -> None:
    (step,) = plan_of(unlinked=(alone(Side.SALESFORCE, "s1"),)).steps
    (create,) = step.operations
    assert (create.side, create.action, create.fields) == (Side.OUTLOOK, Action.CREATE, FULL)
    assert step.key == "salesforce:s1"


def test_an_item_that_says_the_same_is_linked_without_a_write() -> None:
    (step,) = plan_of(unlinked=(alone(Side.OUTLOOK, "o1"), alone(Side.SALESFORCE, "s1"))).steps
    assert step.is_match
    assert not step.operations
    assert set(step.agreed) == set(FULL)


def test_an_item_alone_outside_the_window_is_left() -> None:
    assert plan_of(unlinked=(alone(Side.OUTLOOK, "o1", when=at(-40)),)).steps == ()


@pytest.mark.parametrize(
    ("day", "is_sendable"), [(-2, True), (2, False)], ids=["past occurrence", "future occurrence"]
)
def test_only_a_future_occurrence_waits_because_it_spreads(day: int, *, is_sendable: bool) -> None:
    case = Case(SideCase(State.EDITED_OTHER), SideCase(State.UNCHANGED, spreads=True))
    link = case.link()
    moved = {
        side: LinkSide(
            mine.id,
            frozen({**mine.base, "when": at(day)}),
            Item(mine.id, frozen({**mine.item.fields, "when": at(day)}), spreads=mine.item.spreads),
        )
        for side, mine in ((side, link.side(side)) for side in Side)
        if mine.item is not None
    }
    (operation,) = one(
        plan_of(Link(link.id, link.process, moved[Side.OUTLOOK], moved[Side.SALESFORCE]))
    ).operations
    assert operation.is_sendable is is_sendable


def test_what_was_refused_is_held_until_it_changed() -> None:
    link = Case(SideCase(State.EDITED_OTHER), SideCase(State.UNCHANGED)).link()
    (operation,) = one(plan_of(link)).operations
    refused = link.with_refusal(Side.SALESFORCE, Refusal(fingerprint(operation), "no such room"))
    (held,) = one(plan_of(refused)).operations
    assert held.hold is Hold.REFUSED
    assert held.reason is not None
    assert "no such room" in held.reason.sentence
    other = link.with_refusal(Side.SALESFORCE, Refusal("of something else", "no"))
    assert one(plan_of(other)).operations[0].is_sendable


def test_left_out_in_the_review_it_sends_nothing_and_says_so() -> None:
    link = BOTH_RENAMED.link()
    answers = Answers(excluded=frozenset({link.id}))
    step = one(plan_of(link, policy=Policy.OUTLOOK, answers=answers))
    assert step.is_excluded
    assert [op.hold for op in step.operations] == [Hold.EXCLUDED]


def test_the_brake_counts_what_would_be_sent() -> None:
    links = [
        Link(
            f"l{number}",
            Process.CALENDAR,
            LinkSide(f"o{number}", FULL, Item(f"o{number}", FULL)),
            Case(SideCase(State.UNCHANGED), SideCase(State.DELETED)).link().salesforce,
        )
        for number in range(4)
    ]
    assert [each.why for each in plan_of(*links, max_deletes=3).brakes] == [Why.BRAKE]
    assert not plan_of(*links, max_deletes=4).brakes
    box = frozenset({(Side.OUTLOOK, Action.DELETE)})
    assert not plan_of(*links, max_deletes=3, prevent=box).brakes


def test_an_all_day_occurrence_of_today_still_lies_ahead() -> None:
    days = AllDay(NOW.date(), NOW.date())
    fields = frozen({**FULL, "when": days})
    link = Link(
        "l",
        Process.CALENDAR,
        LinkSide("o", fields, Item("o", frozen({**fields, "location": "Elsewhere"}))),
        LinkSide("s", fields, Item("s", fields, spreads=True)),
    )
    (operation,) = one(plan_of(link)).operations
    assert operation.hold is Hold.CONSENT


def test_the_window_is_the_rules_and_none_covers_everything() -> None:
    link = Case(SideCase(State.EDITED_OTHER), SideCase(State.UNCHANGED), is_past=True).link()
    assert told(plan_of(link)) == "sleep"
    assert told(plan_of(link, window=None)) == "update-salesforce"


def test_what_is_said_of_no_link_counts_as_unchanged() -> None:
    unchanged = Case(SideCase(State.UNCHANGED), SideCase(State.UNCHANGED)).link()
    passed = Case(SideCase(State.UNCHANGED), SideCase(State.UNCHANGED), is_past=True).link()
    edited = Case(SideCase(State.EDITED_OTHER), SideCase(State.UNCHANGED)).link()
    new = Unlinked(Side.OUTLOOK, Item("new", frozen({**FULL, "subject": "New"})))
    assert plan_of(unchanged, passed, edited, unlinked=(new,)).unchanged == 2
    assert plan_of().unchanged == 0


def test_a_conflict_names_its_fields() -> None:
    step = one(plan_of(BOTH_RENAMED.link()))
    assert step.reason is not None
    assert step.reason.why is Why.CONFLICT
    assert "Subject" in step.reason.sentence
    assert [(each.outlook, each.salesforce, each.base) for each in step.conflicts] == [
        ("Renamed in outlook", "Renamed in salesforce", "Kick-off")
    ]


def test_an_undecided_conflict_leaves_the_other_edits_of_its_item_where_they_are() -> None:
    """Law 3: nothing changes on either side for that item, while all else proceeds."""
    both = Case(SideCase(State.EDITED_BOTH), SideCase(State.EDITED_BOTH), later=Side.OUTLOOK).link()
    other = Case(SideCase(State.EDITED_OTHER), SideCase(State.UNCHANGED)).link()
    made = plan_of(both, other)
    assert [step.key for step, _ in made.writes] == [other.id]
    decided = plan_of(both, answers=Answers(choices={both.id: {"subject": Side.OUTLOOK}}))
    assert {op.side: set(op.fields) for _, op in decided.writes} == {
        Side.SALESFORCE: {"subject", "location"},
        Side.OUTLOOK: {"body"},
    }


def test_a_plan_is_in_the_order_of_time_then_of_names() -> None:
    def tasks(*told: tuple[str, int | None]) -> list[Unlinked]:
        return [
            Unlinked(
                Side.OUTLOOK,
                Item(
                    f"{number}",
                    frozen(
                        {"subject": subject, "due": None if day is None else on(day), "status": "notStarted"}
                    ),
                ),
            )
            for number, (subject, day) in enumerate(told)
        ]

    unlinked = tasks(("b", 2), ("a", 2), ("z", 1), ("c", None))
    made = plan(Process.TASK, (), unlinked, rules(), NOW)
    assert [step.title for step in made.steps] == ["c", "z", "a", "b"]
    events = [
        Unlinked(Side.OUTLOOK, Item("whole", frozen({**FULL, "when": AllDay(on(2), on(2)), "subject": "b"}))),
        Unlinked(Side.OUTLOOK, Item("later", frozen({**FULL, "when": at(3), "subject": "a"}))),
        Unlinked(Side.SALESFORCE, Item("first", frozen({**FULL, "when": at(1), "subject": "c"}))),
    ]
    assert [step.title for step in plan_of(unlinked=tuple(events)).steps] == ["c", "b", "a"]


@pytest.mark.parametrize("gone", Side)
def test_an_edit_against_a_delete_shows_what_is_left_and_where(gone: Side) -> None:
    here, there = (SideCase(State.DELETED if side is gone else State.EDITED_SAME) for side in Side)
    step = one(plan_of(Case(here, there).link()))
    (conflict,) = step.conflicts
    shown = {Side.OUTLOOK: conflict.outlook, Side.SALESFORCE: conflict.salesforce}
    assert shown == {gone: None, gone.other: f"Renamed in {gone.other}"}
    assert step.reason is not None
    assert f"Deleted in {gone.label}, edited in {gone.other.label}" in step.reason.sentence
