"""A record of Salesforce is merged into another one that has a link of its own (law 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from lpc_tui.model.items import Item, Process
from lpc_tui.replicas.base import NOTHING_KNOWN, Gone, Scope, Sighting
from lpc_tui.replicas.memory import MemoryReplica
from tests.engine.world import World, event


@pytest.fixture
def merged() -> dict[str, str]:
    """The record that lives on, by the id of each that was merged into it."""
    return {}


@pytest.fixture
def world(tmp_path: Path, merged: dict[str, str]) -> World:
    class Merging(MemoryReplica):
        async def look(
            self, ids: Sequence[str], scope: Scope, known: Mapping[str, Item] = NOTHING_KNOWN
        ) -> Mapping[str, Sighting]:
            found = await super().look(ids, scope, known)
            return {
                each: Gone(merged.get(each, "")) if isinstance(sighting, Gone) else sighting
                for each, sighting in found.items()
            }

    return World(tmp_path, replica=Merging)


async def both_linked(world: World, merged: dict[str, str]) -> tuple[str, str]:
    """Two linked events, the first's copy merged into the second's, which a quiet run need not load; their ids."""
    first, second = world.outlook.add(**event("First", 1)), world.outlook.add(**event("Second", 2))
    await world.sync(prevent=frozenset())
    await world.sync()
    copies = {fields["subject"]: item_id for item_id, fields in world.salesforce.items.items()}
    merged[copies["First"]] = copies["Second"]
    world.salesforce.delete(copies["First"])
    return first, second


async def test_both_items_of_outlook_stay_and_the_living_link_goes_on(
    world: World, merged: dict[str, str]
) -> None:
    _, second = await both_linked(world, merged)
    written = world.writes()
    for _ in range(3):
        assert (await world.sync()).error is None
    assert world.writes() == written
    assert len(world.outlook.items) == 2
    world.outlook.edit(second, location="Room 2")
    await world.sync()
    assert [fields["location"] for fields in world.salesforce.items.values()] == ["Room 2"]


async def test_once_the_other_item_is_deleted_the_two_that_are_left_belong_together(
    world: World, merged: dict[str, str]
) -> None:
    first, second = await both_linked(world, merged)
    await world.sync()
    world.outlook.delete(second)
    await world.sync()
    result = await world.sync()
    assert result.error is None
    assert list(world.outlook.items) == [first]
    assert len(world.salesforce.items) == 1
    assert result.counts[Process.CALENDAR].failed == 0
