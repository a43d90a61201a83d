"""A person with an empty computer and the README: from nothing to a first sync, on a terminal, with the real commands.

Their browser is on another computer: it knows addresses, and what they type and click.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from lpc_tui.model.items import Process, Side
from lpc_tui.sandbox.sample import Worlds
from lpc_tui.sandbox.server import Sandbox
from lpc_tui.sandbox.signin.connected_apps import SANDBOX_APP
from lpc_tui.settings_file import save
from tests.accounts.keys import key_pair
from tests.end_to_end.commandline import CommandLine, on_terminal, prompt_sandbox
from tests.end_to_end.hands import Hands, fields_for

WHO = "robin.vogel@contoso.example"


@pytest.fixture
def served() -> Iterator[tuple[Sandbox, Worlds]]:
    """Two services with an item of each process that the other one has not got."""
    with prompt_sandbox() as (sandbox, worlds):
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        for process in Process:
            for side in Side:
                name = f"Made in {side.label}"
                Hands(worlds, side, process).add(**fields_for(process, name, tomorrow))
        yield sandbox, worlds


@pytest.fixture
def shell(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "home")


def ends(shell: CommandLine, *args: str) -> tuple[int, str]:
    """What a command shows that asks nothing, its lines put together, and how it ends."""
    with on_terminal(shell, *args) as session:
        return session.end(), " ".join(session.shown.split())


def set_up(shell: CommandLine, sandbox: Sandbox) -> None:
    """The settings, as docs/sandbox.md has them."""
    chosen = {
        "outlook.graph_url": sandbox.graph_url,
        "outlook.authority": sandbox.authority,
        "outlook.client_id": "sandbox",
        "salesforce.instance_url": sandbox.salesforce_url,
    }
    save(shell.home / "config.toml", chosen)
    code, shown = ends(shell, "config", "set", "salesforce.client_id", "sandbox")
    assert (code, shown) == (0, 'salesforce.client_id: "" -> "sandbox"')


def sign_in_by_code(shell: CommandLine, side: Side) -> None:
    """Open the page that is shown, type the code that is shown, and agree."""
    with on_terminal(shell, "login", side) as session:
        url = session.until(r"open (?:the page\s+)?(http://\S+)").group(1)
        code = session.until(r"enter\s+the\s+code\s+([A-Z0-9]{8,9})\b").group(1)
        session.until("Ctrl-C gives up")
        page = requests.post(url, data={"user_code": code, "decision": "approve"}, timeout=10)
        assert "You have signed in" in page.text
        assert session.end() == 0
        told = " ".join(session.shown.split())
    assert f"Signed in to {side.label} as {WHO}. The sign-in is kept in the file" in told
    assert "▀" in session.shown, "the address is shown as a QR code, too"


def test_from_nothing_to_a_first_sync_and_out_again(
    shell: CommandLine, served: tuple[Sandbox, Worlds]
) -> None:
    sandbox, worlds = served
    code, told = ends(shell, "login", "outlook")
    assert (code, "outlook.client_id is empty. Register an app" in told) == (2, True)
    set_up(shell, sandbox)
    code, told = ends(shell, "sync", "--dry-run")
    assert (code, "lpc-tui login outlook" in told) == (3, True)
    for side in Side:
        sign_in_by_code(shell, side)
    code, told = ends(shell, "doctor")
    assert (code, told.endswith("Nothing was found to be in the way of a sync.")) == (0, True), told
    code, told = ends(shell, "sync", "--dry-run")
    assert (code, "Nothing was written. To carry it out: lpc-tui sync" in told) == (0, True), told
    with on_terminal(shell, "sync") as session:
        session.until(r"Carry out these 6 changes\? \[y/N\]")
        session.type("y\n")
        assert session.end() == 0
    for process in Process:
        for side in Side:
            assert len(Hands(worlds, side, process).shows()) == 2
    code, told = ends(shell, "sync", "--yes")
    assert (code, "all done" in told) == (0, True)
    code, told = ends(shell, "logout")
    assert (code, told) == (0, "Signed out of Outlook. Signed out of Salesforce.")
    code, told = ends(shell, "login")
    assert told.count("not signed in") == 2


def test_the_other_ways_to_sign_in_to_salesforce(
    shell: CommandLine, served: tuple[Sandbox, Worlds], tmp_path: Path
) -> None:
    sandbox, _ = served
    set_up(shell, sandbox)
    _sign_in_by_pasting(shell)
    settings = shell.home / "config.toml"

    save(settings, {"salesforce.auth": "client_credentials"})
    with on_terminal(shell, "login", "salesforce") as session:
        session.until("consumer secret of the app")
        session.type("sandbox-secret\n")
        assert session.end() == 0
        assert "sandbox-secret" not in session.shown

    private, public = key_pair()
    (tmp_path / "org.key").write_bytes(private)
    sandbox.salesforce_desk.register(replace(SANDBOX_APP, certificate=public))
    save(settings, {"salesforce.auth": "jwt", "salesforce.private_key_file": str(tmp_path / "org.key")})
    code, told = ends(shell, "login", "salesforce")
    assert (code, "salesforce.username is empty" in told) == (2, True), "told before anything is asked"
    save(settings, {"salesforce.username": WHO})
    code, told = ends(shell, "login", "salesforce")
    assert (code, f"Signed in to Salesforce as {WHO}" in told) == (0, True)
    code, told = ends(shell, "logout", "salesforce")
    assert (code, "The next run signs in by itself, with the private key" in told) == (0, True)


def _sign_in_by_pasting(shell: CommandLine) -> None:
    """The browser ends at an address that leads nowhere on its computer; that is pasted, after a wrong one."""
    save(shell.home / "config.toml", {"salesforce.auth": "web"})
    with on_terminal(shell, "login", "salesforce") as session:
        address = session.until(r"(http://\S+/authorize\?\S+)\s").group(1)
        session.until("paste the address it ended at:")
        session.type("http://nonsense.example/\n")
        session.until("That is no address of this sign-in")
        page = address.partition("?")[0]
        form = {**dict(parse_qsl(urlsplit(address).query)), "decision": "approve"}
        answer = requests.post(page, data=form, allow_redirects=False, timeout=10)
        session.type(answer.headers["Location"] + "\n")
        assert session.end() == 0
        assert f"Signed in to Salesforce as {WHO}" in " ".join(session.shown.split())
