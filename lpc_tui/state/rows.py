"""What the rows of the state file stand for, and the way there and back.

Only `records` calls this, and it runs no statement: which rows, in which transaction, is decided there. A row that does not
decode raises `DamagedStateError`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lpc_tui.model.items import EMPTY, Fields, Item, Process, Side
from lpc_tui.model.links import Link, LinkSide, Presence, Unlinked
from lpc_tui.model.rules import Action
from lpc_tui.model.settle import is_settled
from lpc_tui.state import codec

__all__ = [
    "FORGOTTEN",
    "OPEN",
    "PRIVATE",
    "Journalled",
    "ReplicaState",
    "RunRecord",
    "Standing",
    "intent_row",
    "journalled_of",
    "link_of",
    "link_row",
    "replica_of",
    "run_of",
    "unlinked_of",
    "unlinked_row",
    "utf8",
]

OPEN: Final = "open"
PRIVATE: Final = "private"
FORGOTTEN: Final = "forgotten"
"""How private an operation of the journal is; its text is gone once it is forgotten."""


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
    is_private: bool = False
    """Whether the item was private, on either side, when this was written: its text goes once the private box is off."""
    is_forgotten: bool = False
    """Whether its text is gone."""
    after: Item | None = None
    """As read back, or as recovery found it."""
    settled_at: datetime | None = None
    """When its outcome was recorded; None: it never was."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is remembered of a process, in numbers: what a rebuild forgets, and what it keeps."""

    is_known: bool
    """Whether it was ever read."""
    links: int
    deletions: int
    """Links with an item that was deleted on one side and still is there on the other."""
    intents: int
    """Writes whose outcome was never recorded: a rebuild keeps them, or what they made would be made twice."""


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


def link_of(row: sqlite3.Row) -> Link:
    """The link that `link_row` made a row of."""
    return Link(
        row["id"],
        codec.load_word(Process, row["process"]),
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
    return LinkSide(row[f"{side}_id"], fields, item, codec.load_word(Presence, row[f"{side}_presence"]))


def link_row(link: Link) -> tuple[object, ...]:
    """A link as a row of its table, in the order of the columns; a base that equals the item's fields is left out."""
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


def replica_of(row: sqlite3.Row) -> ReplicaState:
    """How far a side was read, from its row."""
    return ReplicaState(row["account"], row["place"], row["name"], row["identity_key"], row["watermark"])


def unlinked_of(row: sqlite3.Row) -> Unlinked:
    """An item without a link, from its row."""
    side = codec.load_word(Side, row["side"])
    return Unlinked(side, codec.load_item(row["item"]), codec.load_refusal(row["refusal"]))


def unlinked_row(process: Process, unlinked: Unlinked) -> tuple[object, ...]:
    """An item without a link as a row of its table."""
    item, refusal = codec.dump_item(unlinked.item), codec.dump_refusal(unlinked.refusal)
    return (process, unlinked.side, unlinked.item.id, item, refusal)


def intent_row(entry: Journalled) -> tuple[object, ...]:
    """An intent as the columns of the journal that are known before its request."""
    return (
        entry.run,
        entry.process,
        entry.side,
        entry.action,
        entry.step,
        entry.link,
        entry.item_id,
        entry.source_id,
        utf8(entry.title),
        codec.dump_fields(entry.fields),
        None if entry.before is None else codec.dump_item(entry.before),
        entry.mark,
        entry.state,
        codec.dump_moment(entry.sent_at),
        PRIVATE if _is_private(entry) else OPEN,
    )


def _is_private(entry: Journalled) -> bool:
    return entry.is_private or (entry.before is not None and entry.before.is_private)


def journalled_of(row: sqlite3.Row) -> Journalled:
    """An operation of the journal from its row."""
    return Journalled(
        number=row["number"],
        run=row["run"],
        process=codec.load_word(Process, row["process"]),
        side=codec.load_word(Side, row["side"]),
        action=codec.load_word(Action, row["action"]),
        step=row["step"],
        link=row["link"],
        item_id=row["item_id"],
        source_id=row["source_id"],
        title=row["title"],
        fields=codec.load_fields(row["fields"]),
        mark=row["mark"],
        state=row["state"],
        sent_at=codec.load_moment(row["sent_at"]),
        before=None if row["before"] is None else codec.load_item(row["before"]),
        words=row["words"] or "",
        is_private=row["privacy"] != OPEN,
        is_forgotten=row["privacy"] == FORGOTTEN,
        after=None if row["after"] is None else codec.load_item(row["after"]),
        settled_at=None if row["settled_at"] is None else codec.load_moment(row["settled_at"]),
    )


def run_of(row: sqlite3.Row) -> RunRecord:
    """A run of the history from its row."""
    finished_at, counts = row["finished_at"], row["counts"]
    return RunRecord(
        row["id"],
        tuple(codec.load_word(Process, name) for name in row["processes"].split(",") if name),
        codec.load_moment(row["started_at"]),
        None if finished_at is None else codec.load_moment(finished_at),
        row["outcome"],
        row["exit_code"],
        {} if counts is None else codec.load_counts(counts),
    )


def utf8(text: str) -> str:
    """Text that others wrote, fit to be stored: half a surrogate, which JSON allows, becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
