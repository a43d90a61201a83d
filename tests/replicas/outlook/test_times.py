"""Times both ways: instants across clock changes, and whole days that no zone may shift."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.model.items import AllDay, Timed, When
from lpc_tui.replicas.outlook.times import graph_zone_name, read_when, utc_text, written_when

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Pacific/Pago_Pago", "America/New_York", "UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Tongatapu"]

days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
instants = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
whens: st.SearchStrategy[When] = st.one_of(
    st.builds(lambda first, more: AllDay(first, first + timedelta(days=more)), days, st.integers(0, 40)),
    st.builds(
        lambda start, more: Timed(start, start + timedelta(seconds=more)), instants, st.integers(0, 10**6)
    ),
)


@given(whens, st.sampled_from(ZONES))
def test_what_is_written_is_what_is_read(when: When, zone: str) -> None:
    place = ZoneInfo(zone)
    assert read_when(written_when(when, graph_zone_name(place)), place) == when


@pytest.mark.parametrize("zone", ZONES)
def test_midnights_are_dates_whatever_the_zone(zone: str) -> None:
    record = {
        "isAllDay": True,
        "originalStartTimeZone": "Tokyo Standard Time",
        "start": {"dateTime": "2026-03-29T00:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-03-31T00:00:00.0000000", "timeZone": "UTC"},
    }
    assert read_when(record, ZoneInfo(zone)) == AllDay(date(2026, 3, 29), date(2026, 3, 30))


@pytest.mark.parametrize("hours", range(-11, 14))
def test_a_day_that_comes_as_an_instant_is_the_day_it_was_made_for(hours: int) -> None:
    """Not documented to happen; a midnight that was moved to UTC is moved back by the zone it was made in."""
    name = f"Etc/GMT{-hours:+d}" if hours else "UTC"
    midnight = datetime(2026, 7, 10, tzinfo=timezone(timedelta(hours=hours))).astimezone(UTC)
    record = {
        "isAllDay": True,
        "originalStartTimeZone": name,
        "start": {"dateTime": utc_text(midnight)[:-1] + ".0000000", "timeZone": "UTC"},
        "end": {"dateTime": utc_text(midnight + timedelta(days=1))[:-1] + ".0000000", "timeZone": "UTC"},
    }
    assert read_when(record, BERLIN) == AllDay(date(2026, 7, 10), date(2026, 7, 10))
    unknown = {**record, "originalStartTimeZone": "tzone://Microsoft/Custom"}
    assert read_when(unknown, ZoneInfo(name)) == AllDay(date(2026, 7, 10), date(2026, 7, 10))


@pytest.mark.parametrize(
    ("local", "zone", "utc"),
    [
        ("2026-03-29T01:59:59.0000000", "W. Europe Standard Time", "2026-03-29T00:59:59Z"),
        ("2026-03-29T03:00:00.0000000", "W. Europe Standard Time", "2026-03-29T01:00:00Z"),
        ("2026-10-25T03:00:00.0000000", "Europe/Berlin", "2026-10-25T02:00:00Z"),
        ("2026-10-25T00:30:00.9999999", "UTC", "2026-10-25T00:30:00Z"),
        ("2026-10-25T01:30:00", "tzone://Microsoft/Utc", "2026-10-25T01:30:00Z"),
    ],
)
def test_instants_around_clock_changes(local: str, zone: str, utc: str) -> None:
    there = {"dateTime": local, "timeZone": zone}
    when = read_when({"start": there, "end": there}, BERLIN)
    assert isinstance(when, Timed)
    assert utc_text(when.start) == utc


def test_an_event_that_ends_before_its_first_day_is_over_is_one_day() -> None:
    there = {"dateTime": "2026-03-29T00:00:00", "timeZone": "UTC"}
    day = date(2026, 3, 29)
    assert read_when({"isAllDay": True, "start": there, "end": there}, BERLIN) == AllDay(day, day)


def test_a_zone_without_a_windows_name_writes_days_in_utc() -> None:
    assert graph_zone_name(BERLIN) == "W. Europe Standard Time"
    assert graph_zone_name(ZoneInfo("Antarctica/Troll")) == "UTC"
