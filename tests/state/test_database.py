"""Opening the state file: what is made, what is refused, what is left alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from lpc_tui.errors import DamagedStateError, StateError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.links import Presence
from lpc_tui.state import database
from lpc_tui.state.backups import back_up, backups, forget_backups
from lpc_tui.state.database import connect, scratch, transaction
from lpc_tui.state.lookups import looking_up, mark_of
from lpc_tui.state.migrations import APPLICATION_ID, MIGRATIONS
from lpc_tui.state.rebuild import damage_of
from lpc_tui.state.records import Records


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


def filled(path: Path, finished_at: str | None = "2026-03-11T09:31:00+00:00") -> Path:
    """A state file of many pages, closed; its last run ended then, or never."""
    with closing(connect(path)) as db:
        db.execute(
            "INSERT INTO run (id, processes, started_at, finished_at)"
            " VALUES ('r1', '', '2026-03-11T09:30:00+00:00', ?)",
            (finished_at,),
        )
        with transaction(db):
            db.executemany(
                "INSERT INTO unlinked VALUES ('calendar', 'outlook', ?, ?, NULL)",
                ((f"o{number:04}", "x" * 500) for number in range(500)),
            )
    return path


def damage_a_page(path: Path) -> None:
    """Overwrite one page of the items without a link: nothing that opening the file needs."""
    content = bytearray(path.read_bytes())
    at = content.index(b"o0250") // 4096 * 4096
    content[at : at + 4096] = b"\xff" * 4096
    path.write_bytes(content)


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
        assert "\n" not in str(caught.value)
        assert caught.value.hint
        assert isinstance(caught.value, DamagedStateError) == ("damaged" in words)
        after = on_disk(path.parent)
        assert after.keys() - before.keys() <= {"state.db-shm"}  # SQLite's index of the log
        assert {name: after[name] for name in before if name != "state.db-shm"} == {
            name: each for name, each in before.items() if name != "state.db-shm"
        }

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

    def test_a_newer_schema_of_a_run_that_was_killed(
        self, opened: object, path: Path, tmp_path: Path
    ) -> None:
        """Its log is not brought into the file, as closing an ordinary connection would."""
        with closing(sqlite3.connect(made(path))) as db:
            db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
            killed = Path(shutil.copytree(path.parent, tmp_path / "killed"))
        assert (killed / "state.db-wal").stat().st_size
        self.refused(opened, killed / "state.db", "newer lpc-tui")

    def test_a_file_cut_short(self, opened: object, path: Path) -> None:
        content = filled(path).read_bytes()
        path.write_bytes(content[: len(content) // 2])
        self.refused(opened, path, "damaged or not a state file")

    @pytest.mark.parametrize("trace", ["a run without an end", "a log left behind"])
    def test_a_damaged_page_after_a_run_that_was_killed(
        self, opened: object, path: Path, tmp_path: Path, trace: str
    ) -> None:
        if trace == "a run without an end":
            damage_a_page(filled(path, finished_at=None))
            self.refused(opened, path, "damaged or not a state file")
            return
        with closing(connect(filled(path))) as db:
            db.execute("UPDATE run SET outcome = 'ok'")
            killed = Path(shutil.copytree(path.parent, tmp_path / "killed"))
        damage_a_page(killed / "state.db")
        self.refused(opened, killed / "state.db", "damaged or not a state file")

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


def test_a_whole_file_is_used_though_its_run_was_killed(path: Path) -> None:
    with closing(connect(filled(path, finished_at=None))) as db:
        assert runs(db) == ["r1"]


def test_a_file_that_a_run_uses_is_not_checked_by_those_who_only_look(path: Path) -> None:
    damage_a_page(filled(path, finished_at=None))
    with closing(connect(path, is_in_use=True)) as db:
        assert runs(db) == ["r1"]


OLDER = MIGRATIONS
NEWER = (*MIGRATIONS, ("ALTER TABLE run ADD COLUMN remark TEXT", "UPDATE run SET remark = 'migrated'"))
BROKEN = (*MIGRATIONS, ("ALTER TABLE run ADD COLUMN remark TEXT", "UPDATE nowhere SET remark = ''"))


def test_before_a_migration_a_copy_is_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(path)
    monkeypatch.setattr(database, "MIGRATIONS", NEWER)
    with closing(connect(path)) as db:
        assert db.execute("SELECT id, remark FROM run").fetchall() == [("r1", "migrated")]
        assert db.execute("PRAGMA user_version").fetchone() == (len(NEWER),)
    (copy,) = backups(path)
    assert copy.name == f"state.db.backup-v{len(OLDER)}"
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
    assert backups(path) == []


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


V1 = """
PRAGMA journal_mode = WAL;
PRAGMA application_id = 1280328532;
PRAGMA user_version = 1;
CREATE TABLE replica (
    process TEXT NOT NULL, side TEXT NOT NULL, account TEXT NOT NULL, place TEXT NOT NULL, name TEXT NOT NULL,
    identity_key TEXT NOT NULL, watermark TEXT, PRIMARY KEY (process, side)
) STRICT;
CREATE TABLE link (
    id TEXT PRIMARY KEY, process TEXT NOT NULL, outlook_id TEXT NOT NULL, outlook_presence TEXT NOT NULL,
    outlook_item TEXT, outlook_base TEXT, outlook_series TEXT NOT NULL, salesforce_id TEXT NOT NULL,
    salesforce_presence TEXT NOT NULL, salesforce_item TEXT, salesforce_base TEXT, salesforce_series TEXT NOT NULL,
    is_asleep INTEGER NOT NULL, is_pending INTEGER NOT NULL, refusals TEXT,
    UNIQUE (process, outlook_id), UNIQUE (process, salesforce_id)
) STRICT;
CREATE INDEX link_pending ON link (process) WHERE is_pending;
CREATE INDEX link_outlook_series ON link (process, outlook_series) WHERE outlook_series <> '';
CREATE TABLE unlinked (
    process TEXT NOT NULL, side TEXT NOT NULL, id TEXT NOT NULL, item TEXT NOT NULL, refusal TEXT,
    PRIMARY KEY (process, side, id)
) STRICT;
CREATE TABLE run (
    id TEXT PRIMARY KEY, processes TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT, outcome TEXT,
    exit_code INTEGER, counts TEXT
) STRICT;
CREATE TABLE operation (
    number INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES run (id), process TEXT NOT NULL, side TEXT NOT NULL,
    action TEXT NOT NULL, step TEXT NOT NULL, link TEXT, item_id TEXT, source_id TEXT, title TEXT NOT NULL,
    fields TEXT NOT NULL, before TEXT, after TEXT, mark TEXT NOT NULL, state TEXT NOT NULL, words TEXT,
    sent_at TEXT NOT NULL, settled_at TEXT
) STRICT;
CREATE INDEX operation_open ON operation (process) WHERE settled_at IS NULL;
CREATE INDEX operation_run ON operation (run);

INSERT INTO replica VALUES ('calendar', 'outlook', 'me', 'calendar', 'Mine', 'digest', 'token');
INSERT INTO link VALUES (
    'l1', 'calendar', 'o1', 'present', '{"id":"o1","f":{"subject":"Kick-off"}}', NULL, '',
    's1', 'gone', NULL, '{"subject":"Kick-off"}', '', 0, 1, NULL
);
INSERT INTO unlinked VALUES ('calendar', 'outlook', 'o2', '{"id":"o2","f":{"subject":"Alone"}}', NULL);
INSERT INTO run VALUES ('r1', 'calendar', '2026-03-11T09:30:00+00:00', NULL, NULL, NULL, NULL);
INSERT INTO operation VALUES
    (1, 'r1', 'calendar', 'salesforce', 'create', 'outlook:o2', NULL, NULL, 'o2', 'Alone', '{"subject":"Alone"}',
     NULL, NULL, 'mark', 'sent', NULL, '2026-03-11T09:30:01+00:00', NULL),
    (2, 'r1', 'calendar', 'salesforce', 'create', 'outlook:o3', NULL, 's3', 'o3', 'Doctor',
     '{"sensitivity":"private","subject":"Doctor"}', NULL, NULL, 'mark', 'done', NULL, '2026-03-11T09:30:01+00:00',
     '2026-03-11T09:30:02+00:00'),
    (3, 'r1', 'calendar', 'outlook', 'update', 'link:l4', 'l4', 'o4', NULL, 'Dentist', '{"location":"Room 2"}',
     '{"id":"o4","f":{"subject":"Dentist"},"is":["is_private"]}', NULL, '', 'done', NULL,
     '2026-03-11T09:30:01+00:00', '2026-03-11T09:30:02+00:00'),
    (4, 'r1', 'calendar', 'outlook', 'update', 'link:l5', 'l5', 'o5', NULL, 'Quote',
     '{"subject":"\\"sensitivity\\":\\"private\\" \\"is_private\\""}', NULL, NULL, '', 'done', NULL,
     '2026-03-11T09:30:01+00:00', '2026-03-11T09:30:02+00:00');
"""


@pytest.fixture
def v1(path: Path) -> Path:
    """A file as the first version made it; `path` to it."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.executescript(V1)
    return path


def test_the_first_versions_file_goes_on_with_everything_in_it(v1: Path) -> None:
    with closing(Records(connect(v1))) as records:
        (link,) = records.links(Process.CALENDAR)
        assert (link.outlook.id, link.salesforce.id, link.salesforce.presence) == ("o1", "s1", Presence.GONE)
        assert [each.item.fields["subject"] for each in records.unlinked(Process.CALENDAR)] == ["Alone"]
        assert [each.mark for each in records.open_intents(Process.CALENDAR)] == ["mark"]
        state = records.replica(Process.CALENDAR, Side.OUTLOOK)
        assert state is not None
        assert state.watermark == "token"
        private = [each.title for each in records.operations("r1") if each.is_private]
    assert private == ["Doctor", "Dentist"]
    assert damage_of(v1) is None
    (copy,) = backups(v1)
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM operation").fetchone() == (4,)


def test_a_copy_holds_what_is_still_in_the_log(path: Path) -> None:
    with closing(connect(made(path))) as db:
        db.execute("INSERT INTO run (id, processes, started_at) VALUES ('r2', '', '')")
        assert path.with_name("state.db-wal").stat().st_size
        copy = back_up(db, path, "v0")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(scratch(copy)) as db:
        assert runs(db) == ["r1", "r2"]


def test_only_the_latest_copies_are_kept(path: Path) -> None:
    with closing(connect(made(path))) as db:
        for number, label in enumerate(("v1", "v2", "20260311T093000Z", "v3", "v2")):
            os.utime(back_up(db, path, label), (number, number))
    assert [copy.name.removeprefix("state.db.backup-") for copy in backups(path)] == [
        "20260311T093000Z",
        "v3",
        "v2",
    ]
    forget_backups(path)
    assert backups(path) == []
    assert path.exists()


def test_two_that_migrate_at_once_do_it_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(path)
    monkeypatch.setattr(database, "MIGRATIONS", NEWER)

    def overtaken(*args: object) -> Path:
        monkeypatch.setattr(database, "back_up", back_up)
        connect(path).close()
        return path

    monkeypatch.setattr(database, "back_up", overtaken)
    with closing(connect(path)) as db:
        assert db.execute("SELECT remark FROM run").fetchall() == [("migrated",)]


def test_a_commit_that_fails_leaves_no_transaction_open(path: Path) -> None:
    """Or the next changes would join it, and never be committed."""

    def break_a_promise(db: sqlite3.Connection) -> None:
        with transaction(db):
            db.execute("PRAGMA defer_foreign_keys = ON")
            db.execute(
                "INSERT INTO operation (run, process, side, action, step, title, fields, mark, state, sent_at)"
                " VALUES ('unheard of', '', '', '', '', '', '', '', '', '')"
            )

    with closing(connect(path)) as db:
        with pytest.raises(sqlite3.IntegrityError):
            break_a_promise(db)
        assert not db.in_transaction
        assert db.execute("SELECT count(*) FROM operation").fetchone() == (0,)


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


def test_the_mark_differs_with_each_commit_and_not_with_who_reads(path: Path) -> None:
    marks = [mark_of(path)]
    made(path)
    marks.append(mark_of(path))
    with closing(connect(path)) as db:
        for number in range(3):
            db.execute(
                "INSERT INTO run (id, processes, started_at) VALUES (?, '', '2026-03-11T09:30:00+00:00')",
                (f"more-{number}",),
            )
            marks.append(mark_of(path))
            with looking_up(path) as lookups:
                assert lookups is not None
                assert lookups.runs(offset=0, limit=9)
            assert mark_of(path) == marks[-1]
    assert len(set(marks)) == len(marks)
    marks.append(mark_of(path))
    with looking_up(path):
        pass
    assert mark_of(path) == marks[-1]
