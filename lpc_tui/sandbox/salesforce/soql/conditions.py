"""WHERE as a function of a row. `compiler` builds it once a query and runs it over every row.

Null: `=` and `!=` treat it as a value, `<` and its kind never match it, and NOT simply turns the answer
round. Text ignores case.
"""

import operator
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.schema import Field, FieldType
from lpc_tui.sandbox.salesforce.soql import errors, syntax
from lpc_tui.sandbox.salesforce.soql.literals import (
    Comparable,
    Span,
    fold,
    like_pattern,
    span_of,
    value_for,
    wrong_type,
)
from lpc_tui.sandbox.salesforce.soql.paths import Getter, PathResolver
from lpc_tui.sandbox.salesforce.store import Row

Predicate = Callable[[Row], bool]

Column = Callable[[syntax.Query], list[object]]
"""Runs a query of one field inside IN, and gives its values."""

_ORDERED = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class ConditionCompiler:
    """Compiles the conditions of one query."""

    def __init__(self, paths: PathResolver, now: datetime, zone: ZoneInfo, column: Column) -> None:
        self._paths = paths
        self._now = now
        self._zone = zone
        self._column = column

    def compile(self, condition: syntax.Condition) -> Predicate:
        """The condition as a predicate. Raises what the service says of unknown, unfilterable or ill-typed fields."""
        match condition:
            case syntax.AllOf(conditions):
                parts = [self.compile(part) for part in conditions]
                return lambda row: all(part(row) for part in parts)
            case syntax.AnyOf(conditions):
                parts = [self.compile(part) for part in conditions]
                return lambda row: any(part(row) for part in parts)
            case syntax.Not(inner):
                negated = self.compile(inner)
                return lambda row: not negated(row)
            case syntax.Comparison():
                return self._comparison(condition)
            case syntax.Membership():
                return self._membership(condition)

    def _field(self, path: syntax.Path) -> tuple[Field, Getter]:
        resolved = self._paths.resolve(path)
        if not resolved.field.filterable:
            raise errors.invalid_field(f"field '{resolved.field.name}' can not be filtered in a query call")
        return resolved.field, resolved.get

    def _comparison(self, comparison: syntax.Comparison) -> Predicate:
        field, get = self._field(comparison.path)
        if comparison.operator == "LIKE":
            return _like(field, get, comparison.value)
        if isinstance(comparison.value, syntax.DateRange):
            if field.type not in (FieldType.DATE, FieldType.DATETIME):
                raise wrong_type(field)
            return _against_span(
                get, comparison.operator, span_of(comparison.value, field, self._now, self._zone)
            )
        return _against_value(field, get, comparison.operator, value_for(field, comparison.value))

    def _membership(self, membership: syntax.Membership) -> Predicate:
        field, get = self._field(membership.path)
        if isinstance(membership.members, syntax.Query):
            if field.type not in (FieldType.ID, FieldType.REFERENCE):
                raise errors.invalid_field(f"The left operand '{field.name}' cannot be used with a semi-join")
            wanted = {value for value in self._column(membership.members) if value is not None}
        else:
            wanted = {self._member(field, literal) for literal in membership.members}
        key = _folded(field, get)
        if membership.is_negated:
            return lambda row: key(row) not in wanted
        return lambda row: key(row) in wanted

    def _member(self, field: Field, literal: syntax.Literal) -> Comparable:
        if isinstance(literal, syntax.DateRange):
            raise wrong_type(field)
        return value_for(field, literal)


def _folded(field: Field, get: Getter) -> Getter:
    """The getter of what is compared: text without regard to case, everything else as stored."""
    if not field.is_text or field.case_sensitive:
        return get

    def folded(row: Row) -> object:
        text = get(row)
        return text if text is None else fold(field, text)

    return folded


def _like(field: Field, get: Getter, literal: syntax.Literal) -> Predicate:
    if not field.is_text:
        raise errors.invalid_operator(f"invalid operator on {field.type} field: {field.name}")
    if not isinstance(literal, syntax.Text):
        raise wrong_type(field)
    pattern = like_pattern(literal.raw)

    def matches(row: Row) -> bool:
        text = get(row)
        return text is not None and pattern.fullmatch(text) is not None

    return matches


def _against_value(field: Field, get: Getter, sign: str, value: Comparable) -> Predicate:
    key = _folded(field, get)
    if sign == "=":
        return lambda row: key(row) == value
    if sign == "!=":
        return lambda row: key(row) != value
    if field.type in (FieldType.BOOLEAN, FieldType.ID, FieldType.REFERENCE):
        raise errors.invalid_operator(f"invalid operator on {field.type} field: {field.name}")
    if value is None:
        raise _null_ordered(field)
    compare = _ORDERED[sign]

    def ordered(row: Row) -> bool:
        stored = key(row)
        return stored is not None and bool(compare(stored, value))

    return ordered


def _null_ordered(field: Field) -> SalesforceError:
    return errors.invalid_operator(f"invalid operator on null value: {field.name}")


def _against_span(get: Getter, sign: str, span: Span) -> Predicate:
    tests: dict[str, Callable[[str], bool]] = {
        "=": lambda stored: span.first <= stored < span.end,
        "<": lambda stored: stored < span.first,
        "<=": lambda stored: stored < span.end,
        ">": lambda stored: stored >= span.end,
        ">=": lambda stored: stored >= span.first,
    }
    if sign == "!=":
        inside = tests["="]
        return lambda row: get(row) is None or not inside(get(row))
    test = tests[sign]
    return lambda row: get(row) is not None and test(get(row))
