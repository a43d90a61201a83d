"""After many writes a run reads past them, and nothing that goes wrong there can hurt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lpc_tui.engine.events import Noticed, Outcome, Status
from lpc_tui.engine.interface import Cancel
from lpc_tui.errors import UnreachableError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Outcome as Answer
from lpc_tui.replicas.base import Result, Scope, Write
from lpc_tui.replicas.memory import MemoryReplica
from tests.engine.world import World, event

MANY = 5


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("lpc_tui.engine.preparing.CATCH_UP_FROM", MANY - 1)
    made = World(tmp_path)
    for number in range(MANY):
        made.outlook.add(**event(f"event {number}", number))
    return made


def at_call(what: str, nth: int, then: Callable[[], None]) -> Callable[[str], None]:
    """Does something at the nth request of a kind."""
    calls = 0

    def count(asked: str) -> None:
        nonlocal calls
        calls += asked == what
        if asked == what and calls == nth:
            then()

    return count


async def test_only_the_side_that_was_written_much_is_read_again(world: World) -> None:
    world.salesforce.add(**event("from Salesforce", 9))
    read: list[str] = []
    world.before_request = read.append
    assert (await world.sync()).exit_code == 0
    assert read[-1] == "salesforce:read"
    assert (read.count("outlook:read"), read.count("salesforce:read")) == (1, 2)


async def test_a_few_writes_are_left_to_the_next_reading(world: World) -> None:
    world.outlook.delete("o1")
    read: list[str] = []
    world.before_request = read.append
    await world.sync()
    assert read.count("salesforce:read") == 1


class Forgetful(MemoryReplica):
    """Does all its work, but of one create it cannot say so."""

    def _one(self, write: Write, scope: Scope) -> Answer:
        outcome = super()._one(write, scope)
        is_lost = write.action is Action.CREATE and write.fields["subject"] == "event 0"
        return Answer(write.key, Result.UNKNOWN) if is_lost else outcome


async def test_what_a_lost_create_made_is_not_read_before_recovery_has_looked_for_it(world: World) -> None:
    """Recovery takes for somebody else's what was read before it."""
    world.outlook.add(**event("one more", 9))
    world.replica = Forgetful
    read: list[str] = []
    world.before_request = read.append
    assert (await world.sync()).exit_code == 5
    assert read.count("salesforce:read") == 1
    world.replica = MemoryReplica
    assert (await world.sync()).exit_code == 0
    assert len(world.salesforce.items) == MANY + 1


async def test_what_others_did_meanwhile_is_carried_by_the_next_run(world: World) -> None:
    """The reading shows each change once: from then on the state file remembers it."""

    def meanwhile() -> None:
        ids = {str(fields["subject"]): id_ for id_, fields in world.salesforce.items.items()}
        world.salesforce.edit(ids["event 0"], location="Room 1")
        world.salesforce.delete(ids["event 1"])
        world.salesforce.add(**event("theirs", 20))

    world.before_request = at_call("salesforce:read", 2, meanwhile)
    first = await world.sync()
    assert (first.outcome, first.counts[Process.CALENDAR].writes) == (Outcome.OK, MANY)
    second = await world.sync()
    done = {(each.action, each.item) for each in world.told(Status.DONE)}
    assert done == {(Action.UPDATE, "event 0"), (Action.DELETE, "event 1"), (Action.CREATE, "theirs")}
    assert second.exit_code == 0
    assert world.agree()


async def test_an_error_there_is_a_warning_and_costs_only_time(world: World) -> None:
    def down() -> None:
        raise UnreachableError("The service is down.", "Run again.")

    world.before_request = at_call("salesforce:read", 2, down)
    result = await world.sync()
    assert (result.outcome, result.exit_code, result.error) == (Outcome.OK, 0, None)
    [notice] = [each for each in world.events if isinstance(each, Noticed)]
    assert notice.level == "warning"
    assert "The service is down." in notice.text
    world.before_request = lambda _what: None
    assert (await world.sync()).counts[Process.CALENDAR].writes == 0


async def test_a_stop_asked_for_there_comes_after_all_was_done(world: World) -> None:
    cancel = Cancel()
    world.before_request = at_call("salesforce:read", 2, cancel.request)
    result = await world.sync(cancel=cancel)
    assert (result.outcome, result.counts[Process.CALENDAR].writes) == (Outcome.OK, MANY)
    assert not any(isinstance(each, Noticed) for each in world.events)


async def test_a_dry_run_and_a_stopped_run_do_not_catch_up(world: World) -> None:
    read: list[str] = []
    world.before_request = read.append
    await world.sync(is_dry_run=True)
    assert read.count("salesforce:read") == 1
    cancel = Cancel()

    def note(what: str) -> None:
        read.append(what)
        if what == "salesforce:write":
            cancel.request()

    read.clear()
    for number in range(MANY, 5 * MANY):
        world.outlook.add(**event(f"event {number}", number))
    world.before_request = note
    result = await world.sync(cancel=cancel)
    assert result.outcome is Outcome.CANCELLED
    assert len(world.service(Side.SALESFORCE).items) > MANY
    assert read.count("salesforce:read") == 1
