"""Looking by id, and finding what lost creates made: what counts as gone, and what never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lpc_tui.model.items import AllDay, Item, Timed, Value
from lpc_tui.replicas.base import Gone, Unknown, Write
from lpc_tui.replicas.salesforce import SalesforceEvents
from tests.replicas.salesforce.conftest import Clock, World, create, write

WHEN = Timed(datetime(2026, 4, 1, 9, tzinfo=UTC), datetime(2026, 4, 1, 9, 30, tzinfo=UTC))


async def test_living_event_is_an_item_and_a_deleted_one_is_gone(
    world: World, replica: SalesforceEvents
) -> None:
    living, deleted = world.event("living"), world.event("deleted")
    world.org.delete("Event", deleted)
    seen = await replica.look([living, deleted, living], world.scope())
    assert isinstance(seen[living], Item)
    assert seen[deleted] == Gone()
    assert len(seen) == 2


async def test_undeleted_event_lives(world: World, replica: SalesforceEvents) -> None:
    event_id = world.event()
    world.org.delete("Event", event_id)
    world.org.undelete("Event", event_id)
    assert isinstance((await replica.look([event_id], world.scope()))[event_id], Item)


async def test_reassigned_and_archived_events_are_away_not_gone(
    world: World, replica: SalesforceEvents
) -> None:
    reassigned = world.event("reassigned")
    world.org.update("Event", reassigned, {"OwnerId": world.org.colleague})
    archived = world.event("archived", "2025-03-25T09:00:00Z")
    world.clock.advance(days=10)
    world.org.run_archive()
    seen = await replica.look([reassigned, archived], world.scope(past=400))
    for event_id in (reassigned, archived):
        sighting = seen[event_id]
        assert isinstance(sighting, Item)
        assert sighting.is_away


async def test_event_whose_bin_was_emptied_is_unknown(world: World, replica: SalesforceEvents) -> None:
    event_id = world.event()
    world.org.delete("Event", event_id)
    world.org.empty_recycle_bin()
    assert isinstance((await replica.look([event_id], world.scope()))[event_id], Unknown)


async def test_log_of_deletions_is_asked_by_the_services_clock(world: World) -> None:
    behind = Clock(world.clock.now - timedelta(hours=3))
    replica = world.replica(clock=behind)
    event_id = world.event()
    world.org.delete("Event", event_id)
    world.org.empty_recycle_bin()
    assert isinstance((await replica.look([event_id], world.scope()))[event_id], Unknown)
    await replica.close()


async def test_private_event_is_looked_at_without_its_text(world: World, replica: SalesforceEvents) -> None:
    event_id = world.event("Doctor", IsPrivate=True)
    sighting = (await replica.look([event_id], world.scope()))[event_id]
    assert isinstance(sighting, Item)
    assert sighting.is_private
    assert not sighting.fields


async def test_thousand_ids_cost_a_few_requests_none_too_long(
    world: World, replica: SalesforceEvents
) -> None:
    ids = [world.event(f"event {number}") for number in range(1000)]
    await replica.look(ids[:1], world.scope())
    world.log.clear()
    seen = await replica.look(ids, world.scope())
    assert all(isinstance(sighting, Item) for sighting in seen.values())
    assert [entry.status for entry in world.log.entries] == [200] * len(world.log.entries)
    assert world.log.count(writes_only=True) == 0
    assert world.log.count() <= 6


async def test_lost_creates_are_found_by_every_field_that_was_sent(
    world: World, replica: SalesforceEvents
) -> None:
    since = world.clock.now
    timed = create(
        "timed", subject="  Long " + "x" * 250, when=WHEN, body="a\r\nb", show_as="free", reminder=15
    )
    all_day = create("day", subject="Day", when=AllDay(date(2026, 4, 2), date(2026, 4, 3)))
    never = create("never", subject="Day", when=AllDay(date(2026, 4, 2), date(2026, 4, 2)))
    await write(replica, timed, all_day)
    world.event("Day", "2026-04-05T09:00:00Z")
    found = await replica.find([timed, all_day, never], since, world.scope())
    assert set(found) == {"timed", "day"}
    assert found["timed"].fields["show_as"] == "free"


async def test_one_event_stands_for_one_lost_create(world: World, replica: SalesforceEvents) -> None:
    since = world.clock.now
    twins = [create(key, subject="twin", when=WHEN) for key in ("a", "b", "c")]
    await write(replica, *twins[:2])
    found = await replica.find(twins, since, world.scope())
    assert set(found) == {"a", "b"}
    assert found["a"].id != found["b"].id


async def test_of_twins_the_newest_is_the_one_whose_answer_was_lost(
    world: World, replica: SalesforceEvents
) -> None:
    since = world.clock.now
    known = (await write(replica, create("known", subject="twin", when=WHEN)))["known"].item
    world.clock.advance(seconds=2)
    lost = (await write(replica, create("lost", subject="twin", when=WHEN)))["lost"].item
    found = await replica.find([create("lost", subject="twin", when=WHEN)], since, world.scope())
    assert lost is not None
    assert known is not None
    assert found["lost"].id == lost.id != known.id


async def test_lost_create_is_found_although_our_clock_is_ahead(world: World) -> None:
    ahead = Clock(world.clock.now + timedelta(hours=1))
    replica = world.replica(clock=ahead)
    since = ahead.now
    await write(replica, create("a", subject="x", when=WHEN))
    await replica.close()
    after_a_crash = world.replica(clock=ahead)
    assert set(await after_a_crash.find([create("a", subject="x", when=WHEN)], since, world.scope())) == {"a"}
    await after_a_crash.close()


async def test_older_or_foreign_twins_are_not_what_we_made(world: World, replica: SalesforceEvents) -> None:
    world.event("twin", "2026-04-01T09:00:00Z")
    world.clock.advance(minutes=10)
    with world.org.acting_as(world.org.colleague):
        world.event("twin", "2026-04-01T09:00:00Z", OwnerId=world.org.me)
    twin = create("a", subject="twin", when=WHEN)
    assert await replica.find([twin], world.clock.now, world.scope()) == {}
    assert await replica.find([twin], world.clock.now - timedelta(minutes=10), world.scope()) != {}


async def test_nothing_is_asked_about_nothing(world: World, replica: SalesforceEvents) -> None:
    assert await replica.look([], world.scope()) == {}
    assert await replica.find([], world.clock.now, world.scope()) == {}
    assert world.log.count() == 0


@pytest.mark.parametrize("reminder", [15, 60 * 24 * 30])
async def test_lost_create_is_found_although_its_reminder_fired(
    world: World, replica: SalesforceEvents, reminder: int
) -> None:
    since = world.clock.now
    made = create("a", subject="soon", when=WHEN, reminder=reminder)
    await write(replica, made)
    world.clock.now = WHEN.start
    world.org.fire_reminders()
    assert set(await replica.find([made], since, world.scope())) == {"a"}


def sent(world: World, key: str, **fields: Value) -> Write:
    """A create as recovery asks for it."""
    return replace(create(key, **fields), sent_at=world.clock.now)


async def edited_by_somebody(world: World, item_id: str, **fields: object) -> None:
    world.clock.advance(seconds=30)
    world.org.update("Event", item_id, fields)


async def test_lost_create_is_found_although_somebody_renamed_the_event_since(
    world: World, replica: SalesforceEvents
) -> None:
    since = world.clock.now
    lost, other = (
        sent(world, key, subject=key, when=WHEN, location="Room 1", body="Agenda") for key in ("a", "b")
    )
    made = await write(replica, lost, other)
    assert made["a"].item is not None
    await edited_by_somebody(world, made["a"].item.id, Subject="Renamed", Description="Another agenda")
    found = await replica.find([lost, other], since, world.scope())
    assert found["a"].id == made["a"].item.id
    assert found["a"].fields["subject"] == "Renamed"
    assert found["b"].fields["subject"] == "b"


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(
            {"Subject": "Renamed", "StartDateTime": "2026-04-03T09:00:00Z"}, id="too little is left"
        ),
        pytest.param({}, id="nobody edited it"),
    ],
)
async def test_event_that_says_something_else_is_not_what_a_lost_create_made(
    world: World, replica: SalesforceEvents, edit: dict[str, object]
) -> None:
    since = world.clock.now
    lost = sent(world, "a", subject="a", when=WHEN)
    stranger = world.event("Something else" if not edit else "a", "2026-04-01T09:00:00Z")
    if edit:
        await edited_by_somebody(world, stranger, **edit)
    assert await replica.find([lost], since, world.scope()) == {}


async def test_event_made_long_after_a_lost_create_is_not_what_it_made(
    world: World, replica: SalesforceEvents
) -> None:
    since = world.clock.now
    lost = sent(world, "a", subject="a", when=WHEN)
    world.clock.advance(minutes=10)
    stranger = world.event("Something else", "2026-04-01T09:00:00Z")
    await edited_by_somebody(world, stranger, Location="Room 2")
    assert await replica.find([lost], since, world.scope()) == {}


async def test_of_two_edited_events_that_a_lost_create_may_have_made_none_is_taken(
    world: World, replica: SalesforceEvents
) -> None:
    since = world.clock.now
    lost = sent(world, "a", subject="a", when=WHEN)
    strangers = [world.event(f"Something else {number}", "2026-04-01T09:00:00Z") for number in range(2)]
    for stranger in strangers:
        await edited_by_somebody(world, stranger, Location="Room 2")
    assert await replica.find([lost], since, world.scope()) == {}
    found = await replica.find([lost], since, world.scope(), known=strangers[:1])
    assert found["a"].id == strangers[1]
