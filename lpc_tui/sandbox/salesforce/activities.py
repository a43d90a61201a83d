"""What events and tasks have in common: who and what they are about, and when they are archived.

Called by `events` and `tasks`.
"""

from datetime import date, datetime, timedelta

from lpc_tui.sandbox.salesforce.errors import field_integrity
from lpc_tui.sandbox.salesforce.rules import Change
from lpc_tui.sandbox.salesforce.store import Row

ARCHIVED_AFTER = timedelta(days=365)
"""How long past its date an activity stays in `query`."""

_LEAD_PREFIX = "00Q"
_ACCOUNT_PREFIX = "001"


def settle_relations(change: Change) -> None:
    """Derive AccountId from WhatId, else from the contact. Raises FIELD_INTEGRITY_EXCEPTION for a lead with a WhatId."""
    who, what = change.row.get("WhoId"), change.row.get("WhatId")
    if who and what and who.startswith(_LEAD_PREFIX):
        raise field_integrity("Related To ID: may not be specified with a lead", "WhatId")
    change.row["AccountId"] = _account_of(change, who, what)


def _account_of(change: Change, who: str | None, what: str | None) -> str | None:
    if what and what.startswith(_ACCOUNT_PREFIX):
        return what
    person = change.lookup(who) if who else None
    account = person.get("AccountId") if person else None
    return account if isinstance(account, str) else None


def is_old_event(row: Row, now: datetime) -> bool:
    """Whether the nightly archive run takes this event."""
    return date.fromisoformat(row["EndDateTime"][:10]) <= (now - ARCHIVED_AFTER).date()


def is_old_task(row: Row, now: datetime) -> bool:
    """Whether the nightly archive run takes this task: closed ones only, by due date or, without one, by creation."""
    day = row["ActivityDate"] or row["CreatedDate"][:10]
    return bool(row["IsClosed"]) and date.fromisoformat(day) <= (now - ARCHIVED_AFTER).date()
