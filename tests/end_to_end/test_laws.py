"""The laws of the sync (DESIGN.md section 2) for every process, over real HTTP, in what a person does to one item.

What belongs to one process alone is in `test_laws_calendar`, `test_laws_contact` and `test_laws_task`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lpc_tui.engine.events import Status
from lpc_tui.engine.interface import Proposal, Review
from lpc_tui.model.field_map import has_privacy
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import WHOLE, Answers
from lpc_tui.model.rules import Action
from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.faults import Drop
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from tests.end_to_end.hands import EDITS, fields_for
from tests.end_to_end.pairs import ASKING, LOOKING, ONE, OTHER, TODAY, Pair, on_day, paired, run, stays_quiet
from tests.end_to_end.rehearsal import Rehearsal, rehearsing

DATED = [process for process in Process if process is not Process.CONTACT]
"""The processes that have a window."""

MARKED = [(process, side) for process in Process for side in Side if has_privacy(process, side)]
"""Where items can be private."""

BOXES = {
    (Side.OUTLOOK, Action.CREATE): "create_in_outlook",
    (Side.OUTLOOK, Action.UPDATE): "update_in_outlook",
    (Side.OUTLOOK, Action.DELETE): "delete_from_outlook",
    (Side.SALESFORCE, Action.CREATE): "create_in_salesforce",
    (Side.SALESFORCE, Action.UPDATE): "update_in_salesforce",
    (Side.SALESFORCE, Action.DELETE): "delete_from_salesforce",
}
"""The keys of `[sync.PROCESS.prevent]`."""

each_side = pytest.mark.parametrize("side", Side)


@pytest.fixture(params=Process, ids=str)
def rehearsal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path, process=request.param) as playing:
        playing.options = {"prevent": {"delete_from_salesforce": False}}
        yield playing


dated = pytest.mark.parametrize("rehearsal", DATED, ids=str, indirect=True)


async def answered(rehearsal: Rehearsal, winner: Side) -> int:
    """A run in which the person lets one side win every conflict; returns the exit code."""

    async def review(proposal: Proposal) -> Review:
        steps = proposal.plans[rehearsal.process].steps
        choices = {step.key: {WHOLE: winner} for step in steps if step.conflicts}
        return Review(is_approved=True, answers={rehearsal.process: Answers(choices=choices)})

    return (await rehearsal.sync(review)).exit_code


# Law 1 and 2


@each_side
async def test_a_new_item_an_edit_and_a_delete_are_carried_across(rehearsal: Rehearsal, side: Side) -> None:
    pair = await paired(rehearsal, origin=side)
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []
    for field in EDITS[rehearsal.process]:
        value = pair.rewrite(side, field)
        await run(rehearsal)
        assert pair.shows(side.other, field) == value
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []
    pair.delete(side)
    await run(rehearsal)
    assert not pair.is_there(side.other)
    await stays_quiet(rehearsal)
    assert rehearsal.worlds.mailbox.outbox == []


async def test_a_quiet_run_costs_the_same_however_many_items_are_linked(rehearsal: Rehearsal) -> None:
    for number in range(60):
        side = Side.OUTLOOK if number % 2 else Side.SALESFORCE
        name = f"Nr{number:03d}"
        rehearsal.hands(side).add(**fields_for(rehearsal.process, name, TODAY + timedelta(days=number % 20)))
    result = await run(rehearsal)
    assert result.counts[rehearsal.process].created == dict.fromkeys(Side, 30)
    assert await rehearsal.differences() == []
    for _ in range(2):
        await stays_quiet(rehearsal)


@each_side
async def test_what_the_platform_rewrites_after_a_save_is_no_edit(rehearsal: Rehearsal, side: Side) -> None:
    """A trigger shouts: what it makes of our write is taken for what the record shows, and goes nowhere."""
    text = ONE[rehearsal.process] if rehearsal.process is not Process.TASK else "body"
    native = {"location": "Location", "job_title": "Title", "body": "Description"}[text]

    def shout(sobject: str, record: JsonObject) -> JsonObject:
        is_ours = sobject in {"Event", "Contact", "Task"} and record.get(native)
        return {**record, native: record[native].upper()} if is_ours else record

    rehearsal.worlds.org.rewrite_hook = shout
    pair = await paired(rehearsal, origin=side, fields={text: "as typed"})
    written = "AS TYPED" if side is Side.SALESFORCE else "as typed"
    assert pair.shows(Side.SALESFORCE, text) == "AS TYPED"
    for _ in range(2):
        await stays_quiet(rehearsal)
    assert pair.shows(Side.OUTLOOK, text) == written
    pair.edit(Side.OUTLOOK, **{text: "typed again"})
    await run(rehearsal)
    await stays_quiet(rehearsal)
    assert pair.shows(Side.OUTLOOK, text) == "typed again"
    assert pair.shows(Side.SALESFORCE, text) == "TYPED AGAIN"


@each_side
async def test_a_stamp_that_moves_without_an_edit_writes_nothing(rehearsal: Rehearsal, side: Side) -> None:
    pair = await paired(rehearsal, origin=side)
    sobject = {Process.CALENDAR: "Event", Process.CONTACT: "Contact", Process.TASK: "Task"}[rehearsal.process]
    rehearsal.worlds.org.touch(sobject, pair.ids[Side.SALESFORCE])
    rehearsal.hands(Side.OUTLOOK).edit(pair.ids[Side.OUTLOOK])
    await stays_quiet(rehearsal, requests=ASKING)


# Law 3


async def test_edits_of_different_fields_are_both_kept(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    one, other = ONE[rehearsal.process], OTHER[rehearsal.process]
    ours, theirs = pair.rewrite(Side.OUTLOOK, one), pair.rewrite(Side.SALESFORCE, other)
    await run(rehearsal)
    for side in Side:
        assert (pair.shows(side, one), pair.shows(side, other)) == (ours, theirs)
    await stays_quiet(rehearsal)


async def test_the_same_edit_on_both_sides_is_no_conflict(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    for side in Side:
        pair.rewrite(side, ONE[rehearsal.process])
    await stays_quiet(rehearsal, requests=ASKING)


async def conflicting(rehearsal: Rehearsal) -> Pair:
    """A pair with another value on each side, the later one in Salesforce; Outlook has an edit of another field, too."""
    pair = await paired(rehearsal)
    pair.rewrite(Side.OUTLOOK, ONE[rehearsal.process], 0)
    pair.rewrite(Side.OUTLOOK, OTHER[rehearsal.process], 0)
    pair.rewrite(Side.SALESFORCE, ONE[rehearsal.process], 1)
    return pair


@pytest.mark.parametrize(
    ("policy", "winner"),
    [("newest", Side.SALESFORCE), ("outlook", Side.OUTLOOK), ("salesforce", Side.SALESFORCE)],
)
async def test_the_policy_decides_a_conflict(rehearsal: Rehearsal, policy: str, winner: Side) -> None:
    pair = await conflicting(rehearsal)
    rehearsal.options["conflicts"] = policy
    await run(rehearsal)
    field = ONE[rehearsal.process]
    expected = EDITS[rehearsal.process][field][winner is Side.SALESFORCE]
    assert [pair.shows(side, field) for side in Side] == [expected] * 2
    other = OTHER[rehearsal.process]
    assert [pair.shows(side, other) for side in Side] == [EDITS[rehearsal.process][other][0]] * 2
    await stays_quiet(rehearsal)


@each_side
async def test_an_unanswered_conflict_changes_nothing_and_the_review_decides(
    rehearsal: Rehearsal, side: Side
) -> None:
    pair = await conflicting(rehearsal)
    before = {each: rehearsal.hands(each).native(pair.ids[each]) for each in Side}
    rehearsal.hands(side).add(**fields_for(rehearsal.process, "Another", TODAY))
    result = await run(rehearsal, 1)
    assert result.counts[rehearsal.process].conflicts == 1
    (told,) = rehearsal.told(Status.CONFLICT)
    assert told.fields == (ONE[rehearsal.process],)
    assert rehearsal.hands(side.other).named("Another")
    assert {each: rehearsal.hands(each).native(pair.ids[each]) for each in Side} == before
    await stays_quiet(rehearsal, 1)
    assert await answered(rehearsal, side) == 0
    field = ONE[rehearsal.process]
    expected = EDITS[rehearsal.process][field][side is Side.SALESFORCE]
    assert [pair.shows(each, field) for each in Side] == [expected] * 2
    await stays_quiet(rehearsal)


@each_side
@pytest.mark.parametrize("policy", ["ask", "newest", "outlook", "salesforce"])
async def test_a_delete_against_an_edit(rehearsal: Rehearsal, side: Side, policy: str) -> None:
    """`side` deletes, the other one edits. An edit beats a delete under `newest`; a side that wins, wins with its delete."""
    pair = await paired(rehearsal)
    value = pair.rewrite(side.other, ONE[rehearsal.process])
    pair.delete(side)
    rehearsal.options["conflicts"] = policy
    if policy == "ask":
        await run(rehearsal, 1)
        assert pair.is_there(side.other)
        assert rehearsal.hands(side).natives() == []
        await stays_quiet(rehearsal, 1)
        return
    await run(rehearsal)
    await is_decided(pair, winner=side if policy == side.value else side.other, value=value)


@each_side
@pytest.mark.parametrize("deleted", [True, False], ids=["delete-wins", "edit-wins"])
async def test_a_delete_against_an_edit_by_the_persons_answer(
    rehearsal: Rehearsal, side: Side, deleted: bool
) -> None:
    pair = await paired(rehearsal)
    value = pair.rewrite(side.other, ONE[rehearsal.process])
    pair.delete(side)
    await run(rehearsal, 1)
    winner = side if deleted else side.other
    assert await answered(rehearsal, winner) == 0
    await is_decided(pair, winner=winner, value=value)


async def is_decided(pair: Pair, *, winner: Side, value: object) -> None:
    """The edited item is gone where the delete won, else it is there on both sides as it was edited."""
    rehearsal = pair.rehearsal
    counts = [len(rehearsal.hands(side).natives()) for side in Side]
    if pair.is_there(winner):
        assert counts == [1, 1]
        for each in Side:
            (shown,) = rehearsal.hands(each).shows().values()
            assert shown[ONE[rehearsal.process]] == value
    else:
        assert counts == [0, 0]
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []


# Law 4


async def test_deleted_on_both_sides_is_the_end_of_it(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    for side in Side:
        pair.delete(side)
    await stays_quiet(rehearsal, requests=LOOKING)
    await stays_quiet(rehearsal)
    assert [rehearsal.hands(side).natives() for side in Side] == [[], []]


@each_side
async def test_a_dead_delta_token_while_items_were_deleted(rehearsal: Rehearsal, side: Side) -> None:
    pairs = [await paired(rehearsal, f"Nr{number}") for number in range(6)]
    pairs[0].delete(side)
    value = pairs[1].rewrite(side, ONE[rehearsal.process])
    rehearsal.worlds.mailbox.expire_delta_tokens()
    await run(rehearsal)
    assert [pair.is_there(side.other) for pair in pairs] == [False] + [True] * 5
    assert pairs[1].shows(side.other, ONE[rehearsal.process]) == value
    await stays_quiet(rehearsal)


@each_side
async def test_a_machine_that_was_off_for_a_month_finds_deletes_and_edits(
    rehearsal: Rehearsal, side: Side
) -> None:
    """By then Salesforce has emptied its recycle bin and its delete log, which is no proof of anything."""
    pairs = [await paired(rehearsal, f"Nr{number}") for number in range(6)]
    pairs[0].delete(side)
    value = pairs[1].rewrite(side, ONE[rehearsal.process])
    rehearsal.times.advance(days=25)
    await run(rehearsal)
    assert [pair.is_there(side.other) for pair in pairs[1:]] == [True] * 5
    assert pairs[1].shows(side.other, ONE[rehearsal.process]) == value
    await stays_quiet(rehearsal)


@each_side
async def test_taken_out_of_the_recycle_bin_it_comes_back_once(rehearsal: Rehearsal, side: Side) -> None:
    pair = await paired(rehearsal, origin=side)
    pair.delete(Side.SALESFORCE)
    await run(rehearsal)
    assert rehearsal.hands(Side.OUTLOOK).natives() == []
    sobject = {Process.CALENDAR: "Event", Process.CONTACT: "Contact", Process.TASK: "Task"}[rehearsal.process]
    rehearsal.times.advance(minutes=1)
    rehearsal.worlds.org.undelete(sobject, pair.ids[Side.SALESFORCE])
    await run(rehearsal)
    assert len(rehearsal.hands(Side.OUTLOOK).named("Kickoff")) == 1
    await stays_quiet(rehearsal)


async def test_both_deleted_and_both_made_anew_is_one_new_pair(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    for side in Side:
        pair.delete(side)
        rehearsal.hands(side).add(**fields_for(rehearsal.process, "Kickoff", TODAY + timedelta(days=1)))
    result = await run(rehearsal)
    counts = result.counts[rehearsal.process]
    assert (counts.linked, counts.writes) == (1, 0)
    await stays_quiet(rehearsal)
    again = Pair(rehearsal, {side: rehearsal.hands(side).named("Kickoff")[0] for side in Side})
    value = again.rewrite(Side.OUTLOOK, ONE[rehearsal.process])
    await run(rehearsal)
    assert again.shows(Side.SALESFORCE, ONE[rehearsal.process]) == value
    assert [len(rehearsal.hands(side).natives()) for side in Side] == [1, 1]


@each_side
async def test_deleted_and_made_anew_on_one_side_is_one_item_on_either(
    rehearsal: Rehearsal, side: Side
) -> None:
    pair = await paired(rehearsal)
    pair.delete(side)
    rehearsal.hands(side).add(**fields_for(rehearsal.process, "Kickoff", TODAY + timedelta(days=1)))
    await run(rehearsal)
    await run(rehearsal)
    assert [len(rehearsal.hands(each).natives()) for each in Side] == [1, 1]
    await stays_quiet(rehearsal)


# Law 5


@dated
@each_side
async def test_it_leaves_the_window_is_edited_there_and_comes_back(rehearsal: Rehearsal, side: Side) -> None:
    pair = await paired(rehearsal, origin=side)
    away, back = on_day(rehearsal.process, 500), on_day(rehearsal.process, 3)
    pair.edit(side, **away)
    await run(rehearsal)
    (field,) = away
    assert pair.shows(side.other, field) == away[field]
    await stays_quiet(rehearsal, requests=LOOKING)
    value = pair.rewrite(side, ONE[rehearsal.process])
    await stays_quiet(rehearsal, requests=LOOKING)
    await stays_quiet(rehearsal)
    assert pair.shows(side.other, ONE[rehearsal.process]) != value
    pair.edit(side, **back)
    await run(rehearsal)
    assert pair.shows(side.other, field) == back[field]
    assert pair.shows(side.other, ONE[rehearsal.process]) == value
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []


@dated
@each_side
async def test_it_comes_back_into_the_window_by_the_other_side(rehearsal: Rehearsal, side: Side) -> None:
    pair = await paired(rehearsal)
    pair.edit(side, **on_day(rehearsal.process, 500))
    await run(rehearsal)
    value = pair.rewrite(side, ONE[rehearsal.process])
    await run(rehearsal)
    back = on_day(rehearsal.process, 3)
    pair.edit(side.other, **back)
    await run(rehearsal)
    (field,) = back
    assert [pair.shows(each, field) for each in Side] == [back[field]] * 2
    assert [pair.shows(each, ONE[rehearsal.process]) for each in Side] == [value] * 2
    await stays_quiet(rehearsal)


@dated
@each_side
async def test_what_happens_outside_the_window_deletes_nothing(rehearsal: Rehearsal, side: Side) -> None:
    """A delta calls removed whatever leaves its window or is touched outside it."""
    pairs = [await paired(rehearsal, f"Nr{number}") for number in range(3)]
    for pair in pairs:
        pair.edit(side, **on_day(rehearsal.process, 450))
    await run(rehearsal)
    pairs[0].delete(side)
    pairs[1].rewrite(side, ONE[rehearsal.process])
    await stays_quiet(rehearsal, requests=LOOKING)
    await stays_quiet(rehearsal)
    assert [pair.is_there(side.other) for pair in pairs] == [True] * 3


@dated
@each_side
async def test_days_pass_and_the_old_sleep(rehearsal: Rehearsal, side: Side) -> None:
    pair = await paired(rehearsal, origin=side)
    rehearsal.times.advance(days=40)
    await stays_quiet(rehearsal, requests=LOOKING)
    pair.rewrite(side, ONE[rehearsal.process])
    await stays_quiet(rehearsal, requests=LOOKING)
    pair.delete(side)
    await stays_quiet(rehearsal, requests=LOOKING)
    await stays_quiet(rehearsal)
    assert pair.is_there(side.other)


@dated
async def test_a_narrower_and_a_wider_window_delete_and_double_nothing(rehearsal: Rehearsal) -> None:
    for day in range(-24, 300, 12):
        side = Side.OUTLOOK if day % 24 else Side.SALESFORCE
        rehearsal.hands(side).add(**fields_for(rehearsal.process, f"Day {day}", TODAY + timedelta(days=day)))
    await run(rehearsal)
    counts = [len(rehearsal.hands(side).natives()) for side in Side]
    for past, future in ((1, 5), (30, 365), (0, 0), (400, 400), (30, 365)):
        rehearsal.options |= {"past_days": past, "future_days": future}
        await stays_quiet(rehearsal, requests=LOOKING)
    assert [len(rehearsal.hands(side).natives()) for side in Side] == counts


@each_side
async def test_moved_or_reassigned_it_sleeps_and_resumes_when_it_is_back(
    rehearsal: Rehearsal, side: Side
) -> None:
    """Into another calendar, folder or list in Outlook; to another owner in Salesforce, where no list tells of it: it is
    found to be away as it is about to be written."""
    pair = await paired(rehearsal)
    elsewhere = rehearsal.hands(side).put_away(pair.ids[side])
    await stays_quiet(rehearsal, requests=LOOKING)
    value = pair.rewrite(side.other, ONE[rehearsal.process])
    before = rehearsal.hands(side).native_elsewhere(elsewhere)
    for _ in range(2):
        await stays_quiet(rehearsal, requests=LOOKING)
        assert len(rehearsal.told(Status.SKIPPED)) == 1
    assert rehearsal.hands(side).native_elsewhere(elsewhere) == before
    assert pair.is_there(side.other)
    pair.ids[side] = rehearsal.hands(side).bring_back(elsewhere)
    await run(rehearsal)
    assert pair.shows(side, ONE[rehearsal.process]) == value
    assert [len(rehearsal.hands(each).natives()) for each in Side] == [1, 1]
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []


@dated
@each_side
async def test_an_edit_that_waited_outside_the_window_is_not_carried_once_its_item_is_away(
    rehearsal: Rehearsal, side: Side
) -> None:
    """A full reading shows neither the item outside its days nor that it is in another place by now."""
    pair = await paired(rehearsal, origin=side)
    (field,) = later = on_day(rehearsal.process, 60)
    before = pair.shows(side.other, field)
    pair.edit(side, **later)
    rehearsal.options["prevent"] = {
        "delete_from_salesforce": False,
        BOXES[side.other, Action.UPDATE]: True,
    }
    await run(rehearsal)
    rehearsal.hands(side).put_away(pair.ids[side])
    rehearsal.options |= {"prevent": {"delete_from_salesforce": False}, "future_days": 30}
    await stays_quiet(rehearsal, requests=LOOKING)
    assert pair.shows(side.other, field) == before


@each_side
async def test_moved_away_with_a_dead_token_and_a_new_day_deletes_nothing(
    rehearsal: Rehearsal, side: Side
) -> None:
    pair = await paired(rehearsal)
    rehearsal.hands(side).put_away(pair.ids[side])
    rehearsal.worlds.mailbox.expire_delta_tokens()
    rehearsal.times.advance(days=1)
    await stays_quiet(rehearsal, requests=LOOKING)
    assert pair.is_there(side.other)


# Law 6


def stored_text(rehearsal: Rehearsal) -> bytes:
    """Everything that the profile keeps on disk."""
    return b"".join(path.read_bytes() for path in rehearsal.folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("rehearsal", "side"), MARKED, indirect=["rehearsal"])
async def test_a_private_item_and_its_text_go_nowhere_until_it_is_opened(
    rehearsal: Rehearsal, side: Side
) -> None:
    hands = rehearsal.hands(side)
    item = hands.add(**fields_for(rehearsal.process, "Divorce", TODAY + timedelta(days=1)))
    hands.mark_private(item)
    for _ in range(2):
        await stays_quiet(rehearsal, requests=LOOKING)
        assert rehearsal.hands(side.other).natives() == []
        assert "divorce" not in repr(rehearsal.events).lower()
        assert b"divorce" not in stored_text(rehearsal).lower()
    hands.mark_private(item, is_private=False)
    await run(rehearsal)
    assert len(rehearsal.hands(side.other).named("Divorce")) == 1
    await stays_quiet(rehearsal)


@pytest.mark.parametrize(("rehearsal", "side"), MARKED, indirect=["rehearsal"])
async def test_an_item_that_turns_private_stops_there_and_resumes_when_it_is_opened(
    rehearsal: Rehearsal, side: Side
) -> None:
    pair = await paired(rehearsal, origin=side)
    rehearsal.hands(side).mark_private(pair.ids[side])
    secret = str(pair.rewrite(side, ONE[rehearsal.process]))
    before = rehearsal.hands(side.other).native(pair.ids[side.other])
    await stays_quiet(rehearsal, requests=LOOKING)
    assert [each.item for each in rehearsal.told(Status.SKIPPED)] == ["(private)"]
    assert rehearsal.hands(side.other).native(pair.ids[side.other]) == before
    assert secret not in repr(rehearsal.events)
    assert secret.encode() not in stored_text(rehearsal)
    theirs = pair.rewrite(side.other, OTHER[rehearsal.process])
    await stays_quiet(rehearsal)
    assert pair.shows(side, OTHER[rehearsal.process]) != theirs
    rehearsal.hands(side).mark_private(pair.ids[side], is_private=False)
    assert await answered(rehearsal, side) == 0  # an opened one is as freshly matched: what differs is asked
    assert pair.shows(side.other, ONE[rehearsal.process]) == secret
    await stays_quiet(rehearsal)


@pytest.mark.parametrize(("rehearsal", "side"), MARKED, indirect=["rehearsal"])
@pytest.mark.parametrize("deleted", Side)
async def test_a_private_item_or_its_counterpart_is_not_deleted_across(
    rehearsal: Rehearsal, side: Side, deleted: Side
) -> None:
    pair = await paired(rehearsal)
    rehearsal.hands(side).mark_private(pair.ids[side])
    await run(rehearsal)
    pair.delete(deleted)
    for _ in range(2):
        result = await run(rehearsal)
        assert result.counts[rehearsal.process].writes == 0
    assert pair.is_there(deleted.other)
    assert [len(rehearsal.hands(each).natives()) for each in (deleted, deleted.other)] == [0, 1]


@pytest.mark.parametrize(("rehearsal", "side"), MARKED, indirect=["rehearsal"])
async def test_with_the_box_on_a_private_item_travels_and_off_again_it_is_forgotten(
    rehearsal: Rehearsal, side: Side
) -> None:
    rehearsal.options["synchronize_private_items"] = True
    hands = rehearsal.hands(side)
    item = hands.add(**fields_for(rehearsal.process, "Divorce", TODAY + timedelta(days=1)))
    hands.mark_private(item)
    await run(rehearsal)
    (copy,) = rehearsal.hands(side.other).named("Divorce")
    if rehearsal.process is Process.CALENDAR:
        assert rehearsal.hands(side.other).show(copy)["sensitivity"] == "private"
    await stays_quiet(rehearsal)
    rehearsal.options["synchronize_private_items"] = False
    await stays_quiet(rehearsal, requests=LOOKING)
    await stays_quiet(rehearsal)
    assert [len(rehearsal.hands(each).natives()) for each in Side] == [1, 1]


# Law 7


@pytest.mark.parametrize(("side", "action"), BOXES, ids=lambda value: str(value))
async def test_a_ticked_box_sends_nothing_forgets_nothing_and_catches_up(
    rehearsal: Rehearsal, side: Side, action: Action
) -> None:
    ticked = {"delete_from_salesforce": False, BOXES[side, action]: True}
    pair = await paired(rehearsal)
    rehearsal.options["prevent"] = ticked
    source = rehearsal.hands(side.other)
    match action:
        case Action.CREATE:
            source.add(**fields_for(rehearsal.process, "Another", TODAY + timedelta(days=2)))
        case Action.UPDATE:
            pair.rewrite(side.other, ONE[rehearsal.process])
        case _:
            pair.delete(side.other)
    for _ in range(2):
        result = await run(rehearsal)
        assert result.counts[rehearsal.process].writes == 0
        assert result.counts[rehearsal.process].prevented == 1
        (told,) = rehearsal.told(Status.PREVENTED)
        assert (told.side, told.action) == (side, action)
    rehearsal.options["prevent"] = {"delete_from_salesforce": False}
    result = await run(rehearsal)
    assert result.counts[rehearsal.process].writes == 1
    assert await rehearsal.differences() == []
    await stays_quiet(rehearsal)


@each_side
async def test_a_prevented_update_is_not_overwritten_by_the_stale_side(
    rehearsal: Rehearsal, side: Side
) -> None:
    """`side` may not be updated; an edit of the other side pends, while `side` is edited too."""
    one, other = ONE[rehearsal.process], OTHER[rehearsal.process]
    pair = await paired(rehearsal)
    box = BOXES[side, Action.UPDATE]
    rehearsal.options["prevent"] = {"delete_from_salesforce": False, box: True}
    pending = pair.rewrite(side.other, one)
    await run(rehearsal)
    theirs = pair.rewrite(side, other)
    await run(rehearsal)
    assert pair.shows(side.other, one) == pending
    assert pair.shows(side.other, other) == theirs
    assert pair.shows(side, one) != pending
    pair.rewrite(side, one, 1)
    result = await run(rehearsal, 1)
    assert result.counts[rehearsal.process].conflicts == 1
    assert pair.shows(side.other, one) == pending
    rehearsal.options["prevent"] = {"delete_from_salesforce": False}
    assert await answered(rehearsal, side.other) == 0
    assert pair.shows(side, one) == pending
    await stays_quiet(rehearsal)


@each_side
async def test_a_prevented_delete_does_not_bring_the_item_back(rehearsal: Rehearsal, side: Side) -> None:
    """It is deleted on the other side; `side` keeps its item, whatever else happens, until the box is unticked."""
    pair = await paired(rehearsal)
    rehearsal.options["prevent"] = {"delete_from_salesforce": False, BOXES[side, Action.DELETE]: True}
    pair.delete(side.other)
    await run(rehearsal)
    rehearsal.worlds.mailbox.expire_delta_tokens()
    rehearsal.times.advance(days=1)
    for _ in range(2):
        result = await run(rehearsal)
        assert result.counts[rehearsal.process].writes == 0
        assert rehearsal.hands(side.other).natives() == []
    rehearsal.options["prevent"] = {"delete_from_salesforce": False}
    await run(rehearsal)
    assert not pair.is_there(side)
    assert rehearsal.hands(side.other).natives() == []
    await stays_quiet(rehearsal)


async def test_by_default_nothing_is_deleted_from_salesforce(rehearsal: Rehearsal) -> None:
    rehearsal.options = {}
    pair = await paired(rehearsal)
    pair.delete(Side.OUTLOOK)
    result = await run(rehearsal)
    assert result.counts[rehearsal.process].prevented == 1
    assert pair.is_there(Side.SALESFORCE)


# Law 8


async def test_both_created_alike_are_linked_not_doubled(rehearsal: Rehearsal) -> None:
    for number in range(8):
        for side in Side:
            name = f"Alike{number}"
            rehearsal.hands(side).add(**fields_for(rehearsal.process, name, TODAY + timedelta(days=number)))
    result = await run(rehearsal)
    counts = result.counts[rehearsal.process]
    assert (counts.linked, counts.writes, counts.conflicts) == (8, 0, 0)
    await stays_quiet(rehearsal)


@each_side
async def test_in_a_fresh_link_the_empty_field_takes_the_other_sides_value(
    rehearsal: Rehearsal, side: Side
) -> None:
    text = "notes" if rehearsal.process is Process.CONTACT else "body"
    day = TODAY + timedelta(days=1)
    rehearsal.hands(side).add(**fields_for(rehearsal.process, "Kickoff", day, **{text: "Only here"}))
    rehearsal.hands(side.other).add(**fields_for(rehearsal.process, "Kickoff", day))
    await run(rehearsal)
    for each in Side:
        (shown,) = rehearsal.hands(each).shows().values()
        assert shown[text] == "Only here"
    await stays_quiet(rehearsal)


@each_side
async def test_two_alike_on_one_side_and_one_on_the_other_are_left_for_the_person(
    rehearsal: Rehearsal, side: Side
) -> None:
    one, day = ONE[rehearsal.process], TODAY + timedelta(days=1)
    for value in EDITS[rehearsal.process][one]:
        rehearsal.hands(side).add(**fields_for(rehearsal.process, "Kickoff", day, **{one: value}))
    rehearsal.hands(side.other).add(**fields_for(rehearsal.process, "Kickoff", day))
    for _ in range(2):
        result = await run(rehearsal, 1)
        assert result.counts[rehearsal.process].writes == 0
        assert len(rehearsal.told(Status.CONFLICT)) == 3
    await stays_quiet(rehearsal, 1)
    twins = rehearsal.hands(side).named("Kickoff")
    rehearsal.hands(side).delete(twins[0])
    assert await answered(rehearsal, side) == 0
    assert [len(rehearsal.hands(each).natives()) for each in Side] == [1, 1]
    await stays_quiet(rehearsal)


# Law 9


async def test_who_was_there_before_a_lost_create_is_not_taken_for_what_it_made(rehearsal: Rehearsal) -> None:
    """Made by a person moments earlier, for the same time, and renamed since: all that a lost create can be known by."""
    outlook, salesforce = (rehearsal.hands(side) for side in Side)
    lunch = salesforce.add(**fields_for(rehearsal.process, "Lunch", TODAY))
    outlook.add(**fields_for(rehearsal.process, "Board", TODAY))

    async def review(_proposal: Proposal) -> Review:
        rehearsal.sandbox.faults.add(Drop())
        return Review(is_approved=True)

    assert (await rehearsal.sync(review)).exit_code == 5
    rehearsal.sandbox.faults.clear()
    name = "last_name" if rehearsal.process is Process.CONTACT else "subject"
    salesforce.edit(lunch, **{name: "Dinner"})
    await run(rehearsal)
    assert [[len(each.named(title)) for title in ("Board", "Dinner")] for each in (outlook, salesforce)] == [
        [1, 1],
        [1, 1],
    ]
    assert salesforce.named("Dinner") == [lunch]
    await stays_quiet(rehearsal)


# Law 10


@each_side
async def test_an_emptied_side_stops_the_run(rehearsal: Rehearsal, side: Side) -> None:
    pairs = await many(rehearsal, 6)
    for pair in pairs:
        pair.delete(side)
    for _ in range(2):
        await stays_quiet(rehearsal, 1, requests=LOOKING)
        assert all(pair.is_there(side.other) for pair in pairs)
    assert await confirmed(rehearsal) == 0
    assert rehearsal.hands(side.other).natives() == []


@each_side
async def test_more_deletes_than_allowed_stop_the_run_before_anything_is_written(
    rehearsal: Rehearsal, side: Side
) -> None:
    rehearsal.safety = {"max_deletes": 2, "max_delete_percent": 20}
    pairs = await many(rehearsal, 10)
    for pair in pairs[:3]:
        pair.delete(side)
    rehearsal.hands(side).add(**fields_for(rehearsal.process, "Another", TODAY))
    result = await run(rehearsal, 1)
    assert result.outcome == "aborted"
    assert all(pair.is_there(side.other) for pair in pairs)
    assert not rehearsal.hands(side.other).named("Another")
    assert await confirmed(rehearsal) == 0
    assert [pair.is_there(side.other) for pair in pairs] == [False] * 3 + [True] * 7
    assert rehearsal.hands(side.other).named("Another")
    await stays_quiet(rehearsal)


async def many(rehearsal: Rehearsal, count: int) -> list[Pair]:
    """Several linked items, made in Outlook."""
    names = [f"Nr{number:02d}" for number in range(count)]
    ours = [
        rehearsal.hands(Side.OUTLOOK).add(**fields_for(rehearsal.process, name, TODAY + timedelta(days=3)))
        for name in names
    ]
    await run(rehearsal)
    theirs = [rehearsal.hands(Side.SALESFORCE).named(name)[0] for name in names]
    return [
        Pair(rehearsal, {Side.OUTLOOK: here, Side.SALESFORCE: there})
        for here, there in zip(ours, theirs, strict=True)
    ]


async def confirmed(rehearsal: Rehearsal) -> int:
    """A run in which the person saw the brake and goes on; returns the exit code."""

    async def review(_proposal: Proposal) -> Review:
        return Review(is_approved=True, answers={rehearsal.process: Answers(accepts_brake=True)})

    return (await rehearsal.sync(review)).exit_code


# Law 11


def refusing(sobject: str, record: JsonObject) -> JsonObject:
    """An administrator's validation rule: no record whose name begins with Bad."""
    if str(record.get("Subject") or record.get("LastName") or "").startswith("Bad"):
        message = "A name must not begin with Bad, says the admin."
        raise SalesforceError(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", message, ["Description"])
    return record


async def test_a_refused_record_is_told_in_the_services_words_and_the_others_go_through(
    rehearsal: Rehearsal,
) -> None:
    outlook = rehearsal.hands(Side.OUTLOOK)
    day = TODAY + timedelta(days=1)
    bad = outlook.add(**fields_for(rehearsal.process, "Bad", day))
    outlook.add(**fields_for(rehearsal.process, "Good", day + timedelta(days=1)))
    rehearsal.worlds.org.rewrite_hook = refusing
    result = await run(rehearsal, 1)
    assert result.counts[rehearsal.process].failed == 1
    (told,) = rehearsal.told(Status.FAILED)
    assert "says the admin" in str(told.reason)
    assert "Description" in str(told.reason)
    assert rehearsal.hands(Side.SALESFORCE).named("Good")
    await stays_quiet(rehearsal, 1)
    (again,) = rehearsal.told(Status.FAILED)
    assert "says the admin" in str(again.reason)
    renamed = "last_name" if rehearsal.process is Process.CONTACT else "subject"
    outlook.edit(bad, **{renamed: "Better"})
    await run(rehearsal)
    assert await rehearsal.differences() == []
    await stays_quiet(rehearsal)


async def test_a_refused_change_waits_until_something_about_it_changes(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    renamed = "last_name" if rehearsal.process is Process.CONTACT else "subject"
    rehearsal.worlds.org.rewrite_hook = refusing
    pair.edit(Side.OUTLOOK, **{renamed: "Bad"})
    await run(rehearsal, 1)
    await stays_quiet(rehearsal, 1)
    theirs = pair.rewrite(Side.SALESFORCE, OTHER[rehearsal.process])
    await run(rehearsal, 1)
    assert pair.shows(Side.OUTLOOK, OTHER[rehearsal.process]) == theirs
    rehearsal.worlds.org.rewrite_hook = None
    value = pair.rewrite(Side.OUTLOOK, ONE[rehearsal.process])
    await run(rehearsal)
    assert pair.shows(Side.SALESFORCE, ONE[rehearsal.process]) == value
    assert pair.shows(Side.SALESFORCE, renamed) == "Bad"
    await stays_quiet(rehearsal)


# Law 13


@each_side
async def test_text_that_others_wrote_arrives_as_it_is(rehearsal: Rehearsal, side: Side) -> None:
    name = "[b]O'Neil <i>& \\ % _ \u202ex 名前 👩\u200d👧"
    text = "notes" if rehearsal.process is Process.CONTACT else "body"
    value = "1 < 2 && 'quoted' \"twice\"\n\n<script>alert(1)</script>\n' OR Id != null --"
    pair = await paired(rehearsal, "Plain", origin=side)
    renamed = "last_name" if rehearsal.process is Process.CONTACT else "subject"
    pair.edit(side, **{renamed: name, text: value})
    await run(rehearsal)
    assert (pair.shows(side.other, renamed), pair.shows(side.other, text)) == (name, value)
    await stays_quiet(rehearsal)
    pair.delete(side)
    await run(rehearsal)
    assert not pair.is_there(side.other)
