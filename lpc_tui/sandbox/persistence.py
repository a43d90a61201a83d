"""Keeps the sandbox's worlds in one SQLite file, so that a restart finds the same ids, tokens and delta tokens.

`serve` opens a `StateFile`, restores what it holds and lets `Autosave` write the worlds back whenever their revision
has moved. Each save replaces all worlds in one transaction: a reader of the file never meets half a change. It knows
of a world only that it has a lock, a revision and a dump.
"""

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.common import JsonObject

log = logging.getLogger(__name__)

_APPLICATION_ID = 0x4C504353
"""Marks the file as ours ("LPCS"); any other SQLite file is left alone."""

_VERSION = 1

_SCHEMA = "CREATE TABLE IF NOT EXISTS world (name TEXT PRIMARY KEY, dump TEXT NOT NULL) STRICT"


class World(Protocol):
    """What persistence needs of a mailbox or an org."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held while the world is read."""

    @property
    def revision(self) -> int:
        """Moves with each change."""

    def dump(self) -> JsonObject:
        """Everything, as JSON."""


class StateFile:
    """The file, held by one sandbox at a time."""

    def __init__(self, path: Path) -> None:
        """Open the file or make it.

        Raises SandboxError if it cannot be opened, is damaged, is not the sandbox's, or is in use by another one.
        """
        self.path = path
        self._lock = threading.Lock()
        with self._readable():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # it may hold a person's own data
            self._db = sqlite3.connect(path, timeout=0.2, isolation_level=None, check_same_thread=False)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def load(self) -> dict[str, JsonObject]:
        """The dump of each world by its name; nothing if the file is new.

        Raises SandboxError if the file is damaged.
        """
        with self._lock, self._readable():
            rows = self._db.execute("SELECT name, dump FROM world").fetchall()
            return {name: json.loads(dump) for name, dump in rows}

    def save(self, dumps: Mapping[str, str]) -> None:
        """Replace what the file holds by these dumps, as JSON texts, all or none.

        Raises SandboxError if the file cannot be written; it then holds what it held.
        """
        with self._lock, self._readable(), self._transaction():
            self._db.execute("DELETE FROM world")
            self._db.executemany("INSERT INTO world (name, dump) VALUES (?, ?)", dumps.items())

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def damaged(self, why: str) -> SandboxError:
        """The error that says this file's content is of no use, and the way out."""
        return SandboxError(
            f"The sandbox's state file {self.path} cannot be used: {why}.",
            "Move it away or name another file; the sandbox then starts with fresh data.",
        )

    def _prepare(self) -> None:
        """Claim the file, check it, and make its table."""
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        with self._transaction():
            owner = self._db.execute("PRAGMA application_id").fetchone()[0]
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            empty = not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not empty and owner != _APPLICATION_ID:
                raise self.damaged("it belongs to another program")
            if version > _VERSION:
                raise self.damaged("a newer version wrote it")
            if self._db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise self.damaged("it is damaged")
            self._db.execute(_SCHEMA)
            self._db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {_VERSION}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn what SQLite, JSON and the file system say into an error of ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
            raise self.damaged("another sandbox uses it" if busy else str(error)) from error
        except (sqlite3.DatabaseError, json.JSONDecodeError) as error:
            raise self.damaged("it is damaged") from error
        except OSError as error:
            raise self.damaged(error.strerror or str(error)) from error


class Autosave:
    """Writes the worlds into their file whenever one has changed, from a thread of its own, and once more at `stop`.

    A save never takes more than a sixth of the time, so that large worlds under constant change stay quick to serve.
    """

    def __init__(self, file: StateFile, worlds: Mapping[str, World], *, every_s: float = 0.25) -> None:
        self._file = file
        self._worlds = dict(worlds)
        self._every_s = every_s
        self._saved: dict[str, int] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-autosave", daemon=True)

    def start(self) -> Self:
        """Begin; what the worlds hold now is written first."""
        self.save()
        self._thread.start()
        return self

    def stop(self) -> None:
        """Write the last changes and end.

        Raises SandboxError if they cannot be written.
        """
        self._stopping.set()
        self._thread.join()
        self.save()

    def save(self) -> bool:
        """Write all worlds if one has changed since the last time; says whether it did.

        Raises SandboxError if the file cannot be written.
        """
        if self._saved == {name: world.revision for name, world in self._worlds.items()}:
            return False
        revisions: dict[str, int] = {}
        dumps: dict[str, str] = {}
        for name, world in self._worlds.items():
            with world.lock:
                revisions[name] = world.revision
                dumps[name] = json.dumps(world.dump(), separators=(",", ":"))
        self._file.save(dumps)
        self._saved = revisions
        return True

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        pause_s = self._every_s
        while not self._stopping.wait(pause_s):
            began = time.monotonic()
            try:
                self.save()
            except SandboxError as error:
                log.warning("%s", error)
            pause_s = max(self._every_s, 5 * (time.monotonic() - began))
