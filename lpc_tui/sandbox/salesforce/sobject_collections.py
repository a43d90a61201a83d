"""sObject collections: up to 200 records created, changed, upserted or deleted in one call, and up to 2,000 read by id.

Each record has its own result, in the order of the request; but a record that cannot be read at all refuses
the whole call. Source: REST API Developer Guide, "sObject Collections". Reached through `routes`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.salesforce import ids
from lpc_tui.sandbox.salesforce.calls import Answer, Call, members
from lpc_tui.sandbox.salesforce.errors import (
    SalesforceError,
    UnparsableRecord,
    json_parser_error,
    malformed_id,
)
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.reading import show_record
from lpc_tui.sandbox.salesforce.schema import Field, SObject
from lpc_tui.sandbox.salesforce.single_records import external_id_field, matching
from lpc_tui.sandbox.salesforce.values import Values, read_record

MOST_WRITTEN = 200
MOST_READ = 2000
MOST_CHUNKS = 10
"""How often the object may change from one record to the next."""

Write = Callable[[], JsonObject]
"""Carries out one record and gives its result; raises SalesforceError."""


def create(org: Org, call: Call) -> Answer:
    """POST /composite/sobjects."""
    records, is_all_or_none = _records(org, call)

    def write(sobject: SObject, values: Values) -> JsonObject:
        return _result(org.create(sobject, values, call.version))

    return _run(org, call, [partial(write, sobject, values) for sobject, values in records], is_all_or_none)


def update(org: Org, call: Call) -> Answer:
    """PATCH /composite/sobjects; each record carries its `id`."""
    records, is_all_or_none = _records(org, call)
    keys = [_key_of_id(values.get("Id")) for _, values in records]
    twice = _repeated(keys)

    def write(sobject: SObject, values: Values) -> JsonObject:
        record_id = values.get("Id")
        if record_id is None:
            raise SalesforceError(400, "MISSING_ARGUMENT", "Id not specified in an update call", ["Id"])
        _refuse_repeated(_key_of_id(record_id), twice)
        _require_id(record_id)
        rest = {name: value for name, value in values.items() if name != "Id"}
        org.change(sobject, record_id, rest, call.version)
        return _result(ids.normalise(record_id))

    return _run(org, call, [partial(write, sobject, values) for sobject, values in records], is_all_or_none)


def upsert(org: Org, call: Call) -> Answer:
    """PATCH /composite/sobjects/X/Field__c; each record carries the field."""
    target = org.schema(call.version).sobject(call.segments[2])
    field = external_id_field(target, call.segments[3])
    records, is_all_or_none = _records(org, call)
    if any(sobject.name != target.name for sobject, _ in records):
        raise SalesforceError(400, "INVALID_INPUT", f"All records must be of type {target.name}")
    twice = _repeated([values.get(field.name) for _, values in records])

    def write(sobject: SObject, values: Values) -> JsonObject:
        key = values.get(field.name)
        if key is None:
            raise SalesforceError(400, "MISSING_ARGUMENT", f"{field.name} not specified", [field.name])
        _refuse_repeated(key, twice)
        return _upsert_one(org, sobject, field, values, call.version)

    return _run(org, call, [partial(write, sobject, values) for sobject, values in records], is_all_or_none)


def delete(org: Org, call: Call) -> Answer:
    """DELETE /composite/sobjects?ids=a,b&allOrNone=false."""
    call.only_params("ids", "allOrNone")
    wanted = _listed(call.param("ids"))
    _check_size(wanted, MOST_WRITTEN)
    twice = _repeated([_key_of_id(record_id) for record_id in wanted])

    def write(record_id: str) -> JsonObject:
        _refuse_repeated(_key_of_id(record_id), twice)
        full_id = _require_id(record_id)
        sobject = org.schema(call.version).of_id(full_id)
        if sobject is None:
            raise malformed_id("Record ID", record_id, "Id")
        org.delete(sobject.name, full_id)
        return _result(full_id)

    return _run(org, call, [partial(write, record_id) for record_id in wanted], call.flag("allOrNone"))


def retrieve(org: Org, call: Call) -> Answer:
    """GET /composite/sobjects/X?ids=&fields=, or POST the same as lists; null for what is not there."""
    sobject = org.schema(call.version).sobject(call.segments[2])
    if call.method == "POST":
        body = members(call.json_object(), {"ids": list, "fields": list})
        wanted, names = body.get("ids", []), body.get("fields", [])
        if not all(isinstance(item, str) for item in [*wanted, *names]):
            raise json_parser_error("ids and fields must be strings at [line:1, column:1]")
    else:
        call.only_params("ids", "fields")
        wanted, names = _listed(call.param("ids")), _listed(call.param("fields"))
    if not names:
        raise SalesforceError(400, "MISSING_ARGUMENT", "Missing required parameter: fields")
    _check_size(wanted, MOST_READ)
    fields = [sobject.field(name) for name in names]
    return Answer(200, [_retrieved(org, call, sobject, fields, record_id) for record_id in wanted])


def _retrieved(
    org: Org, call: Call, sobject: SObject, fields: Sequence[Field], record_id: str
) -> JsonObject | None:
    try:
        row = org.live_row(sobject, record_id)
    except SalesforceError:
        return None
    return show_record(row, sobject, org.schema(call.version), fields)


def _records(org: Org, call: Call) -> tuple[list[tuple[SObject, Values]], bool]:
    """The records of a body, all deserialised before any is written. Raises UnparsableRecord for the whole call."""
    call.only_params()
    body = members(call.json_object(), {"allOrNone": bool, "records": list})
    records = body.get("records")
    if not records:
        raise SalesforceError(
            400, "MISSING_ARGUMENT", "The records parameter is required and must not be empty"
        )
    _check_size(records, MOST_WRITTEN)
    read = [_read(org, call, record) for record in records]
    chunks = sum(before.name != after.name for (before, _), (after, _) in pairwise(read))
    if chunks >= MOST_CHUNKS:
        raise SalesforceError(
            400,
            "LIMIT_EXCEEDED",
            "Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking.",
        )
    return read, bool(body.get("allOrNone", False))


def _read(org: Org, call: Call, record: object) -> tuple[SObject, Values]:
    attributes = record.get("attributes") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(attributes, dict) or "type" not in attributes:
        raise json_parser_error("Records must have attributes with a type at [line:1, column:1]")
    sobject = org.schema(call.version).find(str(attributes["type"]))
    if sobject is None:
        raise UnparsableRecord(400, "INVALID_TYPE", f"sObject type '{attributes['type']}' is not supported.")
    return sobject, read_record(sobject, record)


def _upsert_one(org: Org, sobject: SObject, field: Field, values: Values, version: float) -> JsonObject:
    key = values[field.name]
    found = matching(org, sobject, field, key)
    if len(found) > 1:
        raise SalesforceError(
            400,
            "DUPLICATE_EXTERNAL_ID",
            f"{field.name}: more than one record found for external id field",
            [field.name],
        )
    rest = {name: value for name, value in values.items() if name != field.name}
    if found:
        org.change(sobject, found[0]["Id"], rest, version)
        return {**_result(found[0]["Id"]), "created": False}
    return {**_result(org.create(sobject, values, version)), "created": True}


def _run(org: Org, call: Call, writes: Sequence[Write], is_all_or_none: bool) -> Answer:
    """Carry out each write for itself, or all of them or none."""
    results: list[JsonObject] = []
    try:
        with org.all_or_none():
            for write in writes:
                results.append(_attempt(org, call, write))  # noqa: PERF401 (what is done so far is needed if one raises)
            if is_all_or_none and not all(result["success"] for result in results):
                raise _RolledBack
    except _RolledBack:
        return Answer(200, [_rolled_back(result) for result in results])
    return Answer(200, results)


class _RolledBack(Exception):
    """One record of an all-or-none call failed."""


def _attempt(org: Org, call: Call, write: Write) -> JsonObject:
    try:
        org.check_part(call.method, f"{call.root}/{'/'.join(call.segments)}")
        return write()
    except SalesforceError as error:
        return {"success": False, "errors": [error.to_result()]}


def _rolled_back(result: JsonObject) -> JsonObject:
    if not result["success"]:
        return result
    error = SalesforceError(
        400,
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using AllOrNone header",
    )
    return {"success": False, "errors": [error.to_result()]}


def _result(record_id: str | None) -> JsonObject:
    return {"id": record_id, "success": True, "errors": []}


def _require_id(record_id: str) -> str:
    full_id = ids.normalise(record_id)
    if full_id is None:
        raise malformed_id("Record ID", record_id, "Id")
    return full_id


def _key_of_id(record_id: str | None) -> str | None:
    return None if record_id is None else (ids.normalise(record_id) or record_id)


def _repeated(keys: Iterable[object]) -> frozenset[object]:
    return frozenset(key for key, count in Counter(keys).items() if count > 1 and key is not None)


def _refuse_repeated(key: object, repeated: frozenset[object]) -> None:
    if key in repeated:
        raise SalesforceError(400, "DUPLICATE_VALUE", f"Duplicate id specified: {key}", ["Id"])


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _check_size(records: Sequence[object], most: int) -> None:
    if len(records) > most:
        raise SalesforceError(
            400,
            "EXCEEDED_MAX_SIZE_REQUEST",
            f"record limit reached. cannot submit more than {most} records into this call",
        )
