"""A person at work in one of the two services: makes, edits, deletes and reads items there, in that service's own forms.

It speaks canonical fields (`lpc_tui.model.field_map`) and knows nothing of the replicas: what it writes and reads is the
independent side of every end-to-end test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from lpc_tui.model.items import AllDay, Process, Side, Timed, Value
from lpc_tui.replicas.outlook.bodies import read_body
from lpc_tui.sandbox.graph.errors import GraphError
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.sample import Worlds

__all__ = ["EDITS", "Hands", "fields_for"]

Json = dict[str, Any]

_GRAPH_NAMES = {
    Process.CONTACT: {
        "salutation": "title",
        "first_name": "givenName",
        "middle_name": "middleName",
        "last_name": "surname",
        "suffix": "generation",
        "company": "companyName",
        "job_title": "jobTitle",
        "department": "department",
        "mobile_phone": "mobilePhone",
        "assistant": "assistantName",
        "notes": "personalNotes",
    },
    Process.CALENDAR: {"subject": "subject", "show_as": "showAs", "sensitivity": "sensitivity"},
    Process.TASK: {"subject": "title", "status": "status", "priority": "importance"},
}
_SALESFORCE_NAMES = {
    Process.CONTACT: {
        "salutation": "Salutation",
        "first_name": "FirstName",
        "middle_name": "MiddleName",
        "last_name": "LastName",
        "suffix": "Suffix",
        "job_title": "Title",
        "department": "Department",
        "email": "Email",
        "business_phone": "Phone",
        "mobile_phone": "MobilePhone",
        "home_phone": "HomePhone",
        "assistant": "AssistantName",
        "notes": "Description",
        "birthday": "Birthdate",
        **{
            f"{ours}_{part}": f"{theirs}{native}"
            for ours, theirs in (("business", "Mailing"), ("other", "Other"))
            for part, native in (
                ("street", "Street"),
                ("city", "City"),
                ("state", "State"),
                ("postal_code", "PostalCode"),
                ("country", "Country"),
            )
        },
    },
    Process.CALENDAR: {"subject": "Subject", "location": "Location", "body": "Description"},
    Process.TASK: {"subject": "Subject", "body": "Description", "due": "ActivityDate"},
}
_PARTS = {
    "street": "street",
    "city": "city",
    "state": "state",
    "postal_code": "postalCode",
    "country": "countryOrRegion",
}
_STATUS = {
    "notStarted": "Not Started",
    "inProgress": "In Progress",
    "completed": "Completed",
    "waitingOnOthers": "Waiting on someone else",
    "deferred": "Deferred",
}
_PRIORITY = {"low": "Low", "normal": "Normal", "high": "High"}
_SHOW_AS = {"busy": "Busy", "oof": "OutOfOffice", "free": "Free"}
_OBJECT = {Process.CALENDAR: "Event", Process.CONTACT: "Contact", Process.TASK: "Task"}

EDITS: Mapping[Process, Mapping[str, tuple[Value, Value]]] = {
    Process.CALENDAR: {
        "subject": ("Renamed here", "Renamed there"),
        "location": ("Room 1", "Room 2"),
        "body": ("Agenda A", "Agenda B"),
        "show_as": ("free", "oof"),
    },
    Process.CONTACT: {
        "job_title": ("Buyer", "Head of Purchasing"),
        "mobile_phone": ("+49 170 1", "+49 170 2"),
        "business_city": ("Bonn", "Bern"),
        "notes": ("Likes tea", "Likes coffee"),
        "last_name": ("Renamed", "Rebaptised"),
    },
    Process.TASK: {
        "subject": ("Renamed here", "Renamed there"),
        "priority": ("low", "high"),
        "status": ("inProgress", "deferred"),
        "body": ("Bring forms", "Bring cash"),
    },
}
"""Fields that a test may edit, with two values that both sides hold and that no new item has."""


def fields_for(process: Process, name: str, day: date, **fields: Value) -> dict[str, Value]:
    """The fields of a new item that both sides hold, recognisable by `name` and, but for contacts, due on `day`."""
    match process:
        case Process.CALENDAR:
            start = datetime.combine(day, time(10), UTC)
            return {"subject": name, "when": Timed(start, start + timedelta(hours=1)), **fields}
        case Process.CONTACT:
            address = f"{name.lower().replace(' ', '.')}@example.com"
            return {"first_name": "Ada", "last_name": name, "email": address, **fields}
        case Process.TASK:
            return {"subject": name, "due": day, **fields}


@dataclass
class Hands:
    """One person in one service, on the items of one process."""

    worlds: Worlds
    side: Side
    process: Process

    def add(self, **fields: Value) -> str:
        """Make an item; returns its id."""
        if self.side is Side.SALESFORCE:
            return self.worlds.org.insert(_OBJECT[self.process], self._record(fields, {}))
        body = self._graph(fields, {})
        mailbox = self.worlds.mailbox
        match self.process:
            case Process.CALENDAR:
                made = mailbox.create_event({"isReminderOn": False, **body})
            case Process.CONTACT:
                made = mailbox.create_contact(body)
            case Process.TASK:
                made = mailbox.create_task(None, body)
        return str(made["id"])

    def edit(self, item_id: str, **fields: Value) -> None:
        """Change fields of an item."""
        if self.side is Side.SALESFORCE:
            record = self._record(fields, self.worlds.org.record(_OBJECT[self.process], item_id))
            self.worlds.org.update(_OBJECT[self.process], item_id, record)
            return
        body = self._graph(fields, self.native(item_id))
        mailbox = self.worlds.mailbox
        match self.process:
            case Process.CALENDAR:
                mailbox.update_event(item_id, body)
            case Process.CONTACT:
                mailbox.update_contact(item_id, body)
            case Process.TASK:
                mailbox.update_task(None, item_id, body)

    def delete(self, item_id: str) -> None:
        """Delete an item."""
        if self.side is Side.SALESFORCE:
            self.worlds.org.delete(_OBJECT[self.process], item_id)
            return
        mailbox = self.worlds.mailbox
        match self.process:
            case Process.CALENDAR:
                mailbox.delete_event(item_id)
            case Process.CONTACT:
                mailbox.delete_contact(item_id)
            case Process.TASK:
                mailbox.delete_task(None, item_id)

    def native(self, item_id: str) -> Json:
        """An item as the service holds it.

        Raises:
            GraphError, SalesforceError: it is not there.
        """
        if self.side is Side.SALESFORCE:
            return self.worlds.org.record(_OBJECT[self.process], item_id)
        mailbox = self.worlds.mailbox
        match self.process:
            case Process.CALENDAR:
                return mailbox.event(item_id)
            case Process.CONTACT:
                return mailbox.contact(item_id)
            case Process.TASK:
                return mailbox.task(None, item_id)

    def natives(self) -> list[Json]:
        """Every living item (of a calendar: single events), as the service holds them."""
        if self.side is Side.SALESFORCE:
            ids = [row["Id"] for row in self.worlds.org.query(f"SELECT Id FROM {_OBJECT[self.process]}")]
            return [self.native(each) for each in ids]
        mailbox = self.worlds.mailbox
        match self.process:
            case Process.CALENDAR:
                return [each for each in mailbox.events() if each["type"] == "singleInstance"]
            case Process.CONTACT:
                return mailbox.contacts()
            case Process.TASK:
                return mailbox.tasks()

    def shows(self) -> dict[str, dict[str, Value]]:
        """Every living item in canonical fields, by id."""
        return {str(each.get("id") or each["Id"]): self.canonical(each) for each in self.natives()}

    def show(self, item_id: str) -> dict[str, Value]:
        """An item in canonical fields."""
        return self.canonical(self.native(item_id))

    def is_there(self, item_id: str) -> bool:
        """Whether an item is living, in the place that is synced."""
        try:
            self.native(item_id)
        except (GraphError, SalesforceError):
            return False
        return True

    def put_away(self, item_id: str) -> str:
        """Take an item out of the synced place and keep it: into another calendar, folder or list, or to another owner.

        Returns its id there.
        """
        if self.side is Side.SALESFORCE:
            self.worlds.org.update(_OBJECT[self.process], item_id, {"OwnerId": self.worlds.org.colleague})
            return item_id
        mailbox = self.worlds.mailbox
        match self.process:
            case Process.CALENDAR:
                return str(mailbox.move_event(item_id, self._other_place())["id"])
            case Process.CONTACT:
                return str(mailbox.move_contact(item_id, self._other_place())["id"])
            case Process.TASK:
                return str(mailbox.move_task(None, item_id, self._other_place())["id"])

    def bring_back(self, item_id: str) -> str:
        """Undo `put_away`; takes the id that this gave, and returns the one the item has now."""
        if self.side is Side.SALESFORCE:
            self.worlds.org.update(_OBJECT[self.process], item_id, {"OwnerId": self.worlds.org.me})
            return item_id
        mailbox = self.worlds.mailbox
        match self.process:
            case Process.CALENDAR:
                return str(mailbox.move_event(item_id, str(mailbox.calendars()[0]["id"]))["id"])
            case Process.CONTACT:
                book = mailbox.contacts_book
                return str(
                    mailbox.move_contact(item_id, str(book.show_folder(book.folder(None))["id"]))["id"]
                )
            case Process.TASK:
                default = str(mailbox.task_lists()[0]["id"])
                return str(mailbox.move_task(self._other_place(), item_id, default)["id"])

    def native_elsewhere(self, item_id: str) -> Json:
        """An item that was put away, as the service holds it."""
        if self.side is Side.OUTLOOK and self.process is Process.TASK:
            return self.worlds.mailbox.task(self._other_place(), item_id)
        return self.native(item_id)

    def _other_place(self) -> str:
        """The id of a calendar, folder or list that is not synced."""
        mailbox = self.worlds.mailbox
        match self.process:
            case Process.CALENDAR:
                return str(mailbox.calendars()[1]["id"])
            case Process.CONTACT:
                book = mailbox.contacts_book
                return str(book.show_folder(book.child_folders(book.folder(None))[0])["id"])
            case Process.TASK:
                return str(mailbox.task_lists()[-1]["id"])

    def mark_private(self, item_id: str, *, is_private: bool = True) -> None:
        """Set or clear the private mark, where the service has one for such items (`has_privacy`)."""
        if self.process is Process.CALENDAR:
            self.edit(item_id, sensitivity="private" if is_private else "normal")
            return
        mark = [{"id": "Integer 0x36", "value": "2" if is_private else "0"}]
        self.worlds.mailbox.update_contact(item_id, {"singleValueExtendedProperties": mark})

    def named(self, name: str) -> list[str]:
        """The ids of the items that `fields_for` would have given this name."""
        field = "last_name" if self.process is Process.CONTACT else "subject"
        return [item_id for item_id, fields in self.shows().items() if fields[field] == name]

    def canonical(self, native: Json) -> dict[str, Value]:
        """What a native item says."""
        read: Callable[[Json], dict[str, Value]] = {
            (Side.OUTLOOK, Process.CALENDAR): _event_of_graph,
            (Side.OUTLOOK, Process.CONTACT): _contact_of_graph,
            (Side.OUTLOOK, Process.TASK): _task_of_graph,
            (Side.SALESFORCE, Process.CALENDAR): _event_of_salesforce,
            (Side.SALESFORCE, Process.CONTACT): _contact_of_salesforce,
            (Side.SALESFORCE, Process.TASK): _task_of_salesforce,
        }[self.side, self.process]
        return read(native)

    def _graph(self, fields: Mapping[str, Value], before: Json) -> Json:
        """A body for Graph."""
        names = _GRAPH_NAMES[self.process]
        body: Json = {names[name]: value for name, value in fields.items() if name in names}
        for name, value in fields.items():
            match name, value:
                case "when", Timed():
                    body |= {"start": _zoned(value.start), "end": _zoned(value.end), "isAllDay": False}
                case "when", AllDay():
                    days = [
                        {"dateTime": f"{day}T00:00:00", "timeZone": "UTC"} for day in (value.first, value.end)
                    ]
                    body |= {"start": days[0], "end": days[1], "isAllDay": True}
                case "location", _:
                    body["location"] = {"displayName": value}
                case "body", _:
                    body["body"] = {"contentType": "text", "content": value}
                case "reminder", None:
                    body["isReminderOn"] = False
                case "reminder", int():
                    body |= {"isReminderOn": True, "reminderMinutesBeforeStart": value}
                case "reminder", datetime():
                    body |= {"isReminderOn": True, "reminderDateTime": _zoned(value)}
                case "due", None:
                    body["dueDateTime"] = None
                case "due", date():
                    body["dueDateTime"] = {"dateTime": f"{value}T00:00:00", "timeZone": "UTC"}
                case "email", _:
                    further = (before.get("emailAddresses") or [])[1:]
                    body["emailAddresses"] = ([{"address": value, "name": value}] if value else []) + further
                case "business_phone" | "home_phone", _:
                    native = "businessPhones" if name == "business_phone" else "homePhones"
                    body[native] = ([value] if value else []) + (before.get(native) or [])[1:]
                case "birthday", None:
                    body["birthday"] = None
                case "birthday", date():
                    body["birthday"] = f"{value}T11:59:00Z"
        for prefix, native in (("business_", "businessAddress"), ("other_", "otherAddress")):
            parts = {
                _PARTS[name.removeprefix(prefix)]: value
                for name, value in fields.items()
                if name.startswith(prefix) and name.removeprefix(prefix) in _PARTS
            }
            if parts:
                body[native] = {**(before.get(native) or {}), **parts}
        return body

    def _record(self, fields: Mapping[str, Value], before: Json) -> Json:
        """A record for Salesforce; `company` becomes an account."""
        names = _SALESFORCE_NAMES[self.process]
        record: Json = {
            names[name]: str(value) if isinstance(value, date) else value or None
            for name, value in fields.items()
            if name in names
        }
        when = fields.get("when")
        if isinstance(when, Timed):
            record |= {
                "StartDateTime": f"{when.start:%Y-%m-%dT%H:%M:%SZ}",
                "EndDateTime": f"{when.end:%Y-%m-%dT%H:%M:%SZ}",
                "IsAllDayEvent": False,
            }
        elif isinstance(when, AllDay):
            record |= {
                "StartDateTime": f"{when.first}T00:00:00Z",
                "EndDateTime": f"{when.last}T00:00:00Z",
                "IsAllDayEvent": True,
            }
        if "show_as" in fields:
            record["ShowAs"] = _SHOW_AS[str(fields["show_as"])]
        if "sensitivity" in fields:
            record["IsPrivate"] = fields["sensitivity"] == "private"
        if "status" in fields:
            record["Status"] = _STATUS[str(fields["status"])]
        if "priority" in fields:
            record["Priority"] = _PRIORITY[str(fields["priority"])]
        if "company" in fields:
            record["AccountId"] = self._account(str(fields["company"]))
        return record | self._reminder(fields, before)

    def _reminder(self, fields: Mapping[str, Value], before: Json) -> Json:
        reminder = fields.get("reminder")
        if isinstance(reminder, datetime):
            return {"IsReminderSet": True, "ReminderDateTime": f"{reminder:%Y-%m-%dT%H:%M:%SZ}"}
        if isinstance(reminder, int):
            when = fields.get("when")
            start = when.start if isinstance(when, Timed) else datetime.fromisoformat(before["StartDateTime"])
            at = (start - timedelta(minutes=reminder)).astimezone(UTC)
            return {"IsReminderSet": True, "ReminderDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
        return {"IsReminderSet": False, "ReminderDateTime": None} if "reminder" in fields else {}

    def _account(self, name: str) -> str | None:
        if not name:
            return None
        org = self.worlds.org
        found = [row["Id"] for row in org.query("SELECT Id, Name FROM Account") if row["Name"] == name]
        return found[0] if found else org.insert("Account", {"Name": name})


def _zoned(instant: datetime) -> Json:
    return {"dateTime": f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)


def _first(values: list[Any]) -> Any:
    return values[0] if values else ""


def _event_of_graph(native: Json) -> dict[str, Value]:
    start, end = native["start"]["dateTime"], native["end"]["dateTime"]
    when: Value = Timed(_utc(start), _utc(end))
    if native["isAllDay"]:
        when = AllDay(date.fromisoformat(start[:10]), date.fromisoformat(end[:10]) - timedelta(days=1))
    return {
        "subject": native["subject"] or "",
        "when": when,
        "location": (native["location"] or {}).get("displayName") or "",
        "body": read_body(native["body"]).text.strip(),
        "show_as": native["showAs"],
        "sensitivity": native["sensitivity"],
        "reminder": native["reminderMinutesBeforeStart"] if native["isReminderOn"] else None,
    }


def _event_of_salesforce(native: Json) -> dict[str, Value]:
    start, end = native["StartDateTime"], native["EndDateTime"]
    when: Value = Timed(_utc(start), _utc(end))
    reminder: Value = None
    if native["IsAllDayEvent"]:
        when = AllDay(date.fromisoformat(start[:10]), date.fromisoformat(end[:10]))
    elif native["IsReminderSet"]:
        reminder = int((_utc(start) - _utc(native["ReminderDateTime"])).total_seconds() // 60)
    return {
        "subject": native["Subject"] or "",
        "when": when,
        "location": native["Location"] or "",
        "body": native["Description"] or "",
        "show_as": {native: ours for ours, native in _SHOW_AS.items()}[native["ShowAs"]],
        "sensitivity": "private" if native["IsPrivate"] else "normal",
        "reminder": reminder,
    }


def _contact_of_graph(native: Json) -> dict[str, Value]:
    fields: dict[str, Value] = {
        name: native[theirs] or "" for name, theirs in _GRAPH_NAMES[Process.CONTACT].items()
    }
    fields["notes"] = str(fields["notes"]).replace("\r\n", "\n")
    fields["email"] = (_first(native["emailAddresses"]) or {}).get("address") or ""
    fields["business_phone"] = _first(native["businessPhones"])
    fields["home_phone"] = _first(native["homePhones"])
    fields["birthday"] = date.fromisoformat(native["birthday"][:10]) if native["birthday"] else None
    for prefix, theirs in (("business", "businessAddress"), ("other", "otherAddress")):
        for part, graph in _PARTS.items():
            fields[f"{prefix}_{part}"] = ((native[theirs] or {}).get(graph) or "").replace("\r\n", "\n")
    return fields


def _contact_of_salesforce(native: Json) -> dict[str, Value]:
    fields: dict[str, Value] = {
        name: (native.get(theirs) or "").replace("\r\n", "\n")
        for name, theirs in _SALESFORCE_NAMES[Process.CONTACT].items()
    }
    fields["birthday"] = date.fromisoformat(native["Birthdate"]) if native["Birthdate"] else None
    return fields


def _task_of_graph(native: Json) -> dict[str, Value]:
    due, reminder = native.get("dueDateTime"), native.get("reminderDateTime")
    return {
        "subject": native.get("title") or "",
        "due": date.fromisoformat(due["dateTime"][:10]) if due else None,
        "status": native["status"],
        "priority": native["importance"],
        "body": read_body(native.get("body")).text.replace("\r\n", "\n").strip(),
        "reminder": _utc(reminder["dateTime"]) if reminder and native["isReminderOn"] else None,
    }


def _task_of_salesforce(native: Json) -> dict[str, Value]:
    due, reminder = native["ActivityDate"], native["ReminderDateTime"]
    return {
        "subject": native["Subject"] or "",
        "due": date.fromisoformat(due) if due else None,
        "status": {theirs: ours for ours, theirs in _STATUS.items()}[native["Status"]],
        "priority": {theirs: ours for ours, theirs in _PRIORITY.items()}[native["Priority"]],
        "body": native["Description"] or "",
        "reminder": _utc(reminder) if reminder and native["IsReminderSet"] else None,
    }
