"""What can be asked of the state file, and changed in it: each method is one short transaction at the most.

Everything here belongs to the thread that opened the connection; `store` is the door to it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from lpc_tui.errors import StateError
from lpc_tui.model.items import Item, Process, Side
from lpc_tui.model.links import Link, Unlinked
from lpc_tui.model.safety import Census
from lpc_tui.state import codec
from lpc_tui.state.database import transaction
from lpc_tui.state.privacy import forget_private_texts
from lpc_tui.state.rows import (
    PRIVATE,
    Journalled,
    ReplicaState,
    RunRecord,
    Standing,
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

    def linked_ids(self, process: Process, side: Side) -> frozenset[str]:
        """The ids of all items of a side that have a link."""
        rows = self._db.execute(f"SELECT {side}_id FROM link WHERE process = ?", (process,))
        return frozenset(row[0] for row in rows)

    def save_links(self, links: Iterable[Link]) -> None:
        """Keep each link in its latest form; within one call links may exchange their items.

        Raises:
            StateError: a link claims an item that belongs to another one; nothing is changed.
        """
        chosen = list(links)
        with self.together():
            # The old forms go first: the new ones may hold the items in another order, and an item has one link at any time.
            self.end_links(link.id for link in chosen)
            try:
                self._db.executemany(
                    f"INSERT INTO link VALUES ({','.join('?' * 15)})", (link_row(link) for link in chosen)
                )
            except sqlite3.IntegrityError as error:
                raise self._rivalry(chosen) or error from error

    def _rivalry(self, links: Iterable[Link]) -> StateError | None:
        """What to say of the first of these links that claims an item of another one."""
        for link in links:
            for side in Side:
                item_id = link.side(side).id
                rival = self._db.execute(
                    f"SELECT id FROM link WHERE process = ? AND {side}_id = ? AND id <> ?",
                    (link.process, item_id, link.id),
                ).fetchone()
                if rival is not None:
                    return StateError(
                        f"The {link.process} links {link.id} and {rival['id']} both claim the {side.label} item"
                        f" {item_id}; nothing was changed.",
                        "Match afresh.",
                        command=f"lpc-tui rebuild {link.process}",
                    )
        return None

    def end_links(self, ids: Iterable[str]) -> None:
        """Forget links whose items are gone on both sides."""
        with self.together():
            self._db.executemany("DELETE FROM link WHERE id = ?", ((each,) for each in ids))

    # A process as a whole

    def standing(self, process: Process) -> Standing:
        """What is remembered of a process, in numbers; no row is decoded."""
        row = self._db.execute(_STANDING, {"process": process}).fetchone()
        return Standing(bool(row["is_known"]), row["links"], row["deletions"], row["intents"])

    def forget_process(self, process: Process) -> None:
        """Forget the links of a process, its items without a link and how far it was read: the next run matches afresh.

        The runs and the journal stay, the intents without an outcome above all: a create whose answer was lost is looked
        for by them, and would be made again without.
        """
        with self.together():
            for table in ("link", "unlinked", "replica"):
                self._db.execute(f"DELETE FROM {table} WHERE process = ?", (process,))

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

    def latest_runs(self) -> list[RunRecord]:
        """Of each set of processes and each way to end, the latest run; newest first."""
        rows = self._db.execute(
            "SELECT * FROM run WHERE rowid IN (SELECT max(rowid) FROM run GROUP BY processes, outcome)"
            " ORDER BY started_at DESC, rowid DESC"
        )
        return [run_of(row) for row in rows]

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
                    " before, mark, state, sent_at, privacy) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
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
                "UPDATE operation SET state = ?, settled_at = ?, item_id = coalesce(?, item_id), after = ?, words = ?,"
                " privacy = iif(?, ?, privacy) WHERE number = ?",
                (
                    state,
                    codec.dump_moment(at),
                    None if item is None else item.id,
                    None if item is None else codec.dump_item(item),
                    utf8(words),
                    item is not None and item.is_private,
                    PRIVATE,
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

    def forget_private_history(self, process: Process) -> int:
        """With the private box off: take the texts of private items out of the journal; returns of how many operations.

        Private is what was when it was written, and what the links and items kept here say is now; with a private item,
        its counterpart's text goes too. Ids, times and outcomes stay. An operation without an outcome keeps its text until
        recovery has looked for it (law 9), so call this after recovery's findings, and after the links, are stored. Where
        something is forgotten, the copies of the file that are kept beside it go as well.
        """
        with self.together():
            return forget_private_texts(self._db, process)


_STANDING = """
SELECT
    EXISTS (SELECT 1 FROM replica WHERE process = :process) AS is_known,
    (SELECT count(*) FROM link WHERE process = :process) AS links,
    (
        SELECT count(*) FROM link
        WHERE process = :process AND (outlook_presence = 'gone') <> (salesforce_presence = 'gone')
    ) AS deletions,
    (SELECT count(*) FROM operation WHERE process = :process AND settled_at IS NULL) AS intents
"""


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    every = sorted(set(values))
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]
