"""Values as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.model.field_map import CALENDAR
from lpc_tui.model.items import AllDay, Timed, Value
from lpc_tui.values import span_text, stamp_text, start_text, time_text, value_text

BERLIN = ZoneInfo("Europe/Berlin")
EVENING = Timed(datetime(2026, 3, 12, 22, 30, tzinfo=UTC), datetime(2026, 3, 12, 23, 30, tzinfo=UTC))


def test_times_are_on_the_persons_wall() -> None:
    assert start_text(EVENING, BERLIN) == "12 Mar 23:30"
    assert span_text(EVENING, BERLIN) == "12 Mar 2026 23:30 - 13 Mar 2026 00:30"


def test_all_day_items_are_dates_in_every_zone() -> None:
    days = AllDay(date(2026, 3, 1), date(2026, 3, 2))
    assert start_text(days, ZoneInfo("Pacific/Auckland")) == " 1 Mar"
    assert span_text(days, BERLIN) == "1 Mar 2026 - 2 Mar 2026, all day"
    assert span_text(AllDay(date(2026, 3, 1), date(2026, 3, 1)), BERLIN) == "1 Mar 2026, all day"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("subject", "", "-"),
        ("reminder", 15, "15 min before"),
        ("reminder", None, "-"),
        ("show_as", "oof", "oof"),
    ],
)
def test_each_kind_of_value_reads_well(name: str, value: Value, shown: str) -> None:
    spec = next(spec for spec in CALENDAR if spec.name == name)
    assert value_text(spec, value, BERLIN) == shown


def test_stamps_are_local() -> None:
    assert stamp_text(EVENING.start, BERLIN) == "2026-03-12 23:30"
    assert time_text(EVENING.start, BERLIN) == "23:30:00"
