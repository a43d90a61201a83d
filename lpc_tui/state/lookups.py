"""What the reports ask of the state file: runs and operations by the page, items by an id or a word of their title.

Questions alone, asked through a connection that cannot write, of one moment's state; a run may go on meanwhile. `records`
has the questions that a run asks, too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lpc_tui.model.items import Process, Side
from lpc_tui.model.links import Link
from lpc_tui.state import codec
from lpc_tui.state.database import connect, told
from lpc_tui.state.records import Records
from lpc_tui.state.rows import OPEN, Journalled, RunRecord, journalled_of, link_of, run_of

__all__ = ["Lookups", "Tally", "Trace", "looking_up", "mark_of"]

_MARK = '"is_private"'
"""An item's own flag in its JSON. What somebody wrote never looks like it: there, a quotation mark is escaped."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The operations of a run, in numbers."""

    operations: int = 0
    unsettled: int = 0
    recovered: int = 0
    """Settled by a later run."""


@dataclass(frozen=True, slots=True)
class Trace:
    """An operation of the journal as far as finding it takes."""

    number: int
    process: Process
    title: str
    ids: tuple[tuple[Side, str], ...]
    """Of the items it is about."""
    is_open: bool
    """Whether its text may be looked at at all: it was not private when it was written."""


def mark_of(path: Path) -> str:
    """Differs whenever something was committed to the state file, and seldom otherwise; two `stat` calls. Never raises."""
    return " ".join(_file_mark(each) for each in (path, path.with_name(f"{path.name}-wal")))


def _file_mark(path: Path) -> str:
    """An empty log of SQLite's, which comes and goes with who reads, is like none."""
    try:
        found = path.stat()
    except OSError:
        return "-"
    return f"{found.st_ino}:{found.st_mtime_ns}:{found.st_size}" if found.st_size else "-"


@contextmanager
def looking_up(path: Path) -> Iterator[Lookups | None]:
    """The state file as it is at one moment; None where there is none. It is not written to by what is asked here.

    Raises:
        StateError: the file cannot be used.
    """
    if not path.exists():
        yield None
        return
    with told(path), closing(connect(path, is_in_use=True)) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        yield Lookups(connection)


class Lookups:
    """Questions to the state file, in the thread that opened it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.records = Records(connection)
        self._db = connection

    # Runs

    def runs(self, *, offset: int, limit: int) -> list[RunRecord]:
        """Past runs, newest first."""
        rows = self._db.execute("SELECT * FROM run ORDER BY rowid DESC LIMIT ? OFFSET ?", (limit, offset))
        return [run_of(row) for row in rows]

    def runs_named(self, beginning: str, limit: int) -> list[RunRecord]:
        """The runs whose id begins so; one that is exactly that comes first."""
        rows = self._db.execute(
            "SELECT * FROM run WHERE substr(id, 1, length(:name)) = :name ORDER BY id <> :name, rowid DESC LIMIT :limit",
            {"name": beginning, "limit": limit},
        )
        return [run_of(row) for row in rows]

    def latest(self) -> str | None:
        """The id of the run that began last."""
        row = self._db.execute("SELECT id FROM run ORDER BY rowid DESC LIMIT 1").fetchone()
        return None if row is None else str(row["id"])

    def last_begun(self, process: Process) -> datetime | None:
        """When the last run of a process began."""
        row = self._db.execute(
            "SELECT started_at FROM run WHERE instr(',' || processes || ',', ?) ORDER BY rowid DESC LIMIT 1",
            (f",{process},",),
        ).fetchone()
        return None if row is None else codec.load_moment(row["started_at"])

    def begun_by(self, at: datetime) -> str | None:
        """The id of the run that had begun last at a moment: runs of a profile never overlap."""
        row = self._db.execute(
            "SELECT id FROM run WHERE started_at <= ? ORDER BY rowid DESC LIMIT 1", (codec.dump_moment(at),)
        ).fetchone()
        return None if row is None else str(row["id"])

    def tally(self, run: str) -> Tally:
        """The operations of a run, in numbers."""
        row = self._db.execute(_TALLY, {"run": run}).fetchone()
        return Tally(row["operations"], row["unsettled"] or 0, row["recovered"] or 0)

    # Operations

    def operations(self, run: str, *, offset: int, limit: int) -> list[Journalled]:
        """What a run wrote, in order."""
        rows = self._db.execute(
            "SELECT * FROM operation WHERE run = ? ORDER BY number LIMIT ? OFFSET ?", (run, limit, offset)
        )
        return [journalled_of(row) for row in rows]

    def operation(self, number: int) -> Journalled:
        """One operation that is known to be there."""
        row = self._db.execute("SELECT * FROM operation WHERE number = ?", (number,)).fetchone()
        return journalled_of(row)

    def traces(self, run: str | None = None) -> Iterator[Trace]:
        """All operations of a run, in order; without one those of all runs, newest first."""
        where, order = ("run = ?", "number") if run is not None else ("1", "number DESC")
        rows = self._db.execute(
            f"SELECT number, process, side, item_id, source_id, title, privacy FROM operation WHERE {where}"
            f" ORDER BY {order}",
            () if run is None else (run,),
        )
        for row in rows:
            side = codec.load_word(Side, row["side"])
            ids = ((side, row["item_id"]), (side.other, row["source_id"]))
            yield Trace(
                row["number"],
                codec.load_word(Process, row["process"]),
                row["title"],
                tuple((of, item_id) for of, item_id in ids if item_id),
                row["privacy"] == OPEN,
            )

    def operations_about(
        self, process: Process, ids: Collection[tuple[Side, str]], limit: int
    ) -> list[Journalled]:
        """The latest operations about an item or its counterpart, newest first."""
        found: dict[int, Journalled] = {}
        for side, item_id in ids:
            rows = self._db.execute(
                "SELECT * FROM operation WHERE process = ?1"
                " AND ((item_id = ?3 AND side = ?2) OR (source_id = ?3 AND side <> ?2))"
                " ORDER BY number DESC LIMIT ?4",
                (process, side, item_id, limit),
            )
            found.update((row["number"], journalled_of(row)) for row in rows)
        return [found[number] for number in sorted(found, reverse=True)[:limit]]

    # Items

    def each_link(self, process: Process) -> Iterator[Link]:
        """The links of a process, one after the other."""
        rows = self._db.execute("SELECT * FROM link WHERE process = ?", (process,))
        return map(link_of, rows)

    def asleep(self, process: Process) -> int:
        """How many links of a process are at rest."""
        row = self._db.execute("SELECT count(*) FROM link WHERE process = ? AND is_asleep", (process,))
        return int(row.fetchone()[0])

    def private_ids(self, process: Process) -> frozenset[tuple[Side, str]]:
        """The ids of the items of a process that are private as far as is known, and of their counterparts."""
        marked: Callable[[str], str] = "instr({}, :mark)".format
        links = self._db.execute(
            "SELECT outlook_id, salesforce_id FROM link WHERE process = :process"
            f" AND ({marked('outlook_item')} OR {marked('salesforce_item')})",
            {"process": process, "mark": _MARK},
        )
        ids = {(side, str(row[f"{side}_id"])) for row in links for side in Side}
        alone = self._db.execute(
            f"SELECT side, id FROM unlinked WHERE process = :process AND {marked('item')}",
            {"process": process, "mark": _MARK},
        )
        return frozenset(ids | {(codec.load_word(Side, row["side"]), str(row["id"])) for row in alone})


_TALLY = """
SELECT
    count(*) AS operations,
    sum(settled_at IS NULL) AS unsettled,
    sum(settled_at >= (
        SELECT started_at FROM run AS later
        WHERE later.rowid > (SELECT rowid FROM run WHERE id = :run) ORDER BY later.rowid LIMIT 1
    )) AS recovered
FROM operation WHERE run = :run
"""
