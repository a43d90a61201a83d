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


@dataclass(frozen=True, slots=True)
class Schema:
    """The visible ones among the fields that somebody asked for."""

    fields: Mapping[str, FieldAccess]

    @classmethod
    def from_describe(cls, body: JsonObject, wanted: Iterable[str]) -> Self:
        """From the answer of `/sobjects/X/describe`.

        Raises:
            ProtocolError: the answer is not a describe.
        """
        try:
            visible = {
                field["name"]: FieldAccess(int(field["length"]), field["createable"], field["updateable"])
                for field in body["fields"]
            }
        except (KeyError, TypeError, ValueError) as error:
            raise ProtocolError("Salesforce's description of an object cannot be understood.") from error
        return cls({name: visible[name] for name in wanted if name in visible})

    @classmethod
    def from_json(cls, value: Mapping[str, list[int]]) -> Self:
        """Back from `to_json`.

        Raises:
            ValueError, TypeError, AttributeError: it is something else.
        """
        return cls(
            {name: FieldAccess(length, bool(c), bool(u)) for name, (length, c, u) in value.items()},
        )

    def to_json(self) -> JsonObject:
        """A short form for the watermark."""
        return {
            name: [access.length, int(access.is_createable), int(access.is_updateable)]
            for name, access in self.fields.items()
        }

    def is_createable(self, *names: str) -> bool:
        """Whether this person may set all of these fields in a new record."""
        return all(name in self.fields and self.fields[name].is_createable for name in names)

    def is_updateable(self, *names: str) -> bool:
        """Whether this person may change all of these fields."""
        return all(name in self.fields and self.fields[name].is_updateable for name in names)
