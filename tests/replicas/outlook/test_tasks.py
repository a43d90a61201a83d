"""Tasks over HTTP: reading, looking, finding and writing what the service guards so little."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.errors import LpcError, ServiceError, SettingsError
from lpc_tui.model.items import Guard, Item, Value, frozen
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Gone, Outcome, Page, Replica, Result, Unknown, Write
from lpc_tui.replicas.outlook import OutlookTasks
from lpc_tui.replicas.outlook.dialect import quoted
from lpc_tui.sandbox.common import JsonObject
from tests.replicas.outlook.conftest import NOW, SCOPE, Served, error, read, write

_numbers = count()


@pytest.fixture
def tasks(served: Served) -> OutlookTasks:
    return served.tasks()


def add(served: Served, title: str = "Call back", list_id: str | None = None, **properties: Any) -> str:
    """A task made in To Do; its id."""
    return str(served.mailbox.create_task(list_id, {"title": title, **properties})["id"])


def errands(served: Served) -> str:
    return str(next(one["id"] for one in served.mailbox.task_lists() if one["displayName"] == "Errands"))


def items(pages: list[Page]) -> dict[str, Item]:
    return {item.id: item for page in pages for item in page.items}


async def shown(replica: Replica) -> dict[str, Item]:
    """The tasks by subject."""
    return {str(item.fields["subject"]): item for item in items(await read(replica)).values()}


def create(subject: str = "New", **fields: Value) -> Write:
    key = f"create-{next(_numbers)}"
    return Write(key, Action.CREATE, fields=frozen({"subject": subject, **fields}), mark=f"mark-{key}")


def update(item: Item, **fields: Value) -> Write:
    return Write(
        f"update-{next(_numbers)}",
        Action.UPDATE,
        id=item.id,
        version=item.version,
        fields=frozen(fields),
        expected=item.fields,
    )


def delete(item: Item) -> Write:
    key = f"delete-{next(_numbers)}"
    return Write(key, Action.DELETE, id=item.id, version=item.version, expected=item.fields)


async def one(replica: Replica, asked: Write) -> Outcome:
    return (await write(replica, asked))[asked.key]


def home(list_id: str) -> str:
    """The address of a list's tasks."""
    return f"/me/todo/lists/{quoted(list_id)}/tasks"


def forget_versions(served: Served) -> None:
    """Let the service ignore `If-Match`, as it may: the parts of the batch that carry one come without it."""

    def fault(part: JsonObject) -> None:
        part["headers"].pop("If-Match", None)

    served.faults.part_before = fault


class TestReading:
    async def test_a_first_reading_and_what_changed_since(self, served: Served, tasks: OutlookTasks) -> None:
        kept, edited, deleted = add(served, "kept"), add(served, "before"), add(served, "deleted")
        add(served, "elsewhere", errands(served))
        pages = await read(tasks)
        assert items(pages).keys() == {kept, edited, deleted}
        assert pages[-1].is_full
        served.mailbox.update_task(None, edited, {"title": "after"})
        served.mailbox.delete_task(None, deleted)
        pages = await read(tasks, pages[-1].watermark)
        assert [item.fields["subject"] for item in items(pages).values()] == ["after"]
        assert frozenset().union(*(page.hints for page in pages)) == {deleted}
        assert not pages[-1].is_full

    async def test_nothing_new_costs_one_request(self, served: Served, tasks: OutlookTasks) -> None:
        for number in range(30):
            add(served, f"task {number}")
        identity = await tasks.identify()
        watermark = (await read(tasks))[-1].watermark
        later = served.tasks(identity=identity)
        pages = await read(later, watermark)
        assert (items(pages), pages[-1].is_full, later.requests) == ({}, False, 1)

    async def test_a_dead_token_means_a_full_reading(self, served: Served, tasks: OutlookTasks) -> None:
        task = add(served)
        watermark = (await read(tasks))[-1].watermark
        served.mailbox.expire_delta_tokens()
        pages = await read(tasks, watermark)
        assert items(pages).keys() == {task}
        assert pages[-1].is_full

    async def test_formatted_bodies_are_guarded(self, served: Served, tasks: OutlookTasks) -> None:
        add(served, body={"contentType": "html", "content": "<b>now</b>"})
        item = (await shown(tasks))["Call back"]
        assert (item.fields["body"], item.guards) == ("now", {"body": Guard.FORMATTED})

    async def test_completing_one_of_a_series_makes_the_next(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        pattern = {"type": "daily", "interval": 1}
        add(
            served,
            dueDateTime={"dateTime": "2026-03-10T00:00:00", "timeZone": "Europe/Berlin"},
            recurrence={"pattern": pattern, "range": {"type": "noEnd", "startDate": "2026-03-10"}},
        )
        item = (await shown(tasks))["Call back"]
        outcome = await one(tasks, update(item, status="completed"))
        assert outcome.item is not None
        found = items(await read(tasks))
        assert found.pop(item.id) == outcome.item
        (following,) = found.values()
        assert (following.fields["status"], following.fields["due"]) == ("notStarted", date(2026, 3, 11))


class TestPlace:
    async def test_the_default_list_whatever_its_name(self, served: Served, tasks: OutlookTasks) -> None:
        default = served.mailbox.task_lists()[0]
        identity = await tasks.identify()
        assert (identity.place, identity.name) == (default["id"], "Tasks")

    async def test_another_list_by_name_or_id(self, served: Served) -> None:
        task = add(served, list_id=errands(served))
        for wanted in ("Errands", "errands", errands(served)):
            assert items(await read(served.tasks(task_list=wanted))).keys() == {task}

    async def test_the_choices_are_named(self, served: Served) -> None:
        with pytest.raises(SettingsError, match=r"outlook\.task_list") as caught:
            await served.tasks(task_list="Chores").identify()
        assert "Errands" in str(caught.value.hint)
        served.mailbox.add_task_list("Errands")
        with pytest.raises(SettingsError, match="2 task lists"):
            await served.tasks(task_list="Errands").identify()

    async def test_mails_shown_as_tasks_are_not_to_be_written(self, served: Served) -> None:
        flagged = next(
            one for one in served.mailbox.task_lists() if one["wellknownListName"] == "flaggedEmails"
        )
        add(served, list_id=flagged["id"])
        item = (await shown(served.tasks(task_list="Flagged Emails")))["Call back"]
        assert item.guards == dict.fromkeys(item.fields, Guard.READ_ONLY)


class TestLooking:
    async def test_only_the_services_own_word_is_a_deletion(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        there, deleted = add(served, "there"), add(served, "deleted")
        served.mailbox.delete_task(None, deleted)
        seen = await tasks.look([there, deleted, "no id"], SCOPE)
        assert isinstance(seen[there], Item)
        assert seen[deleted] == Gone()
        assert isinstance(seen["no id"], Unknown)

    async def test_a_list_that_is_hidden_is_no_deletion_of_what_was_in_it(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        task = add(served)
        await read(tasks)
        served.faults.part_before = lambda _part: error(404, "ErrorItemNotFound")
        assert isinstance((await tasks.look([task], SCOPE))[task], Unknown)

    async def test_one_that_answers_in_another_list_is_away_not_gone(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        """With immutable ids, which the service does not promise for tasks and the sandbox does not give."""
        moved, deleted = add(served, "moved"), add(served, "deleted")
        record = served.mailbox.task(None, moved)
        await tasks.identify()
        before = tasks.requests
        for task in (moved, deleted):
            served.mailbox.delete_task(None, task)
        there = f"/me/todo/lists/{quoted(errands(served))}/tasks/{quoted(moved)}"
        served.faults.part_before = lambda part: (
            {"status": 200, "body": record} if part["url"] == there else None
        )
        seen = await tasks.look([deleted, moved], SCOPE)
        assert seen[deleted] == Gone()
        assert isinstance(seen[moved], Item)
        assert seen[moved].is_away  # type: ignore[union-attr]
        assert tasks.requests - before == 2

    async def test_of_more_lists_than_a_page_holds_each_is_asked(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        for number in range(110):
            served.mailbox.add_task_list(f"List {number}")
        deleted = add(served)
        served.mailbox.delete_task(None, deleted)
        assert await tasks.look([deleted], SCOPE) == {deleted: Gone()}
        asked = [part["url"] for body in served.faults.bodies for part in body["requests"]]
        assert sum(url.endswith(quoted(deleted)) for url in asked) == 113

    async def test_another_list_that_cannot_be_asked_leaves_it_unknown(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        deleted = add(served)
        served.mailbox.delete_task(None, deleted)
        served.faults.part_before = lambda part: (
            error(503, "serviceNotAvailable") if quoted(errands(served)) in part["url"] else None
        )
        assert isinstance((await tasks.look([deleted], SCOPE))[deleted], Unknown)

    async def test_one_that_was_moved_is_known_again_by_what_it_says(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        moved, deleted = add(served, "moved"), add(served, "deleted")
        known = items(await read(tasks))
        served.mailbox.move_task(None, moved, errands(served))
        served.mailbox.delete_task(None, deleted)
        before = tasks.requests
        seen = await tasks.look([moved, deleted], SCOPE, known)
        assert seen == {moved: replace(known[moved], is_away=True), deleted: Gone()}
        assert tasks.requests - before == 2

    @pytest.mark.parametrize("count", [1, 2], ids=["one", "several alike"])
    async def test_what_may_be_it_is_enough_not_to_call_it_gone(
        self, served: Served, tasks: OutlookTasks, count: int
    ) -> None:
        """Behind a hundred others: the second page of the list shows it."""
        task = add(served, "moved")
        known = items(await read(tasks))
        served.mailbox.delete_task(None, task)
        for number in range(100):
            add(served, f"other {number}", errands(served))
        for number in range(count):
            add(served, "moved", errands(served), body={"contentType": "text", "content": f"{number}"})
        assert await tasks.look([task], SCOPE, known) == {task: replace(known[task], is_away=True)}

    @pytest.mark.parametrize(
        "other",
        [{"title": "another"}, {"dueDateTime": {"dateTime": "2026-03-12T00:00:00", "timeZone": "UTC"}}],
        ids=["subject", "due date"],
    )
    async def test_one_that_says_something_else_is_another_one(
        self, served: Served, tasks: OutlookTasks, other: JsonObject
    ) -> None:
        task = add(served)
        known = items(await read(tasks))
        served.mailbox.delete_task(None, task)
        served.mailbox.create_task(errands(served), {"title": "Call back", **other})
        assert await tasks.look([task], SCOPE, known) == {task: Gone()}

    async def test_a_list_that_cannot_be_searched_leaves_unknown_what_no_other_shows(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        moved, lost = add(served, "moved"), add(served, "lost")
        known = items(await read(tasks))
        served.mailbox.move_task(None, moved, errands(served))
        served.mailbox.delete_task(None, lost)
        blocked = served.mailbox.add_task_list("Blocked")["id"]
        served.faults.part_before = lambda part: (
            error(503, "serviceNotAvailable") if part["url"].startswith(f"{home(blocked)}?") else None
        )
        seen = await tasks.look([moved, lost], SCOPE, known)
        assert seen[moved] == replace(known[moved], is_away=True)
        assert isinstance(seen[lost], Unknown)

    async def test_lists_too_long_to_be_searched_prove_nothing(
        self, served: Served, tasks: OutlookTasks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("lpc_tui.replicas.outlook.task_dialect._MOST_PAGES", 2)
        task = add(served)
        known = items(await read(tasks))
        served.mailbox.delete_task(None, task)
        for number in range(201):
            add(served, f"other {number}", errands(served))
        assert isinstance((await tasks.look([task], SCOPE, known))[task], Unknown)

    async def test_creates_are_found_by_their_marks(self, served: Served, tasks: OutlookTasks) -> None:
        for number in range(120):
            add(served, f"task {number}")
        made, lost = create("x"), create("x")
        created = await one(tasks, made)
        link = {"applicationName": "Somebody", "externalId": lost.mark}
        add(served, "x", linkedResources=[link])
        found = await tasks.find([lost, made], NOW, SCOPE)
        assert found == {made.key: created.item}

    @pytest.mark.parametrize(
        ("status", "raised"), [(503, ServiceError), (404, LpcError)], ids=["out of order", "no such list"]
    )
    async def test_a_create_that_could_not_be_looked_for_is_not_one_that_did_not_happen(
        self, served: Served, tasks: OutlookTasks, status: int, raised: type[LpcError]
    ) -> None:
        await tasks.identify()
        body = json.dumps(error(status, "UnknownError")["body"]).encode()
        served.faults.answers = [(status, {"content-type": "application/json"}, body)] * 20
        with pytest.raises(raised):
            await tasks.find([create()], NOW, SCOPE)


class TestWriting:
    async def test_what_was_created_is_read_back(self, served: Served) -> None:
        tasks = served.tasks(link_url="https://acme.my.salesforce.com")
        asked = create(
            "Call back",
            due=date(2026, 3, 29),
            status="waitingOnOthers",
            priority="high",
            body="a\n  b & <c>\n\nd",
            reminder=datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
        )
        outcome = await one(tasks, asked)
        assert outcome.result is Result.DONE
        assert outcome.item is not None
        assert outcome.item.fields == asked.fields
        assert outcome.item.guards == {}
        assert await shown(tasks) == {"Call back": outcome.item}
        (batch,) = served.faults.bodies
        (link,) = batch["requests"][0]["body"]["linkedResources"]
        assert (link["externalId"], link["webUrl"]) == (asked.mark, "https://acme.my.salesforce.com")

    async def test_due_dates_from_everywhere(self, served: Served) -> None:
        for hours in range(-11, 15):
            zone = ZoneInfo(f"Etc/GMT{-hours:+d}" if hours else "UTC")
            tasks = served.tasks(zone=zone)
            outcome = await one(tasks, create(f"at {hours}", due=date(2026, 7, 10)))
            assert outcome.item is not None, zone
            assert outcome.item.fields["due"] == date(2026, 7, 10), zone
            outcome = await one(tasks, update(outcome.item, due=date(2026, 10, 25)))
            assert outcome.item is not None, zone
            assert outcome.item.fields["due"] == date(2026, 10, 25), zone

    @pytest.mark.parametrize(
        "zone",
        ["Pacific/Kiritimati", "Pacific/Auckland", "Europe/Berlin", "America/New_York", "Pacific/Pago_Pago"],
    )
    async def test_a_due_date_across_clock_changes(self, served: Served, zone: str) -> None:
        tasks = served.tasks(zone=ZoneInfo(zone))
        days = [date(2026, month, day) for month in (3, 4, 9, 10, 11) for day in (1, 8, 29)]
        outcomes = await write(tasks, *(create(str(day), due=day) for day in days))
        assert [outcome.item and outcome.item.fields["due"] for outcome in outcomes.values()] == days

    async def test_only_what_changes_is_sent_and_values_are_cleared(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        reminder = datetime(2026, 3, 9, 8, tzinfo=UTC)
        made = await one(tasks, create("full", due=date(2026, 3, 10), body="text", reminder=reminder))
        assert made.item is not None
        outcome = await one(tasks, update(made.item, due=None, reminder=None, body=""))
        assert outcome.item is not None
        assert outcome.item.fields == {**made.item.fields, "due": None, "reminder": None, "body": ""}
        (part,) = served.faults.bodies[-1]["requests"]
        assert part["body"].keys() == {"dueDateTime", "isReminderOn", "reminderDateTime", "body"}
        assert part["headers"]["If-Match"] == made.item.version

    async def test_an_edit_in_between_is_left_alone_though_the_service_would_not_mind(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        task = add(served)
        item = (await shown(tasks))["Call back"]
        forget_versions(served)
        served.mailbox.update_task(None, task, {"importance": "high"})
        for asked in (update(item, subject="after"), delete(item)):
            outcome = await one(tasks, asked)
            assert outcome.result is Result.CHANGED
            assert outcome.item is not None
            assert outcome.item.fields["priority"] == "high"
        assert served.mailbox.task(None, task)["title"] == "Call back"

    async def test_what_is_left_alone_is_not_sent_nor_announced(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        for number in range(25):
            add(served, f"task {number}")
        found = await shown(tasks)
        for number in range(0, 25, 2):
            served.mailbox.update_task(None, found[f"task {number}"].id, {"importance": "high"})
        before = tasks.requests
        outcomes = await write(tasks, *(update(item, body="x") for item in found.values()))
        results = [outcome.result for outcome in outcomes.values()]
        assert (results.count(Result.CHANGED), results.count(Result.DONE)) == (13, 12)
        patches = [
            part for batch in served.faults.bodies for part in batch["requests"] if part["method"] == "PATCH"
        ]
        assert len(patches) == 12
        assert tasks.requests - before == 4

    async def test_a_new_version_without_an_edit_is_written(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        task = add(served)
        item = (await shown(tasks))["Call back"]
        served.mailbox.update_task(None, task, {"categories": ["Blue"]})
        outcome = await one(tasks, update(item, subject="after"))
        assert outcome.result is Result.DONE
        served.mailbox.update_task(None, task, {"categories": ["Red"]})
        assert (await one(tasks, delete(outcome.item or item))).result is Result.DONE
        assert served.mailbox.tasks() == []

    async def test_one_who_wrote_the_same_did_the_work(self, served: Served, tasks: OutlookTasks) -> None:
        task = add(served)
        item = (await shown(tasks))["Call back"]
        served.mailbox.update_task(None, task, {"title": "after"})
        outcome = await one(tasks, update(item, subject="after"))
        assert outcome.result is Result.DONE
        assert outcome.item is not None
        assert outcome.item.fields["subject"] == "after"
        assert all(part["method"] == "GET" for body in served.faults.bodies for part in body["requests"])

    async def test_what_is_gone_or_moved_is_not_written(self, served: Served, tasks: OutlookTasks) -> None:
        gone, moved = add(served, "gone"), add(served, "moved")
        found = await shown(tasks)
        served.mailbox.delete_task(None, gone)
        served.mailbox.move_task(None, moved, errands(served))
        asked = [make for item in found.values() for make in (update(item, body="x"), delete(item))]
        outcomes = await write(tasks, *asked)
        assert {outcome.result for outcome in outcomes.values()} == {Result.GONE}

    @pytest.mark.parametrize("was_done", [True, False])
    async def test_writes_of_unknown_fate(
        self, served: Served, tasks: OutlookTasks, *, was_done: bool
    ) -> None:
        """Updates and deletes are looked at and repeated, a create is looked for by its mark; `If-Match` is ignored."""
        add(served, "one")
        add(served, "two")
        found = await shown(tasks)
        left = [1, 1, 1]

        def fault(part: JsonObject) -> JsonObject | None:
            part["headers"].pop("If-Match", None)
            if part["method"] != "GET" and left:
                left.pop()
                return error(504, "UnknownError")
            return None

        if was_done:
            served.faults.part_after = fault
        else:
            served.faults.part_before = fault
        made = create("perhaps")
        changes = [update(found["one"], subject="new"), delete(found["two"])]
        outcomes = await write(tasks, made, *changes)
        assert {outcomes[each.key].result for each in changes} == {Result.DONE}
        assert outcomes[made.key].result is (Result.DONE if was_done else Result.UNKNOWN)
        assert sorted(await shown(tasks)) == (["new", "perhaps"] if was_done else ["new"])
        sent = [part["method"] for body in served.faults.bodies for part in body["requests"]]
        assert sent.count("POST") == 1

    async def test_one_that_was_throttled_is_looked_at_again(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        task = add(served)
        item = (await shown(tasks))["Call back"]
        refusals = [error(429, "ApplicationThrottled", **{"Retry-After": "30"})]

        def fault(part: JsonObject) -> JsonObject | None:
            part["headers"].pop("If-Match", None)
            if part["method"] == "PATCH" and refusals:
                served.mailbox.update_task(None, task, {"importance": "high"})
                return refusals.pop()
            return None

        served.faults.part_before = fault
        assert (await one(tasks, update(item, subject="after"))).result is Result.CHANGED
        assert served.mailbox.task(None, task)["title"] == "Call back"
        assert served.waits == [30]

    async def test_a_look_that_fails_leaves_the_write_for_the_next_run(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        task = add(served)
        item = (await shown(tasks))["Call back"]
        served.faults.part_before = lambda _part: error(500, "InternalServerError")
        assert (await one(tasks, update(item, subject="after"))).result is Result.CHANGED
        assert served.mailbox.task(None, task)["title"] == "Call back"

    async def test_a_service_that_answers_no_look_ends_the_call_with_nothing_sent(
        self, served: Served, tasks: OutlookTasks
    ) -> None:
        add(served)
        item = (await shown(tasks))["Call back"]
        served.faults.answers = [(503, {}, b"<h1>Sorry</h1>")] * 50
        outcomes: list[Outcome] = []
        with pytest.raises(ServiceError):
            await _collect(outcomes, tasks, update(item, subject="after"))
        assert [outcome.result for outcome in outcomes] == [Result.NOT_SENT]

    async def test_one_bad_task_is_one_bad_task(self, served: Served, tasks: OutlookTasks) -> None:
        bad, good = create(""), create("good")
        outcomes = await write(tasks, bad, good)
        assert outcomes[bad.key].result is Result.REFUSED
        assert "title" in outcomes[bad.key].words
        assert outcomes[good.key].result is Result.DONE


async def _collect(outcomes: list[Outcome], tasks: OutlookTasks, *writes: Write) -> None:
    async def sending(_batch: object) -> None:
        pytest.fail("something was to be sent")

    async for some in tasks.write(writes, SCOPE, sending):
        outcomes += some
