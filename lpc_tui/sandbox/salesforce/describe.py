"""What the org has to offer: the list of objects, an object's fields, and the resources of a version.

Reached through `routes`.
"""

import base64

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.salesforce.calls import Answer, Call
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import (
    LATEST_VERSION,
    OLDEST_VERSION,
    Field,
    FieldType,
    PicklistValue,
    SObject,
)
from lpc_tui.sandbox.salesforce.single_records import http_date

_NUMERIC_DIGITS = {FieldType.INT: 8, FieldType.DOUBLE: 18}
_SEASONS = ("Spring", "Summer", "Winter")


def versions() -> list[JsonObject]:
    """The answer of `/services/data`: three releases a year, 65.0 being Winter '26."""
    return [
        {
            "label": f"{_SEASONS[number % 3]} '{26 + (number - 65) // 3:02d}",
            "url": f"/services/data/v{number}.0",
            "version": f"{number}.0",
        }
        for number in range(int(OLDEST_VERSION), int(LATEST_VERSION) + 1)
    ]


def resources(org: Org, call: Call) -> Answer:
    """GET /services/data/vXX.X: the resources of the version, and where the running user is told of.

    Only `identity` is a whole address: it is the sign-in server's.
    """
    call.only_params()
    names = ("sobjects", "query", "queryAll", "composite", "limits")
    identity = f"{call.origin}/id/{org.organization}/{org.me}"
    return Answer(200, {"identity": identity, **{name: f"{call.root}/{name}" for name in names}})


def limits(org: Org, call: Call) -> Answer:
    """GET /limits: what is left of the daily allowance."""
    call.only_params()
    most = org.options.daily_api_requests
    left = max(0, most - org.usage.used(org.now))
    return Answer(200, {"DailyApiRequests": {"Max": most, "Remaining": left}})


def all_objects(org: Org, call: Call) -> Answer:
    """GET /sobjects: every object without its fields. If-Modified-Since answers 304."""
    call.only_params()
    if _is_unchanged(org, call):
        return Answer(304)
    objects = [_object(item, call) for item in org.schema(call.version).objects]
    return Answer(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects})


def basic(org: Org, call: Call) -> Answer:
    """GET /sobjects/X: the object without its fields, and no recent items."""
    call.only_params()
    sobject = org.schema(call.version).sobject(call.segments[1])
    return Answer(200, {"objectDescribe": _object(sobject, call), "recentItems": []})


def full(org: Org, call: Call) -> Answer:
    """GET /sobjects/X/describe: the object as the running user sees it. If-Modified-Since answers 304."""
    call.only_params()
    sobject = org.schema(call.version).sobject(call.segments[1])
    if _is_unchanged(org, call):
        return Answer(304)
    return Answer(200, {**_object(sobject, call), "fields": [_field(item) for item in sobject.fields]})


def _is_unchanged(org: Org, call: Call) -> bool:
    since = http_date(call, "if-modified-since")
    return since is not None and org.schema_changed <= since


def _object(sobject: SObject, call: Call) -> JsonObject:
    base = f"{call.root}/sobjects/{sobject.name}"
    return {
        "name": sobject.name,
        "label": sobject.label,
        "labelPlural": sobject.label_plural,
        "keyPrefix": sobject.key_prefix,
        "custom": False,
        "createable": sobject.createable,
        "updateable": sobject.updateable,
        "deletable": sobject.deletable,
        "undeletable": sobject.deletable,
        "mergeable": sobject.name in ("Account", "Contact", "Lead"),
        "queryable": True,
        "retrieveable": True,
        "replicateable": sobject.replicateable,
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"},
    }


def _field(field: Field) -> JsonObject:
    return {
        "name": field.name,
        "label": field.label,
        "type": str(field.type),
        "length": field.length,
        # Bytes of UTF-8; ids and references hold ASCII.
        "byteLength": field.length if field.type in (FieldType.ID, FieldType.REFERENCE) else field.length * 3,
        "digits": _NUMERIC_DIGITS.get(field.type, 0),
        "nillable": field.nillable,
        "createable": field.createable,
        "updateable": field.updateable,
        "filterable": field.filterable,
        "sortable": field.sortable,
        "defaultValue": field.default,
        "defaultedOnCreate": field.default is not None or field.name == "OwnerId",
        "picklistValues": [_choice(choice) for choice in field.picklist],
        "dependentPicklist": bool(field.controller),
        "controllerName": field.controller or None,
        "restrictedPicklist": field.restricted,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship,
        "polymorphicForeignKey": field.is_polymorphic,
        "externalId": field.external_id,
        "unique": field.unique,
        "caseSensitive": field.case_sensitive,
        "idLookup": field.external_id or field.type is FieldType.ID,
        "custom": field.is_custom,
        "calculated": False,
    }


def _choice(choice: PicklistValue) -> JsonObject:
    return {
        "value": choice.value,
        "label": choice.label or choice.value,
        "active": True,
        "defaultValue": choice.is_default,
        "validFor": _bits(choice.valid_for) if choice.valid_for else None,
    }


def _bits(positions: tuple[int, ...]) -> str:
    """A set of positions as the service writes it: bits from the left, in whole groups of four characters."""
    size = -(-(max(positions) + 1) // 24) * 3
    number = sum(1 << (size * 8 - 1 - position) for position in positions)
    return base64.b64encode(number.to_bytes(size, "big")).decode("ascii")
