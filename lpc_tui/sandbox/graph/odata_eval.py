"""What a `$filter` means for one type: names are checked against it, literals must fit, texts ignore case.

A filter is compiled once into a predicate on the item's JSON as it would be answered.
"""

import operator
from collections.abc import Callable
from datetime import datetime
from typing import Any

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import extended, times
from lpc_tui.sandbox.graph.errors import GraphError, uri_not_parsed
from lpc_tui.sandbox.graph.odata_filter import (
    AnyOf,
    Both,
    Call,
    Comparison,
    Either,
    Expression,
    Literal,
    Negation,
    Path,
)
from lpc_tui.sandbox.graph.schema import Flag, Instant, ListOf, Number, Record, ValueType, Whole

Predicate = Callable[[JsonObject], bool]
Value = str | float | bool | datetime | None

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_EXTENDED = "singlevalueextendedproperties"


class Binding:
    """Resolves property paths against a type; names may be in any case."""

    def __init__(self, record: Record, variable: str | None = None) -> None:
        self.record = record
        self._variable = variable

    def resolve(self, path: Path) -> tuple[tuple[str, ...], ValueType]:
        """The names as the type spells them and the type of what they lead to; raises 400 for an unknown name."""
        names = path.names
        if self._variable is not None:
            if names[0] != self._variable:
                raise unknown_property(names[0], self.record)
            names = names[1:]
        spelled: list[str] = []
        kind: ValueType = self.record
        for name in names:
            if not isinstance(kind, Record):
                raise unknown_property(name, self.record)
            proper, kind = property_of(kind, name)
            spelled.append(proper)
        return tuple(spelled), kind


def property_of(record: Record, name: str) -> tuple[str, ValueType]:
    """A property's own spelling and type; raises 400 where the type has none of that name in any case."""
    for known, kind in record.everything.items():
        if known.lower() == name.lower():
            return known, kind
    raise unknown_property(name, record)


def unknown_property(name: str, record: Record) -> GraphError:
    """400: a query names a property the type has not."""
    return uri_not_parsed(
        f"Could not find a property named '{name}' on type 'microsoft.graph.{record.type_name}'."
    )


def extended_ids(expression: Expression) -> frozenset[str]:
    """The extended properties a filter speaks of, which must be read to evaluate it."""
    if isinstance(expression, Both | Either):
        return frozenset().union(*(extended_ids(part) for part in expression.parts))
    if isinstance(expression, Negation):
        return extended_ids(expression.inner)
    if isinstance(expression, AnyOf) and expression.path.names[0].lower() == _EXTENDED:
        return _ids_named(expression.condition)
    return frozenset()


def _ids_named(expression: Expression) -> frozenset[str]:
    if isinstance(expression, Both | Either):
        return frozenset().union(*(_ids_named(part) for part in expression.parts))
    if (
        isinstance(expression, Comparison)
        and isinstance(expression.left, Path)
        and expression.left.names[-1].lower() == "id"
        and isinstance(expression.right, Literal)
    ):
        return frozenset({extended.canonical_id(expression.right.value)})
    return frozenset()


def compile_filter(expression: Expression, binding: Binding) -> Predicate:
    """The expression as a predicate on items; raises 400 for unknown names and literals of the wrong type."""
    match expression:
        case Both(parts):
            all_of = [compile_filter(part, binding) for part in parts]
            return lambda item: all(holds(item) for holds in all_of)
        case Either(parts):
            one_of = [compile_filter(part, binding) for part in parts]
            return lambda item: any(holds(item) for holds in one_of)
        case Negation(inner):
            refused = compile_filter(inner, binding)
            return lambda item: not refused(item)
        case Call():
            return _compile_call(expression, binding)
        case AnyOf():
            return _compile_any(expression, binding)
        case Comparison():
            return _compile_comparison(expression, binding)


def _compile_call(call: Call, binding: Binding) -> Predicate:
    names, _ = binding.resolve(call.path)
    text = call.text.casefold()
    tests: dict[str, Callable[[str], bool]] = {
        "startswith": lambda value: value.startswith(text),
        "endswith": lambda value: value.endswith(text),
        "contains": lambda value: text in value,
    }
    holds = tests[call.function]

    def predicate(item: JsonObject) -> bool:
        value = _follow(item, names)
        return isinstance(value, str) and holds(value.casefold())

    return predicate


def _compile_any(any_of: AnyOf, binding: Binding) -> Predicate:
    names, kind = binding.resolve(any_of.path)
    if not isinstance(kind, ListOf):
        raise uri_not_parsed("Any/All may only be used following a collection.")
    if not isinstance(kind.item, Record):
        # A collection of plain values: the variable itself is the value.
        record = Record("", {any_of.variable: kind.item})
        holds = compile_filter(any_of.condition, Binding(record))
        return lambda item: any(holds({any_of.variable: one}) for one in _follow(item, names) or ())
    holds = compile_filter(any_of.condition, Binding(kind.item, any_of.variable))
    return lambda item: any(holds(one) for one in _follow(item, names) or ())


def _compile_comparison(comparison: Comparison, binding: Binding) -> Predicate:
    path, literal = comparison.left, comparison.right
    if not isinstance(path, Path) or not isinstance(literal, Literal):
        raise GraphError(
            400, "ErrorInvalidUrlQueryFilter", "A comparison needs a property before a constant."
        )
    names, kind = binding.resolve(path)
    compare = _OPERATORS[comparison.operator]
    if names == ("id",) and _is_extended(binding):
        wanted = extended.canonical_id(literal.value)
        return lambda item: compare(item["id"], wanted)
    constant = _constant(literal, names, kind)
    read = _reader(names, kind)

    def predicate(item: JsonObject) -> bool:
        value = read(item)
        if value is None or constant is None:
            return comparison.operator in ("eq", "ne") and compare(value, constant)
        return compare(value, constant)

    return predicate


def _is_extended(binding: Binding) -> bool:
    return binding.record.type_name == "singleValueLegacyExtendedProperty"


def _constant(literal: Literal, names: tuple[str, ...], kind: ValueType) -> Value:
    expected = {Flag: "flag", Whole: "number", Number: "number", Instant: "instant"}.get(type(kind), "text")
    if literal.kind == "null":
        return None
    if literal.kind != expected:
        raise uri_not_parsed(
            f"A binary operator with incompatible types was detected for '{'/'.join(names)}': found a {literal.kind}, "
            f"expected a {expected}."
        )
    if expected == "flag":
        return literal.value == "true"
    if expected == "number":
        return float(literal.value)
    if expected == "instant" or names[-1] == "dateTime":
        return times.read_instant(literal.value, "$filter")
    return literal.value.casefold()


def _reader(names: tuple[str, ...], kind: ValueType) -> Callable[[JsonObject], Value]:
    def read(item: JsonObject) -> Value:
        value = _follow(item, names)
        if isinstance(kind, Instant) and isinstance(value, str):
            return times.read_instant(value, names[-1])
        if names[-1] == "dateTime" and len(names) > 1 and isinstance(value, str):
            parent = _follow(item, names[:-1])
            # A filter on a local time means the instant; the constant beside it is UTC unless it has an offset.
            return times.to_utc(datetime.fromisoformat(value[:26]), parent["timeZone"])
        if isinstance(value, str):
            return value.casefold()
        return value if isinstance(value, bool | int | float) else None

    return read


def sort_reader(names: tuple[str, ...], kind: ValueType) -> Callable[[JsonObject], tuple[bool, object]]:
    """A sort key for `$orderby`; items without a value come first."""
    read = _reader(names, kind)

    def key(item: JsonObject) -> tuple[bool, object]:
        value = read(item)
        return value is not None, value if value is not None else 0

    return key


def _follow(item: JsonObject, names: tuple[str, ...]) -> Any:
    value: Any = item
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
