"""Reading past our own writes over HTTP: what the next reading costs, and that nobody else's writes hide among ours."""

from __future__ import annotations

import pytest

from lpc_tui.model.items import Item
from lpc_tui.replicas.base import Page, Scope
from lpc_tui.replicas.salesforce import SalesforceEvents
from tests.replicas.salesforce.conftest import World, create, delete, read, update, write
from tests.replicas.salesforce.test_looking import WHEN


async def catch_up(
    replica: SalesforceEvents, scope: Scope, watermark: str
) -> tuple[dict[str, Item], set[str], str]:
    """The items, the hints and the new watermark; the old one where there is none."""
    pages = [page async for page in replica.catch_up(scope, watermark)]
    items = {item.id: item for page in pages for item in page.items}
    hints = {hint for page in pages for hint in page.hints}
    return items, hints, pages[-1].watermark if pages else watermark


class Written:
    """A replica that has read one event, and written three more in the second that it still is."""

    def __init__(self, world: World, replica: SalesforceEvents) -> None:
        self.world = world
        self.replica = replica
        self.scope = world.scope()
        self.watermark = ""
        self.ids: list[str] = []
        self.old = ""

    async def write(self) -> None:
        self.old = self.world.event("old")
        self.world.clock.advance(hours=1)
        _, page = await read(self.replica, self.scope)
        self.watermark = page.watermark
        for number in range(3):
            self.world.clock.advance(seconds=1)
            outcome = (await write(self.replica, create(subject=f"ours {number}", when=WHEN)))["new"]
            assert outcome.item is not None
            self.ids.append(outcome.item.id)

    async def settle(self) -> tuple[dict[str, Item], set[str]]:
        items, hints, self.watermark = await catch_up(self.replica, self.scope, self.watermark)
        return items, hints

    async def next(self) -> tuple[dict[str, Item], Page]:
        """What the next run reads."""
        self.world.log.clear()
        items, page = await read(self.replica, self.scope, self.watermark)
        self.watermark = page.watermark
        assert not page.is_full
        return items, page

    @property
    def requests(self) -> int:
        return self.world.log.count()


@pytest.fixture
async def written(world: World, replica: SalesforceEvents) -> Written:
    written = Written(world, replica)
    await written.write()
    return written


class TestQuiet:
    async def test_our_own_writes_are_listed_once_and_counted_from_then_on(self, written: Written) -> None:
        written.world.log.clear()
        assert await written.settle() == ({}, set())
        assert written.requests == 1
        for _ in range(2):
            written.world.clock.advance(minutes=1)
            items, page = await written.next()
            assert (items, page.hints, written.requests) == ({}, frozenset(), 1)

    async def test_without_catching_up_they_are_all_read_again(self, written: Written) -> None:
        items, _ = await written.next()
        assert set(items) == set(written.ids)

    async def test_once_the_overlap_has_passed_nothing_is_counted_any_more(self, written: Written) -> None:
        await written.settle()
        written.world.clock.advance(minutes=10)
        assert (await written.next())[0] == {}
        assert ((await written.next())[0], written.requests) == ({}, 1)

    async def test_thousands_are_listed_by_two_thousands(
        self, world: World, replica: SalesforceEvents
    ) -> None:
        _, page = await read(replica, world.scope())
        writes = [create(str(number), subject=f"{number}", when=WHEN) for number in range(2100)]
        await write(replica, *writes)
        world.log.clear()
        assert (await catch_up(replica, world.scope(), page.watermark))[:2] == ({}, set())
        assert world.log.count() == 2


class TestOthersMeanwhile:
    """Between our writes, or in the same second as the last of them: the catching up shows it."""

    async def test_an_edit_of_what_we_had_just_written(self, written: Written) -> None:
        first, _, last = written.ids
        written.world.org.update("Event", first, {"Subject": "in a later second than ours"})
        written.world.org.update("Event", last, {"Subject": "in the same second"})
        items, hints = await written.settle()
        assert {id_: item.fields["subject"] for id_, item in items.items()} == {
            first: "in a later second than ours",
            last: "in the same second",
        }
        assert hints == set()

    async def test_a_creation_and_a_deletion(self, written: Written) -> None:
        theirs = written.world.event("theirs")
        written.world.org.delete("Event", written.ids[0])
        items, hints = await written.settle()
        assert (set(items), hints) == ({theirs}, {written.ids[0]})
        written.world.clock.advance(minutes=1)
        assert ((await written.next())[0], written.requests) == ({}, 1)

    async def test_an_event_that_is_not_ours_any_more_is_hinted_at(self, written: Written) -> None:
        written.world.org.update("Event", written.ids[0], {"OwnerId": written.world.org.colleague})
        assert await written.settle() == ({}, {written.ids[0]})

    async def test_private_text_stays_where_it_is(self, written: Written) -> None:
        written.world.org.update("Event", written.ids[0], {"IsPrivate": True})
        items, _ = await written.settle()
        assert not items[written.ids[0]].fields


class TestOthersAfterwards:
    """From the second of the listing on: the next reading shows it."""

    async def test_edits_creations_and_deletions_cost_no_request_more(self, written: Written) -> None:
        await written.settle()
        edited, deleted, _ = written.ids
        written.world.org.update("Event", edited, {"Subject": "edited"})
        written.world.org.update("Event", written.old, {"Subject": "edited, too"})
        written.world.org.delete("Event", deleted)
        theirs = written.world.event("theirs")
        for _ in range(2):
            written.world.clock.advance(minutes=1)
            items, page = await written.next()
            assert set(items) == {edited, written.old, theirs}
            assert page.hints == {deleted}
            assert written.requests == 1

    async def test_an_edit_between_our_last_second_and_the_listing(self, written: Written) -> None:
        edited = written.ids[0]
        written.world.clock.advance(seconds=1)
        written.world.org.update("Event", edited, {"Subject": "edited"})
        assert await written.settle() == ({}, set())
        written.world.clock.advance(minutes=1)
        items, _ = await written.next()
        assert (set(items), written.requests) == ({edited}, 1)

    async def test_an_event_written_by_us_but_older_leaves_and_the_rest_is_read_again(
        self, world: World, replica: SalesforceEvents
    ) -> None:
        old, other = world.event("old"), world.event("other")
        world.clock.advance(hours=1)
        items, page = await read(replica, world.scope())
        await write(replica, update(items[old], subject="ours"), update(items[other], subject="ours"))
        _, _, watermark = await catch_up(replica, world.scope(), page.watermark)
        world.org.update("Event", old, {"Subject": "theirs"})
        world.clock.advance(minutes=1)
        items, page = await read(replica, world.scope(), watermark)
        assert {id_: item.fields["subject"] for id_, item in items.items()} == {old: "theirs", other: "ours"}
        world.clock.advance(minutes=1)
        world.log.clear()
        items, _ = await read(replica, world.scope(), page.watermark)
        assert set(items) == {old}
        assert world.log.count() == 1

    async def test_a_late_commit_shows_by_the_count(self, written: Written) -> None:
        await written.settle()
        now = written.world.clock.now
        written.world.clock.advance(seconds=-2)
        late = written.world.event("stamped before the listing, visible after it")
        written.world.clock.now = now
        edited = written.ids[0]
        written.world.org.update("Event", edited, {"Subject": "edited"})
        written.world.clock.advance(minutes=1)
        items, _ = await written.next()
        assert set(items) == {*written.ids, late}
        written.world.clock.advance(minutes=1)
        items, _ = await written.next()
        assert (set(items), written.requests) == ({edited}, 1)

    async def test_one_that_left_without_a_trace_shows_by_the_count(self, written: Written) -> None:
        await written.settle()
        written.world.org.update("Event", written.ids[0], {"OwnerId": written.world.org.colleague})
        written.world.clock.advance(minutes=1)
        items, _ = await written.next()
        assert set(items) == set(written.ids[1:])


class TestWhereItCannotBeDone:
    async def test_a_clock_that_does_not_move_is_not_waited_for(
        self, world: World, written: Written, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The service's second has not passed: an edit could still hide in it."""
        monkeypatch.setattr(world.clock, "advance", lambda **_by: None)
        before = written.watermark
        assert await written.settle() == ({}, set())
        assert written.watermark == before

    async def test_a_stamp_from_the_future_is_not_waited_for(self, world: World, written: Written) -> None:
        world.clock.advance(seconds=-10)
        before = written.watermark, world.clock.now
        assert await written.settle() == ({}, set())
        assert (written.watermark, world.clock.now) == before

    async def test_nothing_written_or_nothing_read_costs_nothing(
        self, world: World, replica: SalesforceEvents
    ) -> None:
        _, page = await read(replica, world.scope())
        requests = replica.requests
        assert await catch_up(replica, world.scope(), page.watermark) == ({}, set(), page.watermark)
        assert await catch_up(replica, world.scope(), "") == ({}, set(), "")
        assert await catch_up(replica, world.scope(private=True), page.watermark) == (
            {},
            set(),
            page.watermark,
        )
        assert replica.requests == requests

    async def test_a_second_time_within_the_overlap_waits_for_the_next_run(self, written: Written) -> None:
        await written.settle()
        world = written.world
        world.clock.advance(minutes=1)
        await written.next()
        outcome = (await write(written.replica, create(subject="another", when=WHEN)))["new"]
        assert outcome.item is not None
        before = written.watermark
        await written.settle()
        assert written.watermark == before
        assert set((await written.next())[0]) == {outcome.item.id}


async def test_our_own_deletions_change_no_count(world: World, replica: SalesforceEvents) -> None:
    for name in "abc":
        world.event(name)
    items, page = await read(replica, world.scope())
    gone, *left = items.values()
    await write(replica, delete(gone), *(update(item, subject="ours") for item in left))
    items, hints, watermark = await catch_up(replica, world.scope(), page.watermark)
    assert (items, hints) == ({}, {gone.id})
    world.clock.advance(minutes=1)
    world.log.clear()
    assert (await read(replica, world.scope(), watermark))[0] == {}
    assert world.log.count() == 1
