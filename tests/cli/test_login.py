"""`lpc-tui login` and `logout`: what the person is shown, on a terminal and in a pipe, and the exit codes."""

from __future__ import annotations

import asyncio
import io
import os
import pty
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from lpc_tui.accounts.interface import (
    Accounts,
    AccountStatus,
    Ask,
    Challenge,
    Question,
    Stop,
    Tell,
    TokenSource,
)
from lpc_tui.cli import login as command
from lpc_tui.cli.app import app
from lpc_tui.cli.asking import line_from_terminal
from lpc_tui.cli.errors import run_cli
from lpc_tui.cli.login import qr_block
from lpc_tui.engine.interface import Cancel
from lpc_tui.errors import CancelledByUser
from lpc_tui.model.items import Side
from lpc_tui.paths import paths_of
from lpc_tui.settings_file import load
from tests.accounts.stage import WHO, Stage, stage_in

Shell: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with stage_in(tmp_path / "home") as stage:
        yield stage


@pytest.fixture
def shell(stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs command lines in this process, on the stage's profile, without a terminal; whatever code is shown is approved."""
    monkeypatch.setenv("LPC_TUI_HOME", str(stage.paths.config_file.parent))
    monkeypatch.setattr(command, "accounts_of", lambda _: _Approved(stage))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)

    def run(*args: str) -> tuple[int, str, str]:
        code = run_cli(app, args)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


class _Approved:
    """The stage's accounts, with a person who agrees to everything that is shown."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._accounts: Accounts = stage.accounts()

    def status(self, side: Side) -> AccountStatus:
        return self._accounts.status(side)

    async def login(self, side: Side, tell: Tell, ask: Ask, cancel: Stop) -> AccountStatus:
        def tell_and_approve(challenge: Challenge) -> None:
            tell(challenge)
            self._stage.approving(side)(challenge)

        return await self._accounts.login(side, tell_and_approve, ask, cancel)

    async def logout(self, side: Side) -> bool:
        return await self._accounts.logout(side)


def test_in_and_out_again(stage: Stage, shell: Shell) -> None:
    code, out, err = shell("login", "outlook")
    assert code == 0
    assert f"Signed in to Outlook as {WHO}. The sign-in is kept in the file {stage.paths.secrets_dir}" in out
    challenge = stage.challenges[0]
    assert err.count(challenge.code) == err.count(challenge.url) == 1
    assert "Ctrl-C gives up" in err

    code, out, _ = shell("login")
    assert code == 0
    outlook, salesforce = out.splitlines()
    assert f"{WHO}, Device code, kept in the file" in outlook
    assert salesforce.split() == ["Salesforce:", "not", "signed", "in", "(lpc-tui", "login", "salesforce)"]
    assert shell("login", "outlook", "--status")[1].splitlines() == [outlook]

    assert shell("logout")[1].splitlines() == [
        "Signed out of Outlook.",
        "Nobody was signed in to Salesforce.",
    ]
    assert "not signed in" in shell("login", "--status")[1].splitlines()[0]


def test_a_token_in_the_environment_is_pointed_out(
    stage: Stage, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LPC_TUI_SALESFORCE_TOKEN", "canary")
    code, out, err = shell("login", "salesforce")
    assert (code, "Signed in" in out) == (0, True)
    assert "LPC_TUI_SALESFORCE_TOKEN is set" in err
    assert "canary" not in out + err


def test_a_client_secret_comes_through_a_pipe(
    stage: Stage, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.changes = {"salesforce.auth": "client_credentials"}
    monkeypatch.setattr(sys, "stdin", io.StringIO("sandbox-secret\n"))
    code, out, err = shell("login", "salesforce")
    assert code == 0
    assert "sandbox-secret" not in out + err


@pytest.mark.parametrize(
    ("changes", "args", "code", "words"),
    [
        ({}, ("login", "dropbox"), 2, "The services are outlook and salesforce"),
        ({"outlook.client_id": ""}, ("login", "outlook"), 2, "Register an app"),
        ({"outlook.client_id": "0000"}, ("login", "outlook"), 3, "AADSTS700016"),
        ({"salesforce.instance_url": "http://127.0.0.1:9"}, ("login", "salesforce"), 5, "cannot be reached"),
    ],
)
def test_a_refusal_is_one_line_with_what_to_do(
    stage: Stage, shell: Shell, changes: dict[str, str], args: tuple[str, ...], code: int, words: str
) -> None:
    stage.changes = changes
    got, out, err = shell(*args)
    assert (got, out) == (code, "")
    assert words in err.splitlines()[-1]
    assert "Traceback" not in err


def test_ctrl_c_calls_it_off_and_leaves_nothing(
    stage: Stage, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(_Approved):
        async def login(self, side: Side, tell: Tell, ask: Ask, cancel: Stop) -> AccountStatus:
            stage.clock.is_waiting_endless = True

            def tell_and_interrupt(challenge: Challenge) -> None:
                tell(challenge)
                os.kill(os.getpid(), signal.SIGINT)

            return await self._accounts.login(side, tell_and_interrupt, ask, cancel)

    monkeypatch.setattr(command, "accounts_of", lambda _: Interrupted(stage))
    code, out, err = shell("login", "outlook")
    assert (code, out) == (CancelledByUser.exit_code, "")
    assert "nothing has changed" in err.splitlines()[-1]
    assert not stage.paths.secrets_dir.exists()


def test_the_real_accounts_are_those_of_the_profile(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("LPC_TUI_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("LPC_TUI_OUTLOOK_TOKEN", "canary")
    paths = paths_of()
    accounts = command.accounts_of(paths)
    source: TokenSource = accounts.token_source(Side.OUTLOOK)
    assert source() == "canary"
    assert load(paths.config_file).salesforce.auth.value == "device"


class _Terminal(io.StringIO):
    """A stream that says it is a terminal of this encoding."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "30")


URL = "https://microsoft.com/devicelogin"


@pytest.mark.usefixtures("screen")
def test_the_address_is_a_qr_code_where_it_can_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    dark_on_light = qr_block(URL, _Terminal())
    assert len({len(line) for line in dark_on_light[:-1]}) == 1
    monkeypatch.setenv("NO_COLOR", "1")
    light = qr_block(URL, _Terminal())
    assert not any("\x1b" in line for line in light)
    assert light[0] == "█" * len(light[0]), "the quiet zone is what is drawn"


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize(("name", "value"), [("TERM", "dumb"), ("LINES", "20"), ("COLUMNS", "30")])
def test_no_qr_code_where_it_would_be_spoilt(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert not qr_block(URL, _Terminal())


@pytest.mark.usefixtures("screen")
def test_no_qr_code_in_a_pipe_in_ascii_or_for_an_endless_address() -> None:
    assert not qr_block(URL, io.StringIO())
    assert not qr_block(URL, _Terminal("ascii"))
    assert not qr_block("https://example.com/" + "x" * 5000, _Terminal())


async def test_the_echo_is_off_before_a_secret_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever types at once would be seen, and not be heard: switching it off forgets what was typed before."""
    keyboard, terminal = pty.openpty()
    with os.fdopen(terminal, "r+b", buffering=0) as tty, os.fdopen(keyboard, "r+b", buffering=0) as keys:
        monkeypatch.setattr(sys, "stdin", tty)

        class Hasty(io.StringIO):
            def write(self, text: str) -> int:
                if text == "Secret: ":
                    assert not termios.tcgetattr(tty.fileno())[3] & termios.ECHO
                    keys.write(b"canary\n")
                return super().write(text)

        assert await line_from_terminal("Secret: ", Cancel(), Hasty(), is_hidden=True) == "canary"


async def test_a_secret_is_not_shown_while_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a real pseudo-terminal: its echo is off for the question, and on again after it."""
    keyboard, terminal = pty.openpty()
    with os.fdopen(terminal, "r+b", buffering=0) as tty, os.fdopen(keyboard, "r+b", buffering=0) as keys:
        monkeypatch.setattr(sys, "stdin", tty)
        shown = io.StringIO()
        answer = asyncio.ensure_future(
            line_from_terminal(Question(text="Secret: ").text, Cancel(), shown, is_hidden=True)
        )
        await asyncio.sleep(0)
        assert not termios.tcgetattr(tty.fileno())[3] & termios.ECHO
        keys.write(b" canary \n")
        assert await answer == "canary"
        assert termios.tcgetattr(tty.fileno())[3] & termios.ECHO
        assert shown.getvalue() == "Secret: \n"
