"""From a JSON body to stored values, in the two steps the service takes.

`read_record` deserialises: unknown fields and wrong JSON types are refused there, and in a collection that
refuses the whole call. `check_values` then judges each value (length, picklist, form), and refuses the one
record. `org` calls both for every write.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from lpc_tui.sandbox.salesforce import ids
from lpc_tui.sandbox.salesforce.errors import (
    SalesforceError,
    json_parser_error,
    malformed_id,
    missing_fields,
)
from lpc_tui.sandbox.salesforce.instants import parse_date, parse_instant, wire_second
from lpc_tui.sandbox.salesforce.schema import Field, FieldType, SObject

Values = dict[str, Any]
"""Field name (as the schema writes it) to stored value, for the fields a call gave."""

# What Java's String.trim() cuts, and no more: a no-break space stays.
_BLANKS = "".join(map(chr, range(0x21)))
# The years a date may have.
_FIRST_YEAR, _LAST_YEAR = "1700", "4000"
_EMAIL = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+\.[^\s@<>(),;:\\\"\[\].]{2,}")
_JSON_KINDS = {bool: "VALUE_TRUE", int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT", str: "VALUE_STRING"}


def read_record(sobject: SObject, body: Mapping[str, object]) -> Values:
    """The fields of a body under the schema's names. `attributes` is ignored, as the service does.

    Raises UnparsableRecord: INVALID_FIELD for a field that is not there, JSON_PARSER_ERROR for a wrong type.
    """
    values: Values = {}
    for name, value in body.items():
        if name.lower() == "attributes":
            continue
        field = sobject.field(name)
        values[field.name] = None if value is None else _READERS[field.type](field, value)
        if value is None and field.type is FieldType.BOOLEAN:
            raise _cannot_deserialize(field, value)
    return values


def _cannot_deserialize(field: Field, value: object) -> SalesforceError:
    kind = "VALUE_NULL" if value is None else _JSON_KINDS.get(type(value), "START_OBJECT")
    is_string = field.is_text or field.type in (FieldType.ID, FieldType.REFERENCE)
    name = "string" if is_string else str(field.type)
    return json_parser_error(
        f"Cannot deserialize instance of {name} from {kind} value {value} "
        "or request may be missing a required field at [line:1, column:1]"
    )


def _read_text(field: Field, value: object) -> str | None:
    if not isinstance(value, str):
        raise _cannot_deserialize(field, value)
    return value.strip(_BLANKS) or None


def _read_boolean(field: Field, value: object) -> bool:
    if not isinstance(value, bool):
        raise _cannot_deserialize(field, value)
    return value


def _read_int(field: Field, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _cannot_deserialize(field, value)
    return value


def _read_double(field: Field, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _cannot_deserialize(field, value)
    return float(value)


def _read_date(field: Field, value: object) -> str:
    day = parse_date(value) if isinstance(value, str) else None
    if day is None:
        raise _cannot_deserialize(field, value)
    return day.isoformat()


def _read_instant(field: Field, value: object) -> str:
    instant = parse_instant(value) if isinstance(value, str) else None
    if instant is None:
        raise _cannot_deserialize(field, value)
    return wire_second(instant)


def _read_compound(field: Field, value: object) -> object:
    if not isinstance(value, dict):
        raise _cannot_deserialize(field, value)
    return value


_READERS: dict[FieldType, Callable[[Field, object], object]] = {
    FieldType.ID: _read_text,
    FieldType.REFERENCE: _read_text,
    FieldType.STRING: _read_text,
    FieldType.TEXTAREA: _read_text,
    FieldType.PICKLIST: _read_text,
    FieldType.COMBOBOX: _read_text,
    FieldType.EMAIL: _read_text,
    FieldType.PHONE: _read_text,
    FieldType.URL: _read_text,
    FieldType.BOOLEAN: _read_boolean,
    FieldType.INT: _read_int,
    FieldType.DOUBLE: _read_double,
    FieldType.DATE: _read_date,
    FieldType.DATETIME: _read_instant,
    FieldType.ADDRESS: _read_compound,
}


def utf16_units(text: str) -> int:
    """How long the service counts a text: in UTF-16 units, an emoji as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_writeable(sobject: SObject, values: Values, *, creating: bool) -> None:
    """Refuse what only the service may set. Raises INVALID_FIELD_FOR_INSERT_UPDATE with the fields."""
    refused = [
        name
        for name in values
        if not (sobject.field(name).createable if creating else sobject.field(name).updateable)
    ]
    if refused:
        raise SalesforceError(
            400,
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            f"Unable to create/update fields: {', '.join(refused)}. Please check the security settings of this "
            "field and verify that it is read/write for your profile or permission set.",
            refused,
        )


def check_values(sobject: SObject, values: Values) -> None:
    """Judge each value and bring references into their 18-character form, in place.

    Raises REQUIRED_FIELD_MISSING, STRING_TOO_LONG, INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST,
    INVALID_EMAIL_ADDRESS, NUMBER_OUTSIDE_VALID_RANGE or MALFORMED_ID.
    """
    for name, value in values.items():
        field = sobject.field(name)
        if value is None:
            _check_null(field)
        elif field.type is FieldType.REFERENCE:
            values[name] = _check_reference(field, value)
        elif field.is_text:
            _check_text(field, value)
        elif field.type in (FieldType.DATE, FieldType.DATETIME):
            _check_year(field, value)


def _check_null(field: Field) -> None:
    if field.nillable:
        return
    if field.restricted:
        raise _bad_choice(field, None)
    raise missing_fields(field.name)


def _check_year(field: Field, value: str) -> None:
    if not _FIRST_YEAR <= value[:4] <= _LAST_YEAR:
        raise SalesforceError(
            400,
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"{field.label}: value not of required range: {value}",
            [field.name],
        )


def _check_reference(field: Field, value: str) -> str:
    record_id = ids.normalise(value)
    if record_id is None:
        raise malformed_id(field.label, value, field.name)
    return record_id


def _check_text(field: Field, value: str) -> None:
    if utf16_units(value) > field.length:
        raise SalesforceError(
            400,
            "STRING_TOO_LONG",
            f"{field.label}: data value too large: {value} (max length={field.length})",
            [field.name],
        )
    if field.restricted and value not in (choice.value for choice in field.picklist):
        raise _bad_choice(field, value)
    if field.type is FieldType.EMAIL and not _EMAIL.fullmatch(value):
        raise SalesforceError(
            400, "INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {value}", [field.name]
        )


def _bad_choice(field: Field, value: str | None) -> SalesforceError:
    shown = "null" if value is None else value
    return SalesforceError(
        400,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        f"{field.label}: bad value for restricted picklist field: {shown}",
        [field.name],
    )


def with_defaults(sobject: SObject, values: Values) -> Values:
    """A whole row for a create: what was given, defaults, and null for the rest.

    Raises REQUIRED_FIELD_MISSING naming every required field that is absent.
    """
    row = {field.name: values.get(field.name, field.default) for field in sobject.fields}
    absent = [
        field.name
        for field in sobject.fields
        if row[field.name] is None and field.createable and not field.nillable
    ]
    if absent:
        raise missing_fields(*absent)
    return row
