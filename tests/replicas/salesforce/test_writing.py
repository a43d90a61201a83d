"""Writing over HTTP: collections, preconditions, read-back, and one bad item among good ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.model.field_map import CALENDAR
from lpc_tui.model.items import AllDay, Timed
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Result, Write
from lpc_tui.replicas.salesforce import SalesforceEvents
from tests.replicas.salesforce.conftest import (
    CLOSED,
    OPEN,
    World,
    create,
    delete,
    journal,
    read,
    update,
    write,
)
from tests.replicas.salesforce.test_soql import HOSTILE

WHEN = Timed(datetime(2026, 4, 1, 9, tzinfo=UTC), datetime(2026, 4, 1, 9, 30, tzinfo=UTC))
ALL = {
    "subject": "Review",
    "when": WHEN,
    "location": "Room 1",
    "body": "Line 1\nLine 2",
    "show_as": "oof",
    "sensitivity": "private",
    "reminder": 30,
}


async def test_create_sends_all_fields_and_shows_them_as_read_back(
    world: World, replica: SalesforceEvents
) -> None:
    outcome = (await write(replica, create(**ALL), scope=OPEN))["new"]
    assert outcome.result is Result.DONE
    assert outcome.item is not None
    assert dict(outcome.item.fields) == ALL
    record = world.record(outcome.item.id)
    assert record["StartDateTime"] == "2026-04-01T09:00:00.000+0000"
    assert record["ReminderDateTime"] == "2026-04-01T08:30:00.000+0000"
    assert record["OwnerId"] == world.org.me


async def test_thousand_creates_are_five_writing_requests(world: World, replica: SalesforceEvents) -> None:
    await replica.identify()
    writes = [create(str(number), subject=f"event {number}", when=WHEN) for number in range(1000)]
    sent: list[int] = []

    async def sending(part: Sequence[Write]) -> None:
        sent.append(len(part))

    parts = [part async for part in replica.write(writes, CLOSED, sending)]
    assert world.writing_requests() == 5
    assert sent == [200] * 5
    assert [len(part) for part in parts] == [200] * 5
    assert all(outcome.result is Result.DONE and outcome.item for part in parts for outcome in part)


async def test_update_sends_only_what_changes_and_reads_back(world: World, replica: SalesforceEvents) -> None:
    event_id = world.event("before", Location="Room 1", Description="kept")
    items, _ = await read(replica, world.scope())
    outcome = (await write(replica, update(items[event_id], subject="after", location="")))[event_id]
    assert outcome.result is Result.DONE
    assert outcome.item is not None
    assert outcome.item.fields["subject"] == "after"
    assert world.record(event_id)["Location"] is None
    assert world.record(event_id)["Description"] == "kept"


async def test_update_meets_a_field_changed_meanwhile_and_leaves_it_alone(
    world: World, replica: SalesforceEvents
) -> None:
    event_id = world.event("before")
    items, _ = await read(replica, world.scope())
    world.org.update("Event", event_id, {"Location": "elsewhere"})  # within the same second
    outcome = (await write(replica, update(items[event_id], subject="after")))[event_id]
    assert outcome.result is Result.CHANGED
    assert outcome.item is not None
    assert outcome.item.fields["location"] == "elsewhere"
    assert world.record(event_id)["Subject"] == "before"
    assert world.writing_requests() == 0


async def test_new_stamp_without_an_edit_does_not_stop_a_write(
    world: World, replica: SalesforceEvents
) -> None:
    event_id = world.event("before")
    items, _ = await read(replica, world.scope())
    world.clock.advance(minutes=1)
    world.org.touch("Event", event_id)
    outcome = (await write(replica, update(items[event_id], subject="after")))[event_id]
    assert outcome.result is Result.DONE


async def test_event_turned_private_meanwhile_is_not_shown(world: World, replica: SalesforceEvents) -> None:
    event_id = world.event("before")
    items, _ = await read(replica, world.scope())
    world.org.update("Event", event_id, {"Subject": "Doctor", "IsPrivate": True})
    outcome = (await write(replica, update(items[event_id], subject="after")))[event_id]
    assert outcome.result is Result.CHANGED
    assert outcome.item is not None
    assert outcome.item.is_private
    assert not outcome.item.fields


@pytest.mark.parametrize("action", [Action.UPDATE, Action.DELETE])
async def test_gone_reassigned_archived_and_purged_records_are_not_written(
    world: World, replica: SalesforceEvents, action: Action
) -> None:
    archived = world.event("archived", "2025-03-25T09:00:00Z")
    ids = {name: world.event(name) for name in ("deleted", "reassigned", "purged", "good")} | {
        "archived": archived
    }
    items, _ = await read(replica, world.scope(past=400))
    world.org.delete("Event", ids["purged"])
    world.org.empty_recycle_bin()
    world.org.delete("Event", ids["deleted"])
    world.org.update("Event", ids["reassigned"], {"OwnerId": world.org.colleague})
    world.clock.advance(days=10)
    world.org.run_archive()
    writes = [
        update(items[each], subject="after") if action is Action.UPDATE else delete(items[each])
        for each in ids.values()
    ]
    outcomes = await write(replica, *writes)
    assert {name: outcomes[each].result for name, each in ids.items()} == {
        "deleted": Result.GONE,
        "reassigned": Result.CHANGED,
        "purged": Result.CHANGED,  # no proof that it is gone
        "archived": Result.CHANGED,
        "good": Result.DONE,
    }
    assert world.record(ids["reassigned"])["Subject"] == "reassigned"


async def test_deletes_go_by_two_hundred_and_are_in_the_bin(world: World, replica: SalesforceEvents) -> None:
    ids = [world.event(f"event {number}") for number in range(250)]
    items, _ = await read(replica, world.scope())
    outcomes = await write(replica, *(delete(items[each]) for each in ids))
    assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
    assert world.writing_requests() == 2
    assert world.org.query("SELECT Id FROM Event") == []
    assert len(world.org.query("SELECT Id FROM Event", include_deleted=True)) == 250


async def test_three_week_holiday_is_one_refusal_among_good_ones(
    world: World, replica: SalesforceEvents
) -> None:
    outcomes = await write(
        replica,
        create("a", subject="a", when=WHEN),
        create("long", subject="holiday", when=AllDay(date(2026, 7, 1), date(2026, 7, 21))),
        create("b", subject="b", when=WHEN),
    )
    assert {key: outcome.result for key, outcome in outcomes.items()} == {
        "a": Result.DONE,
        "long": Result.REFUSED,
        "b": Result.DONE,
    }
    assert outcomes["long"].words.startswith("FIELD_INTEGRITY_EXCEPTION: ")
    assert outcomes["long"].fields
    assert len(world.org.query("SELECT Id FROM Event")) == 2


async def test_text_too_long_is_refused_in_the_services_words(
    world: World, replica: SalesforceEvents
) -> None:
    outcome = (await write(replica, create(subject="x" * 256, when=WHEN)))["new"]
    assert outcome.result is Result.REFUSED
    assert outcome.words.startswith("STRING_TOO_LONG: ")
    assert outcome.fields == ("Subject",)


async def test_moving_an_event_keeps_its_length_and_moves_its_reminder(
    world: World, replica: SalesforceEvents
) -> None:
    event_id = world.event(IsReminderSet=True, ReminderDateTime="2026-04-01T08:50:00Z")
    items, _ = await read(replica, world.scope())
    later = Timed(WHEN.start + timedelta(days=2), WHEN.end + timedelta(days=2))
    outcome = (await write(replica, update(items[event_id], when=later)))[event_id]
    assert outcome.item is not None
    assert outcome.item.fields["when"] == later
    assert outcome.item.fields["reminder"] == 10
    assert world.record(event_id)["ReminderDateTime"] == "2026-04-03T08:50:00.000+0000"


async def test_timed_becomes_all_day_and_back(world: World, replica: SalesforceEvents) -> None:
    event_id = world.event()
    items, _ = await read(replica, world.scope())
    days = AllDay(date(2026, 4, 1), date(2026, 4, 3))
    outcome = (await write(replica, update(items[event_id], when=days)))[event_id]
    assert outcome.item is not None
    assert outcome.item.fields["when"] == days
    outcome = (await write(replica, update(outcome.item, when=WHEN)))[event_id]
    assert outcome.item is not None
    assert outcome.item.fields["when"] == WHEN


@pytest.mark.parametrize(
    "when",
    [
        Timed(
            datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
        ),  # CET to CEST
        Timed(
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        ),  # and back
        Timed(datetime(2026, 4, 1, 20, tzinfo=UTC), datetime(2026, 4, 4, 6, tzinfo=UTC)),
        Timed(WHEN.start, WHEN.start),
        AllDay(date(2026, 3, 29), date(2026, 3, 29)),
        AllDay(date(2026, 10, 24), date(2026, 10, 26)),
        AllDay(date(2026, 4, 1), date(2026, 4, 14)),
    ],
    ids=str,
)
@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Europe/Berlin", "Pacific/Apia"])
async def test_times_arrive_exactly_in_every_zone(world: World, zone: str, when: Timed | AllDay) -> None:
    replica = world.replica(zone=ZoneInfo(zone))
    outcome = (await write(replica, create(subject="x", when=when, reminder=45)))["new"]
    assert outcome.item is not None
    assert outcome.item.fields["when"] == when
    assert outcome.item.fields["reminder"] == 45
    items, _ = await read(replica, world.scope())
    assert items[outcome.item.id].fields["when"] == when
    await replica.close()


async def test_fired_reminder_is_no_change_and_no_obstacle(world: World, replica: SalesforceEvents) -> None:
    made = (await write(replica, create(subject="soon", when=WHEN, reminder=15)))["new"].item
    assert made is not None
    _, page = await read(replica, world.scope())
    scope = world.scope()
    world.clock.now = WHEN.start
    world.org.fire_reminders()
    items, _ = await read(replica, scope, page.watermark)
    assert "reminder" not in items[made.id].fields
    outcome = (await write(replica, update(made, subject="late")))[made.id]
    assert outcome.result is Result.DONE


async def test_own_write_read_back_equals_what_the_next_reading_shows(
    world: World, replica: SalesforceEvents
) -> None:
    _, page = await read(replica, world.scope())
    made = (await write(replica, create(**{**ALL, "sensitivity": "normal"})))["new"].item
    assert made is not None
    items, _ = await read(replica, world.scope(), page.watermark)
    assert items[made.id] == made


async def test_hostile_text_arrives_unharmed(world: World, replica: SalesforceEvents) -> None:
    since = world.clock.now
    writes = [create(str(n), subject=text, body=text, when=WHEN) for n, text in enumerate(HOSTILE)]
    outcomes = await write(replica, *writes)
    subject, body = (next(spec for spec in CALENDAR if spec.name == name) for name in ("subject", "body"))
    for number, text in enumerate(HOSTILE):
        item = outcomes[str(number)].item
        assert item is not None
        assert not subject.changed(text.strip("\x1b\x07"), item.fields["subject"])
        assert not body.changed(text.strip("\x1b\x07"), item.fields["body"])
    assert len(await replica.find(writes, since, world.scope())) == len(HOSTILE)


async def test_occurrence_of_a_series_can_be_written_when_asked(
    world: World, replica: SalesforceEvents
) -> None:
    """That it may be asked is the planner's to decide (law 14); the replica does as it is told."""
    event_id = world.event()
    items, _ = await read(replica, world.scope())
    item = replace(items[event_id], spreads=True)
    assert (await write(replica, update(item, subject="after")))[event_id].result is Result.DONE


async def test_event_without_a_time_is_refused_by_the_service(
    world: World, replica: SalesforceEvents
) -> None:
    outcome = (await write(replica, create(subject="when?", when=None)))["new"]
    assert outcome.result is Result.REFUSED
    assert outcome.words.startswith("REQUIRED_FIELD_MISSING: ")


async def test_several_collections_at_once_keep_their_order(
    world: World, replica: SalesforceEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lpc_tui.replicas.salesforce.writing.CREATES_IN_FLIGHT", 3)
    writes = [create(str(number), subject="x", when=WHEN) for number in range(900)]
    parts = [part async for part in replica.write(writes, CLOSED, journal)]
    assert [outcome.key for part in parts for outcome in part] == [write.key for write in writes]
    assert world.writing_requests() == 5


async def test_closing_the_iterator_sends_no_more_than_is_under_way(
    world: World, replica: SalesforceEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lpc_tui.replicas.salesforce.writing.CREATES_IN_FLIGHT", 2)
    writes = [create(str(number), subject="x", when=WHEN) for number in range(650)]
    stream = replica.write(writes, CLOSED, journal)
    async for _ in stream:
        break
    await stream.aclose()  # type: ignore[attr-defined] # the protocol names only what `async for` needs
    assert world.writing_requests() == 2


async def test_journal_that_fails_stops_the_write_before_it_is_sent(
    world: World, replica: SalesforceEvents
) -> None:
    async def broken(_: Sequence[Write]) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        async for _ in replica.write([create(subject="x", when=WHEN)], CLOSED, broken):
            pass
    assert world.writing_requests() == 0
