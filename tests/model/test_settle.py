"""What a link becomes once something happened to it: bases move to what each side itself shows."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from lpc_tui.model.items import Fields, Item, Process, Side, Value, frozen
from lpc_tui.model.links import Link, LinkSide, Presence, Refusal
from lpc_tui.model.plan import FieldConflict, Operation, Step
from lpc_tui.model.rules import Action
from lpc_tui.model.settle import before_writes, created, finished, is_settled, new_link, updated

REFUSAL = Refusal("fingerprint", "no")


def fields(**values: Value) -> Fields:
    return frozen(values)


def side(side_id: str, base: Fields, **shown: Value) -> LinkSide:
    return LinkSide(side_id, base, Item(side_id, fields(**shown)))


def link(outlook: LinkSide, salesforce: LinkSide, **changes: object) -> Link:
    return replace(Link("link", Process.CALENDAR, outlook, salesforce), **changes)  # type: ignore[arg-type]


def step(of: Link | None, **changes: object) -> Step:
    outlook = of.outlook.item if of else None
    salesforce = of.salesforce.item if of else None
    return replace(
        Step("link", Process.CALENDAR, outlook, salesforce, of),
        **changes,  # type: ignore[arg-type]  # checked by the dataclass
    )


AGREED = fields(subject="a", body="x")
EDITED = link(side("o", AGREED, subject="b", body="x"), side("s", AGREED, subject="a", body="x"))


def test_after_a_write_the_base_is_what_was_read_back_and_what_the_source_showed() -> None:
    operation = Operation(Side.SALESFORCE, Action.UPDATE, EDITED.salesforce.item, fields(subject="b"))
    read_back = Item("s", fields(subject="B, rewritten", body="edited by somebody meanwhile"), version="2")
    after = updated(EDITED, step(EDITED), operation, read_back)
    assert after.salesforce.base == {"subject": "B, rewritten", "body": "x"}
    assert after.salesforce.item == read_back
    assert after.outlook.base == {"subject": "b", "body": "x"}


def test_an_edit_of_the_source_made_meanwhile_stays_a_difference() -> None:
    planned = step(EDITED)
    now = EDITED.with_side(Side.OUTLOOK, EDITED.outlook.seen(Item("o", fields(subject="c", body="x"))))
    operation = Operation(Side.SALESFORCE, Action.UPDATE, EDITED.salesforce.item, fields(subject="b"))
    after = updated(now, planned, operation, Item("s", fields(subject="b", body="x")))
    assert after.outlook.base["subject"] == "b"
    assert after.outlook.item is not None
    assert after.outlook.item.fields["subject"] == "c"


def test_a_field_that_is_not_read_back_counts_as_it_was_sent() -> None:
    operation = Operation(Side.SALESFORCE, Action.UPDATE, EDITED.salesforce.item, fields(subject="b"))
    after = updated(EDITED, step(EDITED), operation, Item("s", fields(body="x")))
    assert after.salesforce.base["subject"] == "b"


@pytest.mark.parametrize("written", Side)
def test_a_write_that_went_through_forgets_its_own_refusal_only(written: Side) -> None:
    refused = replace(EDITED, refusals=tuple((each, REFUSAL) for each in Side))
    operation = Operation(written, Action.UPDATE, None, fields(subject="b"))
    after = updated(refused, step(refused), operation, Item("x", fields(subject="b")))
    assert after.refusals == ((written.other, REFUSAL),)


def test_a_new_item_makes_a_link_with_the_bases_of_both() -> None:
    source = Item("o1", fields(subject="  a  ", body="x\r\n"))
    alone = Step("outlook:o1", Process.CALENDAR, source, None, None)
    operation = Operation(Side.SALESFORCE, Action.CREATE, None, fields(subject="a", body="x"))
    made = Item("s1", fields(subject="a", body="x", reminder=15), version="1")
    after = created(None, alone, operation, made, "new")
    assert (after.id, after.outlook.id, after.salesforce.id) == ("new", "o1", "s1")
    assert after.outlook.base == source.fields
    assert after.salesforce.base == {"subject": "a", "body": "x"}
    assert after.salesforce.item == made


def test_an_item_made_anew_takes_its_place_in_the_same_link() -> None:
    before = link(
        side("o", AGREED, subject="b", body="x"),
        replace(side("s", AGREED, subject="a", body="x"), presence=Presence.GONE),
        refusals=((Side.SALESFORCE, REFUSAL),),
    )
    planned = replace(step(before), salesforce=None)
    operation = Operation(Side.SALESFORCE, Action.CREATE, None, fields(subject="b", body="x"))
    after = created(before, planned, operation, Item("s2", fields(subject="b", body="x")), "unused")
    assert (after.id, after.salesforce.id) == ("link", "s2")
    assert after.salesforce.presence is Presence.PRESENT
    assert after.outlook.base == {"subject": "b", "body": "x"}
    assert after.refusals == ()
    assert is_settled(after)


def test_nothing_is_created_from_nothing_and_no_single_item_is_a_match() -> None:
    empty = Step("k", Process.CALENDAR, None, None, None)
    operation = Operation(Side.OUTLOOK, Action.CREATE, None, fields(subject="a"))
    with pytest.raises(ValueError, match="from nothing"):
        created(None, empty, operation, Item("o", fields()), "new")
    with pytest.raises(ValueError, match="no match"):
        new_link(empty, "new")


def test_a_match_makes_a_link_on_which_nothing_is_agreed_yet() -> None:
    matched = step(EDITED, link=None, is_match=True)
    made = new_link(matched, "new")
    assert (made.id, made.outlook.id, made.salesforce.id) == ("new", "o", "s")
    assert made.outlook.base == made.salesforce.base == {}
    assert not is_settled(made)


def test_what_both_came_to_say_moves_both_bases_without_a_write() -> None:
    both = link(side("o", AGREED, subject="b", body="x"), side("s", AGREED, subject="B", body="y"))
    after = before_writes(both, step(both, agreed=("subject",)))
    assert after.outlook.base == {"subject": "b", "body": "x"}
    assert after.salesforce.base == {"subject": "B", "body": "x"}


OPERATION = Operation(Side.SALESFORCE, Action.UPDATE, None, fields(subject="b"))


@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        pytest.param({"is_asleep": True}, True, True, id="nothing to send: asleep at once"),
        pytest.param(
            {"is_asleep": True, "operations": (OPERATION,)}, False, True, id="the last edit is sent first"
        ),
        pytest.param(
            {"is_asleep": True, "conflicts": (FieldConflict("subject"),)},
            False,
            False,
            id="a conflict waits awake",
        ),
        pytest.param({"is_asleep": False}, False, False, id="stays awake"),
    ],
)
def test_falling_asleep(changes: dict[str, object], *, before: bool, after: bool) -> None:
    planned = step(EDITED, **changes)
    assert before_writes(EDITED, planned).is_asleep is before
    assert finished(EDITED, planned).is_asleep is after


def test_waking_up() -> None:
    asleep = replace(EDITED, is_asleep=True)
    assert not before_writes(asleep, step(asleep, is_asleep=False)).is_asleep


SETTLED = link(side("o", AGREED, subject="a", body="x"), side("s", AGREED, subject="a", body="x"))


def changed_item(**changes: object) -> Link:
    item = cast(Item, SETTLED.outlook.item)
    return SETTLED.with_side(Side.OUTLOOK, replace(SETTLED.outlook, item=replace(item, **changes)))  # type: ignore[arg-type]


MORE = fields(subject="a", body="x", reminder=5)
NEVER_AGREED = link(side("o", AGREED, **MORE), side("s", AGREED, **MORE))


@pytest.mark.parametrize(
    ("settled", "expected"),
    [
        pytest.param(SETTLED, True, id="both as agreed"),
        pytest.param(replace(SETTLED, is_asleep=True), True, id="asleep as agreed"),
        pytest.param(EDITED, False, id="edited"),
        pytest.param(SETTLED.with_refusal(Side.OUTLOOK, REFUSAL), False, id="refused"),
        pytest.param(changed_item(is_private=True), False, id="private"),
        pytest.param(changed_item(is_away=True), False, id="away"),
        pytest.param(NEVER_AGREED, False, id="a field never agreed on"),
        pytest.param(
            changed_item(fields=fields(**AGREED, reminder=5)), True, id="a field the other cannot tell"
        ),
        pytest.param(changed_item(fields=fields(subject="a")), True, id="a field it cannot tell"),
        *(
            pytest.param(
                SETTLED.with_side(Side.SALESFORCE, replace(SETTLED.salesforce, presence=presence)),
                False,
                id=presence.value,
            )
            for presence in (Presence.GONE, Presence.MISSING)
        ),
        pytest.param(
            SETTLED.with_side(Side.OUTLOOK, replace(SETTLED.outlook, item=None)), False, id="never shown"
        ),
    ],
)
def test_a_quiet_run_looks_at_no_settled_link(settled: Link, *, expected: bool) -> None:
    assert is_settled(settled) is expected


def test_a_base_moves_only_for_what_the_source_can_tell() -> None:
    """After a crash the source is what the state kept of it, which may say less than what was sent."""
    operation = Operation(
        Side.SALESFORCE, Action.UPDATE, EDITED.salesforce.item, fields(subject="b", reminder=15)
    )
    after = updated(EDITED, step(EDITED), operation, Item("s", fields(subject="b", reminder=15)))
    assert after.salesforce.base == {"subject": "b", "body": "x", "reminder": 15}
    assert after.outlook.base == {"subject": "b", "body": "x"}


def test_what_both_sides_hold_alike_is_in_memory_once() -> None:
    source = Item("o1", fields(subject="a", body="x"))
    alone = Step("outlook:o1", Process.CALENDAR, source, None, None)
    operation = Operation(Side.SALESFORCE, Action.CREATE, None, source.fields)
    after = created(None, alone, operation, Item("s1", fields(body="x", subject="a")), "new")
    assert after.salesforce.item is not None
    for each in (after.outlook.base, after.salesforce.base, after.salesforce.item.fields):
        assert each is source.fields
