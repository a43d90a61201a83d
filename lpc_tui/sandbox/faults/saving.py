"""Carries out the faults that befall the org's records: an administrator's rules and triggers, as a hook of the org.

They hold for everybody who saves a record: a client over HTTP, and a test that acts as a person in Salesforce.
"""

from __future__ import annotations

from functools import partial

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.faults import kinds
from lpc_tui.sandbox.faults.kinds import RecordFault
from lpc_tui.sandbox.faults.schedule import Faults
from lpc_tui.sandbox.salesforce.duplicates import is_saved_anyway
from lpc_tui.sandbox.salesforce.errors import DuplicatesDetected, SalesforceError
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.writing import RewriteHook

__all__ = ["saving_hook"]


def saving_hook(faults: Faults, org: Org) -> RewriteHook:
    """What the org calls with each record about to be stored; raises SalesforceError where a rule refuses it."""
    return partial(_saved, faults, org)


def _saved(faults: Faults, org: Org, sobject: str, record: JsonObject) -> JsonObject:
    shown = dict(record)
    for fault in faults.strike_record(sobject, lambda fault: _is_met(fault, org, record)):
        match fault:
            case kinds.ValidationRule():
                raise SalesforceError(400, fault.code, fault.message, [fault.field])
            case kinds.DuplicateRule():
                if fault.blocks or not is_saved_anyway():
                    alike = _alike(org, fault, record)
                    raise DuplicatesDetected(fault.name, sobject, alike, is_alert=not fault.blocks)
            case kinds.Trigger():
                shown[fault.field] = _rewritten(fault.becomes, str(shown.get(fault.field) or ""))
    return shown


def _rewritten(form: str, value: str) -> str:
    """The value in that form; one that has it already stays."""
    before, _, after = form.partition("{value}")
    has_it = len(value) >= len(before) + len(after) and value.startswith(before) and value.endswith(after)
    return value if "{value}" in form and has_it else form.replace("{value}", value)


def _is_met(fault: RecordFault, org: Org, record: JsonObject) -> bool:
    held = record.get(fault.field)
    match fault:
        case kinds.ValidationRule():
            return fault.contains.casefold() in str(held or "").casefold() if fault.contains else not held
        case kinds.DuplicateRule():
            return bool(_alike(org, fault, record))
        case _:
            return fault.field in record


def _alike(org: Org, fault: RecordFault, record: JsonObject) -> list[str]:
    """The ids of the other living records that say the same."""
    value = str(record.get(fault.field) or "").casefold()
    return [
        str(row["Id"])
        for row in (org.rows(fault.object) if value else ())
        if row["Id"] != record["Id"]
        and not row["IsDeleted"]
        and str(row.get(fault.field) or "").casefold() == value
    ]
