"""Microsoft's authority: device codes, refreshing, and what Graph makes of the tokens."""

import pytest
import requests

from lpc_tui.sandbox.server import Sandbox
from lpc_tui.sandbox.signin.microsoft import AppRegistration
from tests.sandbox.signin.conftest import DEVICE_GRANT, Microsoft, MovedClock, error_of

EVENT = {
    "subject": "Review",
    "start": {"dateTime": "2026-03-03T10:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-03-03T11:00:00", "timeZone": "UTC"},
}


def test_the_code_is_polled_for_until_a_person_approves(
    microsoft: Microsoft, sandbox: Sandbox, clock: MovedClock
) -> None:
    begun = microsoft.begin()
    assert (begun["expires_in"], begun["interval"]) == (900, 5)
    assert begun["user_code"] in begun["message"]
    assert begun["verification_uri"] in begun["message"]
    assert sandbox.microsoft_desk.pending() == [begun["user_code"]]
    assert error_of(microsoft.poll(begun)) == (400, "authorization_pending")
    clock.move(seconds=5)
    assert error_of(microsoft.poll(begun)) == (400, "authorization_pending")
    sandbox.microsoft_desk.approve(begun["user_code"].lower())
    answer = microsoft.poll(begun).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3599)
    assert answer["scope"] == "Calendars.ReadWrite User.Read openid profile"
    assert microsoft.call(answer["access_token"], "/me").json()["mail"] == sandbox.mailbox.user.address
    assert error_of(microsoft.poll(begun)) == (400, "invalid_grant")


def test_each_poll_too_soon_lengthens_the_interval(microsoft: Microsoft, clock: MovedClock) -> None:
    begun = microsoft.begin()
    expected = [
        (0, "authorization_pending"),
        (4, "slow_down"),
        (5, "slow_down"),
        (15, "authorization_pending"),
    ]
    for seconds, error in expected:
        clock.move(seconds=seconds)
        assert error_of(microsoft.poll(begun)) == (400, error)


def test_what_becomes_of_a_code_has_an_error_of_its_own(
    microsoft: Microsoft, sandbox: Sandbox, clock: MovedClock
) -> None:
    desk = sandbox.microsoft_desk
    declined, blocked, forgotten = microsoft.begin(), microsoft.begin(), microsoft.begin()
    desk.decline(declined["user_code"])
    desk.block(blocked["user_code"])
    assert error_of(microsoft.poll(declined)) == (400, "authorization_declined")
    assert "AADSTS53003" in microsoft.poll(blocked).json()["error_description"]
    clock.move(seconds=900)
    assert error_of(microsoft.poll(forgotten)) == (400, "expired_token")
    assert not desk.pending()
    assert error_of(microsoft.poll({"device_code": "invented"})) == (400, "bad_verification_code")


def test_the_page_takes_one_post(microsoft: Microsoft, sandbox: Sandbox) -> None:
    approved, declined = microsoft.begin(), microsoft.begin()
    page = approved["verification_uri"]
    shown = requests.get(page, params={"user_code": '"><script>'}, timeout=5)
    assert "<script>" not in shown.text
    for begun, decision in ((approved, "approve"), (declined, "decline")):
        form = {"user_code": begun["user_code"], "decision": decision}
        assert requests.post(page, data=form, timeout=5).status_code == 200
        assert requests.post(page, data=form, timeout=5).status_code == 400
    assert microsoft.poll(approved).status_code == 200
    assert error_of(microsoft.poll(declined)) == (400, "authorization_declined")


def test_an_access_token_ends_and_a_refresh_token_gives_the_next(
    microsoft: Microsoft, sandbox: Sandbox, clock: MovedClock
) -> None:
    first = microsoft.sign_in()
    clock.move(seconds=3598)
    assert microsoft.call(first["access_token"], "/me").status_code == 200
    clock.move(seconds=1)
    refused = microsoft.call(first["access_token"], "/me")
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert refused.json()["error"]["message"] == "Lifetime validation failed, the token is expired."
    second = microsoft.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert microsoft.call(second["access_token"], "/me").status_code == 200
    sandbox.microsoft_desk.expire_access_tokens()
    assert microsoft.call(second["access_token"], "/me").status_code == 401
    assert microsoft.refresh(first["refresh_token"]).status_code == 200


@pytest.mark.parametrize(("spoil", "number"), [("revoke", 50173), ("wait", 700082), ("invent", 9002313)])
def test_a_dead_refresh_token_is_invalid_grant_with_its_reason(
    microsoft: Microsoft, sandbox: Sandbox, clock: MovedClock, spoil: str, number: int
) -> None:
    tokens = microsoft.sign_in()
    refresh = tokens["refresh_token"]
    if spoil == "revoke":
        sandbox.microsoft_desk.revoke_all()
        assert microsoft.call(tokens["access_token"], "/me").status_code == 401
    elif spoil == "wait":
        clock.move(days=90)
    else:
        refresh = "invented"
    answer = microsoft.refresh(refresh)
    assert error_of(answer) == (400, "invalid_grant")
    assert answer.json()["error_codes"] == [number]
    assert answer.json()["error_description"].startswith(f"AADSTS{number}: ")


def test_a_token_is_good_for_what_was_consented_to(microsoft: Microsoft) -> None:
    tokens = microsoft.sign_in("https://graph.microsoft.com/Calendars.Read offline_access")
    access = tokens["access_token"]
    assert tokens["scope"] == "https://graph.microsoft.com/Calendars.Read"
    assert microsoft.call(access, "/me/events").status_code == 200
    for method, path, body in (
        ("POST", "/me/events", EVENT),
        ("GET", "/me/contacts", None),
        ("GET", "/me/todo/lists", None),
        ("GET", "/me", None),
    ):
        assert microsoft.call(access, path, method, body).status_code == 403
    refused = microsoft.refresh(tokens["refresh_token"], "Contacts.Read")
    assert refused.json()["error_codes"] == [65001]


def test_a_batch_is_refused_part_by_part(microsoft: Microsoft) -> None:
    access = microsoft.sign_in("Calendars.Read")["access_token"]
    parts = [
        {"id": "1", "method": "GET", "url": "/me/events"},
        {"id": "2", "method": "GET", "url": "/me/contacts"},
    ]
    answer = microsoft.call(access, "/$batch", "POST", {"requests": parts})
    assert {part["id"]: part["status"] for part in answer.json()["responses"]} == {"1": 200, "2": 403}


def test_nothing_is_for_another_client(microsoft: Microsoft, sandbox: Sandbox) -> None:
    sandbox.microsoft_desk.register(AppRegistration(client_id="other"))
    begun, tokens = microsoft.begin(), microsoft.sign_in()
    sandbox.microsoft_desk.approve(begun["user_code"])
    polled = microsoft.post(
        "token", grant_type=DEVICE_GRANT, client_id="other", device_code=begun["device_code"]
    )
    refreshed = microsoft.post(
        "token", grant_type="refresh_token", client_id="other", refresh_token=tokens["refresh_token"]
    )
    assert error_of(polled) == (400, "bad_verification_code")
    assert error_of(refreshed) == (400, "invalid_grant")


def test_without_offline_access_nothing_can_be_refreshed(microsoft: Microsoft) -> None:
    tokens = microsoft.sign_in("User.Read")
    assert not {"refresh_token", "id_token"} & tokens.keys()


def test_a_wrong_request_is_refused_as_the_service_does(microsoft: Microsoft, sandbox: Sandbox) -> None:
    def number(path: str, **form: str) -> int:
        return int(microsoft.post(path, **form).json()["error_codes"][0])

    sandbox.microsoft_desk.register(AppRegistration(client_id="web", allows_public_flows=False))
    assert number("devicecode", scope="User.Read") == 900144
    assert number("devicecode", client_id="sandbox") == 900144
    assert number("devicecode", client_id="other", scope="User.Read") == 700016
    assert number("devicecode", client_id="web", scope="User.Read") == 7000218
    assert number("devicecode", client_id="sandbox", scope="User.Red") == 70011
    assert number("token", client_id="sandbox", grant_type="password") == 70003
    as_json = requests.post(
        f"{sandbox.authority}/oauth2/v2.0/devicecode", json={"client_id": "sandbox"}, timeout=5
    )
    assert as_json.json()["error_codes"] == [900144]


@pytest.mark.parametrize(
    ("tenant", "status"), [("organizations", 200), ("contoso.example", 200), ("other", 400)]
)
def test_the_directory_is_known_by_its_names(sandbox: Sandbox, tenant: str, status: int) -> None:
    root = sandbox.authority.removesuffix("common")
    answer = requests.get(f"{root}{tenant}/v2.0/.well-known/openid-configuration", timeout=5)
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["token_endpoint"].startswith("https://127.0.0.1:")
    else:
        assert answer.json()["error"] == "invalid_tenant"


def test_the_instance_discovery_knows_this_authority_only(sandbox: Sandbox) -> None:
    url = f"{sandbox.authority}/discovery/instance"
    own = sandbox.authority.replace("http:", "https:") + "/oauth2/v2.0/authorize"
    other = "https://elsewhere.example/common/oauth2/v2.0/authorize"
    known = requests.get(url, params={"authorization_endpoint": own}, timeout=5).json()
    assert known["tenant_discovery_endpoint"].endswith("/common/v2.0/.well-known/openid-configuration")
    unknown = requests.get(url, params={"authorization_endpoint": other}, timeout=5)
    assert error_of(unknown) == (400, "invalid_instance")
