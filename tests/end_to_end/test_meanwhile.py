"""Somebody edits an item while a run is about to write it: just before any of the requests that the run sends there.

However late it is, that edit is not overwritten: the item goes back to the next run. Only To Do knows no conditional write
(it ignores `If-Match`), so there it is a look right before the write that tells; what comes between those two is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lpc_tui.model.items import Process, Side, Value
from lpc_tui.sandbox.faults import Latency
from lpc_tui.sandbox.faults.kinds import Service
from lpc_tui.sandbox.sample import empty_worlds
from lpc_tui.sandbox.server import Sandbox
from tests.end_to_end.hands import EDITS
from tests.end_to_end.pairs import ONE, paired
from tests.end_to_end.rehearsal import Rehearsal, Times

SERVICES: dict[Side, Service] = {Side.OUTLOOK: "graph", Side.SALESFORCE: "salesforce"}
MOST_REQUESTS = 20


@dataclass
class Stage:
    """A rehearsal, and what somebody does when a request of it is held up."""

    rehearsal: Rehearsal
    act: Callable[[], None]


@pytest.fixture
def stage(tmp_path: Path, process: Process) -> Iterator[Stage]:
    times = Times()
    worlds = empty_worlds(clock=times, seed=1)

    async def held_up(_seconds: float) -> None:
        """Runs in the servers' loop, before the service sees the request."""
        with worlds.mailbox.lock, worlds.org.lock:
            played.act()

    with Sandbox(worlds.mailbox, worlds.org, sleep=held_up) as sandbox:
        played = Stage(Rehearsal(sandbox, worlds, tmp_path, times, process=process), lambda: None)
        yield played


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("process", list(Process))
async def test_an_edit_made_just_before_any_request_is_not_overwritten(
    stage: Stage, process: Process, side: Side
) -> None:
    """Of the very field that the run is about to write, on the side that it writes to."""
    field = ONE[process]
    taken_across, typed = EDITS[process][field]
    lost = []
    for nth in range(1, MOST_REQUESTS):
        shown = await _shown_after(stage, side, field, taken_across, typed, nth)
        if shown is None:
            break
        if shown != typed:
            lost.append(nth)
    assert nth > 2, "the run reads, and writes"
    unseen = 1 if (process, side) == (Process.TASK, Side.OUTLOOK) else 0
    assert len(lost) <= unseen, lost


async def _shown_after(
    stage: Stage, side: Side, field: str, taken_across: Value, typed: Value, nth: int
) -> Value | None:
    """What the side shows in the end, if somebody types while its `nth` request is held up; None: there is no such one."""
    rehearsal, faults = stage.rehearsal, stage.rehearsal.sandbox.faults
    pair = await paired(rehearsal, f"Item {nth}")
    pair.edit(side.other, **{field: taken_across})
    stage.act = lambda: rehearsal.hands(side).edit(pair.ids[side], **{field: typed})
    held_up = Latency(service=SERVICES[side], seconds=1, nth=nth)
    faults.add(held_up)
    assert (await rehearsal.sync()).error is None
    was_struck = faults.struck(held_up) == 1
    faults.clear()
    assert (await rehearsal.sync()).error is None
    shown = pair.shows(side, field)
    # What is in conflict now is no part of the next turn.
    pair.delete(side)
    pair.delete(side.other)
    assert (await rehearsal.sync()).exit_code == 0
    return shown if was_struck else None
