"""Task JSON as items, and fields as task JSON."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.model.field_map import TASK
from lpc_tui.model.items import Guard, Item, Value, frozen
from lpc_tui.replicas.outlook.task_records import (
    TaskReader,
    created_record,
    mark_of,
    may_be_moved,
    updated_record,
)
from lpc_tui.sandbox.common import JsonObject
from tests.replicas.outlook.conftest import BERLIN

ZONE = "W. Europe Standard Time"
READER = TaskReader(BERLIN)

RECORD: JsonObject = {
    "@odata.etag": 'W/"1"',
    "id": "AAk=",
    "lastModifiedDateTime": "2026-03-01T08:00:00.1234567Z",
    "title": "Call back",
    "status": "inProgress",
    "importance": "high",
    "isReminderOn": True,
    "reminderDateTime": {"dateTime": "2026-03-10T09:00:00.0000000", "timeZone": "UTC"},
    "dueDateTime": {"dateTime": "2026-03-09T23:00:00.0000000", "timeZone": "UTC"},
    "body": {"contentType": "html", "content": "<p>Bring a pen</p>"},
}


def item(**properties: Any) -> Item:
    return READER.item({**RECORD, **properties})


def due(text: str, zone: str = "Europe/Berlin") -> Value:
    value = {"dateTime": f"{text}:00.0000000", "timeZone": "UTC"}
    return TaskReader(ZoneInfo(zone)).item({**RECORD, "dueDateTime": value}).fields["due"]


def test_a_whole_task() -> None:
    assert item() == Item(
        id="AAk=",
        fields={
            "subject": "Call back",
            "due": date(2026, 3, 10),
            "status": "inProgress",
            "priority": "high",
            "body": "Bring a pen",
            "reminder": datetime(2026, 3, 10, 9, tzinfo=UTC),
        },
        version='W/"1"',
        modified=datetime(2026, 3, 1, 8, tzinfo=UTC),
    )


def test_what_is_left_out_is_empty() -> None:
    bare = READER.item({"id": "AAk=", "title": "x", "status": "notStarted", "importance": "low"})
    assert bare.fields == {
        "subject": "x",
        "due": None,
        "status": "notStarted",
        "priority": "low",
        "body": "",
        "reminder": None,
    }
    assert bare.version == ""
    assert item(isReminderOn=False).fields["reminder"] is None


@pytest.mark.parametrize(
    ("shown", "zone", "day"),
    [
        ("2026-07-25T00:00", "America/New_York", 25),  # a date as it is
        ("2026-07-25T04:00", "America/New_York", 25),
        ("2026-07-24T22:00", "Europe/Berlin", 25),
        ("2026-07-24T10:00", "Pacific/Kiritimati", 25),  # UTC+14
        ("2026-07-25T11:00", "Pacific/Pago_Pago", 25),  # UTC-11
        # Made in another zone than the person is in now
        ("2026-07-24T22:00", "America/New_York", 25),
        ("2026-07-25T04:00", "Europe/Berlin", 25),
        ("2026-07-25T10:00", "Europe/Berlin", 25),  # Honolulu
        ("2026-07-24T11:00", "Europe/Berlin", 25),  # Auckland, in its summer
        ("2026-07-24T18:30", "Europe/Berlin", 25),  # Kolkata
        # A midnight that the clock change skipped
        ("2026-09-06T04:00", "America/Santiago", 6),
    ],
)
def test_a_due_date_is_the_date_whatever_its_midnight_was(shown: str, zone: str, day: int) -> None:
    assert str(due(shown, zone))[8:] == f"{day:02}"


@given(
    st.integers(-11 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters)),
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
)
def test_a_due_date_in_ones_own_zone_is_exact(offset: timedelta, day: date) -> None:
    zone = timezone(offset)
    midnight = datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
    value = {"dateTime": f"{midnight:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}
    assert TaskReader(zone).item({**RECORD, "dueDateTime": value}).fields["due"] == day


def test_guards() -> None:
    assert item().guards == {}
    assert item(body={"contentType": "html", "content": "<b>!</b>"}).guards == {"body": Guard.FORMATTED}
    shown = TaskReader(BERLIN, can_edit=False).item(RECORD)
    assert shown.guards == dict.fromkeys(shown.fields, Guard.READ_ONLY)


text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
values: dict[str, st.SearchStrategy[Value]] = {
    "subject": text,
    "due": st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    "status": st.sampled_from(["notStarted", "inProgress", "completed", "waitingOnOthers", "deferred"]),
    "priority": st.sampled_from(["low", "normal", "high"]),
    "body": text,
    "reminder": st.none()
    | st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
        lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
    ),
}


@given(st.fixed_dictionaries({}, optional=values))
def test_an_update_says_what_changes_and_is_read_as_it(fields: dict[str, Value]) -> None:
    assert values.keys() == {spec.name for spec in TASK}
    written = updated_record(frozen(fields), ZONE)
    assert item(**written).fields == {**item().fields, **fields}


def test_what_is_emptied_is_null() -> None:
    assert updated_record({"due": None, "reminder": None}, ZONE) == {
        "dueDateTime": None,
        "isReminderOn": False,
        "reminderDateTime": None,
    }


def test_a_create_carries_its_mark_in_a_link() -> None:
    fields = frozen({"subject": "New", "due": date(2026, 3, 10), "status": "notStarted", "body": ""})
    link = {"applicationName": "lpc-tui", "displayName": "Salesforce", "externalId": "mark-1"}
    record = created_record(fields, "mark-1", ZONE, "")
    assert record == {
        "title": "New",
        "dueDateTime": {"dateTime": "2026-03-10T00:00:00", "timeZone": ZONE},
        "status": "notStarted",
        "linkedResources": [link],
    }
    assert mark_of(record) == "mark-1"
    linked = created_record(fields, "mark-1", ZONE, "https://acme.my.salesforce.com")["linkedResources"]
    assert linked == [{**link, "webUrl": "https://acme.my.salesforce.com"}]


def test_only_our_own_link_is_a_mark() -> None:
    assert mark_of(RECORD) == ""
    theirs = {"applicationName": "Outlook", "externalId": "mark-1"}
    assert mark_of({"linkedResources": [theirs]}) == ""
    assert mark_of({"linkedResources": [theirs, {"applicationName": "lpc-tui", "externalId": None}]}) == ""


@pytest.mark.parametrize(
    "fields",
    [{"due": datetime(2026, 3, 10, tzinfo=UTC)}, {"status": None}, {"reminder": "soon"}, {"owner": "x"}],
)
def test_what_a_task_cannot_hold_is_not_sent(fields: dict[str, Value]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields))):
        updated_record(fields, ZONE)


SEEN = item().modified
"""When the task was last seen in its own list."""


@pytest.mark.parametrize(
    ("shown", "made_after_s", "may_be"),
    [
        pytest.param({}, -60, True, id="the service keeps all its times"),
        pytest.param({}, 60, True, id="the service makes it anew"),
        pytest.param({}, None, True, id="the service tells no time"),
        pytest.param({"lastModifiedDateTime": None}, None, True, id="nor when it was modified"),
        pytest.param(
            {"lastModifiedDateTime": "2026-02-28T08:00:00Z"}, -60, False, id="left alone long before"
        ),
        pytest.param({"body": None}, 60, True, id="written on since it was moved"),
        pytest.param({"body": None}, -60, False, id="another text, and there before"),
        pytest.param({"title": "Another"}, 60, False, id="another subject"),
        pytest.param({"dueDateTime": None}, 60, False, id="no due date"),
        pytest.param({"status": "completed", "importance": "low"}, -60, True, id="another status"),
    ],
)
def test_which_task_of_another_list_may_be_one_that_was_moved(
    shown: dict[str, Any], made_after_s: float | None, *, may_be: bool
) -> None:
    assert SEEN is not None
    made = None if made_after_s is None else SEEN + timedelta(seconds=made_after_s)
    assert may_be_moved(item(), item(**shown), made) is may_be
