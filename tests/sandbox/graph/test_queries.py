"""Lists: windows, pages, query options, extended properties, preferences and refusals of the service as a whole."""

import pytest
import requests

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.mailbox import Mailbox, Person
from tests.sandbox.graph.conftest import MARCH, GraphClient, timed

MARK = "String {6A7F3C1E-2B5D-4E8A-9C0F-1D2E3F4A5B6C} Name SalesforceId"
OTHER = "Integer 0x00000036"


def marked(value: str, subject: str = "Marked") -> JsonObject:
    return timed(subject, singleValueExtendedProperties=[{"id": MARK, "value": value}])


def subjects(body: JsonObject) -> list[str]:
    return [event["subject"] for event in body["value"]]


def test_a_window_holds_what_overlaps_it(graph: GraphClient) -> None:
    berlin = "W. Europe Standard Time"
    long = {
        "start": {"dateTime": "2026-02-27T09:00:00", "timeZone": berlin},
        "end": {"dateTime": "2026-03-01T01:30:00", "timeZone": berlin},
    }
    graph.post("/me/events", {**timed("begun before"), **long})
    graph.post("/me/events", timed("ended before", "2026-02-27"))
    graph.post("/me/events", timed("in it"))
    graph.post("/me/events", timed("after it", "2026-04-01"))
    assert subjects(graph.get("/me/calendarView", None, **MARCH)) == ["begun before", "in it"]


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        ("2026-01-01T00:00:00Z", "2030-12-31T00:00:00Z", 200),
        ("2026-01-01T00:00:00Z", "2031-01-01T00:00:00Z", 400),
        ("2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z", 400),
        ("yesterday", "2026-01-01T00:00:00Z", 400),
    ],
)
def test_a_window_has_an_order_and_at_most_1825_days(
    graph: GraphClient, start: str, end: str, status: int
) -> None:
    answer = graph.call("GET", "/me/calendarView", params={"startDateTime": start, "endDateTime": end})
    assert answer.status_code == status


def test_a_plus_in_a_query_is_a_space(graph: GraphClient) -> None:
    window = "startDateTime=2026-01-01T00:00:00+01:00&endDateTime=2026-02-01T00:00:00Z"
    assert graph.refused("GET", f"/me/calendarView?{window}")[0] == 400
    assert graph.call("GET", f"/me/calendarView?{window.replace('+', '%2B')}").status_code == 200


def test_a_view_needs_its_window(graph: GraphClient) -> None:
    assert graph.refused("GET", "/me/calendarView") == (400, "ErrorInvalidRequest")


def test_lists_page_by_ten_over_opaque_links(graph: GraphClient) -> None:
    for number in range(23):
        graph.post("/me/events", timed(str(number)))
    pages, link = [], "/me/events"
    while link:
        body = graph.get(link)
        pages.append(subjects(body))
        link = body.get("@odata.nextLink", "")
    assert [len(page) for page in pages] == [10, 10, 3]
    assert sorted((name for page in pages for name in page), key=int) == [str(number) for number in range(23)]
    assert len(graph.get("/me/events", "odata.maxpagesize=20")["value"]) == 20


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/me/events", {"$top": "1001"}),
        ("/me/events", {"$top": "0"}),
        ("/me/events", {"$top": "x"}),
        ("/me/events", {"$select": "subject,colour"}),
        ("/me/events", {"$orderby": "colour"}),
        ("/me/events", {"$orderby": "subject upwards"}),
        ("/me/events", {"$filter": "colour eq 'red'"}),
        ("/me/events", {"$filter": "subject is 'x'"}),
        ("/me/events", {"$filter": "subject eq 5"}),
        ("/me/events", {"$filter": "start/dateTime ge 2026-01-01T00:00:00Z"}),
        ("/me/events", {"$filter": "lastModifiedDateTime ge '2026-01-01'"}),
        ("/me/events", {"$expand": "attachments"}),
        ("/me/events", {"$expand": "singleValueExtendedProperties"}),
        ("/me/events", {"$search": "x"}),
        ("/me/events", {"pageSize": "5"}),
        ("/me/calendar", {"$filter": "name eq 'x'"}),
    ],
)
def test_a_query_the_service_refuses(graph: GraphClient, path: str, params: dict[str, str]) -> None:
    assert graph.refused("GET", path, params=params)[0] == 400


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("subject eq 'alpha'", ["Alpha"]),
        ("startswith(subject,'al') or subject eq 'Gamma'", ["Alpha", "Gamma"]),
        ("not contains(Subject, 'a')", ["It's"]),
        ("subject eq 'it''s'", ["It's"]),
        ("start/dateTime ge '2026-03-11T08:00:00' and start/dateTime lt '2026-03-12T08:00:00Z'", ["Beta"]),
        ("isAllDay eq false and (subject eq 'Beta' or subject eq 'x')", ["Beta"]),
        ("lastModifiedDateTime gt 2026-03-02T12:00:00Z", []),
        ("categories/any(c:c eq 'blue')", ["Gamma"]),
        ("location/displayName eq 'Room 1'", ["Beta"]),
        ("recurrence eq null and importance eq 'normal'", ["Alpha", "Beta", "Gamma", "It's"]),
    ],
)
def test_filters(graph: GraphClient, condition: str, expected: list[str]) -> None:
    graph.post("/me/events", timed("Alpha", "2026-03-10"))
    graph.post("/me/events", timed("Beta", "2026-03-11", location={"displayName": "Room 1"}))
    graph.post("/me/events", timed("Gamma", "2026-03-12", categories=["Blue"]))
    graph.post("/me/events", timed("It's", "2026-03-13"))
    assert sorted(subjects(graph.get("/me/events", None, **{"$filter": condition}))) == expected


def test_order_selection_and_count(graph: GraphClient) -> None:
    for name, day in (("a", "2026-03-11"), ("b", "2026-03-10"), ("c", "2026-03-11")):
        graph.post("/me/events", timed(name, day))
    options = {"$orderby": "start/dateTime desc,Subject", "$select": "Subject", "$count": "true", "$top": "2"}
    body = graph.get("/me/events", None, **options)
    assert subjects(body) == ["a", "c"]
    assert body["@odata.count"] == 3
    assert set(body["value"][0]) == {"@odata.etag", "id", "subject"}


def test_a_view_does_not_select_its_time_stamps(graph: GraphClient) -> None:
    graph.post("/me/events", timed())
    chosen = graph.get("/me/calendarView", None, **MARCH, **{"$select": "subject,lastModifiedDateTime"})
    assert "lastModifiedDateTime" not in chosen["value"][0]
    assert "lastModifiedDateTime" in graph.get("/me/calendarView", None, **MARCH)["value"][0]


def test_extended_properties_are_read_only_when_expanded(graph: GraphClient) -> None:
    event = graph.post("/me/events", marked("00Q1"))
    assert "singleValueExtendedProperties" not in event
    path = f"/me/events/{event['id']}"
    graph.patch(path, {"singleValueExtendedProperties": [{"id": OTHER, "value": "2"}]})
    expand = f"singleValueExtendedProperties($filter=id eq '{MARK}' or id eq '{OTHER}')"
    wanted = [
        {"id": "String {6a7f3c1e-2b5d-4e8a-9c0f-1d2e3f4a5b6c} Name SalesforceId", "value": "00Q1"},
        {"id": "Integer 0x36", "value": "2"},
    ]
    assert graph.get(path, None, **{"$expand": expand})["singleValueExtendedProperties"] == wanted
    view = graph.get("/me/calendarView", None, **MARCH, **{"$expand": expand, "$select": "id"})
    assert view["value"][0]["singleValueExtendedProperties"] == wanted


def test_finding_by_an_extended_property_ignores_the_case_of_values(graph: GraphClient) -> None:
    graph.post("/me/events", marked("00Qa", "a"))
    graph.post("/me/events", marked("00QA", "A"))
    graph.post("/me/events", timed("unmarked"))

    def found(name: str, value: str) -> list[str]:
        condition = f"singleValueExtendedProperties/Any(ep: ep/id eq '{name}' and ep/value eq '{value}')"
        return subjects(graph.get("/me/events", None, **{"$filter": condition}))

    assert found(MARK, "00qa") == ["a", "A"]
    assert found(MARK, "other") == []
    assert found(MARK.replace("SalesforceId", "salesforceid"), "00qa") == []


def test_several_preferences_in_one_header(graph: GraphClient) -> None:
    graph.post("/me/events", timed())
    prefer = 'outlook.timezone="Europe/Berlin", outlook.body-content-type="text", IdType="ImmutableId"'
    answer = graph.call("GET", "/me/events", headers={"Prefer": prefer})
    assert answer.json()["value"][0]["start"] == {
        "dateTime": "2026-03-10T09:00:00.0000000",
        "timeZone": "Europe/Berlin",
    }
    applied = answer.headers["Preference-Applied"]
    assert all(part in applied for part in prefer.split(", "))
    refusal = graph.refused("GET", "/me/events", headers={"Prefer": 'outlook.timezone="Mars"'})
    assert refusal == (400, "TimeZoneNotSupportedException")


def test_either_kind_of_id_is_taken_whatever_is_preferred(graph: GraphClient) -> None:
    event = graph.post("/me/events", timed())
    immutable = graph.get(f"/me/events/{event['id']}", 'IdType="ImmutableId"')["id"]
    assert immutable != event["id"]
    assert graph.get(f"/me/events/{immutable}")["id"] == event["id"]


def test_the_person_and_the_zones(graph: GraphClient, mailbox: Mailbox) -> None:
    assert graph.get("/me")["mail"] == mailbox.user.address
    assert set(graph.get("/me", None, **{"$select": "mail"})) == {"@odata.context", "id", "mail"}
    assert graph.get("/me/mailboxSettings")["timeZone"] == "W. Europe Standard Time"
    windows = graph.get("/me/outlook/supportedTimeZones")["value"]
    assert {"alias": "W. Europe Standard Time", "displayName": "W. Europe Standard Time"} in windows
    path = "/me/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')"
    assert "Europe/Berlin" in {zone["alias"] for zone in graph.get(path)["value"]}


def test_the_calendars(graph: GraphClient) -> None:
    calendars = graph.get("/me/calendars")["value"]
    assert [(one["name"], one["isDefaultCalendar"], one["canEdit"]) for one in calendars] == [
        ("Calendar", True, True),
        ("Projects", False, True),
        ("Holidays", False, False),
    ]
    assert graph.get("/me/calendar")["id"] == calendars[0]["id"]
    named = graph.get("/me/calendars", None, **{"$filter": "name eq 'Projects'", "$top": "1"})
    assert [one["id"] for one in named["value"]] == [calendars[1]["id"]]
    path = f"/me/calendars/{calendars[1]['id']}"
    graph.post(f"{path}/events", timed("there"))
    assert subjects(graph.get(f"{path}/events")) == ["there"]
    assert subjects(graph.get(f"{path}/calendarView", None, **MARCH)) == ["there"]
    assert subjects(graph.get("/me/calendarView", None, **MARCH)) == []
    assert subjects(graph.get("/me/events")) == ["there"]


def test_an_event_tells_its_calendar_when_expanded(graph: GraphClient) -> None:
    second = graph.get("/me/calendars")["value"][1]
    event = graph.post(f"/me/calendars/{second['id']}/events", timed())
    path = f"/me/events/{event['id']}"
    assert graph.get(path, None, **{"$expand": "calendar", "$select": "id"})["calendar"]["id"] == second["id"]
    assert "calendar" not in graph.get(path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "Access token is empty."),
        ("Bearer stale", "Lifetime validation failed, the token is expired."),
    ],
)
def test_a_request_without_a_valid_token(graph: GraphClient, header: str | None, message: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = requests.get(f"{graph.root}/me", headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="", authorization_uri=')
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert answer.json()["error"]["message"] == message


def test_request_ids_are_given_back(graph: GraphClient) -> None:
    answer = graph.call("GET", "/me/nothing", headers={"client-request-id": "mine"})
    inner = answer.json()["error"]["innerError"]
    assert answer.headers["client-request-id"] == inner["client-request-id"] == "mine"
    assert answer.headers["request-id"] == inner["request-id"]
    assert inner["date"] == "2026-03-02T12:00:00"
    assert answer.headers["Date"] == "Mon, 02 Mar 2026 12:00:00 GMT"


def test_what_the_service_does_not_have(graph: GraphClient) -> None:
    answer = graph.call("GET", "/me/messages")
    assert answer.json()["error"]["message"] == "Resource not found for the segment 'messages'."
    assert graph.refused("GET", "/me/events/delta") == (400, "ErrorInvalidIdMalformed")
    assert graph.refused("PUT", "/me/events") == (405, "Request_BadRequest")
    assert graph.refused("GET", f"{graph.host_url}/beta/me") == (400, "BadRequest")


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        ("{}", None, 400),
        ("{}", "text/plain", 415),
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("", "application/json", 400),
    ],
)
def test_a_body_needs_its_type_and_must_be_an_object(
    graph: GraphClient, data: str, content_type: str | None, status: int
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert graph.call("POST", "/me/events", data=data.encode(), headers=headers).status_code == status


def test_a_shared_calendar_tells_whose_it_is_also_after_a_restart(
    graph: GraphClient, mailbox: Mailbox
) -> None:
    kim = Person("Kim Colleague", "kim@contoso.example")
    mailbox.add_calendar("Kim", owner=kim)
    shared = graph.get("/me/calendars")["value"][-1]
    assert shared["owner"] == {"name": kim.name, "address": kim.address}
    assert (shared["canEdit"], shared["canShare"], shared["canViewPrivateItems"]) == (True, False, False)
    assert Mailbox.restore(mailbox.dump(), clock=mailbox.ledger.clock).calendars() == mailbox.calendars()
