"""What belongs to every request: versions, token, headers, allowance, sizes, media types, methods."""

import pytest
import requests

from lpc_tui.sandbox.common import RequestLog
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from tests.sandbox.salesforce.client import EVENT, Client, MovableClock, message, refusal


def test_versions_need_no_token(api: Client) -> None:
    versions = requests.get(f"{api.base}/services/data", timeout=10).json()
    assert versions[0]["version"] == "31.0"
    assert {"label": "Winter '25", "url": "/services/data/v62.0", "version": "62.0"} in versions
    assert versions[-1] == {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"}


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("30.0", (410, "GONE")),
        ("68.0", (404, "NOT_FOUND")),
        ("9.0", (404, "NOT_FOUND")),
        ("62", (404, "NOT_FOUND")),
    ],
)
def test_versions_that_are_not_served(api: Client, version: str, expected: tuple[int, str]) -> None:
    assert refusal(api.at(version).get("limits")) == expected


def test_resources_of_a_version(api: Client) -> None:
    assert api.get("").json()["sobjects"] == "/services/data/v62.0/sobjects"


def test_the_resources_name_the_running_users_address_whole(api: Client, org: Org) -> None:
    address = api.get("").json()["identity"]
    assert address == f"{api.base}/id/{org.organization}/{org.me}"
    assert api.session.get(address, timeout=10).json()["user_id"] == org.me


def test_a_dead_token_is_an_expired_session(api: Client) -> None:
    api.session.headers["Authorization"] = "Bearer another"
    response = api.get("limits")
    assert response.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    assert response.status_code == 401
    userinfo = api.get("/services/oauth2/userinfo")
    assert (userinfo.status_code, userinfo.text) == (403, "Bad_OAuth_Token")


def test_userinfo_tells_who_and_which_zone(api: Client, org: Org) -> None:
    info = api.get("/services/oauth2/userinfo").json()
    assert info["user_id"] == org.me
    assert info["preferred_username"] == "robin@example.com"
    assert (info["zoneinfo"], info["utcOffset"]) == ("Europe/Berlin", 3_600_000)


def test_each_answer_tells_the_services_time_and_the_allowance(api: Client, clock: MovableClock) -> None:
    clock.forward(days=1, seconds=5)
    response = api.get("limits")
    assert response.headers["Date"] == "Tue, 03 Mar 2026 09:00:05 GMT"
    assert response.headers["Sforce-Limit-Info"] == "api-usage=1/100000"
    assert response.json()["DailyApiRequests"] == {"Max": 100_000, "Remaining": 99_999}


def test_the_allowance_ends_and_comes_back_after_a_day(api: Client, org: Org, clock: MovableClock) -> None:
    org.options = OrgOptions(daily_api_requests=2)
    api.get("limits")
    api.get("limits")
    response = api.get("limits")
    assert refusal(response) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert "Retry-After" not in response.headers
    clock.forward(days=1)
    assert api.get("limits").status_code == 200


def test_a_body_needs_its_media_type(api: Client) -> None:
    response = api.call("POST", "sobjects/Task", data=b'{"Subject": "x"}')
    assert refusal(response) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("body", [b"{", b'{"Subject": NaN}', b"[]", b"\xff"])
def test_a_body_that_is_no_json_object(api: Client, body: bytes) -> None:
    response = api.call("POST", "sobjects/Task", data=body, headers={"Content-Type": "application/json"})
    assert refusal(response) == (400, "JSON_PARSER_ERROR")


def test_methods_a_resource_does_not_have(api: Client) -> None:
    response = api.call("PUT", "sobjects/Event", json={})
    assert refusal(response) == (405, "METHOD_NOT_ALLOWED")
    assert message(response) == "HTTP Method 'PUT' not allowed. Allowed are HEAD,GET,POST"


@pytest.mark.parametrize(
    "path", ["jobs/ingest", "sobjects/Nothing", "sobjects/Nothing/describe", "a/b/c/d/e/f"]
)
def test_what_is_not_offered_is_not_found(api: Client, path: str) -> None:
    assert refusal(api.get(path)) == (404, "NOT_FOUND")


def test_an_unknown_parameter_is_refused(api: Client) -> None:
    assert refusal(api.get("query", q="SELECT Id FROM Event", explain="true")) == (400, "INVALID_INPUT")


def test_uri_and_headers_have_a_longest_form(api: Client) -> None:
    assert api.get("query", q="x" * 16_384).status_code == 414
    assert api.call("GET", "limits", headers={"X-Long": "x" * 16_384}).status_code == 431


def test_each_request_is_logged_once(api: Client, log: RequestLog) -> None:
    api.get("query", q="SELECT Id FROM Event")
    api.post("sobjects/Event", dict(EVENT))
    part = {"method": "GET", "url": "v62.0/limits"}
    api.post("composite/batch", {"batchRequests": [part, part, part]})
    assert [(entry.method, entry.status, entry.parts) for entry in log.entries] == [
        ("GET", 200, 0),
        ("POST", 201, 0),
        ("POST", 200, 3),
    ]
    assert log.entries[0].path == "/services/data/v62.0/query?q=SELECT+Id+FROM+Event"


def test_head_is_a_get_without_its_body(api: Client) -> None:
    record_id = api.create("Event", **EVENT)
    response = api.call("HEAD", f"sobjects/Event/{record_id}")
    assert (response.status_code, response.content) == (200, b"")
