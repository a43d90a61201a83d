"""A parsed query against a schema and rows: which records it finds, in which order, and how each is shown.

`org.Org.query` and the server's query pages use `compile_query`. Finding and showing are apart, because a
page walk is no snapshot: a later page shows its records as they are then.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.salesforce.catalogue import NAME_OBJECT
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.schema import Field, Schema, SObject
from lpc_tui.sandbox.salesforce.soql import errors, syntax
from lpc_tui.sandbox.salesforce.soql.conditions import ConditionCompiler
from lpc_tui.sandbox.salesforce.soql.literals import fold
from lpc_tui.sandbox.salesforce.soql.paths import PathResolver, Resolved, no_object
from lpc_tui.sandbox.salesforce.store import Row

MOST_WITH_ALL_FIELDS = 200
"""The LIMIT that FIELDS(ALL) and FIELDS(CUSTOM) demand."""


class World(Protocol):
    """What a query needs of the org."""

    def rows(self, sobject: str) -> list[Row]:
        """Every row of an object, deleted ones included."""

    def lookup(self, record_id: str) -> Row | None:
        """The row behind an id of any object, deleted or not."""

    @property
    def now(self) -> datetime:
        """The service's time."""

    @property
    def zone(self) -> ZoneInfo:
        """The running user's time zone."""


Shower = Callable[[Row], JsonObject]


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A query ready to run against the world it was compiled for."""

    query: syntax.Query
    sobject: SObject
    fields: tuple[Field, ...]
    """The fields selected, for the page size."""
    _matches: Callable[[Row], bool]
    _orderings: tuple[tuple[Callable[[Row], tuple[bool, object]], bool], ...]
    _show: Shower
    _world: World

    @property
    def is_count(self) -> bool:
        """Whether only the number of records was asked for."""
        return isinstance(self.query.selection, syntax.Count)

    def find(self, rng: random.Random, *, include_deleted: bool = False) -> list[str]:
        """The ids of the records, shuffled by `rng` as far as ORDER BY leaves it open."""
        rows = [row for row in self._visible(include_deleted) if self._matches(row)]
        rng.shuffle(rows)
        for key, is_reversed in reversed(self._orderings):
            rows.sort(key=key, reverse=is_reversed)
        start, limit = self.query.offset, self.query.limit
        stop = None if limit is None else start + limit
        return [row["Id"] for row in rows[start:stop]]

    def column(self) -> list[object]:
        """The values of the one selected field, for a query inside IN."""
        item = self.fields[0].name
        return [row[item] for row in self._visible(False) if self._matches(row)]

    def show(self, ids: Iterable[str], *, include_deleted: bool = True) -> list[JsonObject]:
        """The records with these ids as they are now; one that is gone since is left out."""
        found = (self._world.lookup(record_id) for record_id in ids)
        return [
            self._show(row)
            for row in found
            if row is not None and (include_deleted or not row.get("IsDeleted"))
        ]

    def _visible(self, include_deleted: bool) -> Iterable[Row]:
        rows = self._world.rows(self.sobject.name)
        if include_deleted:
            return rows
        return (row for row in rows if not row.get("IsDeleted") and not row.get("IsArchived"))


def compile_query(query: syntax.Query, schema: Schema, world: World) -> CompiledQuery:
    """Check a query against a schema.

    Raises INVALID_TYPE, INVALID_FIELD, INVALID_QUERY_FILTER_OPERATOR or MALFORMED_QUERY.
    """
    sobject = schema.find(query.sobject)
    if sobject is None:
        message = errors.at(query.text, query.position, no_object(query.sobject))
        raise SalesforceError(400, "INVALID_TYPE", message)
    paths = PathResolver(query.text, schema, sobject, world.lookup)
    selected = [] if isinstance(query.selection, syntax.Count) else _selected(query, sobject, paths)

    def column(inner: syntax.Query) -> list[object]:
        if isinstance(inner.selection, syntax.Count) or len(inner.selection) != 1:
            raise errors.malformed("only one column can be selected in a semi-join")
        return compile_query(inner, schema, world).column()

    conditions = ConditionCompiler(paths, world.now, world.zone, column)
    return CompiledQuery(
        query=query,
        sobject=sobject,
        fields=tuple(item.field for item in selected),
        _matches=conditions.compile(query.where) if query.where else lambda row: True,
        _orderings=tuple(_ordering(paths, ordering) for ordering in query.orderings),
        _show=_shower(selected, world, schema, None, 0),
        _world=world,
    )


def _selected(query: syntax.Query, sobject: SObject, paths: PathResolver) -> list[Resolved]:
    assert not isinstance(query.selection, syntax.Count)
    selected: list[Resolved] = []
    seen: set[str] = set()
    for item in query.selection:
        for path in _expanded(item, query, sobject):
            resolved = paths.resolve(path)
            dotted = ".".join((*(relation.name for relation in resolved.relations), resolved.field.name))
            if dotted in seen:
                raise errors.invalid_field(f"duplicate field selected: {resolved.field.name}")
            seen.add(dotted)
            selected.append(resolved)
    return selected


def _expanded(
    item: syntax.Path | syntax.FieldsFunction, query: syntax.Query, sobject: SObject
) -> Sequence[syntax.Path]:
    if isinstance(item, syntax.Path):
        return (item,)
    if item.group not in ("STANDARD", "CUSTOM", "ALL"):
        raise errors.malformed(errors.at(query.text, item.position, f"unexpected token: '{item.group}'"))
    if item.group != "STANDARD" and (query.limit is None or query.limit > MOST_WITH_ALL_FIELDS):
        raise errors.malformed(
            "The SOQL FIELDS function must have a LIMIT of at most 200 when used with FIELDS(ALL) or FIELDS(CUSTOM)."
        )
    return [
        syntax.Path((field.name,), item.position)
        for field in sobject.fields
        if item.group == "ALL" or field.is_custom == (item.group == "CUSTOM")
    ]


def _ordering(
    paths: PathResolver, ordering: syntax.Ordering
) -> tuple[Callable[[Row], tuple[bool, object]], bool]:
    """A sort key, and whether it runs downwards. Nulls come first either way, unless the query says last."""
    resolved = paths.resolve(ordering.path)
    field, get = resolved.field, resolved.get
    if not field.sortable:
        raise errors.invalid_field(f"field '{field.name}' can not be sorted in a query call")
    # Sorting downwards turns the null mark round too.
    null_mark = ordering.nulls_last != ordering.is_descending

    def key(row: Row) -> tuple[bool, object]:
        value = get(row)
        if value is None:
            return (null_mark, "")
        return (not null_mark, fold(field, value) if field.is_text else value)

    return key, ordering.is_descending


def _shower(
    selected: Sequence[Resolved], world: World, schema: Schema, shown_as: str | None, depth: int
) -> Shower:
    """How a row is shown: attributes, and what was selected in its order, one nested object a relationship."""
    parts: dict[str, Callable[[Row], object]] = {}
    for item in selected:
        if len(item.relations) == depth:
            parts[item.field.name] = item.leaf
            continue
        relation = item.relations[depth]
        if relation.relationship not in parts:
            behind = [other for other in selected if other.relations[depth : depth + 1] == (relation,)]
            parts[str(relation.relationship)] = _nested(relation, behind, world, schema, depth + 1)
    base = f"/services/data/v{schema.version:.1f}/sobjects/"

    def show(row: Row) -> JsonObject:
        sobject = schema.of_id(row["Id"])
        name = sobject.name if sobject else ""
        attributes = {"type": shown_as or name, "url": f"{base}{name}/{row['Id']}"}
        return {"attributes": attributes, **{part: get(row) for part, get in parts.items()}}

    return show


def _nested(
    relation: Field, behind: Sequence[Resolved], world: World, schema: Schema, depth: int
) -> Callable[[Row], object]:
    """How the record behind a relationship is shown; null if there is none."""
    show = _shower(behind, world, schema, NAME_OBJECT.name if relation.is_polymorphic else None, depth)

    def shown(row: Row) -> JsonObject | None:
        target = world.lookup(row[relation.name]) if row.get(relation.name) else None
        return None if target is None else show(target)

    return shown
