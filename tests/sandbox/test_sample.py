"""The sample: as much and as varied as the demo promises, evidently the same where it is on both sides, and repeatable."""

import datetime as dt
from collections import Counter
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.bodies import as_text
from lpc_tui.sandbox.sample import Worlds, build_sample, empty_worlds
from lpc_tui.sandbox.sample.words import HOSTILE
from tests.sandbox.conftest import NOW, TODAY

Key = tuple[str, str, str]
FIELDS = (
    "Subject, StartDateTime, EndDateTime, IsAllDayEvent, Location, Description, ShowAs, IsPrivate, IsReminderSet, "
    "ReminderDateTime, IsRecurrence2, IsChild, OwnerId, WhoId"
)
SHOWN = {"free": "Free", "workingElsewhere": "Free", "oof": "OutOfOffice"}


def _sample(
    seed: int = 1, today: dt.date = TODAY, now: dt.datetime = NOW, *, conflicts: bool = False
) -> Worlds:
    worlds = empty_worlds(clock=lambda: now, seed=seed)
    build_sample(worlds.mailbox, worlds.org, seed=seed, today=today, conflicts=conflicts)
    return worlds


@pytest.fixture(scope="module")
def sample() -> Worlds:
    return _sample()


@pytest.fixture(scope="module")
def disputed() -> Worlds:
    """The sample in which some things need a person's decision."""
    return _sample(conflicts=True)


def _outlook(worlds: Worlds, past: int = 40, future: int = 120) -> list[JsonObject]:
    return worlds.mailbox.calendar_view(NOW - dt.timedelta(days=past), NOW + dt.timedelta(days=future))


def _salesforce(worlds: Worlds) -> list[JsonObject]:
    return worlds.org.query(f"SELECT {FIELDS} FROM Event WHERE OwnerId = '{worlds.org.me}'")


def _outlook_key(event: JsonObject) -> Key:
    end = event["end"]["dateTime"][:16]
    if event["isAllDay"]:
        end = f"{dt.date.fromisoformat(end[:10]) - dt.timedelta(days=1)}T00:00"
    return event["subject"], event["start"]["dateTime"][:16], end


def _salesforce_key(record: JsonObject) -> Key:
    return record["Subject"], record["StartDateTime"][:16], record["EndDateTime"][:16]


def _pairs(worlds: Worlds) -> list[tuple[JsonObject, JsonObject]]:
    outlook, salesforce = _outlook(worlds), _salesforce(worlds)
    once_here = Counter(map(_outlook_key, outlook))
    once_there = Counter(map(_salesforce_key, salesforce))
    by_key = {_salesforce_key(record): record for record in salesforce}
    return [
        (event, by_key[key])
        for event in outlook
        if once_here[key := _outlook_key(event)] == once_there[key] == 1
    ]


def _differences(event: JsonObject, record: JsonObject) -> set[str]:
    text = " ".join(as_text(event["body"]["content"]).split())
    there = {
        "location": record["Location"] or "",
        "text": " ".join((record["Description"] or "").split()),
        "show": record["ShowAs"],
        "private": record["IsPrivate"],
        "reminder": _reminder(record),
    }
    here = {
        "location": event["location"]["displayName"],
        "text": text,
        "show": SHOWN.get(event["showAs"], "Busy"),
        "private": event["sensitivity"] in {"private", "confidential"},
        "reminder": event["reminderMinutesBeforeStart"] if event["isReminderOn"] else None,
    }
    return {name for name in here if here[name] != there[name]}


def _reminder(record: JsonObject) -> int | None:
    """Minutes before the start, also of a reminder that has switched itself off."""
    if not record["ReminderDateTime"]:
        return None
    start, rings = (dt.datetime.fromisoformat(record[name]) for name in ("StartDateTime", "ReminderDateTime"))
    assert record["IsReminderSet"] == (rings > NOW)
    return int((start - rings).total_seconds() // 60)


def test_there_is_as_much_as_promised(sample: Worlds) -> None:
    outlook, salesforce = _outlook(sample), _salesforce(sample)
    both = len(_pairs(sample))
    assert both >= 70
    assert len(outlook) + len(salesforce) - both >= 200
    assert len(outlook) - both >= 60
    assert len(salesforce) - both >= 50
    people = {contact["displayName"] for contact in sample.mailbox.contacts()}
    people |= {record["Name"] for record in sample.org.query("SELECT Name FROM Contact")}
    assert len(people) >= 120
    titles = Counter(task["title"] for task in sample.mailbox.tasks())
    assert (
        sum((titles | Counter(r["Subject"] for r in sample.org.query("SELECT Subject FROM Task"))).values())
        >= 60
    )


def test_what_is_on_both_sides_agrees_but_for_a_few_empty_fields(sample: Worlds) -> None:
    differing = [(pair, found) for pair in _pairs(sample) if (found := _differences(*pair))]
    assert len(differing) == 4
    assert all(not all(_said(pair, name)) for pair, found in differing for name in found)


def test_with_conflicts_a_few_pairs_disagree(disputed: Worlds) -> None:
    differing = [found for pair in _pairs(disputed) if (found := _differences(*pair))]
    assert all(len(found) == 1 for found in differing)
    assert Counter(name for found in differing for name in found) == {
        "location": 4,
        "text": 3,
        "show": 1,
        "reminder": 1,
    }
    gaps = [
        pair
        for pair in _pairs(disputed)
        if (found := _differences(*pair)) <= {"location", "text"}
        and found
        and not all(_said(pair, next(iter(found))))
    ]
    assert len(gaps) == 4


def _said(pair: tuple[JsonObject, JsonObject], name: str) -> tuple[str, str]:
    event, record = pair
    if name == "location":
        return event["location"]["displayName"], record["Location"] or ""
    return as_text(event["body"]["content"]).strip(), record["Description"] or ""


def test_with_conflicts_there_is_one_against_two_on_either_side(disputed: Worlds) -> None:
    here, there = (
        Counter(map(_outlook_key, _outlook(disputed))),
        Counter(map(_salesforce_key, _salesforce(disputed))),
    )
    assert {(here[key], there[key]) for key in here.keys() & there.keys()} == {(1, 1), (2, 1), (1, 2)}


def test_it_holds_every_kind_of_event(sample: Worlds) -> None:
    outlook, salesforce = _outlook(sample), _salesforce(sample)
    assert {event["type"] for event in outlook} == {"singleInstance", "occurrence", "exception"}
    assert {event["sensitivity"] for event in outlook} == {"normal", "personal", "private", "confidential"}
    assert {event["showAs"] for event in outlook} == {"free", "tentative", "busy", "oof", "workingElsewhere"}
    assert len({event["originalStartTimeZone"] for event in outlook}) >= 3
    spans = [
        dt.date.fromisoformat(event["end"]["dateTime"][:10])
        - dt.date.fromisoformat(event["start"]["dateTime"][:10])
        for event in outlook
        if event["isAllDay"]
    ]
    assert min(spans) == dt.timedelta(days=1) < max(spans)
    assert {event["isOrganizer"] for event in outlook if event["attendees"]} == {True, False}
    assert any(event["isOnlineMeeting"] for event in outlook)
    assert any(event["isCancelled"] for event in outlook)
    assert any(event["categories"] for event in outlook)
    assert sample.mailbox.outbox == []
    assert sum(record["IsRecurrence2"] for record in salesforce) >= 8
    assert any(record["IsChild"] for record in salesforce)
    assert any(record["WhoId"] for record in salesforce)
    assert sample.org.query(f"SELECT Id FROM Event WHERE OwnerId != '{sample.org.me}'")


def test_hostile_text_arrives_unchanged(sample: Worlds) -> None:
    subjects = {event["subject"] for event in _outlook(sample)} | {r["Subject"] for r in _salesforce(sample)}
    assert {text[:255].strip() for text in HOSTILE} <= {subject.strip() for subject in subjects}


def test_the_weekly_series_has_an_exception_and_a_gap(sample: Worlds) -> None:
    days = [
        (event["type"], dt.datetime.fromisoformat(event["start"]["dateTime"][:19]))
        for event in _outlook(sample)
        if event["subject"].startswith("Sales team weekly")
    ]
    assert [kind for kind, _ in days].count("exception") == 1
    gaps = [later.date() - earlier.date() for (_, earlier), (_, later) in pairwise(days)]
    assert gaps.count(dt.timedelta(days=14)) == 1
    assert gaps.count(dt.timedelta(days=7)) == len(gaps) - 1


@pytest.mark.parametrize(
    "today", [dt.date(2026, 3, 2), dt.date(2026, 5, 30), dt.date(2026, 11, 1), dt.date(2028, 2, 29)]
)
def test_the_other_zones_series_keeps_its_hour_across_the_clock_change(today: dt.date) -> None:
    now = dt.datetime.combine(today, dt.time(9), dt.UTC)
    worlds = _sample(today=today, now=now)
    calls = [
        dt.datetime.fromisoformat(event["start"]["dateTime"][:19]).replace(tzinfo=dt.UTC)
        for event in worlds.mailbox.calendar_view(now - dt.timedelta(days=40), now + dt.timedelta(days=300))
        if event["subject"] == "Call with the New York office"
    ]
    assert len({call.hour for call in calls}) == 2
    assert {call.astimezone(ZoneInfo("America/New_York")).hour for call in calls} == {15}


def test_the_same_seed_and_day_give_the_same_data(sample: Worlds) -> None:
    again, other = _sample(), _sample(seed=2)
    assert again.mailbox.dump() == sample.mailbox.dump()
    assert again.org.dump() == sample.org.dump()
    assert other.mailbox.dump() != sample.mailbox.dump()
