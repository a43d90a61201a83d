"""Tasks that come back under another id: which link goes on with which, and when none does (law 5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lpc_tui.model.items import Item, Process, Side, Value, frozen
from lpc_tui.model.links import Link, LinkSide, Presence, Unlinked
from lpc_tui.model.observe import Knowledge, Reading, observe
from lpc_tui.model.plan import Plan
from lpc_tui.model.planner import plan
from lpc_tui.model.returning import is_alike, newcomers, taken_up
from lpc_tui.model.rules import Action
from tests.model.cases import DATED_TASK, FULL, NOW, UNDATED_TASK, on, rules

RULES = rules(DATED_TASK)
AGREED = DATED_TASK.agreed


def task(item_id: str, *, is_away: bool = False, **fields: Value) -> Item:
    return Item(item_id, frozen({**AGREED, **fields}), is_away=is_away)


def link(number: int, outlook: Presence = Presence.PRESENT, *, is_away: bool = False) -> Link:
    """A link that sleeps where its Outlook item is away."""
    return Link(
        f"link {number}",
        Process.TASK,
        LinkSide(f"o{number}", AGREED, task(f"o{number}", is_away=is_away), outlook),
        LinkSide(f"s{number}", AGREED, task(f"s{number}")),
        is_asleep=is_away,
    )


def after(*links: Link, came: tuple[Item, ...], alone: tuple[Item, ...] = ()) -> Knowledge:
    """What is known once a reading of Outlook brought these items; those `alone` had come before."""
    knowledge = Knowledge(Process.TASK, links, [Unlinked(Side.OUTLOOK, item) for item in alone])
    reading = Reading(items={item.id: item for item in came})
    new = newcomers(knowledge, Side.OUTLOOK, reading)
    observe(knowledge, Side.OUTLOOK, reading, RULES)
    taken_up(knowledge, Side.OUTLOOK, new)
    return knowledge


def outlook_ids(knowledge: Knowledge) -> dict[str, str]:
    return {link.id: link.outlook.id for link in knowledge.links.values()}


def planned(knowledge: Knowledge) -> Plan:
    return plan(Process.TASK, knowledge.links.values(), knowledge.unlinked.values(), RULES, NOW)


@pytest.mark.parametrize(
    "before",
    [link(1, is_away=True), link(1, Presence.GONE)],
    ids=["put away, as an earlier run saw", "away and back between two runs"],
)
def test_a_link_goes_on_with_the_task_that_comes_in_its_place(before: Link) -> None:
    back = task("o9")
    knowledge = after(before, came=(back,))
    assert knowledge.links["link 1"].outlook == LinkSide("o9", AGREED, back)
    assert knowledge.unlinked == {}
    assert knowledge.touched == {"link 1"}
    assert knowledge.link_of(Side.OUTLOOK, "o1") is None
    assert not planned(knowledge).writes


def test_edits_made_meanwhile_on_either_side_survive() -> None:
    away = link(1, is_away=True)
    edited = away.with_side(Side.SALESFORCE, away.salesforce.seen(task("s1", priority="high", due=on(9))))
    knowledge = after(edited, came=(task("o9", body="Written elsewhere"),))
    (step,) = planned(knowledge).steps
    assert [(op.side, op.action, op.fields) for op in step.operations] == [
        (Side.OUTLOOK, Action.UPDATE, {"priority": "high", "due": on(9)}),
        (Side.SALESFORCE, Action.UPDATE, {"body": "Written elsewhere"}),
    ]


@pytest.mark.parametrize(
    "back",
    [
        task("o9", subject="Another"),
        task("o9", due=on(9)),
        task("o9", subject=""),
        task("o9", is_away=True),
        Item("o9", frozen({"subject": AGREED["subject"]})),
    ],
    ids=["another subject", "another day", "without a subject", "away itself", "of a day nobody knows"],
)
def test_what_says_something_else_is_another_task(back: Item) -> None:
    assert outlook_ids(after(link(1, is_away=True), came=(back,))) == {"link 1": "o1"}


def test_an_empty_due_date_is_one_too() -> None:
    undated = UNDATED_TASK.agreed
    away = link(1, is_away=True)
    sleeping = away.with_side(Side.OUTLOOK, away.outlook.seen(Item("o1", undated, is_away=True)))
    assert outlook_ids(after(sleeping, came=(Item("o9", undated),))) == {"link 1": "o9"}
    assert outlook_ids(after(sleeping, came=(task("o9"),))) == {"link 1": "o1"}


def test_two_of_which_it_could_be_are_no_answer() -> None:
    twins = after(link(1, is_away=True), came=(task("o8"), task("o9")))
    assert outlook_ids(twins) == {"link 1": "o1"}
    assert {key for _, key in twins.unlinked} == {"o8", "o9"}
    links = after(link(1, is_away=True), link(2, Presence.GONE), came=(task("o9"),))
    assert outlook_ids(links) == {"link 1": "o1", "link 2": "o2"}


def test_one_that_was_there_all_the_time_is_not_it() -> None:
    """It waits to be made in Salesforce, and a reading shows it again."""
    twin = task("o9")
    knowledge = after(link(1, is_away=True), came=(twin,), alone=(twin,))
    assert outlook_ids(knowledge) == {"link 1": "o1"}
    assert list(knowledge.unlinked) == [(Side.OUTLOOK, "o9")]


@pytest.mark.parametrize("outlook", [Presence.PRESENT, Presence.MISSING], ids=["there", "missing"])
def test_a_link_whose_task_may_still_show_itself_keeps_it(outlook: Presence) -> None:
    assert outlook_ids(after(link(1, outlook), came=(task("o9"),))) == {"link 1": "o1"}


def test_deleted_in_salesforce_while_it_was_away_it_is_deleted_when_it_comes_back_as_it_was() -> None:
    away = link(1, is_away=True)
    deleted = away.with_side(Side.SALESFORCE, replace(away.salesforce, presence=Presence.GONE))
    ((_, operation),) = planned(after(deleted, came=(task("o9"),))).writes
    assert (operation.side, operation.action, operation.item) == (Side.OUTLOOK, Action.DELETE, task("o9"))
    assert not planned(after(deleted, came=(task("o9", body="Written elsewhere"),))).writes


@pytest.mark.parametrize("salesforce", [Presence.GONE, Presence.MISSING])
def test_what_is_deleted_and_made_anew_is_new_if_its_counterpart_is_not_in_place(
    salesforce: Presence,
) -> None:
    over = link(1, Presence.GONE)
    over = over.with_side(Side.SALESFORCE, replace(over.salesforce, presence=salesforce))
    knowledge = after(over, came=(task("o9"),))
    assert outlook_ids(knowledge) == {"link 1": "o1"}
    assert [op.action for _, op in planned(knowledge).writes] == [Action.CREATE]


@pytest.mark.parametrize(
    ("process", "side"),
    [(Process.TASK, Side.SALESFORCE), (Process.CALENDAR, Side.OUTLOOK), (Process.CONTACT, Side.OUTLOOK)],
)
def test_where_ids_stay_for_ever_nothing_comes_back_under_another(process: Process, side: Side) -> None:
    reading = Reading(items={"x": Item("x", FULL)})
    assert newcomers(Knowledge(process, (), ()), side, reading) == frozenset()


def test_alike_is_what_one_side_would_call_the_same() -> None:
    assert is_alike(Process.TASK, task("a", subject=" Call  back "), task("b", subject="Call back"))
    assert not is_alike(Process.TASK, task("a", subject=""), task("b", subject=""))
