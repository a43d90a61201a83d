"""Which items without a link are evidently the same (law 8)."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from lpc_tui.model.items import AllDay, Item, Process, Side, Value, frozen
from lpc_tui.model.links import Unlinked
from lpc_tui.model.matching import Matches, match
from tests.model.cases import FULL, at


def alone(side: Side, number: int, **fields: Value) -> Unlinked:
    return Unlinked(side, Item(f"{side.value[0]}{number}", frozen({**FULL, **fields})))


def matched(*unlinked: Unlinked) -> Matches:
    return match(Process.CALENDAR, unlinked)


def ids(found: Matches) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    return (
        sorted((outlook.item.id, salesforce.item.id) for outlook, salesforce in found.pairs),
        sorted(each.item.id for each in found.several),
        sorted(each.item.id for each in found.alone),
    )


@pytest.mark.parametrize(
    ("outlook", "salesforce", "is_pair"),
    [
        pytest.param({}, {}, True, id="the same"),
        pytest.param({"subject": " KICK-OFF "}, {"subject": "kick-off"}, True, id="case and blanks"),
        pytest.param({"subject": "STRASSE"}, {"subject": "straße"}, True, id="folded case"),
        pytest.param({"subject": "x" * 300}, {"subject": "x" * 255}, True, id="cut subject"),
        pytest.param({"location": "A"}, {"location": "B"}, True, id="another place"),
        pytest.param({"subject": "Other"}, {}, False, id="another subject"),
        pytest.param({"when": at(2)}, {}, False, id="another day"),
        pytest.param(
            {"when": AllDay(date(2026, 3, 12), date(2026, 3, 12))},
            {"when": AllDay(date(2026, 3, 12), date(2026, 3, 13))},
            False,
            id="another last day",
        ),
        pytest.param({"subject": ""}, {"subject": ""}, True, id="no subject, all alike"),
        pytest.param(
            {"subject": "", "body": "a\r\n"}, {"subject": "", "body": "a"}, True, id="no subject, own forms"
        ),
        pytest.param(
            {"subject": "", "body": "a"}, {"subject": "", "body": "b"}, False, id="no subject, another text"
        ),
        pytest.param({"subject": ""}, {"subject": "-"}, False, id="no subject on one side"),
    ],
)
def test_one_against_one(outlook: dict[str, Value], salesforce: dict[str, Value], *, is_pair: bool) -> None:
    found = ids(matched(alone(Side.OUTLOOK, 1, **outlook), alone(Side.SALESFORCE, 1, **salesforce)))
    assert found == (([("o1", "s1")], [], []) if is_pair else ([], [], ["o1", "s1"]))


@pytest.mark.parametrize(("here", "there"), itertools.product(range(4), repeat=2))
def test_so_many_alike_against_so_many(here: int, there: int) -> None:
    twins = [alone(Side.OUTLOOK, number) for number in range(here)]
    twins += [alone(Side.SALESFORCE, number) for number in range(there)]
    pairs, several, without = ids(matched(*twins))
    if not here or not there:
        assert (pairs, several, len(without)) == ([], [], here + there)
    elif here == there:
        assert (len(pairs), several, without) == (here, [], [])
    else:
        assert (pairs, len(several), without) == ([], here + there, [])


def test_as_many_against_as_many_that_differ_are_left_for_the_person() -> None:
    unlinked = [
        alone(side, number, body=body) for side in Side for number, body in enumerate(["first", "second"])
    ]
    assert ids(matched(*unlinked)) == ([], ["o0", "o1", "s0", "s1"], [])


def test_the_order_of_the_items_does_not_matter() -> None:
    unlinked = [alone(side, number) for side in Side for number in range(3)]
    unlinked += [alone(Side.OUTLOOK, 9, subject="Other")]
    expected = ids(matched(*unlinked))
    for order in itertools.islice(itertools.permutations(unlinked), 0, None, 97):
        assert ids(matched(*order)) == expected


def test_every_item_is_sorted_once() -> None:
    unlinked = [
        alone(side, number, subject=f"subject {number % 4}", body=f"{number % 2}")
        for side in Side
        for number in range(9)
    ]
    found = matched(*unlinked)
    sorted_in = [*itertools.chain.from_iterable(found.pairs), *found.several, *found.alone]
    assert sorted(each.item.id for each in sorted_in) == sorted(each.item.id for each in unlinked)


def test_twins_of_which_some_cannot_tell_a_field_are_alike_in_what_they_tell() -> None:
    """A reminder that rang is not told any more."""
    told = [alone(side, number) for side in Side for number in range(2)]
    silent = {name: value for name, value in FULL.items() if name != "reminder"}
    told[3] = Unlinked(told[3].side, Item("s1", frozen(silent)))
    pairs, several, without = ids(matched(*told))
    assert (len(pairs), several, without) == (2, [], [])


def test_a_reminder_that_rang_tells_no_two_events_apart() -> None:
    """Of events without a subject everything else must agree."""
    silent = {name: value for name, value in FULL.items() if name != "reminder"} | {"subject": ""}
    rang = Unlinked(Side.SALESFORCE, Item("s1", frozen(silent)))
    assert ids(matched(alone(Side.OUTLOOK, 1, subject=""), rang)) == ([("o1", "s1")], [], [])
