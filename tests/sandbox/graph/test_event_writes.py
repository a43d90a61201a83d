"""Creating, changing and deleting events: what the service refuses, fills in and rewrites."""

from typing import Any

import pytest

from lpc_tui.sandbox.graph.mailbox import Mailbox
from tests.sandbox.graph.conftest import FrozenClock, GraphClient, timed

READ_ONLY_COPY = {
    "id": "x",
    "changeKey": "y",
    "iCalUId": "z",
    "webLink": "w",
    "@odata.etag": 'W/"q"',
    "organizer": {"emailAddress": {"name": "N", "address": "n@x.example"}},
}


def test_a_bare_create_gets_the_defaults_a_silent_import_must_know(graph: GraphClient) -> None:
    event = graph.post("/me/events", timed())
    shown = {
        name: event[name]
        for name in (
            "isReminderOn",
            "reminderMinutesBeforeStart",
            "showAs",
            "sensitivity",
            "importance",
            "type",
        )
    }
    assert shown == {
        "isReminderOn": True,
        "reminderMinutesBeforeStart": 15,
        "showAs": "busy",
        "sensitivity": "normal",
        "importance": "normal",
        "type": "singleInstance",
    }
    assert event["@odata.etag"] == f'W/"{event["changeKey"]}"'
    assert event["isOrganizer"] is True


def test_read_only_properties_and_annotations_of_a_copied_answer_are_ignored(graph: GraphClient) -> None:
    event = graph.post("/me/events", {**timed(), **READ_ONLY_COPY})
    assert event["id"] != "x"
    assert event["organizer"]["emailAddress"]["address"] == "robin.vogel@contoso.example"


BERLIN = "W. Europe Standard Time"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"colour": "red"}, "RequestBodyRead", id="unknown-property"),
        pytest.param(
            {"start": {"dateTime": "2026-03-10T09:00:00", "zone": "UTC"}}, "RequestBodyRead", id="nested"
        ),
        pytest.param({"subject": 5}, "RequestBodyRead", id="wrong-type"),
        pytest.param({"showAs": "away"}, "RequestBodyRead", id="unknown-member"),
        pytest.param({"reminderMinutesBeforeStart": "15"}, "RequestBodyRead", id="number-as-text"),
        pytest.param({"attendees": None}, "RequestBodyRead", id="null-collection"),
        pytest.param({"isReminderOn": None}, "RequestBodyRead", id="null-flag"),
        pytest.param({"subject": "x" * 256}, "ErrorPropertyValidationFailure", id="long-subject"),
        pytest.param({"categories": ["a,b"]}, "ErrorPropertyValidationFailure", id="comma-in-category"),
        pytest.param(
            {"end": {"dateTime": "2026-03-10T08:00:00", "timeZone": BERLIN}},
            "ErrorPropertyValidationFailure",
            id="end-before-start",
        ),
        pytest.param(
            {"start": {"dateTime": "2026-03-10T09:00:00", "timeZone": "Mars"}},
            "TimeZoneNotSupportedException",
            id="unknown-zone",
        ),
        pytest.param(
            {"start": {"dateTime": "2026-03-10T09:00:00"}}, "TimeZoneNotSupportedException", id="no-zone"
        ),
        pytest.param(
            {"start": {"dateTime": "2026-03-10T09:00:00+01:00", "timeZone": BERLIN}},
            "InvalidDateTime",
            id="offset-in-local-time",
        ),
        pytest.param(
            {"start": {"dateTime": "10.03.2026", "timeZone": "UTC"}}, "InvalidDateTime", id="no-date"
        ),
        pytest.param({"isAllDay": True}, "ErrorInvalidRequest", id="all-day-not-at-midnight"),
        pytest.param(
            {"attendees": [{"emailAddress": {"address": "nobody"}}]},
            "ErrorInvalidRecipients",
            id="bad-address",
        ),
        pytest.param(
            {"singleValueExtendedProperties": [{"id": "Text Foo", "value": "1"}]},
            "ErrorInvalidProperty",
            id="bad-extended-id",
        ),
        pytest.param(
            {
                "singleValueExtendedProperties": [
                    {"id": "Integer {00020329-0000-0000-C000-000000000046} Name N", "value": 1}
                ]
            },
            "RequestBodyRead",
            id="extended-value-not-a-string",
        ),
    ],
)
def test_a_create_the_service_refuses(graph: GraphClient, changes: dict[str, Any], code: str) -> None:
    assert graph.refused("POST", "/me/events", json={**timed(), **changes}) == (400, code)
    assert graph.get("/me/events")["value"] == []


def test_the_unknown_property_is_named_as_the_service_names_it(graph: GraphClient) -> None:
    answer = graph.call("POST", "/me/events", json={**timed(), "colour": "red"})
    assert answer.json()["error"]["message"] == (
        "The property 'colour' does not exist on type 'microsoft.graph.event'. Make sure to only use property names "
        "that are defined by the type or mark the type as open type."
    )


@pytest.mark.parametrize("missing", ["start", "end"])
def test_an_event_needs_both_times(graph: GraphClient, missing: str) -> None:
    body = {name: value for name, value in timed().items() if name != missing}
    assert graph.refused("POST", "/me/events", json=body) == (400, "ErrorPropertyValidationFailure")


@pytest.mark.parametrize("zone", ["W. Europe Standard Time", "Europe/Berlin"])
def test_windows_and_iana_zones_are_taken_and_times_read_in_utc_with_seven_decimals(
    graph: GraphClient, zone: str
) -> None:
    body = timed() | {
        "start": {"dateTime": "2026-07-10T09:00:00", "timeZone": zone},
        "end": {"dateTime": "2026-07-10T09:30:00.1234567", "timeZone": zone},
    }
    event = graph.post("/me/events", body)
    assert event["start"] == {"dateTime": "2026-07-10T07:00:00.0000000", "timeZone": "UTC"}
    assert event["end"]["dateTime"] == "2026-07-10T07:30:00.1234560"
    assert event["originalStartTimeZone"] == zone


def all_day(first: str, last: str, zone: str = BERLIN, end_zone: str | None = None) -> dict[str, Any]:
    return {
        "subject": "Fair",
        "isAllDay": True,
        "start": {"dateTime": f"{first}T00:00:00", "timeZone": zone},
        "end": {"dateTime": f"{last}T00:00:00", "timeZone": end_zone or zone},
    }


def test_an_all_day_event_is_a_date_in_every_zone(graph: GraphClient) -> None:
    event = graph.post("/me/events", all_day("2026-03-10", "2026-03-11"))
    for prefer in (None, 'outlook.timezone="Tokyo Standard Time"'):
        read = graph.get(f"/me/events/{event['id']}", prefer)
        assert read["start"]["dateTime"] == "2026-03-10T00:00:00.0000000"
        assert read["end"]["dateTime"] == "2026-03-11T00:00:00.0000000"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(all_day("2026-03-10", "2026-03-10"), id="shorter-than-a-day"),
        pytest.param(all_day("2026-03-10", "2026-03-11", BERLIN, "UTC"), id="two-zones"),
    ],
)
def test_an_all_day_event_that_is_none(graph: GraphClient, body: dict[str, Any]) -> None:
    assert graph.refused("POST", "/me/events", json=body) == (400, "ErrorInvalidRequest")


def test_a_patch_changes_what_is_sent_and_replaces_collections_whole(graph: GraphClient) -> None:
    event = graph.post("/me/events", timed(categories=["a", "b"], location={"displayName": "Room 1"}))
    changed = graph.patch(f"/me/events/{event['id']}", {"categories": ["c"]})
    assert changed["categories"] == ["c"]
    assert changed["location"]["displayName"] == "Room 1"
    assert changed["locations"][0]["displayName"] == "Room 1"
    assert changed["start"] == event["start"]


def test_a_start_moved_alone_past_the_end_is_refused(graph: GraphClient) -> None:
    event = graph.post("/me/events", timed())
    body = {"start": {"dateTime": "2026-03-11T09:00:00", "timeZone": "UTC"}}
    status = graph.refused("PATCH", f"/me/events/{event['id']}", json=body)
    assert status == (400, "ErrorPropertyValidationFailure")


def test_every_write_gives_a_new_etag_and_if_match_guards_it(graph: GraphClient, clock: FrozenClock) -> None:
    event = graph.post("/me/events", timed())
    path = f"/me/events/{event['id']}"
    clock.advance(minutes=5)
    changed = graph.patch(path, {"subject": "Review"}, **{"If-Match": event["@odata.etag"]})
    assert changed["@odata.etag"] != event["@odata.etag"]
    assert changed["lastModifiedDateTime"] == "2026-03-02T12:05:00Z"
    assert changed["createdDateTime"] == "2026-03-02T12:00:00Z"
    stale = {"If-Match": event["@odata.etag"]}
    assert graph.refused("PATCH", path, json={"subject": "x"}, headers=stale) == (
        412,
        "ErrorIrresolvableConflict",
    )
    assert graph.refused("DELETE", path, headers=stale) == (412, "ErrorIrresolvableConflict")
    assert graph.call("DELETE", path, headers={"If-Match": changed["@odata.etag"]}).status_code == 204
    assert graph.refused("DELETE", path) == (404, "ErrorItemNotFound")
    assert graph.refused("GET", path) == (404, "ErrorItemNotFound")


@pytest.mark.parametrize("garbage", ["x", "AAMkAGI=", "a b", "%2F"])
def test_a_garbage_id_is_malformed_not_missing(graph: GraphClient, garbage: str) -> None:
    assert graph.refused("GET", f"/me/events/{garbage}") == (400, "ErrorInvalidIdMalformed")


def test_ids_are_case_sensitive(graph: GraphClient) -> None:
    event = graph.post("/me/events", timed())
    assert graph.refused("GET", f"/me/events/{event['id'].swapcase()}") == (400, "ErrorInvalidIdMalformed")


def test_a_repeated_transaction_id_makes_no_second_event(graph: GraphClient) -> None:
    body = timed(transactionId="intent-1")
    first, again = graph.post("/me/events", body), graph.post("/me/events", body)
    assert first["id"] == again["id"]
    assert len(graph.get("/me/events")["value"]) == 1
    other = graph.call("POST", "/me/events", json={**body, "subject": "Other"})
    error = other.json()["error"]
    assert (other.status_code, error["code"]) == (400, "ErrorDuplicateTransactionId")
    assert error["@event.existingEventId"] == first["id"]


def test_a_transaction_id_cannot_be_changed_later(graph: GraphClient) -> None:
    event = graph.post("/me/events", timed(transactionId="intent-1"))
    refusal = graph.refused("PATCH", f"/me/events/{event['id']}", json={"transactionId": "intent-2"})
    assert refusal == (400, "ErrorInvalidRequest")


def test_a_read_only_calendar_shows_events_and_takes_none(graph: GraphClient, mailbox: Mailbox) -> None:
    holidays = next(one for one in graph.get("/me/calendars")["value"] if not one["canEdit"])
    held = mailbox.create_event(timed("Easter"), holidays["id"])
    path = f"/me/calendars/{holidays['id']}/events"
    assert [event["subject"] for event in graph.get(path)["value"]] == ["Easter"]
    assert graph.refused("POST", path, json=timed()) == (403, "ErrorAccessDenied")
    assert graph.refused("PATCH", f"/me/events/{held['id']}", json={"subject": "x"}) == (
        403,
        "ErrorAccessDenied",
    )
    assert graph.refused("DELETE", f"/me/events/{held['id']}") == (403, "ErrorAccessDenied")


def test_an_event_is_found_only_in_its_own_calendar(graph: GraphClient) -> None:
    event = graph.post("/me/events", timed())
    first, second, _ = graph.get("/me/calendars")["value"]
    assert graph.get(f"/me/calendars/{first['id']}/events/{event['id']}")["id"] == event["id"]
    refusal = graph.refused("GET", f"/me/calendars/{second['id']}/events/{event['id']}")
    assert refusal == (404, "ErrorItemNotFound")
