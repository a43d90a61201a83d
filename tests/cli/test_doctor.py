"""`lpc-tui doctor`: the lines, the document and the exit code."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lpc_tui.cli.app import app
from lpc_tui.cli.errors import run_cli
from lpc_tui.doctor.findings import Status
from lpc_tui.paths import paths_of
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.server import Sandbox
from lpc_tui.settings_file import save


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Two services that a profile in `LPC_TUI_HOME` is signed in to; yet to be started."""
    sandbox = Sandbox(Mailbox(clock=_now), Org(clock=_now))
    monkeypatch.setenv("LPC_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("LPC_TUI_OUTLOOK_TOKEN", sandbox.outlook_token)
    monkeypatch.setenv("LPC_TUI_SALESFORCE_TOKEN", sandbox.salesforce_token)
    return sandbox


def _point_at(sandbox: Sandbox) -> None:
    urls = {"outlook.graph_url": sandbox.graph_url, "salesforce.instance_url": sandbox.salesforce_url}
    save(paths_of().config_file, urls)


def test_a_healthy_profile_ends_with_0(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    with sandbox:
        _point_at(sandbox)
        assert run_cli(app, ["doctor"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in lines} == {"ok", "-"}
    assert last == "Nothing was found to be in the way of a sync."


def test_problems_have_their_mark_and_their_remedy_below(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    with sandbox:
        sandbox.mailbox.add_calendar("Evil \x1b[31m name")
        _point_at(sandbox)
        save(paths_of().config_file, {"outlook.calendar": "Nope"})
        assert run_cli(app, ["doctor"]) == 2
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    (at,) = [number for number, line in enumerate(lines) if line.startswith("x problem")]
    assert lines[at].split()[2] == "outlook.calendar:"
    assert lines[at + 1].startswith("           -> There are: Calendar,")
    assert "\x1b" not in shown
    assert lines[-1] == "Found 1 problem."


def test_what_is_skipped_for_one_reason_is_told_in_one_line(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LPC_TUI_OUTLOOK_TOKEN")
    with sandbox:
        _point_at(sandbox)
        save(paths_of().config_file, {"outlook.client_id": "sandbox", "outlook.authority": sandbox.authority})
        assert run_cli(app, ["doctor"]) == 3
    lines = capsys.readouterr().out.splitlines()
    (at,) = [number for number, line in enumerate(lines) if line.startswith("x problem")]
    assert [line.strip() for line in lines[at + 1 : at + 4]] == [
        "-> Put an access token into LPC_TUI_OUTLOOK_TOKEN, or sign in.",
        "lpc-tui login outlook",
        "- skipped  outlook.rights and 3 more: Not looked at: outlook.sign-in comes first.",
    ]


@pytest.mark.parametrize("columns", [80, 50])
def test_lines_fit_the_terminal(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with sandbox:
        _point_at(sandbox)
        assert run_cli(app, ["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= columns for line in lines if "/" not in line)
    assert any(line.startswith(" " * 11) for line in lines)


def test_json_is_one_document_without_secrets(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LPC_TUI_SALESFORCE_TOKEN")
    with sandbox:
        _point_at(sandbox)
        save(paths_of().config_file, {"salesforce.client_id": "sandbox"})
        assert run_cli(app, ["doctor", "--json"]) == 3
    shown = capsys.readouterr().out
    document = json.loads(shown)
    assert document["exit_code"] == 3
    assert {each["status"] for each in document["findings"]} <= set(map(str, Status))
    (wrong,) = [each for each in document["findings"] if each["status"] == "problem"]
    assert (wrong["check"], bool(wrong["remedy"])) == ("salesforce.sign-in", True)
    assert os.environ["LPC_TUI_OUTLOOK_TOKEN"] not in shown


def test_bad_settings_end_with_2_and_reach_no_service(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    with sandbox:
        _point_at(sandbox)
        paths_of().config_file.write_text("[sync.calendar]\npast_days = -1\n")
        assert run_cli(app, ["doctor"]) == 2
        assert not [*sandbox.graph_log.entries, *sandbox.salesforce_log.entries]
    assert "past_days" in capsys.readouterr().out


def test_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(app, ["doctor", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Exit code: 0" in shown
    assert "3 sign-in" in shown
