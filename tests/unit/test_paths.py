"""Where a profile's files are, and that no profile's name leads anywhere else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lpc_tui.errors import UsageError
from lpc_tui.paths import paths_of


def test_the_home_variable_holds_everything(tmp_path: Path) -> None:
    paths = paths_of(environ={"LPC_TUI_HOME": str(tmp_path)})
    assert paths.config_file == tmp_path / "config.toml"
    assert paths.state_file == tmp_path / "state" / "state.db"
    assert paths.log_file.is_relative_to(tmp_path)
    assert paths.secrets_dir.is_relative_to(tmp_path)
    assert paths.lock_file.is_relative_to(tmp_path)


def test_another_profile_shares_nothing(tmp_path: Path) -> None:
    environ = {"LPC_TUI_HOME": str(tmp_path)}
    work = paths_of("work", environ)
    assert work.config_file == tmp_path / "profiles" / "work" / "config.toml"
    own = paths_of(environ=environ)
    assert not {own.config_file, own.state_dir, own.log_dir, own.secrets_dir} & {
        work.config_file,
        work.state_dir,
        work.log_dir,
        work.secrets_dir,
    }


def test_the_option_wins_over_the_environment(tmp_path: Path) -> None:
    environ = {"LPC_TUI_HOME": str(tmp_path), "LPC_TUI_PROFILE": "work"}
    assert paths_of(environ=environ).profile == "work"
    assert paths_of("home", environ).profile == "home"
    assert paths_of("default", environ).config_file == tmp_path / "config.toml"


def test_empty_variables_are_unset_ones(own_home: Path) -> None:
    paths = paths_of(environ={"LPC_TUI_HOME": "", "LPC_TUI_PROFILE": ""})
    assert paths.profile == "default"
    assert paths.config_file.is_relative_to(own_home)


def test_without_the_variable_the_platform_decides(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own_home / "conf"))
    monkeypatch.setenv("XDG_STATE_HOME", str(own_home / "state"))
    paths = paths_of("work")
    assert paths.profile == "work"
    for place in (paths.config_file, paths.state_file, paths.log_file, paths.secrets_dir):
        assert place.is_relative_to(own_home)
        assert "work" in place.parts


def test_the_home_variable_may_be_relative_or_start_with_a_tilde(own_home: Path) -> None:
    assert paths_of(environ={"LPC_TUI_HOME": "~/lpc"}).config_file == own_home / "lpc" / "config.toml"
    assert paths_of(environ={"LPC_TUI_HOME": "lpc"}).config_file.is_absolute()


@pytest.mark.parametrize(
    "name", ["..", ".", "../x", "a/b", "/etc", "a\\b", ".hidden", "-x", "a b", "a\n", "a\0", "é", "x" * 65]
)
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a name for a profile"):
        paths_of(name)


@pytest.mark.parametrize("name", ["work", "a.b-c_d", "2", "x" * 64])
def test_other_names_are_taken(name: str) -> None:
    assert paths_of(name).profile == name


def test_asking_makes_nothing_and_folders_are_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    paths = paths_of("work", {"LPC_TUI_HOME": str(home)})
    assert not home.exists()
    paths.make_folders()
    folders = [home, *(folder for folder in home.rglob("*") if folder.is_dir())]
    assert {paths.state_dir, paths.log_dir, paths.secrets_dir} <= set(folders)
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
