"""To Do: dates that lose their hour, series that make new tasks, children that no delta tells of."""

from typing import Any

import pytest

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.mailbox import Mailbox
from tests.sandbox.graph.conftest import FrozenClock, GraphClient

RECORD_LINK = {
    "applicationName": "Salesforce",
    "displayName": "Call",
    "externalId": "00T1",
    "webUrl": "https://x.example",
}


def due(day: str, hour: str = "00:00:00", zone: str = "W. Europe Standard Time") -> JsonObject:
    return {"dateTime": f"{day}T{hour}", "timeZone": zone}


@pytest.fixture
def tasks(graph: GraphClient) -> str:
    """The path of the default list's tasks."""
    lists = graph.get("/me/todo/lists")["value"]
    default = next(one for one in lists if one["wellknownListName"] == "defaultList")
    return f"/me/todo/lists/{default['id']}/tasks"


def test_the_lists(graph: GraphClient) -> None:
    lists = graph.get("/me/todo/lists")["value"]
    assert [(one["displayName"], one["wellknownListName"]) for one in lists] == [
        ("Tasks", "defaultList"),
        ("Flagged Emails", "flaggedEmails"),
        ("Errands", "none"),
    ]
    assert graph.get(f"/me/todo/lists/{lists[2]['id']}")["displayName"] == "Errands"


def test_a_list_is_made_by_its_name(graph: GraphClient) -> None:
    link = graph.get("/me/todo/lists/delta")["@odata.deltaLink"]
    made = graph.post("/me/todo/lists", {"displayName": "Trips"})
    assert (made["displayName"], made["wellknownListName"], made["isOwner"]) == ("Trips", "none", True)
    assert [one["id"] for one in graph.get(link)["value"]] == [made["id"]]
    assert graph.post(f"/me/todo/lists/{made['id']}/tasks", {"title": "Pack"})["title"] == "Pack"
    assert graph.refused("POST", "/me/todo/lists", json={}) == (400, "ErrorInvalidRequest")


def test_properties_without_a_value_are_left_out(graph: GraphClient, tasks: str) -> None:
    task = graph.post(tasks, {"title": "Call"})
    assert (task["status"], task["importance"], task["isReminderOn"]) == ("notStarted", "normal", False)
    assert not {"dueDateTime", "recurrence", "completedDateTime", "bodyLastModifiedDateTime"} & task.keys()
    graph.patch(f"{tasks}/{task['id']}", {"dueDateTime": due("2026-03-10")})
    assert "dueDateTime" not in graph.patch(f"{tasks}/{task['id']}", {"dueDateTime": None})


def test_a_due_date_is_midnight_in_the_zone_that_was_sent(graph: GraphClient, tasks: str) -> None:
    task = graph.post(
        tasks, {"title": "Call", "dueDateTime": due("2026-07-25", "16:10:00", "Eastern Standard Time")}
    )
    assert task["dueDateTime"] == {"dateTime": "2026-07-25T04:00:00.0000000", "timeZone": "UTC"}
    read = graph.get(f"{tasks}/{task['id']}", 'outlook.timezone="Eastern Standard Time"')
    assert read["dueDateTime"]["dateTime"] == "2026-07-25T00:00:00.0000000"
    assert graph.post(tasks, {"title": "x", "dueDateTime": due("2026-07-25", "16:10:00", "UTC")})[
        "dueDateTime"
    ] == {
        "dateTime": "2026-07-25T00:00:00.0000000",
        "timeZone": "UTC",
    }


def test_a_reminder_keeps_its_hour(graph: GraphClient, tasks: str) -> None:
    task = graph.post(
        tasks, {"title": "Call", "isReminderOn": True, "reminderDateTime": due("2026-07-25", "16:10:00")}
    )
    assert task["reminderDateTime"]["dateTime"] == "2026-07-25T14:10:00.0000000"


def test_completion_follows_the_status_and_is_utc_midnight(
    graph: GraphClient, tasks: str, clock: FrozenClock
) -> None:
    task = graph.post(tasks, {"title": "Call"})
    path = f"{tasks}/{task['id']}"
    clock.advance(hours=11, minutes=30)
    done = graph.patch(path, {"status": "completed"})
    assert done["completedDateTime"] == {"dateTime": "2026-03-02T00:00:00.0000000", "timeZone": "UTC"}
    assert "completedDateTime" not in graph.patch(path, {"status": "inProgress"})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "ErrorInvalidRequest"),
        ({"title": "x", "sensitivity": "private"}, "RequestBodyRead"),
        ({"title": "x", "transactionId": "1"}, "RequestBodyRead"),
        ({"title": "x", "singleValueExtendedProperties": []}, "RequestBodyRead"),
        ({"title": "x", "status": "done"}, "RequestBodyRead"),
        ({"title": "x", "dueDateTime": "2026-03-10"}, "RequestBodyRead"),
        ({"title": "x", "dueDateTime": {"dateTime": "2026-03-10T00:00:00"}}, "TimeZoneNotSupportedException"),
        ({"title": "x" * 256}, "ErrorPropertyValidationFailure"),
        (
            {
                "title": "x",
                "recurrence": {
                    "pattern": {"type": "daily", "interval": 1},
                    "range": {"type": "noEnd", "startDate": "2026-03-10"},
                },
            },
            "ErrorInvalidRequest",
        ),
    ],
)
def test_a_task_the_service_refuses(graph: GraphClient, tasks: str, body: dict[str, Any], code: str) -> None:
    assert graph.refused("POST", tasks, json=body) == (400, code)


def test_bodies_of_either_kind(graph: GraphClient, tasks: str) -> None:
    text = graph.post(tasks, {"title": "x", "body": {"contentType": "text", "content": "a\nb"}})
    assert text["body"] == {"contentType": "text", "content": "a\r\nb"}
    rich = graph.post(tasks, {"title": "x", "body": {"contentType": "html", "content": "<b>a</b>"}})
    assert rich["body"]["content"].startswith("<html>")
    read = graph.get(f"{tasks}/{rich['id']}", 'outlook.body-content-type="text"')
    assert read["body"] == {"contentType": "text", "content": "a\r\n"}


def test_completing_a_task_of_a_series_makes_the_next_one(graph: GraphClient, tasks: str) -> None:
    recurrence = {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["tuesday"]},
        "range": {"type": "numbered", "startDate": "2026-03-10", "numberOfOccurrences": 2},
    }
    task = graph.post(tasks, {"title": "Call", "dueDateTime": due("2026-03-10"), "recurrence": recurrence})
    link = graph.get(f"{tasks}/delta")["@odata.deltaLink"]
    done = graph.patch(f"{tasks}/{task['id']}", {"status": "completed"})
    assert "recurrence" not in done
    told = graph.get(link, 'outlook.timezone="W. Europe Standard Time"')["value"]
    assert [(one["status"], one["dueDateTime"]["dateTime"][:10]) for one in told] == [
        ("completed", "2026-03-10"),
        ("notStarted", "2026-03-17"),
    ]
    assert told[1]["id"] != task["id"]
    graph.patch(f"{tasks}/{told[1]['id']}", {"status": "completed"})
    assert len(graph.get(tasks)["value"]) == 2


def test_linked_resources_are_given_at_create_and_expanded(graph: GraphClient, tasks: str) -> None:
    task = graph.post(tasks, {"title": "Call", "linkedResources": [RECORD_LINK]})
    assert "linkedResources" not in task
    path = f"{tasks}/{task['id']}"
    (linked,) = graph.get(path, None, **{"$expand": "linkedResources"})["linkedResources"]
    assert {name: linked[name] for name in RECORD_LINK} == RECORD_LINK
    refusal = graph.refused("PATCH", path, json={"linkedResources": []})
    assert refusal == (400, "RequestBodyRead")
    listed = graph.get(tasks, None, **{"$expand": "linkedResources", "$select": "title"})["value"]
    assert listed[0]["linkedResources"] == [linked]


def test_children_have_paths_of_their_own_and_no_delta_tells_of_them(graph: GraphClient, tasks: str) -> None:
    task = graph.post(tasks, {"title": "Call"})
    link = graph.get(f"{tasks}/delta")["@odata.deltaLink"]
    home = f"{tasks}/{task['id']}/linkedResources"
    child = graph.post(home, RECORD_LINK)
    assert graph.patch(f"{home}/{child['id']}", {"externalId": "00T2"})["externalId"] == "00T2"
    assert [one["externalId"] for one in graph.get(home)["value"]] == ["00T2"]
    assert graph.get(f"{home}/{child['id']}")["externalId"] == "00T2"
    step = graph.post(f"{tasks}/{task['id']}/checklistItems", {"displayName": "Dial"})
    assert step["isChecked"] is False
    assert graph.get(link)["value"] == []
    graph.delete(f"{home}/{child['id']}")
    assert graph.refused("GET", f"{home}/{child['id']}") == (404, "ErrorItemNotFound")


def test_delta_keeps_what_the_first_call_asked_for(graph: GraphClient, tasks: str) -> None:
    for number in range(3):
        graph.post(tasks, {"title": str(number), "linkedResources": [RECORD_LINK]})
    options = {"$top": "2", "$select": "title", "$expand": "linkedResources"}
    page = graph.get(f"{tasks}/delta", None, **options)
    assert [one["title"] for one in page["value"]] == ["0", "1"]
    rest = graph.get(page["@odata.nextLink"])
    assert set(rest["value"][0]) == {"@odata.type", "@odata.etag", "id", "title", "linkedResources"}
    gone = page["value"][0]["id"]
    graph.delete(f"{tasks}/{gone}")
    told = graph.get(rest["@odata.deltaLink"])["value"]
    assert [(one["id"], one["@removed"]) for one in told] == [(gone, {"reason": "deleted"})]
    assert graph.refused("GET", f"{tasks}/delta", params={"$filter": "title eq 'x'"})[0] == 400


def test_a_task_moved_to_another_list_is_another_task(
    graph: GraphClient, mailbox: Mailbox, tasks: str
) -> None:
    errands = graph.get("/me/todo/lists")["value"][2]["id"]
    task = graph.post(tasks, {"title": "Call", "linkedResources": [RECORD_LINK]})
    here = graph.get(f"{tasks}/delta")["@odata.deltaLink"]
    there = graph.get(f"/me/todo/lists/{errands}/tasks/delta")["@odata.deltaLink"]
    moved = mailbox.move_task(None, task["id"], errands)
    assert moved["id"] != task["id"]
    assert "@removed" in graph.get(here)["value"][0]
    assert [one["id"] for one in graph.get(there)["value"]] == [moved["id"]]
    assert graph.refused("GET", f"{tasks}/{task['id']}") == (404, "ErrorItemNotFound")


def test_the_delta_of_the_lists(graph: GraphClient, mailbox: Mailbox) -> None:
    page = graph.get("/me/todo/lists/delta")
    assert len(page["value"]) == 3
    added = mailbox.add_task_list("Calls")
    assert [one["id"] for one in graph.get(page["@odata.deltaLink"])["value"]] == [added["id"]]


def test_tasks_and_contacts_outlive_a_restart(
    graph: GraphClient, mailbox: Mailbox, clock: FrozenClock, tasks: str
) -> None:
    task = graph.post(tasks, {"title": "Call", "linkedResources": [RECORD_LINK]})
    contact = graph.post("/me/contacts", {"surname": "Lovelace"})
    restored = Mailbox.restore(mailbox.dump(), clock=clock)
    restored.update_task(None, task["id"], {"title": "Later"})
    restored.update_contact(contact["id"], {"surname": "King"})
    assert mailbox.tasks()[0]["title"] == "Call"
    assert mailbox.contacts()[0]["surname"] == "Lovelace"
    assert restored.revision == mailbox.revision + 2
