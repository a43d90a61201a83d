"""What was pending is looked at again before it is carried across: it may have left the scope where no list shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from lpc_tui.engine.events import Status
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Page, Scope
from lpc_tui.replicas.memory import MemoryReplica
from tests.engine.world import World, at, event

NOTHING: frozenset[tuple[Side, Action]] = frozenset()
ALL_OF_OUTLOOK = frozenset({(Side.OUTLOOK, Action.UPDATE), (Side.OUTLOOK, Action.CREATE)})


class Owned(MemoryReplica):
    """Lists a person's own records only, as Salesforce does: one that was reassigned shows nowhere, not even as a hint."""

    async def read(self, scope: Scope, watermark: str | None) -> AsyncIterator[Page]:
        async for page in super().read(scope, watermark):
            away = {key for key, record in self.service.records.items() if record.item.is_away}
            yield Page(
                page.items, page.hints - away, page.series, page.total, page.watermark, is_full=page.is_full
            )


async def test_a_pending_update_of_a_record_that_was_reassigned_is_not_carried(tmp_path: Path) -> None:
    world = World(tmp_path, replica=Owned)
    world.outlook.add(**event())
    await world.sync(prevent=NOTHING)
    (salesforce,) = world.salesforce.items
    world.salesforce.edit(salesforce, location="Room 9")
    await world.sync(prevent=ALL_OF_OUTLOOK)
    world.salesforce.change(salesforce, is_away=True)
    written = world.writes()
    await world.sync(prevent=NOTHING)
    assert world.writes() == written
    world.salesforce.change(salesforce, is_away=False)
    await world.sync()
    (outlook,) = world.outlook.items.values()
    assert outlook["location"] == "Room 9"


async def test_a_pending_create_of_a_record_that_was_reassigned_is_not_made(tmp_path: Path) -> None:
    world = World(tmp_path, replica=Owned)
    await world.sync(prevent=NOTHING)
    salesforce = world.salesforce.add(**event())
    await world.sync(prevent=ALL_OF_OUTLOOK)
    world.salesforce.change(salesforce, is_away=True)
    await world.sync(prevent=NOTHING)
    assert world.outlook.items == {}
    world.salesforce.change(salesforce, is_away=False)
    await world.sync()
    assert len(world.outlook.items) == 1


async def test_a_record_found_to_be_reassigned_as_it_is_about_to_be_written_rests(tmp_path: Path) -> None:
    world = World(tmp_path, replica=Owned)
    outlook = world.outlook.add(**event())
    await world.sync(prevent=NOTHING)
    (salesforce,) = world.salesforce.items
    world.salesforce.change(salesforce, is_away=True)
    world.outlook.edit(outlook, location="Room 9")
    written = world.writes()
    sentences = []
    for _ in range(2):
        result = await world.sync()
        assert (result.exit_code, result.counts[Process.CALENDAR].skipped) == (0, 1)
        (told,) = world.told(Status.SKIPPED)
        sentences.append(told.reason)
    assert world.writes() == written
    assert sentences == [
        "It is out of scope in Salesforce now (moved, reassigned or archived); nothing was sent, and it rests until it"
        " comes back.",
        "Moved, reassigned or archived in Salesforce: it rests until it comes back.",
    ]


async def test_a_record_that_turns_private_before_it_is_written_rests(tmp_path: Path) -> None:
    world = World(tmp_path)
    outlook = world.outlook.add(**event())
    await world.sync(prevent=NOTHING)
    (salesforce,) = world.salesforce.items

    def turns_private(what: str) -> None:
        if what == "salesforce:write":
            world.salesforce.edit(salesforce, sensitivity="private")

    world.outlook.edit(outlook, location="Room 9")
    world.before_request = turns_private
    written = world.writes()
    result = await world.sync()
    (told,) = world.told(Status.SKIPPED)
    assert (result.exit_code, world.writes()) == (0, written)
    assert told.reason is not None
    assert told.reason.startswith("It is private in Salesforce now")


async def test_what_was_asked_for_as_doubtful_is_not_asked_for_again(tmp_path: Path) -> None:
    """An event that leaves the window is a hint, and asked for; its edit is carried across on that answer."""
    world = World(tmp_path)
    outlook = world.outlook.add(**event())
    await world.sync(prevent=NOTHING)
    world.outlook.edit(outlook, when=at(500))
    asked: list[str] = []
    world.before_request = asked.append
    await world.sync()
    assert [fields["when"] for fields in world.salesforce.items.values()] == [at(500)]
    assert asked.count("outlook:look") == 1
