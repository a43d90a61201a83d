"""Where tokens may travel, over real connections: encrypted, to a host that proves who it is, and to no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lpc_tui.accounts.interface import Question
from lpc_tui.accounts.profile import open_accounts
from lpc_tui.engine.interface import Cancel, approve_all
from lpc_tui.errors import ProtocolError, SettingsError, UnreachableError
from lpc_tui.model.items import Process, Side
from lpc_tui.paths import paths_of
from lpc_tui.sandbox.faults import Garble
from lpc_tui.sandbox.faults.kinds import Service
from lpc_tui.sandbox.hosting import HOST, Host, Listener
from lpc_tui.sandbox.sample import empty_worlds
from lpc_tui.sandbox.server import Sandbox
from lpc_tui.settings import Settings
from lpc_tui.settings_check import with_changes
from lpc_tui.wiring import open_engine
from tests.end_to_end.hands import fields_for
from tests.end_to_end.rehearsal import NOW, Rehearsal, Times, rehearsing


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    """An item on each side that the other one has not got."""
    with rehearsing(tmp_path) as played:
        _add_items(played)
        yield played


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """The address of another server, and the paths it was asked for."""
    asked: list[str] = []

    async def answer(request: Request) -> Response:
        asked.append(request.url.path)
        return Response("{}", media_type="application/json")

    methods = ["GET", "POST", "PATCH", "DELETE"]
    host = Host([Listener("Other", Starlette(routes=[Route("/{path:path}", answer, methods=methods)]))])
    host.start()
    yield f"http://{HOST}:{host.ports[0]}/", asked
    host.stop()


@pytest.mark.parametrize("service", ["graph", "salesforce"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_redirect_to_another_host_is_not_followed(
    rehearsal: Rehearsal, elsewhere: tuple[str, list[str]], service: Service, status: int, method: str
) -> None:
    """Another port is another host. A read and a write of the run are sent there."""
    url, asked = elsewhere
    fault = Garble(service=service, method=method, status=status, location=url, body="")
    rehearsal.sandbox.faults.add(fault)
    assert (await rehearsal.sync()).exit_code == 5
    assert rehearsal.sandbox.faults.struck(fault)
    assert asked == []


@pytest.mark.parametrize("key", ["@odata.nextLink", "@odata.deltaLink"])
async def test_a_link_to_another_host_is_not_followed(
    rehearsal: Rehearsal, elsewhere: tuple[str, list[str]], key: str
) -> None:
    """Not in that run, and not in the next one, which finishes the job."""
    url, asked = elsewhere
    body = json.dumps({"value": [], key: f"{url}v1.0/me/calendarView/delta"})
    fault = Garble(path="*/delta*", content_type="application/json", body=body)
    rehearsal.sandbox.faults.add(fault)
    result = await rehearsal.sync()
    assert isinstance(result.error, ProtocolError)
    assert "another host" in result.error.message
    assert rehearsal.sandbox.faults.struck(fault)
    rehearsal.sandbox.faults.clear()
    assert (await rehearsal.sync()).exit_code == 0
    assert await rehearsal.differences() == []
    assert asked == []


@pytest.mark.parametrize("key", ["outlook.graph_url", "outlook.authority", "salesforce.instance_url"])
async def test_plain_http_goes_to_this_computer_alone(tmp_path: Path, key: str) -> None:
    """Refused by the settings file; and again by whoever would send something, should it get past that."""
    with pytest.raises(SettingsError, match="https"):
        with_changes(Settings(), {key: "http://services.example"})
    settings = with_changes(Settings(), {"salesforce.instance_url": "https://acme.my.salesforce.com"})
    group, name = key.split(".")
    object.__setattr__(getattr(settings, group), name, "http://services.example")
    object.__setattr__(settings.outlook, "client_id", "app")
    object.__setattr__(settings.salesforce, "client_id", "app")
    paths, environ = paths_of(environ={"LPC_TUI_HOME": str(tmp_path)}), {}
    if key != "outlook.authority":
        environ = {f"LPC_TUI_{side.upper()}_TOKEN": "canary" for side in Side}
        async with open_engine(settings, paths, environ=environ) as engine:
            result = await engine.run([Process.CALENDAR], review=approve_all, emit=lambda _event: None)
        assert isinstance(result.error, SettingsError)
        assert "not encrypted" in result.error.message
    if key == "outlook.graph_url":
        return  # nobody signs in there
    accounts = open_accounts(settings, paths, {})
    with pytest.raises(SettingsError, match="not encrypted"):
        await accounts.login(Side(group), lambda _challenge: None, _no_answer, Cancel())


async def _no_answer(_question: Question) -> str:
    return ""


@pytest.mark.parametrize("side", list(Side))
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And taken once the person vouches for it by REQUESTS_CA_BUNDLE."""
    times = Times()
    worlds = empty_worlds(clock=times, seed=1)
    with (
        Sandbox(worlds.mailbox, worlds.org) as plain,
        Sandbox(worlds.mailbox, worlds.org, tls=True) as encrypted,
    ):
        rehearsal = Rehearsal(_Half(plain, encrypted, side), worlds, tmp_path, times)
        _add_items(rehearsal)
        refused = await rehearsal.sync()
        assert isinstance(refused.error, UnreachableError)
        assert "its certificate was refused" in refused.error.message
        assert refused.exit_code == 5
        assert encrypted.graph_log.count() == encrypted.salesforce_log.count() == 0
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(encrypted.ca_file))
        assert (await rehearsal.sync()).exit_code == 0
        assert encrypted.graph_log.count() + encrypted.salesforce_log.count() > 0
        assert await rehearsal.differences() == []


def _add_items(rehearsal: Rehearsal) -> None:
    """An item on each side."""
    for side in Side:
        day = NOW.date() + timedelta(days=1 + [*Side].index(side))
        rehearsal.hands(side).add(**fields_for(Process.CALENDAR, f"Made in {side.label}", day))


class _Half(Sandbox):
    """Two running sandboxes of the same worlds as one, of which a side's service is the encrypted one."""

    def __init__(self, plain: Sandbox, encrypted: Sandbox, side: Side) -> None:
        super().__init__(plain.mailbox, plain.org)
        self._of = {each: encrypted if each is side else plain for each in Side}

    @property
    def graph_url(self) -> str:
        return self._of[Side.OUTLOOK].graph_url

    @property
    def salesforce_url(self) -> str:
        return self._of[Side.SALESFORCE].salesforce_url
