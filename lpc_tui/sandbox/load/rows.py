"""One row of an export as the fields of an insert."""

import datetime as dt
import re

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.load.report import UnreadableError

_ACTIVITY = (
    "Id",
    "Subject",
    "Description",
    "WhoId",
    "WhatId",
    "IsReminderSet",
    "ReminderDateTime",
    "IsDeleted",
)
_ADDRESS = ("Street", "City", "State", "PostalCode", "Country")

FIELDS: dict[str, tuple[str, ...]] = {
    "Event": (
        *_ACTIVITY, "Location", "StartDateTime", "ActivityDateTime", "ActivityDate", "EndDateTime", "DurationInMinutes",
        "IsAllDayEvent", "ShowAs", "IsPrivate", "Type", "IsChild", "IsRecurrence", "GroupEventType",
    ),
    "Task": (*_ACTIVITY, "ActivityDate", "Status", "Priority", "TaskSubtype", "Type", "IsRecurrence"),
    "Contact": (
        "Id", "AccountId", "ReportsToId", "Salutation", "FirstName", "MiddleName", "LastName", "Suffix", "Email",
        "Phone", "MobilePhone", "HomePhone", "OtherPhone", "Fax", "Title", "Department", "AssistantName", "Birthdate",
        "Description", "LeadSource", "IsDeleted",
        *(f"Mailing{part}" for part in _ADDRESS), *(f"Other{part}" for part in _ADDRESS),
    ),
    "Account": (
        "Id", "Name", "Phone", "Website", "Industry", "Description", "IsDeleted",
        *(f"Billing{part}" for part in _ADDRESS), *(f"Shipping{part}" for part in _ADDRESS),
    ),
}  # fmt: skip
"""What is read of each export; other columns are left out."""

_MARKS = ("Id", "IsDeleted", "IsChild", "IsRecurrence", "GroupEventType")
"""Read to decide, not inserted."""

_FLAGS = {"IsAllDayEvent", "IsPrivate", "IsReminderSet", "IsDeleted", "IsChild", "IsRecurrence"}
_INSTANTS = {"StartDateTime", "EndDateTime", "ActivityDateTime", "ReminderDateTime"}
_DATES = {"ActivityDate", "Birthdate"}
_TRUE = {"true", "1", "yes"}
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?")


def read_row(sobject: str, row: dict[str, str]) -> JsonObject:
    """The fields to insert; raises UnreadableError for a row that is no record of the person's own, or unreadable."""
    fields = {name: _value(name, cell.strip()) for name, cell in row.items() if cell.strip()}
    if fields.get("IsDeleted"):
        raise UnreadableError("it is deleted")
    if fields.get("IsChild"):
        raise UnreadableError("it is an invitee's copy of somebody's event")
    if fields.get("IsRecurrence") or fields.get("GroupEventType") == "3":
        raise UnreadableError("it is the pattern of a series, not an appointment")
    if sobject == "Event":
        _settle_times(fields)
    return {name: value for name, value in fields.items() if name not in _MARKS}


def _settle_times(fields: JsonObject) -> None:
    """Keep start and end only, or start and duration: the org refuses what does not agree to the minute."""
    start = fields.pop("ActivityDateTime", None)
    fields.setdefault("StartDateTime", start)
    if fields["StartDateTime"] is None:
        del fields["StartDateTime"]
    if "StartDateTime" in fields:
        fields.pop("ActivityDate", None)
    if "EndDateTime" in fields:
        fields.pop("DurationInMinutes", None)


def _value(name: str, cell: str) -> object:
    if name in _FLAGS:
        return cell.lower() in _TRUE
    if name in _INSTANTS:
        return _instant(name, cell)
    if name in _DATES:
        return _date(name, cell)
    if name == "DurationInMinutes":
        if not cell.isdigit():
            raise UnreadableError(f"{name} is not a number of minutes: {cell}")
        return int(cell)
    return cell


def _instant(name: str, cell: str) -> str:
    match = _INSTANT.fullmatch(cell)
    try:
        if match is None:
            raise ValueError(cell)
        moment = dt.datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or '+00:00'}")
    except ValueError:
        raise UnreadableError(f"{name} is not a time as the API writes it: {cell}") from None
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _date(name: str, cell: str) -> str:
    try:
        return dt.date.fromisoformat(cell[:10]).isoformat()
    except ValueError:
        raise UnreadableError(f"{name} is not a date as the API writes it: {cell}") from None
