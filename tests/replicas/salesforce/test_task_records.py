"""Task JSON to items and back: the org's own words, reminders, dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.errors import ProtocolError
from lpc_tui.model.items import Fields, Value, frozen
from lpc_tui.replicas.salesforce.schema import FieldAccess, Schema
from lpc_tui.replicas.salesforce.task_choices import TaskChoices
from lpc_tui.replicas.salesforce.task_records import SELECTED, TaskRecords
from lpc_tui.replicas.wire import JsonObject
from tests.replicas.salesforce.conftest import BERLIN

NOW = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
STATUSES = ["Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred", "Blocked"]
CHOICES = TaskChoices.from_rows(
    [
        {"ApiName": name, "IsClosed": name == "Completed", "IsDefault": n == 0, "SortOrder": n}
        for n, name in enumerate(STATUSES)
    ],
    [
        {"ApiName": name, "IsHighPriority": name in ("Urgent", "High"), "IsDefault": name == "Normal"}
        for name in ("Urgent", "High", "Normal", "Low", "Someday")
    ],
)
SCHEMA = Schema({name: FieldAccess(255, True, True) for name in SELECTED})
RECORDS = TaskRecords("005me", SCHEMA, BERLIN, "https://acme.my.salesforce.com", choices=CHOICES)


def fields(**values: Value) -> Fields:
    return frozen(values)


def stored(body: JsonObject) -> JsonObject:
    """The body as the service would show it again."""
    at = body.get("ReminderDateTime")
    shown = {"ReminderDateTime": at.replace("Z", ".000+0000")} if at else {}
    return {"Id": "00T1", "OwnerId": "005me", **body, **shown, "IsClosed": body.get("Status") == "Completed"}


INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds)


@given(
    st.fixed_dictionaries(
        {
            "subject": st.text(),
            "due": st.none() | st.dates(date(1700, 1, 1)),
            "status": st.sampled_from(
                ["notStarted", "inProgress", "completed", "waitingOnOthers", "deferred"]
            ),
            "priority": st.sampled_from(["low", "normal", "high"]),
            "body": st.text(),
            "reminder": st.none() | INSTANTS,
        }
    )
)
def test_what_is_sent_is_what_is_shown_again(values: dict[str, Value]) -> None:
    item = RECORDS.item(stored(RECORDS.new_record(frozen(values), NOW)), NOW)
    assert RECORDS.shows(frozen(values), item)
    for name in ("due", "status", "priority"):
        assert item.fields[name] == values[name]
    # A reminder whose time has passed is one that fired: the record cannot tell any more.
    reminder = values["reminder"]
    expected = reminder.replace(microsecond=0) if isinstance(reminder, datetime) else reminder
    assert item.fields.get("reminder", expected) == expected


@pytest.mark.parametrize(
    ("is_set", "at", "expected"),
    [
        (True, "2026-04-01T08:45:00.000+0000", {"reminder": datetime(2026, 4, 1, 8, 45, tzinfo=UTC)}),
        (True, None, {}),
        (False, None, {"reminder": None}),
        (False, "2026-04-01T08:45:00.000+0000", {"reminder": None}),  # switched off by the person
        (False, "2026-03-20T08:45:00.000+0000", {}),  # fired, and switched itself off
    ],
)
def test_reminder_is_told_only_where_the_record_can_tell(
    is_set: bool, at: str | None, expected: Fields
) -> None:
    item = RECORDS.item({"Id": "00T1", "IsReminderSet": is_set, "ReminderDateTime": at}, NOW)
    assert {name: value for name, value in item.fields.items() if name == "reminder"} == expected


def test_a_reminder_is_written_as_an_instant_and_one_that_passed_as_fired() -> None:
    later, before = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
    assert RECORDS.change(fields(reminder=later), fields(), NOW) == {
        "IsReminderSet": True,
        "ReminderDateTime": "2026-03-20T10:30:00Z",
    }
    assert RECORDS.change(fields(reminder=before), fields(), NOW)["IsReminderSet"] is False
    assert RECORDS.change(fields(reminder=None), fields(), NOW) == {
        "IsReminderSet": False,
        "ReminderDateTime": None,
    }


def test_the_due_date_is_a_date_or_nothing() -> None:
    assert RECORDS.change(fields(due=date(2026, 4, 1)), fields(), NOW) == {"ActivityDate": "2026-04-01"}
    assert RECORDS.change(fields(due=None), fields(), NOW) == {"ActivityDate": None}


def test_a_status_is_rewritten_only_if_its_meaning_changes() -> None:
    blocked = RECORDS.item({"Id": "00T1", "Status": "Blocked", "IsClosed": False}, NOW).fields
    assert blocked["status"] == "inProgress"
    assert not RECORDS.changing(fields(status="inProgress"), blocked)
    assert RECORDS.changing(fields(status="completed"), blocked)
    assert RECORDS.change(fields(status="inProgress"), fields(status="completed"), NOW) == {
        "Status": "In Progress"
    }


@pytest.mark.parametrize(
    ("name", "word"),
    [("Urgent", "high"), ("High", "high"), ("Normal", "normal"), ("Low", "low"), ("Someday", "low")],
)
def test_priorities_are_read_by_what_they_mean_and_kept(name: str, word: str) -> None:
    item = RECORDS.item({"Id": "00T1", "Priority": name, "IsHighPriority": word == "high"}, NOW)
    assert item.fields["priority"] == word
    assert not RECORDS.changing(fields(priority=word), item.fields)


def test_choices_survive_being_remembered() -> None:
    assert TaskChoices.from_json(CHOICES.to_json()) == CHOICES


@pytest.mark.parametrize(
    "facts", [{}, {"statuses": [], "priorities": []}, {"statuses": [["x"]], "priorities": []}]
)
def test_other_facts_are_not_choices(facts: JsonObject) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        TaskChoices.from_json(facts)


@pytest.mark.parametrize(
    "rows", [[], [{"Name": "x"}], [{"ApiName": None, "IsClosed": False, "IsDefault": True}]]
)
def test_an_answer_without_choices_is_none_of_the_services(rows: list[JsonObject]) -> None:
    with pytest.raises(ProtocolError):
        TaskChoices.from_rows(rows, [{"ApiName": "Normal", "IsHighPriority": False, "IsDefault": True}])
