"""Which contacts and tasks without a link are evidently the same (law 8)."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.model.items import Item, Process, Side, Value, frozen
from lpc_tui.model.links import Unlinked
from lpc_tui.model.matching import Matches, match
from lpc_tui.model.plan import WHOLE, Answers
from lpc_tui.model.planner import plan
from lpc_tui.model.rules import Policy, Rules
from tests.model.cases import NOW

ADA: dict[str, Value] = {"first_name": "Ada", "last_name": "Byron"}


def entries(*addresses: str) -> tuple[str, ...]:
    """Outlook's list of e-mail addresses, as a contact's item holds it."""
    return tuple(json.dumps({"name": "", "address": address}) for address in addresses)


def contacts(outlook: list[dict[str, Value]], salesforce: list[dict[str, Value]]) -> Matches:
    unlinked = [
        Unlinked(side, Item(f"{side.value[0]}{number}", frozen(fields)))
        for side, told in zip(Side, (outlook, salesforce), strict=True)
        for number, fields in enumerate(told)
    ]
    return match(Process.CONTACT, unlinked)


def ids(found: Matches) -> tuple[list[str], list[str], list[str]]:
    return (
        sorted(f"{outlook.item.id}-{salesforce.item.id}" for outlook, salesforce in found.pairs),
        sorted(each.item.id for each in found.several),
        sorted(each.item.id for each in found.alone),
    )


@pytest.mark.parametrize(
    ("outlook", "salesforce", "is_pair"),
    [
        pytest.param({"email": "Ada@X.org"}, {"email": "ada@x.ORG "}, True, id="e-mail in any case"),
        pytest.param(
            {**ADA, "email": "a@x"}, {"last_name": "King", "email": "a@x"}, True, id="e-mail, married"
        ),
        pytest.param(
            {"email": "new@x", "email_entries": entries("new@x", "Old@x")},
            {"email": "old@x"},
            True,
            id="a further address of Outlook's",
        ),
        pytest.param(
            {"email_entries": entries("/o=ExchangeLabs/cn=ada")},
            {"last_name": "/o=ExchangeLabs/cn=ada"},
            False,
            id="an entry that is no address",
        ),
        pytest.param({"email": "a@x"}, {"email": "b@x"}, False, id="another e-mail"),
        pytest.param(
            {**ADA, "email": "a@x", "mobile_phone": "1"},
            {**ADA, "email": "b@x", "home_phone": "1"},
            True,
            id="another e-mail, the same name and phone",
        ),
        pytest.param(
            {**ADA, "mobile_phone": "+44 (20) 1"},
            {**ADA, "business_phone": "+44 20-1"},
            True,
            id="name and phone",
        ),
        pytest.param(
            {**ADA, "mobile_phone": "1"}, {**ADA, "mobile_phone": "2"}, False, id="name, another phone"
        ),
        pytest.param(
            {**ADA, "company": "ACME"},
            {**ADA, "company": "Acme", "home_phone": "2"},
            True,
            id="name and company",
        ),
        pytest.param(
            {**ADA, "company": "Acme"}, {**ADA, "company": "Bell"}, False, id="name, another company"
        ),
        pytest.param({"company": "Acme"}, {**ADA, "company": "Acme"}, False, id="company alone"),
        pytest.param({"mobile_phone": "1"}, {"mobile_phone": "1", "last_name": "B"}, False, id="phone alone"),
        pytest.param(ADA, ADA, True, id="a name alone, and nothing else"),
        pytest.param(ADA, {**ADA, "notes": "Met in Turin"}, False, id="a name alone, and more"),
        pytest.param(ADA, {**ADA, "email": "a@x"}, False, id="a name alone against one with an address"),
        pytest.param({}, {}, True, id="nothing at all on either side"),
        pytest.param(
            {**ADA, "middle_name": "Augusta", "company": "Acme"},
            {**ADA, "company": "Acme"},
            True,
            id="middle name",
        ),
    ],
)
def test_one_contact_against_one(
    outlook: dict[str, Value], salesforce: dict[str, Value], *, is_pair: bool
) -> None:
    assert ids(contacts([outlook], [salesforce])) == (
        (["o0-s0"], [], []) if is_pair else ([], [], ["o0", "s0"])
    )


ANNA: dict[str, Value] = {"first_name": "Anna", "email": "home@x"}
BERT: dict[str, Value] = {"first_name": "Bert", "email": "home@x"}
CARL: dict[str, Value] = {"first_name": "Carl", "email": "home@x"}
NAMELESS: dict[str, Value] = {"email": "home@x"}


@pytest.mark.parametrize(
    ("outlook", "salesforce", "expected"),
    [
        pytest.param([ANNA, BERT], [BERT, ANNA], (["o0-s1", "o1-s0"], [], []), id="a couple"),
        pytest.param([ANNA, BERT], [ANNA], (["o0-s0"], [], ["o1"]), id="one of a couple is new"),
        pytest.param([ANNA, BERT, NAMELESS], [ANNA], (["o0-s0"], [], ["o1", "o2"]), id="two are new"),
        pytest.param(
            [ANNA, BERT], [ANNA, CARL], (["o0-s0"], ["o1", "s1"], []), id="others are left at either end"
        ),
        pytest.param(
            [ANNA, BERT], [NAMELESS], ([], ["o0", "o1", "s0"], []), id="a nameless one for a couple"
        ),
        pytest.param([ANNA, ANNA], [ANNA], ([], ["o0", "o1", "s0"], []), id="two of a name against one"),
        pytest.param([ANNA, ANNA], [ANNA, ANNA], (["o0-s0", "o1-s1"], [], []), id="all alike"),
        pytest.param([NAMELESS, NAMELESS], [NAMELESS], ([], ["o0", "o1", "s0"], []), id="nameless"),
    ],
)
def test_contacts_who_share_an_address_are_told_apart_by_name(
    outlook: list[dict[str, Value]], salesforce: list[dict[str, Value]], expected: object
) -> None:
    assert ids(contacts(outlook, salesforce)) == expected


def test_who_is_left_of_a_shared_address_is_matched_by_name_and_phone() -> None:
    bert: dict[str, Value] = {"first_name": "Bert", "mobile_phone": "1"}
    found = contacts([ANNA, {**BERT, **bert}], [ANNA, {**bert, "email": "bert@x"}])
    assert ids(found) == (["o0-s0", "o1-s1"], [], [])


def test_a_chain_of_shared_addresses_is_one_group() -> None:
    chain: list[dict[str, Value]] = [
        {"email": "a@x", "email_entries": entries("a@x", "b@x")},
        {"email": "c@x"},
    ]
    others: list[dict[str, Value]] = [{"email": "b@x"}, {"email": "a@x"}]
    assert ids(contacts(chain, others)) == ([], ["o0", "s0", "s1"], ["o1"])


def test_one_name_and_company_against_two_is_left_for_the_person() -> None:
    ada: dict[str, Value] = {**ADA, "company": "Acme"}
    assert ids(contacts([ada], [ada, {**ada, "mobile_phone": "1"}])) == ([], ["o0", "s0", "s1"], [])


TASK: dict[str, Value] = {"subject": "Call back", "due": date(2026, 3, 12), "status": "notStarted"}


@pytest.mark.parametrize(
    ("changes", "is_pair"),
    [
        pytest.param({}, True, id="the same"),
        pytest.param({"subject": "CALL  BACK "}, True, id="case and blanks"),
        pytest.param({"status": "completed"}, True, id="done on one side"),
        pytest.param({"due": date(2026, 3, 13)}, False, id="another day"),
        pytest.param({"due": None}, False, id="no day on one side"),
        pytest.param({"subject": "Write back"}, False, id="another subject"),
    ],
)
def test_one_task_against_one(changes: dict[str, Value], *, is_pair: bool) -> None:
    here = Unlinked(Side.OUTLOOK, Item("o0", frozen(TASK)))
    there = Unlinked(Side.SALESFORCE, Item("s0", frozen({**TASK, **changes})))
    assert bool(match(Process.TASK, [here, there]).pairs) is is_pair


def test_tasks_without_a_due_date_are_matched_by_their_subject() -> None:
    open_ended = frozen({**TASK, "due": None})
    found = match(Process.TASK, [Unlinked(side, Item(str(side), open_ended)) for side in Side])
    assert len(found.pairs) == 1


FEW = st.sampled_from(["", "a", "b"])
CONTACTS = st.builds(
    lambda side, first, email, further, phone, company: (
        side,
        {
            "first_name": first,
            "last_name": "",
            "email": email and f"{email}@x",
            "email_entries": entries(*(f"{each}@x" for each in (email, further) if each)),
            "mobile_phone": phone,
            "company": company,
        },
    ),
    st.sampled_from(Side),
    *[FEW] * 5,
)


@given(st.lists(CONTACTS, max_size=8), st.randoms(use_true_random=False))
def test_matching_sorts_every_contact_once_whatever_their_order(
    told: list[tuple[Side, dict[str, Value]]], random: Random
) -> None:
    unlinked = [
        Unlinked(side, Item(f"{number}", frozen(fields))) for number, (side, fields) in enumerate(told)
    ]
    found = match(Process.CONTACT, unlinked)
    places = [*itertools.chain.from_iterable(found.pairs), *found.several, *found.alone]
    assert sorted(each.item.id for each in places) == sorted(each.item.id for each in unlinked)
    for outlook, salesforce in found.pairs:
        assert (outlook.side, salesforce.side) == (Side.OUTLOOK, Side.SALESFORCE)
    turned = list(unlinked)
    random.shuffle(turned)
    assert ids(match(Process.CONTACT, turned)) == ids(found)


@given(st.lists(CONTACTS, max_size=8))
def test_who_is_alone_stays_alone_once_the_pairs_are_linked(
    told: list[tuple[Side, dict[str, Value]]],
) -> None:
    """What the next run would make of an item, this run makes of it."""
    unlinked = [
        Unlinked(side, Item(f"{number}", frozen(fields))) for number, (side, fields) in enumerate(told)
    ]
    found = match(Process.CONTACT, unlinked)
    again = match(Process.CONTACT, [*found.alone, *found.several])
    paired = {each.item.id for pair in again.pairs for each in pair}
    assert not paired & {each.item.id for each in found.alone}


def test_who_may_be_one_of_several_is_left_with_them() -> None:
    """Made on the other side now, the third could turn out a double once the person has told the others apart."""
    twins: list[dict[str, Value]] = [{**ADA, "email": "ada@x", "notes": note} for note in ("Tea", "Coffee")]
    third: dict[str, Value] = {**ADA, "company": "Acme"}
    found = contacts([*twins, third], [{**ADA, "email": "ada@x", "company": "Acme"}])
    assert (found.pairs, found.alone) == ((), ())
    assert len(found.several) == 4


@pytest.mark.parametrize("policy", [Policy.NEWEST, Policy.OUTLOOK, Policy.SALESFORCE])
def test_people_of_one_address_and_two_names_are_merged_by_nobody_but_the_person(policy: Policy) -> None:
    """An office's address is shared: no policy may write one colleague's name and phone over another's."""
    ada: dict[str, Value] = {**ADA, "email": "info@acme.example", "notes": "Tea"}
    bob: dict[str, Value] = {
        **ada,
        "first_name": "Bob",
        "last_name": "Stone",
        "notes": "",
        "mobile_phone": "1",
    }
    items = (
        Unlinked(Side.OUTLOOK, Item("o", frozen(ada), modified=NOW)),
        Unlinked(Side.SALESFORCE, Item("s", frozen(bob), modified=NOW + timedelta(hours=1))),
    )
    rules = Rules(policy=policy)
    (step,) = plan(Process.CONTACT, (), items, rules, NOW).steps
    assert {each.field for each in step.conflicts} == {"first_name", "last_name"}
    assert step.operations == ()
    answers = Answers(choices={step.key: {WHOLE: Side.OUTLOOK}})
    (answered,) = plan(Process.CONTACT, (), items, rules, NOW, answers=answers).steps
    assert answered.conflicts == ()
    assert {op.side: dict(op.fields) for op in answered.writes}[Side.SALESFORCE]["last_name"] == "Byron"
