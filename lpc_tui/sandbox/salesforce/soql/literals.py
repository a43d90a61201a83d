"""What a SOQL literal means to the field it is compared with.

`conditions` asks here for every value. Source: SOQL and SOSL Reference, "Quoted String Escape
Sequences" and "Date Formats and Date Literals".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from lpc_tui.sandbox.salesforce import ids
from lpc_tui.sandbox.salesforce.instants import wire_instant
from lpc_tui.sandbox.salesforce.schema import Field, FieldType
from lpc_tui.sandbox.salesforce.soql import errors, syntax

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)

Comparable = str | float | bool | None


@dataclass(frozen=True, slots=True)
class Span:
    """What a date literal covers, in the field's stored form: from `first` up to, and without, `end`."""

    first: str
    end: str


def unescape(raw: str) -> str:
    """The text of a quoted string outside LIKE. Raises MALFORMED_QUERY for an unknown escape."""
    return "".join(character for character, _ in _characters(raw, ""))


def like_pattern(raw: str) -> re.Pattern[str]:
    """The regular expression of a LIKE string: `%` any run, `_` one character, both escapable."""
    wildcards = {"%": ".*", "_": "."}
    parts = [
        wildcards.get(character, re.escape(character)) if not was_escaped else re.escape(character)
        for character, was_escaped in _characters(raw, "%_")
    ]
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _characters(raw: str, also: str) -> Iterator[tuple[str, bool]]:
    """Each character of the string and whether it was escaped; `also` may be escaped besides the usual ones."""
    position = 0
    while position < len(raw):
        match = _ESCAPE.match(raw, position)
        if match is None:
            yield raw[position], False
            position += 1
            continue
        code = match.group(1)
        if len(code) == 5:
            yield chr(int(code[1:], 16)), True
        elif code in _ESCAPES or code in also:
            yield _ESCAPES.get(code, code), True
        else:
            raise errors.malformed(
                f"Invalid string literal '{raw}'. Illegal character sequence '\\{code}' in string literal."
            )
        position = match.end()


def span_of(literal: syntax.DateRange, field: Field, now: datetime, zone: ZoneInfo) -> Span:
    """The days of a date literal: whole days of the running user's zone."""
    today = now.astimezone(zone).date()
    match literal.name:
        case "TODAY":
            first, end = today, today + timedelta(days=1)
        case "YESTERDAY":
            first, end = today - timedelta(days=1), today
        case "TOMORROW":
            first, end = today + timedelta(days=1), today + timedelta(days=2)
        case "LAST_N_DAYS":
            first, end = today - timedelta(days=literal.days), today + timedelta(days=1)
        case _:
            first, end = today + timedelta(days=1), today + timedelta(days=literal.days + 1)
    if field.type is FieldType.DATE:
        return Span(first.isoformat(), end.isoformat())
    return Span(*(wire_instant(datetime.combine(day, time(0), zone)) for day in (first, end)))


def value_for(field: Field, literal: syntax.Literal) -> Comparable:
    """The literal as a stored value of the field, folded for text. A `DateRange` is `span_of`'s.

    Raises INVALID_FIELD if the literal is not of the field's type, INVALID_QUERY_FILTER_OPERATOR for a bad
    id.
    """
    match field.type, literal:
        case _, syntax.Null():
            return None
        case ((FieldType.ID | FieldType.REFERENCE), syntax.Text(raw)):
            return _id(unescape(raw))
        case FieldType.DATETIME, syntax.Instant(value):
            return wire_instant(value)
        case FieldType.DATE, syntax.Day(day):
            return day.isoformat()
        case FieldType.BOOLEAN, syntax.Boolean(value=truth):
            return truth
        case ((FieldType.INT | FieldType.DOUBLE), syntax.Number(value=number)):
            return number
        case _, syntax.Text(raw) if field.is_text:
            return fold(field, unescape(raw)) or None
        case _:
            raise wrong_type(field)


def fold(field: Field, text: str) -> str:
    """How a text is compared: without regard to case, unless the field minds it."""
    return text if field.case_sensitive else text.casefold()


def wrong_type(field: Field) -> Exception:
    """The literal and the field do not fit."""
    if field.is_text or field.type in (FieldType.ID, FieldType.REFERENCE):
        kind, how = "string", "should be enclosed in quotes"
    else:
        kind, how = {"datetime": "dateTime"}.get(field.type, field.type), "should not be enclosed in quotes"
    return errors.invalid_field(
        f"value of filter criterion for field '{field.name}' must be of type {kind} and {how}"
    )


def _id(text: str) -> str | None:
    if not text:
        return None
    record_id = ids.normalise(text)
    if record_id is None:
        raise errors.invalid_operator(f"invalid ID field: {text}")
    return record_id
