"""The state file: opening, pragmas, transactions and migrations of one SQLite database.

Only the state room calls this. A connection belongs to the thread that opened it. A file from a newer version, a damaged one
or one that is not ours is refused with a remedy and not written to: it is looked at through a connection that cannot write
before it is opened. Before a migration a copy is kept beside it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lpc_tui.errors import DamagedStateError, StateError
from lpc_tui.state.backups import back_up
from lpc_tui.state.migrations import APPLICATION_ID, MIGRATIONS

__all__ = ["connect", "scratch", "told", "transaction"]

_BUSY_MS = 5_000
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
"""SQLite's verdicts that the file is to blame; the last one: a statement of ours does not fit its tables."""


def connect(path: Path, *, is_in_use: bool = False) -> sqlite3.Connection:
    """Open the state file, made and brought to this version's schema as needed.

    A file whose last run did not end properly is checked for damage first; one whose last run did is taken at its word,
    since the check reads all of it. With `is_in_use` a run may be under way, which looks just like one that died: no check.

    Raises:
        StateError: the file is damaged, not ours, newer than this program, or its folder cannot be written.
    """
    with told(path):
        if path.exists():
            with closing(_read_only(path)) as seen:
                _inspect(seen, path, is_in_use=is_in_use)
        else:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        return _prepared(sqlite3.connect(path, isolation_level=None), path)


def scratch(path: Path) -> sqlite3.Connection:
    """A copy of the state file in memory, or a new one; nothing on disk is touched.

    Raises:
        StateError: as for `connect`.
    """
    with told(path):
        connection = sqlite3.connect(":memory:", isolation_level=None)
        if path.exists():
            try:
                with closing(_read_only(path)) as source:
                    _inspect(source, path)
                    source.backup(connection)
            except BaseException:
                connection.close()
                raise
        return _prepared(connection)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Errors of SQLite and of the file system, in whatever is done with the state file, as ours."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything inside happens or nothing does."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk ends it by itself
            connection.execute("ROLLBACK")
        raise


# Looking before anything is written


def _read_only(path: Path) -> sqlite3.Connection:
    """Without a write-ahead log the file is complete and is not written to: no lock or index file is made beside it."""
    uri = f"{path.absolute().as_uri()}?{'mode=ro' if _log_of(path).exists() else 'immutable=1'}"
    return sqlite3.connect(uri, uri=True, isolation_level=None)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _inspect(seen: sqlite3.Connection, path: Path, *, is_in_use: bool = False) -> None:
    """Refuse what is not a whole state file of this version or an older one."""
    version = _pragma(seen, "user_version")
    tables = seen.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables and _pragma(seen, "application_id") != APPLICATION_ID:
        raise StateError(
            f"{path} is a database of some other program.",
            "Move it away, or use another profile: --profile NAME.",
        )
    if version > len(MIGRATIONS):
        raise StateError(
            f"The state file {path} is from a newer lpc-tui (schema {version}, this one knows {len(MIGRATIONS)}).",
            "Update lpc-tui, or use another profile: --profile NAME.",
        )
    if tables and not is_in_use and _ended_badly(seen, path):
        verdict = str(seen.execute("PRAGMA quick_check(1)").fetchone()[0])
        if verdict != "ok":
            raise _damaged(path, verdict)


def _ended_badly(seen: sqlite3.Connection, path: Path) -> bool:
    """Whether the last to write did not end properly: its log was left, or its run has no end."""
    log = _log_of(path)
    if log.exists() and log.stat().st_size:
        return True
    last = seen.execute("SELECT finished_at FROM run ORDER BY rowid DESC LIMIT 1").fetchone()
    return last is not None and last[0] is None


def _unusable(path: Path, error: Exception) -> StateError:
    if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
        return _damaged(path, str(error))
    return StateError(
        f"The state file {path} cannot be used: {error}.",
        "Check free space and the owner of the file and its folder, then run again.",
    )


def _damaged(path: Path, why: str) -> StateError:
    return DamagedStateError(
        f"The state file {path} is damaged or not a state file: {' '.join(why.split())}."
    )


# Making it ready


def _prepared(connection: sqlite3.Connection, path: Path | None = None) -> sqlite3.Connection:
    """The connection, configured and at this version's schema; closed if that fails. Without a path, no copy is kept."""
    try:
        _configure(connection)
        version = _pragma(connection, "user_version")
        if version < len(MIGRATIONS):
            if version and path is not None:
                back_up(connection, path, f"v{version}")
            _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _configure(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    # The journal of writes must survive a power cut (law 9); a commit is nothing beside the request it guards.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is forgotten, a text that turned private above all, is to be gone from the file too.
    connection.execute("PRAGMA secure_delete = ON")


def _migrate(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        # Asked again, now that nobody else can write: somebody may have been faster.
        version = _pragma(connection, "user_version")
        for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number:d}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
