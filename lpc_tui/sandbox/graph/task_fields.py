"""The type `microsoft.graph.todoTask`, and how written properties become stored ones.

Due and start are dates: what is kept is midnight in the zone that was sent, whatever hour was. Facts:
https://learn.microsoft.com/graph/api/resources/todotask
"""

from datetime import date, datetime, time, timedelta

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import bodies, times
from lpc_tui.sandbox.graph.errors import body_refused, invalid_request
from lpc_tui.sandbox.graph.event_schema import DATE_TIME, IMPORTANCE, ITEM_BODY, LONGEST_SUBJECT, RECURRENCE
from lpc_tui.sandbox.graph.recurrence import Expansion, complete
from lpc_tui.sandbox.graph.schema import Flag, Instant, ListOf, Member, Record, Text

LINKED_RESOURCE = Record(
    "linkedResource",
    {name: Text() for name in ("webUrl", "applicationName", "displayName", "externalId")},
    read_only={"id": Text()},
)
CHECKLIST_ITEM = Record(
    "checklistItem",
    {"displayName": Text(), "isChecked": Flag()},
    read_only={"id": Text(), "createdDateTime": Instant(), "checkedDateTime": Instant()},
)
TASK = Record(
    "todoTask",
    {
        "title": Text(LONGEST_SUBJECT),
        "body": ITEM_BODY,
        "status": Member(
            "taskStatus", ("notStarted", "inProgress", "completed", "waitingOnOthers", "deferred")
        ),
        "importance": IMPORTANCE,
        "dueDateTime": DATE_TIME,
        "startDateTime": DATE_TIME,
        "reminderDateTime": DATE_TIME,
        "completedDateTime": DATE_TIME,
        "isReminderOn": Flag(),
        "recurrence": RECURRENCE,
        "categories": ListOf(Text()),
        "linkedResources": ListOf(LINKED_RESOURCE),
        "checklistItems": ListOf(CHECKLIST_ITEM),
    },
    read_only={
        "id": Text(),
        "createdDateTime": Instant(),
        "lastModifiedDateTime": Instant(),
        "bodyLastModifiedDateTime": Instant(),
        "hasAttachments": Flag(),
    },
)
TASK_LIST = Record(
    "todoTaskList",
    {"displayName": Text()},
    read_only={"id": Text(), "isOwner": Flag(), "isShared": Flag(), "wellknownListName": Text()},
)
CHILDREN = {"linkedResources": LINKED_RESOURCE, "checklistItems": CHECKLIST_ITEM}
"""What a task holds: given inline at its create, later only through paths of their own."""

BLANK: JsonObject = {
    "title": "",
    "body": {"content": "", "contentType": "text"},
    "status": "notStarted",
    "importance": "normal",
    "dueDateTime": None,
    "startDateTime": None,
    "reminderDateTime": None,
    "completedDateTime": None,
    "isReminderOn": False,
    "recurrence": None,
    "categories": [],
}
"""A task nobody has written anything into."""

DATES = ("dueDateTime", "startDateTime", "reminderDateTime", "completedDateTime")
_NOT_NULL = frozenset({"title", "status", "importance", "isReminderOn"})


def written(before: JsonObject, given: JsonObject, now: datetime) -> JsonObject:
    """The stored properties after a write of `given` (checked against the type) to those of `before`."""
    for name in _NOT_NULL & given.keys():
        if given[name] is None:
            raise body_refused(f"The property '{name}' may not be null.")
    after = {**before, **{name: value for name, value in given.items() if name in BLANK}}
    for name in ("dueDateTime", "startDateTime"):
        if given.get(name) is not None:
            local, zone_name = times.read_local(given[name])
            after[name] = _midnight(local.date(), zone_name)
    if given.get("reminderDateTime") is not None:
        local, zone_name = times.read_local(given["reminderDateTime"])
        after["reminderDateTime"] = {"dateTime": local.isoformat(), "timeZone": zone_name}
    if "body" in given:
        after["body"] = _body(given["body"])
    _set_completion(after, before, given, now)
    _set_recurrence(after, given)
    return after


def next_in_series(completed: JsonObject) -> JsonObject | None:
    """The task that follows a completed one of a series; None where it was the last."""
    recurrence, due = completed["recurrence"], completed["dueDateTime"]
    if recurrence is None:
        return None
    done = datetime.fromisoformat(due["dateTime"]).date()
    following = next(Expansion(recurrence).after(done), None)
    if following is None:
        return None
    span = {**recurrence["range"], "startDate": following.isoformat()}
    if span["type"] == "numbered":
        span["numberOfOccurrences"] -= 1
    shifted = {
        name: _shifted(completed[name], following - done) for name in ("startDateTime", "reminderDateTime")
    }
    return {
        **completed,
        **shifted,
        "status": "notStarted",
        "completedDateTime": None,
        "dueDateTime": _midnight(following, due["timeZone"]),
        "recurrence": {**recurrence, "range": span},
    }


def _midnight(day: date, zone_name: str) -> JsonObject:
    return {"dateTime": datetime.combine(day, time()).isoformat(), "timeZone": zone_name}


def _shifted(value: JsonObject | None, shift: timedelta) -> JsonObject | None:
    if value is None:
        return None
    return {**value, "dateTime": (datetime.fromisoformat(value["dateTime"]) + shift).isoformat()}


def _body(given: JsonObject | None) -> JsonObject:
    content = (given or {}).get("content") or ""
    if (given or {}).get("contentType") == "html":
        return {"content": bodies.stored_html(given), "contentType": "html"}
    return {"content": bodies.with_crlf(content), "contentType": "text"}


def _set_completion(after: JsonObject, before: JsonObject, given: JsonObject, now: datetime) -> None:
    """`completedDateTime` follows the status, and is UTC midnight of the day: often a day off."""
    after["completedDateTime"] = before["completedDateTime"]
    if after["status"] != "completed":
        after["completedDateTime"] = None
    elif given.get("completedDateTime") is not None:
        local, zone_name = times.read_local(given["completedDateTime"])
        after["completedDateTime"] = _midnight(times.to_utc(local, zone_name).date(), "UTC")
    elif before["status"] != "completed":
        after["completedDateTime"] = _midnight(now.date(), "UTC")


def _set_recurrence(after: JsonObject, given: JsonObject) -> None:
    recurrence, due = after["recurrence"], after["dueDateTime"]
    if recurrence is None:
        return
    if due is None:
        raise invalid_request("A recurring task needs a dueDateTime.")
    if not {"recurrence", "dueDateTime"} & given.keys():
        return
    first = datetime.fromisoformat(due["dateTime"]).date()
    span = recurrence.get("range") or {}
    if "recurrence" not in given or not span.get("startDate"):
        recurrence = {**recurrence, "range": {**span, "startDate": first.isoformat()}}
    after["recurrence"] = complete(recurrence, first, due["timeZone"])
