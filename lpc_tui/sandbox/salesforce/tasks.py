"""How a task's derived fields follow from its status and priority. Called by `org` before each save of a Task."""

from lpc_tui.sandbox.salesforce.activities import is_old_task, settle_relations
from lpc_tui.sandbox.salesforce.instants import wire_second
from lpc_tui.sandbox.salesforce.rules import Change


def settle_task(change: Change) -> None:
    """Derive IsClosed, IsHighPriority, CompletedDateTime, AccountId and IsArchived."""
    settle_relations(change)
    row, options = change.row, change.options
    was_closed = change.before is not None and change.before["IsClosed"]
    row["IsClosed"] = any(
        status.is_closed for status in options.task_statuses if status.name == row["Status"]
    )
    row["IsHighPriority"] = any(
        item.is_high for item in options.task_priorities if item.name == row["Priority"]
    )
    if not row["IsClosed"]:
        row["CompletedDateTime"] = None
    elif not was_closed:
        row["CompletedDateTime"] = wire_second(change.now)
    if row["IsArchived"]:
        row["IsArchived"] = is_old_task(row, change.now)
