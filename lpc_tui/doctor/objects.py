"""What describe says of an object against what the sync wants of it: rights, fields, record types, what else is required.

Pure: `salesforce` asks, this judges. Source of the keys: REST API Developer Guide, "sObject Describe"; SOAP API Developer
Guide, "DescribeSObjectResult".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from lpc_tui.doctor.findings import Finding, ok, skipped
from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.items import Process, Side
from lpc_tui.replicas.salesforce.schema import Schema
from lpc_tui.replicas.wire import JsonObject
from lpc_tui.settings import PreventSettings

__all__ = ["SOBJECTS", "Wanted", "judged", "rules_judged"]

SOBJECTS: Final[Mapping[Process, str]] = MappingProxyType(
    {Process.CALENDAR: "Event", Process.CONTACT: "Contact", Process.TASK: "Task"}
)

_ESSENTIAL: Final = frozenset({"StartDateTime", "EndDateTime", "IsAllDayEvent", "LastName", "Subject"})
"""Without sight of these, there is no item to speak of."""

_OPTIONAL: Final = frozenset({"MiddleName", "Suffix"})
"""Parts of a name that an org has only once an administrator has switched them on."""

_FILLED_BY_SERVICE: Final = frozenset({"OwnerId", "DurationInMinutes"})
"""Required by the schema of some versions, and filled in by the service or from what is sent."""

_NAMES_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a process wants of its object."""

    process: Process
    prevent: PreventSettings
    mark_field: str = ""
    """The administrator's external-id field; empty: there is none."""

    @property
    def sobject(self) -> str:
        return SOBJECTS[self.process]

    @property
    def read(self) -> tuple[str, ...]:
        """The fields that the sync reads."""
        return tuple(dict.fromkeys(name for spec in shared_fields(self.process) for name in spec.salesforce))

    @property
    def written(self) -> tuple[str, ...]:
        """Those of them that it writes, too."""
        specs = (spec for spec in shared_fields(self.process) if spec.is_written_on(Side.SALESFORCE))
        return tuple(dict.fromkeys(name for spec in specs for name in spec.salesforce))

    def check(self, what: str) -> str:
        """The name of a check of this process."""
        return f"salesforce.{self.process}.{what}"


def judged(wanted: Wanted, described: JsonObject) -> list[Finding]:
    """A finding for each thing that may stand in the way.

    Raises:
        ProtocolError, KeyError, TypeError: it is no description of an object.
    """
    schema = Schema.from_describe(described, (*wanted.read, wanted.mark_field))
    return [
        _rights(wanted, described),
        *_fields(wanted, schema),
        *_mark(wanted, schema),
        _required(wanted, described["fields"]),
        _record_types(wanted, described.get("recordTypeInfos") or []),
    ]


def rules_judged(wanted: Wanted, rules: Iterable[JsonObject]) -> Finding:
    """The active validation rules of the object: what they refuse shows only when something is written."""
    names = [str(rule["ValidationName"]) for rule in rules]
    check = wanted.check("rules")
    if not names:
        return ok(check, f"{wanted.sobject} has no active validation rule.")
    return Finding.warning(
        check,
        f"{wanted.sobject} has active validation rules, which may refuse a record: {_listed(names)}.",
        "Nothing to do now: a record that one refuses is told by name in the run, with the rule's own words.",
    )


def _rights(wanted: Wanted, described: JsonObject) -> Finding:
    """What this person may do with the object's records, against what no box prevents."""
    check, prevent = wanted.check("rights"), wanted.prevent
    if not described["queryable"]:
        remedy = f"Ask your administrator for the right to read {wanted.sobject} records."
        return Finding.problem(check, f"You may not read {wanted.sobject} records.", remedy)
    asked = {
        "create": (described["createable"], prevent.create_in_salesforce),
        "update": (described["updateable"], prevent.update_in_salesforce),
        "delete": (described["deletable"], prevent.delete_from_salesforce),
    }
    lacking = [verb for verb, (is_allowed, is_prevented) in asked.items() if not (is_allowed or is_prevented)]
    if lacking:
        return Finding.warning(
            check,
            f"You may not {' or '.join(lacking)} {wanted.sobject} records, and the settings do not prevent it.",
            f"Ask your administrator, or tick the box: [sync.{wanted.process}.prevent].",
        )
    return ok(check, f"You may do with {wanted.sobject} records all that the settings allow.")


def _fields(wanted: Wanted, schema: Schema) -> list[Finding]:
    """The mapped fields: each to be seen, set and changed."""
    check, prevent = wanted.check("fields"), wanted.prevent
    security = f"Ask your administrator for access to them (field-level security of {wanted.sobject})."
    found = []
    unseen = [name for name in wanted.read if name not in schema.fields]
    essential = [name for name in unseen if name in _ESSENTIAL]
    if essential:
        found.append(Finding.problem(check, f"Hidden from you: {_listed(essential)}.", security))
    hidden = [name for name in unseen if name not in _ESSENTIAL | _OPTIONAL]
    if hidden:
        words = f"Hidden from you, and so left out of the sync: {_listed(hidden)}."
        found.append(Finding.warning(check, words, security))
    for verb, is_prevented, is_allowed in (
        ("set in new records", prevent.create_in_salesforce, schema.is_createable),
        ("changed", prevent.update_in_salesforce, schema.is_updateable),
    ):
        fixed = [name for name in wanted.written if name in schema.fields and not is_allowed(name)]
        if fixed and not is_prevented:
            words = f"To be read, but not {verb} by you: {_listed(fixed)}."
            found.append(Finding.warning(check, words, security))
    if found:
        return found
    absent = [name for name in unseen if name in _OPTIONAL]
    besides = f" This org has no {' and no '.join(absent)}." if absent else ""
    seen = len(wanted.read) - len(absent)
    return [
        ok(check, f"All {seen} fields can be read, set and changed as far as the settings allow.{besides}")
    ]


def _mark(wanted: Wanted, schema: Schema) -> list[Finding]:
    """The external-id field, if the settings name one."""
    if not wanted.mark_field:
        return []
    check = wanted.check("external-id")
    if schema.is_createable(wanted.mark_field):
        return [ok(check, f"{wanted.sobject} has the field {wanted.mark_field}.")]
    return [
        Finding.warning(
            check,
            f"{wanted.sobject} has no field {wanted.mark_field} that you may set: a new record whose answer is lost is"
            " looked for by its content.",
            "Ask your administrator for it, or empty the setting salesforce.external_id_field.",
        )
    ]


def _required(wanted: Wanted, fields: Iterable[JsonObject]) -> Finding:
    """Fields that a new record must have, and that the sync does not know."""
    check = wanted.check("required")
    if wanted.prevent.create_in_salesforce:
        return skipped(check, f"The settings prevent new {wanted.sobject} records.")
    known = {*wanted.written, wanted.mark_field} | _FILLED_BY_SERVICE
    needed = [field["name"] for field in fields if _is_needed(field) and field["name"] not in known]
    if needed:
        return Finding.warning(
            check,
            f"A new {wanted.sobject} needs fields that the sync does not fill, so Salesforce will refuse it:"
            f" {_listed(needed)}.",
            "Ask your administrator for a default value, or to require them on the page layout only; or set"
            f" sync.{wanted.process}.prevent.create_in_salesforce.",
        )
    return ok(check, f"A new {wanted.sobject} needs no field that the sync does not fill.")


def _is_needed(field: JsonObject) -> bool:
    """Whether a create without it is refused; a box is never empty."""
    is_open = field["nillable"] or field["defaultedOnCreate"] or field["type"] == "boolean"
    return bool(field["createable"]) and not is_open


def _record_types(wanted: Wanted, infos: Iterable[JsonObject]) -> Finding:
    """Which record type a new record gets: the sync sends none, so it is this person's default."""
    check = wanted.check("record-types")
    types = [each for each in infos if not each.get("master")]
    if not types:
        return ok(check, f"{wanted.sobject} has no record types to choose from.")
    default = next((each for each in types if each.get("defaultRecordTypeMapping")), None)
    if default is None:
        return ok(check, f"New {wanted.sobject} records get no record type but the master one.")
    if not default.get("available"):
        return Finding.warning(
            check,
            f"Your default record type for {wanted.sobject}, {default['name']}, is not available to you.",
            "Ask your administrator to give your profile a default record type that you may use.",
        )
    return ok(check, f"New {wanted.sobject} records get your default record type, {default['name']}.")


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
