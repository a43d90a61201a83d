"""Events and tasks: how their times and derived fields follow, and what the service refuses of them."""

from datetime import UTC, datetime

import pytest

from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions, PriorityValue, StatusValue
from lpc_tui.sandbox.salesforce.series import SeriesPattern
from tests.sandbox.salesforce.client import EVENT, Client, MovableClock, refusal

ALL_DAY = {"Subject": "Fair", "IsAllDayEvent": True, "StartDateTime": "2026-03-21T00:00:00Z"}


def times(record: dict[str, object]) -> tuple[object, object, object]:
    return record["StartDateTime"], record["EndDateTime"], record["DurationInMinutes"]


def at(day: int, hour: int, minute: int = 0) -> str:
    return f"2026-03-{day:02d}T{hour:02d}:{minute:02d}:00.000+0000"


class TestTimedEvents:
    def test_duration_and_dates_follow_from_start_and_end(self, api: Client) -> None:
        record = api.record("Event", api.create("Event", **EVENT))
        assert times(record) == (at(3, 10), at(3, 11), 60)
        assert record["ActivityDateTime"] == record["StartDateTime"]
        assert (record["ActivityDate"], record["EndDate"]) == ("2026-03-03", "2026-03-03")

    def test_the_end_follows_from_a_duration(self, api: Client) -> None:
        record_id = api.create("Event", ActivityDateTime="2026-03-03T10:00:00Z", DurationInMinutes=90)
        assert times(api.record("Event", record_id)) == (at(3, 10), at(3, 11, 30), 90)

    def test_moving_the_start_alone_moves_the_end(self, org: Org) -> None:
        record_id = org.insert("Event", EVENT)
        org.update("Event", record_id, {"StartDateTime": "2026-03-04T08:00:00Z"})
        assert times(org.record("Event", record_id)) == (at(4, 8), at(4, 9), 60)

    def test_moving_the_end_alone_changes_the_duration(self, org: Org) -> None:
        record_id = org.insert("Event", EVENT)
        org.update("Event", record_id, {"EndDateTime": "2026-03-03T12:00:00Z"})
        assert times(org.record("Event", record_id)) == (at(3, 10), at(3, 12), 120)

    def test_end_and_duration_must_agree(self, org: Org) -> None:
        org.insert("Event", {**EVENT, "DurationInMinutes": 60})
        with pytest.raises(SalesforceError) as refused:
            org.insert("Event", {**EVENT, "DurationInMinutes": 61})
        assert (refused.value.code, refused.value.fields) == (
            "FIELD_INTEGRITY_EXCEPTION",
            ("DurationInMinutes",),
        )

    @pytest.mark.parametrize(
        ("version", "fields", "missing"),
        [
            (62.0, {"EndDateTime": "2026-03-03T12:00:00Z"}, "StartDateTime"),
            (62.0, {"StartDateTime": "2026-03-03T12:00:00Z"}, "EndDateTime"),
            (38.0, {"StartDateTime": "2026-03-03T12:00:00Z"}, "DurationInMinutes"),
        ],
    )
    def test_what_must_be_there(
        self, org: Org, version: float, fields: dict[str, object], missing: str
    ) -> None:
        with pytest.raises(SalesforceError) as refused:
            org.insert("Event", fields, version=version)
        assert (refused.value.code, refused.value.fields) == ("REQUIRED_FIELD_MISSING", (missing,))

    @pytest.mark.parametrize("end", ["2026-03-03T09:59:00Z", "2026-03-17T10:01:00Z"])
    def test_at_most_fourteen_days_and_never_backwards(self, api: Client, end: str) -> None:
        assert refusal(api.post("sobjects/Event", {**EVENT, "EndDateTime": end})) == (
            400,
            "FIELD_INTEGRITY_EXCEPTION",
        )

    def test_fourteen_days_are_allowed(self, api: Client) -> None:
        api.create("Event", **{**EVENT, "EndDateTime": "2026-03-17T10:00:00Z"})

    def test_an_org_without_multiday_events(self, org: Org) -> None:
        org.options = OrgOptions(multiday_events=False)
        with pytest.raises(SalesforceError, match="Duration must be between 0 and 1440 minutes"):
            org.insert("Event", {**EVENT, "EndDateTime": "2026-03-04T10:01:00Z"})


class TestAllDayEvents:
    def test_one_day_ends_where_it_starts(self, org: Org) -> None:
        record = org.record("Event", org.insert("Event", ALL_DAY))
        assert times(record) == (at(21, 0), at(21, 0), 1440)

    def test_the_end_is_inclusive(self, org: Org) -> None:
        record = org.record("Event", org.insert("Event", {**ALL_DAY, "EndDateTime": "2026-03-23T00:00:00Z"}))
        assert times(record) == (at(21, 0), at(23, 0), 3 * 1440)
        assert record["EndDate"] == "2026-03-23"

    def test_a_date_is_enough(self, org: Org) -> None:
        fields = {"IsAllDayEvent": True, "ActivityDate": "2026-03-21"}
        assert times(org.record("Event", org.insert("Event", fields)))[0] == at(21, 0)

    def test_a_local_midnight_lands_on_the_day_before(self, org: Org) -> None:
        record_id = org.insert("Event", {**ALL_DAY, "StartDateTime": "2026-03-21T00:00:00+01:00"})
        assert org.record("Event", record_id)["StartDateTime"] == at(20, 0)

    def test_fourteen_days_at_most(self, api: Client) -> None:
        api.create("Event", **ALL_DAY, EndDateTime="2026-04-03T00:00:00Z")
        response = api.post("sobjects/Event", {**ALL_DAY, "EndDateTime": "2026-04-04T00:00:00Z"})
        assert refusal(response) == (400, "FIELD_INTEGRITY_EXCEPTION")

    def test_a_timed_event_becomes_all_day(self, org: Org) -> None:
        record_id = org.insert("Event", EVENT)
        org.update("Event", record_id, {"IsAllDayEvent": True})
        assert times(org.record("Event", record_id)) == (at(3, 0), at(3, 0), 1440)


class TestEventRules:
    def test_a_private_event_stands_alone(self, api: Client) -> None:
        contact = api.create("Contact", LastName="Doe")
        response = api.post("sobjects/Event", {**EVENT, "IsPrivate": True, "WhoId": contact})
        assert refusal(response) == (400, "FIELD_INTEGRITY_EXCEPTION")

    def test_a_lead_excludes_what(self, api: Client) -> None:
        lead = api.create("Lead", LastName="Doe", Company="Acme")
        account = api.create("Account", Name="Acme")
        response = api.post("sobjects/Event", {**EVENT, "WhoId": lead, "WhatId": account})
        assert refusal(response) == (400, "FIELD_INTEGRITY_EXCEPTION")

    def test_the_account_comes_from_what_or_who(self, api: Client) -> None:
        accounts = [api.create("Account", Name=name) for name in ("A", "B")]
        contact = api.create("Contact", LastName="Doe", AccountId=accounts[0])
        record_id = api.create("Event", **EVENT, WhoId=contact)
        assert api.record("Event", record_id)["AccountId"] == accounts[0]
        api.patch(f"sobjects/Event/{record_id}", {"WhatId": accounts[1]})
        assert api.record("Event", record_id)["AccountId"] == accounts[1]
        assert (
            refusal(api.patch(f"sobjects/Event/{record_id}", {"AccountId": None}))[1]
            == "INVALID_FIELD_FOR_INSERT_UPDATE"
        )

    def test_show_as_is_restricted(self, api: Client) -> None:
        response = api.post("sobjects/Event", {**EVENT, "ShowAs": "Tentative"})
        assert refusal(response) == (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")

    def test_the_subtype_is_set_on_create_only(self, api: Client) -> None:
        record_id = api.create("Event", **EVENT, EventSubtype="Event")
        response = api.patch(f"sobjects/Event/{record_id}", {"EventSubtype": "Event"})
        assert refusal(response) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")

    def test_end_date_is_unknown_before_46(self, api: Client) -> None:
        assert refusal(api.at("45.0").get("query", q="SELECT EndDate FROM Event")) == (400, "INVALID_FIELD")
        assert api.at("46.0").query("SELECT EndDate FROM Event") == []

    def test_a_fired_reminder_switches_itself_off(self, org: Org, clock: MovableClock) -> None:
        record_id = org.insert(
            "Event", {**EVENT, "IsReminderSet": True, "ReminderDateTime": "2026-03-03T09:45:00Z"}
        )
        clock.forward(days=2)
        org.fire_reminders()
        record = org.record("Event", record_id)
        assert record["IsReminderSet"] is False
        assert record["LastModifiedDate"] < record["SystemModstamp"]

    def test_an_invitees_copy_follows_and_is_not_theirs(self, api: Client, org: Org) -> None:
        with org.acting_as(org.colleague):
            meeting = org.insert("Event", EVENT)
        copy = org.invite(meeting, org.me)
        assert api.record("Event", meeting)["GroupEventType"] == "1"
        record = api.record("Event", copy)
        assert (record["IsChild"], record["IsGroupEvent"], record["OwnerId"]) == (True, True, org.me)
        assert refusal(api.patch(f"sobjects/Event/{copy}", {"Subject": "x"})) == (
            403,
            "INSUFFICIENT_ACCESS_OR_READONLY",
        )
        assert api.patch(f"sobjects/Event/{copy}", {"IsReminderSet": True}).status_code == 204
        org.update("Event", meeting, {"Subject": "Moved", "StartDateTime": "2026-03-04T10:00:00Z"})
        record = api.record("Event", copy)
        assert (record["Subject"], record["StartDateTime"], record["IsReminderSet"]) == (
            "Moved",
            at(4, 10),
            True,
        )
        org.delete("Event", meeting)
        assert refusal(api.get(f"sobjects/Event/{copy}")) == (404, "ENTITY_IS_DELETED")


class TestLightningSeries:
    @pytest.fixture
    def weekly(self, org: Org) -> list[str]:
        """Tuesdays at eleven in Berlin, from the third to the last of March, across the change of the clocks."""
        return org.create_lightning_series(EVENT, SeriesPattern(frequency="WEEKLY", count=5))

    def test_occurrences_keep_their_local_time(self, org: Org, weekly: list[str]) -> None:
        starts = [org.record("Event", record_id)["StartDateTime"] for record_id in weekly]
        assert starts == [at(3, 10), at(10, 10), at(17, 10), at(24, 10), at(31, 9)]
        first = org.record("Event", weekly[0])
        assert first["IsRecurrence2"] is True
        assert first["Recurrence2PatternText"] == "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;WKST=SU;COUNT=5"

    def test_the_pattern_row_is_no_appointment(self, org: Org, weekly: list[str]) -> None:
        rows = org.query("SELECT Id, GroupEventType FROM Event")
        assert len(rows) == 6
        assert [row["Id"] not in weekly for row in rows if row["GroupEventType"] == "3"] == [True]

    def test_changing_a_future_occurrence_changes_the_series(
        self, api: Client, org: Org, clock: MovableClock, weekly: list[str]
    ) -> None:
        clock.forward(days=10)  # two are past
        changes = {
            "Subject": "Later",
            "StartDateTime": "2026-03-24T11:00:00Z",
            "EndDateTime": "2026-03-24T11:30:00Z",
        }
        assert api.patch(f"sobjects/Event/{weekly[3]}", changes).status_code == 204
        records = [org.record("Event", record_id) for record_id in weekly]
        assert [record["Subject"] for record in records] == ["Meeting", "Meeting", "Later", "Later", "Later"]
        assert times(records[2]) == (at(17, 11), at(17, 11, 30), 30)
        assert times(records[1]) == (at(10, 10), at(10, 11), 60)

    def test_a_past_occurrence_becomes_an_exception(
        self, org: Org, clock: MovableClock, weekly: list[str]
    ) -> None:
        clock.forward(days=10)
        org.update("Event", weekly[0], {"Subject": "Minutes"})
        records = [org.record("Event", record_id) for record_id in weekly]
        assert [record["Subject"] for record in records] == ["Minutes"] + ["Meeting"] * 4
        assert [record["IsRecurrence2Exception"] for record in records] == [True] + [False] * 4

    def test_before_58_only_the_occurrence_changes(self, api: Client, org: Org, weekly: list[str]) -> None:
        api.at("57.0").patch(f"sobjects/Event/{weekly[3]}", {"Subject": "Alone"})
        assert [org.record("Event", item)["Subject"] for item in weekly].count("Alone") == 1

    def test_deleting_one_or_the_rest(self, api: Client, org: Org, weekly: list[str]) -> None:
        api.delete(f"sobjects/Event/{weekly[1]}")
        api.delete(f"sobjects/Event/{weekly[3]}/fromThisEventOnwards")
        live = "SELECT Id FROM Event WHERE GroupEventType != '3' ORDER BY StartDateTime"
        assert [row["Id"] for row in org.query(live)] == [weekly[0], weekly[2]]


class TestTasks:
    def test_defaults(self, org: Org) -> None:
        record = org.record("Task", org.insert("Task", {}))
        assert (record["Status"], record["Priority"], record["TaskSubtype"]) == (
            "Not Started",
            "Normal",
            "Task",
        )

    def test_closing_follows_from_the_orgs_statuses(self, clock: MovableClock) -> None:
        options = OrgOptions(
            task_statuses=(
                StatusValue(name="Offen", is_default=True),
                StatusValue(name="Erledigt", is_closed=True),
            ),
            task_priorities=(
                PriorityValue(name="Hoch", is_high=True),
                PriorityValue(name="Normal", is_default=True),
            ),
        )
        org = Org(clock=clock, options=options)
        closed = org.query("SELECT ApiName FROM TaskStatus WHERE IsClosed = true")
        assert [status["ApiName"] for status in closed] == ["Erledigt"]
        record_id = org.insert("Task", {"Status": "Erledigt", "Priority": "Hoch"})
        record = org.record("Task", record_id)
        assert (record["IsClosed"], record["IsHighPriority"]) == (True, True)
        assert record["CompletedDateTime"] == "2026-03-02T09:00:00.000+0000"
        clock.forward(minutes=1)
        org.update("Task", record_id, {"Subject": "still done"})
        assert org.record("Task", record_id)["CompletedDateTime"] == "2026-03-02T09:00:00.000+0000"
        org.update("Task", record_id, {"Status": "Offen"})
        assert org.record("Task", record_id)["CompletedDateTime"] is None

    def test_an_archived_task_can_be_changed_and_comes_back(self, org: Org) -> None:
        record_id = org.insert("Task", {"Status": "Completed", "ActivityDate": "2025-03-02"})
        org.run_archive()
        assert org.query("SELECT Id FROM Task") == []
        org.update("Task", record_id, {"ActivityDate": "2026-03-02"})
        assert len(org.query("SELECT Id FROM Task")) == 1


def test_archiving_takes_events_of_a_year_ago(clock: MovableClock) -> None:
    org = Org(clock=clock)
    days = ("2025-03-01", "2025-03-02", "2025-03-03")
    for day in days:
        org.insert("Event", {"IsAllDayEvent": True, "ActivityDate": day})
    org.run_archive()
    assert [row["ActivityDate"] for row in org.query("SELECT ActivityDate FROM Event")] == ["2025-03-03"]
    assert clock.now == datetime(2026, 3, 2, 9, tzinfo=UTC)
