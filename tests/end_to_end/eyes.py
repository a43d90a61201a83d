"""What a person sees in both services at one moment: the pictures that `oracle` judges a run by.

Items are told apart by the first word of their subject or last name, which `histories` never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lpc_tui.model.items import Process, Side, Value
from lpc_tui.sandbox.graph.shape import Shape
from lpc_tui.sandbox.sample import Worlds
from tests.end_to_end.hands import Hands
from tests.end_to_end.oracle import Picture, Shown

__all__ = ["Eyes"]

_PRIVACY = Shape(extended=frozenset({"Integer 0x36"}))
"""Expands the mark of a private contact."""
_OBJECTS = {Process.CALENDAR: "Event", Process.CONTACT: "Contact", Process.TASK: "Task"}
_TITLES = {
    Process.CALENDAR: {Side.OUTLOOK: "subject", Side.SALESFORCE: "Subject"},
    Process.CONTACT: {Side.OUTLOOK: "surname", Side.SALESFORCE: "LastName"},
    Process.TASK: {Side.OUTLOOK: "title", Side.SALESFORCE: "Subject"},
}

Json = dict[str, Any]


@dataclass(frozen=True)
class Eyes:
    """Looks at the items of one process."""

    worlds: Worlds
    process: Process

    @property
    def sobject(self) -> str:
        """What Salesforce calls the items."""
        return _OBJECTS[self.process]

    def picture(self) -> Picture:
        """All living items, wherever they are.

        Raises:
            AssertionError: one is there twice.
        """
        return {Side.OUTLOOK: self._outlook(), Side.SALESFORCE: self._salesforce()}

    def binned(self) -> dict[str, Json]:
        """The Salesforce records in the bin, by name."""
        return {self._name(Side.SALESFORCE, row): row for row in self._rows() if row["IsDeleted"]}

    def is_archived(self, record_id: str) -> bool:
        return any(row["Id"] == record_id and row.get("IsArchived") for row in self._rows())

    def _rows(self) -> list[Json]:
        return self.worlds.org.rows(self.sobject)

    def _salesforce(self) -> dict[str, Shown]:
        found: dict[str, Shown] = {}
        for row in self._rows():
            if row["IsDeleted"]:
                continue
            name, fields = self._name(Side.SALESFORCE, row), self._fields(Side.SALESFORCE, row)
            assert name not in found, f"{name} is doubled in Salesforce"
            is_away = row["OwnerId"] != self.worlds.org.me or bool(row.get("IsArchived"))
            is_private = fields.get("sensitivity") == "private"
            found[name] = Shown(row["Id"], fields, str(row["SystemModstamp"]), is_away, is_private)
        return found

    def _outlook(self) -> dict[str, Shown]:
        found: dict[str, Shown] = {}
        for is_away, native in self._outlook_natives():
            name, fields = self._name(Side.OUTLOOK, native), self._fields(Side.OUTLOOK, native)
            assert name not in found, f"{name} is doubled in Outlook"
            stamp = str(native.get("changeKey") or native["@odata.etag"])
            found[name] = Shown(str(native["id"]), fields, stamp, is_away, _is_private(native, fields))
        return found

    def _outlook_natives(self) -> Iterator[tuple[bool, Json]]:
        """Everything in every calendar, folder or list, and whether that is one that is not synced."""
        mailbox = self.worlds.mailbox
        match self.process:
            case Process.CALENDAR:
                places = [mailbox.events(each["id"]) for each in mailbox.calendars()]
            case Process.CONTACT:
                book = mailbox.contacts_book
                folder = book.folder(None)
                folders = [book.show_folder(each)["id"] for each in (folder, *book.child_folders(folder))]
                places = [mailbox.contacts(each, _PRIVACY) for each in folders]
            case Process.TASK:
                places = [mailbox.tasks(each["id"]) for each in mailbox.task_lists()]
        for number, natives in enumerate(places):
            for native in natives:
                yield number > 0, native

    def _name(self, side: Side, native: Json) -> str:
        return str(native[_TITLES[self.process][side]]).split()[0]

    def _fields(self, side: Side, native: Json) -> dict[str, Value]:
        """The fields but the reminder: it rings, and moves with its item, by itself."""
        fields = Hands(self.worlds, side, self.process).canonical(native)
        return {name: value for name, value in fields.items() if name != "reminder"}


def _is_private(native: Json, fields: Mapping[str, Value]) -> bool:
    marks = native.get("singleValueExtendedProperties") or []
    is_marked = any(mark["value"] in {"2", "3"} for mark in marks)
    return is_marked or fields.get("sensitivity") in {"private", "confidential"}
