"""When the background sync is due: the boxes, the intervals, the part of the day, what ran before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.auto.schedule import Attempt, last_attempts, turns
from lpc_tui.model.items import Process
from lpc_tui.settings_check import check
from lpc_tui.state.rows import RunRecord

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
WORKDAY: Mapping[str, Any] = {"start_time": "08:00", "end_time": "18:00"}
WHOLE = Attempt(NOW - timedelta(minutes=10), is_whole=True, has_synced=True)


def due(
    now: datetime = NOW, *, included: bool = True, latest: Attempt | None = WHOLE, **auto: Any
) -> tuple[datetime | None, str]:
    """When the calendar is due, and why never."""
    settings = check(
        {
            "auto_sync": {"enabled": True, **auto},
            "sync": {"calendar": {"include_in_background_sync": included}},
        }
    )
    past = {} if latest is None else {Process.CALENDAR: latest}
    turn = next(turn for turn in turns(settings, past, now, ZONE) if turn.process is Process.CALENDAR)
    return turn.at, turn.why_not


def test_it_is_due_when_its_interval_has_passed() -> None:
    assert due(calendar_every_minutes=30)[0] == NOW + timedelta(minutes=20)
    assert due(calendar_every_minutes=10)[0] == NOW


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"enabled": False}, "is off"),
        ({"included": False}, "not included"),
        ({"latest": None}, "by hand"),
        ({"latest": Attempt(NOW, is_whole=True, has_synced=False)}, "by hand"),
    ],
)
def test_what_takes_no_part_says_why(options: dict[str, Any], words: str) -> None:
    at, why = due(**options)
    assert at is None
    assert words in why


def test_after_a_run_that_a_service_cut_short_it_is_due_sooner_but_not_at_once() -> None:
    cut = Attempt(NOW, is_whole=False, has_synced=True)
    assert due(latest=cut, calendar_every_minutes=60)[0] == NOW + timedelta(minutes=5)
    assert due(latest=cut, calendar_every_minutes=5)[0] == NOW + timedelta(minutes=5)


def test_outside_of_its_part_of_the_day_it_waits_for_the_next_one() -> None:
    evening = datetime(2026, 3, 12, 17, 0, tzinfo=UTC)
    assert due(evening, **WORKDAY)[0] == datetime(2026, 3, 13, 7, 0, tzinfo=UTC)
    night = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
    assert due(night, latest=Attempt(night - timedelta(hours=9), True, True), **WORKDAY)[0] == datetime(
        2026, 3, 12, 7, 0, tzinfo=UTC
    )


def test_the_part_of_the_day_follows_the_wall_clock_through_a_clock_change() -> None:
    before = datetime(2026, 3, 28, 17, 30, tzinfo=UTC)
    assert due(before, **WORKDAY)[0] == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)


@given(
    st.integers(0, 365 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    st.integers(0, 1438),
    st.integers(1, 1440),
    st.integers(0, 3000),
)
def test_it_never_starts_outside_of_its_part_of_the_day_nor_before_its_interval(
    now: datetime, start: int, length: int, ago: int
) -> None:
    end = min(start + length, 1440)
    attempt = Attempt(now - timedelta(minutes=ago), is_whole=True, has_synced=True)
    at, _ = due(
        now,
        latest=attempt,
        start_time=f"{start // 60:02}:{start % 60:02}",
        end_time=f"{end // 60:02}:{end % 60:02}",
    )
    assert at is not None
    local = at.astimezone(ZONE)
    is_skipped_hour = local.fold == 0 and local.utcoffset() != (local - timedelta(hours=2)).utcoffset()
    assert start <= local.hour * 60 + local.minute < end or is_skipped_hour
    assert at >= now
    assert at >= attempt.at + timedelta(minutes=30)


def run(number: int, processes: tuple[Process, ...], outcome: str | None, exit_code: int | None) -> RunRecord:
    at = NOW + timedelta(minutes=number)
    return RunRecord(f"run-{number}", processes, at, at, outcome, exit_code, {})


def test_how_a_process_stands_is_told_by_its_latest_run_and_whether_any_was_carried_out() -> None:
    found = last_attempts(
        [
            run(5, (Process.CALENDAR,), "aborted", 5),
            run(4, (Process.TASK,), None, None),
            run(3, (Process.CALENDAR, Process.CONTACT), "partial", 1),
        ]
    )
    assert found == {
        Process.CALENDAR: Attempt(NOW + timedelta(minutes=5), is_whole=False, has_synced=True),
        Process.CONTACT: Attempt(NOW + timedelta(minutes=3), is_whole=True, has_synced=True),
        Process.TASK: Attempt(NOW + timedelta(minutes=4), is_whole=False, has_synced=False),
    }
