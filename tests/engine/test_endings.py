"""However a run ends, the stream of its events ends with how, and nothing that was sent is forgotten."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from lpc_tui.engine.events import Noticed, Outcome, RunFinished
from lpc_tui.errors import StateError, UnreachableError
from lpc_tui.model.items import Side
from lpc_tui.replicas import base
from lpc_tui.replicas.memory import MemoryReplica
from lpc_tui.state.store import read_latest_runs
from tests.engine.world import World, event


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def ending(world: World) -> tuple[Outcome, int]:
    """How the last event of the last run says that it ended."""
    last = world.events[-1]
    assert isinstance(last, RunFinished)
    return last.outcome, last.exit_code


def notices(world: World) -> list[str]:
    return [each.text for each in world.events if isinstance(each, Noticed)]


def refuse_in_state_file(world: World, what: str) -> None:
    """From now on the state file cannot do `what` ('INSERT ON run'), as if the disk were full."""
    trigger = f"CREATE TRIGGER full BEFORE {what} BEGIN SELECT RAISE(FAIL, 'the disk is full'); END"
    with closing(sqlite3.connect(world.folder / "state.db")) as connection:
        connection.execute(trigger)


def free_state_file(world: World) -> None:
    with closing(sqlite3.connect(world.folder / "state.db")) as connection:
        connection.execute("DROP TRIGGER full")


def down(what: str) -> None:
    """A service that goes down at the first write.

    Raises:
        UnreachableError: at a write.
    """
    if what.endswith(":write"):
        raise UnreachableError("No answer.", "Run again.")


def broken(what: str) -> None:
    """A bug of ours that shows at the first write.

    Raises:
        ZeroDivisionError: at a write.
    """
    if what.endswith(":write"):
        raise ZeroDivisionError("a bug")


class Unclosable(MemoryReplica):
    """Fails to close on one side."""

    closed: list[Side]

    async def close(self) -> None:
        if self.side is Side.OUTLOOK:
            raise OSError("the socket is gone")
        self.closed.append(self.side)


async def test_a_replica_that_cannot_be_closed_hides_neither_the_others_nor_the_ending(world: World) -> None:
    Unclosable.closed = []
    world.replica = Unclosable
    world.outlook.add(**event())
    assert (await world.sync()).exit_code == 0
    assert ending(world) == (Outcome.OK, 0)
    assert Unclosable.closed == [Side.SALESFORCE]
    assert notices(world) == ["A connection could not be closed: OSError: the socket is gone"]
    world.outlook.add(**event("Another"))
    world.before_request = down
    result = await world.sync()
    assert (result.exit_code, str(result.error)) == (5, "No answer. Run again.")
    assert ending(world) == (Outcome.ABORTED, 5)


async def test_a_history_that_cannot_be_finished_is_told_and_loses_nothing(world: World) -> None:
    await world.sync()
    world.outlook.add(**event())
    refuse_in_state_file(world, "UPDATE ON run")
    result = await world.sync()
    assert isinstance(result.error, StateError)
    assert (result.outcome, result.exit_code) == ending(world) == (Outcome.ABORTED, 2)
    assert notices(world) == [str(result.error)]
    assert "the disk is full" in notices(world)[0]
    free_state_file(world)
    written = world.writes()
    assert (await world.sync()).exit_code == 0
    assert (world.agree(), world.writes()) == (True, written)


async def test_what_stopped_the_run_first_is_what_it_ends_with(world: World) -> None:
    await world.sync()
    world.outlook.add(**event())
    world.before_request = down
    refuse_in_state_file(world, "UPDATE ON run")
    result = await world.sync()
    assert isinstance(result.error, UnreachableError)
    assert ending(world) == (Outcome.ABORTED, 5)


async def test_a_journal_that_cannot_be_kept_stops_the_run_before_anything_is_sent(world: World) -> None:
    await world.sync()
    world.outlook.add(**event())
    refuse_in_state_file(world, "INSERT ON operation")
    result = await world.sync()
    assert isinstance(result.error, StateError)
    assert ending(world) == (Outcome.ABORTED, 2)
    assert world.writes() == 0


async def test_a_run_that_cannot_be_opened_announces_nothing(world: World) -> None:
    await world.sync()
    refuse_in_state_file(world, "INSERT ON run")
    with pytest.raises(StateError, match="the disk is full"):
        await world.sync()
    assert world.events == []


@pytest.mark.parametrize("is_full", [False, True], ids=["", "and the disk is full"])
async def test_a_bug_ends_the_stream_and_comes_to_the_caller(world: World, is_full: bool) -> None:
    await world.sync()
    world.outlook.add(**event())
    world.before_request = broken
    if is_full:
        refuse_in_state_file(world, "UPDATE ON run")
    with pytest.raises(ZeroDivisionError, match="a bug"):
        await world.sync()
    assert ending(world) == (Outcome.ABORTED, 1)
    if not is_full:
        assert read_latest_runs(world.folder / "state.db")[0].outcome == "aborted"
        world.before_request = lambda _what: None
        assert (await world.sync()).exit_code == 0
        assert len(world.salesforce.items) == 1


class Held(MemoryReplica):
    """Its service does the work of a write at once; the answer is held up in a thread."""

    done: threading.Event
    answer: threading.Event

    async def write(
        self, writes: Sequence[base.Write], scope: base.Scope, sending: base.Sending
    ) -> AsyncIterator[Sequence[base.Outcome]]:
        async for outcomes in super().write(writes, scope, sending):
            self.done.set()
            await asyncio.to_thread(self.answer.wait)
            yield outcomes


@pytest.fixture
def held(world: World) -> World:
    """A world with more to write than fits into one request, whose answers are held up."""
    Held.done, Held.answer = threading.Event(), threading.Event()
    world.replica = Held
    for number in range(Held.batch + 5):
        world.outlook.add(**event(f"Nr {number}", number))
    return world


async def under_way(world: World) -> asyncio.Task[object]:
    """A run whose first write is done, and not answered yet."""
    task: asyncio.Task[object] = asyncio.create_task(world.sync())
    await asyncio.to_thread(Held.done.wait)
    return task


async def test_when_its_task_is_cancelled_the_write_under_way_is_recorded_and_is_the_last(
    held: World,
) -> None:
    task = await under_way(held)
    task.cancel()
    await asyncio.sleep(0)
    Held.answer.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ending(held) == (Outcome.CANCELLED, 130)
    assert len(held.salesforce.items) == Held.batch
    assert (await held.sync()).exit_code == 0
    assert notices(held) == []  # nothing was left open in the journal
    assert (held.agree(), len(held.salesforce.items)) == (True, Held.batch + 5)


async def test_torn_from_its_record_a_write_is_found_again_and_not_doubled(held: World) -> None:
    task = await under_way(held)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ending(held) == (Outcome.CANCELLED, 130)
    Held.answer.set()
    assert (await held.sync()).exit_code == 0
    assert f"interrupted in {Held.batch} writes: {Held.batch} had happened" in notices(held)[0]
    assert (held.agree(), len(held.salesforce.items)) == (True, Held.batch + 5)
