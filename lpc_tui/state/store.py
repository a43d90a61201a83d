"""What a profile remembers: links, pending items, watermarks, the journal and the history of runs.

`Store` is the async door: it owns one thread, in which the one connection lives, so that a commit never blocks the caller's
loop. `Records` is what can be asked of the connection inside that thread; each of its methods is one short transaction at
the most, and none is open across an await.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from lpc_tui.errors import StateError
from lpc_tui.model.items import EMPTY, Fields, Item, Process, Side
from lpc_tui.model.links import Link, LinkSide, Presence, Unlinked
from lpc_tui.model.rules import Action
from lpc_tui.model.safety import Census
from lpc_tui.model.settle import is_settled
from lpc_tui.state import codec
from lpc_tui.state.database import connect, scratch, transaction

__all__ = ["Journalled", "Records", "ReplicaState", "RunRecord", "Store", "read_runs"]

T = TypeVar("T")

_CHUNK = 500  # ids a query: well below SQLite's limit of bound variables


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """How far a side was read, and whose store it was."""

    account: str
    place: str
    name: str
    identity_key: str
    """A digest of what the identity was asked with (address, token, chosen folder): another means: ask again."""
    watermark: str | None


@dataclass(frozen=True, slots=True)
class Journalled:
    """One operation in the journal: what was intended and, once settled, what became of it."""

    number: int
    run: str
    process: Process
    side: Side
    action: Action
    step: str
    link: str | None
    item_id: str | None
    source_id: str | None
    """CREATE: the item on the other side that it was made from."""
    title: str
    fields: Fields
    mark: str
    state: str
    sent_at: datetime
    before: Item | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run in the history."""

    id: str
    processes: tuple[Process, ...]
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    exit_code: int | None
    counts: Mapping[str, Mapping[str, object]]


class Store:
    """The state file of a profile, from any loop."""

    def __init__(self, path: Path, *, is_scratch: bool = False) -> None:
        """Args: path: of the state file; is_scratch: work on a copy in memory and leave the file alone (a dry run)."""
        self._path = path
        self._is_scratch = is_scratch
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="state")
        self._records: Records | None = None

    async def run(self, work: Callable[[Records], T]) -> T:
        """Do `work` in the store's thread.

        Raises:
            StateError: the file cannot be used.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, work)

    def _do(self, work: Callable[[Records], T]) -> T:
        try:
            if self._records is None:
                self._records = Records((scratch if self._is_scratch else connect)(self._path))
            return work(self._records)
        except sqlite3.Error as error:
            raise StateError(
                f"The state file {self._path} failed: {error}.",
                "Check free space and the file's owner, then run again.",
            ) from error

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _close(self) -> None:
        if self._records is not None:
            self._records.close()
            self._records = None


def read_runs(path: Path, limit: int = 100) -> list[RunRecord]:
    """The latest runs, newest first; none where there is no file. Blocks, and may be called while a run goes on.

    Raises:
        StateError: the file cannot be used.
    """
    if not path.exists():
        return []
    records = Records(connect(path))
    try:
        return records.runs(limit)
    finally:
        records.close()


class Records:
    """Queries and changes, in the store's own thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._db.row_factory = sqlite3.Row

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Several changes in one transaction; nests."""
        if self._db.in_transaction:
            yield
        else:
            with transaction(self._db):
                yield

    # Replicas

    def replica(self, process: Process, side: Side) -> ReplicaState | None:
        """What is known of a side; None: never read."""
        row = self._db.execute(
            "SELECT * FROM replica WHERE process = ? AND side = ?", (process, side)
        ).fetchone()
        if row is None:
            return None
        return ReplicaState(row["account"], row["place"], row["name"], row["identity_key"], row["watermark"])

    def save_replica(self, process: Process, side: Side, state: ReplicaState) -> None:
        with self.together():
            self._db.execute(
                "INSERT OR REPLACE INTO replica VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    process,
                    side,
                    state.account,
                    state.place,
                    _utf8(state.name),
                    state.identity_key,
                    state.watermark,
                ),
            )

    # Links

    def links(self, process: Process) -> list[Link]:
        """All links of a process."""
        rows = self._db.execute("SELECT * FROM link WHERE process = ?", (process,))
        return [_link(row) for row in rows]

    def pending_links(self, process: Process) -> list[Link]:
        """The links of which something is pending."""
        rows = self._db.execute("SELECT * FROM link WHERE process = ? AND is_pending", (process,))
        return [_link(row) for row in rows]

    def links_of(self, process: Process, side: Side, ids: Iterable[str]) -> list[Link]:
        """The links of these items of a side."""
        return self._links_where(process, f"{side}_id", ids)

    def links_of_series(self, process: Process, side: Side, series: Iterable[str]) -> list[Link]:
        """The links of the occurrences of these series."""
        return self._links_where(process, f"{side}_series", series)

    def _links_where(self, process: Process, column: str, values: Iterable[str]) -> list[Link]:
        found: list[Link] = []
        for chunk in _chunks(values):
            marks = ",".join("?" * len(chunk))
            rows = self._db.execute(
                f"SELECT * FROM link WHERE process = ? AND {column} IN ({marks})", (process, *chunk)
            )
            found += [_link(row) for row in rows]
        return found

    def census(self, process: Process) -> Census:
        """How many links there are and how many items of each side are still there."""
        row = self._db.execute(
            "SELECT count(*) AS links, sum(outlook_presence = 'present') AS outlook,"
            " sum(salesforce_presence = 'present') AS salesforce FROM link WHERE process = ?",
            (process,),
        ).fetchone()
        return Census(row["links"], {side: row[str(side)] or 0 for side in Side})

    def save_links(self, links: Iterable[Link]) -> None:
        with self.together():
            self._db.executemany(
                f"INSERT OR REPLACE INTO link VALUES ({','.join('?' * 15)})",
                (_link_row(link) for link in links),
            )

    def end_links(self, ids: Iterable[str]) -> None:
        """Forget links whose items are gone on both sides."""
        with self.together():
            self._db.executemany("DELETE FROM link WHERE id = ?", ((each,) for each in ids))

    # Items without a link

    def unlinked(self, process: Process) -> list[Unlinked]:
        rows = self._db.execute("SELECT * FROM unlinked WHERE process = ?", (process,))
        return [
            Unlinked(Side(row["side"]), codec.load_item(row["item"]), codec.load_refusal(row["refusal"]))
            for row in rows
        ]

    def save_unlinked(self, process: Process, items: Iterable[Unlinked]) -> None:
        with self.together():
            self._db.executemany(
                "INSERT OR REPLACE INTO unlinked VALUES (?, ?, ?, ?, ?)",
                (
                    (
                        process,
                        each.side,
                        each.item.id,
                        codec.dump_item(each.item),
                        codec.dump_refusal(each.refusal),
                    )
                    for each in items
                ),
            )

    def drop_unlinked(self, process: Process, keys: Iterable[tuple[Side, str]]) -> None:
        with self.together():
            self._db.executemany(
                "DELETE FROM unlinked WHERE process = ? AND side = ? AND id = ?",
                ((process, side, item_id) for side, item_id in keys),
            )

    # The journal

    def open_run(self, run: str, processes: Sequence[Process], started_at: datetime) -> None:
        with self.together():
            self._db.execute(
                "INSERT INTO run (id, processes, started_at) VALUES (?, ?, ?)",
                (run, ",".join(processes), _at(started_at)),
            )

    def close_run(
        self,
        run: str,
        finished_at: datetime,
        outcome: str,
        exit_code: int,
        counts: Mapping[str, Mapping[str, object]],
    ) -> None:
        with self.together():
            self._db.execute(
                "UPDATE run SET finished_at = ?, outcome = ?, exit_code = ?, counts = ? WHERE id = ?",
                (_at(finished_at), outcome, exit_code, json.dumps(counts), run),
            )

    def runs(self, limit: int = 100) -> list[RunRecord]:
        """The latest runs, newest first."""
        rows = self._db.execute("SELECT * FROM run ORDER BY started_at DESC, rowid DESC LIMIT ?", (limit,))
        return [
            RunRecord(
                row["id"],
                tuple(Process(name) for name in row["processes"].split(",") if name),
                datetime.fromisoformat(row["started_at"]),
                datetime.fromisoformat(row["finished_at"]) if row["finished_at"] else None,
                row["outcome"],
                row["exit_code"],
                json.loads(row["counts"]) if row["counts"] else {},
            )
            for row in rows
        ]

    def intend(self, entries: Iterable[Journalled]) -> list[int]:
        """Write intents down before their request is sent; returns their numbers, in order."""
        numbers = []
        with self.together():
            for entry in entries:
                cursor = self._db.execute(
                    "INSERT INTO operation (run, process, side, action, step, link, item_id, source_id, title, fields,"
                    " before, mark, state, sent_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                    (
                        entry.run,
                        entry.process,
                        entry.side,
                        entry.action,
                        entry.step,
                        entry.link,
                        entry.item_id,
                        entry.source_id,
                        _utf8(entry.title),
                        codec.dump_fields(entry.fields),
                        None if entry.before is None else codec.dump_item(entry.before),
                        entry.mark,
                        entry.state,
                        _at(entry.sent_at),
                    ),
                )
                numbers.append(int(cursor.lastrowid or 0))
        return numbers

    def settle(
        self, number: int, state: str, at: datetime, *, item: Item | None = None, words: str = ""
    ) -> None:
        """Write down what became of an intent."""
        with self.together():
            self._db.execute(
                "UPDATE operation SET state = ?, settled_at = ?, item_id = coalesce(?, item_id), after = ?, words = ?"
                " WHERE number = ?",
                (
                    state,
                    _at(at),
                    None if item is None else item.id,
                    None if item is None else codec.dump_item(item),
                    _utf8(words),
                    number,
                ),
            )

    def open_intents(self, process: Process) -> list[Journalled]:
        """Operations whose outcome was never recorded: a run died, or an answer was lost."""
        rows = self._db.execute(
            "SELECT * FROM operation WHERE process = ? AND settled_at IS NULL ORDER BY number", (process,)
        )
        return [_journalled(row) for row in rows]

    def operations(self, run: str) -> list[Journalled]:
        """What a run did, in order."""
        rows = self._db.execute("SELECT * FROM operation WHERE run = ? ORDER BY number", (run,))
        return [_journalled(row) for row in rows]


def _link(row: sqlite3.Row) -> Link:
    return Link(
        row["id"],
        Process(row["process"]),
        _side(row, Side.OUTLOOK),
        _side(row, Side.SALESFORCE),
        bool(row["is_asleep"]),
        codec.load_refusals(row["refusals"]),
    )


def _side(row: sqlite3.Row, side: Side) -> LinkSide:
    text, base = row[f"{side}_item"], row[f"{side}_base"]
    item = None if text is None else codec.load_item(text)
    shown = EMPTY if item is None else item.fields
    fields = shown if base is None else codec.load_fields(base)
    return LinkSide(row[f"{side}_id"], fields, item, Presence(row[f"{side}_presence"]))


def _link_row(link: Link) -> tuple[object, ...]:
    return (
        link.id,
        link.process,
        *_side_row(link.outlook),
        *_side_row(link.salesforce),
        int(link.is_asleep),
        int(not is_settled(link)),
        codec.dump_refusals(link.refusals),
    )


def _side_row(side: LinkSide) -> tuple[object, ...]:
    item = side.item
    is_same = item is not None and dict(item.fields) == dict(side.base)
    return (
        side.id,
        side.presence,
        None if item is None else codec.dump_item(item),
        None if is_same else codec.dump_fields(side.base),
        "" if item is None else item.series_id,
    )


def _journalled(row: sqlite3.Row) -> Journalled:
    return Journalled(
        number=row["number"],
        run=row["run"],
        process=Process(row["process"]),
        side=Side(row["side"]),
        action=Action(row["action"]),
        step=row["step"],
        link=row["link"],
        item_id=row["item_id"],
        source_id=row["source_id"],
        title=row["title"],
        fields=codec.load_fields(row["fields"]),
        mark=row["mark"],
        state=row["state"],
        sent_at=datetime.fromisoformat(row["sent_at"]),
        before=None if row["before"] is None else codec.load_item(row["before"]),
        words=row["words"] or "",
    )


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    every = sorted(set(values))
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]


def _utf8(text: str) -> str:
    """Text that others wrote, fit to be stored: half a surrogate, which JSON allows, becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
