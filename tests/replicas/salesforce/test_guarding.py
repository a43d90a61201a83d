"""Changes under a guard, over HTTP: one request where nobody wrote the records meanwhile, and nothing of theirs lost where
somebody did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lpc_tui.model.items import Item, Timed
from lpc_tui.replicas.base import Result
from lpc_tui.replicas.salesforce import SalesforceEvents
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from tests.replicas.salesforce.conftest import CLOSED, Fault, World, create, delete, read, update, write
from tests.replicas.salesforce.test_failures import attempt

WHEN = Timed(datetime(2026, 4, 1, 9, tzinfo=UTC), datetime(2026, 4, 1, 9, 30, tzinfo=UTC))
LOOKED_AT = ["GET", "POST"]
"""Looked at by a request of its own, then changed and read back in another."""
REFERENCE = "@{guard.records[0].Id}"


@pytest.fixture
async def known(world: World, replica: SalesforceEvents) -> dict[str, Item]:
    """Three events that nobody has written for an hour, as a run has just read them."""
    for name in "abc":
        world.event(name, Description="text")
        world.clock.advance(seconds=1)
    world.clock.advance(hours=1)
    items, _ = await read(replica, world.scope())
    world.log.clear()
    return {str(item.fields["subject"]): item for item in items.values()}


def asked(world: World) -> list[str]:
    return [entry.method for entry in world.log.entries]


async def test_changes_are_guarded_made_and_read_back_in_one_request(
    world: World, replica: SalesforceEvents, known: dict[str, Item]
) -> None:
    outcomes = await write(replica, *(update(item, location="Room 1") for item in known.values()))
    assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
    assert all(outcome.item and outcome.item.fields["location"] == "Room 1" for outcome in outcomes.values())
    assert asked(world) == ["POST"]
    guard, change, shown = (part.split()[0] for part in world.log.entries[0].carried)
    assert (guard, change, shown) == ("GET", "PATCH", "GET")


@pytest.mark.parametrize(
    "meddle",
    [
        pytest.param(lambda org, id_: org.update("Event", id_, {"Location": "theirs"}), id="edited"),
        pytest.param(lambda org, id_: org.update("Event", id_, {"Description": "theirs"}), id="long-text"),
        pytest.param(lambda org, id_: org.update("Event", id_, {"OwnerId": org.colleague}), id="reassigned"),
        pytest.param(lambda org, id_: org.delete("Event", id_), id="deleted"),
    ],
)
async def test_what_somebody_wrote_meanwhile_is_left_alone_and_the_others_are_changed(
    world: World, replica: SalesforceEvents, known: dict[str, Item], meddle: Callable[..., object]
) -> None:
    meddle(world.org, known["b"].id)
    before = world.org.query(f"SELECT Subject, Location FROM Event WHERE Id = '{known['b'].id}'", True)
    outcomes = await write(replica, *(update(item, location="Room 1") for item in known.values()))
    assert outcomes[known["b"].id].result in (Result.CHANGED, Result.GONE)
    assert [outcomes[known[name].id].result for name in "ac"] == [Result.DONE] * 2
    after = world.org.query(f"SELECT Subject, Location FROM Event WHERE Id = '{known['b'].id}'", True)
    assert after == before
    assert asked(world)[0] == "POST"  # the guard did not hold, and nothing was written


async def test_a_stamp_alone_stops_no_change(
    world: World, replica: SalesforceEvents, known: dict[str, Item]
) -> None:
    world.org.touch("Event", known["a"].id)
    outcomes = await write(replica, *(update(item, location="Room 1") for item in known.values()))
    assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
    assert asked(world) == ["POST", *LOOKED_AT]


async def test_a_record_written_lately_is_looked_at_by_its_fields(
    world: World, replica: SalesforceEvents
) -> None:
    """Somebody may have written it again within the second of its stamp."""
    event_id = world.event("a")
    world.clock.advance(minutes=4)
    items, _ = await read(replica, world.scope())
    world.log.clear()
    await write(replica, update(items[event_id], location="Room 1"))
    assert asked(world) == LOOKED_AT


async def test_long_text_and_deletes_go_by_a_look_at_the_fields(
    world: World, replica: SalesforceEvents, known: dict[str, Item]
) -> None:
    await write(replica, update(known["a"], body="ours"))
    assert asked(world) == LOOKED_AT
    world.log.clear()
    await write(replica, delete(known["b"]))
    assert asked(world) == ["GET", "DELETE"]


async def test_without_a_reading_in_this_run_no_stamp_is_proof(
    world: World, replica: SalesforceEvents, known: dict[str, Item]
) -> None:
    later = world.replica(identity=await replica.identify())
    await write(later, update(known["a"], location="Room 1"))
    assert [entry.parts for entry in world.log.entries][-2:] == [0, 3]
    await later.close()


async def test_a_guard_that_cannot_be_asked_leaves_it_to_a_look(
    world: World, replica: SalesforceEvents, known: dict[str, Item]
) -> None:
    refusing = iter([True])

    def refuse(method: str, _path: str) -> None:
        if method == "GET" and next(refusing, False):
            raise SalesforceError(400, "QUERY_TOO_COMPLICATED", "Too much.")

    world.org.part_hook = refuse
    outcomes = await write(replica, update(known["a"], location="Room 1"))
    assert outcomes[known["a"].id].result is Result.DONE
    assert asked(world) == ["POST", *LOOKED_AT]


async def test_a_text_that_looks_like_a_reference_is_stored_as_it_is(
    world: World, replica: SalesforceEvents, known: dict[str, Item]
) -> None:
    made = (await write(replica, create(subject=REFERENCE, location="@{x", when=WHEN)))["new"]
    assert made.item is not None
    assert (made.item.fields["subject"], made.item.fields["location"]) == (REFERENCE, "@{x")
    changed = await write(replica, *(update(item, subject=REFERENCE) for item in known.values()))
    assert {outcome.result for outcome in changed.values()} == {Result.DONE}
    assert {world.record(item.id)["Subject"] for item in known.values()} == {REFERENCE}


async def test_one_refused_create_among_good_ones_is_told_and_the_others_are_read_back(
    world: World, replica: SalesforceEvents
) -> None:
    writes = [create(str(number), subject=f"event {number}", when=WHEN) for number in range(3)]
    writes[1] = create("1", subject="when?", when=None)
    await replica.identify()
    outcomes = await write(replica, *writes)
    assert [outcomes[str(number)].result for number in range(3)] == [
        Result.DONE,
        Result.REFUSED,
        Result.DONE,
    ]
    assert all(outcomes[key].item is not None for key in "02")


async def test_an_old_version_of_the_service_is_asked_one_thing_at_a_time(world: World) -> None:
    replica = world.replica(api_version="47.0")
    event_id = world.event("a")
    world.clock.advance(hours=1)
    items, page = await read(replica, world.scope())
    outcomes = await write(
        replica, update(items[event_id], location="Room 1"), create(subject="x", when=WHEN)
    )
    assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
    world.clock.advance(hours=1)
    assert set((await read(replica, world.scope(), page.watermark))[0]) == {
        outcome.item.id for outcome in outcomes.values() if outcome.item
    }
    assert not any(entry.parts for entry in world.log.entries)
    await replica.close()


async def test_an_org_that_shows_less_than_most_costs_one_request_more(world: World) -> None:
    world.org.options = replace(world.org.options, hidden_fields=frozenset({"Event.Location"}))
    replica = world.replica()
    event_id = world.event("a")
    items, _ = await read(replica, world.scope())
    assert set(items) == {event_id}
    assert "location" not in items[event_id].fields
    assert world.log.count() == 3  # who it is; what the org shows; the events
    await replica.close()


async def test_a_deletion_that_the_reading_showed_is_proof_enough_once(
    world: World, replica: SalesforceEvents
) -> None:
    event_id = world.event("a")
    world.clock.advance(hours=1)
    _, page = await read(replica, world.scope())
    world.org.delete("Event", event_id)
    world.clock.advance(minutes=2)
    _, changes = await read(replica, world.scope(), page.watermark)
    assert changes.hints == {event_id}
    world.log.clear()
    first = await replica.look([event_id], CLOSED)
    assert world.log.count() == 0
    assert first == await replica.look([event_id], CLOSED)
    assert world.log.count() == 1


@pytest.mark.parametrize("is_done", [True, False])
async def test_a_lost_answer_to_a_guarded_change_is_settled_by_looking(
    world: World, replica: SalesforceEvents, known: dict[str, Item], is_done: bool
) -> None:
    world.faults.add(Fault("PATCH", "/composite/sobjects", 503, is_lost=is_done))
    outcomes, error = await attempt(replica, *(update(item, location="Room 1") for item in known.values()))
    assert error is None or not is_done
    assert {outcome.result for outcome in outcomes.values()} == {Result.DONE if is_done else Result.UNKNOWN}


async def test_a_locked_record_is_sent_again_under_the_guard_and_left_alone_if_somebody_wrote_it(
    world: World, replica: SalesforceEvents, known: dict[str, Item]
) -> None:
    """Whoever held it has changed it."""
    held, free = known["a"].id, known["b"].id
    locking = iter([True])

    def lock(method: str, path: str) -> None:
        if method == "PATCH" and path.endswith("/composite/sobjects") and next(locking, False):
            world.org.update("Event", held, {"Location": "theirs"})
            raise SalesforceError(400, "UNABLE_TO_LOCK_ROW", "locked")

    world.org.part_hook = lock
    outcomes = await write(replica, update(known["a"], location="ours"), update(known["b"], location="ours"))
    assert outcomes[held].result is Result.NOT_SENT
    assert world.record(held)["Location"] == "theirs"
    assert (
        outcomes[free].result is Result.NOT_SENT
    )  # the whole part was refused, and the guard of the next one did not hold


async def test_more_seconds_than_a_guard_may_tell_apart_are_left_to_a_look(
    world: World, replica: SalesforceEvents
) -> None:
    for number in range(51):
        world.event(f"event {number}")
        world.clock.advance(seconds=1)
    world.clock.advance(hours=1)
    items, _ = await read(replica, world.scope())
    world.log.clear()
    await write(replica, *(update(item, location="Room 1") for item in items.values()))
    assert asked(world) == LOOKED_AT
