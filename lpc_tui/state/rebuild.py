"""LinkPoint's Rebuild History: forget which items belong together, so that the next run matches both sides afresh.

`forgetting` calls this, with the profile's lock held. Nothing here reaches a service, undoes a write or deletes a file.
All of it blocks.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from lpc_tui.errors import DamagedStateError, StateError
from lpc_tui.files import sync_folder
from lpc_tui.model.items import Process
from lpc_tui.state.backups import back_up
from lpc_tui.state.database import connect, scratch, told
from lpc_tui.state.records import Records
from lpc_tui.state.rows import Standing, journalled_of, link_of, run_of, unlinked_of

__all__ = ["damage_of", "forget", "set_aside", "standing_of"]


def standing_of(path: Path, process: Process) -> Standing:
    """What is remembered of a process, in numbers.

    Raises:
        StateError: the file cannot be used.
    """
    with told(path), closing(Records(scratch(path))) as records:
        return records.standing(process)


def forget(path: Path, process: Process, at: datetime) -> Path:
    """Forget the links of a process; returns the copy of the file as it was before.

    A row that cannot be read is no hindrance: it goes with the others.

    Args: at: now, aware.

    Raises:
        StateError: the file cannot be used; nothing was forgotten.
    """
    with told(path), closing(connect(path)) as connection:
        copy = back_up(connection, path, _stamp(at))
        Records(connection).forget_process(process)
    return copy


def damage_of(path: Path) -> DamagedStateError | None:
    """What is wrong with the file, read as a whole; None: nothing is.

    Raises:
        StateError: the file cannot be used for another reason: it is from a newer version, or not ours to read.
    """
    try:
        with told(path), closing(scratch(path)) as connection:
            _read_everything(connection)
    except DamagedStateError as damage:
        return damage
    return None


def set_aside(path: Path, at: datetime) -> Path:
    """Move the state file out of the way, for a person or a tool to look into; returns where it is now.

    Args: at: now, aware.

    Raises:
        StateError: it cannot be moved.
    """
    place = path.with_name(f"{path.name}.damaged-{_stamp(at)}")
    if place.exists():
        raise StateError(f"There is a file {place} already.", "Move that one away first, then try again.")
    with told(path):
        # The log first: beside a new file, an old log would be taken for that one's.
        for suffix in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(place.with_name(place.name + suffix))
        sync_folder(path.parent)
    return place


def _read_everything(connection: sqlite3.Connection) -> None:
    verdict = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if verdict != "ok":
        raise DamagedStateError(f"The state file is damaged: {' '.join(verdict.split())}.")
    connection.row_factory = sqlite3.Row
    readers = {"link": link_of, "unlinked": unlinked_of, "operation": journalled_of, "run": run_of}
    for table, read in readers.items():
        for row in connection.execute(f"SELECT * FROM {table}"):
            read(row)


def _stamp(at: datetime) -> str:
    """The second in UTC, fit for the name of a file."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
