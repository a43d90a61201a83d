"""Values as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.model.field_map import spec_of
from lpc_tui.model.items import AllDay, Process, Timed, Value
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
    ("process", "name", "value", "shown"),
    [
        (Process.CALENDAR, "subject", "", "-"),
        (Process.CALENDAR, "reminder", 15, "15 min before"),
        (Process.CALENDAR, "reminder", None, "-"),
        (Process.CALENDAR, "show_as", "oof", "out of office"),
        (Process.CONTACT, "email", "ada@acme.example", "ada@acme.example"),
        (Process.CONTACT, "birthday", date(1990, 3, 1), "1 Mar 1990"),
        (Process.TASK, "due", date(2026, 3, 12), "12 Mar 2026"),
        (Process.TASK, "status", "waitingOnOthers", "waiting on others"),
        (Process.TASK, "status", "Waiting on legal", "Waiting on legal"),
        (Process.TASK, "reminder", datetime(2026, 3, 12, 23, 30, tzinfo=UTC), "13 Mar 2026 00:30"),
    ],
)
def test_each_kind_of_value_reads_well(process: Process, name: str, value: Value, shown: str) -> None:
    assert value_text(spec_of(process, name), value, BERLIN) == shown


def test_stamps_are_local() -> None:
    assert stamp_text(EVENING.start, BERLIN) == "2026-03-12 23:30"
    assert time_text(EVENING.start, BERLIN) == "23:30:00"
