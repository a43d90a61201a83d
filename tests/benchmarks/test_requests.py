"""The benchmark itself: that it plays what it says, counts by service, and tells a missed goal."""

from __future__ import annotations

import pytest

from lpc_tui.model.items import Process
from tests.benchmarks.floors import Floor, Goal, first
from tests.benchmarks.jobs import Cost, Measure, first_syncs, small_changes
from tests.benchmarks.report import markdown, row


def measure(process: Process, *, most: int) -> Measure:
    goal = Goal(Floor(1, 1), most)
    return Measure(process, "nothing changed", goal, Cost(1, 0), Cost(2, 0), seconds=0.5)


def test_the_floor_of_a_first_sync_is_what_is_read_and_what_is_written() -> None:
    assert first(1000, 0).floor == Floor(1, 5)
    assert first(0, 1000).floor == Floor(50, 2)
    assert first(500, 500).floor == Floor(26, 4)


def test_one_request_too_many_misses_the_goal() -> None:
    assert "missed" not in row(measure(Process.TASK, most=3))
    assert "missed" in row(measure(Process.TASK, most=2))


def test_the_markdown_has_the_processes_side_by_side() -> None:
    measures = [
        measure(Process.CALENDAR, most=3),
        measure(Process.TASK, most=2),
        measure(Process.TASK, most=3),
    ]
    assert markdown(measures).splitlines() == [
        "| run | calendar | task | floor | goal |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| nothing changed | 3 (1 + 2) | **3** (1 + 2) | 2 | 2 to 3 |",
        "| nothing changed |  | 3 (1 + 2) | 2 | 3 |",
    ]


@pytest.mark.parametrize("process", Process)
async def test_a_run_over_few_changes_costs_the_same_among_more_items(process: Process) -> None:
    few, more = [[each.requests async for each in small_changes(process, count)] for count in (40, 80)]
    assert few == more


async def test_a_first_sync_sends_each_new_outlook_item_as_a_part_of_a_batch() -> None:
    parts = {each.job: each.graph.parts async for each in first_syncs(Process.TASK, 40)}
    introduced = 2  # whose mailbox, and which list
    assert parts["first sync of 40, Salesforce to Outlook"] == introduced + 40
    assert parts["first sync of 40, Outlook to Salesforce"] == introduced
    assert parts["first sync of 40, both ways"] == introduced + 20
