"""Extended properties: validated ids, values by type, and the form in which the service gives them back.

Returned ids differ from those written in the case of the GUID and in leading zeros, so everything is compared by
`key`. Facts: https://learn.microsoft.com/graph/api/resources/extended-properties-overview
"""

import re

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.errors import body_refused, invalid_property

_TYPES = (
    "ApplicationTime", "Binary", "Boolean", "CLSID", "Currency", "Double", "Float", "Integer", "Long", "Object",
    "Short", "String", "SystemTime",
)  # fmt: skip
_BY_LOWER = {name.lower(): name for name in _TYPES}
_GUID = r"\{(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}"
_FORM = re.compile(
    rf"(?P<type>\w+) (?:{_GUID} (?:Name (?P<name>.+)|Id 0x(?P<number>[0-9a-fA-F]{{1,8}}))|0x(?P<tag>[0-9a-fA-F]{{1,8}}))"
)
_VALUE_FORMS = {
    "Boolean": re.compile(r"true|false", re.IGNORECASE),
    "Double": re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?"),
    "Float": re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?"),
    "Integer": re.compile(r"[+-]?\d{1,10}"),
    "Long": re.compile(r"[+-]?\d{1,19}"),
    "Short": re.compile(r"[+-]?\d{1,5}"),
}

Store = dict[str, str]
"""An item's extended properties: the id as the service writes it, and the value."""


def canonical_id(text: object) -> str:
    """An extended property's id as the service writes it; raises `ErrorInvalidProperty` where it is none."""
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    kind = _BY_LOWER.get(match["type"].lower()) if match else None
    if match is None or kind is None:
        raise invalid_property(
            "PropertyId values may only be in one of the following formats: 'MapiPropertyType namespaceGuid Name "
            "propertyName', 'MapiPropertyType namespaceGuid Id propertyId' or 'MapiPropertyType propertyTag'."
        )
    if match["tag"]:
        return f"{kind} 0x{int(match['tag'], 16):x}"
    guid = match["guid"].lower()
    if match["name"]:
        return f"{kind} {{{guid}}} Name {match['name']}"
    return f"{kind} {{{guid}}} Id 0x{int(match['number'], 16):x}"


def merge(store: Store, given: list[JsonObject]) -> Store:
    """The store with what a POST or PATCH brings; properties not named stay."""
    merged = dict(store)
    for entry in given:
        name = canonical_id(entry.get("id"))
        value = entry.get("value")
        if not isinstance(value, str):
            raise body_refused(
                f"The value of the extended property '{name}' must be a string, the type 'Edm.String'."
            )
        kind = name.split(" ", 1)[0]
        form = _VALUE_FORMS.get(kind)
        if form is not None and not form.fullmatch(value):
            raise invalid_property(f"The value '{value}' of '{name}' does not fit its type.")
        merged[name] = value.lower() if kind == "Boolean" else value
    return merged


def shown(store: Store, wanted: frozenset[str]) -> list[JsonObject]:
    """The wanted properties (canonical ids) an item has."""
    return [{"id": name, "value": value} for name, value in store.items() if name in wanted]
