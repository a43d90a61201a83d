"""How one process is spoken on Graph's wire: its addresses, the forms of its records, its quirks.

`replica`, `rounds` and `writing` are the same for calendar, contacts and tasks; all in which the three differ stands behind
`Dialect`, one implementation a process. A dialect is made for one call and holds nothing that outlives it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import quote

from lpc_tui.model.items import Item, Process
from lpc_tui.replicas.base import Gone, Scope, Sighting, Unknown, Write
from lpc_tui.replicas.outlook.batch import Answer
from lpc_tui.replicas.outlook.graph import GraphConnection
from lpc_tui.replicas.outlook.places import Place
from lpc_tui.replicas.wire import JsonObject

__all__ = ["MARK", "UNREADABLE", "Dialect", "Listed", "last_words", "marked_filter", "quoted"]

MARK: Final = "String {6e1d7e0b-9c52-4f7a-8a83-3d0a5f2c41b7} Name LpcTuiMark"
"""The extended property by which an event or contact of ours is found again after a lost answer; never change it."""

UNREADABLE: Final = (KeyError, TypeError, ValueError, AttributeError)
"""What a record in another form than the service documents makes a dialect raise."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a delta round, its records made whole."""

    records: Sequence[JsonObject]
    hints: frozenset[str] = frozenset()
    """As in `base.Page`."""
    series: frozenset[str] = frozenset()
    """As in `base.Page`."""


class Dialect(ABC):
    """One place of one process, as the shared rooms read and write it."""

    process: ClassVar[Process]
    noun: ClassVar[str]
    """What its place is called."""
    plural: ClassVar[str]
    """What its records are called."""
    setting: ClassVar[str]
    """Where the person names the place."""

    def __init__(self, graph: GraphConnection, place: Place) -> None:
        self.graph = graph
        self.place = place
        self.unread: set[str] = set()
        """Ids of records of which a page could not tell everything: the next reading asks for them again."""

    # Reading

    @abstractmethod
    def delta_url(self, scope: Scope) -> str:
        """Where a full round begins.

        Raises:
            SettingsError: the service does not show as much as the settings ask for.
        """

    @abstractmethod
    async def listed(self, records: Sequence[JsonObject]) -> Listed:
        """A page of a round with what the service leaves out of it."""

    @abstractmethod
    def item(self, record: JsonObject) -> Item:
        """The item that a whole record shows, as `listed`, `look_up` and `find_marked` give it.

        Raises:
            KeyError, ValueError: it is no such record.
        """

    # Single records

    @abstractmethod
    def url(self, item_id: str) -> str:
        """Where one record is written."""

    def sighting_url(self, item_id: str) -> str:
        """Where one record shows everything that `item` reads, and whether it still is in this place."""
        return self.url(item_id)

    async def look_up(self, ids: Sequence[str]) -> list[Answer]:
        """The answers to a look at each id, in their order; raises as `GraphConnection.look_up` does."""
        return await self.graph.look_up([self.sighting_url(id_) for id_ in ids])

    async def look(self, ids: Sequence[str], known: Mapping[str, Item]) -> Mapping[str, Sighting]:
        """What became of each id; `known` as `Replica.look` has it. Raises as `look_up` does."""
        answers = await self.look_up(ids)
        return {id_: self.sighting(answer) for id_, answer in zip(ids, answers, strict=True)}

    def sighting(self, answer: Answer) -> Sighting:
        """What a look at one record shows; only the service's own word for a missing item is a deletion."""
        if answer.is_ok:
            return self.item(answer.body)
        if answer.status == 404 and answer.code.casefold() == "erroritemnotfound":
            return Gone()
        return Unknown(answer.words)

    @abstractmethod
    async def find_marked(self, marks: Sequence[str]) -> list[Answer]:
        """For each mark the listing of the records that carry it; raises as `look_up` does."""

    # Writing

    def looks_first(self, write: Write) -> bool:
        """Whether a record must be looked at right before this write: where its version alone proves too little, or where
        what is sent is made of more than the write says."""
        return False

    @property
    @abstractmethod
    def create_url(self) -> str:
        """Where records are made."""

    @abstractmethod
    def created(self, write: Write) -> JsonObject:
        """The record to POST, with its mark.

        Raises:
            ValueError: a value is not of its field's kind.
        """

    @abstractmethod
    def updated(self, write: Write, seen: JsonObject | None) -> JsonObject:
        """The properties to PATCH, and no others; `seen` is the record as it was looked at last, if it was.

        Raises:
            ValueError: a value is not of its field's kind.
        """

    def written(self, record: JsonObject, seen: JsonObject | None) -> Item:
        """The item that the answer to a POST (nothing `seen`) or PATCH shows; raises as `item` does."""
        return self.item(record)


def last_words(records: Iterable[JsonObject]) -> tuple[dict[str, JsonObject], set[str]]:
    """The records of a page by id, and the ids it calls removed; of one that comes twice, the last word counts."""
    present: dict[str, JsonObject] = {}
    removed: set[str] = set()
    for record in records:
        id_ = record["id"]
        present.pop(id_, None)
        removed.discard(id_)
        if "@removed" in record:
            removed.add(id_)
        else:
            present[id_] = record
    return present, removed


def marked_filter(mark: str) -> str:
    """The query option that lists what carries `mark` as an extended property."""
    value = mark.replace("'", "''")
    wanted = f"singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq '{value}')"
    return f"$filter={quote(wanted, safe='')}"


def quoted(segment: str) -> str:
    """An id as a segment of an address: ids hold `=`, and old ones `/` and `+`."""
    return quote(segment, safe="")
