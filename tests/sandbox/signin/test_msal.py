"""Microsoft's own library signs in to the sandbox: over TLS as it is, and over plain loopback behind a thin adapter."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
from msal import PublicClientApplication, SerializableTokenCache
from requests.adapters import HTTPAdapter

from lpc_tui.sandbox.sample import Worlds
from lpc_tui.sandbox.server import Sandbox

RIGHTS = ["Calendars.ReadWrite", "Contacts.ReadWrite", "Tasks.ReadWrite", "User.Read"]


class PlainLoopback(HTTPAdapter):
    """Sends over http what MSAL, which knows only https, addresses to loopback."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        assert request.url is not None
        request.url = request.url.replace("https://127.0.0.1:", "http://127.0.0.1:", 1)
        return super().send(request, *args, **kwargs)


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False  # an environment's REQUESTS_CA_BUNDLE would override `verify`
        yield session


def _app(sandbox: Sandbox, http: requests.Session, cache: SerializableTokenCache) -> PublicClientApplication:
    return PublicClientApplication(
        "sandbox",
        authority=sandbox.authority.replace("http:", "https:"),
        instance_discovery=False,
        http_client=http,
        token_cache=cache,
    )


def _approved(sandbox: Sandbox, app: PublicClientApplication) -> Mapping[str, Any]:
    undecided = app.initiate_device_flow(RIGHTS)
    waiting = app.acquire_token_by_device_flow(undecided, exit_condition=lambda _flow: True)
    assert waiting["error"] == "authorization_pending"
    flow = app.initiate_device_flow(RIGHTS)
    sandbox.microsoft_desk.approve(flow["user_code"])
    tokens: Mapping[str, Any] = app.acquire_token_by_device_flow(flow, exit_condition=lambda _flow: True)
    return tokens


def _status(sandbox: Sandbox, token: str, verify: str | bool = True) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(
        f"{sandbox.graph_url}/me/events", headers=headers, verify=verify, timeout=5
    ).status_code


def test_msal_signs_in_over_tls(worlds: Worlds, http: requests.Session) -> None:
    with Sandbox(worlds.mailbox, worlds.org, tls=True) as sandbox:
        http.verify = str(sandbox.ca_file)
        tokens = _approved(sandbox, _app(sandbox, http, SerializableTokenCache()))
        assert tokens["id_token_claims"]["preferred_username"] == sandbox.mailbox.user.address
        assert _status(sandbox, tokens["access_token"], str(sandbox.ca_file)) == 200


def test_msal_renews_in_silence_from_a_cache_that_was_kept(worlds: Worlds, http: requests.Session) -> None:
    http.mount("https://127.0.0.1:", PlainLoopback())
    with Sandbox(worlds.mailbox, worlds.org) as sandbox:
        cache = SerializableTokenCache()
        first = _approved(sandbox, _app(sandbox, http, cache))
        kept = SerializableTokenCache()
        kept.deserialize(cache.serialize())
        app = _app(sandbox, http, kept)
        (account,) = app.get_accounts()
        assert account["username"] == sandbox.mailbox.user.address
        assert account["home_account_id"] == f"{sandbox.mailbox.user_id}.{sandbox.microsoft_desk.tenant_id}"
        assert app.acquire_token_silent(RIGHTS, account)["access_token"] == first["access_token"]
        sandbox.microsoft_desk.expire_access_tokens()
        assert _status(sandbox, first["access_token"]) == 401
        renewed = app.acquire_token_silent_with_error(RIGHTS, account, force_refresh=True)
        assert _status(sandbox, renewed["access_token"]) == 200
        sandbox.microsoft_desk.revoke_all()
        refused = app.acquire_token_silent_with_error(RIGHTS, account, force_refresh=True)
        assert refused["error"] == "invalid_grant"
        assert "AADSTS50173" in refused["error_description"]


def test_msal_refuses_an_authority_that_is_not_https(worlds: Worlds) -> None:
    with Sandbox(worlds.mailbox, worlds.org) as sandbox, pytest.raises(ValueError, match="https"):
        PublicClientApplication("sandbox", authority=sandbox.authority, instance_discovery=False)
