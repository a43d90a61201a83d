"""A sandbox whose clock the test moves, with small clients for its sign-in addresses."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from lpc_tui.sandbox.sample import empty_worlds
from lpc_tui.sandbox.server import Sandbox
from tests.sandbox.conftest import NOW

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPE = "Calendars.ReadWrite User.Read openid profile offline_access"


@dataclass
class MovedClock:
    """Stands still until it is moved."""

    now: dt.datetime = field(default=NOW)

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def sandbox(clock: MovedClock) -> Iterator[Sandbox]:
    worlds = empty_worlds(clock=clock, seed=1)
    with Sandbox(worlds.mailbox, worlds.org) as sandbox:
        yield sandbox


@dataclass
class Microsoft:
    """Speaks to Microsoft's side as a client that knows the protocol and no library."""

    sandbox: Sandbox

    def post(self, path: str, **form: str) -> requests.Response:
        return requests.post(f"{self.sandbox.authority}/oauth2/v2.0/{path}", data=form, timeout=5)

    def begin(self, scope: str = SCOPE) -> dict[str, Any]:
        answer = self.post("devicecode", client_id="sandbox", scope=scope)
        assert answer.status_code == 200
        return dict(answer.json())

    def poll(self, begun: dict[str, Any]) -> requests.Response:
        return self.post(
            "token", grant_type=DEVICE_GRANT, client_id="sandbox", device_code=begun["device_code"]
        )

    def sign_in(self, scope: str = SCOPE) -> dict[str, Any]:
        begun = self.begin(scope)
        self.sandbox.microsoft_desk.approve(begun["user_code"])
        answer = self.poll(begun)
        assert answer.status_code == 200
        return dict(answer.json())

    def refresh(self, token: str, scope: str = SCOPE) -> requests.Response:
        return self.post(
            "token", grant_type="refresh_token", client_id="sandbox", refresh_token=token, scope=scope
        )

    def call(self, token: str, path: str, method: str = "GET", json: object = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(
            method, f"{self.sandbox.graph_url}{path}", headers=headers, json=json, timeout=5
        )


@dataclass
class Salesforce:
    """Speaks to Salesforce's side likewise."""

    sandbox: Sandbox

    def post(self, path: str, **form: str) -> requests.Response:
        return requests.post(
            f"{self.sandbox.salesforce_url}{path}", data=form, timeout=5, allow_redirects=False
        )

    def token(self, **form: str) -> requests.Response:
        return self.post("/services/oauth2/token", **form)

    def token_by_basic(self, secret: str, **form: str) -> requests.Response:
        url = f"{self.sandbox.salesforce_url}/services/oauth2/token"
        return requests.post(url, data=form, auth=("sandbox", secret), timeout=5)

    def begin(self, **more: str) -> dict[str, Any]:
        answer = self.token(response_type="device_code", client_id="sandbox", **more)
        assert answer.status_code == 200
        return dict(answer.json())

    def poll(self, begun: dict[str, Any]) -> requests.Response:
        return self.token(grant_type="device", client_id="sandbox", code=begun["device_code"])

    def sign_in(self, **more: str) -> dict[str, Any]:
        begun = self.begin(**more)
        self.sandbox.salesforce_desk.approve(begun["user_code"])
        answer = self.poll(begun)
        assert answer.status_code == 200
        return dict(answer.json())

    def refresh(self, token: str, **more: str) -> requests.Response:
        return self.token(grant_type="refresh_token", client_id="sandbox", refresh_token=token, **more)

    def get(self, token: str, path: str = "/services/data/v62.0/limits") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{self.sandbox.salesforce_url}{path}", headers=headers, timeout=5)


@pytest.fixture
def microsoft(sandbox: Sandbox) -> Microsoft:
    return Microsoft(sandbox)


@pytest.fixture
def salesforce(sandbox: Sandbox) -> Salesforce:
    return Salesforce(sandbox)


def error_of(answer: requests.Response) -> tuple[int, str]:
    """Status and OAuth error."""
    return answer.status_code, answer.json()["error"]
