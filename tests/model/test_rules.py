"""The synchronised days: whole days on the person's own wall, wherever that wall is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.model.items import AllDay, Side, Timed
from lpc_tui.model.rules import Action, Rules, Window

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
OFFSETS = range(-11, 14)
SECOND = timedelta(seconds=1)


def between(start: datetime, end: datetime) -> Timed:
    return Timed(start, end)


@pytest.mark.parametrize("hours", OFFSETS)
@pytest.mark.parametrize("hour", [0, 9, 23])
def test_the_window_is_whole_days_in_every_zone(hours: int, hour: int) -> None:
    zone = timezone(timedelta(hours=hours))
    now = NOW.replace(hour=hour)
    window = Window.around(now, zone, past_days=2, future_days=3)
    today = now.astimezone(zone).date()
    assert (window.first, window.last) == (today - timedelta(days=2), today + timedelta(days=3))
    assert window.end - window.start == timedelta(days=6)
    assert window.start.astimezone(zone).time() == datetime.min.time()
    assert window.start <= now < window.end


@pytest.mark.parametrize(
    ("zone", "now", "hours"),
    [
        ("Europe/Zurich", datetime(2026, 3, 29, 12, tzinfo=UTC), 23),
        ("Europe/Zurich", datetime(2026, 10, 25, 12, tzinfo=UTC), 25),
        ("America/New_York", datetime(2026, 3, 8, 12, tzinfo=UTC), 23),
        ("Australia/Lord_Howe", datetime(2026, 4, 5, 4, tzinfo=UTC), 24.5),
        ("America/Santiago", datetime(2026, 9, 6, 15, tzinfo=UTC), 23),
        ("America/Santiago", datetime(2026, 4, 4, 15, tzinfo=UTC), 25),
        ("Africa/Cairo", datetime(2026, 4, 24, 12, tzinfo=UTC), 23),
        ("Pacific/Apia", datetime(2011, 12, 31, 0, tzinfo=UTC), 24),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_today_alone_is_as_long_as_the_day_is(zone: str, now: datetime, hours: float) -> None:
    """Also where midnight itself is skipped (Santiago, Cairo) or comes twice."""
    window = Window.around(now, ZoneInfo(zone), past_days=0, future_days=0)
    assert window.end - window.start == timedelta(hours=hours)
    assert window.start.astimezone(ZoneInfo(zone)).date() == window.first
    assert (window.start - SECOND).astimezone(ZoneInfo(zone)).date() < window.first
    assert (window.end - SECOND).astimezone(ZoneInfo(zone)).date() == window.last


WINDOW = Window.around(NOW, ZoneInfo("Europe/Zurich"), past_days=1, future_days=30)


@pytest.mark.parametrize(
    ("start", "end", "is_covered"),
    [
        pytest.param(WINDOW.start, WINDOW.start, True, id="zero length at the beginning"),
        pytest.param(WINDOW.end, WINDOW.end, False, id="zero length at the end"),
        pytest.param(WINDOW.end - SECOND, WINDOW.end - SECOND, True, id="zero length just before the end"),
        pytest.param(WINDOW.start - SECOND, WINDOW.start, False, id="ends as it begins"),
        pytest.param(WINDOW.start - SECOND, WINDOW.start + SECOND, True, id="across the beginning"),
        pytest.param(WINDOW.end - SECOND, WINDOW.end + SECOND, True, id="across the end"),
        pytest.param(WINDOW.end, WINDOW.end + SECOND, False, id="begins as it ends"),
        pytest.param(WINDOW.start - SECOND, WINDOW.end + SECOND, True, id="longer than the window"),
    ],
)
def test_an_event_belongs_if_it_overlaps(start: datetime, end: datetime, *, is_covered: bool) -> None:
    assert WINDOW.covers(between(start, end)) is is_covered


@pytest.mark.parametrize(
    ("first", "last", "is_covered"),
    [
        (date(2026, 3, 9), date(2026, 3, 9), False),
        (date(2026, 3, 9), date(2026, 3, 10), True),
        (date(2026, 3, 10), date(2026, 3, 10), True),
        (date(2026, 4, 10), date(2026, 4, 10), True),
        (date(2026, 4, 10), date(2026, 4, 12), True),
        (date(2026, 4, 11), date(2026, 4, 11), False),
        (date(2026, 1, 1), date(2026, 12, 31), True),
    ],
)
def test_whole_days_belong_by_their_dates(first: date, last: date, *, is_covered: bool) -> None:
    assert WINDOW.covers(AllDay(first, last)) is is_covered


@pytest.mark.parametrize("hours", OFFSETS)
def test_whole_days_are_the_same_days_in_every_zone(hours: int) -> None:
    window = Window.around(NOW, timezone(timedelta(hours=hours)), past_days=0, future_days=0)
    today = window.first
    assert window.covers(AllDay(today, today))
    for days in (-1, 1):
        other = today + timedelta(days=days)
        assert not window.covers(AllDay(other, other))


def test_a_due_date_belongs_if_it_lies_in_it_and_none_always_does() -> None:
    assert WINDOW.covers(date(2026, 3, 10))
    assert WINDOW.covers(date(2026, 4, 10))
    assert not WINDOW.covers(date(2026, 3, 9))
    assert not WINDOW.covers(date(2026, 4, 11))
    assert WINDOW.covers(None)


def test_a_ticked_box_is_one_side_and_one_action() -> None:
    rules = Rules(prevent=frozenset({(Side.OUTLOOK, Action.DELETE)}))
    prevented = [(side, action) for side in Side for action in Action if rules.prevents(side, action)]
    assert prevented == [(Side.OUTLOOK, Action.DELETE)]
