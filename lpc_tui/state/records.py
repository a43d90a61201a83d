"""What can be asked of the state file, and changed in it: each method is one short transaction at the most.

Everything here belongs to the thread that opened the connection; `store` is the door to it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from lpc_tui.model.items import Item, Process, Side
from lpc_tui.model.links import Link, Unlinked
from lpc_tui.model.safety import Census
from lpc_tui.state import codec
from lpc_tui.state.database import transaction
from lpc_tui.state.rows import (
    Journalled,
    ReplicaState,
    RunRecord,
    intent_row,
    journalled_of,
    link_of,
    link_row,
    replica_of,
    run_of,
    unlinked_of,
    unlinked_row,
    utf8,
)

__all__ = ["Records"]

_CHUNK = 500  # ids a query: well below SQLite's limit of bound variables


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
        return None if row is None else replica_of(row)

    def save_replica(self, process: Process, side: Side, state: ReplicaState) -> None:
        with self.together():
            self._db.execute(
                "INSERT OR REPLACE INTO replica VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    process,
                    side,
                    state.account,
                    state.place,
                    utf8(state.name),
                    state.identity_key,
                    state.watermark,
                ),
            )

    # Links

    def links(self, process: Process) -> list[Link]:
        """All links of a process."""
        rows = self._db.execute("SELECT * FROM link WHERE process = ?", (process,))
        return [link_of(row) for row in rows]

    def pending_links(self, process: Process) -> list[Link]:
        """The links of which something is pending."""
        rows = self._db.execute("SELECT * FROM link WHERE process = ? AND is_pending", (process,))
        return [link_of(row) for row in rows]

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
            found += [link_of(row) for row in rows]
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
                (link_row(link) for link in links),
            )

    def end_links(self, ids: Iterable[str]) -> None:
        """Forget links whose items are gone on both sides."""
        with self.together():
            self._db.executemany("DELETE FROM link WHERE id = ?", ((each,) for each in ids))

    # Items without a link

    def unlinked(self, process: Process) -> list[Unlinked]:
        rows = self._db.execute("SELECT * FROM unlinked WHERE process = ?", (process,))
        return [unlinked_of(row) for row in rows]

    def save_unlinked(self, process: Process, items: Iterable[Unlinked]) -> None:
        with self.together():
            self._db.executemany(
                "INSERT OR REPLACE INTO unlinked VALUES (?, ?, ?, ?, ?)",
                (unlinked_row(process, each) for each in items),
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
                (run, ",".join(processes), codec.dump_moment(started_at)),
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
                (codec.dump_moment(finished_at), outcome, exit_code, codec.dump_counts(counts), run),
            )

    def runs(self, limit: int = 100) -> list[RunRecord]:
        """The latest runs, newest first."""
        rows = self._db.execute("SELECT * FROM run ORDER BY started_at DESC, rowid DESC LIMIT ?", (limit,))
        return [run_of(row) for row in rows]

    def intend(self, entries: Iterable[Journalled]) -> list[int]:
        """Write intents down before their request is sent; returns their numbers, in order."""
        numbers = []
        with self.together():
            for entry in entries:
                cursor = self._db.execute(
                    "INSERT INTO operation (run, process, side, action, step, link, item_id, source_id, title, fields,"
                    " before, mark, state, sent_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                    intent_row(entry),
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
                    codec.dump_moment(at),
                    None if item is None else item.id,
                    None if item is None else codec.dump_item(item),
                    utf8(words),
                    number,
                ),
            )

    def open_intents(self, process: Process) -> list[Journalled]:
        """Operations whose outcome was never recorded: a run died, or an answer was lost."""
        rows = self._db.execute(
            "SELECT * FROM operation WHERE process = ? AND settled_at IS NULL ORDER BY number", (process,)
        )
        return [journalled_of(row) for row in rows]

    def operations(self, run: str) -> list[Journalled]:
        """What a run did, in order."""
        rows = self._db.execute("SELECT * FROM operation WHERE run = ? ORDER BY number", (run,))
        return [journalled_of(row) for row in rows]


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    every = sorted(set(values))
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]
