"""A SOQL query as values: what `parser` makes and `compiler` gives a meaning.

Positions count characters from the query's start.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Path:
    """A field, perhaps through relationships: `Account.Name`."""

    parts: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True)
class FieldsFunction:
    """`FIELDS(STANDARD)`, `FIELDS(CUSTOM)` or `FIELDS(ALL)`."""

    group: str
    position: int


@dataclass(frozen=True, slots=True)
class Count:
    """`COUNT()`."""


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted string, as written between its quotes: LIKE and `=` unescape it differently."""

    raw: str


@dataclass(frozen=True, slots=True)
class Instant:
    """A bare date-time."""

    value: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """A bare date."""

    value: date


@dataclass(frozen=True, slots=True)
class DateRange:
    """A date literal such as `LAST_N_DAYS:30`; its days are the running user's."""

    name: str
    days: int


@dataclass(frozen=True, slots=True)
class Number:
    """A bare number."""

    value: float


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Null:
    """`null`."""


Literal = Text | Instant | Day | DateRange | Number | Boolean | Null


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field against one value. The operator is `=`, `!=`, `<`, `<=`, `>`, `>=` or `LIKE`."""

    path: Path
    operator: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Membership:
    """A field against a list, or against one column of another query."""

    path: Path
    is_negated: bool
    members: "tuple[Literal, ...] | Query"


@dataclass(frozen=True, slots=True)
class AllOf:
    """A chain of AND."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A chain of OR."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """A negation."""

    condition: "Condition"


Condition = Comparison | Membership | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Ordering:
    """One key of ORDER BY."""

    path: Path
    is_descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A whole statement."""

    text: str
    """The statement as it came, which errors quote."""

    selection: Count | tuple[Path | FieldsFunction, ...]
    sobject: str
    position: int
    """Where the object is named."""

    where: Condition | None
    orderings: tuple[Ordering, ...]
    limit: int | None
    offset: int
