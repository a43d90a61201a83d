"""`/updated` and `/deleted`: what changed in a span of time, by the minute. Called by the server's routes.

Seconds of start and end are cut off before anything else, so a deletion at 12:00:30 is not in a span that
ends at 12:00:45.
Source: REST API Developer Guide, "Get Updated" and "Get Deleted".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.instants import parse_instant, wire_instant, wire_second
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import SObject

UPDATED_REACHES = timedelta(days=30)
DELETED_REACHES = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class _Span:
    first: str
    end: str
    covered: str


def updated(org: Org, sobject: SObject, start: str, end: str) -> JsonObject:
    """The ids whose SystemModstamp lies in the span. Raises INVALID_REPLICATION_DATE."""
    span = _span(start, end, org.now, UPDATED_REACHES)
    ids = [
        row["Id"]
        for row in org.rows(_replicateable(sobject).name)
        if not row["IsDeleted"] and span.first <= row["SystemModstamp"] < span.end
    ]
    return {"ids": ids, "latestDateCovered": span.covered}


def deleted(org: Org, sobject: SObject, start: str, end: str) -> JsonObject:
    """The records deleted in the span and still in the bin. Raises INVALID_REPLICATION_DATE."""
    org.tend()
    span = _span(start, end, org.now, DELETED_REACHES)
    records = [
        {"id": row["Id"], "deletedDate": row["_deleted"]}
        for row in org.rows(_replicateable(sobject).name)
        if row["IsDeleted"] and span.first <= row["_deleted"] < span.end
    ]
    return {
        "deletedRecords": records,
        "earliestDateAvailable": org.purged.get(sobject.name, wire_second(org.created)),
        "latestDateCovered": span.covered,
    }


def _replicateable(sobject: SObject) -> SObject:
    if not sobject.replicateable:
        raise SalesforceError(
            400, "INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support replication"
        )
    return sobject


def _span(start: str, end: str, now: datetime, reach: timedelta) -> _Span:
    first, last = _minute("start", start), _minute("end", end)
    if first >= last:
        raise _invalid("startDate must be before endDate by at least one minute")
    if first < now - reach:
        raise _invalid(f"startDate cannot be more than {reach.days} days ago")
    covered = min(last, now.replace(second=0, microsecond=0))
    return _Span(wire_instant(first), wire_instant(last), wire_instant(covered))


def _minute(name: str, text: str) -> datetime:
    """An instant cut to the minute. A `+` that was not percent-encoded arrives as a blank and is refused here."""
    instant = parse_instant(text)
    if instant is None:
        raise _invalid(f"{name} is not a valid ISO 8601 date-time with an offset: {text}")
    return instant.replace(second=0, microsecond=0)


def _invalid(message: str) -> SalesforceError:
    return SalesforceError(400, "INVALID_REPLICATION_DATE", message)
