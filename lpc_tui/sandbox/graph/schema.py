"""Checks the shape of request bodies: unknown properties, wrong types and unknown enum members are refused.

A small type system in Graph's terms. `Record.read` answers a copy that holds only writable properties: read-only ones
and `@odata` annotations are dropped without a word, as the service does with a posted copy of a whole answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import times
from lpc_tui.sandbox.graph.errors import GraphError, body_refused, validation_failed


class ValueType(Protocol):
    """The type of one property."""

    def read(self, value: object, path: str) -> object:
        """The value as it is stored; raises `RequestBodyRead` where it is of another type."""


def _wrong(value: object, expected: str, path: str) -> GraphError:
    return body_refused(
        f"Cannot convert the literal '{value}' of property '{path}' to the expected type '{expected}'."
    )


@dataclass(frozen=True, slots=True)
class Text:
    """An `Edm.String`, null allowed."""

    longest: int | None = None

    def read(self, value: object, path: str) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise _wrong(value, "Edm.String", path)
        if self.longest is not None and len(value) > self.longest:
            raise validation_failed(f"The length of the property '{path}' exceeds {self.longest} characters.")
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """An `Edm.Boolean`; the service's JSON reader also takes the words as strings, in any case."""

    def read(self, value: object, path: str) -> bool | None:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        raise _wrong(value, "Edm.Boolean", path)


@dataclass(frozen=True, slots=True)
class Whole:
    """An `Edm.Int32`."""

    def read(self, value: object, path: str) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not -(2**31) <= value < 2**31:
            raise _wrong(value, "Edm.Int32", path)
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """An `Edm.Double`."""

    def read(self, value: object, path: str) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _wrong(value, "Edm.Double", path)
        return value


@dataclass(frozen=True, slots=True)
class Day:
    """An `Edm.Date`, kept as text."""

    def read(self, value: object, path: str) -> str | None:
        return None if value is None else times.read_date(value, path).isoformat()


@dataclass(frozen=True, slots=True)
class Instant:
    """An `Edm.DateTimeOffset`, kept as text; a bare date is taken too."""

    def read(self, value: object, path: str) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise _wrong(value, "Edm.DateTimeOffset", path)
        try:
            return times.instant_text(times.read_instant(value, path))
        except GraphError:
            raise _wrong(value, "Edm.DateTimeOffset", path) from None


@dataclass(frozen=True, slots=True)
class Member:
    """An enum; its members are taken in any case and answered in the service's."""

    type_name: str
    members: tuple[str, ...]

    def read(self, value: object, path: str) -> str | None:
        if value is None:
            return None
        if isinstance(value, str):
            for member in self.members:
                if member.lower() == value.lower():
                    return member
        raise body_refused(
            f"Requested value '{value}' was not found in the enum 'microsoft.graph.{self.type_name}' of property "
            f"'{path}'."
        )


@dataclass(frozen=True, slots=True)
class ListOf:
    """A collection; null is refused, an empty one is not."""

    item: ValueType

    def read(self, value: object, path: str) -> list[object]:
        if not isinstance(value, list):
            raise body_refused(
                f"A 'StartArray' node was expected when reading the contents of the property '{path}'."
            )
        read = []
        for member in value:
            if member is None:
                raise body_refused(f"A null value was found in the collection property '{path}'.")
            read.append(self.item.read(member, path))
        return read


@dataclass(frozen=True, slots=True)
class Record:
    """A complex or entity type."""

    type_name: str
    properties: Mapping[str, ValueType]
    read_only: Mapping[str, ValueType] = field(default_factory=dict)
    """Properties that answers have and requests may name in queries; in bodies they are ignored."""

    def read(self, value: object, path: str = "") -> JsonObject | None:
        """The writable properties of `value`; None only where null was sent for a complex property."""
        if value is None and path:
            return None
        if not isinstance(value, dict):
            raise body_refused(
                f"A 'StartObject' node was expected for the type 'microsoft.graph.{self.type_name}'."
            )
        read: JsonObject = {}
        for name, given in value.items():
            if "@" in name or name in self.read_only:
                continue
            kind = self.properties.get(name)
            if kind is None:
                raise body_refused(
                    f"The property '{name}' does not exist on type 'microsoft.graph.{self.type_name}'. Make sure to "
                    "only use property names that are defined by the type or mark the type as open type."
                )
            read[name] = kind.read(given, f"{path}/{name}" if path else name)
        return read

    def read_entity(self, body: object) -> JsonObject:
        """A whole request body of this type."""
        read = self.read(body)
        return {} if read is None else read

    @property
    def everything(self) -> dict[str, ValueType]:
        """Every property of the type, writable or not."""
        return {**self.properties, **self.read_only}
