"""The org's lists of countries and states, where the administrator switched them on: what an address may say then.

The code is what is stored; the text fields follow it and hold the "integration value". Source: Salesforce Help, "State and
Country/Territory Picklists" and "Field-Syncing Logic". `catalogue` makes fields of the lists, `people` settles addresses.
"""

from collections.abc import Mapping
from typing import Any

from lpc_tui.sandbox.salesforce.errors import SalesforceError, field_integrity
from lpc_tui.sandbox.salesforce.fields import picklist
from lpc_tui.sandbox.salesforce.rules import Change
from lpc_tui.sandbox.salesforce.schema import Field, PicklistValue

COUNTRIES: Mapping[str, str] = {"AU": "Australia", "DE": "Germany", "US": "United States"}
"""Code to name, in the list's order."""

STATES: tuple[tuple[str, str, str], ...] = (
    ("AU", "NSW", "New South Wales"),
    ("AU", "WA", "Western Australia"),
    ("US", "CA", "California"),
    ("US", "NY", "New York"),
    ("US", "WA", "Washington"),
)
"""Country, code and name; as in new orgs only some countries have states."""


def code_fields(prefix: str, label: str) -> tuple[Field, ...]:
    """The two fields that an address has besides its texts."""
    order = list(COUNTRIES)
    states = tuple(
        PicklistValue(code, label=name, valid_for=(order.index(country),)) for country, code, name in STATES
    )
    countries = tuple(PicklistValue(code, label=name) for code, name in COUNTRIES.items())
    return (
        picklist(f"{prefix}CountryCode", f"{label} Country Code", countries),
        picklist(
            f"{prefix}StateCode",
            f"{label} State/Province Code",
            states,
            controller=f"{prefix}CountryCode",
        ),
    )


def settle_places(change: Change, prefix: str) -> None:
    """Make the codes and texts of one address agree.

    Raises FIELD_INTEGRITY_EXCEPTION for what is not in the lists, or for a state that is not in its country.
    """
    row = change.row
    country = _settled(change, f"{prefix}Country", COUNTRIES, "country")
    _write(row, f"{prefix}Country", country, COUNTRIES)
    cleared = any(change.given.get(name, "") is None for name in (f"{prefix}Country", f"{prefix}CountryCode"))
    if cleared and not any(change.given.get(name) for name in (f"{prefix}State", f"{prefix}StateCode")):
        row[f"{prefix}State"] = row[f"{prefix}StateCode"] = None
        return
    names = {code: name for of, code, name in STATES if of == country}
    state = f"{prefix}State"
    if country is None and (row[state] or row.get(f"{state}Code")):
        raise field_integrity("A country/territory must be specified before specifying a state value", state)
    _write(row, state, _settled(change, state, names, "state"), names)


def _settled(change: Change, name: str, names: Mapping[str, str], what: str) -> str | None:
    """The code that the call means: by its code, else by its text, else what was there before."""
    given, row = change.given, change.row
    code = given.get(f"{name}Code")
    if code is None and given.get(name):
        text = given[name].casefold()
        code = next(
            (each for each, label in names.items() if text in (label.casefold(), each.casefold())),
            given[name],
        )
    if code is None and f"{name}Code" not in given and name not in given:
        code = row.get(f"{name}Code")
    if code is not None and code not in names:
        raise _unknown(what, f"{name}Code" if given.get(f"{name}Code") else name)
    is_torn = bool(given.get(f"{name}Code") and given.get(name) and names[str(code)] != given[name])
    if is_torn and change.before is not None:
        raise _unknown(what, name)
    return code


def _write(row: dict[str, Any], name: str, code: str | None, names: Mapping[str, str]) -> None:
    row[f"{name}Code"] = code
    row[name] = names[code] if code is not None else None


def _unknown(what: str, field: str) -> SalesforceError:
    return field_integrity(
        f"There's a problem with this {what}, even though it may appear correct. Please select a {what} from the list.",
        field,
    )
