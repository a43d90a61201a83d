"""The checks of this computer: what others can look into, what is damaged, what is not there yet."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from lpc_tui.doctor.findings import Finding, Status, exit_code_of
from lpc_tui.doctor.local import check_folders, check_settings, check_state
from lpc_tui.errors import StateError
from lpc_tui.paths import Paths, paths_of
from lpc_tui.state.database import connect
from lpc_tui.state.migrations import MIGRATIONS
from lpc_tui.state.records import Records


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A profile whose folders are as they are made."""
    paths = paths_of(environ={"LPC_TUI_HOME": str(tmp_path / "home")})
    paths.make_folders()
    return paths


def _folder(paths: Paths, name: str) -> Finding:
    return next(each for each in check_folders(paths) if each.check == f"folders.{name}")


def test_fresh_folders_are_in_order(paths: Paths) -> None:
    assert {each.status for each in check_folders(paths)} == {Status.OK}


def test_folders_that_are_not_there_are_not_made(tmp_path: Path) -> None:
    paths = paths_of(environ={"LPC_TUI_HOME": str(tmp_path / "home")})
    assert {each.status for each in check_folders(paths)} == {Status.OK}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["state", "secrets"])
def test_a_state_or_secrets_folder_open_to_others_is_a_problem(paths: Paths, name: str) -> None:
    folder = paths.state_dir if name == "state" else paths.secrets_dir
    folder.chmod(0o755)
    found = _folder(paths, name)
    assert found.status is Status.PROBLEM
    assert "0755" in found.words
    assert f"chmod go-rwx {folder}" in found.remedy
    assert exit_code_of([found]) == 2


def test_a_secret_that_others_can_read_is_a_problem(paths: Paths) -> None:
    secret = paths.secrets_dir / "outlook.json"
    secret.write_text("{}")
    secret.chmod(0o644)
    assert str(secret) in _folder(paths, "secrets").words


def test_others_may_read_the_settings_but_not_write_them(paths: Paths) -> None:
    paths.config_file.parent.chmod(0o755)
    assert _folder(paths, "settings").status is Status.OK
    paths.config_file.parent.chmod(0o777)
    assert _folder(paths, "settings").status is Status.PROBLEM
    assert "chmod go-w" in _folder(paths, "settings").remedy


def test_a_log_that_others_can_read_is_a_warning(paths: Paths) -> None:
    paths.log_dir.chmod(0o755)
    assert _folder(paths, "log").status is Status.WARNING


def test_a_file_in_the_place_of_a_folder_is_a_problem(paths: Paths) -> None:
    paths.log_dir.rmdir()
    paths.log_dir.touch()
    assert _folder(paths, "log").status is Status.PROBLEM


def test_a_folder_of_somebody_else_is_a_problem(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    found = _folder(paths, "state")
    assert found.status is Status.PROBLEM
    assert "LPC_TUI_HOME" in found.remedy
    paths.state_dir.rmdir()
    assert str(paths.state_dir.parent) in _folder(paths, "state").words


def test_every_problem_of_the_settings_is_told(paths: Paths) -> None:
    paths.config_file.write_text("[sync.calendar]\npast_days = -1\nfuture_dys = 3\n")
    settings, found = check_settings(paths)
    assert settings is None
    assert [each.status for each in found] == [Status.PROBLEM] * 2
    assert "past_days" in found[0].words
    assert "future_days" in found[1].words
    assert exit_code_of(found) == 2


def test_a_whole_state_file_is_told_with_its_size_and_left_alone(paths: Paths) -> None:
    with closing(Records(connect(paths.state_file))):
        pass
    before = paths.state_file.read_bytes()
    assert [each.status for each in check_state(paths)] == [Status.OK]
    assert paths.state_file.read_bytes() == before
    assert [each.name for each in paths.state_dir.iterdir()] == [paths.state_file.name]


def test_a_damaged_state_file_has_its_remedy(paths: Paths) -> None:
    paths.state_file.write_bytes(b"not a database at all" * 500)
    (found,) = check_state(paths)
    assert found.status is Status.PROBLEM
    assert found.command == "lpc-tui rebuild --damaged"
    assert exit_code_of([found]) == 2


def test_a_state_file_of_a_newer_version_is_refused(paths: Paths) -> None:
    with closing(connect(paths.state_file)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1:d}")
    with pytest.raises(StateError, match="newer"):
        check_state(paths)
