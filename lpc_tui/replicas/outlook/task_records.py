"""Graph's todoTask JSON as items, and fields as Graph's todoTask JSON; pure.

A due date is a date from end to end, though the wire shows it as an instant. Properties without a value are left out by the
service; null clears them. Facts: https://learn.microsoft.com/graph/api/resources/todotask
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from lpc_tui.model.field_map import TASK, spec_of
from lpc_tui.model.items import Fields, Guard, Item, Process, Value, frozen
from lpc_tui.model.returning import is_alike
from lpc_tui.replicas.outlook.bodies import clean, read_body
from lpc_tui.replicas.outlook.times import (
    read_due,
    read_instant,
    read_moment,
    written_day,
    written_moment,
)
from lpc_tui.replicas.wire import JsonObject

__all__ = ["TaskReader", "created_record", "mark_of", "may_be_moved", "updated_record"]

_APPLICATION: Final = "lpc-tui"
"""By which the linked resource of ours is told from others; never change it."""

_BODY: Final = spec_of(Process.TASK, "body")
_EVERY_FIELD: Final = tuple(spec.name for spec in TASK)


@dataclass(frozen=True, slots=True)
class TaskReader:
    """Makes items of records."""

    zone: tzinfo
    """The person's."""
    can_edit: bool = True
    """Whether the list may be written at all."""

    def item(self, record: JsonObject) -> Item:
        """The item that a whole task record shows.

        Raises:
            KeyError, ValueError: the record is not a task.
        """
        return Item(
            id=record["id"],
            fields=frozen(dict(self._fields(record))),
            version=record.get("@odata.etag") or "",
            modified=read_instant(record.get("lastModifiedDateTime")),
            guards=self._guards(record),
        )

    def _fields(self, record: JsonObject) -> Iterator[tuple[str, Value]]:
        yield "subject", clean(record.get("title"))
        due = record.get("dueDateTime")
        yield "due", read_due(due, self.zone) if due else None
        yield "status", record["status"]
        yield "priority", record.get("importance") or "normal"
        yield "body", read_body(record.get("body")).text
        reminder = record.get("reminderDateTime") if record.get("isReminderOn") else None
        yield "reminder", read_moment(reminder) if reminder else None

    def _guards(self, record: JsonObject) -> Mapping[str, Guard]:
        if not self.can_edit:
            return dict.fromkeys(_EVERY_FIELD, Guard.READ_ONLY)
        return {"body": Guard.FORMATTED} if read_body(record.get("body")).is_formatted else {}


def created_record(fields: Fields, mark: str, zone_name: str, link_url: str) -> JsonObject:
    """The task to POST; what is empty is left out. Its mark is in a link that the person sees, so it leads somewhere.

    Raises:
        ValueError: a value is not of its field's kind.
    """
    link = {"applicationName": _APPLICATION, "displayName": "Salesforce", "externalId": mark}
    written = updated_record({name: value for name, value in fields.items() if value}, zone_name)
    return {**written, "linkedResources": [{"webUrl": link_url, **link} if link_url else link]}


def mark_of(record: JsonObject) -> str:
    """The mark that a task with its linked resources carries; empty for one that is not ours."""
    return next(
        (
            each.get("externalId") or ""
            for each in record.get("linkedResources") or ()
            if each.get("applicationName") == _APPLICATION
        ),
        "",
    )


def may_be_moved(known: Item, shown: Item, made: datetime | None) -> bool:
    """Whether a task that another list shows may be one that is not in its own any more.

    It has the same subject and due date, and was not left alone since that one was last seen; with another text, it was
    made since, too: a person may write on in the task they moved, but one that was there before is another.

    Args:
        known: as last seen in its own list.
        shown: the other task.
        made: when the service says that was created; aware UTC.
    """
    if not is_alike(Process.TASK, known, shown):
        return False
    since = known.modified
    if since is None or shown.modified is None:
        return True
    if shown.modified < since:
        return False
    is_same_text = not _BODY.changed(known.fields.get("body"), shown.fields.get("body"))
    return is_same_text or made is None or made >= since


def updated_record(fields: Fields, zone_name: str) -> JsonObject:
    """The properties to PATCH for `fields`, and no others. Due dates go out as midnights of `zone_name` (a Windows name).

    Raises:
        ValueError: a value is not of its field's kind.
    """
    record: JsonObject = {}
    for name, value in fields.items():
        record.update(_written(name, value, zone_name))
    return record


def _written(name: str, value: Value, zone_name: str) -> JsonObject:
    match name, value:
        case "subject", str() | None:
            return {"title": clean(value)}
        case "due", None:
            return {"dueDateTime": None}
        case "due", date() if not isinstance(value, datetime):
            return {"dueDateTime": written_day(value, zone_name)}
        case "status", str():
            return {"status": value}
        case "priority", str():
            return {"importance": value}
        case "body", str() | None:
            return {"body": {"contentType": "text", "content": clean(value)}}
        case "reminder", None:
            return {"isReminderOn": False, "reminderDateTime": None}
        case "reminder", datetime():
            return {"isReminderOn": True, "reminderDateTime": written_moment(value)}
    raise ValueError(f"A task has no {name} of {value!r}.")
