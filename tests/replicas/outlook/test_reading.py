"""Reading the calendar over HTTP: full rounds and later ones, with every trap of the delta query."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.errors import ProtocolError, SettingsError
from lpc_tui.model.items import EMPTY, AllDay, Guard, Item, Timed, frozen
from lpc_tui.model.rules import Action, Window
from lpc_tui.replicas.base import Page, Scope, Write
from lpc_tui.replicas.outlook import OutlookCalendar
from tests.replicas.outlook.conftest import BERLIN, NOW, OPEN_SCOPE, SCOPE, Served, read, write
from tests.replicas.outlook.test_writing import WHEN


def items(pages: list[Page]) -> dict[str, Item]:
    return {item.id: item for page in pages for item in page.items}


def subjects(pages: list[Page]) -> list[str]:
    return sorted(str(item.fields["subject"]) for item in items(pages).values())


def series(pages: list[Page]) -> frozenset[str]:
    return frozenset().union(*(page.series for page in pages))


def hints(pages: list[Page]) -> frozenset[str]:
    return frozenset().union(*(page.hints for page in pages))


async def test_a_first_reading_shows_everything_in_the_window(
    served: Served, replica: OutlookCalendar
) -> None:
    inside = served.add("inside")
    served.add("long ago", start=at("2025-03-10T09:00:00"), end=at("2025-03-10T10:00:00"))
    pages = await read(replica)
    assert items(pages).keys() == {inside}
    assert pages[-1].is_full


async def test_nothing_new_costs_one_request(served: Served, replica: OutlookCalendar) -> None:
    for number in range(30):
        served.add(f"event {number}")
    identity = await replica.identify()
    watermark = (await read(replica))[-1].watermark
    later = served.replica(identity=identity)
    pages = await read(later, watermark)
    assert (items(pages), pages[-1].is_full, later.requests) == ({}, False, 1)
    assert await later.identify() == identity
    assert later.requests == 1


async def test_a_later_reading_shows_what_changed(served: Served, replica: OutlookCalendar) -> None:
    kept, edited, deleted = served.add("kept"), served.add("before"), served.add("deleted")
    watermark = (await read(replica))[-1].watermark
    served.mailbox.update_event(edited, {"subject": "after"})
    served.mailbox.delete_event(deleted)
    pages = await read(replica, watermark)
    assert subjects(pages) == ["after"]
    assert hints(pages) == {deleted}
    assert kept not in items(pages)
    assert not pages[-1].is_full


async def test_catching_up_reads_past_our_own_writes_and_shows_those_of_others(
    served: Served, replica: OutlookCalendar
) -> None:
    watermark = (await read(replica))[-1].watermark
    fields = frozen({"subject": "ours", "when": WHEN})
    outcome = (await write(replica, Write("key", Action.CREATE, fields=fields, mark="mark")))["key"]
    assert outcome.item is not None
    theirs = served.add("theirs")
    pages = [page async for page in replica.catch_up(SCOPE, watermark)]
    assert items(pages).keys() == {outcome.item.id, theirs}
    assert items(pages)[outcome.item.id] == outcome.item
    assert items(await read(replica, pages[-1].watermark)) == {}


async def test_many_events_come_in_pages(served: Served, replica: OutlookCalendar) -> None:
    for number in range(1_200):
        served.add(f"event {number}")
    pages = await read(replica)
    assert [len(page.items) for page in pages] == [1_000, 200]
    assert replica.requests == 3  # with the one for the calendar


async def test_occurrences_are_made_whole_from_their_master(served: Served, replica: OutlookCalendar) -> None:
    master = served.add_series(
        location={"displayName": "Room 1"}, body={"contentType": "text", "content": "a\nb"}
    )
    pages = await read(replica)
    found = items(pages)
    assert sorted(found) == sorted(served.occurrences(master))
    assert series(pages) == {master}
    assert {item.series_id for item in found.values()} == {master}
    assert {(item.fields["location"], item.fields["body"]) for item in found.values()} == {("Room 1", "a\nb")}
    starts = sorted(
        item.fields["when"].start for item in found.values() if isinstance(item.fields["when"], Timed)
    )
    # 9 o'clock in Berlin, on both sides of the clock change of 29 March
    assert [start.hour for start in starts] == [8, 8, 8, 8, 7, 7]


async def test_a_series_right_across_the_autumn_change(served: Served, replica: OutlookCalendar) -> None:
    served.add_series(
        start={"dateTime": "2026-10-19T09:00:00", "timeZone": "Europe/Berlin"},
        end={"dateTime": "2026-10-19T10:00:00", "timeZone": "Europe/Berlin"},
        recurrence={
            "pattern": {"type": "daily", "interval": 1},
            "range": {"type": "endDate", "startDate": "2026-10-19", "endDate": "2026-10-30"},
        },
    )
    whens = [item.fields["when"] for item in items(await read(replica)).values()]
    hours = Counter(when.start.hour for when in whens if isinstance(when, Timed))
    assert hours == {7: 6, 8: 6}


async def test_a_series_of_whole_days_is_dates(served: Served, replica: OutlookCalendar) -> None:
    served.add_series(
        isAllDay=True,
        start={"dateTime": "2026-03-24T00:00:00", "timeZone": "Europe/Berlin"},
        end={"dateTime": "2026-03-25T00:00:00", "timeZone": "Europe/Berlin"},
        recurrence={
            "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["tuesday"]},
            "range": {"type": "numbered", "startDate": "2026-03-24", "numberOfOccurrences": 2},
        },
    )
    whens = {item.fields["when"] for item in items(await read(replica)).values()}
    assert whens == {AllDay(date(2026, 3, day), date(2026, 3, day)) for day in (24, 31)}


async def test_an_exception_and_a_deleted_occurrence(served: Served, replica: OutlookCalendar) -> None:
    master = served.add_series()
    first, second, third, *rest = served.occurrences(master)
    watermark = (await read(replica))[-1].watermark
    served.mailbox.update_event(
        second, {"subject": "moved", "start": at("2026-03-11T12:00:00"), "end": at("2026-03-11T13:00:00")}
    )
    served.mailbox.delete_event(third)
    pages = await read(replica, watermark)
    found = items(pages)
    # The deleted one leaves no trace but its absence from a series that was listed whole.
    assert series(pages) == {master}
    assert hints(pages) == frozenset()
    assert found.keys() == {first, second, *rest}
    assert found[second].fields["subject"] == "moved"
    assert found[second].fields["when"] == Timed(
        datetime(2026, 3, 11, 12, tzinfo=UTC), datetime(2026, 3, 11, 13, tzinfo=UTC)
    )
    assert found[first].fields["subject"] == "Weekly"


async def test_a_series_that_goes_is_listed_whole_with_nothing_in_it(
    served: Served, replica: OutlookCalendar
) -> None:
    master = served.add_series()
    watermark = (await read(replica))[-1].watermark
    served.mailbox.delete_event(master)
    pages = await read(replica, watermark)
    assert not items(pages)
    assert hints(pages) == series(pages) == {master}


async def test_a_master_that_did_not_come_is_fetched(served: Served, replica: OutlookCalendar) -> None:
    """The real service leaves it out where the series began before the window; the sandbox never does."""
    master = served.add_series()
    occurrence = served.occurrences(master)[0]
    lonely = {
        "@odata.etag": 'W/"1"',
        "id": occurrence,
        "type": "occurrence",
        "seriesMasterId": master,
        "start": at("2026-03-03T08:00:00"),
        "end": at("2026-03-03T09:00:00"),
    }
    orphan = {**lonely, "id": "orphan", "seriesMasterId": master[:-6] + "AAAAA="}
    await replica.identify()
    served.faults.answers = [answer({"value": [lonely, orphan], "@odata.deltaLink": f"{served.url}/me/x"})]
    pages = await read(replica)
    assert [item.fields["subject"] for item in pages[0].items] == ["Weekly"]
    assert hints(pages) == {"orphan"}


async def test_of_an_item_that_comes_twice_the_last_word_counts(
    served: Served, replica: OutlookCalendar
) -> None:
    twice = served.mailbox.event(served.add("first"))
    removed = {"id": twice["id"], "@removed": {"reason": "deleted"}}
    await replica.identify()
    for records, shown, hinted in (
        ([twice, {**twice, "subject": "last"}], ["last"], set()),
        ([twice, removed], [], {twice["id"]}),
        ([removed, twice], ["first"], set()),
    ):
        served.faults.answers = [answer({"value": records, "@odata.deltaLink": f"{served.url}/me/x"})]
        pages = await read(replica)
        assert (subjects(pages), set(hints(pages))) == (shown, hinted)


async def test_empty_pages_are_read_on(served: Served, replica: OutlookCalendar) -> None:
    served.add("there")
    await replica.identify()
    link = f"{served.url}/me/calendarView/delta?startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z"
    served.faults.answers = [answer({"value": [], "@odata.nextLink": link})]
    assert subjects(await read(replica)) == ["there"]


async def test_an_event_that_leaves_the_window_is_a_hint_that_is_looked_at(
    served: Served, replica: OutlookCalendar
) -> None:
    event = served.add()
    watermark = (await read(replica))[-1].watermark
    served.mailbox.update_event(event, {"start": at("2028-03-10T09:00:00"), "end": at("2028-03-10T10:00:00")})
    pages = await read(replica, watermark)
    assert not items(pages)
    assert hints(pages) == {event}
    seen = (await replica.look([event], SCOPE))[event]
    assert isinstance(seen, Item)
    assert isinstance(seen.fields["when"], Timed)
    assert seen.fields["when"].start.year == 2028


async def test_a_dead_token_leads_to_a_full_reading_with_a_word(
    served: Served, replica: OutlookCalendar
) -> None:
    served.add("old")
    watermark = (await read(replica))[-1].watermark
    served.add("new")
    served.mailbox.expire_delta_tokens()
    pages = await read(replica, watermark)
    assert subjects(pages) == ["new", "old"]
    assert pages[-1].is_full
    assert "forgotten" in served.notices[-1].text


async def test_a_token_that_dies_in_mid_round_too(served: Served, replica: OutlookCalendar) -> None:
    served.add("there")
    await replica.identify()
    gone = {"error": {"code": "SyncStateNotFound", "message": "The sync state generation is not found."}}
    served.faults.answers = [
        answer({"value": [], "@odata.nextLink": f"{served.url}/me/calendarView/delta?$skiptoken=x"}),
        answer(gone, 410),
    ]
    pages = await read(replica)
    assert (subjects(pages), pages[-1].is_full) == (["there"], True)
    served.faults.answers = [answer(gone, 410)] * 3
    with pytest.raises(ProtocolError, match="forgets"):
        await read(replica)


async def test_another_window_or_box_needs_a_full_reading(served: Served, replica: OutlookCalendar) -> None:
    served.add("there")
    watermark = (await read(replica))[-1].watermark
    tomorrow = Scope(Window.around(NOW + timedelta(days=1), BERLIN, 30, 365), include_private=False)
    for scope, text in ((tomorrow, watermark), (OPEN_SCOPE, watermark), (SCOPE, "{}"), (SCOPE, "not JSON")):
        pages = await read(replica, text, scope)
        assert (subjects(pages), pages[-1].is_full) == (["there"], True)
    assert served.notices == []


async def test_a_watermark_holds_where_the_service_is_now(served: Served, replica: OutlookCalendar) -> None:
    """The practice servers come up on another port each time."""
    watermark = (await read(replica))[-1].watermark
    assert json.loads(watermark)["link"].startswith("/me/calendarView/delta?")


async def test_private_items_come_without_their_text(served: Served, replica: OutlookCalendar) -> None:
    secret = served.add("secret", sensitivity="private", body={"contentType": "text", "content": "hush"})
    served.add_series(sensitivity="confidential")
    shown = items(await read(replica))
    assert {item.fields == EMPTY and item.is_private for item in shown.values()} == {True}
    assert "secret" not in repr(shown)
    assert items(await read(replica, scope=OPEN_SCOPE))[secret].fields["body"] == "hush"


async def test_cancelled_meetings_and_other_peoples_stay_items(
    served: Served, replica: OutlookCalendar
) -> None:
    from lpc_tui.sandbox.graph.person import Person

    meeting = served.mailbox.receive_invitation(
        {
            "subject": "Review",
            "start": at("2026-03-10T09:00:00"),
            "end": at("2026-03-10T10:00:00"),
            "attendees": [{"type": "required", "emailAddress": {"address": served.mailbox.user.address}}],
        },
        Person("Ada", "ada@contoso.example"),
    )
    served.mailbox.receive_cancellation(meeting["id"])
    (item,) = items(await read(replica)).values()
    assert item.fields["subject"] == "Canceled: Review"
    assert item.has_guests
    assert item.guests == ("Ada",), "it is the organizer who would be told"
    assert item.guards["when"] is Guard.NOT_ORGANIZER


async def test_guests_are_kept_by_name_and_of_a_private_meeting_not_at_all(
    served: Served, replica: OutlookCalendar
) -> None:
    own = served.mailbox.user.address
    people = [("", own), ("Bo", "bo@acme.example"), ("", "Cy@acme.example"), ("D" * 200, "d@acme.example")]
    people += [(f"Guest {at}", f"g{at}@acme.example") for at in range(20)]
    attendees = [{"emailAddress": {"name": name, "address": address}} for name, address in people]
    served.add("Meeting", attendees=attendees)
    served.add("Secret", attendees=attendees, sensitivity="private")
    shown = items(await read(replica)).values()
    (meeting,) = (each for each in shown if not each.is_private)
    assert meeting.guests[:4] == ("Bo", "Cy@acme.example", "D" * 80, "Guest 0")
    assert len(meeting.guests) == 10
    (secret,) = (each for each in shown if each.is_private)
    assert (secret.has_guests, secret.guests) == (True, ())


@pytest.mark.parametrize("wanted", ["Projects", "projects", "the id"])
async def test_a_calendar_is_found_by_name_or_id(served: Served, wanted: str) -> None:
    projects = next(each for each in served.mailbox.calendars() if each["name"] == "Projects")
    served.add("in Projects", projects["id"])
    served.add("in the default one")
    replica = served.replica(calendar=projects["id"] if wanted == "the id" else wanted)
    identity = await replica.identify()
    assert (identity.place, identity.name) == (projects["id"], "Projects")
    pages = await read(replica)
    assert subjects(pages) == ["in Projects"]
    later = served.replica(calendar=wanted, identity=identity)
    assert subjects(await read(later, pages[-1].watermark)) == []
    assert later.requests == 1


async def test_a_calendar_that_is_not_there_is_named_with_those_that_are(served: Served) -> None:
    with pytest.raises(SettingsError, match="Holidays"):
        await served.replica(calendar="Work").identify()


async def test_a_calendar_of_a_name_that_two_have_must_be_named_by_id(served: Served) -> None:
    served.mailbox.add_calendar("Projects")
    with pytest.raises(SettingsError, match="2 calendars"):
        await served.replica(calendar="Projects").identify()


async def test_what_cannot_be_edited_is_guarded_also_in_a_quiet_run(served: Served) -> None:
    holidays = next(each for each in served.mailbox.calendars() if each["name"] == "Holidays")
    served.add("New Year", holidays["id"])
    replica = served.replica(calendar="Holidays")
    pages = await read(replica)
    served.add("Easter", holidays["id"])
    later = served.replica(calendar="Holidays", identity=await replica.identify())
    for page in (*pages, *(await read(later, pages[-1].watermark))):
        assert {item.guards["subject"] for item in page.items} == {Guard.READ_ONLY}
    assert later.requests == 1


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Europe/Berlin", "Pacific/Tongatapu"])
async def test_whole_days_for_people_everywhere(served: Served, zone: str) -> None:
    served.add(
        isAllDay=True,
        start={"dateTime": "2026-07-10T00:00:00", "timeZone": "Tokyo Standard Time"},
        end={"dateTime": "2026-07-12T00:00:00", "timeZone": "Tokyo Standard Time"},
    )
    (item,) = items(await read(served.replica(zone=ZoneInfo(zone)))).values()
    assert item.fields["when"] == AllDay(date(2026, 7, 10), date(2026, 7, 11))


async def test_a_window_longer_than_the_service_takes_is_a_setting_to_change(
    replica: OutlookCalendar,
) -> None:
    long = Scope(Window.around(NOW, BERLIN, 900, 930), include_private=False)
    with pytest.raises(SettingsError, match="past_days"):
        await read(replica, scope=long)


def at(local: str) -> dict[str, str]:
    return {"dateTime": local, "timeZone": "UTC"}


def answer(body: object, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    return status, {"content-type": "application/json"}, json.dumps(body).encode()
