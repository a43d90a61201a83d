"""Fields of a contact that travel one way, that one side cannot empty, or that are parts of one name."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.items import EMPTY, Fields, Guard, Item, Process, Side, Value, frozen
from lpc_tui.model.links import Link, LinkSide
from lpc_tui.model.merge import Merge, merge

SPECS = shared_fields(Process.CONTACT)
PARTS = ("first_name", "middle_name", "last_name")


def name(text: str) -> dict[str, Value]:
    """A name from 'first/middle/last'."""
    return dict(zip(PARTS, text.split("/"), strict=True))


def linked(
    base: tuple[Fields, Fields],
    now: tuple[Fields, Fields],
    guards: Mapping[str, Guard] | None = None,
) -> Link:
    outlook, salesforce = (
        LinkSide(str(side), frozen(agreed), Item(str(side), frozen(shown), guards=guards or {}))
        for side, agreed, shown in zip(Side, base, now, strict=True)
    )
    return Link("link", Process.CONTACT, outlook, salesforce)


def merged(base: tuple[Fields, Fields], now: tuple[Fields, Fields], winner: Side | None = None) -> Merge:
    return merge(SPECS, linked(base, now), lambda _name: winner, keeps_formatting=True)


def names(base: tuple[str, str] | None, now: tuple[str, str], winner: Side | None = None) -> Merge:
    """The merge of two names, each as 'first/middle/last'; no base: a fresh link."""
    agreed: tuple[Fields, Fields] = (EMPTY, EMPTY) if base is None else (name(base[0]), name(base[1]))
    return merged(agreed, (name(now[0]), name(now[1])), winner)


def writes(result: Merge) -> dict[str, dict[str, Value]]:
    return {str(side): fields for side, fields in result.writes.items() if fields}


# The company: to Outlook only


@pytest.mark.parametrize("winner", [None, *Side])
@pytest.mark.parametrize(
    ("base", "now", "written"),
    [
        pytest.param(("A", "A"), ("A", "A"), None, id="unchanged"),
        pytest.param(("A", "A"), ("A", "B"), "B", id="edited in Salesforce"),
        pytest.param(("A", "A"), ("B", "A"), None, id="edited in Outlook"),
        pytest.param(("A", "A"), ("", "A"), None, id="emptied in Outlook"),
        pytest.param(("A", "A"), ("B", "B"), None, id="edited alike"),
        pytest.param(None, ("", "B"), "B", id="fresh, none in Outlook"),
        pytest.param(None, ("A", ""), None, id="fresh, none in Salesforce"),
        pytest.param(None, ("A", "B"), None, id="fresh, different"),
    ],
)
def test_a_company_travels_to_outlook_and_is_no_conflict_otherwise(
    base: tuple[str, str] | None, now: tuple[str, str], written: str | None, winner: Side | None
) -> None:
    agreed: tuple[Fields, Fields] = (
        (EMPTY, EMPTY) if base is None else ({"company": base[0]}, {"company": base[1]})
    )
    result = merged(agreed, ({"company": now[0]}, {"company": now[1]}), winner)
    assert writes(result) == ({} if written is None else {"outlook": {"company": written}})
    assert not result.conflicts
    assert result.agreed == (
        [] if written or agreed == ({"company": now[0]}, {"company": now[1]}) else ["company"]
    )


@pytest.mark.parametrize(
    ("winner", "written", "agreed"),
    [
        (Side.SALESFORCE, {"outlook": {"company": "C"}}, []),
        (Side.OUTLOOK, {}, ["company"]),
        (None, {}, []),
    ],
)
def test_a_company_edited_on_both_sides_is_a_conflict_that_outlook_wins_without_a_write(
    winner: Side | None, written: object, agreed: list[str]
) -> None:
    result = merged(({"company": "A"}, {"company": "A"}), ({"company": "B"}, {"company": "C"}), winner)
    assert (writes(result), result.agreed, bool(result.conflicts)) == (written, agreed, winner is None)


def test_a_contact_without_an_account_does_not_empty_outlooks_company() -> None:
    result = merged(({"company": "A"}, {"company": "A"}), ({"company": "A"}, {}))
    assert (writes(result), result.agreed, result.conflicts) == ({}, [], [])


def test_a_company_emptied_in_salesforce_is_kept_in_outlook_and_told() -> None:
    result = merged(({"company": "A"}, {"company": "A"}), ({"company": "A"}, {"company": ""}))
    assert (writes(result), result.agreed) == ({}, [])
    assert result.guarded == {"company": (Side.OUTLOOK, Guard.REQUIRED)}


# The last name: Salesforce has no contact without


def test_a_last_name_emptied_in_outlook_is_kept_in_salesforce_and_told() -> None:
    result = names(("Ada//Byron", "Ada//Byron"), ("Ada//", "Ada//Byron"))
    assert writes(result) == {}
    assert result.guarded == {"last_name": (Side.SALESFORCE, Guard.REQUIRED)}
    assert result.agreed == []


def test_a_last_name_emptied_in_salesforces_copy_of_it_is_emptied_in_outlook() -> None:
    assert writes(names(("Ada//Byron", "Ada//Byron"), ("Ada//Byron", "Ada//"))) == {
        "outlook": {"last_name": ""}
    }


@pytest.mark.parametrize("winner", Side)
def test_a_last_name_emptied_against_a_new_one_is_a_conflict(winner: Side) -> None:
    told = (("Ada//Byron", "Ada//Byron"), ("Ada//", "Ada//Lovelace"))
    assert [each.field for each in names(*told).conflicts] == ["last_name"]
    won = names(*told, winner)
    if winner is Side.OUTLOOK:
        assert (writes(won), won.guarded["last_name"]) == ({}, (Side.SALESFORCE, Guard.REQUIRED))
    else:
        assert writes(won) == {"outlook": {"last_name": "Lovelace"}}


# Parts of one name


@pytest.mark.parametrize(
    ("outlook", "salesforce"),
    [
        ("Anna Maria//Berg", "Anna/Maria/Berg"),
        ("//Cher", "Cher//"),
        ("Anna//van Berg", "Anna/van/Berg"),
        ("//Anna Berg", "Anna//Berg"),
        ("ANNA//Berg", "ANNA//Berg"),
    ],
)
def test_a_name_divided_differently_in_a_fresh_link_is_agreed(outlook: str, salesforce: str) -> None:
    result = names(None, (outlook, salesforce))
    assert (writes(result), result.conflicts, result.guarded) == ({}, [], {})
    assert set(result.agreed) == set(PARTS)


def test_other_words_in_a_fresh_link_are_conflicts_and_half_a_name_is_not_filled_in() -> None:
    result = names(None, ("//Berg", "Anna//Kurz"))
    assert [each.field for each in result.conflicts] == ["last_name"]
    assert writes(result) == {}


@pytest.mark.parametrize(
    ("base", "now", "written"),
    [
        pytest.param(
            ("Anna Maria//Berg", "Anna/Maria/Berg"),
            ("Anna Maria//Berg", "Anna/Maria/Kurz"),
            {"outlook": {"first_name": "Anna", "middle_name": "Maria", "last_name": "Kurz"}},
            id="one part edited: the others go along",
        ),
        pytest.param(
            ("Anna Maria//Berg", "Anna/Maria/Berg"),
            ("Anna Maria//Kurz", "Anna/Maria/Berg"),
            {"salesforce": {"first_name": "Anna Maria", "middle_name": "", "last_name": "Kurz"}},
            id="and the other way",
        ),
        pytest.param(
            ("Anna//Berg", "Anna//Berg"),
            ("Annika//Berg", "Anna//Kurz"),
            {"outlook": {"last_name": "Kurz"}, "salesforce": {"first_name": "Annika"}},
            id="different parts edited at either end: both edits are kept",
        ),
        pytest.param(
            ("Anna//Berg", "Anna//Berg"),
            ("Anna Maria//Berg", "Anna/Maria/Berg"),
            {},
            id="edited alike, divided differently",
        ),
        pytest.param(
            ("Anna Maria//Berg", "Anna Maria//Berg"),
            ("Anna/Maria/Berg", "Anna Maria//Berg"),
            {"salesforce": {"first_name": "Anna", "middle_name": "Maria"}},
            id="divided anew on one side: that is an edit",
        ),
        pytest.param(
            ("Cher//", "//Cher"),
            ("Cherilyn//", "//Cher"),
            {"salesforce": {"first_name": "Cherilyn", "last_name": ""}},
            id="a name without a last one: it takes its place there, and is not put before it",
        ),
        pytest.param(
            ("Cher//", "//Cher"),
            ("Cher//", "//Sarkisian"),
            {"outlook": {"first_name": "", "last_name": "Sarkisian"}},
            id="and the other way",
        ),
        pytest.param(
            ("Cher//", "//Cher"),
            ("Cherilyn//", "//Cherilyn"),
            {},
            id="what was written there, found again after a crash",
        ),
        pytest.param(("Cher//", "//Cher"), ("//", "//Cher"), {}, id="a name taken off altogether"),
    ],
)
def test_a_name_travels_whole(base: tuple[str, str], now: tuple[str, str], written: object) -> None:
    result = names(base, now)
    assert writes(result) == written
    assert not result.conflicts


def test_a_conflict_in_one_part_leaves_the_whole_name_alone() -> None:
    result = names(("Anna//Berg", "Anna//Berg"), ("Annika//Kurz", "Anna//Lang"))
    assert [each.field for each in result.conflicts] == ["last_name"]
    assert writes(result) == {}


def test_a_part_that_must_not_be_written_leaves_the_others_where_they_are() -> None:
    link = linked(
        (name("Anna Maria//Berg"), name("Anna/Maria/Berg")),
        (name("Anna Maria//Berg"), name("Anna/Maria/Kurz")),
        guards={"last_name": Guard.READ_ONLY},
    )
    result = merge(SPECS, link, lambda _name: None, keeps_formatting=True)
    assert writes(result) == {}
    assert result.guarded == {"last_name": (Side.OUTLOOK, Guard.READ_ONLY)}


def test_where_an_org_has_no_middle_names_the_other_parts_are_compared_without_it() -> None:
    without = {part: value for part, value in name("Anna//Berg").items() if part != "middle_name"}
    result = merged((EMPTY, EMPTY), (name("Anna/Maria/Berg"), without))
    assert set(result.agreed) == {"first_name", "last_name"}
    assert (writes(result), result.conflicts) == ({}, [])


def test_where_an_org_has_no_middle_names_the_other_parts_still_go_together() -> None:
    def without(text: str) -> dict[str, Value]:
        return {part: value for part, value in name(text).items() if part != "middle_name"}

    result = merged(
        (name("Anna/Maria/Berg"), without("Anna Maria//Berg")),
        (name("Anna/Maria/Kurz"), without("Anna Maria//Berg")),
    )
    assert writes(result) == {"salesforce": {"first_name": "Anna", "last_name": "Kurz"}}


NAMES = st.tuples(*(st.sampled_from(["", "Anna", "Maria", "Anna Maria", "Berg"]) for _ in PARTS)).map(
    "/".join
)


@given(NAMES, NAMES, NAMES, NAMES, st.sampled_from([None, *Side]))
def test_no_name_is_lost_and_a_second_merge_is_quiet(
    base_here: str, base_there: str, here: str, there: str, winner: Side | None
) -> None:
    """What is written is the name of the other side, and after it nothing is left but what waits or cannot be."""
    result = names((base_here, base_there), (here, there), winner)
    now = {Side.OUTLOOK: name(here), Side.SALESFORCE: name(there)}
    base = {Side.OUTLOOK: name(base_here), Side.SALESFORCE: name(base_there)}
    for side in Side:
        for part, value in result.writes[side].items():
            assert value == now[side.other][part]
    if result.conflicts:
        assert not any(result.writes.values())
        return
    for side, part in itertools.product(Side, PARTS):
        if part in result.agreed or any(part in fields for fields in result.writes.values()):
            now[side][part] = result.writes[side].get(part, now[side][part])
            base[side][part] = now[side][part]
    again = merged(
        (base[Side.OUTLOOK], base[Side.SALESFORCE]), (now[Side.OUTLOOK], now[Side.SALESFORCE]), winner
    )
    assert writes(again) == {}
    assert not again.conflicts
