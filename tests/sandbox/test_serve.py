"""The sandbox in a process of its own: it says where it serves, keeps its data, and dies with its parent."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from starlette.applications import Starlette

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.hosting import Host, Listener
from lpc_tui.sandbox.persistence import StateFile
from lpc_tui.sandbox.process import SandboxProcess
from lpc_tui.sandbox.serve import ServeOptions, fill

CALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
SUMMARY:Loaded
DTSTART:20260305T090000Z
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Broken
END:VEVENT
END:VCALENDAR
"""

ASK = "import sys; from lpc_tui.sandbox.serve import ServeOptions, serve; serve(ServeOptions(), sys.stdout)"


def _subjects(sandbox: SandboxProcess) -> list[str]:
    answer = requests.get(
        f"{sandbox.graph_url}/me/events",
        headers={"Authorization": f"Bearer {sandbox.outlook_token}"},
        timeout=5,
    )
    return [event["subject"] for event in answer.json()["value"]]


def _add(sandbox: SandboxProcess, subject: str) -> None:
    when = {"dateTime": "2026-03-03T10:00:00", "timeZone": "UTC"}
    answer = requests.post(
        f"{sandbox.graph_url}/me/events",
        json={"subject": subject, "start": when, "end": when},
        headers={"Authorization": f"Bearer {sandbox.outlook_token}"},
        timeout=5,
    )
    assert answer.status_code == 201


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "my calendar.ics"
    path.write_text(CALENDAR)
    return path


def test_a_child_loads_serves_and_keeps_what_was_written(tmp_path: Path, export: Path) -> None:
    state = tmp_path / "state.sqlite"
    with SandboxProcess.start(state_file=state, load=[export]) as sandbox:
        assert sandbox.load_report is not None
        assert sandbox.load_report.files[0].skipped[0].what == "VEVENT Broken"
        assert not sandbox.is_restored
        _add(sandbox, "Added")
    with SandboxProcess.start(state_file=state, load=[export]) as sandbox:
        assert sandbox.is_restored
        assert sandbox.load_report is None
        assert _subjects(sandbox) == ["Loaded", "Added"]


def test_a_child_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"gone\.ics cannot be read"):
        SandboxProcess.start(load=[tmp_path / "gone.ics"])


def test_a_port_in_use_reaches_the_parent() -> None:
    host = Host([Listener("Other", Starlette())])
    host.start()
    try:
        with pytest.raises(SandboxError, match=rf"Graph.*{host.ports[0]}.*another program") as raised:
            SandboxProcess.start(graph_port=host.ports[0])
        assert raised.value.hint
    finally:
        host.stop()


def test_a_child_that_dies_without_a_word_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SandboxError, match="exit code 1"):
        SandboxProcess.start()


def test_the_child_ends_when_its_parent_is_killed() -> None:
    starter = (
        "import sys; from lpc_tui.sandbox.process import SandboxProcess; s = SandboxProcess.start();"
        "print(s._child.pid, s.graph_url, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", starter], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid, url = parent.stdout.readline().split()
        watch = os.pidfd_open(int(pid))
        assert requests.get(f"{url}/me", timeout=5).status_code == 401
        parent.kill()
    try:
        ended, _, _ = select.select([watch], [], [], 10)
        assert ended
    finally:
        os.close(watch)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_person_reads_what_to_set_and_a_signal_stops_it(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ASK], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        lines = []
        for line in child.stdout:
            lines.append(line.rstrip())
            if "Ctrl+C" in line:
                break
        child.send_signal(number)
        _, complaints = child.communicate(timeout=5)
    assert child.returncode == 0
    assert complaints == ""
    text = "\n".join(lines)
    assert 'graph_url = "http://127.0.0.1:' in text
    assert "export LPC_TUI_OUTLOOK_TOKEN=sandbox-outlook-token" in text
    assert 'authority = "http://127.0.0.1:' in text


def test_a_state_file_of_another_shape_is_named(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.sqlite")
    file.save({"mailbox": json.dumps({"no": "mailbox"}), "org": "{}"})
    with pytest.raises(SandboxError, match="not what this version writes"):
        fill(ServeOptions(), file)
    file.close()


def test_the_sample_is_what_is_served_without_files() -> None:
    filled = fill(ServeOptions(), None)
    assert filled.report is None
    assert len(filled.worlds.mailbox.events()) > 100
