"""Task records to canonical items and back: the only place that knows what Salesforce's task fields mean.

Pure: values in, values out, the present instant as an argument. See the Object Reference, Task, for every field named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from lpc_tui.model.fields import FieldSpec
from lpc_tui.model.items import Fields, Process, Value, frozen
from lpc_tui.replicas.salesforce.records import (
    Records,
    instant_of,
    plain_fields,
    plain_record,
    selected_of,
    specs_of,
    wire_instant,
)
from lpc_tui.replicas.salesforce.task_choices import TaskChoices
from lpc_tui.replicas.wire import JsonObject

__all__ = ["SELECTED", "TaskRecords"]

_SPECS: Mapping[str, FieldSpec] = specs_of(Process.TASK)

SELECTED: tuple[str, ...] = selected_of(Process.TASK, "IsArchived", "IsClosed", "IsHighPriority")
"""What is read of a task, as far as this person may see it."""

_REMINDER = _SPECS["reminder"].salesforce
_NO_CHOICES: Final = TaskChoices((), ())


@dataclass(frozen=True)
class TaskRecords(Records):
    """Converts the tasks of one user."""

    choices: TaskChoices = _NO_CHOICES
    """The org's own statuses and priorities."""

    process: ClassVar[Process] = Process.TASK
    readable: ClassVar[tuple[str, ...]] = SELECTED

    def changing(self, fields: Fields, beside: Fields) -> Fields:
        """A status that already means what it is to become is left alone: "Blocked" is the org's word, not ours."""
        return frozen(
            {
                name: value
                for name, value in fields.items()
                if name not in ("status", "priority") or self.held(name, value) != beside.get(name)
            }
        )

    def new_record(self, fields: Fields, now: datetime) -> JsonObject:
        return self._record(fields, now)

    def change(self, fields: Fields, beside: Fields, now: datetime) -> JsonObject:
        return self._record(fields, now)

    def held(self, name: str, value: Value) -> Value:
        """What a field becomes in this org: of a status or a priority what the nearest one that it has means."""
        if name == "status":
            return self.choices.status_for(str(value)).word
        if name == "priority":
            return self.choices.priority_for(str(value)).word
        if isinstance(value, datetime):
            return value.replace(microsecond=0)
        return super().held(name, value)

    def _record(self, fields: Fields, now: datetime) -> JsonObject:
        record = plain_record(_SPECS, fields)
        if "status" in fields:
            record["Status"] = self.choices.status_for(str(fields["status"])).name
        if "priority" in fields:
            record["Priority"] = self.choices.priority_for(str(fields["priority"])).name
        if "reminder" in fields:
            record.update(_reminder_record(fields["reminder"], now))
        return record

    def _fields(self, record: JsonObject, now: datetime) -> dict[str, Value]:
        fields = plain_fields(_SPECS, record)
        if record.get("Status"):
            is_closed = bool(record.get("IsClosed"))
            fields["status"] = self.choices.status_word(record["Status"], is_closed=is_closed)
        if record.get("Priority"):
            is_high = bool(record.get("IsHighPriority"))
            fields["priority"] = self.choices.priority_word(record["Priority"], is_high=is_high)
        fields.update(_reminder(record, now))
        return {name: fields[name] for name in _SPECS if name in fields}

    def _is_away(self, record: JsonObject) -> bool:
        return bool(record.get("IsArchived")) or record.get("OwnerId", self.user) != self.user


def _reminder(record: JsonObject, now: datetime) -> dict[str, Value]:
    """The reminder, if the record can tell: one that fired has switched itself off, which is nobody's edit."""
    if not all(name in record for name in _REMINDER):
        return {}
    at = instant_of(record["ReminderDateTime"])
    if record["IsReminderSet"]:
        return {} if at is None else {"reminder": at}
    return {} if at is not None and at <= now else {"reminder": None}


def _reminder_record(at: Value, now: datetime) -> JsonObject:
    """A reminder whose time has passed is written as one that fired, or the first sync would ring for every old task."""
    if not isinstance(at, datetime):
        return {"IsReminderSet": False, "ReminderDateTime": None}
    return {"IsReminderSet": at > now, "ReminderDateTime": wire_instant(at)}
