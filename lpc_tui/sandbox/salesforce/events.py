"""How an event's times hang together, and what an event may not be. Called by `org` before each save of an Event.

Start and duration are the stored pair; everything else about time is derived from them. Whole-day events hold
dates as midnights in UTC, and their end is inclusive: one day ends on the midnight it starts on. Source:
Object Reference, Event.
"""

from datetime import UTC, date, datetime, timedelta

from lpc_tui.sandbox.salesforce.activities import is_old_event, settle_relations
from lpc_tui.sandbox.salesforce.errors import SalesforceError, field_integrity, missing_fields
from lpc_tui.sandbox.salesforce.instants import from_wire, midnight, wire_second
from lpc_tui.sandbox.salesforce.rules import Change

DAY = 1440
"""Minutes of a day, and the longest event of an org without multi-day events."""

LONGEST = 14 * DAY
"""Minutes of the longest event."""

_REMINDER_FIELDS = frozenset({"IsReminderSet", "ReminderDateTime"})


def settle_event(change: Change) -> None:
    """Derive times, account and archive mark; refuse what contradicts itself."""
    _check_invitee_copy(change)
    start = _start(change)
    _write_times(change, start, _minutes(change, start))
    _check_privacy(change)
    settle_relations(change)
    if change.row["IsArchived"]:
        change.row["IsArchived"] = is_old_event(change.row, change.now)


def _check_invitee_copy(change: Change) -> None:
    """Of an invitee's copy of somebody's group event only the reminder is the invitee's."""
    if change.before is not None and change.before["IsChild"] and not change.given.keys() <= _REMINDER_FIELDS:
        raise SalesforceError(
            403,
            "INSUFFICIENT_ACCESS_OR_READONLY",
            "insufficient access rights on object id",
            sorted(change.given.keys() - _REMINDER_FIELDS),
        )


def _check_privacy(change: Change) -> None:
    related = [name for name in ("WhoId", "WhatId") if change.row[name]]
    if change.row["IsPrivate"] and related:
        raise field_integrity("A private event cannot be related to other records", *related)


def _start(change: Change) -> datetime:
    """The start that the call means, from whichever of its three fields it gave."""
    given, is_all_day = change.given, change.row["IsAllDayEvent"]
    instants = {given[name] for name in ("StartDateTime", "ActivityDateTime") if given.get(name)}
    day = given.get("ActivityDate")
    if len(instants) > 1:
        raise field_integrity("StartDateTime and ActivityDateTime must be the same", "ActivityDateTime")
    if instants:
        start = from_wire(instants.pop())
    elif is_all_day and day:
        start = midnight(date.fromisoformat(day))
    elif change.before is not None and "StartDateTime" not in given and "ActivityDateTime" not in given:
        start = from_wire(change.before["StartDateTime"])
    else:
        raise missing_fields("StartDateTime")
    if is_all_day:
        # The date as it reads in UTC, whatever offset it came with: a local midnight east of Greenwich is the day before.
        start = midnight(start.astimezone(UTC).date())
    if day and date.fromisoformat(day) != start.date():
        raise field_integrity("ActivityDate must be the date of StartDateTime", "ActivityDate")
    return start


def _minutes(change: Change, start: datetime) -> int:
    """The duration that the call means, checked against its end and the longest allowed."""
    culprit = _culprit(change)
    end, minutes = change.given.get("EndDateTime"), change.given.get("DurationInMinutes")
    is_all_day = change.row["IsAllDayEvent"]
    if minutes is None and end is None:
        minutes = _unchanged_minutes(change, culprit)
    if minutes is not None and is_all_day and minutes >= 0:
        minutes = max(1, -(-minutes // DAY)) * DAY
    if end is not None:
        by_end = _minutes_until(from_wire(end), start, is_all_day)
        if minutes is not None and minutes != by_end:
            raise field_integrity(
                "EndDateTime does not agree with StartDateTime and DurationInMinutes", culprit
            )
        minutes = by_end
    return _checked(minutes, change, culprit)


def _culprit(change: Change) -> str:
    """The field that errors name: from 39.0 the end, when the call gave no duration."""
    if change.version >= 39.0 and change.given.get("DurationInMinutes") is None:
        return "EndDateTime"
    return "DurationInMinutes"


def _unchanged_minutes(change: Change, culprit: str) -> int:
    cleared = "EndDateTime" in change.given or "DurationInMinutes" in change.given
    if change.before is not None and not cleared:
        return int(change.before["DurationInMinutes"])
    if change.row["IsAllDayEvent"]:
        return DAY
    raise missing_fields(culprit)


def _minutes_until(end: datetime, start: datetime, is_all_day: bool) -> int:
    if is_all_day:
        return ((end.astimezone(UTC).date() - start.date()).days + 1) * DAY
    return int((end - start) // timedelta(minutes=1))


def _checked(minutes: int | None, change: Change, culprit: str) -> int:
    assert minutes is not None
    if minutes < 0 or (change.row["IsAllDayEvent"] and minutes < DAY):
        raise field_integrity("Event duration can not be negative", culprit)
    if not change.options.multiday_events and minutes > DAY:
        raise field_integrity(f"Duration must be between 0 and {DAY} minutes", culprit)
    if minutes > LONGEST:
        raise field_integrity("Event duration can not be longer than 14 days", culprit)
    return minutes


def _write_times(change: Change, start: datetime, minutes: int) -> None:
    row = change.row
    # An all-day event's last day is part of it.
    inclusive = timedelta(days=1) if row["IsAllDayEvent"] else timedelta(0)
    end = start + timedelta(minutes=minutes) - inclusive
    row["StartDateTime"] = row["ActivityDateTime"] = wire_second(start)
    row["EndDateTime"] = wire_second(end)
    row["DurationInMinutes"] = minutes
    row["ActivityDate"] = start.astimezone(UTC).date().isoformat()
    if "EndDate" in row:
        row["EndDate"] = end.astimezone(UTC).date().isoformat()
