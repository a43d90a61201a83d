"""Event JSON to items and back: round trips, dates and zones, reminders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.model.items import AllDay, Fields, Guard, Timed, Value, frozen
from lpc_tui.replicas.salesforce.event_records import SELECTED, EventRecords
from lpc_tui.replicas.salesforce.schema import FieldAccess, Schema
from lpc_tui.replicas.wire import JsonObject

NOW = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ALL_WRITABLE = Schema({name: FieldAccess(255, True, True) for name in SELECTED})
RECORDS = EventRecords("005me", ALL_WRITABLE, BERLIN, "https://acme.my.salesforce.com")


def stored(body: JsonObject) -> JsonObject:
    """The body as the service would show it again: system fields, and instants in its own form."""
    shown = {
        name: value.replace("Z", ".000+0000")
        if str(value).endswith("Z") and name.endswith("DateTime")
        else value
        for name, value in body.items()
    }
    return {"Id": "00U1", "OwnerId": "005me", **dict.fromkeys(("Location", "Description"), None), **shown}


ZONES = st.sampled_from(
    [
        "Pacific/Pago_Pago",
        "America/New_York",
        "UTC",
        "Europe/Berlin",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    ]
).map(ZoneInfo)
DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))
ALL_DAYS = st.builds(lambda first, days: AllDay(first, first + timedelta(days)), DAYS, st.integers(0, 13))
MINUTES = st.integers(0, 40_000_000).map(
    lambda minutes: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
TIMES = st.builds(
    lambda start, minutes: Timed(start, start + timedelta(minutes=minutes)), MINUTES, st.integers(0, 20_160)
)
FIELDS = st.fixed_dictionaries(
    {
        "subject": st.text(),
        "when": st.one_of(ALL_DAYS, TIMES),
        "location": st.text(),
        "body": st.text(),
        "show_as": st.sampled_from(["busy", "oof", "free"]),
        "sensitivity": st.sampled_from(["normal", "private"]),
        "reminder": st.one_of(st.none(), st.integers(0, 20_160)),
    }
)


@given(FIELDS, ZONES)
def test_what_is_sent_is_what_is_shown_again(fields: dict[str, Value], zone: ZoneInfo) -> None:
    records = replace(RECORDS, zone=zone)
    item = records.item(stored(records.new_record(frozen(fields), NOW)), NOW)
    assert item.fields["when"] == fields["when"]
    assert records.shows(frozen(fields), item)
    # A reminder whose time has passed is one that fired: the record cannot tell any more.
    assert item.fields.get("reminder", fields["reminder"]) == fields["reminder"]


@given(FIELDS)
def test_items_survive_being_sent_again(fields: dict[str, Value]) -> None:
    item = RECORDS.item(stored(RECORDS.new_record(frozen(fields), NOW)), NOW)
    again = RECORDS.item(stored(RECORDS.new_record(item.fields, NOW)), NOW)
    assert RECORDS.shows(item.fields, again)


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "America/New_York", "Europe/Berlin", "Pacific/Apia"])
def test_all_day_is_written_as_dates_at_midnight_utc_the_last_day_inclusive(zone: str) -> None:
    records = replace(RECORDS, zone=ZoneInfo(zone))
    body = records.new_record(fields(when=AllDay(date(2026, 4, 6), date(2026, 4, 8))), NOW)
    assert body == {
        "StartDateTime": "2026-04-06T00:00:00Z",
        "EndDateTime": "2026-04-08T00:00:00Z",
        "IsAllDayEvent": True,
    }


@pytest.mark.parametrize(
    ("day", "at"),
    [
        (date(2026, 3, 29), "2026-03-28T22:45:00Z"),  # the clocks go forward two hours later
        (date(2026, 3, 30), "2026-03-29T21:45:00Z"),
        (date(2026, 10, 25), "2026-10-24T21:45:00Z"),  # and back
        (date(2026, 10, 26), "2026-10-25T22:45:00Z"),
    ],
)
def test_all_day_reminder_counts_from_midnight_on_the_persons_wall(day: date, at: str) -> None:
    body = RECORDS.new_record(fields(when=AllDay(day, day), reminder=15), NOW)
    assert body["ReminderDateTime"] == at
    assert RECORDS.item(stored(body), NOW).fields["reminder"] == 15


def test_moving_an_event_moves_its_reminder() -> None:
    before = fields(when=timed("2026-04-01T09:00", "2026-04-01T10:00"), reminder=10)
    body = RECORDS.change(fields(when=timed("2026-04-02T11:00", "2026-04-02T12:00")), before, NOW)
    assert body == {
        "StartDateTime": "2026-04-02T11:00:00Z",
        "EndDateTime": "2026-04-02T12:00:00Z",
        "IsAllDayEvent": False,
        "IsReminderSet": True,
        "ReminderDateTime": "2026-04-02T10:50:00Z",
    }


def test_changing_a_reminder_counts_from_the_start_as_it_is() -> None:
    before = fields(when=timed("2026-04-01T09:00", "2026-04-01T10:00"), reminder=10)
    assert RECORDS.change(fields(reminder=60), before, NOW) == {
        "IsReminderSet": True,
        "ReminderDateTime": "2026-04-01T08:00:00Z",
    }
    assert RECORDS.change(fields(reminder=None), before, NOW) == {
        "IsReminderSet": False,
        "ReminderDateTime": None,
    }


@pytest.mark.parametrize(
    ("is_set", "at", "expected"),
    [
        (True, "2026-04-01T08:45:00.000+0000", {"reminder": 15}),
        (True, "2026-04-01T09:00:00.000+0000", {"reminder": 0}),
        (True, "2026-04-01T09:05:00.000+0000", {}),  # after the start: Outlook has no such thing
        (True, None, {}),
        (False, None, {"reminder": None}),
        (False, "2026-04-01T08:45:00.000+0000", {"reminder": None}),  # switched off by the person
        (False, "2026-03-20T08:45:00.000+0000", {}),  # fired, and switched itself off
    ],
)
def test_reminder_is_told_only_where_the_record_can_tell(
    is_set: bool, at: str | None, expected: Fields
) -> None:
    item = RECORDS.item(
        {
            "Id": "00U1",
            "StartDateTime": "2026-04-01T09:00:00.000+0000",
            "EndDateTime": "2026-04-01T10:00:00.000+0000",
            "IsAllDayEvent": False,
            "IsReminderSet": is_set,
            "ReminderDateTime": at,
        },
        NOW,
    )
    assert {name: value for name, value in item.fields.items() if name == "reminder"} == expected


def test_reminder_of_a_past_event_is_written_as_fired() -> None:
    body = RECORDS.new_record(fields(when=timed("2026-03-01T09:00", "2026-03-01T10:00"), reminder=15), NOW)
    assert body["IsReminderSet"] is False
    assert body["ReminderDateTime"] == "2026-03-01T08:45:00Z"


def test_empty_text_is_null_and_outlooks_words_find_the_nearest() -> None:
    body = RECORDS.new_record(
        fields(subject="", body=None, show_as="tentative", sensitivity="confidential"), NOW
    )
    assert body == {"Subject": None, "Description": None, "ShowAs": "Busy", "IsPrivate": True}
    assert RECORDS.new_record(fields(show_as="workingElsewhere", sensitivity="personal"), NOW) == {
        "ShowAs": "Free",
        "IsPrivate": False,
    }


def test_fields_this_person_may_not_write_are_guarded_and_left_out_of_creates() -> None:
    schema = Schema({**ALL_WRITABLE.fields, "ShowAs": FieldAccess(40, False, False)})
    records = replace(RECORDS, schema=schema)
    assert records.guards == {"show_as": Guard.READ_ONLY}
    assert records.settable(fields(subject="x", show_as="busy")) == {"subject": "x"}


def test_private_event_is_not_made_public_for_want_of_a_right() -> None:
    schema = Schema({**ALL_WRITABLE.fields, "IsPrivate": FieldAccess(0, False, False)})
    records = replace(RECORDS, schema=schema)
    assert records.refusal(fields(sensitivity="private"))
    assert records.refusal(fields(sensitivity="confidential"))
    assert not records.refusal(fields(sensitivity="personal"))
    assert not RECORDS.refusal(fields(sensitivity="private"))


def test_reassigned_and_archived_events_are_away() -> None:
    assert RECORDS.item({"Id": "1", "OwnerId": "005other"}, NOW).is_away
    assert RECORDS.item({"Id": "1", "OwnerId": "005me", "IsArchived": True}, NOW).is_away
    assert not RECORDS.item({"Id": "1", "OwnerId": "005me", "IsArchived": False}, NOW).is_away


def test_held_is_trimmed_cut_and_of_whole_minutes() -> None:
    assert RECORDS.held("subject", "  a\tb  ") == "a b"
    assert RECORDS.held("subject", "x" * 300) == "x" * 255
    start = datetime(2026, 4, 1, 9, 0, 0, 123456, tzinfo=UTC)
    assert RECORDS.held("when", Timed(start, start + timedelta(minutes=30, seconds=29))) == timed(
        "2026-04-01T09:00", "2026-04-01T09:30"
    )


def fields(**values: Value) -> Fields:
    return frozen(values)


def timed(start: str, end: str) -> Timed:
    return Timed(*(datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (start, end)))
