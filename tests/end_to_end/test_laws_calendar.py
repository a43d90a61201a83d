"""What the laws come to for events alone, over real HTTP: series, days and zones, formatting, meetings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.engine.events import Status
from lpc_tui.engine.interface import Proposal, Review
from lpc_tui.model.items import AllDay, Process, Side, Timed
from lpc_tui.model.plan import Answers
from lpc_tui.sandbox.graph.person import Person
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.salesforce.series import SeriesPattern
from tests.end_to_end.pairs import LOOKING, Pair, paired, run, stays_quiet
from tests.end_to_end.rehearsal import Rehearsal, rehearsing

Json = dict[str, Any]

BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"

each_side = pytest.mark.parametrize("side", Side)


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path, process=Process.CALENDAR) as playing:
        playing.options = {"prevent": {"delete_from_salesforce": False}}
        yield playing


def local(day: str, hour: int, zone: str) -> Json:
    """Graph's form of a time on a wall."""
    return {"dateTime": f"{day}T{hour:02d}:00:00", "timeZone": zone}


def weekly(first: str, count: int, zone: str = BERLIN, hour: int = 9, weekday: str = "thursday") -> Json:
    """The body of a weekly series of one-hour meetings with oneself."""
    return {
        "subject": "Weekly",
        "isReminderOn": False,
        "start": local(first, hour, zone),
        "end": local(first, hour + 1, zone),
        "recurrence": recurrence(first, count, zone, weekday),
    }


def recurrence(first: str, count: int, zone: str = BERLIN, weekday: str = "thursday") -> Json:
    return {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": [weekday]},
        "range": {
            "type": "numbered",
            "startDate": first,
            "numberOfOccurrences": count,
            "recurrenceTimeZone": zone,
        },
    }


def occurrences(rehearsal: Rehearsal, master: str) -> list[Json]:
    """The occurrences of a series in Outlook, in order."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return rehearsal.worlds.mailbox.instances(master, start, start + timedelta(days=700))


def salesforce_times(rehearsal: Rehearsal) -> dict[str, datetime]:
    """The start of every Salesforce event, by id, in order."""
    shown = rehearsal.hands(Side.SALESFORCE).shows()
    starts = {item: when.start for item, fields in shown.items() if isinstance(when := fields["when"], Timed)}
    return dict(sorted(starts.items(), key=lambda each: each[1]))


async def series(rehearsal: Rehearsal, first: str = "2026-03-12", count: int = 5) -> tuple[str, list[str]]:
    """A linked weekly series: its Outlook id, and the Salesforce ids of its occurrences, in order."""
    master = rehearsal.worlds.mailbox.create_event(weekly(first, count))["id"]
    await run(rehearsal)
    ids = list(salesforce_times(rehearsal))
    assert len(ids) == count
    return master, ids


# Series


@pytest.mark.parametrize(
    ("zone", "first", "weekday"),
    [
        (BERLIN, "2026-03-12", "thursday"),  # into summer time on 29 March
        (BERLIN, "2026-10-08", "thursday"),  # out of it on 25 October
        (NEW_YORK, "2026-03-04", "wednesday"),  # on 8 March
        (NEW_YORK, "2026-10-21", "wednesday"),  # on 1 November
    ],
)
async def test_a_series_keeps_its_wall_time_over_a_change_of_the_clocks(
    rehearsal: Rehearsal, zone: str, first: str, weekday: str
) -> None:
    rehearsal.worlds.mailbox.create_event(weekly(first, 5, zone, 9, weekday))
    await run(rehearsal)
    begin = datetime.fromisoformat(first).replace(hour=9, tzinfo=ZoneInfo(zone))
    expected = [(begin + timedelta(weeks=week)).astimezone(UTC) for week in range(5)]
    assert list(salesforce_times(rehearsal).values()) == expected
    assert len({each.hour for each in expected}) == 2
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []


async def test_a_series_edited_as_a_whole_changes_each_occurrence_and_no_identity(
    rehearsal: Rehearsal,
) -> None:
    master, ids = await series(rehearsal)
    rehearsal.worlds.mailbox.update_event(master, {"subject": "Renamed", "location": {"displayName": "5"}})
    await run(rehearsal)
    shown = rehearsal.hands(Side.SALESFORCE).shows()
    assert {item: (fields["subject"], fields["location"]) for item, fields in shown.items()} == dict.fromkeys(
        ids, ("Renamed", "5")
    )
    await stays_quiet(rehearsal)


async def test_a_series_moved_as_a_whole_converges_without_doubles(rehearsal: Rehearsal) -> None:
    master, _ids = await series(rehearsal)
    later = {"start": local("2026-03-12", 14, BERLIN), "end": local("2026-03-12", 15, BERLIN)}
    rehearsal.worlds.mailbox.update_event(master, later)
    await run(rehearsal)
    assert [each.astimezone(ZoneInfo(BERLIN)).hour for each in salesforce_times(rehearsal).values()] == [
        14
    ] * 5
    assert await rehearsal.differences() == []
    await stays_quiet(rehearsal)


async def test_one_occurrence_moved_is_that_one(rehearsal: Rehearsal) -> None:
    master, ids = await series(rehearsal)
    second = occurrences(rehearsal, master)[1]["id"]
    before = salesforce_times(rehearsal)
    moved = {"start": local("2026-03-20", 16, BERLIN), "end": local("2026-03-20", 17, BERLIN)}
    rehearsal.worlds.mailbox.update_event(second, moved)
    result = await run(rehearsal)
    assert result.counts[Process.CALENDAR].writes == 1
    assert salesforce_times(rehearsal) == before | {ids[1]: datetime(2026, 3, 20, 15, tzinfo=UTC)}
    await stays_quiet(rehearsal)


async def test_one_occurrence_cancelled_is_that_one(rehearsal: Rehearsal) -> None:
    master, ids = await series(rehearsal)
    rehearsal.worlds.mailbox.delete_event(occurrences(rehearsal, master)[1]["id"])
    result = await run(rehearsal)
    assert result.counts[Process.CALENDAR].writes == 1
    assert list(salesforce_times(rehearsal)) == [ids[0], *ids[2:]]
    await stays_quiet(rehearsal)


@pytest.mark.parametrize(("count", "kept"), [(3, 3), (8, 5)], ids=["shortened", "lengthened"])
async def test_a_series_shortened_or_lengthened_keeps_the_others(
    rehearsal: Rehearsal, count: int, kept: int
) -> None:
    master, ids = await series(rehearsal)
    rehearsal.worlds.mailbox.update_event(master, {"recurrence": recurrence("2026-03-12", count)})
    await run(rehearsal)
    now = list(salesforce_times(rehearsal))
    assert len(now) == count
    assert now[:kept] == ids[:kept]
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []


async def test_a_deleted_series_takes_its_occurrences_along(rehearsal: Rehearsal) -> None:
    master, _ids = await series(rehearsal)
    rehearsal.worlds.mailbox.delete_event(master)
    rehearsal.hands(Side.OUTLOOK).add(subject="Stays", when=noon(1))
    rehearsal.safety = {"max_deletes": 25}
    result = await rehearsal.sync()
    assert result.exit_code == 1  # of five links none is left: law 10
    assert len(salesforce_times(rehearsal)) == 5


@pytest.mark.parametrize("series_first", [False, True], ids=["single-to-series", "series-to-single"])
async def test_single_to_series_and_back_converges_without_doubles(
    rehearsal: Rehearsal, series_first: bool
) -> None:
    other = await paired(rehearsal, "Other", days=2)
    body = weekly("2026-03-12", 4)
    single = {"recurrence": None}
    shapes = [{"recurrence": body["recurrence"]}, single]
    begin = body if series_first else body | single
    event = rehearsal.worlds.mailbox.create_event(begin)["id"]
    await run(rehearsal)
    for shape in [*shapes, *shapes] if not series_first else [single, *shapes]:
        rehearsal.worlds.mailbox.update_event(event, shape)
        await run(rehearsal)
        assert len(salesforce_times(rehearsal)) == (2 if shape is single else 5)
        assert await rehearsal.differences() == []
        await stays_quiet(rehearsal)
    assert other.is_there(Side.SALESFORCE)


async def test_an_occurrence_edited_in_salesforce_becomes_an_exception(rehearsal: Rehearsal) -> None:
    master, ids = await series(rehearsal)
    rehearsal.hands(Side.SALESFORCE).edit(ids[2], subject="Special", location="Room 5")
    await run(rehearsal)
    assert [each["subject"] for each in occurrences(rehearsal, master)] == [
        *["Weekly"] * 2,
        "Special",
        *["Weekly"] * 2,
    ]
    await stays_quiet(rehearsal)


async def test_an_occurrence_deleted_in_salesforce_is_cancelled_alone(rehearsal: Rehearsal) -> None:
    master, ids = await series(rehearsal)
    rehearsal.hands(Side.SALESFORCE).delete(ids[2])
    await run(rehearsal)
    assert len(occurrences(rehearsal, master)) == 4
    assert list(salesforce_times(rehearsal)) == [*ids[:2], *ids[3:]]
    await stays_quiet(rehearsal)


async def test_an_exception_and_an_edit_of_the_series_are_both_kept(rehearsal: Rehearsal) -> None:
    master, ids = await series(rehearsal)
    rehearsal.hands(Side.SALESFORCE).edit(ids[2], location="Room 5")
    rehearsal.worlds.mailbox.update_event(master, {"subject": "Renamed"})
    await run(rehearsal)
    shown = rehearsal.hands(Side.SALESFORCE).shows()
    assert {fields["subject"] for fields in shown.values()} == {"Renamed"}
    assert [each["location"]["displayName"] for each in occurrences(rehearsal, master)] == [
        "",
        "",
        "Room 5",
        "",
        "",
    ]
    await stays_quiet(rehearsal)


async def test_a_series_without_an_end_is_synced_within_the_window_only(rehearsal: Rehearsal) -> None:
    rehearsal.options |= {"past_days": 7, "future_days": 27}
    body = weekly("2026-01-01", 1)
    body["recurrence"]["range"] = {"type": "noEnd", "startDate": "2026-01-01", "recurrenceTimeZone": BERLIN}
    rehearsal.worlds.mailbox.create_event(body)
    await run(rehearsal)
    assert len(salesforce_times(rehearsal)) == 5
    await stays_quiet(rehearsal)
    rehearsal.times.advance(days=7)
    await run(rehearsal)
    assert len(salesforce_times(rehearsal)) == 6
    await stays_quiet(rehearsal)


async def test_a_future_occurrence_of_a_lightning_series_waits_for_a_yes(rehearsal: Rehearsal) -> None:
    fields = {
        "Subject": "Series",
        "StartDateTime": "2026-03-12T09:00:00Z",
        "EndDateTime": "2026-03-12T10:00:00Z",
    }
    ids = rehearsal.worlds.org.create_lightning_series(fields, SeriesPattern(frequency="WEEKLY", count=4))
    await run(rehearsal)
    outlook = rehearsal.hands(Side.OUTLOOK)
    assert len(outlook.named("Series")) == 4
    second = next(
        item
        for item, shown in outlook.shows().items()
        if shown["when"] == rehearsal.hands(Side.SALESFORCE).show(ids[1])["when"]
    )
    outlook.edit(second, subject="Only this one")
    for _ in range(2):
        await stays_quiet(rehearsal, 1)
    (held,) = rehearsal.told(Status.SKIPPED)
    assert "whole series" in str(held.reason)
    assert await consented(rehearsal) == 0
    assert rehearsal.hands(Side.SALESFORCE).show(ids[1])["subject"] == "Only this one"
    await run(rehearsal)
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []


async def consented(rehearsal: Rehearsal) -> int:
    """A run in which the person says yes to whatever waits for it; returns the exit code."""

    async def review(proposal: Proposal) -> Review:
        keys = frozenset(step.key for step in proposal.plans[Process.CALENDAR].steps)
        return Review(is_approved=True, answers={Process.CALENDAR: Answers(consents=keys)})

    return (await rehearsal.sync(review)).exit_code


# Days, zones, midnight


def noon(day: int) -> Timed:
    start = datetime(2026, 3, 11, 12, tzinfo=UTC) + timedelta(days=day)
    return Timed(start, start + timedelta(hours=1))


@each_side
async def test_all_day_to_timed_and_back(rehearsal: Rehearsal, side: Side) -> None:
    pair = await paired(rehearsal, origin=side)
    days = AllDay(date(2026, 3, 28), date(2026, 3, 30))
    for when in (days, noon(3), AllDay(date(2026, 3, 29), date(2026, 3, 29)), noon(4)):
        pair.edit(side, when=when)
        await run(rehearsal)
        assert [pair.shows(each, "when") for each in Side] == [when, when]
        await stays_quiet(rehearsal)


@each_side
@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]
)
async def test_all_day_events_keep_their_dates_wherever_the_computer_is(
    rehearsal: Rehearsal, side: Side, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tzlocal.get_localzone", lambda: ZoneInfo(zone))
    whens = [
        AllDay(date(2026, 3, 12), date(2026, 3, 12)),
        AllDay(date(2026, 3, 28), date(2026, 3, 30)),
        AllDay(date(2026, 10, 25), date(2026, 10, 25)),
        AllDay(date(2026, 2, 27), date(2026, 3, 1)),
    ]
    hands = rehearsal.hands(side)
    for when in whens:
        hands.add(subject=f"From {when.first}", when=when)
    await run(rehearsal)
    shown = rehearsal.hands(side.other).shows().values()
    assert sorted(str(fields["when"]) for fields in shown) == sorted(map(str, whens))
    await stays_quiet(rehearsal)


async def test_an_all_day_event_of_another_zone_keeps_its_date(rehearsal: Rehearsal) -> None:
    """Graph's all-day events run from midnight to midnight in a zone of their own."""
    for zone in ("Pacific Standard Time", "Tokyo Standard Time", "UTC"):
        rehearsal.worlds.mailbox.create_event(
            {
                "subject": zone,
                "isAllDay": True,
                "isReminderOn": False,
                "start": local("2026-03-12", 0, zone),
                "end": local("2026-03-13", 0, zone),
            }
        )
    await run(rehearsal)
    day = AllDay(date(2026, 3, 12), date(2026, 3, 12))
    shown = rehearsal.hands(Side.SALESFORCE).shows().values()
    assert [fields["when"] for fields in shown] == [day] * 3
    await stays_quiet(rehearsal)


async def test_another_zone_for_the_same_instant_is_no_edit_and_for_the_same_wall_time_is_one(
    rehearsal: Rehearsal,
) -> None:
    event = rehearsal.worlds.mailbox.create_event(
        {
            "subject": "Call",
            "isReminderOn": False,
            "start": local("2026-03-27", 15, BERLIN),
            "end": local("2026-03-27", 16, BERLIN),
        }
    )["id"]
    await run(rehearsal)
    (copy,) = rehearsal.hands(Side.SALESFORCE).named("Call")
    begin = datetime(2026, 3, 27, 14, tzinfo=UTC)
    pair = Pair(rehearsal, {Side.OUTLOOK: event, Side.SALESFORCE: copy})
    assert pair.shows(Side.SALESFORCE, "when") == Timed(begin, begin + timedelta(hours=1))
    same = {"start": local("2026-03-27", 10, NEW_YORK), "end": local("2026-03-27", 11, NEW_YORK)}
    rehearsal.worlds.mailbox.update_event(event, same)
    await stays_quiet(rehearsal)
    other = {"start": local("2026-03-27", 15, NEW_YORK), "end": local("2026-03-27", 16, NEW_YORK)}
    rehearsal.worlds.mailbox.update_event(event, other)
    await run(rehearsal)
    begin = datetime(2026, 3, 27, 19, tzinfo=UTC)
    assert pair.shows(Side.SALESFORCE, "when") == Timed(begin, begin + timedelta(hours=1))
    await stays_quiet(rehearsal)


async def test_the_computer_in_another_zone_writes_nothing(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for side in Side:
        hands = rehearsal.hands(side)
        hands.add(subject=f"{side} timed", when=noon(1), reminder=15)
        hands.add(subject=f"{side} day", when=AllDay(date(2026, 3, 12), date(2026, 3, 13)))
        hands.add(subject=f"{side} first day", when=AllDay(date(2026, 2, 9), date(2026, 2, 9)))
    await run(rehearsal)
    for zone in ("Pacific/Auckland", "America/Los_Angeles", "UTC"):
        monkeypatch.setattr("tzlocal.get_localzone", lambda zone=zone: ZoneInfo(zone))
        await stays_quiet(rehearsal, requests=LOOKING)
    assert [len(rehearsal.hands(side).natives()) for side in Side] == [6, 6]


@each_side
@pytest.mark.parametrize(
    ("start", "minutes"),
    [
        (datetime(2026, 3, 12, 22, 30, tzinfo=UTC), 180),  # across midnight, everywhere in Europe
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 60),  # 1:30 to 3:30 on Berlin's walls
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 60),  # 2:30 to 2:30
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), 60),  # 1:30 to 1:30 in New York
        (datetime(2026, 3, 13, 23, 0, tzinfo=UTC), 1440),  # a day, but not all-day
        (datetime(2026, 3, 13, 12, 0, tzinfo=UTC), 0),  # no time at all
    ],
)
async def test_instants_are_exact(rehearsal: Rehearsal, side: Side, start: datetime, minutes: int) -> None:
    when = Timed(start, start + timedelta(minutes=minutes))
    pair = await paired(rehearsal, origin=side, fields={"when": when})
    assert [pair.shows(each, "when") for each in Side] == [when, when]
    await stays_quiet(rehearsal)
    pair.edit(side.other, location="Room 5")
    await run(rehearsal)
    assert [pair.shows(each, "when") for each in Side] == [when, when]


@each_side
async def test_an_event_that_reaches_into_the_window_belongs_to_it(rehearsal: Rehearsal, side: Side) -> None:
    first, last = datetime(2026, 2, 9, tzinfo=UTC), datetime(2027, 3, 12, tzinfo=UTC)
    hour = timedelta(hours=1)
    hands = rehearsal.hands(side)
    hands.add(subject="in at the start", when=Timed(first - hour, first + hour))
    hands.add(subject="in at the end", when=Timed(last - hour, last + hour))
    hands.add(subject="out before", when=Timed(first - hour, first))
    hands.add(subject="out after", when=Timed(last, last + hour))
    hands.add(subject="in, whole day", when=AllDay(date(2026, 2, 8), date(2026, 2, 9)))
    hands.add(subject="out, whole day", when=AllDay(date(2026, 2, 8), date(2026, 2, 8)))
    await run(rehearsal)
    shown = rehearsal.hands(side.other).shows().values()
    assert {str(fields["subject"])[:2] for fields in shown} == {"in"}
    assert len(shown) == 3
    await stays_quiet(rehearsal)


async def test_an_archived_event_sleeps(rehearsal: Rehearsal) -> None:
    """Salesforce archives what ended a year ago: no query shows it, and it is not deleted."""
    rehearsal.options |= {"past_days": 700}
    pair = await paired(rehearsal, days=-300)
    rehearsal.times.advance(days=80)
    await stays_quiet(rehearsal, requests=LOOKING)
    pair.edit(Side.OUTLOOK, location="Room 5")
    await stays_quiet(rehearsal, requests=LOOKING)
    pair.delete(Side.OUTLOOK)
    await stays_quiet(rehearsal, requests=LOOKING)
    await stays_quiet(rehearsal)


# Nothing that one side cannot hold is destroyed on the other


async def test_formatting_and_what_has_no_counterpart_stay_when_other_fields_are_synced(
    rehearsal: Rehearsal,
) -> None:
    html = "<p>Agenda: <b>bold</b></p><ul><li>one</li></ul>"
    mailbox, outlook = rehearsal.worlds.mailbox, rehearsal.hands(Side.OUTLOOK)
    pair = await paired(rehearsal)
    kept = {
        "body": {"contentType": "html", "content": html},
        "categories": ["Red category"],
        "importance": "high",
        "showAs": "workingElsewhere",
        "sensitivity": "personal",
    }
    mailbox.update_event(pair.ids[Side.OUTLOOK], kept)
    await run(rehearsal)
    assert "Agenda" in str(pair.shows(Side.SALESFORCE, "body"))
    before = outlook.native(pair.ids[Side.OUTLOOK])
    pair.edit(Side.SALESFORCE, subject="Renamed", location="Room 5", when=noon(5), reminder=30)
    await run(rehearsal)
    after = outlook.native(pair.ids[Side.OUTLOOK])
    assert after["subject"] == "Renamed"
    for name in ("body", "categories", "importance", "showAs", "sensitivity"):
        assert after[name] == before[name]
    await stays_quiet(rehearsal)
    pair.edit(Side.SALESFORCE, body="Plain")
    await stays_quiet(rehearsal)
    assert outlook.native(pair.ids[Side.OUTLOOK])["body"] == before["body"]
    rehearsal.options["keep_formatting"] = False
    await run(rehearsal)
    assert pair.shows(Side.OUTLOOK, "body") == "Plain"
    await stays_quiet(rehearsal)


async def test_what_salesforce_keeps_for_itself_stays(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    org = rehearsal.worlds.org
    contact = org.insert("Contact", {"LastName": "Doe"})
    org.update("Event", pair.ids[Side.SALESFORCE], {"WhoId": contact, "Type": "Meeting"})
    pair.edit(Side.OUTLOOK, subject="Renamed", when=noon(5), body="New")
    await run(rehearsal)
    record = org.record("Event", pair.ids[Side.SALESFORCE])
    assert (record["Subject"], record["WhoId"], record["Type"]) == ("Renamed", contact, "Meeting")
    await stays_quiet(rehearsal)


async def test_a_cut_text_is_not_cut_in_outlook(rehearsal: Rehearsal) -> None:
    long = "\n".join(f"Line {number}: {'x' * 70}" for number in range(500))
    pair = await paired(rehearsal, fields={"body": long})
    assert len(str(pair.shows(Side.SALESFORCE, "body"))) <= 32_000
    await stays_quiet(rehearsal)
    pair.edit(Side.SALESFORCE, body="short", subject="Renamed")
    await run(rehearsal)
    assert pair.shows(Side.OUTLOOK, "subject") == "Renamed"
    assert pair.shows(Side.OUTLOOK, "body") == long
    await stays_quiet(rehearsal)


@each_side
async def test_blanks_and_line_ends_that_a_service_rewrites_are_no_edit(
    rehearsal: Rehearsal, side: Side
) -> None:
    fields = {"location": "  Room 5 ", "body": "\n\n  indented\r\n\r\ntrailing   \n\n"}
    pair = await paired(rehearsal, origin=side, fields=fields)
    for _ in range(2):
        await stays_quiet(rehearsal)
    pair.edit(side.other, location="Room 6")
    await run(rehearsal)
    assert pair.shows(side, "location") == "Room 6"
    assert "indented" in str(pair.shows(side, "body"))
    await stays_quiet(rehearsal)


async def test_a_reminder_that_fired_is_no_edit(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal, origin=Side.SALESFORCE, days=0, fields={"when": noon(0), "reminder": 15})
    assert pair.shows(Side.OUTLOOK, "reminder") == 15
    rehearsal.times.advance(hours=3)
    rehearsal.worlds.org.fire_reminders()
    await stays_quiet(rehearsal)
    assert pair.shows(Side.OUTLOOK, "reminder") == 15


async def test_an_event_too_long_for_salesforce_is_refused_alone(rehearsal: Rehearsal) -> None:
    outlook = rehearsal.hands(Side.OUTLOOK)
    long = outlook.add(subject="Sabbatical", when=AllDay(date(2026, 4, 1), date(2026, 5, 30)))
    outlook.add(subject="Lunch", when=noon(1))
    await run(rehearsal, 1)
    (told,) = rehearsal.told(Status.FAILED)
    assert (told.item, "14 days" in str(told.reason)) == ("Sabbatical", True)
    assert rehearsal.hands(Side.SALESFORCE).named("Lunch")
    await stays_quiet(rehearsal, 1)
    outlook.edit(long, when=AllDay(date(2026, 4, 1), date(2026, 4, 7)))
    await run(rehearsal)
    await stays_quiet(rehearsal)


async def test_an_org_without_multi_day_events_refuses_those_alone(rehearsal: Rehearsal) -> None:
    rehearsal.worlds.org.options = OrgOptions(multiday_events=False)
    outlook = rehearsal.hands(Side.OUTLOOK)
    outlook.add(subject="Fair", when=AllDay(date(2026, 4, 1), date(2026, 4, 3)))
    outlook.add(subject="Lunch", when=noon(1))
    await run(rehearsal, 1)
    assert [told.item for told in rehearsal.told(Status.FAILED)] == ["Fair"]
    await stays_quiet(rehearsal, 1)


# Law 12


GUEST = {"type": "required", "emailAddress": {"name": "Sam Guest", "address": "sam@example.com"}}


async def meeting(rehearsal: Rehearsal) -> Pair:
    """A linked meeting with a guest, whose invitation has been sent by the person."""
    mailbox = rehearsal.worlds.mailbox
    begin = {"start": local("2026-03-12", 9, BERLIN), "end": local("2026-03-12", 10, BERLIN)}
    body = {"subject": "Kickoff", "attendees": [GUEST], "isReminderOn": False, **begin}
    event = mailbox.create_event(body)["id"]
    mailbox.outbox.clear()
    await run(rehearsal)
    (copy,) = rehearsal.hands(Side.SALESFORCE).named("Kickoff")
    return Pair(rehearsal, {Side.OUTLOOK: event, Side.SALESFORCE: copy})


async def test_changing_a_meeting_with_guests_waits_and_sends_no_mail(rehearsal: Rehearsal) -> None:
    pair = await meeting(rehearsal)
    await stays_quiet(rehearsal)
    pair.edit(Side.SALESFORCE, subject="Renamed", when=noon(2))
    for _ in range(2):
        await stays_quiet(rehearsal, 1)
    assert rehearsal.worlds.mailbox.outbox == []
    assert pair.shows(Side.OUTLOOK, "subject") == "Kickoff"
    assert await consented(rehearsal) == 0
    assert pair.shows(Side.OUTLOOK, "subject") == "Renamed"
    assert rehearsal.hands(Side.OUTLOOK).native(pair.ids[Side.OUTLOOK])["attendees"]
    await stays_quiet(rehearsal)


async def test_deleting_a_meeting_with_guests_waits_and_sends_no_mail(rehearsal: Rehearsal) -> None:
    pair = await meeting(rehearsal)
    pair.delete(Side.SALESFORCE)
    await stays_quiet(rehearsal, 1, requests=LOOKING)
    await stays_quiet(rehearsal, 1)
    assert pair.is_there(Side.OUTLOOK)
    assert rehearsal.worlds.mailbox.outbox == []
    rehearsal.safety = {"notify_attendees": True}
    await run(rehearsal)
    assert not pair.is_there(Side.OUTLOOK)
    assert len(rehearsal.worlds.mailbox.outbox) == 1


@pytest.mark.parametrize("policy", ["newest", "salesforce"])
async def test_a_meeting_made_anew_in_outlook_invites_nobody(rehearsal: Rehearsal, policy: str) -> None:
    pair = await meeting(rehearsal)
    pair.delete(Side.OUTLOOK)
    rehearsal.worlds.mailbox.outbox.clear()
    pair.edit(Side.SALESFORCE, location="Room 5")
    rehearsal.options["conflicts"] = policy
    await run(rehearsal)
    (again,) = rehearsal.hands(Side.OUTLOOK).named("Kickoff")
    assert rehearsal.hands(Side.OUTLOOK).native(again)["attendees"] == []
    assert rehearsal.worlds.mailbox.outbox == []
    await stays_quiet(rehearsal)


async def test_an_invitation_is_copied_and_never_answered(rehearsal: Rehearsal) -> None:
    mailbox = rehearsal.worlds.mailbox
    begin = {"start": local("2026-03-12", 9, BERLIN), "end": local("2026-03-12", 10, BERLIN)}
    body = {"subject": "Kickoff", "attendees": [GUEST], "isReminderOn": False, **begin}
    event = mailbox.receive_invitation(body, Person("Kim Boss", "kim@example.com"))["id"]
    await run(rehearsal)
    (copy,) = rehearsal.hands(Side.SALESFORCE).named("Kickoff")
    pair = Pair(rehearsal, {Side.OUTLOOK: event, Side.SALESFORCE: copy})
    before = rehearsal.hands(Side.OUTLOOK).native(event)
    pair.edit(Side.SALESFORCE, subject="Mine now")
    await rehearsal.sync()
    assert rehearsal.hands(Side.OUTLOOK).native(event) == before
    pair.delete(Side.SALESFORCE)
    await rehearsal.sync()
    assert pair.is_there(Side.OUTLOOK)
    assert mailbox.outbox == []


async def test_an_online_meetings_body_is_not_overwritten(rehearsal: Rehearsal) -> None:
    mailbox = rehearsal.worlds.mailbox
    begin = {"start": local("2026-03-12", 9, BERLIN), "end": local("2026-03-12", 10, BERLIN)}
    body = {"subject": "Kickoff", "isOnlineMeeting": True, "isReminderOn": False, **begin}
    event = mailbox.create_event(body)["id"]
    await run(rehearsal)
    (copy,) = rehearsal.hands(Side.SALESFORCE).named("Kickoff")
    pair = Pair(rehearsal, {Side.OUTLOOK: event, Side.SALESFORCE: copy})
    rehearsal.options["keep_formatting"] = False
    pair.edit(Side.SALESFORCE, body="Overwritten", location="Room 5")
    await run(rehearsal)
    native = rehearsal.hands(Side.OUTLOOK).native(event)
    assert native["isOnlineMeeting"]
    assert native["onlineMeeting"]["joinUrl"] in native["body"]["content"]
    assert native["location"]["displayName"] == "Room 5"
    await stays_quiet(rehearsal)
