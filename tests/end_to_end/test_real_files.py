"""Calendars that others wrote: every `.ics` file in the calendar libraries' own tests, loaded and synced.

The files stay where they are installed. They reach from 1970 to the far future, and a sync covers five years at most, so
each is synced in the years in which most of its events lie. Run with `-s` to see the figures, file by file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lpc_tui.engine.events import Status
from lpc_tui.model.items import Process, Side
from lpc_tui.sandbox.load.files import load_files
from lpc_tui.sandbox.load.report import FileReport, LoadReport
from lpc_tui.sandbox.sample import empty_worlds
from tests.end_to_end.rehearsal import Rehearsal, rehearsing
from tests.sandbox.test_load_corpus import FILES, NAMES

SPAN_DAYS = 900
"""Before and after the middle of the years that a group of files is synced in."""


def grouped_by_years() -> dict[int, list[Path]]:
    """The files by the middle year of the four in which most of their events begin."""
    groups: dict[int, list[Path]] = defaultdict(list)
    for path in FILES:
        worlds = empty_worlds(clock=lambda: datetime(2020, 1, 1, tzinfo=UTC), seed=1)
        load_files([path], worlds.mailbox, worlds.org, today=date(2020, 1, 1))
        years = Counter(int(event["start"]["dateTime"][:4]) // 4 * 4 + 2 for event in worlds.mailbox.events())
        if years:
            groups[years.most_common(1)[0][0]].append(path)
        else:
            groups[2018].append(path)
    return groups


@pytest.mark.skipif(not FILES, reason="the installed calendar libraries carry no test files")
async def test_every_real_calendar_file_syncs_both_sides_agree_and_the_second_run_is_quiet(
    tmp_path: Path,
) -> None:
    reports: list[FileReport] = []
    synced = 0
    refused: list[str] = []
    for year, paths in sorted(grouped_by_years().items()):
        with rehearsing(tmp_path / str(year), now=datetime(year, 1, 1, 12, tzinfo=UTC)) as rehearsal:
            rehearsal.options = {"past_days": SPAN_DAYS, "future_days": SPAN_DAYS}
            report = load_files(paths, rehearsal.worlds.mailbox, rehearsal.worlds.org, today=date(year, 1, 1))
            reports += report.files
            synced += await synced_and_quiet(rehearsal, refused)
    tell(LoadReport(reports), synced, refused)
    assert len(reports) == len(FILES)
    assert synced > 1000


async def synced_and_quiet(rehearsal: Rehearsal, refused: list[str]) -> int:
    """Sync twice; returns how many events reached Salesforce. What it refuses is named, and all that differs."""
    first = await rehearsal.sync()
    counts = first.counts[Process.CALENDAR]
    failed = rehearsal.told(Status.FAILED)
    refused += [f"{event.item}: {event.reason}" for event in failed]
    assert counts.failed == len(failed)
    assert (counts.conflicts, first.error) == (0, None)
    differences = await rehearsal.differences()
    assert len(differences) == len(failed), "\n".join(differences)
    second = await rehearsal.sync()
    assert second.counts[Process.CALENDAR].writes == 0
    assert second.counts[Process.CALENDAR].failed == len(failed)
    assert rehearsal.requests() <= 6, rehearsal.sent()
    assert rehearsal.worlds.mailbox.outbox == []
    return counts.created[Side.SALESFORCE]


def tell(report: LoadReport, synced: int, refused: list[str]) -> None:
    """The figures, for whoever runs this with `-s`."""
    print()
    for each in report.files:
        print(f"{NAMES[each.path]}: {each.events} events, {each.series} series, {len(each.skipped)} skipped")
        for what, why in each.skipped:
            print(f"    {what}: {why}")
    print(
        f"{len(report.files)} files, {report.total('events')} events, {report.total('series')} series;",
        end=" ",
    )
    print(f"{report.skipped} things skipped; {synced} events and occurrences synced; {len(refused)} refused:")
    for line in refused:
        print(f"    {line}")
