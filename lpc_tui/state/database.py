"""The state file: opening, pragmas, transactions and migrations of one SQLite database.

Only `store` calls this. A connection belongs to the thread that opened it. A file from a newer version, a damaged one or
one that is not ours is refused with a remedy and left as it is; before a migration a copy is kept beside it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lpc_tui.errors import StateError
from lpc_tui.state.migrations import APPLICATION_ID, MIGRATIONS

__all__ = ["connect", "scratch", "transaction"]

_BUSY_MS = 5_000


def connect(path: Path) -> sqlite3.Connection:
    """Open the state file, made and brought to this version's schema as needed.

    Raises:
        StateError: the file is damaged, not ours, newer than this program, or its folder cannot be written.
    """
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    return _prepared(connection, path, keeps_copy=True)


def scratch(path: Path) -> sqlite3.Connection:
    """A copy of the state file in memory, or a new one; nothing on disk is touched.

    Raises:
        StateError: as for `connect`.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    if path.exists():
        # Without a write-ahead log the file is complete and is not written to: no lock or index file is made beside it.
        has_log = path.with_name(f"{path.name}-wal").exists()
        uri = f"{path.absolute().as_uri()}?{'mode=ro' if has_log else 'immutable=1'}"
        try:
            with closing(sqlite3.connect(uri, uri=True)) as source:
                source.backup(connection)
        except sqlite3.Error as error:
            connection.close()
            raise _unusable(path, error) from error
    return _prepared(connection, path, keeps_copy=False)


def _prepared(connection: sqlite3.Connection, path: Path, *, keeps_copy: bool) -> sqlite3.Connection:
    try:
        _prepare(connection, path, keeps_copy=keeps_copy)
    except sqlite3.Error as error:
        connection.close()
        raise _unusable(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _unusable(path: Path, error: Exception) -> StateError:
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return StateError(
            f"The state file {path} is damaged or not a state file: {error}.",
            "Restore it from a backup, or move it away and sync: both sides are matched afresh.",
        )
    return StateError(
        f"The state file {path} cannot be used: {error}.", "Check the folder's owner and free space."
    )


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything inside happens or nothing does."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _prepare(connection: sqlite3.Connection, path: Path, *, keeps_copy: bool) -> None:
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    version = _pragma(connection, "user_version")
    application = _pragma(connection, "application_id")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise StateError(
            f"{path} is a database of some other program.",
            "Move it away, or use another profile: --profile NAME.",
        )
    if version > len(MIGRATIONS):
        raise StateError(
            f"The state file {path} is from a newer lpc-tui (schema {version}, this one knows {len(MIGRATIONS)}).",
            "Update lpc-tui, or use another profile: --profile NAME.",
        )
    connection.execute("PRAGMA journal_mode = WAL")
    # The journal of writes must survive a power cut (law 9); a commit is nothing beside the request it guards.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # What is forgotten, a text that turned private above all, is to be gone from the file too.
    connection.execute("PRAGMA secure_delete = ON")
    if version < len(MIGRATIONS):
        if version and keeps_copy:
            _back_up(connection, path, version)
        _migrate(connection, version)


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    with transaction(connection):
        for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number:d}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")


def _back_up(connection: sqlite3.Connection, path: Path, version: int) -> None:
    copy = path.with_name(f"{path.name}.v{version}.bak")
    os.close(os.open(copy, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600))
    with closing(sqlite3.connect(copy)) as target:
        connection.backup(target)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
