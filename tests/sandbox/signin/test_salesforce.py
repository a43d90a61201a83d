"""Salesforce's OAuth, flow by flow, and what the org makes of the tokens."""

import base64
import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lpc_tui.sandbox.server import Sandbox
from lpc_tui.sandbox.signin.connected_apps import LOOPBACK_CALLBACK, SANDBOX_APP, Flow
from tests.sandbox.signin.conftest import MovedClock, Salesforce, error_of

VERIFIER = "a-verifier-of-at-least-forty-three-characters-0"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "response_type": "code",
    "client_id": "sandbox",
    "redirect_uri": LOOPBACK_CALLBACK,
    "state": "a state & more",
    "scope": "api id refresh_token",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def _sent_back(answer: requests.Response) -> dict[str, str]:
    """What a redirect tells the app."""
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith(f"{LOOPBACK_CALLBACK}?")
    return {name: value for name, (value,) in parse_qs(urlsplit(location).query).items()}


def _code(salesforce: Salesforce, **changed: str) -> str:
    asked = {**ASKED, **changed, "decision": "approve"}
    return _sent_back(salesforce.post("/services/oauth2/authorize", **asked))["code"]


def _redeem(salesforce: Salesforce, code: str, **changed: str) -> requests.Response:
    form = {"client_id": "sandbox", "redirect_uri": LOOPBACK_CALLBACK, "code_verifier": VERIFIER, **changed}
    return salesforce.token(grant_type="authorization_code", code=code, **form)


# -- device flow


def test_the_device_flow_ends_with_tokens_for_the_org(
    salesforce: Salesforce, sandbox: Sandbox, clock: MovedClock
) -> None:
    begun = salesforce.begin(scope="api id refresh_token")
    assert begun.keys() == {"device_code", "user_code", "verification_uri", "interval"}
    assert error_of(salesforce.poll(begun)) == (400, "authorization_pending")
    assert error_of(salesforce.poll(begun)) == (400, "slow_down")
    clock.move(seconds=10)
    assert error_of(salesforce.poll(begun)) == (400, "authorization_pending")
    form = {"user_code": begun["user_code"], "decision": "approve"}
    assert requests.post(begun["verification_uri"], data=form, timeout=5).status_code == 200
    tokens = salesforce.poll(begun).json()
    assert "expires_in" not in tokens
    assert tokens["scope"] == "api id refresh_token"
    assert tokens["instance_url"] == sandbox.salesforce_url
    assert tokens["access_token"].startswith(f"{sandbox.org.organization[:15]}!")
    assert salesforce.get(tokens["access_token"]).status_code == 200
    who = salesforce.get(tokens["access_token"], "/services/oauth2/userinfo").json()
    same = salesforce.get(tokens["access_token"], urlsplit(tokens["id"]).path).json()
    assert who["user_id"] == same["user_id"] == sandbox.org.me
    assert error_of(salesforce.poll(begun)) == (400, "invalid_grant")


def test_a_declined_and_a_forgotten_code(salesforce: Salesforce, sandbox: Sandbox, clock: MovedClock) -> None:
    declined, forgotten = salesforce.begin(), salesforce.begin()
    sandbox.salesforce_desk.decline(declined["user_code"])
    assert error_of(salesforce.poll(declined)) == (400, "access_denied")
    clock.move(minutes=10)
    assert error_of(salesforce.poll(forgotten)) == (400, "invalid_grant")


def test_the_names_of_rfc_8628_are_not_salesforces(salesforce: Salesforce) -> None:
    begun = salesforce.begin()
    grant_type = "urn:ietf:params:oauth:grant-type:device_code"
    answer = salesforce.token(grant_type=grant_type, client_id="sandbox", device_code=begun["device_code"])
    assert error_of(answer) == (400, "unsupported_grant_type")


# -- web flow


def test_the_web_flow_sends_the_browser_back_with_a_code(salesforce: Salesforce, sandbox: Sandbox) -> None:
    shown = requests.get(f"{sandbox.salesforce_url}/services/oauth2/authorize", params=ASKED, timeout=5)
    assert shown.status_code == 200
    assert 'value="a state &amp; more"' in shown.text
    sent = _sent_back(salesforce.post("/services/oauth2/authorize", **ASKED, decision="approve"))
    assert sent["state"] == ASKED["state"]
    tokens = _redeem(salesforce, sent["code"]).json()
    assert salesforce.get(tokens["access_token"]).status_code == 200
    assert "refresh_token" in tokens
    assert error_of(_redeem(salesforce, sent["code"])) == (400, "invalid_grant")


def test_a_denial_is_sent_back_with_the_state(salesforce: Salesforce) -> None:
    sent = _sent_back(salesforce.post("/services/oauth2/authorize", **ASKED, decision="decline"))
    assert (sent["error"], sent["state"]) == ("access_denied", ASKED["state"])


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "http://localhost:1718/OauthRedirect"}, "redirect_uri_mismatch"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "other"}, "invalid_client_id"),
    ],
)
def test_a_code_is_for_who_asked_for_it(salesforce: Salesforce, changed: dict[str, str], error: str) -> None:
    code = _code(salesforce)
    assert error_of(_redeem(salesforce, code, **changed)) == (400, error)
    assert _redeem(salesforce, code).status_code == 200


def test_a_code_ends_after_a_quarter_of_an_hour(salesforce: Salesforce, clock: MovedClock) -> None:
    code = _code(salesforce)
    clock.move(minutes=15)
    assert error_of(_redeem(salesforce, code)) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "api web"}, "invalid_scope"),
    ],
)
def test_a_wrong_request_of_a_known_app_is_sent_back(
    salesforce: Salesforce, changed: dict[str, str | None], error: str
) -> None:
    asked = {name: value for name, value in {**ASKED, **changed}.items() if value is not None}
    sent = _sent_back(salesforce.post("/services/oauth2/authorize", **asked, decision="approve"))
    assert (sent["error"], sent["state"]) == (error, ASKED["state"])


@pytest.mark.parametrize(
    "changed", [{"client_id": "other"}, {"redirect_uri": "http://127.0.0.1:1717/OauthRedirect"}]
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(
    salesforce: Salesforce, changed: dict[str, str]
) -> None:
    answer = salesforce.post("/services/oauth2/authorize", **{**ASKED, **changed}, decision="approve")
    assert answer.status_code == 400
    assert "Location" not in answer.headers


# -- JWT bearer


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _assert(
    salesforce: Salesforce, clock: MovedClock, key: rsa.RSAPrivateKey, **changed: Any
) -> requests.Response:
    claims = {
        "iss": "sandbox",
        "sub": salesforce.sandbox.org.record("User", salesforce.sandbox.org.me)["Username"],
        "aud": "https://login.salesforce.com",
        "exp": int(clock.now.timestamp()) + 180,
        **changed,
    }
    assertion = jwt.encode(claims, key, algorithm="RS256")
    return salesforce.token(grant_type=Flow.JWT, assertion=assertion)


def _register(sandbox: Sandbox, key: rsa.RSAPrivateKey, *, is_preauthorized: bool = True) -> None:
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    app = replace(SANDBOX_APP, certificate=pem.decode(), is_preauthorized=is_preauthorized)
    sandbox.salesforce_desk.register(app)


def test_an_assertion_is_taken_from_whom_it_was_registered_for(
    salesforce: Salesforce, sandbox: Sandbox, clock: MovedClock, key: rsa.RSAPrivateKey
) -> None:
    assert error_of(_assert(salesforce, clock, key)) == (400, "invalid_client")
    _register(sandbox, key)
    tokens = _assert(salesforce, clock, key).json()
    assert "refresh_token" not in tokens
    assert "refresh_token" not in tokens["scope"]
    assert salesforce.get(tokens["access_token"]).status_code == 200
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert error_of(_assert(salesforce, clock, other)) == (400, "invalid_client")


@pytest.mark.parametrize(
    ("changed", "description"),
    [
        ({"aud": "https://test.salesforce.com"}, "audience is invalid"),
        ({"sub": "nobody@example.com"}, "user hasn't approved this consumer"),
        ({"exp": 0}, "expired authorization code"),
        ({"exp": None}, "expired authorization code"),
        ({"iss": "other"}, "client identifier invalid"),
        ({"sub": None}, "invalid assertion"),
    ],
)
def test_a_wrong_claim_is_refused_in_salesforces_words(
    salesforce: Salesforce,
    sandbox: Sandbox,
    clock: MovedClock,
    key: rsa.RSAPrivateKey,
    changed: dict[str, object],
    description: str,
) -> None:
    _register(sandbox, key)
    answer = _assert(salesforce, clock, key, **changed)
    assert answer.status_code == 400
    assert answer.json()["error_description"] == description


def test_without_preauthorisation_an_earlier_sign_in_has_to_stand(
    salesforce: Salesforce, sandbox: Sandbox, clock: MovedClock, key: rsa.RSAPrivateKey
) -> None:
    _register(sandbox, key, is_preauthorized=False)
    refused = _assert(salesforce, clock, key).json()
    assert refused["error_description"] == "user hasn't approved this consumer"
    salesforce.sign_in()
    assert _assert(salesforce, clock, key).status_code == 200


def test_what_is_no_signed_jwt_is_no_assertion(salesforce: Salesforce) -> None:
    unsigned = jwt.encode({"iss": "sandbox", "sub": "x"}, "", algorithm="none")
    for assertion in ("no jwt", unsigned):
        answer = salesforce.token(grant_type=Flow.JWT, assertion=assertion)
        assert answer.json()["error_description"] == "invalid assertion"


# -- client credentials


def test_client_credentials_come_in_the_form_or_as_basic(salesforce: Salesforce) -> None:
    secret = {"client_id": "sandbox", "client_secret": "sandbox-secret"}
    for answer in (
        salesforce.token(grant_type="client_credentials", **secret),
        salesforce.token_by_basic("sandbox-secret", grant_type="client_credentials"),
    ):
        tokens = answer.json()
        assert "refresh_token" not in tokens
        assert salesforce.get(tokens["access_token"]).status_code == 200


def test_client_credentials_need_the_secret_and_somebody_to_run_as(
    salesforce: Salesforce, sandbox: Sandbox
) -> None:
    bare = salesforce.token(grant_type="client_credentials", client_id="sandbox")
    wrong = salesforce.token_by_basic("wrong", grant_type="client_credentials")
    assert error_of(bare) == error_of(wrong) == (400, "invalid_client")
    sandbox.salesforce_desk.register(replace(SANDBOX_APP, has_run_as_user=False))
    nobody = salesforce.token_by_basic("sandbox-secret", grant_type="client_credentials")
    assert nobody.json()["error_description"] == "no client credentials user enabled"


# -- the life of tokens


def test_a_session_lives_on_by_being_used(salesforce: Salesforce, clock: MovedClock) -> None:
    token = salesforce.sign_in()["access_token"]
    for _ in range(3):
        clock.move(minutes=119)
        assert salesforce.get(token).status_code == 200
    clock.move(minutes=120)
    refused = salesforce.get(token)
    assert refused.status_code == 401
    assert refused.json()[0] == {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}


def test_a_refresh_token_stays_good_unless_the_app_rotates_them(
    salesforce: Salesforce, sandbox: Sandbox
) -> None:
    refresh = salesforce.sign_in()["refresh_token"]
    sandbox.salesforce_desk.expire_access_tokens()
    renewed = salesforce.refresh(refresh).json()
    assert "refresh_token" not in renewed
    assert salesforce.get(renewed["access_token"]).status_code == 200
    sandbox.salesforce_desk.register(replace(SANDBOX_APP, rotates_refresh_tokens=True))
    following = salesforce.refresh(refresh).json()["refresh_token"]
    assert error_of(salesforce.refresh(refresh)) == (400, "invalid_grant")
    assert salesforce.refresh(following).status_code == 200


def test_nothing_is_for_another_app(salesforce: Salesforce, sandbox: Sandbox) -> None:
    sandbox.salesforce_desk.register(replace(SANDBOX_APP, client_id="other"))
    code, refresh = _code(salesforce), salesforce.sign_in()["refresh_token"]
    assert error_of(_redeem(salesforce, code, client_id="other")) == (400, "invalid_grant")
    refreshed = salesforce.token(grant_type="refresh_token", client_id="other", refresh_token=refresh)
    assert error_of(refreshed) == (400, "invalid_grant")


def test_an_app_may_need_its_secret_to_refresh(salesforce: Salesforce, sandbox: Sandbox) -> None:
    refresh = salesforce.sign_in()["refresh_token"]
    sandbox.salesforce_desk.register(replace(SANDBOX_APP, needs_secret=True))
    assert error_of(salesforce.refresh(refresh)) == (400, "invalid_client")
    assert salesforce.refresh(refresh, client_secret="sandbox-secret").status_code == 200


def test_the_sixth_sign_in_ends_the_oldest(salesforce: Salesforce) -> None:
    tokens = [salesforce.sign_in()["refresh_token"] for _ in range(6)]
    assert [salesforce.refresh(token).status_code for token in tokens] == [400, *[200] * 5]


def test_revoking_a_refresh_token_ends_its_sessions_too(salesforce: Salesforce) -> None:
    first, second = salesforce.sign_in(), salesforce.sign_in()
    assert salesforce.post("/services/oauth2/revoke", token=first["refresh_token"]).status_code == 200
    assert salesforce.get(first["access_token"]).status_code == 401
    again = salesforce.refresh(first["refresh_token"])
    assert again.json() == {"error": "invalid_grant", "error_description": "expired access/refresh token"}
    assert error_of(salesforce.post("/services/oauth2/revoke", token=first["refresh_token"])) == (
        400,
        "invalid_token",
    )
    assert salesforce.post("/services/oauth2/revoke", token=second["access_token"]).status_code == 200
    assert salesforce.get(second["access_token"]).status_code == 401
    assert salesforce.refresh(second["refresh_token"]).status_code == 200


def test_a_token_is_good_for_its_scopes(salesforce: Salesforce) -> None:
    for_who = salesforce.sign_in(scope="id")["access_token"]
    refused = salesforce.get(for_who)
    assert refused.status_code == 401
    assert refused.json()[0]["message"] == "This session is not valid for use with the REST API"
    assert salesforce.get(for_who, "/services/oauth2/userinfo").status_code == 200
    for_data = salesforce.sign_in(scope="api")["access_token"]
    assert salesforce.get(for_data).status_code == 200
    who = salesforce.get(for_data, "/services/oauth2/userinfo")
    assert (who.status_code, who.text) == (403, "Bad_OAuth_Token")


def test_the_flows_of_an_app_are_its_admins_choice(salesforce: Salesforce, sandbox: Sandbox) -> None:
    sandbox.salesforce_desk.register(replace(SANDBOX_APP, flows=frozenset({Flow.WEB})))
    answer = salesforce.token(response_type="device_code", client_id="sandbox")
    assert answer.status_code == 400
    assert _redeem(salesforce, _code(salesforce)).status_code == 200


def test_a_password_is_not_good_for_a_token(salesforce: Salesforce) -> None:
    answer = salesforce.token(grant_type="password", client_id="sandbox", username="a", password="b")
    assert error_of(answer) == (400, "invalid_grant")
