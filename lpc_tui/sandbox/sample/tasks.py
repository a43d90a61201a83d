"""The to-do lists: 60 tasks, a third of them in both services."""

import datetime as dt
import random
from dataclasses import dataclass

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.sample import words
from lpc_tui.sandbox.sample.cast import Cast
from lpc_tui.sandbox.sample.story import HOME

_COUNT = 60
_STATUS = {
    "notStarted": "Not Started",
    "inProgress": "In Progress",
    "completed": "Completed",
    "waitingOnOthers": "Waiting on someone else",
    "deferred": "Deferred",
}
_PRIORITY = {"low": "Low", "normal": "Normal", "high": "High"}


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task as neither service has it."""

    title: str
    text: str
    due: dt.date | None
    status: str
    """Outlook's word."""

    importance: str
    """Outlook's word."""

    def to_graph(self) -> JsonObject:
        """The To Do task."""
        task: JsonObject = {"title": self.title, "status": self.status, "importance": self.importance}
        if self.text:
            task["body"] = {"contentType": "text", "content": self.text}
        if self.due:
            task["dueDateTime"] = {"dateTime": f"{self.due}T00:00:00", "timeZone": HOME.key}
        return task

    def to_salesforce(self) -> JsonObject:
        """The Salesforce Task."""
        fields: JsonObject = {
            "Subject": self.title,
            "Status": _STATUS[self.status],
            "Priority": _PRIORITY[self.importance],
        }
        if self.text:
            fields["Description"] = self.text
        if self.due:
            fields["ActivityDate"] = self.due.isoformat()
        return fields


def add_tasks(
    mailbox: Mailbox, org: Org, cast: Cast, ids: dict[str, str], *, seed: int, today: dt.date
) -> None:
    """Create them: in turn on both sides, only in Outlook, only in Salesforce."""
    rng = random.Random(f"{seed}/tasks")
    for number in range(_COUNT):
        draft, company = _draft(rng, number, cast, today)
        if number % 3 != 2:
            mailbox.create_task(None, draft.to_graph())
        if number % 3 != 1:
            org.insert("Task", draft.to_salesforce() | {"WhatId": ids[company]})
    with org.acting_as(org.colleague):
        org.insert("Task", {"Subject": "Kim's own task", "ActivityDate": today.isoformat()})
    org.insert("Task", {"Subject": "Email: offer sent", "TaskSubtype": "Email", "Status": "Completed"})


def _draft(rng: random.Random, number: int, cast: Cast, today: dt.date) -> tuple[TaskDraft, str]:
    person = rng.choice(cast.people)
    title = words.TASKS[number % len(words.TASKS)].format(
        deal=rng.choice(words.DEALS),
        person=person.name,
        company=person.company.name,
        city=person.company.city,
    )
    if number < len(words.HOSTILE) and number % 4 == 1:
        title = words.HOSTILE[number][:255]
    due = today + dt.timedelta(days=rng.randint(-25, 60)) if number % 8 else None
    status = rng.choice(
        ("notStarted", "notStarted", "inProgress", "waitingOnOthers", "deferred", "completed")
    )
    text = rng.choice(words.NOTES).format(person=person.name, deal=rng.choice(words.DEALS))
    return TaskDraft(
        title, text, due, status, rng.choice(("normal", "normal", "high", "low"))
    ), person.company.name
