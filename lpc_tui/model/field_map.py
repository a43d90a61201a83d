"""The field map: which canonical fields a process has, where each lives on either side, which way it travels.

One table a process, as data. The replicas read paths and lengths from it, the planner and the merge their comparisons, the
review its labels, `lpc-tui fields` and the tests all of it. Lengths: Object Reference, Event, Contact and Task, and Help
000382141; what else a service holds of an item, and is not named here, is never touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lpc_tui.model.fields import Direction, FieldSpec, Kind
from lpc_tui.model.items import Fields, Item, Process, Side

__all__ = [
    "CALENDAR",
    "CONTACT",
    "FIELDS",
    "TASK",
    "UNTOUCHED",
    "fields_of",
    "has_privacy",
    "shared_fields",
    "spec_of",
    "time_of",
    "title_of",
]


def _in_salesforce(length: int) -> Mapping[Side, int]:
    return MappingProxyType({Side.SALESFORCE: length})


_BOTH_255: Final = MappingProxyType({Side.OUTLOOK: 255, Side.SALESFORCE: 255})
_LONG: Final = _in_salesforce(32_000)
_IN_SALESFORCE: Final = frozenset({Side.SALESFORCE})

CALENDAR: tuple[FieldSpec, ...] = (
    FieldSpec("subject", "Subject", Kind.LINE, ("subject",), ("Subject",), limits=_BOTH_255),
    FieldSpec(
        "when",
        "Time",
        Kind.WHEN,
        ("start", "end", "isAllDay"),
        ("StartDateTime", "EndDateTime", "IsAllDayEvent"),
        required=frozenset(Side),
    ),
    FieldSpec("location", "Location", Kind.LINE, ("location.displayName",), ("Location",), limits=_BOTH_255),
    FieldSpec("body", "Description", Kind.TEXT, ("body",), ("Description",), limits=_LONG),
    FieldSpec(
        "show_as",
        "Show time as",
        Kind.CHOICE,
        ("showAs",),
        ("ShowAs",),
        narrow=MappingProxyType({"tentative": "busy", "workingElsewhere": "free", "unknown": "busy"}),
        required=frozenset(Side),
    ),
    FieldSpec(
        "sensitivity",
        "Private",
        Kind.CHOICE,
        ("sensitivity",),
        ("IsPrivate",),
        narrow=MappingProxyType({"personal": "normal", "confidential": "private"}),
        required=frozenset(Side),
    ),
    FieldSpec(
        "reminder",
        "Reminder",
        Kind.MINUTES,
        ("isReminderOn", "reminderMinutesBeforeStart"),
        ("IsReminderSet", "ReminderDateTime"),
    ),
)


def _address(name: str, label: str, outlook: str, salesforce: str) -> tuple[FieldSpec, ...]:
    """The five parts of a postal address."""
    parts = (
        ("street", "street", Kind.TEXT, "street", "Street", 255),
        ("city", "city", Kind.LINE, "city", "City", 40),
        ("state", "state", Kind.LINE, "state", "State", 80),
        ("postal_code", "postal code", Kind.LINE, "postalCode", "PostalCode", 20),
        ("country", "country", Kind.LINE, "countryOrRegion", "Country", 80),
    )
    return tuple(
        FieldSpec(
            f"{name}_{part}",
            f"{label} {words}",
            kind,
            (f"{outlook}.{graph}",),
            (f"{salesforce}{native}",),
            limits=_in_salesforce(length),
        )
        for part, words, kind, graph, native, length in parts
    )


def _entries(name: str, label: str, outlook: str) -> FieldSpec:
    """A list of Outlook's of which only the first entry travels."""
    return FieldSpec(name, label, Kind.ENTRIES, (outlook,), (), direction=Direction.STAYS)


_NAME: Final = "name"

CONTACT: tuple[FieldSpec, ...] = (
    FieldSpec("salutation", "Salutation", Kind.LINE, ("title",), ("Salutation",), limits=_in_salesforce(40)),
    FieldSpec(
        "first_name",
        "First name",
        Kind.LINE,
        ("givenName",),
        ("FirstName",),
        limits=_in_salesforce(40),
        group=_NAME,
    ),
    FieldSpec(
        "middle_name",
        "Middle name",
        Kind.LINE,
        ("middleName",),
        ("MiddleName",),
        limits=_in_salesforce(40),
        group=_NAME,
    ),
    FieldSpec(
        "last_name",
        "Last name",
        Kind.LINE,
        ("surname",),
        ("LastName",),
        limits=_in_salesforce(80),
        required=_IN_SALESFORCE,
        group=_NAME,
    ),
    FieldSpec("suffix", "Suffix", Kind.LINE, ("generation",), ("Suffix",), limits=_in_salesforce(40)),
    FieldSpec(
        "company",
        "Company",
        Kind.LINE,
        ("companyName",),
        ("Account.Name",),
        limits=_in_salesforce(255),
        direction=Direction.TO_OUTLOOK,
        required=frozenset(Side),
    ),
    FieldSpec("job_title", "Job title", Kind.LINE, ("jobTitle",), ("Title",), limits=_in_salesforce(128)),
    FieldSpec(
        "department", "Department", Kind.LINE, ("department",), ("Department",), limits=_in_salesforce(80)
    ),
    FieldSpec("email", "E-mail", Kind.EMAIL, ("emailAddresses",), ("Email",), limits=_in_salesforce(80)),
    FieldSpec(
        "business_phone",
        "Business phone",
        Kind.PHONE,
        ("businessPhones",),
        ("Phone",),
        limits=_in_salesforce(40),
    ),
    FieldSpec(
        "mobile_phone",
        "Mobile phone",
        Kind.PHONE,
        ("mobilePhone",),
        ("MobilePhone",),
        limits=_in_salesforce(40),
    ),
    FieldSpec(
        "home_phone", "Home phone", Kind.PHONE, ("homePhones",), ("HomePhone",), limits=_in_salesforce(40)
    ),
    *_address("business", "Business", "businessAddress", "Mailing"),
    *_address("other", "Other", "otherAddress", "Other"),
    FieldSpec("birthday", "Birthday", Kind.DATE, ("birthday",), ("Birthdate",)),
    FieldSpec(
        "assistant",
        "Assistant",
        Kind.LINE,
        ("assistantName",),
        ("AssistantName",),
        limits=_in_salesforce(40),
    ),
    FieldSpec("notes", "Notes", Kind.TEXT, ("personalNotes",), ("Description",), limits=_LONG),
    _entries("email_entries", "All e-mail addresses", "emailAddresses"),
    _entries("business_phone_entries", "All business phones", "businessPhones"),
    _entries("home_phone_entries", "All home phones", "homePhones"),
)

TASK: tuple[FieldSpec, ...] = (
    FieldSpec("subject", "Subject", Kind.LINE, ("title",), ("Subject",), limits=_BOTH_255),
    FieldSpec("due", "Due", Kind.DATE, ("dueDateTime",), ("ActivityDate",)),
    FieldSpec("status", "Status", Kind.CHOICE, ("status",), ("Status",), required=frozenset(Side)),
    FieldSpec("priority", "Priority", Kind.CHOICE, ("importance",), ("Priority",), required=frozenset(Side)),
    FieldSpec("body", "Description", Kind.TEXT, ("body",), ("Description",), limits=_LONG),
    FieldSpec(
        "reminder",
        "Reminder",
        Kind.INSTANT,
        ("isReminderOn", "reminderDateTime"),
        ("IsReminderSet", "ReminderDateTime"),
    ),
)

FIELDS: Mapping[Process, tuple[FieldSpec, ...]] = MappingProxyType(
    {Process.CALENDAR: CALENDAR, Process.CONTACT: CONTACT, Process.TASK: TASK}
)

UNTOUCHED: Mapping[Process, Mapping[Side, str]] = MappingProxyType(
    {
        Process.CALENDAR: MappingProxyType(
            {
                Side.OUTLOOK: "attendees, categories, online meeting, attachments, importance",
                Side.SALESFORCE: "WhoId, WhatId, Type, OwnerId, invitees, custom fields",
            }
        ),
        Process.CONTACT: MappingProxyType(
            {
                Side.OUTLOOK: "further e-mail addresses and phones, home address, categories, photo, private mark",
                Side.SALESFORCE: "AccountId (but see match_account), OwnerId, LeadSource, opt-outs, custom fields",
            }
        ),
        Process.TASK: MappingProxyType(
            {
                Side.OUTLOOK: "start date, categories, checklist, recurrence, attachments",
                Side.SALESFORCE: "WhoId, WhatId, Type, OwnerId, custom fields",
            }
        ),
    }
)
"""What else people keep in an item, in words: it has no counterpart and stays as it is."""

_SHARED: Mapping[Process, tuple[FieldSpec, ...]] = MappingProxyType(
    {
        process: tuple(spec for spec in specs if spec.direction is not Direction.STAYS)
        for process, specs in FIELDS.items()
    }
)
_TIMES: Mapping[Process, str] = MappingProxyType({Process.CALENDAR: "when", Process.TASK: "due"})
_HAS_PRIVACY: Mapping[Process, frozenset[Side]] = MappingProxyType(
    {
        Process.CALENDAR: frozenset(Side),
        Process.CONTACT: frozenset({Side.OUTLOOK}),
        Process.TASK: frozenset(),
    }
)


def fields_of(process: Process) -> tuple[FieldSpec, ...]:
    """The field map of a process, with the fields that stay on one side."""
    return FIELDS[process]


def shared_fields(process: Process) -> tuple[FieldSpec, ...]:
    """The fields that both sides have: those that are compared and merged."""
    return _SHARED[process]


def spec_of(process: Process, name: str) -> FieldSpec:
    """One field.

    Raises:
        KeyError: the process has no such field.
    """
    found = next((spec for spec in FIELDS[process] if spec.name == name), None)
    if found is None:
        raise KeyError(name)
    return found


def time_of(process: Process) -> str | None:
    """The field that says when an item is: an event's time, a task's due date; None for contacts."""
    return _TIMES.get(process)


def has_privacy(process: Process, side: Side) -> bool:
    """Whether items of `side` can be marked private at all (law 6)."""
    return side in _HAS_PRIVACY[process]


def title_of(process: Process, item: Item | None) -> str:
    """What to call an item: its subject or name; `(private)` for a private one whose text was left behind."""
    if item is None:
        return "(unknown)"
    if item.is_private:
        return "(private)"
    if process is Process.CONTACT:
        return _name_of(item.fields) or "(no name)"
    return str(item.fields.get("subject") or "(no subject)")


def _name_of(fields: Fields) -> str:
    names = " ".join(
        text for part in ("first_name", "middle_name", "last_name") if (text := str(fields.get(part) or ""))
    )
    return names or str(fields.get("company") or fields.get("email") or "")
