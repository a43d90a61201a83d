"""The Salesforce replica of the calendar: one person's events in one org.

Made by `wiring`, used by the engine through `lpc_tui.replicas.base.Replica`.
"""

from __future__ import annotations

from typing import ClassVar

from lpc_tui.model.items import Process
from lpc_tui.replicas.salesforce.event_records import EventRecords
from lpc_tui.replicas.salesforce.queries import EventQueries, Queries
from lpc_tui.replicas.salesforce.records import Records
from lpc_tui.replicas.salesforce.replica import SalesforceReplica
from lpc_tui.replicas.salesforce.schema import Schema
from lpc_tui.replicas.wire import JsonObject

__all__ = ["SalesforceEvents"]


class SalesforceEvents(SalesforceReplica):
    """The user's own events."""

    process: ClassVar[Process] = Process.CALENDAR
    _records_type: ClassVar[type[Records]] = EventRecords
    _queries_type: ClassVar[type[Queries]] = EventQueries

    def _usual_queries(self, user: str) -> Queries | None:
        return EventQueries(user)

    def _own(self, user: str, schema: Schema, facts: JsonObject) -> tuple[Records, Queries]:
        url = self._connection.instance_url
        return EventRecords(user, schema, self._zone, url, self._mark_field), EventQueries(user)
