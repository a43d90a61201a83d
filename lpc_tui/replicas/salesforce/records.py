"""What the records of all processes have in common, to canonical items and back.

Driven by the field map: plain text and dates need no more than their place in it. What a process's own fields mean is in
`event_records`, `contact_records` and `task_records`. Pure: values in, values out, the present instant as an argument. See
the Object Reference, Event, Contact and Task, for every field named here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from lpc_tui.model.field_map import FIELDS, shared_fields
from lpc_tui.model.fields import FieldSpec, Kind
from lpc_tui.model.items import Fields, Guard, Item, Process, Side, Value, frozen
from lpc_tui.replicas.salesforce.schema import Schema
from lpc_tui.replicas.wire import JsonObject

__all__ = [
    "SYSTEM",
    "Records",
    "instant_of",
    "is_long",
    "is_shown",
    "known_instant",
    "plain_fields",
    "plain_record",
    "selected_of",
    "specs_of",
    "value_at",
    "wire_instant",
]

SYSTEM: Final = ("Id", "OwnerId", "SystemModstamp", "LastModifiedDate", "CreatedDate", "IsDeleted")
"""What is read of every record, whatever it is."""

_SPECS: Mapping[Process, Mapping[str, FieldSpec]] = MappingProxyType(
    {process: MappingProxyType({spec.name: spec for spec in shared_fields(process)}) for process in FIELDS}
)
_PLAIN = frozenset({Kind.LINE, Kind.TEXT, Kind.EMAIL, Kind.PHONE, Kind.DATE})
_TRIMMED = "".join(map(chr, range(0x21)))
"""What a text loses at both ends: Java's idea of white space, which has control characters in it."""
_LONGEST_SHORT_TEXT = 255


def specs_of(process: Process) -> Mapping[str, FieldSpec]:
    """The fields of a process that both sides have, by name."""
    return _SPECS[process]


def selected_of(process: Process, *quirks: str) -> tuple[str, ...]:
    """What is read of a record of this process, as far as its fields can be seen."""
    shared = (name for spec in specs_of(process).values() for name in spec.salesforce)
    return tuple(dict.fromkeys((*SYSTEM, *quirks, *shared)))


@dataclass(frozen=True)
class Records(ABC):
    """Converts the records of one user."""

    user: str
    """The id of whose records they are."""
    schema: Schema
    zone: ZoneInfo
    """Where a day begins at midnight."""
    instance_url: str
    mark_field: str = ""
    """The administrator's external-id field that a create carries its mark in; empty: there is none."""

    process: ClassVar[Process]
    readable: ClassVar[tuple[str, ...]]
    """What is read of a record, if this person sees it."""
    optional: ClassVar[frozenset[str]] = frozenset()
    """Those of them that an org has only once its administrator switched something on."""
    asked: ClassVar[tuple[str, ...]] = ()
    """What describe is asked about besides: for writing only."""

    @property
    def specs(self) -> Mapping[str, FieldSpec]:
        """The fields that both sides have, by name."""
        return specs_of(self.process)

    @property
    def selected(self) -> tuple[str, ...]:
        """The fields to read: a hidden one would be "no such column"."""
        marks = (self.mark_field,) if self.mark_field else ()
        return tuple(name for name in (*self.readable, *marks) if name in self.schema.fields)

    @property
    def brief(self) -> tuple[str, ...]:
        """The same without the long text: with that, the service sends a few hundred to a page instead of 2,000."""
        short = self.compared()
        return tuple(name for name in self.selected if name in short)

    @classmethod
    def usual(cls) -> tuple[str, ...]:
        """What is read of a record in an org that is as most are."""
        return tuple(name for name in cls.readable if name not in cls.optional)

    @classmethod
    def compared(cls) -> tuple[str, ...]:
        """The fields that tell one state of a record from another quickly: all but the long text."""
        long = {name for spec in specs_of(cls.process).values() if is_long(spec) for name in spec.salesforce}
        return tuple(name for name in cls.readable if name not in long)

    @classmethod
    def wanted(cls, mark_field: str) -> tuple[str, ...]:
        """What describe is asked about."""
        return (*cls.readable, *cls.asked, *((mark_field,) if mark_field else ()))

    @cached_property
    def guards(self) -> Mapping[str, Guard]:
        """Canonical fields that this person may not change."""
        return MappingProxyType(
            {
                name: Guard.READ_ONLY
                for name, spec in self.specs.items()
                if spec.is_written_on(Side.SALESFORCE) and not self.schema.is_updateable(*spec.salesforce)
            }
        )

    @property
    def has_parents(self) -> bool:
        """Whether new records may belong to other ones, which the service then locks."""
        return False

    @property
    def takes_marks(self) -> bool:
        """Whether a create can carry its mark."""
        return bool(self.mark_field) and self.schema.is_createable(self.mark_field)

    def item(self, record: JsonObject, now: datetime) -> Item:
        """The record as an item, with everything a private one says: redacting is the caller's."""
        return Item(
            id=record["Id"],
            fields=frozen(self._fields(record, now)),
            version=record.get("SystemModstamp") or "",
            modified=instant_of(record.get("LastModifiedDate")),
            is_private=bool(record.get("IsPrivate")),
            guards=self._guards_of(record),
            spreads=bool(record.get("IsRecurrence2")),
            is_away=self._is_away(record),
            link=f"{self.instance_url}/{record['Id']}",
        )

    def settable(self, fields: Fields) -> Fields:
        """Of a new item's fields those that this person may set, as they will be sent."""
        return frozen(
            {
                name: value
                for name, value in fields.items()
                if name in self.specs and self.schema.is_createable(*self.specs[name].salesforce)
            }
        )

    def changing(self, fields: Fields, beside: Fields) -> Fields:
        """Of an update's fields those that will be sent; `beside` are all that the item has."""
        return fields

    def left_out(self, fields: Fields, beside: Fields) -> Mapping[str, str]:
        """The fields that the org has no place for as they are, and why: they are not sent, the others are."""
        return {}

    @abstractmethod
    def new_record(self, fields: Fields, now: datetime) -> JsonObject:
        """The body of a create, of settable fields."""

    @abstractmethod
    def change(self, fields: Fields, beside: Fields, now: datetime) -> JsonObject:
        """The body of an update of `changing` fields; `beside` are all of the item's, for what is stored together."""

    def refusal(self, fields: Fields) -> tuple[str, tuple[str, ...]] | None:
        """Why a create must not be sent though the service would take it, and the service's fields at fault."""
        return None

    def marked(self, body: JsonObject, mark: str) -> JsonObject:
        """The body of a create with its mark, where there is a place for it."""
        fits = self.takes_marks and 0 < len(mark) <= self.schema.fields[self.mark_field].length
        return {**body, self.mark_field: mark} if fits else body

    def shows(self, sent: Fields, item: Item) -> bool:
        """Whether the item says what was sent, as Salesforce holds it; a field it cannot tell speaks for neither."""
        return all(
            not self.specs[name].changed(self.held(name, value), self.held(name, item.fields[name]))
            for name, value in sent.items()
            if name in item.fields and self._is_as_sent(name)
        )

    def held(self, name: str, value: Value) -> Value:
        """What a field becomes in this org: text trimmed and cut."""
        if isinstance(value, str):
            value = value.strip(_TRIMMED)
        return self.specs[name].held_by(Side.SALESFORCE, value)

    @abstractmethod
    def _fields(self, record: JsonObject, now: datetime) -> dict[str, Value]:
        """The canonical fields that the record can tell."""

    @abstractmethod
    def _is_away(self, record: JsonObject) -> bool:
        """Whether the record itself says that it is out of scope though it exists."""

    def _guards_of(self, record: JsonObject) -> Mapping[str, Guard]:
        return self.guards

    def _is_as_sent(self, name: str) -> bool:
        """Whether the service shows a field in the words it was sent in."""
        return self.specs[name].is_written_on(Side.SALESFORCE)


def is_long(spec: FieldSpec) -> bool:
    """Whether it is a text that no query can compare, and that makes its pages small."""
    return spec.kind is Kind.TEXT and spec.limits.get(Side.SALESFORCE, 0) > _LONGEST_SHORT_TEXT


def plain_fields(specs: Mapping[str, FieldSpec], record: JsonObject) -> dict[str, Value]:
    """The texts and dates of a record that it shows."""
    fields: dict[str, Value] = {}
    for name, spec in specs.items():
        if spec.kind in _PLAIN and is_shown(record, spec.salesforce[0]):
            value = value_at(record, spec.salesforce[0])
            if spec.kind is Kind.DATE:
                fields[name] = date.fromisoformat(value) if value else None
            else:
                fields[name] = value or ""
    return fields


def plain_record(specs: Mapping[str, FieldSpec], fields: Fields) -> JsonObject:
    """The texts and dates among the fields, as they are sent."""
    return {
        specs[name].salesforce[0]: _sent(value)
        for name, value in fields.items()
        if specs[name].kind in _PLAIN
    }


def value_at(record: JsonObject, path: str) -> Any:
    """The value at a field's name, or through a relationship; None where there is none."""
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def is_shown(record: JsonObject, path: str) -> bool:
    """Whether the record tells this field, be it empty; of a record that it only refers to, whether there is one."""
    relationship, dot, _ = path.partition(".")
    return record.get(relationship) is not None if dot else path in record


def known_instant(text: str) -> datetime:
    """An instant of a record, aware UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def instant_of(text: str | None) -> datetime | None:
    """The same of a field that may be empty."""
    return known_instant(text) if text else None


def wire_instant(instant: datetime) -> str:
    """An instant as it is sent."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _sent(value: Value) -> object:
    return value.isoformat() if isinstance(value, date) else value or None
