"""When the Auto Background Sync runs next, by the settings and by what has run so far.

Pure: the clock, the zone and the past are handed in. `watch` runs by it; `lpc-tui auto status` and the UI show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from lpc_tui.engine.events import Outcome
from lpc_tui.errors import ServiceError
from lpc_tui.model.items import Process
from lpc_tui.settings import AutoSyncSettings, Settings
from lpc_tui.settings_values import minute_of_day
from lpc_tui.state.rows import RunRecord

__all__ = ["Attempt", "Turn", "every_minutes", "last_attempts", "turns"]

_CARRIED_OUT: Final = frozenset({Outcome.OK, Outcome.PARTIAL})
RETRY: Final = timedelta(minutes=5)
"""After a run that a service cut short, the next one comes after this much at the latest."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The latest run that a process took part in."""

    at: datetime
    """Aware; when it began."""
    is_whole: bool
    """It ended by itself; False: a service gave up midway, it was killed, or it still runs."""
    has_synced: bool
    """This or an earlier run of the process was carried out."""


@dataclass(frozen=True, slots=True)
class Turn:
    """When a process is due, or why it never is."""

    process: Process
    at: datetime | None
    """Aware UTC; not after now: it is due. None: the background sync leaves it alone."""
    why_not: str = ""
    """A sentence, where `at` is None."""


def turns(
    settings: Settings, past: Mapping[Process, Attempt], now: datetime, zone: tzinfo
) -> tuple[Turn, ...]:
    """What the background sync does next with each process.

    Args:
        past: the processes that have run, with their latest run.
        now: aware.
        zone: the computer's; the part of the day is in it.
    """
    return tuple(_turn(settings, process, past.get(process), now, zone) for process in Process)


def last_attempts(latest: Iterable[RunRecord]) -> Mapping[Process, Attempt]:
    """How each process stands; `latest` as the state file's `latest_runs` gives it."""
    found: dict[Process, Attempt] = {}
    for run in latest:
        is_carried_out = run.outcome in _CARRIED_OUT
        for process in run.processes:
            seen = found.get(process)
            if seen is None:
                is_whole = run.exit_code not in {None, ServiceError.exit_code}
                found[process] = Attempt(run.started_at, is_whole, is_carried_out)
            elif is_carried_out and not seen.has_synced:
                found[process] = replace(seen, has_synced=True)
    return found


def every_minutes(chosen: AutoSyncSettings, process: Process) -> int:
    """How often a process is synced in the background."""
    return {
        Process.CALENDAR: chosen.calendar_every_minutes,
        Process.CONTACT: chosen.contact_every_minutes,
        Process.TASK: chosen.task_every_minutes,
    }[process]


def _turn(settings: Settings, process: Process, latest: Attempt | None, now: datetime, zone: tzinfo) -> Turn:
    chosen = settings.auto_sync
    if not chosen.enabled:
        return Turn(process, None, "The Auto Background Sync is off.")
    if not settings.sync.of(process).include_in_background_sync:
        return Turn(process, None, f"{process.label} is not included in the background sync.")
    if latest is None or not latest.has_synced:
        return Turn(
            process,
            None,
            f"{process.label} has not been synchronized by hand yet: the first sync wants your review.",
        )
    wait = timedelta(minutes=every_minutes(chosen, process))
    due = latest.at + (wait if latest.is_whole else min(wait, RETRY))
    return Turn(process, _in_its_part_of_the_day(max(due, now), chosen, zone))


def _in_its_part_of_the_day(at: datetime, chosen: AutoSyncSettings, zone: tzinfo) -> datetime:
    """`at`, or the next beginning of the part of the day, in UTC."""
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    begin, end = minute_of_day(chosen.start_time), minute_of_day(chosen.end_time)
    if begin <= minute < end:
        return at.astimezone(UTC)
    day = local.date() if minute < begin else local.date() + timedelta(days=1)
    opening = datetime.combine(day, time(begin // 60, begin % 60), tzinfo=zone)
    return opening.astimezone(UTC)
