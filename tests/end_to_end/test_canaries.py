"""No secret and no private text is left anywhere: in a file of the profile, or in what a command says, `--debug` or not.

The commands are the real ones, in processes of their own. Canaries are every token that the services issue, the secrets
that the person has, and what is written in private items. One file may hold secrets, where no keyring does.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lpc_tui.model.items import Process, Side
from lpc_tui.sandbox.faults import Drop, Garble, Truncate
from lpc_tui.sandbox.sample import Worlds
from lpc_tui.sandbox.server import Sandbox
from lpc_tui.sandbox.signin.connected_apps import SANDBOX_APP
from lpc_tui.settings_file import save
from tests.accounts.keys import key_pair
from tests.end_to_end.commandline import CommandLine, prompt_sandbox
from tests.end_to_end.hands import Hands, fields_for

SECRET = "canary-of-the-client-secret"
TRACEBACK = "Traceback (most recent call last)"


@dataclass
class Stage:
    """A profile, its services, and what must not be told."""

    shell: CommandLine
    sandbox: Sandbox
    worlds: Worlds
    texts: set[str] = field(default_factory=set)

    def hands(self, side: Side, process: Process) -> Hands:
        return Hands(self.worlds, side, process)

    def choose(self, **changes: str | bool) -> None:
        """Change settings; `__` stands for a dot."""
        changed = {key.replace("__", "."): value for key, value in changes.items()}
        save(self.shell.home / "config.toml", changed)

    def canary(self, name: str) -> str:
        """A text that must not be told."""
        self.texts.add(f"canary-{name}")
        return f"canary-{name}"

    @property
    def tokens(self) -> set[str]:
        """All that were ever issued."""
        desks = (self.sandbox.microsoft_desk, self.sandbox.salesforce_desk)
        return {token for desk in desks for token in desk.dump()["tokens"]}

    def leaks(self) -> list[str]:
        """Where something is told that must not be; the file of the secrets aside, which is asked for its mode."""
        kept = self.shell.home / "secrets" / "secrets.json"
        told = {name: said.out + said.err for name, said in self.shell.said.items()}
        for file in self.shell.home.rglob("*"):
            if file.is_file() and file != kept:
                told[str(file)] = file.read_bytes().decode("latin-1")
        assert kept.is_file()
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        canaries = self.texts | self.tokens
        return [f"{where}: {each[:24]}" for where, text in told.items() for each in canaries if each in text]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with prompt_sandbox() as (sandbox, worlds):
        stage = Stage(CommandLine(tmp_path / "home"), sandbox, worlds)
        stage.choose(
            outlook__graph_url=sandbox.graph_url,
            outlook__authority=sandbox.authority,
            outlook__client_id="sandbox",
            salesforce__instance_url=sandbox.salesforce_url,
            salesforce__client_id="sandbox",
        )
        yield stage


def _fill(stage: Stage) -> dict[Side, str]:
    """Items of all processes on both sides, private ones among them; returns open events that are linked by the next run."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    opened = {}
    for process in Process:
        for side in Side:
            hands = stage.hands(side, process)
            item = hands.add(**fields_for(process, f"Open {process} of {side}", tomorrow))
            if process is Process.CALENDAR:
                opened[side] = item
    for side in Side:
        texts = {name: stage.canary(f"{side}-{name}") for name in ("location", "body")}
        hands = stage.hands(side, Process.CALENDAR)
        subject = stage.canary(f"{side}-subject")
        hands.mark_private(
            hands.add(**fields_for(Process.CALENDAR, subject, tomorrow, **texts, sensitivity="private"))
        )
    contacts = stage.hands(Side.OUTLOOK, Process.CONTACT)
    name, notes = stage.canary("last-name"), stage.canary("notes")
    contacts.mark_private(contacts.add(**fields_for(Process.CONTACT, name, tomorrow, notes=notes)))
    return opened


def _turn_private(stage: Stage, opened: dict[Side, str]) -> None:
    """Linked events become private, and are written to by their people."""
    for side, item in opened.items():
        changed = {name: stage.canary(f"{side}-{name}-afterwards") for name in ("subject", "body")}
        stage.hands(side, Process.CALENDAR).edit(item, sensitivity="private", **changed)


def test_nothing_is_told_by_runs_and_questions_of_a_person_who_signs_in(stage: Stage) -> None:
    shell, sandbox = stage.shell, stage.sandbox
    opened = _fill(stage)
    for side, desk in ((Side.OUTLOOK, sandbox.microsoft_desk), (Side.SALESFORCE, sandbox.salesforce_desk)):
        assert shell.sign_in(desk, "--debug", "login", side).code == 0
    assert shell.run("--debug", "sync", "--yes").code == 0
    _turn_private(stage, opened)
    for desk in (sandbox.microsoft_desk, sandbox.salesforce_desk):
        desk.expire_access_tokens()
    assert shell.run("--debug", "sync", "--yes", "--json").code == 0
    assert "(private)" in shell.run("--debug", "sync", "--dry-run").out
    assert shell.run("--debug", "doctor", "--json").code == 0
    assert shell.run("--debug", "history", "last").code == 0
    assert shell.run("--debug", "why", "Open", "--json").code == 0
    assert shell.run("login").code == 0
    assert stage.leaks() == []
    assert (shell.home / "state" / "state.db").is_file()
    assert (shell.home / "logs" / "lpc-tui.log").is_file()
    kept = (shell.home / "secrets" / "secrets.json").read_text()
    assert any(token in kept for token in stage.tokens), "the canaries are the right ones"
    assert len(stage.tokens) >= 6
    stage.choose(sync__calendar__synchronize_private_items=True)
    told = shell.run("sync", "calendar", "--dry-run").out
    assert "canary-outlook-subject" in told, "and these would be found"


FAULTS = (
    Truncate(service="graph", path="*/delta*"),
    Drop(service="salesforce", path="/services/data/*"),
    Garble(path="*/token", body="<p>canary-of-a-proxy</p>"),
)


def test_nothing_is_told_by_a_traceback(stage: Stage) -> None:
    """Of an answer that is cut, one that is lost, and a proxy's page instead of a token."""
    shell, sandbox = stage.shell, stage.sandbox
    _fill(stage)
    stage.texts.add("canary-of-a-proxy")
    for side, desk in ((Side.OUTLOOK, sandbox.microsoft_desk), (Side.SALESFORCE, sandbox.salesforce_desk)):
        assert shell.sign_in(desk, "login", side).code == 0
    for fault in FAULTS:
        if isinstance(fault, Garble):
            sandbox.microsoft_desk.expire_access_tokens()
        sandbox.faults.clear()
        sandbox.faults.add(fault)
        said = shell.run("--debug", "sync", "--yes")
        assert (said.code, TRACEBACK in said.err) == (5, True)
    assert stage.leaks() == []


def test_nothing_is_told_of_a_key_or_a_client_secret(stage: Stage, tmp_path: Path) -> None:
    """Nobody at the keyboard; in the end both are refused, and that is told with a traceback."""
    shell, desk = stage.shell, stage.sandbox.salesforce_desk
    shell.variables = {"LPC_TUI_OUTLOOK_TOKEN": stage.sandbox.outlook_token}
    private, public = key_pair()
    key = tmp_path / "org.key"
    key.write_bytes(private)
    stage.texts.update({SECRET, stage.sandbox.outlook_token, *private.decode().splitlines()[1:-1]})
    desk.register(replace(SANDBOX_APP, client_secret=SECRET, certificate=public))
    stage.choose(
        salesforce__auth="jwt",
        salesforce__username="robin.vogel@contoso.example",
        salesforce__private_key_file=str(key),
    )
    assert shell.run("--debug", "sync", "--yes", "--json").code == 0
    stage.choose(salesforce__auth="client_credentials")
    assert shell.run("--debug", "login", "salesforce", typed=f"{SECRET}\n").code == 0
    assert shell.run("--debug", "sync", "--yes").code == 0
    desk.register(replace(SANDBOX_APP, client_secret="another", certificate=None))
    desk.revoke_all()
    for way in ("client_credentials", "jwt"):
        stage.choose(salesforce__auth=way)
        said = shell.run("--debug", "sync", "--yes")
        assert (said.code, TRACEBACK in said.err) == (3, True)
    assert stage.leaks() == []
