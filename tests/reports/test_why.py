"""Why an item was or was not synced: a sentence, the law, the settings, both versions and what was written, of any item."""

from __future__ import annotations

from pathlib import Path

import pytest

from lpc_tui.model.items import Guard, Side
from lpc_tui.model.links import Presence
from lpc_tui.model.plan import Why
from lpc_tui.model.rules import Action, Rules
from lpc_tui.reports.finding import ids_in
from lpc_tui.reports.interface import (
    PRIVATE,
    Explanation,
    FieldState,
    IssueKind,
    SettingInForce,
    Verdict,
)
from lpc_tui.reports.laws import LAWS, law_of
from tests.engine.world import World, at, event
from tests.reports.desk import reports_of_world
from tests.tui.hostile import HOSTILE, ascii_id


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, rules=Rules())


async def linked(world: World) -> tuple[str, str]:
    """One event on both sides, linked; its two ids."""
    outlook = world.outlook.add(**event())
    await world.sync()
    return outlook, next(iter(world.salesforce.items))


def explained(world: World, asked: str = "kick") -> Explanation:
    """The one item that is found."""
    found = reports_of_world(world).why(asked).explanation
    assert found is not None
    return found


async def test_an_item_in_sync_tells_its_last_write_and_both_versions(world: World) -> None:
    outlook, salesforce = await linked(world)
    found = explained(world)
    assert (found.verdict, found.law.number, found.settings) == (Verdict.IN_SYNC, 1, ())
    assert found.sentence.endswith("The last write of it: Add to Salesforce.")
    assert [(each.side, each.id) for each in found.versions] == [
        (Side.OUTLOOK, outlook),
        (Side.SALESFORCE, salesforce),
    ]
    assert set(found.states.values()) == {FieldState.AGREED}
    assert [entry.action for entry in found.operations] == [Action.CREATE]
    for asked in (outlook, salesforce, "KICK-OFF", " kick-off "):
        assert explained(world, asked) == found
    assert reports_of_world(world).explain(found.item) == found


async def test_an_item_found_on_both_sides_was_never_written(world: World) -> None:
    world.outlook.add(**event())
    world.salesforce.add(**event())
    await world.sync()
    found = explained(world)
    assert (found.verdict, found.operations) == (Verdict.IN_SYNC, ())
    assert "found on both" in found.sentence


async def test_a_conflict_shows_where_each_side_left_the_base(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, location="Room 1", body="Agenda")
    world.salesforce.edit(salesforce, location="Room 2")
    await world.sync()
    found = explained(world)
    assert (found.verdict, found.law) == (Verdict.OPEN, LAWS[3])
    assert found.settings == (SettingInForce("sync.calendar.conflicts", "ask"),)
    assert type(found.settings[0].value) is str
    assert {name: state for name, state in found.states.items() if state is not FieldState.AGREED} == {
        "location": FieldState.BOTH,
        "body": FieldState.OUTLOOK,
    }
    assert [(each.fields["location"], each.base["location"]) for each in found.versions] == [
        ("Room 1", ""),
        ("Room 2", ""),
    ]
    assert found.issues[0].conflicts[0].field == "location"


@pytest.mark.parametrize(
    ("box", "edits", "key"),
    [
        ((Side.SALESFORCE, Action.UPDATE), {"location": "Room 1"}, "update_in_salesforce"),
        ((Side.SALESFORCE, Action.DELETE), None, "delete_from_salesforce"),
    ],
)
async def test_a_prevented_write_names_its_box(
    world: World, box: tuple[Side, Action], edits: dict[str, str] | None, key: str
) -> None:
    outlook, _ = await linked(world)
    if edits is None:
        world.outlook.delete(outlook)
    else:
        world.outlook.edit(outlook, **edits)
    await world.sync(prevent=frozenset({box}))
    found = explained(world)
    assert (found.law.number, [each.key for each in found.settings]) == (7, [f"sync.calendar.prevent.{key}"])
    assert "is ticked" in found.sentence
    gone = Presence.GONE if edits is None else Presence.PRESENT
    assert found.versions[0].presence is gone


async def test_an_item_that_is_not_on_the_other_side_tells_why(world: World) -> None:
    prevented = frozenset({(Side.SALESFORCE, Action.CREATE)})
    world.outlook.add(**event("Held back"))
    await world.sync(prevent=prevented)
    held = explained(world, "held back")
    assert held.sentence.startswith("It has no counterpart in Salesforce. The box")
    assert (held.law.number, len(held.versions)) == (7, 1)
    await world.sync(prevent=frozenset())

    world.refuse = lambda write: "No, says the admin." if "Refused" in str(write.fields) else None
    world.outlook.add(**event("Refused", 2))
    await world.sync()
    refused = explained(world, "refused")
    assert (refused.law.number, refused.operations[0].words) == (11, "No, says the admin.")

    for location in ("Room 1", "Room 2"):
        world.outlook.add(**event("Twin", 3, location=location))
    world.salesforce.add(**event("Twin", 3))
    await world.sync()
    answer = reports_of_world(world).why("twin")
    assert (answer.explanation, len(answer.choices)) == (None, 3)
    (twin,) = {explained(world, each.outlook_id or each.salesforce_id or "").law for each in answer.choices}
    assert twin.number == 8

    world.past_days = world.future_days = 0
    outside = explained(world, refused.item.outlook_id or "")
    assert (outside.verdict, outside.law.number) == (Verdict.OUT_OF_SCOPE, 5)
    assert "2026-03-11 to 2026-03-11" in outside.sentence
    assert [each.key for each in outside.settings] == [
        "sync.calendar.past_days",
        "sync.calendar.future_days",
    ]


async def test_a_private_item_is_found_by_its_id_and_says_nothing_else(world: World) -> None:
    secret = world.outlook.add(**event("Divorce", location="Court"))
    world.outlook.edit(secret, sensitivity="private")
    await world.sync()
    for text in ("divorce", PRIVATE):
        assert not reports_of_world(world).why(text).is_known
    found = explained(world, secret)
    assert (found.item.title, found.law.number) == (PRIVATE, 6)
    assert "synchronize_private_items" in found.settings[0].key
    assert "Divorce" not in repr(found)
    assert "Court" not in repr(found)


async def test_asleep_awake_and_coming_back(world: World) -> None:
    outlook, _ = await linked(world)
    for day in (500, 500):
        world.outlook.edit(outlook, when=at(day))
        await world.sync()
    await world.sync()
    found = explained(world)
    assert (found.verdict, found.law.number) == (Verdict.OUT_OF_SCOPE, 5)
    world.future_days = 600
    assert "in scope again" in explained(world).sentence


async def test_away_names_the_setting_of_its_side_and_guarded_the_formatting(world: World) -> None:
    outlook, _ = await linked(world)
    world.outlook.change(outlook, is_away=True)
    await world.sync()
    away = explained(world)
    assert (away.law.number, [each.key for each in away.settings]) == (5, ["outlook.calendar"])
    world.outlook.add(**event("Reassigned", 2))
    await world.sync()
    (reassigned,) = (key for key, each in world.salesforce.items.items() if each["subject"] == "Reassigned")
    world.salesforce.change(reassigned, is_away=True)
    await world.sync()
    found = explained(world, "reassigned")
    assert (found.law.number, found.settings) == (5, ())
    formatted = world.outlook.add(**event("Formatted", 3))
    await world.sync()
    (plain,) = (key for key, each in world.salesforce.items.items() if each["subject"] == "Formatted")
    world.outlook.change(formatted, guards={"body": Guard.FORMATTED})
    world.salesforce.edit(plain, body="Plain")
    await world.sync()
    guarded = explained(world, "formatted")
    assert [(each.key, each.value) for each in guarded.settings] == [("sync.calendar.keep_formatting", True)]


async def test_what_the_sync_deleted_is_in_the_history_by_either_id(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.delete(outlook)
    await world.sync()
    for asked in ("kick", outlook, salesforce):
        found = explained(world, asked)
        assert found.verdict is Verdict.ENDED
        assert found.sentence.startswith("Deleted from Salesforce by the sync")
        assert [entry.action for entry in found.operations] == [Action.DELETE, Action.CREATE]


async def test_what_both_sides_deleted_is_told_from_its_last_write(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.delete(outlook)
    world.salesforce.delete(salesforce)
    await world.sync()
    assert "both sides deleted it" in explained(world).sentence


async def test_nothing_known_names_the_reasons_and_their_settings(world: World) -> None:
    never = reports_of_world(world).why("dentist")
    assert never.reasons == (
        "Calendar, Contact and Task were never synced here: lpc-tui sync calendar contact task.",
    )
    await linked(world)
    reports = reports_of_world(world)
    told = "\n".join(reports.why("dentist").reasons)
    assert "Contact and Task were never synced here" in told
    assert "after the last run, 2026-03-11 09:31" in told
    assert "(2026-02-09 to 2027-03-11): sync.calendar.past_days = 30" in told
    assert "only the default one takes part (outlook.calendar)" in told
    assert "synchronize_private_items = false" in told
    of_id = "\n".join(reports.why("00U000000000001").reasons)
    assert "Contact" not in of_id
    assert "private" not in of_id
    assert (
        reports.why("001000000000001AAA").reasons[0].startswith("It is the id of a Salesforce record of an")
    )
    assert not reports.why("  ").is_known


async def test_the_newest_name_and_the_old_one_both_find_it(world: World) -> None:
    outlook, _ = await linked(world)
    world.outlook.edit(outlook, subject="Renamed")
    await world.sync(prevent=frozenset({(Side.SALESFORCE, Action.UPDATE)}))
    assert explained(world, "renamed") == explained(world, "kick-off")


async def test_of_many_hits_the_one_that_is_called_just_so_is_meant(world: World) -> None:
    for number, name in enumerate(["Lunch", "Lunch with Bob", "Team lunch"]):
        world.outlook.add(**event(name, number + 1))
    await world.sync()
    assert explained(world, "lunch").item.title == "Lunch"
    assert len(reports_of_world(world).why("lunc").choices) == 3
    for number in range(60):
        world.outlook.add(**event(f"Standup {number}", number))
    await world.sync()
    many = reports_of_world(world).why("standup")
    assert (len(many.choices), many.is_cut) == (50, True)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii_id)
async def test_a_hostile_title_is_found_and_kept_as_data(world: World, text: str) -> None:
    outlook = world.outlook.add(**event(f"a{text}"))
    world.outlook.add(**event("other", 2))
    await world.sync()
    assert explained(world, f"A{text}") == explained(world, outlook)


def test_ids_are_taken_out_of_addresses_and_short_ones_completed() -> None:
    assert ids_in("00U5g00000abcDE") == ("00U5g00000abcDE", "00U5g00000abcDEEAY")
    page = "https://acme.lightning.force.com/lightning/r/Event/00U5g00000abcDEEAY/view"
    assert "00U5g00000abcDEEAY" in ids_in(page)
    assert "AAMk/1+2=" in ids_in("https://outlook.office.com/calendar/item/AAMk%2F1%2B2%3D")


def test_every_reason_of_the_planner_is_a_kind_of_issue_with_a_law() -> None:
    kinds = {why.value for why in Why} - {Why.EXCLUDED.value}
    assert kinds <= {kind.value for kind in IssueKind}
    assert all(law_of(kind) in LAWS.values() for kind in IssueKind)
    assert list(LAWS) == list(range(1, 16))
    assert {law.number for law in LAWS.values()} == set(LAWS)


async def test_an_address_of_a_page_finds_its_item(world: World) -> None:
    outlook, _ = await linked(world)
    page = "https://outlook.office365.com/owa/?itemid=AAMkAGI1AAAAAAAAAAAA%3D&exvsurl=1&path=/calendar/item"
    world.outlook.change(outlook, link=page)
    await world.sync()
    for asked in (page, "https://outlook.office365.com/calendar/item/AAMkAGI1AAAAAAAAAAAA%3D"):
        assert explained(world, asked).item.outlook_id == outlook
