"""From a dotted path to the field it ends in and a function that fetches it from a row.

Used for SELECT, WHERE and ORDER BY alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lpc_tui.sandbox.salesforce.catalogue import NAME_OBJECT
from lpc_tui.sandbox.salesforce.schema import Field, Schema, SObject
from lpc_tui.sandbox.salesforce.soql import errors, syntax
from lpc_tui.sandbox.salesforce.store import Row

Lookup = Callable[[str], Row | None]
"""The row behind an id of any object, in the recycle bin too."""

Getter = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a path stands for."""

    field: Field
    relations: tuple[Field, ...]
    """The reference fields gone through."""
    leaf: Getter
    """Fetches the value from the row at the end of the relations."""
    get: Getter
    """Fetches the value from the row the path starts at; a null on the way is null at the end."""


class PathResolver:
    """Resolves the paths of one query."""

    def __init__(self, text: str, schema: Schema, sobject: SObject, lookup: Lookup) -> None:
        self._text = text
        self._schema = schema
        self._sobject = sobject
        self._lookup = lookup

    def resolve(self, path: syntax.Path) -> Resolved:
        """What the path stands for. Raises INVALID_FIELD."""
        *hops, last = path.parts
        if hops and hops[0].lower() == self._sobject.name.lower():
            hops = hops[1:]
        owner = self._sobject
        relations: list[Field] = []
        for hop in hops:
            relation = owner.relationship(hop)
            if relation is None:
                raise errors.invalid_field(errors.at(self._text, path.position, _no_relationship(hop)))
            relations.append(relation)
            owner = NAME_OBJECT if relation.is_polymorphic else self._schema.sobject(relation.reference_to[0])
        field = owner.find(last)
        if field is None:
            raise errors.invalid_field(errors.at(self._text, path.position, _no_column(last, owner.name)))
        leaf = self._leaf(relations, field)
        return Resolved(field, tuple(relations), leaf, self._walk(relations, leaf))

    def _leaf(self, relations: list[Field], field: Field) -> Getter:
        if relations and relations[-1].is_polymorphic and field.name == "Type":
            return self._type_of
        name = field.name
        return lambda row: row.get(name)

    def _type_of(self, row: Row) -> str | None:
        sobject = self._schema.of_id(row["Id"])
        return sobject.name if sobject else None

    def _walk(self, relations: list[Field], leaf: Getter) -> Getter:
        if not relations:
            return leaf
        hops = tuple(relation.name for relation in relations)

        def get(row: Row) -> Any:
            for hop in hops:
                target = self._lookup(row[hop]) if row.get(hop) else None
                if target is None:
                    return None
                row = target
            return leaf(row)

        return get


def _no_column(name: str, owner: str) -> str:
    return (
        f"No such column '{name}' on entity '{owner}'. If you are attempting to use a custom field, be sure to append "
        "the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
    )


def _no_relationship(name: str) -> str:
    return (
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, "
        "be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe "
        "call for the appropriate names."
    )


def no_object(name: str) -> str:
    """The message about an object that is not there."""
    return (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' "
        "after the entity name. Please reference your WSDL or the describe call for the appropriate names."
    )
