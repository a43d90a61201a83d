"""Opening the state file: what is made, what is refused, what is left alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from lpc_tui.errors import StateError
from lpc_tui.state import database
from lpc_tui.state.database import connect, scratch, transaction
from lpc_tui.state.migrations import APPLICATION_ID, MIGRATIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "state.db"


def made(path: Path) -> Path:
    """A state file with one run in it, closed."""
    with closing(connect(path)) as db:
        db.execute(
            "INSERT INTO run (id, processes, started_at) VALUES ('r1', '', '2026-03-11T09:30:00+00:00')"
        )
    return path


def runs(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT id FROM run ORDER BY id")]


def on_disk(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Each file's bytes and modification time."""
    return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.iterdir()}


def test_a_new_file_and_its_folder_are_for_their_owner_alone(path: Path) -> None:
    old = os.umask(0)
    try:
        with closing(connect(path)) as db:
            db.execute("INSERT INTO run (id, processes, started_at) VALUES ('r', '', '')")
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert modes.keys() >= {"state.db", "state.db-wal"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_new_file_has_this_versions_schema(path: Path) -> None:
    with closing(connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_it_is_found_again(path: Path) -> None:
    made(path)
    with closing(connect(path)) as db:
        assert runs(db) == ["r1"]
    assert [each.name for each in path.parent.iterdir()] == ["state.db"]


@pytest.mark.parametrize("opened", [connect, scratch])
class TestRefused:
    """Whatever is wrong, the file stays as it is and the person is told what to do."""

    def refused(self, opened: object, path: Path, words: str) -> None:
        before = on_disk(path.parent)
        with pytest.raises(StateError, match=words) as caught:
            opened(path)  # type: ignore[operator]  # one of the two functions above
        assert caught.value.hint
        assert on_disk(path.parent) == before

    def test_a_newer_schema(self, opened: object, path: Path) -> None:
        with closing(sqlite3.connect(made(path))) as db:
            db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        self.refused(opened, path, "newer lpc-tui")

    def test_the_database_of_another_program(self, opened: object, path: Path) -> None:
        path.parent.mkdir()
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE cookies (name TEXT)")
        self.refused(opened, path, "some other program")

    def test_a_file_that_is_no_database(self, opened: object, path: Path) -> None:
        path.parent.mkdir()
        path.write_bytes(b"Dear diary, " * 1000)
        self.refused(opened, path, "damaged or not a state file")

    def test_a_damaged_header(self, opened: object, path: Path) -> None:
        content = made(path).read_bytes()
        path.write_bytes(b"\x00" * 100 + content[100:])
        self.refused(opened, path, "damaged or not a state file")

    def test_a_damaged_schema_page(self, opened: object, path: Path) -> None:
        content = made(path).read_bytes()
        path.write_bytes(content[:100] + b"\xff" * 3996 + content[4096:])
        self.refused(opened, path, "damaged or not a state file")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the place of a folder")
    with pytest.raises(StateError, match=r"cannot be used"):
        connect(tmp_path / "state" / "state.db")


OLDER = MIGRATIONS
NEWER = (*MIGRATIONS, ("ALTER TABLE run ADD COLUMN remark TEXT", "UPDATE run SET remark = 'migrated'"))
BROKEN = (*MIGRATIONS, ("ALTER TABLE run ADD COLUMN remark TEXT", "UPDATE nowhere SET remark = ''"))


def test_before_a_migration_a_copy_is_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(path)
    monkeypatch.setattr(database, "MIGRATIONS", NEWER)
    with closing(connect(path)) as db:
        assert db.execute("SELECT id, remark FROM run").fetchall() == [("r1", "migrated")]
        assert db.execute("PRAGMA user_version").fetchone() == (len(NEWER),)
    copy = path.with_name(f"state.db.v{len(OLDER)}.bak")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    monkeypatch.setattr(database, "MIGRATIONS", OLDER)
    with closing(scratch(copy)) as db:
        assert runs(db) == ["r1"]


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(path)
    monkeypatch.setattr(database, "MIGRATIONS", BROKEN)
    with pytest.raises(StateError):
        connect(path)
    monkeypatch.setattr(database, "MIGRATIONS", OLDER)
    with closing(connect(path)) as db:
        assert runs(db) == ["r1"]
        assert "remark" not in {row[1] for row in db.execute("PRAGMA table_info(run)")}


def test_a_new_file_leaves_no_copy_behind(path: Path) -> None:
    made(path)
    assert not list(path.parent.glob("*.bak"))


def test_a_scratch_copy_of_nothing_makes_nothing(path: Path) -> None:
    with closing(scratch(path)) as db:
        assert runs(db) == []
    assert not path.parent.exists()


def test_a_scratch_copy_leaves_the_file_alone(path: Path) -> None:
    before = on_disk(made(path).parent)
    with closing(scratch(path)) as db:
        assert runs(db) == ["r1"]
        db.execute("DELETE FROM run")
        assert on_disk(path.parent) == before
    assert on_disk(path.parent) == before


def test_a_scratch_copy_of_an_older_file_migrates_only_itself(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = on_disk(made(path).parent)
    monkeypatch.setattr(database, "MIGRATIONS", NEWER)
    with closing(scratch(path)) as db:
        assert db.execute("SELECT remark FROM run").fetchone() == ("migrated",)
    assert on_disk(path.parent) == before


@pytest.mark.parametrize("has_index", [True, False], ids=["with its index", "its index lost"])
def test_a_scratch_copy_sees_what_a_killed_run_left_in_its_log(
    path: Path, tmp_path: Path, *, has_index: bool
) -> None:
    with closing(connect(made(path))) as db:
        db.execute("INSERT INTO run (id, processes, started_at) VALUES ('r2', '', '')")
        killed = tmp_path / "killed"
        shutil.copytree(path.parent, killed)
    if not has_index:
        (killed / "state.db-shm").unlink()
    assert (killed / "state.db-wal").stat().st_size
    before = on_disk(killed)
    with closing(scratch(killed / "state.db")) as db:
        assert runs(db) == ["r1", "r2"]
    after = on_disk(killed)
    for name in ("state.db", "state.db-wal"):
        assert after[name] == before[name]
    assert after.keys() - before.keys() <= {"state.db-shm"}


def test_a_transaction_is_all_or_nothing(path: Path) -> None:
    def fail_halfway(db: sqlite3.Connection) -> None:
        with transaction(db):
            db.execute("INSERT INTO run (id, processes, started_at) VALUES ('r', '', '')")
            raise ZeroDivisionError

    with closing(connect(path)) as db:
        with pytest.raises(ZeroDivisionError):
            fail_halfway(db)
        assert runs(db) == []
        assert not db.in_transaction
