"""The systemd unit: what it says, and what is asked of systemctl, which a script stands for."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from lpc_tui.auto.units import Service, unit_text
from lpc_tui.errors import SettingsError


def systemctl(folder: Path, body: str) -> None:
    """A `systemctl` that notes its arguments, then does what `body` says."""
    script = folder / "bin" / "systemctl"
    script.parent.mkdir(parents=True)
    script.write_text(f'#!/bin/sh\necho "$@" >> {shlex.quote(str(folder / "calls"))}\n{body}\n')
    script.chmod(0o700)


def service(folder: Path, profile: str = "default", **variables: str) -> Service:
    environ = {"HOME": str(folder), "PATH": str(folder / "bin"), **variables}
    return Service(profile, (sys.executable, "-m", "lpc_tui"), environ)


def test_the_unit_starts_this_profile_where_it_is(tmp_path: Path) -> None:
    text = unit_text(service(tmp_path, "acme", LPC_TUI_HOME='/srv/100% "ours"/$HOME'))
    assert f'ExecStart="{sys.executable}" "-m" "lpc_tui" "--profile" "acme" "auto" "run"' in text
    assert 'Environment="LPC_TUI_HOME=/srv/100%% \\"ours\\"/$$HOME"' in text
    assert "TOKEN" not in text


def test_no_secret_of_the_environment_gets_into_the_unit(tmp_path: Path) -> None:
    assert "secret" not in unit_text(service(tmp_path, LPC_TUI_OUTLOOK_TOKEN="secret"))


def test_installing_writes_the_unit_and_starts_it_and_uninstalling_removes_it(tmp_path: Path) -> None:
    systemctl(tmp_path, "exit 0")
    unit = service(tmp_path)
    unit.install()
    assert unit.path == tmp_path / ".config/systemd/user/lpc-tui-auto.service"
    assert unit.path.read_text() == unit_text(unit)
    assert unit.is_installed
    assert unit.is_active()
    assert unit.uninstall()
    assert not unit.path.exists()
    assert not unit.uninstall()
    assert (tmp_path / "calls").read_text().splitlines() == [
        "--user --version",
        "--user daemon-reload",
        "--user enable lpc-tui-auto.service",
        "--user restart lpc-tui-auto.service",
        "--user is-active --quiet lpc-tui-auto.service",
        "--user disable --now lpc-tui-auto.service",
        "--user daemon-reload",
    ]


def test_without_systemd_nothing_is_written_and_the_way_out_is_named(tmp_path: Path) -> None:
    unit = service(tmp_path)
    with pytest.raises(SettingsError, match="no systemd user session") as caught:
        unit.install()
    assert "lpc-tui auto run" in caught.value.hint
    assert not unit.path.exists()
    assert not unit.is_active()


def test_what_systemctl_refuses_is_told_in_its_own_words(tmp_path: Path) -> None:
    systemctl(tmp_path, '[ "$2" = --version ] && exit 0; echo "Failed to connect to bus" >&2; exit 1')
    unit = service(tmp_path)
    with pytest.raises(SettingsError, match="Failed to connect to bus"):
        unit.install()
    assert not unit.is_installed


def test_it_is_removed_whatever_systemctl_says(tmp_path: Path) -> None:
    systemctl(tmp_path, '[ "$2" = disable ] && exit 1; exit 0')
    unit = service(tmp_path)
    unit.install()
    with pytest.raises(SettingsError, match="exit code 1"):
        unit.uninstall()
    assert not unit.is_installed
