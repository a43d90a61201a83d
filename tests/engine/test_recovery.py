"""What a lost answer leaves open, and what others do while a plan is carried out, is settled by the next run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from lpc_tui.engine.events import Noticed
from lpc_tui.errors import StateError
from lpc_tui.model.items import Item, Process
from lpc_tui.replicas.base import Identity, Scope, Write
from lpc_tui.replicas.memory import MemoryReplica, lost
from tests.engine.world import World, event

NOTHING_PREVENTED: frozenset[object] = frozenset()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def linked(world: World) -> tuple[str, str]:
    """One event on both sides, linked; its two ids."""
    outlook = world.outlook.add(**event())
    await world.sync(prevent=NOTHING_PREVENTED)
    return outlook, next(iter(world.salesforce.items))


def lose_writes(world: World) -> None:
    """From now on the services do their work and the answer is lost."""
    world.after_request = lambda what: lost(what) if what.endswith(":write") else None


def cut_writes(world: World) -> None:
    """From now on the connection breaks before a write reaches its service."""
    world.before_request = lambda what: lost(what) if what.endswith(":write") else None


def mend(world: World) -> None:
    world.before_request = world.after_request = lambda _what: None


def recovered(world: World) -> str:
    """What the last run says about the one before it."""
    (notice,) = (each for each in world.events if isinstance(each, Noticed))
    return notice.text


async def test_an_update_whose_answer_was_lost_is_found_done(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, subject="Edited")
    lose_writes(world)
    assert (await world.sync()).exit_code == 5
    mend(world)
    written = world.writes()
    assert (await world.sync()).exit_code == 0
    assert "1 had happened and are recorded now, 0 had not" in recovered(world)
    assert (world.salesforce.items[salesforce]["subject"], world.writes()) == ("Edited", written)


async def test_an_update_that_never_arrived_is_sent_by_the_new_plan(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, subject="Edited")
    cut_writes(world)
    assert (await world.sync()).exit_code == 5
    mend(world)
    assert (await world.sync()).exit_code == 0
    assert "0 had happened and are recorded now, 1 had not" in recovered(world)
    assert world.salesforce.items[salesforce]["subject"] == "Edited"


async def test_a_field_edited_over_a_lost_update_is_a_conflict_and_the_others_are_agreed(
    world: World,
) -> None:
    """Nobody can tell whether the other person saw our value before they wrote theirs."""
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, subject="Edited", location="Room 1")
    lose_writes(world)
    await world.sync()
    mend(world)
    world.salesforce.edit(salesforce, location="Room 2")
    assert (await world.sync()).exit_code == 1
    assert world.salesforce.items[salesforce]["location"] == "Room 2"
    assert world.outlook.items[outlook]["location"] == "Room 1"
    assert world.salesforce.items[salesforce]["subject"] == "Edited"


@pytest.mark.parametrize("is_done", [True, False])
async def test_a_delete_without_an_answer_ends_in_a_deletion_once(world: World, is_done: bool) -> None:
    outlook, _salesforce = await linked(world)
    world.outlook.delete(outlook)
    if is_done:
        lose_writes(world)
    else:
        cut_writes(world)
    assert (await world.sync()).exit_code == 5
    mend(world)
    assert (await world.sync()).exit_code == 0
    assert f"{int(is_done)} had happened" in recovered(world)
    assert not world.salesforce.items
    written = world.writes()
    assert (await world.sync()).counts[Process.CALENDAR].unchanged == 0
    assert world.writes() == written


async def test_the_source_of_a_lost_create_may_be_gone_by_then(world: World) -> None:
    """The copy is ours and has its link, so the deletion is carried across as any other."""
    outlook = world.outlook.add(**event())
    lose_writes(world)
    await world.sync(prevent=NOTHING_PREVENTED)
    mend(world)
    world.outlook.delete(outlook)
    assert (await world.sync()).exit_code == 0
    assert not world.salesforce.items


async def test_a_lost_create_that_somebody_deleted_since_is_made_again(world: World) -> None:
    world.outlook.add(**event())
    lose_writes(world)
    await world.sync()
    mend(world)
    (copy,) = world.salesforce.items
    world.salesforce.delete(copy)
    assert (await world.sync()).exit_code == 0
    assert "0 had happened" in recovered(world)
    assert world.agree()


async def test_deleted_on_both_sides_the_link_ends_without_a_write(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.delete(outlook)
    world.salesforce.delete(salesforce)
    written = world.writes()
    assert (await world.sync()).exit_code == 0
    assert (await world.sync()).counts[Process.CALENDAR].unchanged == 0
    assert world.writes() == written


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_touched_by_others_while_the_plan_is_carried_out_it_waits_for_the_next_run(
    world: World, is_deleted: bool
) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, subject="Edited")

    def meddle(what: str) -> None:
        if what == "salesforce:write":
            mend(world)
            if is_deleted:
                world.salesforce.delete(salesforce)
            else:
                world.salesforce.edit(salesforce, location="Room 2")

    world.before_request = meddle
    result = await world.sync()
    assert (result.exit_code, result.counts[Process.CALENDAR].skipped) == (1, 1)
    result = await world.sync()
    if is_deleted:
        assert result.counts[Process.CALENDAR].conflicts == 1
    else:
        assert result.exit_code == 0
        assert world.agree()
        assert world.outlook.items[outlook]["location"] == "Room 2"


class Elsewhere(MemoryReplica):
    """Leads to another account than before."""

    async def identify(self) -> Identity:
        return Identity("somebody else", "here", "Kim's calendar")


async def test_with_another_account_the_links_are_worthless_and_nothing_is_touched(world: World) -> None:
    await linked(world)
    world.outlook.add(**event("Another"))
    world.replica = Elsewhere
    written = world.writes()
    result = await world.sync()
    assert isinstance(result.error, StateError)
    assert "the settings now lead to Kim's calendar" in result.error.message
    assert (result.exit_code, world.writes()) == (2, written)


async def test_what_is_edited_over_a_lost_create_is_an_edit_and_goes_across(world: World) -> None:
    """The person found the new item before the next run did: what they wrote there is no part of what we made."""
    salesforce = world.salesforce.add(**event())
    lose_writes(world)
    assert (await world.sync()).exit_code == 5
    mend(world)
    (outlook,) = world.outlook.items
    world.outlook.edit(outlook, location="Room 7")
    assert (await world.sync()).exit_code == 0
    assert list(world.outlook.items) == [outlook]
    assert world.salesforce.items[salesforce]["location"] == "Room 7"


class Unmarked(MemoryReplica):
    """Has no place for a mark: what a create made is found by all the fields that were sent, the newest first."""

    async def find(
        self, writes: Sequence[Write], since: datetime, scope: Scope, known: Collection[str] = ()
    ) -> Mapping[str, Item]:
        candidates = [
            record.item
            for key, record in self.service.records.items()
            if not record.is_deleted and key not in known
        ]
        found: dict[str, Item] = {}
        for write in writes:
            alike = [
                item for item in reversed(candidates) if item.fields == self.service.rewrite(write.fields)
            ]
            if alike:
                candidates.remove(alike[0])
                found[write.key] = alike[0]
        return found


async def test_a_lost_create_is_not_taken_for_its_twin_that_has_a_link_already(world: World) -> None:
    """The twin was made moments before, and looks exactly like what the lost request would have made."""
    world.replica = Unmarked
    await linked(world)
    world.outlook.add(**event())
    cut_writes(world)
    assert (await world.sync()).exit_code == 5
    mend(world)
    assert (await world.sync()).exit_code == 0
    assert len(world.salesforce.items) == 2
    written = world.writes()
    assert (await world.sync()).exit_code == 0
    assert world.writes() == written


async def test_a_delete_whose_answer_was_lost_ends_its_link_and_what_comes_back_is_new(world: World) -> None:
    """Taken out of the bin before the next run, the record is made again on the other side, not deleted once more."""
    outlook, salesforce = await linked(world)
    world.salesforce.delete(salesforce)
    lose_writes(world)
    assert (await world.sync()).exit_code == 5
    mend(world)
    assert outlook not in world.outlook.items
    world.salesforce.undelete(salesforce)
    assert (await world.sync()).exit_code == 0
    assert salesforce in world.salesforce.items
    assert len(world.outlook.items) == 1
