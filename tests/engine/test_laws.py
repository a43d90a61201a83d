"""The laws of the sync (DESIGN.md section 2), each in the cases a person meets first, over replicas in memory."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from lpc_tui.engine.events import Outcome, Status
from lpc_tui.engine.interface import Cancel, Proposal, Review
from lpc_tui.errors import LockedError, UnreachableError
from lpc_tui.model.items import AllDay, Guard, Process, Side, Value
from lpc_tui.model.plan import WHOLE, Answers
from lpc_tui.model.rules import Action, Policy
from lpc_tui.replicas.base import Write
from lpc_tui.state.lock import hold
from tests.engine.world import World, answering, at, event

NOTHING_PREVENTED: frozenset[tuple[Side, Action]] = frozenset()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def linked(world: World, subject: str = "Kick-off", day: int = 1, **fields: Value) -> tuple[str, str]:
    """One event on both sides, linked; the ids there."""
    outlook = world.outlook.add(**event(subject, day, **fields))
    assert (await world.sync()).exit_code == 0
    (salesforce,) = world.salesforce.items
    return outlook, salesforce


async def test_law_1_both_sides_agree_and_a_second_run_is_quiet(world: World) -> None:
    for day in range(50):
        world.outlook.add(**event(f"From Outlook {day}", day))
        world.salesforce.add(**event(f"From Salesforce {day}", day))
    first = await world.sync()
    assert first.exit_code == 0
    assert first.counts[Process.CALENDAR].created == {Side.OUTLOOK: 50, Side.SALESFORCE: 50}
    assert world.agree()
    writes = world.writes()
    second = await world.sync()
    assert second.exit_code == 0
    assert world.writes() == writes
    assert second.counts[Process.CALENDAR].unchanged == 100
    assert world.requests == {Side.OUTLOOK: 1, Side.SALESFORCE: 1}


async def test_law_2_what_the_service_made_of_our_write_is_no_edit(world: World) -> None:
    _, salesforce = await linked(world, subject="  padded  ", show_as="tentative", body="text\n\n")
    assert world.salesforce.items[salesforce]["subject"] == "padded"
    writes = world.writes()
    for _ in range(2):
        await world.sync()
    assert world.writes() == writes


async def test_law_3_edits_of_different_fields_are_both_kept(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, subject="Renamed")
    world.salesforce.edit(salesforce, location="Room 5")
    assert (await world.sync()).exit_code == 0
    assert world.agree()
    assert world.outlook.items[outlook]["location"] == "Room 5"
    assert world.salesforce.items[salesforce]["subject"] == "Renamed"


async def test_law_3_a_conflict_waits_and_all_else_proceeds(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, subject="Mine", location="Here")
    world.salesforce.edit(salesforce, subject="Theirs")
    world.outlook.add(**event("Another", 2))
    result = await world.sync()
    assert result.exit_code == 1
    assert result.outcome is Outcome.PARTIAL
    assert result.counts[Process.CALENDAR].conflicts == 1
    assert world.salesforce.items[salesforce]["subject"] == "Theirs"
    assert world.outlook.items[outlook]["subject"] == "Mine"
    assert len(world.salesforce.items) == 2
    assert (await world.sync()).counts[Process.CALENDAR].conflicts == 1


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(Policy.OUTLOOK, "Mine"), (Policy.SALESFORCE, "Theirs"), (Policy.NEWEST, "Theirs")],
)
async def test_law_3_the_policy_decides(world: World, policy: Policy, expected: str) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, subject="Mine")
    world.pass_time(minutes=1)
    world.salesforce.edit(salesforce, subject="Theirs")
    assert (await world.sync(policy=policy)).exit_code == 0
    assert world.outlook.items[outlook]["subject"] == expected
    assert world.agree()


async def test_law_3_the_review_decides_field_by_field(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, subject="Mine", location="Here")
    world.salesforce.edit(salesforce, subject="Theirs", location="There")
    seen: list[Proposal] = []
    await world.sync(answering(Answers(), seen=seen))
    key = seen[0].plans[Process.CALENDAR].steps[0].key
    choices = {key: {"subject": Side.OUTLOOK, "location": Side.SALESFORCE}}
    assert (await world.sync(answering(Answers(choices=choices)))).exit_code == 0
    assert world.salesforce.items[salesforce]["subject"] == "Mine"
    assert world.outlook.items[outlook]["location"] == "There"
    assert world.agree()


@pytest.mark.parametrize("winner", Side)
async def test_law_3_an_edit_against_a_delete(world: World, winner: Side) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.delete(outlook)
    world.salesforce.edit(salesforce, subject="Still needed")
    seen: list[Proposal] = []
    result = await world.sync(answering(Answers(), seen=seen), prevent=NOTHING_PREVENTED)
    assert result.exit_code == 1
    assert world.salesforce.items
    assert not world.outlook.items
    key = seen[0].plans[Process.CALENDAR].steps[0].key
    result = await world.sync(answering(Answers(choices={key: {WHOLE: winner}})))
    assert result.exit_code == 0
    assert world.agree()
    assert len(world.outlook.items) == (0 if winner is Side.OUTLOOK else 1)
    writes = world.writes()
    assert (await world.sync()).exit_code == 0
    assert world.writes() == writes


async def test_law_4_a_delete_is_carried_across_once_it_is_proven(world: World) -> None:
    _outlook, salesforce = await linked(world)
    world.salesforce.delete(salesforce)
    assert (await world.sync()).exit_code == 0
    assert not world.outlook.items


async def test_law_4_absence_deletes_nothing(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.salesforce.records[salesforce].is_deleted = True
    world.salesforce.records[salesforce].is_purged = True
    world.salesforce.forget_watermarks()
    assert (await world.sync()).exit_code == 0
    assert outlook in world.outlook.items


async def test_law_4_a_dead_watermark_with_deletions_meanwhile(world: World) -> None:
    ids = [world.outlook.add(**event(f"Nr {number}", number)) for number in range(6)]
    await world.sync()
    world.outlook.delete(ids[0])
    world.outlook.forget_watermarks()
    result = await world.sync(prevent=NOTHING_PREVENTED)
    assert result.exit_code == 0
    assert world.agree()
    assert len(world.salesforce.items) == 5


@pytest.mark.parametrize("is_hidden", [False, True])
async def test_law_4_an_item_that_vanished_before_its_delete_is_asked_for(
    world: World, is_hidden: bool
) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.delete(outlook)

    async def slow_review(_proposal: Proposal) -> Review:
        world.salesforce.delete(salesforce)
        world.salesforce.records[salesforce].is_purged = is_hidden
        return Review(is_approved=True)

    result = await world.sync(slow_review, prevent=NOTHING_PREVENTED)
    assert result.exit_code == (1 if is_hidden else 0)
    assert (await world.sync()).counts[Process.CALENDAR].skipped == (1 if is_hidden else 0)


async def test_law_5_the_edit_that_leaves_the_window_is_carried_once_then_it_sleeps(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, when=at(500))
    assert (await world.sync()).exit_code == 0
    assert world.salesforce.items[salesforce]["when"] == at(500)
    writes = world.writes()
    world.outlook.edit(outlook, subject="Edited out there")
    assert (await world.sync()).exit_code == 0
    assert world.writes() == writes
    world.outlook.edit(outlook, when=at(3))
    assert (await world.sync()).exit_code == 0
    assert world.agree()
    assert world.salesforce.items[salesforce]["subject"] == "Edited out there"


async def test_law_5_days_passing_write_nothing(world: World) -> None:
    outlook, salesforce = await linked(world, day=-29)
    writes = world.writes()
    world.pass_time(days=5)
    assert (await world.sync()).exit_code == 0
    world.outlook.edit(outlook, subject="Long ago")
    assert (await world.sync()).exit_code == 0
    world.outlook.delete(outlook)
    assert (await world.sync(prevent=NOTHING_PREVENTED)).exit_code == 0
    assert world.writes() == writes
    assert salesforce in world.salesforce.items


async def test_law_5_a_narrower_and_a_wider_window_delete_and_double_nothing(world: World) -> None:
    for day in range(-25, 300, 10):
        world.outlook.add(**event(f"Day {day}", day))
    await world.sync()
    writes = world.writes()
    world.past_days, world.future_days = 1, 5
    assert (await world.sync()).exit_code == 0
    world.past_days, world.future_days = 30, 365
    assert (await world.sync()).exit_code == 0
    assert world.writes() == writes


async def test_law_5_moved_away_then_back(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.salesforce.change(salesforce, is_away=True)
    writes = world.writes()
    world.outlook.edit(outlook, subject="Edited meanwhile")
    assert (await world.sync()).exit_code == 0
    assert world.writes() == writes
    world.salesforce.change(salesforce, is_away=False)
    assert (await world.sync()).exit_code == 0
    assert world.salesforce.items[salesforce]["subject"] == "Edited meanwhile"


async def test_law_6_private_text_goes_nowhere(world: World) -> None:
    outlook = world.outlook.add(**event("Divorce lawyer", sensitivity="private"))
    assert (await world.sync()).exit_code == 0
    assert not world.salesforce.items
    assert all("Divorce" not in repr(each) for each in world.events)
    stored = b"".join(path.read_bytes() for path in world.folder.iterdir() if path.is_file())
    assert b"Divorce" not in stored
    world.outlook.edit(outlook, sensitivity="normal")
    assert (await world.sync()).exit_code == 0
    assert len(world.salesforce.items) == 1


async def test_law_6_turned_private_after_it_was_linked(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, sensitivity="confidential", subject="Secret now")
    writes = world.writes()
    result = await world.sync(prevent=NOTHING_PREVENTED)
    assert result.exit_code == 0
    assert world.told(Status.SKIPPED)[0].item == "(private)"
    world.outlook.delete(outlook)
    await world.sync()
    assert world.writes() == writes
    assert world.salesforce.items[salesforce]["subject"] == "Kick-off"


async def test_law_6_with_the_box_on_the_mark_travels(world: World) -> None:
    world.outlook.add(**event("Doctor", sensitivity="confidential"))
    assert (await world.sync(synchronize_private=True)).exit_code == 0
    assert [fields["sensitivity"] for fields in world.salesforce.items.values()] == ["private"]
    assert [fields["sensitivity"] for fields in world.outlook.items.values()] == ["confidential"]


async def test_law_6_switching_the_box_off_forgets_what_it_let_in(world: World) -> None:
    world.outlook.add(**event("Divorce lawyer", 20, sensitivity="private"))
    away = world.outlook.add(**event("Custody hearing", 25, sensitivity="private"))
    await world.sync(synchronize_private=True)
    world.outlook.change(away, is_away=True)
    await world.sync()
    writes = world.writes()
    assert (await world.sync(synchronize_private=False)).exit_code == 0
    assert world.writes() == writes
    with contextlib.closing(sqlite3.connect(world.folder / "state.db")) as stored:
        for table in ("link", "unlinked", "operation", "run"):
            rows = stored.execute(f"SELECT * FROM {table}").fetchall()
            assert rows or table == "unlinked"
            assert not any(word in repr(rows) for word in ("Divorce", "Custody")), table


@pytest.mark.parametrize(
    ("side", "action"),
    [(side, action) for side in Side for action in (Action.CREATE, Action.UPDATE, Action.DELETE)],
)
async def test_law_7_a_ticked_box_sends_nothing_and_forgets_nothing(
    world: World, side: Side, action: Action
) -> None:
    box = frozenset({(side, action)})
    source = world.service(side.other)
    if action is Action.CREATE:
        source.add(**event("New"))
    else:
        outlook, salesforce = await linked(world)
        changed = salesforce if side is Side.OUTLOOK else outlook
        if action is Action.UPDATE:
            source.edit(changed, subject="New")
        else:
            source.delete(changed)
    writes = world.writes()
    for _ in range(2):
        result = await world.sync(prevent=box)
        assert result.exit_code == 0
        assert result.counts[Process.CALENDAR].prevented == 1
        assert world.writes() == writes
    assert (await world.sync(prevent=NOTHING_PREVENTED)).exit_code == 0
    assert world.writes() == writes + 1
    assert world.agree()


async def test_law_7_a_prevented_update_is_not_overwritten_by_the_stale_side(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, subject="Pending")
    box = frozenset({(Side.SALESFORCE, Action.UPDATE)})
    await world.sync(prevent=box)
    world.salesforce.edit(salesforce, location="Elsewhere")
    await world.sync()
    assert world.outlook.items[outlook]["subject"] == "Pending"
    assert world.outlook.items[outlook]["location"] == "Elsewhere"
    world.salesforce.edit(salesforce, subject="Against it")
    assert (await world.sync()).counts[Process.CALENDAR].conflicts == 1
    assert world.outlook.items[outlook]["subject"] == "Pending"


async def test_law_8_items_alike_are_linked_not_doubled(world: World) -> None:
    for day in range(10):
        world.outlook.add(**event(f"Meeting {day}", day, body="from Outlook\r\n", show_as="tentative"))
        world.salesforce.add(**event(f"MEETING {day}", day, body="from  Outlook"))
    result = await world.sync()
    assert result.counts[Process.CALENDAR].linked == 10
    assert world.writes() == 0
    assert len(world.outlook.items) == len(world.salesforce.items) == 10


async def test_law_8_in_a_fresh_link_the_empty_field_takes_the_other_value(world: World) -> None:
    outlook = world.outlook.add(**event(location="Room 1", reminder=15))
    salesforce = world.salesforce.add(**event(body="Agenda", show_as="free"))
    result = await world.sync()
    assert result.counts[Process.CALENDAR].conflicts == 1
    assert world.salesforce.items[salesforce]["location"] == "Room 1"
    assert world.salesforce.items[salesforce]["reminder"] == 15
    assert str(world.outlook.items[outlook]["body"]).strip() == "Agenda"
    assert world.outlook.items[outlook]["show_as"] == "busy"
    assert world.salesforce.items[salesforce]["show_as"] == "free"


async def test_law_8_one_against_two_is_left_for_the_person(world: World) -> None:
    world.outlook.add(**event())
    world.salesforce.add(**event(location="A"))
    world.salesforce.add(**event(location="B"))
    result = await world.sync()
    assert result.exit_code == 1
    assert world.writes() == 0
    assert result.counts[Process.CALENDAR].conflicts == 3


async def test_law_9_a_lost_answer_doubles_nothing(world: World) -> None:
    for number in range(45):
        world.outlook.add(**event(f"Nr {number}", number))
    calls = iter(range(100))

    def lose_the_second_write(what: str) -> None:
        if what == "salesforce:write" and next(calls) == 1:
            raise UnreachableError("The connection was dropped.", "Run again.")

    world.after_request = lose_the_second_write
    assert (await world.sync()).exit_code == 5
    assert len(world.salesforce.items) == 40
    world.after_request = lambda _what: None
    assert (await world.sync()).exit_code == 0
    assert len(world.salesforce.items) == 45
    assert world.agree()
    assert (await world.sync()).counts[Process.CALENDAR].unchanged == 45


async def test_law_10_the_brake_stops_before_the_first_write(world: World) -> None:
    ids = [world.salesforce.add(**event(f"Nr {number}", number)) for number in range(60)]
    await world.sync()
    for each in ids[:30]:
        world.salesforce.delete(each)
    world.salesforce.add(**event("New", 100))
    writes = world.writes()
    result = await world.sync()
    assert (result.exit_code, result.outcome) == (1, Outcome.ABORTED)
    assert (result.counts[Process.CALENDAR].writes, world.writes()) == (0, writes)
    rehearsed = await world.sync(is_dry_run=True)
    assert (rehearsed.exit_code, rehearsed.counts[Process.CALENDAR].writes) == (1, 31)
    assert (await world.sync(answering(Answers(accepts_brake=True)))).exit_code == 0
    assert len(world.outlook.items) == 31


async def test_law_10_an_emptied_side_stops_the_run(world: World) -> None:
    ids = [world.salesforce.add(**event(f"Nr {number}", number)) for number in range(5)]
    await world.sync()
    for each in ids:
        world.salesforce.delete(each)
    assert (await world.sync()).exit_code == 1
    assert len(world.outlook.items) == 5


async def test_law_11_one_refused_item_is_reported_once_and_not_repeated(world: World) -> None:
    bad = world.outlook.add(**event("Bad"))
    world.outlook.add(**event("Good"))
    tries: list[str] = []

    def refuse(write: Write) -> str | None:
        subject = str(write.fields.get("subject"))
        tries.append(subject)
        return "FIELD_INTEGRITY_EXCEPTION: no." if subject.startswith("Bad") else None

    world.refuse = refuse
    assert (await world.sync()).exit_code == 1
    assert len(world.salesforce.items) == 1
    assert "FIELD_INTEGRITY" in str(world.told(Status.FAILED)[0].reason)
    again = await world.sync()
    assert again.exit_code == 1
    assert again.counts[Process.CALENDAR].failed == 1
    assert tries.count("Bad") == 1
    world.outlook.edit(bad, subject="Better")
    assert (await world.sync()).exit_code == 0
    assert world.agree()


async def test_law_11_a_refused_change_is_remembered_until_something_about_it_changes(world: World) -> None:
    outlook, salesforce = await linked(world)
    tries: list[Write] = []

    def refuse(write: Write) -> str | None:
        tries.append(write)
        return "ENTITY_IS_LOCKED: no."

    world.refuse = refuse
    world.outlook.edit(outlook, location="Room 1")
    for _ in range(2):
        result = await world.sync()
        assert (result.exit_code, result.counts[Process.CALENDAR].failed, len(tries)) == (1, 1, 1)
    world.salesforce.edit(salesforce, subject="Unlocked")
    world.refuse = lambda _write: None
    assert (await world.sync()).exit_code == 0
    assert world.agree()
    assert world.salesforce.items[salesforce]["location"] == "Room 1"


async def test_law_12_a_meeting_with_guests_waits_for_a_yes(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.change(outlook, has_guests=True)
    world.salesforce.edit(salesforce, subject="New title")
    writes = world.writes()
    seen: list[Proposal] = []
    assert (await world.sync(answering(Answers(), seen=seen))).exit_code == 1
    assert world.writes() == writes
    key = seen[0].plans[Process.CALENDAR].steps[0].key
    assert (await world.sync(answering(Answers(consents=frozenset({key}))))).exit_code == 0
    assert world.outlook.items[outlook]["subject"] == "New title"


async def test_law_14_a_future_occurrence_of_a_lightning_series_waits(world: World) -> None:
    outlook, salesforce = await linked(world, day=3)
    past_outlook = world.outlook.add(**event("Past", -3))
    await world.sync()
    (past,) = set(world.salesforce.items) - {salesforce}
    for each in (salesforce, past):
        world.salesforce.change(each, spreads=True)
    world.outlook.edit(outlook, subject="New title")
    world.outlook.edit(past_outlook, subject="New past title")
    assert (await world.sync()).exit_code == 1
    assert world.salesforce.items[salesforce]["subject"] == "Kick-off"
    assert world.salesforce.items[past]["subject"] == "New past title"


async def test_a_formatted_body_is_kept_and_the_edit_stays_pending(world: World) -> None:
    outlook, salesforce = await linked(world, body="Agenda")
    world.outlook.change(outlook, guards={"body": Guard.FORMATTED})
    world.salesforce.edit(salesforce, body="Plain edit", subject="New")
    assert (await world.sync()).exit_code == 0
    assert str(world.outlook.items[outlook]["body"]).strip() == "Agenda"
    assert world.outlook.items[outlook]["subject"] == "New"
    assert (await world.sync(keep_formatting=False)).exit_code == 0
    assert str(world.outlook.items[outlook]["body"]).strip() == "Plain edit"


async def test_a_text_longer_than_salesforce_holds_is_not_cut_in_outlook(world: World) -> None:
    outlook, salesforce = await linked(world, body="x" * 40_000)
    assert len(str(world.salesforce.items[salesforce]["body"])) == 32_000
    world.salesforce.edit(salesforce, body="short")
    assert (await world.sync()).exit_code == 0
    assert len(str(world.outlook.items[outlook]["body"])) > 39_999


async def test_all_day_events_stay_on_their_dates(world: World) -> None:
    days = AllDay(date(2026, 3, 28), date(2026, 3, 30))
    world.outlook.add(**event(when=days))
    await world.sync()
    assert [fields["when"] for fields in world.salesforce.items.values()] == [days]


async def test_a_dry_run_writes_nothing_and_tells_the_truth(world: World) -> None:
    world.outlook.add(**event())
    result = await world.sync(is_dry_run=True)
    assert result.exit_code == 0
    assert world.writes() == 0
    assert list(world.folder.iterdir()) == []
    planned = world.told(Status.PLANNED)
    await world.sync()
    assert [(each.side, each.action, each.item) for each in world.told(Status.DONE)] == [
        (each.side, each.action, each.item) for each in planned
    ]


async def test_a_plan_is_checked_again_as_it_is_carried_out(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, subject="Planned")

    async def slow_review(_proposal: Proposal) -> Review:
        world.salesforce.edit(salesforce, subject="Edited while the review was open")
        return Review(is_approved=True)

    assert (await world.sync(slow_review)).exit_code == 1
    assert world.salesforce.items[salesforce]["subject"] == "Edited while the review was open"
    assert (await world.sync()).counts[Process.CALENDAR].conflicts == 1


async def test_a_rejected_review_writes_nothing(world: World) -> None:
    world.outlook.add(**event())

    async def no(_proposal: Proposal) -> Review:
        return Review(is_approved=False)

    result = await world.sync(no)
    assert (result.exit_code, result.outcome) == (130, Outcome.CANCELLED)
    assert world.writes() == 0
    assert (await world.sync()).exit_code == 0
    assert world.agree()


async def test_excluded_in_the_review_it_comes_up_again(world: World) -> None:
    world.outlook.add(**event("Not now"))
    world.outlook.add(**event("Now"))
    seen: list[Proposal] = []
    await world.sync(
        answering(Answers(), seen=seen),
        is_dry_run=False,
        prevent=frozenset({(Side.SALESFORCE, Action.CREATE)}),
    )
    result = await world.sync(is_dry_run=True, prevent=NOTHING_PREVENTED)
    key = next(step.key for step in result.plans[Process.CALENDAR].steps if step.title == "Not now")
    await world.sync(answering(Answers(excluded=frozenset({key}))))
    assert [fields["subject"] for fields in world.salesforce.items.values()] == ["Now"]
    assert (await world.sync()).exit_code == 0
    assert world.agree()


async def test_cancel_stops_before_the_next_request_and_loses_nothing(world: World) -> None:
    for number in range(60):
        world.outlook.add(**event(f"Nr {number}", number))
    cancel = Cancel()
    world.after_request = lambda what: cancel.request() if what == "salesforce:write" else None
    result = await world.sync(cancel=cancel)
    assert (result.exit_code, result.outcome) == (130, Outcome.CANCELLED)
    assert len(world.salesforce.items) == 20
    world.after_request = lambda _what: None
    assert (await world.sync()).exit_code == 0
    assert world.agree()
    assert len(world.salesforce.items) == 60


async def test_two_runs_at_once_the_second_stops_and_names_the_first(world: World) -> None:
    with hold(world.folder / "run.lock", "process 42"), pytest.raises(LockedError, match="process 42"):
        await world.sync()


async def test_a_service_that_is_down_ends_the_run_with_nothing_written(world: World) -> None:
    world.outlook.add(**event())

    def down(what: str) -> None:
        if what == "salesforce:read":
            raise UnreachableError("No answer from the sandbox.", "Run again.")

    world.before_request = down
    result = await world.sync()
    assert (result.exit_code, result.outcome) == (5, Outcome.ABORTED)
    assert world.writes() == 0
