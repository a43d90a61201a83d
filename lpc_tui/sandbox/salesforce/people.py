"""How a contact's and a lead's derived fields follow from what was typed. Called by `org` before each save."""

from lpc_tui.sandbox.salesforce.places import settle_places
from lpc_tui.sandbox.salesforce.rules import Change
from lpc_tui.sandbox.salesforce.store import Row

_NAME_PARTS = ("FirstName", "MiddleName", "LastName", "Suffix")
_ADDRESS_PARTS = ("City", "Country", "PostalCode", "State", "Street")


def settle_person(change: Change) -> None:
    """Derive Name, and the compound addresses."""
    change.row["Name"] = " ".join(change.row[part] for part in _NAME_PARTS if change.row.get(part))
    settle_addresses(change)


def settle_addresses(change: Change) -> None:
    """Derive each compound address the object has from its parts; where there are lists, the parts keep to them."""
    for name in [name for name in change.row if name.endswith("Address")]:
        if change.options.state_and_country_picklists:
            settle_places(change, name.removesuffix("Address"))
        change.row[name] = _compound(change.row, name.removesuffix("Address"))


def _compound(row: Row, prefix: str) -> Row | None:
    parts = {part[0].lower() + part[1:]: row[f"{prefix}{part}"] for part in _ADDRESS_PARTS}
    if not any(parts.values()):
        return None
    parts |= {
        f"{part[0].lower()}{part[1:]}": row[f"{prefix}{part}"]
        for part in ("CountryCode", "StateCode")
        if f"{prefix}{part}" in row
    }
    return {**parts, "geocodeAccuracy": None, "latitude": None, "longitude": None}
