"""The headless commands as a person or a timer meets them: real processes, real servers, nothing played."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lpc_tui.cli.app import app
from lpc_tui.cli.demo import sandbox_for
from lpc_tui.cli.errors import run_cli
from lpc_tui.paths import Paths, paths_of
from lpc_tui.state.lock import hold

LPC_TUI = (sys.executable, "-m", "lpc_tui")

COUNTS = {
    "created",
    "updated",
    "deleted",
    "linked",
    "unchanged",
    "prevented",
    "conflicts",
    "skipped",
    "failed",
}

SHAPES: Mapping[str, tuple[set[str], set[str]]] = {
    "run_started": ({"run", "processes", "dry_run", "at"}, set()),
    "phase_started": ({"process", "phase"}, {"total"}),
    "progress": ({"process", "phase", "done"}, {"total"}),
    "operation": (
        {"process", "side", "action", "status", "item"},
        {"outlook_id", "salesforce_id", "fields", "reason"},
    ),
    "process_finished": ({"process", "counts", "requests"}, set()),
    "run_finished": ({"run", "outcome", "exit_code", "elapsed_s"}, set()),
}
"""The keys that each event has, and those that it may have (DESIGN.md, section 1)."""

WORDS: Mapping[str, set[str]] = {
    "phase": {"read", "match", "plan", "apply"},
    "side": {"outlook", "salesforce"},
    "action": {"create", "update", "delete", "link", "unlink"},
    "status": {"planned", "done", "failed", "prevented", "skipped", "conflict"},
    "outcome": {"ok", "partial", "aborted", "cancelled"},
}


@dataclass(frozen=True)
class Host:
    """A running `sandbox serve` and a profile that leads to it."""

    home: Path
    environ: dict[str, str]

    def sync(self, *args: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*LPC_TUI, "sync", *args],
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def _own_events(folder: Path, count: int = 40) -> Path:
    """An export that leaves nothing to ask about: single, all-day and hostile events around now."""
    stamps = _stamps(count)
    events = [
        f"BEGIN:VEVENT\r\nUID:{number}@tests\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:{stamp}T100000Z\r\n"
        f"DTEND:{stamp}T110000Z\r\nSUMMARY:Event {number} [b]x\x1b[31m\r\nEND:VEVENT\r\n"
        for number, stamp in enumerate(stamps)
    ]
    file = folder / "mine.ics"
    file.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tests//\r\n" + "".join(events) + "END:VCALENDAR\r\n",
        newline="",
    )
    return file


def _stamps(count: int) -> list[str]:
    """Dates from today on: the servers and the commands go by the computer's clock."""
    today = datetime.now(UTC).date()
    return [f"{today + timedelta(days=number + 1):%Y%m%d}" for number in range(count)]


@contextmanager
def _served(*args: str) -> Iterator[dict[str, str]]:
    """The URLs and tokens that `sandbox serve` prints, while it serves."""
    with subprocess.Popen(
        [*LPC_TUI, "sandbox", "serve", *args],
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        words = "".join(iter(child.stdout.readline, "Ctrl+C stops it.\n"))
        try:
            yield dict(re.findall(r"(\w+) ?= ?\"?([^\s\"]+)", words))
        finally:
            child.send_signal(signal.SIGTERM)
            assert child.wait(20) == 0


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with _served("--load", str(_own_events(tmp_path))) as told:
        home = tmp_path / "home"
        home.mkdir()
        (home / "config.toml").write_text(
            f'[outlook]\ngraph_url = "{told["graph_url"]}"\n'
            f'[salesforce]\ninstance_url = "{told["instance_url"]}"\nauth = "{told["auth"]}"\n'
        )
        tokens = {name: value for name, value in told.items() if name.startswith("LPC_TUI_")}
        yield Host(home, {**os.environ, **tokens, "LPC_TUI_HOME": str(home)})


def _events(output: str) -> list[dict[str, Any]]:
    """The lines as events, each checked against its documented shape."""
    events: list[dict[str, Any]] = [json.loads(line) for line in output.splitlines()]
    for event in events:
        required, optional = SHAPES[event["event"]]
        keys = event.keys() - {"event"}
        assert required <= keys <= required | optional, event
        assert all(event[key] in words for key, words in WORDS.items() if key in event), event
    return events


def _finished(events: list[dict[str, Any]]) -> dict[str, Any]:
    (finished,) = (event for event in events if event["event"] == "process_finished")
    assert finished["counts"].keys() == COUNTS
    return finished


def test_two_runs_from_a_timer_the_second_one_quiet(host: Host) -> None:
    first = host.sync("calendar", "--yes", "--json")
    assert (first.returncode, first.stderr) == (0, "")
    events = _events(first.stdout)
    assert [events[0]["event"], events[-1]["event"]] == ["run_started", "run_finished"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", events[0]["at"])
    assert _finished(events)["counts"]["created"] == {"outlook": 0, "salesforce": 40}
    assert (events[-1]["outcome"], events[-1]["exit_code"]) == ("ok", 0)

    second = host.sync("calendar", "--yes", "--json")
    assert (second.returncode, second.stderr) == (0, "")
    quiet = _finished(_events(second.stdout))
    assert [quiet["counts"][name] for name in ("created", "updated", "deleted")] == [
        {"outlook": 0, "salesforce": 0}
    ] * 3
    assert sum(quiet["requests"].values()) <= 6
    assert not any(event.get("status") == "done" for event in _events(second.stdout))


def test_for_a_person_the_dry_run_the_summary_and_the_log_are_inert_text(host: Host) -> None:
    preview = host.sync("--dry-run")
    assert preview.returncode == 0
    assert "Calendar: 40 to write" in preview.stdout
    assert "<-- Add to Salesforce" in preview.stdout
    assert not (host.home / "state" / "state.db").exists()
    done = host.sync("--yes")
    assert done.returncode == 0
    assert re.search(r"created +40 +0\n", done.stdout)
    log = (host.home / "logs" / "lpc-tui.log").read_text()
    assert log.count("Sync started") == 2
    assert not any("\x1b" in text for text in (preview.stdout, preview.stderr, done.stdout, done.stderr, log))


@pytest.mark.parametrize(("typed", "code"), [(b"y\n", 0), (b"n\n", 130), (b"\x03", 130)])
def test_on_a_terminal_it_asks(host: Host, typed: bytes, code: int) -> None:
    ours, theirs = os.openpty()
    with (
        os.fdopen(ours, "r+b", buffering=0) as terminal,
        subprocess.Popen(
            [*LPC_TUI, "sync", "--json"],
            env={**host.environ, "TERM": "dumb"},
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
            preexec_fn=_take_terminal,
            text=True,
        ) as child,
    ):
        os.close(theirs)
        shown = b""
        while b"[y/N] " not in shown:
            shown += terminal.read(4096)
        terminal.write(typed)
        assert child.stdout is not None
        events = _events(child.stdout.read())
        assert child.wait(30) == code
    assert b"Carry out these 40 changes?" in shown
    assert b"<-- Add to Salesforce" in shown
    assert events[-1]["exit_code"] == code
    assert any(event.get("status") == "done" for event in events) == (code == 0)


def _take_terminal() -> None:
    """Make stdin the controlling terminal of a session of its own, so that Ctrl-C reaches the child."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


# Bad input


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """A profile whose services are down: ports that nobody listens on."""
    monkeypatch.setenv("LPC_TUI_HOME", str(tmp_path))
    for side in ("OUTLOOK", "SALESFORCE"):
        monkeypatch.setenv(f"LPC_TUI_{side}_TOKEN", "a token")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    paths = paths_of()
    paths.config_file.write_text(
        f'[outlook]\ngraph_url = "http://127.0.0.1:{port}/v1.0"\n'
        f'[salesforce]\ninstance_url = "http://127.0.0.1:{port}"\n'
    )
    return paths


def _last_words(capsys: pytest.CaptureFixture[str], code: int) -> str:
    """The one line on stderr that `sync --yes --json` ends with `code` and."""
    assert run_cli(app, ["sync", "--yes", "--json"]) == code
    err = capsys.readouterr().err
    (line,) = err.splitlines()
    assert line.startswith("lpc-tui: ")
    assert "Traceback" not in err
    assert "a bug" not in err
    return line


def test_a_service_that_is_down(refused: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert "run again to continue" in _last_words(capsys, 5)
    assert refused.log_file.exists()


@pytest.mark.parametrize("side", ["OUTLOOK", "SALESFORCE"])
def test_a_missing_token(
    refused: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    monkeypatch.delenv(f"LPC_TUI_{side}_TOKEN")
    assert f"LPC_TUI_{side}_TOKEN" in _last_words(capsys, 3)


def test_a_missing_org_address(refused: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    refused.config_file.write_text(refused.config_file.read_text().partition("[salesforce]")[0])
    assert "salesforce.instance_url" in _last_words(capsys, 2)


def test_a_profile_that_another_run_holds(refused: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    with hold(refused.lock_file, "process 1"):
        assert "process 1" in _last_words(capsys, 4)


def test_a_token_that_is_refused(host: Host) -> None:
    for name in ("LPC_TUI_OUTLOOK_TOKEN", "LPC_TUI_SALESFORCE_TOKEN"):
        run = host.sync("--yes", **{name: "wrong"})
        assert run.returncode == 3
        assert "Traceback" not in run.stderr
        assert name in run.stderr.splitlines()[-1]


# The demo's sandbox


def test_a_second_demo_finds_data_links_and_addresses_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LPC_TUI_HOME", str(tmp_path))
    monkeypatch.setenv("LPC_TUI_PROFILE", "demo")
    addresses = []
    writes = []
    for _ in range(2):
        with sandbox_for(paths_of("demo")) as sandbox:
            addresses.append((sandbox.graph_url, sandbox.salesforce_url))
            monkeypatch.setenv("LPC_TUI_OUTLOOK_TOKEN", sandbox.outlook_token)
            monkeypatch.setenv("LPC_TUI_SALESFORCE_TOKEN", sandbox.salesforce_token)
            assert run_cli(app, ["sync", "calendar", "--yes", "--json"]) == 0
        finished = _finished(_events(capsys.readouterr().out))
        writes.append(sum(finished["counts"][name]["outlook"] for name in ("created", "updated", "deleted")))
    assert sandbox.is_restored
    assert addresses[0] == addresses[1]
    assert writes[0] > 0
    assert writes[1] == 0
    assert sum(finished["requests"].values()) <= 6
