"""A sync with sign-ins instead of fixed tokens: renewed on the way, stopped when they are over, never told to anybody."""

from __future__ import annotations

import asyncio
import io
import logging
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from lpc_tui.accounts.http import Answer, HttpSession
from lpc_tui.accounts.vault import Vault
from lpc_tui.cli.render import JsonLines
from lpc_tui.engine.interface import RunResult, approve_all
from lpc_tui.errors import SignInError
from lpc_tui.logfile import LogFile
from lpc_tui.model.items import Process, Side
from lpc_tui.sandbox.faults import ExpiredToken
from lpc_tui.sandbox.faults.kinds import Service
from lpc_tui.wiring import open_engine
from tests.accounts.stage import Stage

_SECRET_KEYS = frozenset(
    {
        *("access_token", "refresh_token", "id_token", "device_code", "code"),
        *("assertion", "client_secret", "code_verifier", "token"),
    }
)


async def _run(stage: Stage, told: io.StringIO) -> RunResult:
    """One run over everything, told as `sync --json` and the log file tell it."""
    stage.sandbox.graph_log.clear()
    stage.sandbox.salesforce_log.clear()
    lines = JsonLines(told)
    with LogFile(stage.paths.log_file, clock=stage.clock) as log:

        def emit(event: Any) -> None:
            lines.emit(event)
            log(event)

        async with open_engine(
            stage.settings,
            stage.paths,
            environ=stage.environ,
            clock=stage.clock,
            sleep=stage.clock.sleep,
        ) as engine:
            return await engine.run(list(Process), review=approve_all, emit=emit)


def _questions_who(stage: Stage) -> list[str]:
    """The requests of the last run that ask whose account it is."""
    logs = (*stage.sandbox.graph_log.entries, *stage.sandbox.salesforce_log.entries)
    return [each.path for each in logs if each.path.split("?")[0].endswith(("/me", "/userinfo"))]


async def test_a_run_goes_on_with_renewed_tokens_and_knows_the_account_again(stage: Stage) -> None:
    for side in Side:
        await stage.signed_in(side)
    assert (await _run(stage, io.StringIO())).exit_code == 0
    assert _questions_who(stage)
    for side in Side:
        stage.desk(side).expire_access_tokens()
    stage.clock.move(minutes=2)
    assert (await _run(stage, io.StringIO())).exit_code == 0
    assert not _questions_who(stage), "another token is not another person"
    for log in (stage.sandbox.graph_log, stage.sandbox.salesforce_log):
        refused = sum(each.status == 401 for each in log.entries)
        assert 1 <= refused <= len(Process), "each process once at most"


@pytest.mark.parametrize("side", list(Side))
async def test_a_run_stops_when_a_sign_in_is_over(stage: Stage, side: Side) -> None:
    for each in Side:
        await stage.signed_in(each)
    stage.desk(side).revoke_all()
    result = await _run(stage, io.StringIO())
    assert result.exit_code == 3
    assert isinstance(result.error, SignInError)
    assert f"lpc-tui login {side}" in result.error.remedy


@pytest.mark.parametrize("nth", [1, 2, 3])
async def test_a_write_that_meets_an_ended_token_happens_once(stage: Stage, nth: int) -> None:
    """A 401 proves that nothing was done, so even a create is sent again, with another token."""
    for side in Side:
        await stage.signed_in(side)
    _make_a_contact_on_each_side(stage)
    for service in ("graph", "salesforce"):
        stage.sandbox.faults.add(ExpiredToken(service=service, method="POST", nth=nth))
    result = await _run(stage, io.StringIO())
    assert result.exit_code == 0, result
    stage.sandbox.faults.clear()
    assert _contacts(stage) == {"Outlook": 2, "Salesforce": 2}


def _make_a_contact_on_each_side(stage: Stage) -> None:
    sandbox = stage.sandbox
    requests.post(
        f"{sandbox.graph_url}/me/contacts",
        json={"givenName": "Ada", "surname": "Outlook"},
        headers={"Authorization": f"Bearer {sandbox.outlook_token}"},
        timeout=5,
    ).raise_for_status()
    requests.post(
        f"{sandbox.salesforce_url}/services/data/v62.0/sobjects/Contact",
        json={"FirstName": "Bob", "LastName": "Salesforce"},
        headers={"Authorization": f"Bearer {sandbox.salesforce_token}"},
        timeout=5,
    ).raise_for_status()


def _contacts(stage: Stage) -> dict[str, int]:
    """How many contacts each side has."""
    sandbox = stage.sandbox
    there = requests.get(
        f"{sandbox.graph_url}/me/contacts",
        headers={"Authorization": f"Bearer {sandbox.outlook_token}"},
        timeout=5,
    )
    org = requests.get(
        f"{sandbox.salesforce_url}/services/data/v62.0/query",
        params={"q": "SELECT Id FROM Contact"},
        headers={"Authorization": f"Bearer {sandbox.salesforce_token}"},
        timeout=5,
    )
    return {"Outlook": len(there.json()["value"]), "Salesforce": org.json()["totalSize"]}


async def test_no_secret_is_told_anywhere(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Canaries are all secrets that went over the wire: in files, logs, JSON, tracebacks, reprs."""
    caplog.set_level(logging.DEBUG)
    canaries = _collected(monkeypatch)
    told = io.StringIO()
    for side in Side:
        await stage.signed_in(side)
    await _run(stage, told)
    told.write(repr(stage.accounts().__dict__))
    for side in Side:
        accounts = stage.accounts()
        source = accounts.token_source(side)
        told.write(f"{source!r} {vars(source)!r} {accounts.status(side)!r} {accounts.account_key(side)!r}")
        stage.desk(side).expire_access_tokens()
    await _run(stage, told)
    for side in Side:
        stage.desk(side).revoke_all()
        error = (await _run(stage, told)).error
        assert error is not None
        told.write("".join(traceback.format_exception(error)))
    shown = capsys.readouterr()
    texts = {"told": told.getvalue(), "stdout": shown.out, "stderr": shown.err, "logging": caplog.text}
    home = stage.paths.config_file.parent
    kept = stage.paths.secrets_dir / "secrets.json"
    for file in home.rglob("*"):
        if file.is_file() and file != kept:
            texts[file.name] = file.read_bytes().decode("latin-1")
    assert {"state.db", "lpc-tui.log"} <= texts.keys()
    assert len(canaries) > 10
    leaks = {where for where, text in texts.items() if any(canary in text for canary in canaries)}
    assert not leaks
    assert any(canary in kept.read_text() for canary in canaries), "the canaries are the right ones"


def _collected(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Grows with every secret that is sent to a sign-in service, or comes from one."""
    canaries: set[str] = set()
    ask = HttpSession.ask

    def collect(values: Mapping[str, Any]) -> None:
        canaries.update(
            str(value) for name, value in values.items() if name in _SECRET_KEYS and len(str(value)) > 15
        )

    def listening(self: HttpSession, method: str, url: str, **options: Any) -> Answer:
        collect(options.get("form") or {})
        answer = ask(self, method, url, **options)
        collect(answer.body)
        assert not any(str(canary) in repr(answer) for canary in canaries)
        return answer

    monkeypatch.setattr(HttpSession, "ask", listening)
    return canaries


async def test_no_secret_store_is_read_on_the_loop(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A keyring that hangs is given up only after seconds: a screen must not stand still for that long."""
    read: list[bool] = []
    load = Vault.load

    def listening(self: Vault, name: str) -> SecretStr | None:
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            raise AssertionError(name)
        read.append(True)
        return load(self, name)

    for side in Side:
        await stage.signed_in(side)
    monkeypatch.setattr(Vault, "load", listening)
    for _ in range(2):
        assert (await _run(stage, io.StringIO())).exit_code == 0
        stage.clock.move(minutes=2)
    for side in Side:
        await stage.signed_in(side)
        assert await stage.accounts().logout(side)
    assert read


@pytest.mark.parametrize("service", ["graph", "salesforce"])
async def test_a_refused_token_is_renewed_and_the_request_repeated_once(
    stage: Stage, service: Service
) -> None:
    """Whatever the service refuses then, too, is no matter of tokens: it is not asked a third time."""
    for side in Side:
        await stage.signed_in(side)
    path = "/v1.0/*" if service == "graph" else "/services/data/*"
    fault = ExpiredToken(service=service, path=path)
    stage.sandbox.faults.add(fault)
    async with open_engine(
        stage.settings, stage.paths, environ=stage.environ, clock=stage.clock, sleep=stage.clock.sleep
    ) as engine:
        result = await engine.run([Process.CONTACT], review=approve_all, emit=lambda _event: None)
    assert result.exit_code == 3
    assert stage.sandbox.faults.struck(fault) == 2
