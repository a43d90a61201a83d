"""Signing in to Salesforce through a browser: heard on loopback, or pasted, whichever comes first."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from lpc_tui.accounts.browser import BrowserSignIn, callback_url
from lpc_tui.accounts.interface import Challenge, Question
from lpc_tui.engine.interface import Cancel
from lpc_tui.errors import CancelledByUser, SignInError
from lpc_tui.model.items import Side
from lpc_tui.sandbox.signin.connected_apps import SANDBOX_APP
from tests.accounts.stage import WHO, Stage


@pytest.fixture
def port(stage: Stage) -> int:
    """A free port, listed with the app."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    stage.changes = {"salesforce.auth": "web"}
    stage.sandbox.salesforce_desk.register(replace(SANDBOX_APP, callback_urls=(callback_url(port),)))
    return port


def decided(address: str, decision: str = "approve") -> str:
    """Where the browser is sent on to, once the person has decided on the page at `address`."""
    page, _, query = address.partition("?")
    form = {**dict(parse_qsl(query)), "decision": decision}
    answer = requests.post(page, data=form, timeout=5, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


class Elsewhere:
    """A person whose browser is on another computer."""

    def __init__(self, answers: Callable[[str], list[str]]) -> None:
        self._answers = answers
        self._left: list[str] = []
        self.questions: list[str] = []

    def tell(self, challenge: Challenge) -> None:
        self._left = self._answers(challenge.url)

    async def ask(self, question: Question) -> str:
        self.questions.append(question.text)
        await asyncio.sleep(0)
        return self._left.pop(0)


class Here:
    """A person whose browser runs on this computer, or has the port forwarded to it."""

    def __init__(
        self, port: int, decision: str = "approve", meddle: Callable[[str], None] | None = None
    ) -> None:
        self._port = port
        self._decision = decision
        self._meddle = meddle
        self._browsing: Awaitable[None] | None = None
        self.was_cancelled = False
        self.page = ""

    def tell(self, challenge: Challenge) -> None:
        self._browsing = asyncio.ensure_future(asyncio.to_thread(self._browse, challenge.url))

    async def ask(self, question: Question) -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        raise AssertionError

    def _browse(self, address: str) -> None:
        there = decided(address, self._decision).replace("localhost", "127.0.0.1")
        if self._meddle is not None:
            self._meddle(there)
        self.page = requests.get(there, timeout=5).text


async def test_the_browser_on_this_computer_is_heard(stage: Stage, port: int) -> None:
    person = Here(port)
    stage.clock.is_waiting_endless = True
    status = await stage.accounts(port).login(Side.SALESFORCE, person.tell, person.ask, Cancel())
    assert (status.is_signed_in, status.who, status.method) == (True, WHO, "Web browser")
    assert person.was_cancelled, "the question does not outlive the answer"


async def test_only_the_sign_in_that_is_waited_for_is_taken(stage: Stage, port: int) -> None:
    seen: list[int] = []

    def meddle(there: str) -> None:
        others = (
            f"http://127.0.0.1:{port}/favicon.ico",
            there.replace("state=", "state=x"),
            there.split("?")[0],
        )
        seen.extend(requests.get(address, timeout=5).status_code for address in others)

    person = Here(port, meddle=meddle)
    stage.clock.is_waiting_endless = True
    assert (await stage.accounts(port).login(Side.SALESFORCE, person.tell, person.ask, Cancel())).is_signed_in
    assert seen == [404, 400, 400]


async def test_declined_in_a_browser_on_this_computer(stage: Stage, port: int) -> None:
    person = Here(port, "decline")
    stage.clock.is_waiting_endless = True
    with pytest.raises(SignInError, match="refused in the browser"):
        await stage.accounts(port).login(Side.SALESFORCE, person.tell, person.ask, Cancel())


@pytest.mark.parametrize("is_port_taken", [False, True])
async def test_the_address_is_pasted_where_the_browser_is_elsewhere(
    stage: Stage, port: int, is_port_taken: bool
) -> None:
    person = Elsewhere(lambda url: ["what?", callback_url(port) + "?code=x&state=y", decided(url)])
    stage.clock.is_waiting_endless = True
    with socket.socket() as other:
        if is_port_taken:
            other.bind(("127.0.0.1", port))
            other.listen()
        status = await stage.accounts(port).login(Side.SALESFORCE, person.tell, person.ask, Cancel())
    assert status.is_signed_in
    assert [("no address of this sign-in" in each) for each in person.questions] == [False, True, True]


async def test_no_address_and_no_listener_is_no_sign_in(stage: Stage, port: int) -> None:
    person = Elsewhere(lambda _: [""])
    stage.clock.is_waiting_endless = True
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(SignInError, match="No address was given"):
            await stage.accounts(port).login(Side.SALESFORCE, person.tell, person.ask, Cancel())


async def test_nobody_comes(stage: Stage, port: int) -> None:
    person = Elsewhere(lambda _: [""])
    with pytest.raises(SignInError, match="expired"):
        await stage.accounts(port).login(Side.SALESFORCE, person.tell, person.ask, Cancel())


async def test_called_off(stage: Stage, port: int) -> None:
    person, cancel = Elsewhere(lambda _: [""]), Cancel()
    stage.clock.is_waiting_endless = True
    cancel.request()
    with pytest.raises(CancelledByUser):
        await stage.accounts(port).login(Side.SALESFORCE, person.tell, person.ask, cancel)
    assert not stage.paths.secrets_dir.exists()


async def test_a_web_sign_in_is_renewed_and_its_rotated_refresh_token_kept(stage: Stage, port: int) -> None:
    stage.sandbox.salesforce_desk.register(
        replace(SANDBOX_APP, callback_urls=(callback_url(port),), rotates_refresh_tokens=True)
    )
    person = Elsewhere(lambda url: [decided(url)])
    stage.clock.is_waiting_endless = True
    await stage.accounts(port).login(Side.SALESFORCE, person.tell, person.ask, Cancel())
    for _ in range(3):  # each renewal needs the token that the last one brought
        source = stage.accounts().token_source(Side.SALESFORCE)
        token = await asyncio.to_thread(source)
        stage.sandbox.salesforce_desk.expire_access_tokens()
        source.refused(token)
        assert await asyncio.to_thread(source) != token


async def test_an_app_that_wants_its_secret_gets_it_from_the_environment(stage: Stage, port: int) -> None:
    stage.sandbox.salesforce_desk.register(
        replace(SANDBOX_APP, callback_urls=(callback_url(port),), needs_secret=True)
    )
    person = Elsewhere(lambda url: [decided(url)])
    stage.clock.is_waiting_endless = True
    with pytest.raises(SignInError, match="Check the consumer secret"):
        await stage.accounts(port).login(Side.SALESFORCE, person.tell, person.ask, Cancel())
    stage.environ = {"LPC_TUI_SALESFORCE_CLIENT_SECRET": SANDBOX_APP.client_secret}
    await stage.accounts(port).login(Side.SALESFORCE, person.tell, person.ask, Cancel())
    assert SANDBOX_APP.client_secret not in stage.kept_text()


def test_nothing_secret_is_in_the_address_or_the_repr() -> None:
    begun = BrowserSignIn(callback_url(), verifier="verifier-canary")
    address = begun.address("https://org.example/authorize", {"client_id": "app"})
    assert "verifier-canary" not in address + repr(begun)
    assert dict(parse_qsl(urlsplit(address).query))["code_challenge_method"] == "S256"
