"""The three-way merge of one field, row by row of the table in `merge`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.model.field_map import fields_of
from lpc_tui.model.items import Fields, Guard, Item, Process, Side, Value, frozen
from lpc_tui.model.links import Link, LinkSide
from lpc_tui.model.merge import Merge, edited_fields, merge

SPECS = fields_of(Process.CALENDAR)
NEVER = object()
"""In the place of a base: never agreed on."""


@dataclass(frozen=True)
class Row:
    """One field, as each side's base and as each side shows it now."""

    base: tuple[object, object]
    now: tuple[Value, Value]
    name: str = "location"

    def link(self, guards: dict[str, Guard] | None = None) -> Link:
        sides = []
        for side, base, now in zip(Side, self.base, self.now, strict=True):
            fields: Fields = frozen({self.name: now})
            known: Fields = frozen({} if base is NEVER else {self.name: base})  # type: ignore[dict-item]  # a value
            item = Item(str(side), fields, guards=guards or {})
            sides.append(LinkSide(item.id, known, item))
        outlook, salesforce = sides
        return Link("link", Process.CALENDAR, outlook, salesforce)


def merged(row: Row, winner: Side | None = None, guard: Guard | None = None, *, keeps: bool = True) -> Merge:
    link = row.link({row.name: guard} if guard else None)
    return merge(SPECS, link, lambda _name: winner, keeps_formatting=keeps)


def told(result: Merge) -> str:
    words = [f"to {side}: {fields!r}" for side, fields in result.writes.items() if fields]
    words += [f"agreed {name}" for name in result.agreed]
    words += [f"conflict {each.field}" for each in result.conflicts]
    words += [f"guarded {name}: {guard}" for name, (_, guard) in result.guarded.items()]
    return ", ".join(words) or "nothing"


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        pytest.param(Row(("a", "a"), ("a", "a")), "nothing", id="unchanged"),
        pytest.param(Row(("a ", "A"), ("a ", "A")), "nothing", id="unchanged, each in its own form"),
        pytest.param(Row(("a", "a"), ("b", "a")), "to salesforce: {'location': 'b'}", id="edited in Outlook"),
        pytest.param(Row(("a", "a"), ("a", "b")), "to outlook: {'location': 'b'}", id="edited in Salesforce"),
        pytest.param(Row(("a", "a"), ("", "a")), "to salesforce: {'location': ''}", id="emptied in Outlook"),
        pytest.param(Row(("a", "b"), ("b", "b")), "agreed location", id="edited to what is there already"),
        pytest.param(Row(("a", "a"), ("b", "b")), "agreed location", id="edited alike"),
        pytest.param(Row(("a", "a"), ("b", "c")), "conflict location", id="edited differently"),
        pytest.param(Row((NEVER, NEVER), ("a", "a")), "agreed location", id="fresh and alike"),
        pytest.param(Row((NEVER, NEVER), ("a", "b")), "conflict location", id="fresh and different"),
        pytest.param(
            Row((NEVER, NEVER), ("", "b")), "to outlook: {'location': 'b'}", id="fresh, empty in Outlook"
        ),
        pytest.param(
            Row((NEVER, NEVER), ("a", "")),
            "to salesforce: {'location': 'a'}",
            id="fresh, empty in Salesforce",
        ),
        pytest.param(Row((NEVER, NEVER), ("", " ")), "agreed location", id="fresh, empty on both"),
        pytest.param(Row(("a", NEVER), ("a", "b")), "conflict location", id="agreed on one side only"),
        pytest.param(
            Row(("busy", "busy"), ("tentative", "busy"), "show_as"),
            "agreed show_as",
            id="Salesforce cannot tell apart",
        ),
        pytest.param(
            Row(("busy", "busy"), ("oof", "busy"), "show_as"),
            "to salesforce: {'show_as': 'oof'}",
            id="a choice that both have",
        ),
        pytest.param(
            Row((15, 15), (15, None), "reminder"), "to outlook: {'reminder': None}", id="reminder taken off"
        ),
        pytest.param(
            Row(("x", "x"), ("x" * 300, "x")),
            f"to salesforce: {{'location': '{'x' * 255}'}}",
            id="cut to what it holds",
        ),
    ],
)
def test_row(row: Row, outcome: str) -> None:
    assert told(merged(row)) == outcome


@pytest.mark.parametrize("winner", Side)
def test_the_winner_of_a_conflict_is_written_to_the_other_side(winner: Side) -> None:
    now = {Side.OUTLOOK: "b", Side.SALESFORCE: "c"}
    result = merged(Row(("a", "a"), ("b", "c")), winner)
    assert result.writes == {winner: {}, winner.other: {"location": now[winner]}}
    assert not result.conflicts


def test_what_a_side_cannot_tell_is_no_change() -> None:
    fields = frozen({"location": "a", "reminder": 15})
    told_less = frozen({"location": "b"})
    link = Link(
        "link",
        Process.CALENDAR,
        LinkSide("o", fields, Item("o", frozen({**fields, "reminder": 30}))),
        LinkSide("s", fields, Item("s", told_less)),
    )
    assert (
        told(merge(SPECS, link, lambda _name: None, keeps_formatting=True)) == "to outlook: {'location': 'b'}"
    )


@pytest.mark.parametrize(
    ("guard", "keeps", "outcome"),
    [
        (Guard.FORMATTED, True, "guarded body: formatted"),
        (Guard.FORMATTED, False, "to outlook: {'body': 'b'}"),
        (Guard.NOT_ORGANIZER, False, "guarded body: not-organizer"),
        (Guard.ONLINE_MEETING, False, "guarded body: online-meeting"),
        (Guard.READ_ONLY, False, "guarded body: read-only"),
    ],
)
def test_a_guarded_field_is_kept(guard: Guard, outcome: str, *, keeps: bool) -> None:
    assert told(merged(Row(("a", "a"), ("a", "b"), "body"), guard=guard, keeps=keeps)) == outcome


@pytest.mark.parametrize("guard", [None, Guard.FORMATTED])
def test_a_text_is_not_replaced_by_a_part_of_itself(guard: Guard | None) -> None:
    whole = "x" * 40_000
    row = Row((whole, whole[:32_000]), (whole, "y"), "body")
    assert told(merged(row, guard=guard, keeps=False)) == "guarded body: truncated"


VALUES = st.sampled_from(["", "a", "b", "c"])


@given(st.tuples(VALUES, VALUES), st.tuples(VALUES, VALUES), st.sampled_from([None, *Side]))
def test_merging_is_symmetric(base: tuple[str, str], now: tuple[str, str], winner: Side | None) -> None:
    here = merged(Row(base, now), winner)
    there = merged(Row(base[::-1], now[::-1]), winner.other if winner else None)
    assert here.writes == {side: there.writes[side.other] for side in Side}
    assert here.agreed == there.agreed
    assert len(here.conflicts) == len(there.conflicts)


@given(st.tuples(VALUES, VALUES), st.tuples(VALUES, VALUES), st.sampled_from([None, *Side]))
def test_a_merge_carried_out_leaves_nothing_to_merge(
    base: tuple[str, str], now: tuple[str, str], winner: Side | None
) -> None:
    result = merged(Row(base, now), winner)
    if result.conflicts or not (result.agreed or any(result.writes.values())):
        return
    outlook, salesforce = (
        result.writes[side].get("location", value) for side, value in zip(Side, now, strict=True)
    )
    assert outlook == salesforce
    assert told(merged(Row((outlook, salesforce), (outlook, salesforce)))) == "nothing"


def test_edited_fields_are_those_that_differ_from_the_sides_own_base() -> None:
    side = LinkSide(
        "o",
        frozen({"subject": "a", "location": "x", "body": "text\r\n"}),
        Item("o", frozen({"subject": "b", "location": " x ", "body": "text", "reminder": 15})),
    )
    assert edited_fields(SPECS, side) == ("subject", "reminder")
    assert edited_fields(SPECS, LinkSide("o")) == ()


def test_a_side_without_an_item_cannot_be_merged() -> None:
    item = Item("o", frozen({}))
    link = Link("link", Process.CALENDAR, LinkSide("o", item=item), LinkSide("s"))
    with pytest.raises(ValueError, match="without an item"):
        merge(SPECS, link, lambda _name: None, keeps_formatting=True)


@pytest.mark.parametrize(
    ("base", "now", "expected"),
    [
        ((NEVER, NEVER), ("Old", "ACME"), "agreed company"),
        ((NEVER, NEVER), ("", "ACME"), "to outlook: {'company': 'ACME'}"),
        (("Old", NEVER), ("Old", "ACME"), "to outlook: {'company': 'ACME'}"),
        (("Old", NEVER), ("Older", "ACME"), "agreed company"),
        (("Old", "ACME"), ("Older", "ACME"), "agreed company"),
        (("Old", "ACME"), ("Old", "ACME Ltd"), "to outlook: {'company': 'ACME Ltd'}"),
    ],
    ids=["from the start", "empty", "told later", "told later, edited", "edited where it ends", "edited"],
)
def test_a_field_of_one_way_only(
    base: tuple[object, object], now: tuple[Value, Value], expected: str
) -> None:
    link = Row(base, now, "company").link()
    result = merge(fields_of(Process.CONTACT), link, lambda _name: None, keeps_formatting=True)
    assert told(result) == expected


def test_a_field_that_only_its_end_can_tell_is_agreed_as_it_is() -> None:
    link = Row((NEVER, NEVER), ("Old", ""), "company").link()
    silent = replace(link, salesforce=LinkSide("salesforce", item=Item("salesforce", frozen({}))))
    result = merge(fields_of(Process.CONTACT), silent, lambda _name: None, keeps_formatting=True)
    assert told(result) == "agreed company"
