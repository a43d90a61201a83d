"""Reading over HTTP: the window, the watermark, what is and is not a person's own appointment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.model.items import AllDay, Guard, Timed
from lpc_tui.replicas.base import Identity
from lpc_tui.replicas.salesforce import SalesforceEvents
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.salesforce.series import SeriesPattern
from tests.replicas.salesforce.conftest import Clock, World, read


async def test_identifies_user_and_org_with_one_request(world: World, replica: SalesforceEvents) -> None:
    first = await replica.identify()
    assert await replica.identify() is first
    assert (first.account, first.place) == (world.org.me, world.org.organization)
    assert replica.requests == world.log.count() == 1


async def test_full_reading_shows_own_events_in_canonical_form(
    world: World, replica: SalesforceEvents
) -> None:
    event_id = world.event(
        "Standup",
        "2026-04-01T09:00:00Z",
        Location="Room 1",
        Description="Line 1\r\nLine 2",
        ShowAs="OutOfOffice",
        IsReminderSet=True,
        ReminderDateTime="2026-04-01T08:45:00Z",
    )
    items, page = await read(replica, world.scope())
    item = items[event_id]
    assert dict(item.fields) == {
        "subject": "Standup",
        "when": Timed(datetime(2026, 4, 1, 9, tzinfo=UTC), datetime(2026, 4, 1, 9, 30, tzinfo=UTC)),
        "location": "Room 1",
        "body": "Line 1\r\nLine 2",
        "show_as": "oof",
        "sensitivity": "normal",
        "reminder": 15,
    }
    assert item.version == world.record(event_id)["SystemModstamp"]
    assert item.modified == world.clock.now.replace(microsecond=0)
    assert item.link == f"{world.url}/{event_id}"
    assert not any((item.is_away, item.spreads, item.is_private, item.guards))
    assert page.is_full
    assert page.total == 1


async def test_full_reading_leaves_out_what_is_no_appointment_of_the_person(
    world: World, replica: SalesforceEvents
) -> None:
    own = world.event("own")
    world.event("colleague's", OwnerId=world.org.colleague)
    meeting = world.org.insert(
        "Event",
        {
            "Subject": "x",
            "StartDateTime": "2026-04-01T09:00:00Z",
            "DurationInMinutes": 5,
            "OwnerId": world.org.colleague,
        },
    )
    world.org.invite(meeting, world.org.me)
    items, _ = await read(replica, world.scope())
    assert set(items) == {own}


async def test_window_takes_what_overlaps_it_timed_and_all_day(
    world: World, replica: SalesforceEvents
) -> None:
    scope = world.scope(past=10, future=20)
    assert scope.window is not None
    inside = {
        world.event("ends as it begins", "2026-03-09T20:00:00Z", EndDateTime="2026-03-09T23:30:00Z"),
        world.event(
            "multi-day across the first day",
            "2026-03-05T00:00:00Z",
            IsAllDayEvent=True,
            EndDateTime="2026-03-10T00:00:00Z",
        ),
        world.event(
            "last all-day", "2026-04-09T00:00:00Z", IsAllDayEvent=True, EndDateTime="2026-04-09T00:00:00Z"
        ),
        world.event("late on the last day", "2026-04-09T21:00:00Z"),
        world.event(
            "no duration, at the very start", "2026-03-09T23:00:00Z", EndDateTime="2026-03-09T23:00:00Z"
        ),
    }
    for start, end in (
        ("2026-03-09T20:00:00Z", "2026-03-09T21:00:00Z"),
        ("2026-04-09T22:00:00Z", "2026-04-09T23:00:00Z"),
    ):
        world.event("outside", start, EndDateTime=end)
    items, _ = await read(replica, scope)
    covered = {each for each, item in items.items() if scope.window.covers(item.fields["when"])}
    assert covered == inside


async def test_private_event_is_redacted_unless_the_box_is_on(
    world: World, replica: SalesforceEvents
) -> None:
    event_id = world.event("Doctor", IsPrivate=True)
    items, _ = await read(replica, world.scope())
    assert items[event_id].is_private
    assert not items[event_id].fields
    items, _ = await read(replica, world.scope(private=True))
    assert items[event_id].fields["subject"] == "Doctor"
    assert items[event_id].fields["sensitivity"] == "private"


async def test_quiet_reading_costs_one_request_and_no_describe(
    world: World, replica: SalesforceEvents
) -> None:
    for number in range(10):
        world.event(f"event {number}")
    world.clock.advance(hours=1)
    _, page = await read(replica, world.scope())
    later = world.replica()
    await later.identify()
    world.clock.advance(hours=1)
    world.log.clear()
    items, page = await read(later, world.scope(), page.watermark)
    assert (items, page.hints, page.is_full) == ({}, frozenset(), False)
    assert world.log.count() == 1
    assert later.requests == 2
    await later.close()


async def test_changes_are_seen_wherever_the_event_lies_now(world: World, replica: SalesforceEvents) -> None:
    event_id, other = world.event("moves"), world.event("stays")
    world.clock.advance(hours=1)
    _, page = await read(replica, world.scope())
    world.clock.advance(hours=1)
    world.org.update(
        "Event", event_id, {"StartDateTime": "2029-01-01T09:00:00Z", "EndDateTime": "2029-01-01T10:00:00Z"}
    )
    items, page = await read(replica, world.scope(), page.watermark)
    assert set(items) == {event_id}
    assert other not in items
    assert items[event_id].fields["when"] == Timed(
        datetime(2029, 1, 1, 9, tzinfo=UTC), datetime(2029, 1, 1, 10, tzinfo=UTC)
    )


async def test_second_edit_within_the_same_second_is_seen(world: World, replica: SalesforceEvents) -> None:
    event_id = world.event("first")
    items, page = await read(replica, world.scope())
    stamp = items[event_id].version
    world.org.update("Event", event_id, {"Subject": "second"})
    items, page = await read(replica, world.scope(), page.watermark)
    assert items[event_id].version == stamp
    assert items[event_id].fields["subject"] == "second"


async def test_commit_that_shows_late_is_seen_by_the_overlap(world: World, replica: SalesforceEvents) -> None:
    event_id = world.event("slow transaction")
    world.clock.advance(minutes=4)
    _, page = await read(replica, world.scope())
    # Its row was stamped four minutes before the reading; the reading need not have seen it.
    world.clock.advance(hours=1)
    items, _ = await read(replica, world.scope(), page.watermark)
    assert event_id in items


async def test_watermark_is_the_services_time_not_ours(world: World) -> None:
    event_id = world.event("made now")
    ahead = Clock(world.clock.now)
    ahead.advance(hours=2)
    fast = world.replica(clock=ahead)
    _, page = await read(fast, world.scope())
    world.clock.advance(minutes=30)
    world.org.update("Event", event_id, {"Subject": "changed"})
    ahead.advance(minutes=30)
    items, _ = await read(fast, world.scope(), page.watermark)
    assert items[event_id].fields["subject"] == "changed"
    await fast.close()


async def test_deleted_event_is_a_hint_at_once_and_never_an_item(
    world: World, replica: SalesforceEvents
) -> None:
    event_id = world.event()
    _, page = await read(replica, world.scope())
    world.clock.advance(seconds=20)
    world.org.delete("Event", event_id)
    items, page = await read(replica, world.scope(), page.watermark)
    assert not items
    assert page.hints == {event_id}
    world.clock.advance(days=2)
    _, page = await read(replica, world.scope(), page.watermark)
    assert not page.hints


@pytest.mark.parametrize("gap_s", [0, 5, 59, 61, 3600])
async def test_readings_in_quick_succession_are_not_refused(
    world: World, replica: SalesforceEvents, gap_s: int
) -> None:
    _, page = await read(replica, world.scope())
    for _ in range(3):
        world.clock.advance(seconds=gap_s)
        _, page = await read(replica, world.scope(), page.watermark)
        assert not page.is_full
    assert not world.notices


async def test_long_pause_ends_in_a_full_reading(world: World, replica: SalesforceEvents) -> None:
    event_id = world.event()
    _, page = await read(replica, world.scope())
    world.clock.advance(days=16)
    items, page = await read(replica, world.scope(past=60), page.watermark)
    assert page.is_full
    scope = world.scope(past=60)
    world.clock.advance(days=14)
    _, page = await read(replica, scope, page.watermark)
    assert not page.is_full
    world.clock.advance(days=15)
    items, page = await read(replica, scope, page.watermark)
    assert page.is_full
    assert event_id in items
    assert "15 days" in world.notices[-1].text


async def test_emptied_bin_ends_in_a_full_reading(world: World, replica: SalesforceEvents) -> None:
    event_id = world.event()
    _, page = await read(replica, world.scope())
    world.clock.advance(hours=1)
    world.org.delete("Event", event_id)
    world.org.empty_recycle_bin()
    items, page = await read(replica, world.scope(), page.watermark)
    assert page.is_full
    assert not items
    assert "log of deletions" in world.notices[-1].text


async def test_other_scope_or_unknown_watermark_ends_in_a_full_reading(
    world: World, replica: SalesforceEvents
) -> None:
    _, page = await read(replica, world.scope())
    for scope, watermark in (
        (world.scope(private=True), page.watermark),
        (world.scope(future=30), page.watermark),
        (world.scope(), "not ours"),
        (world.scope(), '{"form": 1}'),
        (world.scope(), "[]"),
    ):
        _, again = await read(replica, scope, watermark)
        assert again.is_full


async def test_many_events_come_page_by_page(world: World, replica: SalesforceEvents) -> None:
    ids = {world.event(f"event {number}") for number in range(2100)}
    pages = [page async for page in replica.read(world.scope(), None)]
    assert len(pages) > 1
    assert {item.id for page in pages for item in page.items} == ids
    assert {page.total for page in pages} == {2100}
    assert [bool(page.watermark) for page in pages] == [False] * (len(pages) - 1) + [True]
    assert [page.is_full for page in pages] == [False] * (len(pages) - 1) + [True]


async def test_occurrences_of_a_lightning_series_spread_and_its_pattern_row_is_no_item(
    world: World, replica: SalesforceEvents
) -> None:
    ids = world.org.create_lightning_series(
        {"Subject": "weekly", "StartDateTime": "2026-04-01T09:00:00Z", "DurationInMinutes": 30},
        SeriesPattern(frequency="WEEKLY", count=3),
    )
    single = world.event("single")
    items, _ = await read(replica, world.scope())
    assert set(items) == {*ids, single}
    assert {each for each, item in items.items() if item.spreads} == set(ids)


async def test_all_day_dates_never_pass_through_a_zone(world: World) -> None:
    event_id = world.event(
        "holiday", "2026-04-06T00:00:00Z", IsAllDayEvent=True, EndDateTime="2026-04-08T00:00:00Z"
    )
    for zone in ("Pacific/Pago_Pago", "America/New_York", "Europe/Berlin", "Pacific/Apia", "Asia/Kolkata"):
        replica = world.replica(zone=ZoneInfo(zone))
        items, _ = await read(replica, world.scope())
        assert items[event_id].fields["when"] == AllDay(date(2026, 4, 6), date(2026, 4, 8))
        await replica.close()


@pytest.mark.parametrize(
    "org_options", [OrgOptions(hidden_fields=frozenset({"Event.Location", "Event.IsPrivate"}))]
)
async def test_hidden_field_is_neither_asked_for_nor_guessed_nor_written(
    world: World, replica: SalesforceEvents
) -> None:
    event_id = world.event()
    items, page = await read(replica, world.scope())
    assert {"location", "sensitivity"}.isdisjoint(items[event_id].fields)
    assert items[event_id].guards == {"location": Guard.READ_ONLY, "sensitivity": Guard.READ_ONLY}
    items, page = await read(replica, world.scope(), page.watermark)
    assert "location" not in items[event_id].fields


async def test_field_hidden_since_ends_in_a_full_reading(world: World, replica: SalesforceEvents) -> None:
    event_id = world.event()
    _, page = await read(replica, world.scope())
    world.org.options = replace(world.org.options, hidden_fields=frozenset({"Event.Location"}))
    items, page = await read(replica, world.scope(), page.watermark)
    assert page.is_full
    assert "location" not in items[event_id].fields


async def test_remembered_identity_saves_the_question(world: World) -> None:
    identity = Identity(world.org.me, world.org.organization)
    replica = world.replica(identity=identity)
    assert await replica.identify() is identity
    await read(replica, world.scope())
    assert not any("userinfo" in entry.path for entry in world.log.entries)
    await replica.close()
