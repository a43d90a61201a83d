"""The questions asked about events, as SOQL. Pure text, made only from ids, instants and days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from lpc_tui.model.rules import Window
from lpc_tui.replicas.salesforce.soql import day, instant, quoted, quoted_list

__all__ = ["by_ids", "changed_events", "count_events", "created_events", "events_in"]

_APPOINTMENTS = "IsChild = false AND IsRecurrence = false AND GroupEventType != '3'"
"""Not an invitee's copy of somebody's event, and not the pattern row of a series, classic or Lightning: none of them is an
appointment of its own. `!=` lets null through."""

_DAY = timedelta(days=1)


def events_in(window: Window | None, user: str, selected: Sequence[str]) -> str:
    """A person's own events in the window, and a few around it: what belongs exactly is the planner's to say.

    An all-day event is compared by its dates, with a day's margin: they are nobody's instants.
    """
    conditions = f"OwnerId = {quoted(user)} AND {_APPOINTMENTS}"
    if window is not None:
        timed = (
            f"IsAllDayEvent = false AND EndDateTime >= {instant(window.start)}"
            f" AND StartDateTime < {instant(window.end)}"
        )
        all_day = (
            f"IsAllDayEvent = true AND EndDate >= {day(window.first - _DAY)}"
            f" AND ActivityDate <= {day(window.last + _DAY)}"
        )
        conditions += f" AND (({timed}) OR ({all_day}))"
    return f"{_select(selected)} WHERE {conditions} ORDER BY StartDateTime, Id"


def changed_events(since: datetime, user: str, selected: Sequence[str], until: datetime | None = None) -> str:
    """A person's own events last written since then, wherever they lie now: an edit that leaves the window must be seen.

    Both ends are inclusive.
    """
    return f"{_select(selected)} WHERE {_written(since, until, user)} ORDER BY SystemModstamp, Id"


def count_events(since: datetime, until: datetime, user: str) -> str:
    """How many these are, as the query's total."""
    return f"{_select(['COUNT()'])} WHERE {_written(since, until, user)}"


def created_events(since: datetime, user: str, selected: Sequence[str]) -> str:
    """The events that a person made since then, whoever owns them now; the newest first."""
    return (
        f"{_select(selected)} WHERE CreatedById = {quoted(user)} AND {_APPOINTMENTS}"
        f" AND CreatedDate >= {instant(since)} ORDER BY CreatedDate DESC, Id DESC"
    )


def by_ids(ids: Sequence[str], selected: Sequence[str]) -> str:
    """These very events."""
    return f"{_select(selected)} WHERE Id IN {quoted_list(ids)}"


def _written(since: datetime, until: datetime | None, user: str) -> str:
    written = f"SystemModstamp >= {instant(since)}"
    if until is not None:
        written += f" AND SystemModstamp <= {instant(until)}"
    return f"OwnerId = {quoted(user)} AND {_APPOINTMENTS} AND {written}"


def _select(selected: Sequence[str]) -> str:
    return f"SELECT {','.join(selected)} FROM Event"
