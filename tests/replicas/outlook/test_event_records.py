"""Event JSON as items, and fields as event JSON."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.model.items import EMPTY, AllDay, Guard, Item, Timed, Value, frozen
from lpc_tui.replicas.outlook.dialect import MARK
from lpc_tui.replicas.outlook.event_records import EventReader, created_record, updated_record
from lpc_tui.sandbox.common import JsonObject
from tests.replicas.outlook.conftest import BERLIN

ZONE = "W. Europe Standard Time"
READER = EventReader(BERLIN, include_private=False)

RECORD: JsonObject = {
    "@odata.etag": 'W/"1"',
    "id": "AAk=",
    "lastModifiedDateTime": "2026-03-01T08:00:00.1234567Z",
    "subject": "Kick-off",
    "isAllDay": False,
    "start": {"dateTime": "2026-03-10T09:00:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2026-03-10T10:00:00.0000000", "timeZone": "UTC"},
    "location": {"displayName": "Room 1"},
    "body": {"contentType": "html", "content": "<p>Bring a pen</p>"},
    "showAs": "busy",
    "sensitivity": "normal",
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 15,
    "isOrganizer": True,
    "organizer": {"emailAddress": {"name": "Me", "address": "me@contoso.example"}},
    "attendees": [],
    "webLink": "https://outlook.example/1",
}


def item(**properties: Any) -> Item:
    return READER.item({**RECORD, **properties})


def guest(address: str) -> JsonObject:
    return {"type": "required", "emailAddress": {"name": address, "address": address}}


def test_a_whole_event() -> None:
    assert item() == Item(
        id="AAk=",
        fields={
            "subject": "Kick-off",
            "when": Timed(datetime(2026, 3, 10, 9, tzinfo=UTC), datetime(2026, 3, 10, 10, tzinfo=UTC)),
            "location": "Room 1",
            "body": "Bring a pen",
            "show_as": "busy",
            "sensitivity": "normal",
            "reminder": 15,
        },
        version='W/"1"',
        modified=datetime(2026, 3, 1, 8, tzinfo=UTC),
        link="https://outlook.example/1",
    )


def test_what_is_not_there_is_empty_and_what_cannot_be_told_is_left_out() -> None:
    bare = item(subject=None, location=None, body={"contentType": "html", "content": ""}, isReminderOn=False)
    assert (bare.fields["subject"], bare.fields["location"], bare.fields["body"]) == ("", "", "")
    assert bare.fields["reminder"] is None
    assert "show_as" not in item(showAs="unknown").fields


def test_foreign_text_can_be_stored_anywhere() -> None:
    hostile = item(subject="a\x00b\ud800", location={"displayName": "\udfff"})
    assert hostile.fields["subject"] == "ab\ufffd"
    assert hostile.fields["location"] == "\ufffd"


@pytest.mark.parametrize(
    ("properties", "is_private"),
    [
        ({"sensitivity": "private"}, True),
        ({"sensitivity": "confidential"}, True),
        ({"sensitivity": "personal"}, False),
        ({"sensitivity": "normal"}, False),
        ({"body": None}, True),  # somebody else's, in a shared calendar
    ],
)
def test_private_items_leave_without_a_word(properties: JsonObject, *, is_private: bool) -> None:
    closed = item(**properties)
    assert closed.is_private is is_private
    assert (closed.fields == EMPTY) is is_private
    assert bool(closed.link) is not is_private
    shown = EventReader(BERLIN, include_private=True).item({**RECORD, **properties})
    assert shown.fields["subject"] == "Kick-off"


@pytest.mark.parametrize(
    ("properties", "guards"),
    [
        ({}, {}),
        ({"body": {"contentType": "html", "content": "<b>!</b>"}}, {"body": Guard.FORMATTED}),
        ({"isOnlineMeeting": True}, {"body": Guard.ONLINE_MEETING}),
        (
            {"isOnlineMeeting": True, "body": {"contentType": "html", "content": "<b>!</b>"}},
            {"body": Guard.ONLINE_MEETING},
        ),
        (
            {"isOrganizer": False},
            dict.fromkeys(("subject", "when", "location", "body"), Guard.NOT_ORGANIZER),
        ),
    ],
)
def test_guards(properties: JsonObject, guards: dict[str, Guard]) -> None:
    assert item(**properties).guards == guards


def test_every_field_of_a_calendar_that_cannot_be_edited_is_guarded() -> None:
    shown = EventReader(BERLIN, include_private=False, can_edit=False).item(RECORD)
    assert shown.guards == dict.fromkeys(shown.fields, Guard.READ_ONLY)


@pytest.mark.parametrize(
    ("properties", "has_guests"),
    [
        ({}, False),
        ({"attendees": [guest("you@contoso.example")]}, True),
        ({"attendees": [guest("ME@contoso.example")]}, False),
        ({"attendees": [guest("me@contoso.example"), guest("room@contoso.example")]}, True),
        # hideAttendees: of another's meeting one sees only oneself
        ({"attendees": [guest("me@contoso.example")], "isOrganizer": False}, True),
    ],
)
def test_guests_are_people_other_than_oneself(properties: JsonObject, *, has_guests: bool) -> None:
    assert item(**properties).has_guests is has_guests


values: dict[str, st.SearchStrategy[Value]] = {
    "subject": st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    "location": st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    "body": st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    "show_as": st.sampled_from(["free", "tentative", "busy", "oof", "workingElsewhere"]),
    "sensitivity": st.sampled_from(["normal", "personal", "private", "confidential"]),
    "reminder": st.none() | st.integers(0, 40_000),
    "when": st.dates(date(1990, 1, 1), date(2090, 1, 1)).map(lambda day: AllDay(day, day)),
}


@given(st.fixed_dictionaries({}, optional=values))
def test_an_update_says_what_changes_and_is_read_as_it(fields: dict[str, Value]) -> None:
    written = updated_record(frozen(fields), ZONE)
    shown = EventReader(BERLIN, include_private=True).item({**RECORD, **written}).fields
    before = item().fields
    assert {name: shown[name] for name in before} == {**before, **fields}


def test_a_create_carries_its_mark_twice_and_never_attendees() -> None:
    record = created_record(frozen({"subject": "New"}), "mark-1", ZONE)
    assert record == {
        "subject": "New",
        "isReminderOn": False,
        "transactionId": "mark-1",
        "singleValueExtendedProperties": [{"id": MARK, "value": "mark-1"}],
    }


@pytest.mark.parametrize("fields", [{"when": None}, {"attendees": "x@y.example"}, {"reminder": "15"}])
def test_what_an_event_cannot_hold_is_not_sent(fields: dict[str, Value]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields))):
        updated_record(fields, ZONE)
