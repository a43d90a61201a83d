"""What a run records beside its writes: agreements, links, sleep; and what it leaves open where a write did not come off."""

from __future__ import annotations

from pathlib import Path

import pytest

from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import Answers
from lpc_tui.model.rules import Action
from lpc_tui.replicas.memory import lost
from tests.engine.world import World, answering, at, event

NOTHING_PREVENTED: frozenset[tuple[Side, Action]] = frozenset()
OUT = at(500)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def linked(world: World) -> tuple[str, str]:
    """One event on both sides, linked; its two ids."""
    outlook = world.outlook.add(**event(location="Room 1", body="Agenda"))
    await world.sync(prevent=NOTHING_PREVENTED)
    return outlook, next(iter(world.salesforce.items))


async def test_a_match_that_needs_no_write_is_a_link_from_then_on(world: World) -> None:
    outlook, salesforce = world.outlook.add(**event()), world.salesforce.add(**event())
    assert (await world.sync()).counts[Process.CALENDAR].linked == 1
    world.outlook.edit(outlook, subject="Renamed")
    assert (await world.sync()).exit_code == 0
    assert (world.salesforce.items[salesforce]["subject"], len(world.outlook.items)) == ("Renamed", 1)


async def test_what_both_sides_edited_alike_is_their_base_from_then_on(world: World) -> None:
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, subject="Renamed")
    world.salesforce.edit(salesforce, subject="Renamed")
    assert (await world.sync()).exit_code == 0
    world.salesforce.edit(salesforce, subject="Renamed again")
    assert (await world.sync()).exit_code == 0
    assert world.outlook.items[outlook]["subject"] == "Renamed again"


async def test_a_match_left_out_in_the_review_is_not_made(world: World) -> None:
    outlook, salesforce = world.outlook.add(**event()), world.salesforce.add(**event())
    await world.sync(answering(Answers(excluded=frozenset({f"{outlook}|{salesforce}"}))))
    assert (await world.sync(is_dry_run=True)).counts[Process.CALENDAR].linked == 1


async def test_a_pair_on_its_way_out_of_the_window_does_not_sleep_while_its_move_is_on_its_way(
    world: World,
) -> None:
    """Moved in Outlook, edited in Salesforce: the edit came across, then the connection broke before the move did."""
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, when=OUT)
    world.salesforce.edit(salesforce, body="Edited in Salesforce")
    world.before_request = lambda what: lost(what) if what == "salesforce:write" else None
    assert (await world.sync()).exit_code == 5
    assert "Edited in Salesforce" in str(world.outlook.items[outlook]["body"])
    world.before_request = lambda _what: None
    assert (await world.sync()).exit_code == 0
    assert world.salesforce.items[salesforce]["when"] == OUT
    assert world.agree()


@pytest.mark.parametrize("other_edit", [{}, {"body": "Edited in Salesforce"}])
async def test_a_prevented_move_out_of_the_window_is_listed_until_it_may_be_made(
    world: World, other_edit: dict[str, str]
) -> None:
    """Laws 5 and 7: however often it runs, and whatever else of the pair goes across meanwhile."""
    outlook, salesforce = await linked(world)
    world.outlook.edit(outlook, when=OUT)
    if other_edit:
        world.salesforce.edit(salesforce, **other_edit)
    for _ in range(3):
        result = await world.sync(prevent=frozenset({(Side.SALESFORCE, Action.UPDATE)}))
        assert result.counts[Process.CALENDAR].prevented == 1
        assert world.salesforce.items[salesforce]["when"] == event()["when"]
    assert (await world.sync(prevent=NOTHING_PREVENTED)).exit_code == 0
    assert world.salesforce.items[salesforce]["when"] == OUT
    assert world.agree()
