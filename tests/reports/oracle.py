"""What a run says of every item, and what the reports say without one, in a form in which the two can be compared.

The oracle of the open issues is the engine itself: the events of a dry run that begins now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from lpc_tui.engine.events import Event, OperationEvent, Status
from lpc_tui.model.items import Side
from lpc_tui.model.links import Presence
from lpc_tui.reports.interface import Issue, IssueKind

__all__ = ["lines_of_events", "lines_of_issues"]

Line: TypeAlias = tuple[str, ...]

_OF_THE_ITEM = {
    IssueKind.CONFLICT: Status.CONFLICT,
    IssueKind.EDIT_AGAINST_DELETE: Status.CONFLICT,
    IssueKind.SEVERAL_ALIKE: Status.CONFLICT,
    IssueKind.MERGED: Status.CONFLICT,
    IssueKind.GUARDED: Status.SKIPPED,
    IssueKind.ASLEEP: Status.SKIPPED,
    IssueKind.AWAY: Status.SKIPPED,
    IssueKind.MISSING: Status.SKIPPED,
    IssueKind.PRIVATE: Status.SKIPPED,
}
_OF_A_WRITE = {
    IssueKind.READY: Status.PLANNED,
    IssueKind.PREVENTED: Status.PREVENTED,
    IssueKind.REFUSED: Status.FAILED,
    IssueKind.GUESTS: Status.SKIPPED,
    IssueKind.SPREADS: Status.SKIPPED,
}


def lines_of_events(events: Iterable[Event]) -> Counter[Line]:
    """What a dry run says of each item and write."""
    lines: Counter[Line] = Counter()
    for event in events:
        if isinstance(event, OperationEvent):
            # What concerns the item as a whole has no side of its own; the event names one for its form.
            is_write = event.status in {Status.PLANNED, Status.PREVENTED, Status.FAILED} or (
                event.status is Status.SKIPPED and "waits for a yes" in (event.reason or "")
            )
            lines[
                str(event.process),
                str(event.status),
                f"{event.side}/{event.action}" if is_write else "",
                event.item,
                event.outlook_id or "",
                event.salesforce_id or "",
                event.reason or "",
            ] += 1
    return lines


def lines_of_issues(issues: Iterable[Issue]) -> Counter[Line]:
    """What the reports say, in the same form."""
    lines: Counter[Line] = Counter()
    for issue in issues:
        there = {each.side: each.id for each in issue.versions if each.presence is not Presence.GONE}
        is_write = issue.kind in _OF_A_WRITE
        lines[
            str(issue.item.process),
            str(_OF_A_WRITE[issue.kind] if is_write else _OF_THE_ITEM[issue.kind]),
            f"{issue.side}/{issue.action}" if is_write else "",
            issue.item.title,
            there.get(Side.OUTLOOK, ""),
            there.get(Side.SALESFORCE, ""),
            "" if issue.kind is IssueKind.READY else issue.sentence,
        ] += 1
    return lines
