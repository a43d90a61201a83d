"""The single-record resources: rows by id and by external id, with their conditional headers.

Reached through `routes`.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lpc_tui.sandbox.salesforce import ids
from lpc_tui.sandbox.salesforce.calls import Answer, Call
from lpc_tui.sandbox.salesforce.errors import SalesforceError, not_found
from lpc_tui.sandbox.salesforce.instants import from_wire
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.reading import show_record
from lpc_tui.sandbox.salesforce.schema import Field, SObject
from lpc_tui.sandbox.salesforce.store import Row
from lpc_tui.sandbox.salesforce.values import Values, read_record

UPSERT_TELLS_SINCE = 46.0
"""The API version from which an upsert that updates answers 200 with a body instead of 204."""


def create(org: Org, call: Call) -> Answer:
    """POST /sobjects/X."""
    call.only_params()
    sobject = _sobject(org, call)
    values = _read_body(sobject, call)
    record_id = org.create(sobject, values, call.version)
    return _created(call, sobject, record_id, {})


def get(org: Org, call: Call) -> Answer:
    """GET /sobjects/X/ID[?fields=], honouring If-Modified-Since and If-Unmodified-Since."""
    call.only_params("fields")
    sobject = _sobject(org, call)
    return _show(org, call, sobject, org.live_row(sobject, call.segments[2]))


def patch(org: Org, call: Call) -> Answer:
    """PATCH /sobjects/X/ID, honouring If-Unmodified-Since and If-Modified-Since."""
    call.only_params()
    sobject = _sobject(org, call)
    values = _read_body(sobject, call)
    record_id = call.segments[2]
    unmet = unmet_condition(call, org.writeable_row(sobject, record_id))
    if unmet:
        return unmet
    org.change(sobject, record_id, values, call.version)
    return Answer(204)


def delete(org: Org, call: Call) -> Answer:
    """DELETE /sobjects/X/ID; conditional headers do not count here."""
    call.only_params()
    org.delete(_sobject(org, call).name, call.segments[2])
    return Answer(204)


def delete_rest_of_series(org: Org, call: Call) -> Answer:
    """DELETE /sobjects/Event/ID/fromThisEventOnwards."""
    call.only_params()
    if _sobject(org, call).name != "Event":
        raise not_found()
    org.end_series_from(call.segments[2])
    return Answer(204)


def get_by_external_id(org: Org, call: Call) -> Answer:
    """GET /sobjects/X/Field__c/VALUE; several matches answer 300."""
    call.only_params("fields")
    sobject = _sobject(org, call)
    matches = matching(org, sobject, external_id_field(sobject, call.segments[2]), call.segments[3])
    if len(matches) > 1:
        return _choices(call, sobject, matches)
    if not matches:
        raise not_found()
    return _show(org, call, sobject, matches[0])


def delete_by_external_id(org: Org, call: Call) -> Answer:
    """DELETE /sobjects/X/Field__c/VALUE; several matches answer 300."""
    call.only_params()
    sobject = _sobject(org, call)
    matches = matching(org, sobject, external_id_field(sobject, call.segments[2]), call.segments[3])
    if len(matches) > 1:
        return _choices(call, sobject, matches)
    if not matches:
        raise not_found()
    org.delete(sobject.name, matches[0]["Id"])
    return Answer(204)


def upsert(org: Org, call: Call) -> Answer:
    """PATCH /sobjects/X/Field__c/VALUE[?updateOnly=true].

    201 created, 200 (204 before 46.0) updated, 300 several matches.
    """
    call.only_params("updateOnly")
    sobject = _sobject(org, call)
    field = external_id_field(sobject, call.segments[2])
    values = _read_body(sobject, call, field.name)
    matches = matching(org, sobject, field, call.segments[3])
    if len(matches) > 1:
        return _choices(call, sobject, matches)
    if matches:
        org.change(sobject, matches[0]["Id"], values, call.version)
        return _updated(call, matches[0]["Id"])
    if call.flag("updateOnly") or field.name == "Id":
        raise not_found()
    record_id = org.create(sobject, {field.name: call.segments[3], **values}, call.version)
    return _created(call, sobject, record_id, {"created": True})


def external_id_field(sobject: SObject, name: str) -> Field:
    """The field an upsert may go by. Raises NOT_FOUND."""
    field = sobject.find(name)
    if field is None or not (field.external_id or field.name == "Id"):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {name}")
    return field


def matching(org: Org, sobject: SObject, field: Field, value: str) -> list[Row]:
    """The live rows whose external id is exactly that value."""
    wanted = ids.normalise(value) if field.name == "Id" else value
    return org.live_having(sobject, field, wanted)


def unmet_condition(call: Call, row: Row) -> Answer | None:
    """The 304 or 412 that a conditional header asks for, against LastModifiedDate to the second; None to go ahead."""
    modified = from_wire(row["LastModifiedDate"])
    since = http_date(call, "if-modified-since")
    if since is not None and modified <= since:
        return Answer(304)
    unmodified = http_date(call, "if-unmodified-since")
    if unmodified is not None and modified > unmodified:
        return _precondition_failed()
    return None


def http_date(call: Call, header: str) -> datetime | None:
    """A date header, or None if it is absent. A bad one is ignored on reads and refused on PATCH, as the service does."""
    text = call.headers.get(header)
    if text is None:
        return None
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError as error:
        if call.method == "PATCH":
            raise SalesforceError(400, "INVALID_INPUT", f"Invalid date in header {header}: {text}") from error
        return None


def _precondition_failed() -> Answer:
    error = SalesforceError(
        412, "PRECONDITION_FAILED", "The precondition given in the request headers evaluated to false"
    )
    return Answer(error.status, [error.to_json()])


def _sobject(org: Org, call: Call) -> SObject:
    return org.schema(call.version).sobject(call.segments[1])


def _read_body(sobject: SObject, call: Call, addressed_by: str = "Id") -> Values:
    """The deserialised body, which must not hold the key that the address holds."""
    body = call.json_object()
    for name in body:
        if name.lower() in ("id", addressed_by.lower()):
            name = "Id" if name.lower() == "id" else addressed_by
            raise SalesforceError(
                400, "INVALID_FIELD", f"The {name} field should not be specified in the sobject data."
            )
    return read_record(sobject, body)


def _show(org: Org, call: Call, sobject: SObject, row: Row) -> Answer:
    unmet = unmet_condition(call, row)
    if unmet:
        return unmet
    fields = None
    if "fields" in call.params:
        fields = [sobject.field(name.strip()) for name in call.params["fields"].split(",")]
    return Answer(200, show_record(row, sobject, org.schema(call.version), fields))


def _created(call: Call, sobject: SObject, record_id: str, extra: dict[str, object]) -> Answer:
    location = f"{call.root}/sobjects/{sobject.name}/{record_id}"
    return Answer(201, {"id": record_id, "success": True, "errors": [], **extra}, {"Location": location})


def _updated(call: Call, record_id: str) -> Answer:
    if call.version < UPSERT_TELLS_SINCE:
        return Answer(204)
    return Answer(200, {"id": record_id, "success": True, "errors": [], "created": False})


def _choices(call: Call, sobject: SObject, matches: list[Row]) -> Answer:
    return Answer(300, [f"{call.root}/sobjects/{sobject.name}/{row['Id']}" for row in matches])
