"""To Do by Microsoft's client."""

from typing import Any

import pytest
from msgraph import GraphServiceClient
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.importance import Importance
from msgraph.generated.models.linked_resource import LinkedResource
from msgraph.generated.models.task_status import TaskStatus
from msgraph.generated.models.todo_task import TodoTask
from msgraph.generated.models.todo_task_list import TodoTaskList
from msgraph.generated.models.wellknown_list_name import WellknownListName

from tests.conformance.msgraph.requests import asking, drives, every_item, is_removed, whole_round


@pytest.fixture
async def tasks(client: GraphServiceClient) -> Any:
    """The tasks of the default list."""
    lists = (await client.me.todo.lists.get()).value
    default = next(one for one in lists if one.wellknown_list_name is WellknownListName.DefaultList)
    return client.me.todo.lists.by_todo_task_list_id(default.id).tasks


@drives("To Do lists: list, create, delta")
async def test_it_lists_creates_and_follows_lists(client: GraphServiceClient) -> None:
    delta = client.me.todo.lists.delta
    items, link = await whole_round(delta, await delta.get())
    assert [one.display_name for one in items] == ["Tasks", "Flagged Emails", "Errands"]
    made = await client.me.todo.lists.post(TodoTaskList(display_name="Trips"))
    items, _ = await whole_round(delta, await delta.with_url(link).get())
    assert [one.id for one in items] == [made.id]


@drives("To Do tasks: create, read, change, delete")
async def test_it_creates_reads_changes_and_deletes_a_task(tasks: Any) -> None:
    made = await tasks.post(
        TodoTask(
            title="Call",
            importance=Importance.High,
            due_date_time=DateTimeTimeZone(date_time="2026-03-10T00:00:00", time_zone="UTC"),
        )
    )
    address = tasks.by_todo_task_id(made.id)
    read = await address.get()
    assert (read.title, read.importance, read.due_date_time.date_time[:10]) == (
        "Call",
        Importance.High,
        "2026-03-10",
    )
    done = await address.patch(TodoTask(status=TaskStatus.Completed))
    assert (done.status, done.title) == (TaskStatus.Completed, "Call")
    assert done.completed_date_time is not None
    await address.delete()
    assert (await tasks.get()).value == []


@drives("To Do tasks: by pages")
async def test_it_reads_tasks_by_pages(client: GraphServiceClient, tasks: Any) -> None:
    for number in range(5):
        await tasks.post(TodoTask(title=str(number)))
    first = await tasks.get(asking(tasks, top=2))
    assert len(first.value) == 2
    assert sorted(task.title for task in await every_item(client, first)) == list("01234")


@drives("To Do tasks/delta: deltaLink, @removed")
async def test_it_follows_the_tasks(tasks: Any) -> None:
    made = [await tasks.post(TodoTask(title=title)) for title in ("Call", "Write", "Rest")]
    items, link = await whole_round(tasks.delta, await tasks.delta.get())
    assert {task.id for task in items} == {task.id for task in made}

    await tasks.by_todo_task_id(made[0].id).patch(TodoTask(title="Call again"))
    await tasks.by_todo_task_id(made[1].id).delete()
    items, _ = await whole_round(tasks.delta, await tasks.delta.with_url(link).get())
    assert {task.id: is_removed(task) for task in items} == {made[0].id: False, made[1].id: True}


@drives("To Do linkedResources: inline, added, expanded, deleted")
async def test_linked_resources_come_and_go(tasks: Any) -> None:
    link = LinkedResource(
        application_name="lpc-tui",
        display_name="Record",
        external_id="00TRN0000001abcAAA",
        web_url="https://example.com/00TRN0000001abcAAA",
    )
    made = await tasks.post(TodoTask(title="Call", linked_resources=[link]))
    address = tasks.by_todo_task_id(made.id)
    added = await address.linked_resources.post(LinkedResource(application_name="other", external_id="2"))
    read = await address.get(asking(address, expand=["linkedResources"]))
    assert [one.external_id for one in read.linked_resources] == ["00TRN0000001abcAAA", "2"]
    await address.linked_resources.by_linked_resource_id(added.id).delete()
    left = (await address.linked_resources.get()).value
    assert [one.application_name for one in left] == ["lpc-tui"]
