"""`/updated` and `/deleted`: the minute they cut to, how far they reach, and what an emptied bin leaves."""

import pytest

from lpc_tui.sandbox.salesforce.org import Org
from tests.sandbox.salesforce.client import Client, MovableClock, refusal


def span(start: str, end: str, day: str = "2026-03-02") -> dict[str, str]:
    return {"start": f"{day}T{start}+00:00", "end": f"{day}T{end}+00:00"}


def test_seconds_are_cut_off(api: Client, clock: MovableClock) -> None:
    record_id = api.create("Task", Subject="x")
    clock.forward(seconds=30)
    api.delete(f"sobjects/Task/{record_id}")
    clock.forward(minutes=10)
    missed = api.get("sobjects/Task/deleted", **span("08:00:00", "09:00:45")).json()
    assert missed == {
        "deletedRecords": [],
        "earliestDateAvailable": "2026-03-02T09:00:00.000+0000",
        "latestDateCovered": "2026-03-02T09:00:00.000+0000",
    }
    found = api.get("sobjects/Task/deleted/", **span("09:00:59", "09:01:00")).json()
    assert found["deletedRecords"] == [{"id": record_id, "deletedDate": "2026-03-02T09:00:30.000+0000"}]


def test_what_is_covered_ends_with_now(api: Client, clock: MovableClock) -> None:
    clock.forward(minutes=5, seconds=40)
    record_id = api.create("Task", Subject="x")
    answer = api.get("sobjects/Task/updated", **span("09:00:00", "23:00:00")).json()
    assert answer == {"ids": [record_id], "latestDateCovered": "2026-03-02T09:05:00.000+0000"}


def test_updated_leaves_out_what_is_deleted_or_older(api: Client, clock: MovableClock) -> None:
    api.create("Task", Subject="old")
    clock.forward(minutes=5)
    api.delete(f"sobjects/Task/{api.create('Task', Subject='gone')}")
    record_id = api.create("Task", Subject="new")
    assert api.get("sobjects/Task/updated", **span("09:01:00", "10:00:00")).json()["ids"] == [record_id]


@pytest.mark.parametrize(
    "params",
    [
        span("09:00:10", "09:00:50"),
        span("09:01:00", "09:00:00"),
        span("09:00:00", "10:00:00", day="2026-01-01"),
        {"start": "2026-03-02T08:00:00 00:00", "end": "2026-03-02T09:00:00+00:00"},
        {"start": "2026-03-02T08:00:00", "end": "2026-03-02T09:00:00"},
    ],
)
def test_spans_that_are_refused(api: Client, params: dict[str, str]) -> None:
    for resource in ("updated", "deleted"):
        assert refusal(api.get(f"sobjects/Task/{resource}", **params)) == (400, "INVALID_REPLICATION_DATE")


def test_a_plus_must_be_percent_encoded(api: Client) -> None:
    url = "sobjects/Task/deleted?start=2026-03-02T08:00:00+00:00&end=2026-03-02T09:00:00+00:00"
    assert refusal(api.call("GET", url)) == (400, "INVALID_REPLICATION_DATE")


def test_both_ends_must_be_given(api: Client) -> None:
    assert refusal(api.get("sobjects/Task/deleted", start="2026-03-02T08:00:00Z")) == (
        400,
        "MISSING_ARGUMENT",
    )


def test_deletions_reach_back_fifteen_days_and_updates_thirty(api: Client) -> None:
    sixteen_days_ago = {"start": "2026-02-14T09:00:00Z", "end": "2026-02-15T09:00:00Z"}
    assert refusal(api.get("sobjects/Task/deleted", **sixteen_days_ago)) == (400, "INVALID_REPLICATION_DATE")
    assert api.get("sobjects/Task/updated", **sixteen_days_ago).status_code == 200


def test_an_emptied_bin_tells_that_deletions_are_lost(api: Client, org: Org, clock: MovableClock) -> None:
    api.delete(f"sobjects/Task/{api.create('Task', Subject='x')}")
    clock.forward(minutes=30)
    org.empty_recycle_bin()
    answer = api.get("sobjects/Task/deleted", **span("08:00:00", "10:00:00")).json()
    assert answer["deletedRecords"] == []
    assert answer["earliestDateAvailable"] == "2026-03-02T09:30:00.000+0000"


def test_the_bin_forgets_after_fifteen_days(api: Client, clock: MovableClock) -> None:
    api.delete(f"sobjects/Task/{api.create('Task', Subject='x')}")
    clock.forward(days=16)
    assert api.query("SELECT Id FROM Task", "queryAll") == []
    answer = api.get("sobjects/Task/deleted", start="2026-03-10T00:00:00Z", end="2026-03-18T00:00:00Z").json()
    assert answer["earliestDateAvailable"] == "2026-03-03T09:00:00.000+0000"


def test_an_undeleted_record_leaves_the_log(api: Client, org: Org) -> None:
    record_id = api.create("Task", Subject="x")
    api.delete(f"sobjects/Task/{record_id}")
    org.undelete("Task", record_id)
    assert api.get("sobjects/Task/deleted", **span("08:00:00", "10:00:00")).json()["deletedRecords"] == []


def test_setup_objects_are_not_replicated(api: Client) -> None:
    assert (
        refusal(api.get("sobjects/User/deleted", **span("08:00:00", "10:00:00")))[1]
        == "INVALID_TYPE_FOR_OPERATION"
    )
