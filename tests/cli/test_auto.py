"""`lpc-tui auto`: what it tells, what it installs, and that it really syncs in the background."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest

from lpc_tui.cli.app import app
from lpc_tui.cli.demo import sandbox_for
from lpc_tui.cli.errors import run_cli
from lpc_tui.paths import Paths, paths_of
from lpc_tui.settings_file import save
from lpc_tui.state.lock import hold

Shell: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs `lpc-tui auto ...` in this process, on a home of its own, where no systemctl is found."""
    monkeypatch.setenv("LPC_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def run(*args: str) -> tuple[int, str, str]:
        code = run_cli(app, ["auto", *args])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture
def paths(shell: Shell) -> Paths:
    paths = paths_of()
    paths.make_folders()
    return paths


def test_status_tells_what_keeps_each_process_out(shell: Shell, paths: Paths) -> None:
    code, out, _ = shell("status")
    assert code == 0
    assert out.splitlines() == [
        "Auto Background Synchronization: off",
        "Running now: no",
        "Unit: not installed",
        "The Auto Background Sync is off.",
    ]
    save(
        paths.config_file,
        {"auto_sync.enabled": True, "sync.calendar.include_in_background_sync": True},
    )
    code, out, err = shell("status")
    assert "Calendar has not been synchronized by hand yet" in out
    assert "Task is not included in the background sync." in out
    assert "lpc-tui auto install" in err


def test_status_for_programs(shell: Shell, paths: Paths) -> None:
    with hold(paths.auto_lock, "a test"):
        code, out, _ = shell("status", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["enabled"] is False
    assert told["running"] is True
    assert told["unit"] is None
    assert told["processes"]["task"]["next"] is None


def test_it_runs_once_a_profile(shell: Shell, paths: Paths) -> None:
    with hold(paths.auto_lock, "lpc-tui auto run, process 7"):
        code, _, err = shell("run")
    assert code == 4
    assert "lpc-tui auto run, process 7" in err


def test_installed_it_is_told_that_it_is_still_switched_off(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "systemctl"
    script.write_text("#!/bin/sh\nexit 0\n")
    script.chmod(0o700)
    code, out, err = shell("install")
    unit = tmp_path / "config/systemd/user/lpc-tui-auto.service"
    assert code == 0
    assert unit.exists()
    assert "enable-linger" in out
    assert "lpc-tui config set auto_sync.enabled true" in err
    assert shell("uninstall")[0] == 0
    assert not unit.exists()


def test_without_systemd_installing_fails_with_a_way_out(shell: Shell) -> None:
    code, _, err = shell("install")
    assert code == 2
    assert "lpc-tui auto run" in err


def test_what_is_due_is_synchronized_and_a_stop_ends_it_in_peace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LPC_TUI_HOME", str(tmp_path))
    paths = paths_of()
    paths.make_folders()
    with sandbox_for(paths) as sandbox:
        environ = {
            **os.environ,
            "LPC_TUI_OUTLOOK_TOKEN": sandbox.outlook_token,
            "LPC_TUI_SALESFORCE_TOKEN": sandbox.salesforce_token,
        }
        command = [sys.executable, "-m", "lpc_tui"]
        by_hand = subprocess.run(
            [*command, "sync", "task", "--yes"], env=environ, capture_output=True, timeout=120, check=False
        )
        assert by_hand.returncode in {0, 1}, by_hand.stderr
        with closing(sqlite3.connect(paths.state_file)) as state, state:
            state.execute("UPDATE run SET started_at = replace(started_at, '20', '19')")
        changes = {"auto_sync.enabled": True, "sync.task.include_in_background_sync": True}
        save(paths.config_file, changes)
        with subprocess.Popen(
            [*command, "auto", "run"], env=environ, stdout=subprocess.PIPE, text=True
        ) as background:
            assert background.stdout is not None
            lines = iter(background.stdout.readline, "")
            assert any(line.startswith("Task: ") for line in lines)
            background.send_signal(signal.SIGTERM)
            assert background.wait(60) == 0
        with closing(sqlite3.connect(paths.state_file)) as state:
            assert state.execute("SELECT count(*) FROM run").fetchone() == (2,)
