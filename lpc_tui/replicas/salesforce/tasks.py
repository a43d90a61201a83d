"""The Salesforce replica of the to-do list: one person's tasks in one org.

Made by `wiring`, used by the engine through `lpc_tui.replicas.base.Replica`. Which statuses and priorities there are is the
org's own affair: it is asked at every full reading, and remembered in the watermark.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from lpc_tui.model.items import Process
from lpc_tui.replicas.salesforce.queries import Queries, TaskQueries
from lpc_tui.replicas.salesforce.records import Records
from lpc_tui.replicas.salesforce.replica import SalesforceReplica
from lpc_tui.replicas.salesforce.schema import Schema
from lpc_tui.replicas.salesforce.task_choices import PRIORITIES_QUERY, STATUSES_QUERY, TaskChoices
from lpc_tui.replicas.salesforce.task_records import TaskRecords
from lpc_tui.replicas.wire import JsonObject

__all__ = ["SalesforceTasks"]


class SalesforceTasks(SalesforceReplica):
    """The user's own tasks."""

    process: ClassVar[Process] = Process.TASK
    _records_type: ClassVar[type[Records]] = TaskRecords
    _queries_type: ClassVar[type[Queries]] = TaskQueries

    _fact_queries: ClassVar[tuple[str, ...]] = (STATUSES_QUERY, PRIORITIES_QUERY)

    async def _learn(self, described: JsonObject, rows: Sequence[Sequence[JsonObject]]) -> JsonObject:
        return TaskChoices.from_rows(*rows).to_json()

    def _usual_queries(self, user: str) -> Queries | None:
        return TaskQueries(user)

    def _own(self, user: str, schema: Schema, facts: JsonObject) -> tuple[Records, Queries]:
        choices = TaskChoices.from_json(facts)
        url = self._connection.instance_url
        return TaskRecords(user, schema, self._zone, url, self._mark_field, choices), TaskQueries(user)
