"""Tasks over HTTP: whose and which, the org's own statuses and priorities, reminders, the archive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from lpc_tui.model.items import Item, Process
from lpc_tui.model.scope import is_covered
from lpc_tui.replicas.base import Gone, Result
from lpc_tui.replicas.salesforce import SalesforceTasks
from lpc_tui.sandbox.salesforce.schema import OrgOptions, PriorityValue, StatusValue
from tests.replicas.salesforce.conftest import CLOSED, World, create, delete, read, update, write

OWN_WORDS = OrgOptions(
    task_statuses=(
        StatusValue(name="Offen", is_default=True),
        StatusValue(name="Blocked"),
        StatusValue(name="In Arbeit"),
        StatusValue(name="Abgelehnt", is_closed=True),
        StatusValue(name="Erledigt", is_closed=True),
    ),
    task_priorities=(
        PriorityValue(name="Hoch", is_high=True),
        PriorityValue(name="Normal", is_default=True),
        PriorityValue(name="Niedrig"),
    ),
)
own_words = pytest.mark.parametrize("org_options", [OWN_WORDS])


@pytest.fixture
async def tasks(world: World) -> AsyncIterator[SalesforceTasks]:
    replica = world.tasks()
    yield replica
    await replica.close()


async def shown(replica: SalesforceTasks, task_id: str) -> Item:
    sighting = (await replica.look([task_id], CLOSED))[task_id]
    assert isinstance(sighting, Item)
    return sighting


async def test_full_reading_shows_tasks_in_canonical_form(world: World, tasks: SalesforceTasks) -> None:
    task_id = world.task(
        "Call back",
        ActivityDate="2026-04-01",
        Status="Waiting on someone else",
        Priority="High",
        Description="a\r\nb",
        IsReminderSet=True,
        ReminderDateTime="2026-04-01T07:00:00Z",
    )
    items, page = await read(tasks, world.scope())
    item = items[task_id]
    assert dict(item.fields) == {
        "subject": "Call back",
        "due": date(2026, 4, 1),
        "status": "waitingOnOthers",
        "priority": "high",
        "body": "a\r\nb",
        "reminder": datetime(2026, 4, 1, 7, tzinfo=UTC),
    }
    assert not any((item.is_away, item.is_private, item.guards))
    assert page.is_full


async def test_only_the_persons_to_do_list_is_read_and_of_done_tasks_no_history(
    world: World, tasks: SalesforceTasks
) -> None:
    scope = world.scope(past=10, future=20)
    assert scope.window is not None
    inside = {
        world.task("due on the first day", ActivityDate="2026-03-10"),
        world.task("due on the last day, done", ActivityDate="2026-04-09", Status="Completed"),
        world.task("open, no due date"),
    }
    world.task("done, no due date", Status="Completed")
    world.task("before", ActivityDate="2026-03-09")
    world.task("after", ActivityDate="2026-04-10")
    world.task("logged call", ActivityDate="2026-03-20", TaskSubtype="Call")
    world.task("e-mail", ActivityDate="2026-03-20", TaskSubtype="Email")
    world.task("colleague's", ActivityDate="2026-03-20", OwnerId=world.org.colleague)
    items, page = await read(tasks, scope)
    assert set(items) == inside
    assert all(is_covered(Process.TASK, item.fields, scope.window) for item in items.values())
    assert page.total == 3


async def test_quiet_reading_costs_one_request_the_orgs_words_are_remembered(world: World) -> None:
    first = world.tasks()
    task_id = world.task(Status="Deferred")
    world.clock.advance(hours=1)
    _, page = await read(first, world.scope())
    await first.close()
    later = world.tasks(identity=await first.identify())
    world.clock.advance(hours=1)
    world.log.clear()
    items, quiet = await read(later, world.scope(), page.watermark)
    assert (items, quiet.hints, world.log.count()) == ({}, frozenset(), 1)
    world.org.update("Task", task_id, {"Status": "Completed", "ActivityDate": "2030-01-01"})
    items, _ = await read(later, world.scope(), quiet.watermark)
    assert (items[task_id].fields["status"], items[task_id].fields["due"]) == ("completed", date(2030, 1, 1))
    await later.close()


async def test_archived_and_reassigned_are_away_and_deleted_is_gone(
    world: World, tasks: SalesforceTasks
) -> None:
    archived = world.task("old", ActivityDate="2025-03-10", Status="Completed")
    reassigned = world.task("given away", OwnerId=world.org.colleague)
    deleted = world.task("deleted")
    world.org.delete("Task", deleted)
    world.org.run_archive()
    assert (await shown(tasks, archived)).is_away
    assert (await shown(tasks, reassigned)).is_away
    assert (await tasks.look([deleted], CLOSED))[deleted] == Gone()


async def test_a_task_is_created_changed_and_deleted(world: World, tasks: SalesforceTasks) -> None:
    reminder = datetime(2026, 4, 1, 7, 0, 30, tzinfo=UTC)
    made = (
        await write(
            tasks,
            create(
                subject="x",
                due=date(2026, 4, 1),
                status="deferred",
                priority="low",
                body="",
                reminder=reminder,
            ),
        )
    )["new"].item
    assert made is not None
    record = world.org.record("Task", made.id)
    assert (record["ActivityDate"], record["Status"], record["Priority"]) == ("2026-04-01", "Deferred", "Low")
    assert (record["IsReminderSet"], made.fields["reminder"]) == (True, reminder)
    changed = (await write(tasks, update(made, due=None, status="completed", reminder=None)))[made.id].item
    assert changed is not None
    record = world.org.record("Task", made.id)
    assert (record["ActivityDate"], record["IsClosed"], record["ReminderDateTime"]) == (None, True, None)
    assert (await write(tasks, delete(changed)))[made.id].result is Result.DONE
    assert (await tasks.look([made.id], CLOSED))[made.id] == Gone()


async def test_a_task_edited_meanwhile_is_left_alone(world: World, tasks: SalesforceTasks) -> None:
    task_id = world.task("mine")
    seen = await shown(tasks, task_id)
    world.org.update("Task", task_id, {"Subject": "theirs"})
    outcome = (await write(tasks, update(seen, status="completed")))[task_id]
    assert outcome.result is Result.CHANGED
    assert outcome.item is not None
    assert outcome.item.fields["subject"] == "theirs"


async def test_a_reminder_that_fired_cannot_be_told_and_one_in_the_past_does_not_ring(
    world: World, tasks: SalesforceTasks
) -> None:
    at = world.clock.now + timedelta(minutes=30)
    task_id = world.task(IsReminderSet=True, ReminderDateTime=at.isoformat())
    assert "reminder" in (await shown(tasks, task_id)).fields
    world.clock.advance(hours=1)
    world.org.fire_reminders()
    assert "reminder" not in (await shown(tasks, task_id)).fields
    made = (await write(tasks, create(subject="late", reminder=at)))["new"].item
    assert made is not None
    assert "reminder" not in made.fields
    record = world.org.record("Task", made.id)
    assert (record["IsReminderSet"], record["ReminderDateTime"]) == (False, "2026-03-20T10:00:15.000+0000")


class TestTheOrgsOwnWords:
    @own_words
    @pytest.mark.parametrize(
        ("native", "word"),
        [
            ("Offen", "notStarted"),
            ("Blocked", "inProgress"),
            ("Abgelehnt", "completed"),
            ("Erledigt", "completed"),
        ],
    )
    async def test_statuses_are_read_by_what_they_mean(
        self, world: World, tasks: SalesforceTasks, native: str, word: str
    ) -> None:
        assert (await shown(tasks, world.task(Status=native))).fields["status"] == word

    @own_words
    async def test_priorities_are_read_by_what_they_mean(self, world: World, tasks: SalesforceTasks) -> None:
        words = [
            (await shown(tasks, world.task(Priority=native))).fields["priority"]
            for native in ("Hoch", "Normal", "Niedrig")
        ]
        assert words == ["high", "normal", "low"]

    @own_words
    @pytest.mark.parametrize(
        ("word", "native"),
        [
            ("notStarted", "Offen"),
            ("inProgress", "Blocked"),
            ("completed", "Abgelehnt"),
            ("waitingOnOthers", "Offen"),
            ("deferred", "Offen"),
        ],
    )
    async def test_a_word_is_written_as_the_nearest_that_the_org_has_and_found_again(
        self, world: World, tasks: SalesforceTasks, word: str, native: str
    ) -> None:
        since = world.clock.now
        made = create(subject="x", status=word, priority="low")
        assert (await write(tasks, made))["new"].result is Result.DONE
        found = (await tasks.find([made], since, CLOSED))["new"]
        record = world.org.record("Task", found.id)
        assert (record["Status"], record["Priority"]) == (native, "Niedrig")

    @own_words
    async def test_blocked_stays_blocked_unless_its_meaning_changes(
        self, world: World, tasks: SalesforceTasks
    ) -> None:
        task_id = world.task(Status="In Arbeit")
        seen = await shown(tasks, task_id)
        await write(tasks, update(seen, subject="renamed", status="inProgress"))
        record = world.org.record("Task", task_id)
        assert (record["Status"], record["Subject"]) == ("In Arbeit", "renamed")
        world.clock.advance(minutes=1)
        writes = world.writing_requests()
        outcome = (await write(tasks, update(await shown(tasks, task_id), status="inProgress")))[task_id]
        assert (outcome.result, world.writing_requests()) == (Result.DONE, writes)
        assert world.org.record("Task", task_id)["SystemModstamp"] == record["SystemModstamp"]
        await write(tasks, update(await shown(tasks, task_id), status="completed"))
        assert world.org.record("Task", task_id)["IsClosed"]

    @pytest.mark.parametrize(
        "org_options",
        [
            OrgOptions(
                task_statuses=(
                    StatusValue(name="Not Started"),
                    StatusValue(name="New", is_default=True),
                    StatusValue(name="Deferred", is_closed=True),
                    StatusValue(name="Done", is_closed=True),
                    StatusValue(name="Completed"),
                )
            )
        ],
    )
    async def test_a_well_known_name_does_not_count_against_what_the_org_says_it_means(
        self, world: World, tasks: SalesforceTasks
    ) -> None:
        words = [
            (await shown(tasks, world.task(Status=native))).fields["status"]
            for native in ("Not Started", "New", "Deferred", "Completed")
        ]
        assert words == ["notStarted", "notStarted", "completed", "inProgress"]
        await write(tasks, create(subject="x", status="notStarted"))
        rows = world.org.query("SELECT Status FROM Task WHERE Subject = 'x'")
        assert rows[0]["Status"] == "Not Started"

    async def test_a_status_that_the_org_added_since_is_read_by_whether_it_closes(
        self, world: World, tasks: SalesforceTasks
    ) -> None:
        await tasks.look([world.task()], CLOSED)
        later = StatusValue(name="Cancelled", is_closed=True)
        world.org.options = OrgOptions(task_statuses=(*OrgOptions().task_statuses, later))
        assert (await shown(tasks, world.task(Status="Cancelled"))).fields["status"] == "completed"


async def test_a_thousand_creates_cost_five_requests_their_reading_back_included(
    world: World, tasks: SalesforceTasks
) -> None:
    await tasks.look([world.task()], CLOSED)
    world.log.clear()
    outcomes = await write(tasks, *(create(str(number), subject=f"task {number}") for number in range(1000)))
    assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
    assert (world.writing_requests(), world.log.count()) == (5, 5)
