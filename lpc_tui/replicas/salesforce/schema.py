"""What describe says of the fields we use: who may see and write them, and how long they are.

A field that this person may not see is "no such column" in a query, and one they may not write fails a whole record, so
both are known before anything is asked or sent. Remembered in the watermark, so that a quiet run needs no describe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from lpc_tui.errors import ProtocolError
from lpc_tui.replicas.wire import JsonObject

__all__ = ["FieldAccess", "Schema"]


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """One field as this person meets it."""

    length: int
    """In UTF-16 units; 0 where the type has none."""
    is_createable: bool
    is_updateable: bool
    is_restricted: bool = False
    """Whether it takes only what is in its picklist."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The visible ones among the fields that somebody asked for."""

    fields: Mapping[str, FieldAccess]

    @classmethod
    def from_describe(cls, body: JsonObject, wanted: Iterable[str]) -> Self:
        """From the answer of `/sobjects/X/describe`. A dot in a wanted name leads through a relationship, to be read only.

        Raises:
            ProtocolError: the answer is not a describe.
        """
        try:
            visible = {field["name"]: _access(field) for field in body["fields"]}
            related = {field["relationshipName"] for field in body["fields"]} - {None}
        except (KeyError, TypeError, ValueError) as error:
            raise ProtocolError("Salesforce's description of an object cannot be understood.") from error
        read_only = {
            name: FieldAccess(0, False, False) for name in wanted if name.partition(".")[0] in related
        }
        return cls({name: access for name in wanted if (access := visible.get(name) or read_only.get(name))})

    @classmethod
    def from_json(cls, value: Mapping[str, list[int]]) -> Self:
        """Back from `to_json`.

        Raises:
            ValueError, TypeError, AttributeError: it is something else.
        """
        return cls(
            {name: FieldAccess(length, *map(bool, flags)) for name, (length, *flags) in value.items()},
        )

    def to_json(self) -> JsonObject:
        """A short form for the watermark."""
        return {
            name: [
                access.length,
                *map(int, (access.is_createable, access.is_updateable, access.is_restricted)),
            ]
            for name, access in self.fields.items()
        }

    def is_createable(self, *names: str) -> bool:
        """Whether this person may set all of these fields in a new record."""
        return all(name in self.fields and self.fields[name].is_createable for name in names)

    def is_updateable(self, *names: str) -> bool:
        """Whether this person may change all of these fields."""
        return all(name in self.fields and self.fields[name].is_updateable for name in names)

    def is_restricted(self, name: str) -> bool:
        """Whether the field is there and takes only what is in its picklist."""
        return name in self.fields and self.fields[name].is_restricted


def _access(field: JsonObject) -> FieldAccess:
    return FieldAccess(
        int(field["length"]),
        field["createable"],
        field["updateable"],
        is_restricted=field["type"] == "picklist" and field["restrictedPicklist"],
    )
