"""What the laws come to for tasks alone, over real HTTP: open ones without a date, statuses, To Do's series and lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.engine.events import Status
from lpc_tui.model.items import Process, Side
from lpc_tui.sandbox.salesforce.schema import OrgOptions, PriorityValue, StatusValue
from tests.end_to_end.hands import fields_for
from tests.end_to_end.pairs import LOOKING, TODAY, Pair, paired, run, stays_quiet
from tests.end_to_end.rehearsal import Rehearsal, rehearsing

each_side = pytest.mark.parametrize("side", Side)

BLOCKED = OrgOptions(
    task_statuses=(
        StatusValue(name="Open", is_default=True),
        StatusValue(name="Working"),
        StatusValue(name="Blocked"),
        StatusValue(name="Done", is_closed=True),
        StatusValue(name="Dropped", is_closed=True),
    ),
    task_priorities=(
        PriorityValue(name="Urgent", is_high=True),
        PriorityValue(name="Plain", is_default=True),
        PriorityValue(name="Someday"),
    ),
)
"""An org whose administrator knows none of the names that Salesforce comes with."""


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path, process=Process.TASK) as playing:
        playing.options = {"prevent": {"delete_from_salesforce": False}}
        yield playing


async def undated(rehearsal: Rehearsal, side: Side) -> Pair:
    """A linked task without a due date."""
    return await paired(rehearsal, origin=side, fields={"due": None})


# Scope (law 5)


@each_side
async def test_an_undated_task_that_is_completed_is_carried_once_then_it_sleeps(
    rehearsal: Rehearsal, side: Side
) -> None:
    pair = await undated(rehearsal, side)
    await stays_quiet(rehearsal)
    pair.edit(side, status="completed")
    await run(rehearsal)
    assert pair.shows(side.other, "status") == "completed"
    await stays_quiet(rehearsal)
    pair.edit(side, body="Edited when done")
    await stays_quiet(rehearsal)
    pair.edit(side, status="inProgress")
    await run(rehearsal)
    assert pair.shows(side.other, "status") == "inProgress"
    assert pair.shows(side.other, "body") == "Edited when done"
    await stays_quiet(rehearsal)


@each_side
async def test_completed_tasks_without_a_date_are_not_copied(rehearsal: Rehearsal, side: Side) -> None:
    hands = rehearsal.hands(side)
    hands.add(subject="Done long ago", status="completed")
    hands.add(subject="Done today", status="completed", due=TODAY)
    hands.add(subject="Open")
    await run(rehearsal)
    shown = rehearsal.hands(side.other).shows().values()
    assert sorted(str(fields["subject"]) for fields in shown) == ["Done today", "Open"]
    await stays_quiet(rehearsal)


@each_side
async def test_a_due_date_is_given_moved_and_taken_away(rehearsal: Rehearsal, side: Side) -> None:
    pair = await undated(rehearsal, side)
    for due in (TODAY, TODAY + timedelta(days=30), None):
        pair.edit(side, due=due)
        await run(rehearsal)
        assert [pair.shows(each, "due") for each in Side] == [due, due]
        await stays_quiet(rehearsal)


@each_side
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
async def test_a_due_date_is_a_date_everywhere(
    rehearsal: Rehearsal, side: Side, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tzlocal.get_localzone", lambda: ZoneInfo(zone))
    days = (date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25), date(2026, 11, 1))
    for day in days:
        rehearsal.hands(side).add(subject=f"Due {day}", due=day)
    await run(rehearsal)
    assert sorted(shown_due(rehearsal, side.other, zone)) == list(days)
    await stays_quiet(rehearsal)


def shown_due(rehearsal: Rehearsal, side: Side, zone: str) -> list[date]:
    """The due dates that a person in this zone sees: To Do keeps them as midnights, of whoever wrote them."""
    if side is Side.SALESFORCE:
        return [date.fromisoformat(each["ActivityDate"]) for each in rehearsal.hands(side).natives()]
    midnights = (each["dueDateTime"]["dateTime"][:19] for each in rehearsal.hands(side).natives())
    return [datetime.fromisoformat(f"{each}Z").astimezone(ZoneInfo(zone)).date() for each in midnights]


async def test_a_due_date_of_a_phone_in_another_zone_is_that_date(rehearsal: Rehearsal) -> None:
    for zone in ("Tokyo Standard Time", "Pacific Standard Time", "UTC"):
        due = {"dateTime": "2026-03-20T00:00:00", "timeZone": zone}
        rehearsal.worlds.mailbox.create_task(None, {"title": zone, "dueDateTime": due})
    await run(rehearsal)
    shown = rehearsal.hands(Side.SALESFORCE).shows().values()
    assert {fields["due"] for fields in shown} <= {date(2026, 3, 20), date(2026, 3, 19)}
    await stays_quiet(rehearsal)


@each_side
async def test_a_reminder_is_an_instant(rehearsal: Rehearsal, side: Side) -> None:
    at = datetime(2026, 3, 29, 7, 15, tzinfo=UTC)
    pair = await paired(rehearsal, origin=side, fields={"reminder": at})
    assert [pair.shows(each, "reminder") for each in Side] == [at, at]
    await stays_quiet(rehearsal)
    pair.edit(side.other, reminder=at + timedelta(hours=1))
    await run(rehearsal)
    assert pair.shows(side, "reminder") == at + timedelta(hours=1)
    pair.edit(side.other, reminder=None)
    await run(rehearsal)
    assert pair.shows(side, "reminder") is None
    await stays_quiet(rehearsal)


async def test_a_reminder_that_fired_is_no_edit(rehearsal: Rehearsal) -> None:
    at = datetime(2026, 3, 11, 12, tzinfo=UTC)
    pair = await paired(rehearsal, origin=Side.SALESFORCE, fields={"reminder": at})
    rehearsal.times.advance(hours=4)
    rehearsal.worlds.org.fire_reminders()
    await stays_quiet(rehearsal)
    assert pair.shows(Side.OUTLOOK, "reminder") == at


async def test_an_archived_task_sleeps(rehearsal: Rehearsal) -> None:
    rehearsal.options |= {"past_days": 700}
    pair = await paired(rehearsal, days=-300, fields={"status": "completed"})
    rehearsal.times.advance(days=80)
    await stays_quiet(rehearsal, requests=LOOKING)
    pair.edit(Side.OUTLOOK, body="Edited")
    for _ in range(2):  # the first finds it archived as it is about to be written
        await stays_quiet(rehearsal, requests=LOOKING)
    pair.delete(Side.OUTLOOK)
    await stays_quiet(rehearsal, requests=LOOKING)


async def test_a_task_moved_to_another_list_is_not_deleted_in_salesforce(rehearsal: Rehearsal) -> None:
    """It has another id there, and the old one is not found."""
    pair = await paired(rehearsal)
    outlook = rehearsal.hands(Side.OUTLOOK)
    elsewhere = outlook.put_away(pair.ids[Side.OUTLOOK])
    await stays_quiet(rehearsal, requests=LOOKING)
    pair.edit(Side.SALESFORCE, body="Edited meanwhile")
    await stays_quiet(rehearsal, requests=LOOKING)
    outlook.bring_back(elsewhere)
    await run(rehearsal)
    assert [len(rehearsal.hands(side).natives()) for side in Side] == [1, 1]
    await stays_quiet(rehearsal, requests=LOOKING)
    assert await rehearsal.differences() == []


async def test_what_was_edited_while_a_task_was_in_another_list_arrives_on_both_sides(
    rehearsal: Rehearsal,
) -> None:
    pair = await paired(rehearsal)
    mailbox, outlook = rehearsal.worlds.mailbox, rehearsal.hands(Side.OUTLOOK)
    elsewhere = outlook.put_away(pair.ids[Side.OUTLOOK])
    there = str(mailbox.task_lists()[-1]["id"])
    mailbox.update_task(there, elsewhere, {"body": {"contentType": "text", "content": "Written there"}})
    await stays_quiet(rehearsal, requests=LOOKING)
    pair.edit(Side.SALESFORCE, due=TODAY + timedelta(days=5), priority="high")
    back = outlook.bring_back(elsewhere)
    await run(rehearsal)
    for fields in (outlook.show(back), rehearsal.hands(Side.SALESFORCE).show(pair.ids[Side.SALESFORCE])):
        expected = ("Written there", TODAY + timedelta(days=5), "high")
        assert (fields["body"], fields["due"], fields["priority"]) == expected
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []


async def test_a_task_that_was_in_another_list_between_two_runs_keeps_its_link(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    outlook = rehearsal.hands(Side.OUTLOOK)
    back = outlook.bring_back(outlook.put_away(pair.ids[Side.OUTLOOK]))
    await stays_quiet(rehearsal, requests=LOOKING)
    outlook.edit(back, body="Edited")
    await run(rehearsal)
    assert pair.shows(Side.SALESFORCE, "body") == "Edited"
    assert [len(rehearsal.hands(side).natives()) for side in Side] == [1, 1]


async def test_a_task_is_deleted_although_another_list_has_long_had_one_of_that_name(
    rehearsal: Rehearsal,
) -> None:
    mailbox = rehearsal.worlds.mailbox
    errands = mailbox.add_task_list("Errands")["id"]
    mailbox.create_task(errands, {"title": "Milk", "body": {"contentType": "text", "content": "Mine"}})
    rehearsal.times.advance(minutes=1)
    pair = await paired(rehearsal, "Milk", fields={"due": None})
    pair.delete(Side.OUTLOOK)
    await run(rehearsal)
    assert not pair.is_there(Side.SALESFORCE)


# Statuses and priorities of the org


@pytest.mark.parametrize("status", ["Blocked", "Working", "Dropped"])
async def test_a_status_of_the_orgs_own_is_not_flattened(tmp_path: Path, status: str) -> None:
    with rehearsing(tmp_path, process=Process.TASK, org=BLOCKED) as rehearsal:
        org = rehearsal.worlds.org
        day = str(TODAY)
        item = org.insert(
            "Task", {"Subject": "Call", "Status": status, "Priority": "Someday", "ActivityDate": day}
        )
        await run(rehearsal)
        (outlook,) = rehearsal.hands(Side.OUTLOOK).named("Call")
        await stays_quiet(rehearsal)
        rehearsal.hands(Side.OUTLOOK).edit(outlook, body="Edited")
        await run(rehearsal)
        record = org.record("Task", item)
        assert (record["Status"], record["Priority"], record["Description"]) == (status, "Someday", "Edited")
        await stays_quiet(rehearsal)


async def test_tasks_travel_to_an_org_with_other_words(tmp_path: Path) -> None:
    with rehearsing(tmp_path, process=Process.TASK, org=BLOCKED) as rehearsal:
        org, outlook = rehearsal.worlds.org, rehearsal.hands(Side.OUTLOOK)
        item = outlook.add(subject="Call", due=TODAY, status="inProgress", priority="high")
        await run(rehearsal)
        (record,) = org.query("SELECT Id, Status, Priority, IsClosed FROM Task")
        assert (record["Priority"], record["IsClosed"]) == ("Urgent", False)
        await stays_quiet(rehearsal)
        outlook.edit(item, status="completed")
        await run(rehearsal)
        assert org.record("Task", record["Id"])["IsClosed"]
        await stays_quiet(rehearsal)
        org.update("Task", record["Id"], {"Status": "Working"})
        await run(rehearsal)
        assert outlook.show(item)["status"] != "completed"
        await stays_quiet(rehearsal)


@each_side
async def test_every_status_and_priority_arrives(rehearsal: Rehearsal, side: Side) -> None:
    pair = await paired(rehearsal, origin=side)
    statuses = ("inProgress", "completed", "waitingOnOthers", "deferred", "notStarted")
    changes = [("status", word) for word in statuses] + [
        ("priority", word) for word in ("low", "high", "normal")
    ]
    for field, word in changes:
        pair.edit(side, **{field: word})
        await run(rehearsal)
        assert pair.shows(side.other, field) == word
        await stays_quiet(rehearsal)


# To Do's own


async def test_completing_a_recurring_task_completes_one_and_brings_the_next(rehearsal: Rehearsal) -> None:
    body = {
        "title": "Report",
        "dueDateTime": {"dateTime": "2026-03-12T00:00:00", "timeZone": "UTC"},
        "recurrence": {
            "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["thursday"]},
            "range": {"type": "noEnd", "startDate": "2026-03-12"},
        },
    }
    task = rehearsal.worlds.mailbox.create_task(None, body)["id"]
    await run(rehearsal)
    (first,) = rehearsal.hands(Side.SALESFORCE).named("Report")
    rehearsal.hands(Side.OUTLOOK).edit(task, status="completed")
    await run(rehearsal)
    shown = rehearsal.hands(Side.SALESFORCE).shows()
    assert (shown[first]["status"], shown[first]["due"]) == ("completed", date(2026, 3, 12))
    ((_, following),) = ((item, fields) for item, fields in shown.items() if item != first)
    assert (following["status"], following["due"]) == ("notStarted", date(2026, 3, 19))
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []


async def test_completed_in_salesforce_a_recurring_task_brings_the_next_too(rehearsal: Rehearsal) -> None:
    body = {
        "title": "Report",
        "dueDateTime": {"dateTime": "2026-03-12T00:00:00", "timeZone": "UTC"},
        "recurrence": {
            "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["thursday"]},
            "range": {"type": "noEnd", "startDate": "2026-03-12"},
        },
    }
    rehearsal.worlds.mailbox.create_task(None, body)
    await run(rehearsal)
    (first,) = rehearsal.hands(Side.SALESFORCE).named("Report")
    rehearsal.hands(Side.SALESFORCE).edit(first, status="completed")
    await run(rehearsal)
    await run(rehearsal)  # To Do made the next one as it was written: it is new to this run
    assert [len(rehearsal.hands(side).natives()) for side in Side] == [2, 2]
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []


async def test_formatting_checklist_and_categories_stay_when_other_fields_are_synced(
    rehearsal: Rehearsal,
) -> None:
    mailbox = rehearsal.worlds.mailbox
    html = "<p>Agenda: <b>bold</b></p><ul><li>one</li></ul>"
    item = mailbox.create_task(
        None,
        {
            "title": "Kickoff",
            "body": {"contentType": "html", "content": html},
            "categories": ["Red category"],
            "dueDateTime": {"dateTime": "2026-03-12T00:00:00", "timeZone": "UTC"},
            "startDateTime": {"dateTime": "2026-03-11T00:00:00", "timeZone": "UTC"},
            "checklistItems": [{"displayName": "First"}, {"displayName": "Second", "isChecked": True}],
        },
    )["id"]
    await run(rehearsal)
    (copy,) = rehearsal.hands(Side.SALESFORCE).named("Kickoff")
    pair = Pair(rehearsal, {Side.OUTLOOK: item, Side.SALESFORCE: copy})
    before = mailbox.task(None, item)
    serial = mailbox.tasks_book.find(mailbox.tasks_book.all_lists()[0], item)
    checklist = serial.children["checklistItems"]
    pair.edit(Side.SALESFORCE, subject="Renamed", due=date(2026, 3, 20), priority="high", status="inProgress")
    await run(rehearsal)
    after = mailbox.task(None, item)
    assert (after["title"], after["importance"]) == ("Renamed", "high")
    for name in ("body", "categories", "startDateTime"):
        assert after[name] == before[name]
    assert serial.children["checklistItems"] == checklist
    await stays_quiet(rehearsal)
    pair.edit(Side.SALESFORCE, body="Plain")
    await stays_quiet(rehearsal)
    assert mailbox.task(None, item)["body"] == before["body"]
    rehearsal.options["keep_formatting"] = False
    await run(rehearsal)
    assert pair.shows(Side.OUTLOOK, "body") == "Plain"
    await stays_quiet(rehearsal)


async def test_what_salesforce_keeps_for_itself_stays(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    org = rehearsal.worlds.org
    contact = org.insert("Contact", {"LastName": "Doe"})
    org.update("Task", pair.ids[Side.SALESFORCE], {"WhoId": contact, "Type": "Call"})
    pair.edit(Side.OUTLOOK, subject="Renamed", body="New", due=TODAY)
    await run(rehearsal)
    record = org.record("Task", pair.ids[Side.SALESFORCE])
    assert (record["Subject"], record["WhoId"], record["Type"]) == ("Renamed", contact, "Call")
    await stays_quiet(rehearsal)


async def test_a_task_without_a_subject_does_not_stop_the_others(rehearsal: Rehearsal) -> None:
    """Salesforce takes one, To Do does not."""
    org = rehearsal.worlds.org
    org.insert("Task", {"ActivityDate": str(TODAY)})
    rehearsal.hands(Side.SALESFORCE).add(**fields_for(Process.TASK, "Named", TODAY))
    result = await rehearsal.sync()
    assert result.error is None
    assert len(rehearsal.hands(Side.OUTLOOK).named("Named")) == 1
    assert len(rehearsal.told(Status.FAILED)) == (result.exit_code == 1)
    await stays_quiet(rehearsal, result.exit_code)


async def test_a_long_description_is_not_cut_in_outlook(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal, fields={"body": "x" * 40_000})
    await stays_quiet(rehearsal)
    pair.edit(Side.SALESFORCE, body="short", subject="Renamed")
    await run(rehearsal)
    assert pair.shows(Side.OUTLOOK, "subject") == "Renamed"
    assert len(str(pair.shows(Side.OUTLOOK, "body"))) == 40_000
    await stays_quiet(rehearsal)


@each_side
async def test_nothing_private_is_asked_of_tasks(rehearsal: Rehearsal, side: Side) -> None:
    """Neither side has a mark for them: the box changes nothing."""
    pair = await paired(rehearsal, origin=side)
    rehearsal.options["synchronize_private_items"] = True
    await stays_quiet(rehearsal, requests=LOOKING)
    rehearsal.options["synchronize_private_items"] = False
    await stays_quiet(rehearsal, requests=LOOKING)
    assert [pair.is_there(each) for each in Side] == [True, True]
