"""A calendar synced both ways over real HTTP: what a person meets in the first hour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lpc_tui.model.items import Process, Side
from tests.end_to_end.rehearsal import Rehearsal, rehearsing


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path, sample_seed=1) as rehearsal:
        yield rehearsal


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path) as rehearsal:
        yield rehearsal


async def test_the_sample_data_converges_and_the_second_run_is_quiet(sample: Rehearsal) -> None:
    first = await sample.sync()
    assert first.exit_code == 0, sample.told
    assert await sample.differences() == []
    second = await sample.sync()
    assert second.exit_code == 0
    assert second.counts[Process.CALENDAR].writes == 0
    assert sample.requests() <= 6
    assert sample.worlds.mailbox.outbox == []


async def test_a_preview_tells_what_the_run_then_does(sample: Rehearsal) -> None:
    preview = await sample.sync(is_dry_run=True)
    done = await sample.sync()
    assert preview.counts == done.counts


async def test_a_thousand_events_travel_in_five_and_fifty_requests(empty: Rehearsal) -> None:
    for number in range(1000):
        day = f"2026-{4 + number % 9:02d}-{1 + number % 28:02d}"
        empty.worlds.mailbox.create_event(
            {
                "subject": f"From Outlook {number}",
                "start": {"dateTime": f"{day}T10:00:00", "timeZone": "UTC"},
                "end": {"dateTime": f"{day}T11:00:00", "timeZone": "UTC"},
            }
        )
        empty.worlds.org.insert(
            "Event",
            {
                "Subject": f"From Salesforce {number}",
                "StartDateTime": f"{day}T12:00:00Z",
                "EndDateTime": f"{day}T13:00:00Z",
            },
        )
    result = await empty.sync()
    assert result.exit_code == 0
    assert result.counts[Process.CALENDAR].created == dict.fromkeys(Side, 1000)
    batches = [entry for entry in empty.sandbox.graph_log.entries if entry.is_write]
    collections = [
        entry
        for entry in empty.sandbox.salesforce_log.entries
        if entry.method == "POST" and entry.path.endswith("/composite/sobjects")
    ]
    assert len(batches) <= 50
    assert len(collections) <= 5
    assert await empty.differences() == []
    again = await empty.sync()
    assert again.counts[Process.CALENDAR].writes == 0
    assert empty.requests() <= 6
