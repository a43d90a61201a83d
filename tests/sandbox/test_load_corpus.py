"""Every calendar file that the calendar libraries carry among their own tests: each loads or is reported, none crashes.

Those files are not ours to copy; they lie in the installed packages. Where a package comes without its tests, there is
nothing to load.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from lpc_tui.sandbox.load.files import load_files
from lpc_tui.sandbox.load.report import FileReport
from lpc_tui.sandbox.sample import Worlds, empty_worlds
from tests.sandbox.conftest import NOW, TODAY

_BERLIN = ZoneInfo("Europe/Berlin")

FILES = sorted(
    path
    for package in (icalendar, recurring_ical_events)
    for path in Path(str(package.__file__)).parent.rglob("*.ics")
)
NAMES = {path: f"{path.parent.name}/{path.name}" for path in FILES}

OTHERWISE = {
    "issue_18_cancel_status.ics": "the library still lists a cancelled event",
    "event_with_recurrence.ics": "the library takes a floating series with excluded instants in UTC for one in UTC",
}
"""Files that we read otherwise than the library does, and why."""


def _loaded(path: Path) -> tuple[Worlds, FileReport]:
    worlds = empty_worlds(clock=lambda: NOW, seed=1)
    return worlds, load_files([path], worlds.mailbox, worlds.org, today=TODAY).files[0]


def test_every_file_loads_or_is_reported() -> None:
    if not FILES:
        pytest.skip("the installed packages carry no test files")
    total: Counter[str] = Counter()
    for path in FILES:
        worlds, report = _loaded(path)
        assert report.loaded or report.skipped, path
        assert all(skipped.what and skipped.why for skipped in report.skipped), path
        assert worlds.mailbox.outbox == [], path
        assert len(worlds.mailbox.events()) >= report.series, path
        total.update(files=1, events=report.events, series=report.series, skipped=len(report.skipped))
    assert total["series"] > 150
    assert total["events"] > 500


def test_the_calendar_shows_what_the_library_lists() -> None:
    """What was loaded whole is on the days and at the hours that the library's own expansion names."""
    differing: dict[str, object] = {}
    compared = 0
    for path in FILES:
        worlds, report = _loaded(path)
        is_whole = (report.events or report.series) and not report.skipped and not report.notes
        listing = _listed(path) if is_whole and path.name not in OTHERWISE else None
        if listing is None:
            continue
        compared += 1
        listed, span = listing
        shown = _shown(worlds, span)
        if _inside(shown, span) != _inside(listed, span):
            differing[NAMES[path]] = {"missing": listed - shown, "too many": shown - listed}
    assert not differing
    assert compared > 100 or not FILES


def _shown(worlds: Worlds, span: tuple[dt.date, dt.date]) -> Counter[tuple[str, str]]:
    """Starts and ends as the mailbox has them."""
    begin, end = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in span)
    shown: Counter[tuple[str, str]] = Counter()
    for each in worlds.mailbox.calendar_view(begin, end):
        length = 10 if each["isAllDay"] else 19
        shown[each["start"]["dateTime"][:length], each["end"]["dateTime"][:length]] += 1
    return shown


def _listed(path: Path) -> tuple[Counter[tuple[str, str]], tuple[dt.date, dt.date]] | None:
    """Starts and ends by the library, and the days they were asked for; None if it does not read the file as a whole."""
    try:
        calendars = icalendar.Calendar.from_ical(path.read_bytes(), multiple=True)
    except ValueError:
        return None
    starts = [
        _day(event.start)
        for calendar in calendars
        for event in calendar.walk("VEVENT")
        if isinstance(event, icalendar.Event)
    ]
    begin = min(starts) - dt.timedelta(days=5)
    end = min(begin + dt.timedelta(days=500), max(starts) + dt.timedelta(days=300))
    listed: Counter[tuple[str, str]] = Counter()
    for calendar in calendars:
        zone = ZoneInfo(str(calendar["X-WR-TIMEZONE"])) if "X-WR-TIMEZONE" in calendar else _BERLIN
        for event in recurring_ical_events.of(calendar).between(begin, end):
            last = event.end
            if not isinstance(event.start, dt.datetime):
                last = max(last, event.start + dt.timedelta(days=1))
            listed[_text(event.start, zone), _text(last, zone)] += 1
    return listed, (begin, end)


def _inside(found: Counter[tuple[str, str]], span: tuple[dt.date, dt.date]) -> dict[tuple[str, str], int]:
    """Without what lies at the span's edges, where the zones decide what is in."""
    begin, end = span[0].isoformat(), (span[1] - dt.timedelta(days=2)).isoformat()
    return {times: count for times, count in found.items() if begin < times[0][:10] < end}


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _text(moment: dt.date, zone: ZoneInfo) -> str:
    if not isinstance(moment, dt.datetime):
        return moment.isoformat()
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.astimezone(dt.UTC).replace(tzinfo=None).isoformat()


def _spoiled() -> Iterator[bytes]:
    """Files with a random stretch cut out, doubled or overwritten."""
    rng = random.Random(7)
    for path in rng.sample(FILES, min(60, len(FILES))):
        content = path.read_bytes()
        at, length = rng.randrange(max(1, len(content))), rng.randrange(1, 60)
        yield content[:at] + content[at + length :]
        yield content[:at] + content[at : at + length] * 2 + content[at + length :]
        yield content[:at] + rng.randbytes(length) + content[at + length :]


def test_spoiled_files_never_crash(tmp_path: Path) -> None:
    path = tmp_path / "spoiled.ics"
    for content in _spoiled():
        path.write_bytes(content)
        _, report = _loaded(path)
        assert report.loaded or report.skipped
