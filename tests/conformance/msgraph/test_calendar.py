"""Calendars and events by Microsoft's client."""

import pytest
from msgraph import GraphServiceClient
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.day_of_week import DayOfWeek
from msgraph.generated.models.event import Event
from msgraph.generated.models.event_type import EventType
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.patterned_recurrence import PatternedRecurrence
from msgraph.generated.models.recurrence_pattern import RecurrencePattern
from msgraph.generated.models.recurrence_pattern_type import RecurrencePatternType
from msgraph.generated.models.recurrence_range import RecurrenceRange
from msgraph.generated.models.recurrence_range_type import RecurrenceRangeType
from msgraph.generated.models.sensitivity import Sensitivity

from lpc_tui.sandbox.sample import Worlds
from tests.conformance.msgraph.requests import (
    MARCH,
    asking,
    drives,
    etag,
    every_item,
    if_match,
    is_removed,
    meeting,
    whole_round,
)


@drives("calendars: list")
async def test_it_lists_the_calendars(client: GraphServiceClient) -> None:
    page = await client.me.calendars.get()
    assert [calendar.name for calendar in page.value] == ["Calendar", "Projects", "Holidays"]
    assert [calendar.can_edit for calendar in page.value] == [True, True, False]


@drives("events: create, read, change, delete")
async def test_it_creates_reads_changes_and_deletes_an_event(client: GraphServiceClient) -> None:
    draft = meeting("Review")
    draft.sensitivity = Sensitivity.Private
    draft.body = ItemBody(content_type=BodyType.Text, content="Agenda")
    made = await client.me.events.post(draft)
    address = client.me.events.by_event_id(made.id)

    read = await address.get(asking(address, headers={"Prefer": 'outlook.body-content-type="text"'}))
    assert (read.subject, read.sensitivity, read.body.content.strip()) == (
        "Review",
        Sensitivity.Private,
        "Agenda",
    )
    assert read.start.date_time == "2026-03-10T10:00:00.0000000"

    changed = await address.patch(Event(subject="Second review"))
    assert (changed.subject, changed.sensitivity) == ("Second review", Sensitivity.Private)
    await address.delete()
    with pytest.raises(ODataError) as gone:
        await address.get()
    assert (gone.value.response_status_code, gone.value.error.code) == (404, "ErrorItemNotFound")


@drives("events: write back what was read, whole")
async def test_an_event_may_be_written_back_whole(client: GraphServiceClient) -> None:
    made = await client.me.events.post(meeting("Review"))
    address = client.me.events.by_event_id(made.id)
    read = await address.get()
    read.subject = "Second review"
    assert (await address.patch(read)).subject == "Second review"


@drives("events: If-Match on change and delete")
async def test_a_stale_etag_stops_change_and_delete(client: GraphServiceClient) -> None:
    made = await client.me.events.post(meeting("Review"))
    address = client.me.events.by_event_id(made.id)
    changed = await address.patch(Event(subject="Second"), if_match(etag(made)))
    with pytest.raises(ODataError) as refused:
        await address.patch(Event(subject="Third"), if_match(etag(made)))
    assert (refused.value.response_status_code, refused.value.error.code) == (
        412,
        "ErrorIrresolvableConflict",
    )
    with pytest.raises(ODataError):
        await address.delete(if_match(etag(made)))
    await address.delete(if_match(etag(changed)))


@drives("calendarView: by pages")
async def test_it_walks_a_view_by_pages(client: GraphServiceClient, worlds: Worlds) -> None:
    for hour in range(7):
        await client.me.events.post(meeting(f"At {hour}", hour=hour))
    view = client.me.calendar_view
    first = await view.get(asking(view, **MARCH, top=3, orderby=["start/dateTime"]))
    assert len(first.value) == 3
    assert [event.subject for event in await every_item(client, first)] == [f"At {hour}" for hour in range(7)]


@drives("calendarView: occurrences of a series")
async def test_a_view_holds_the_occurrences_of_a_series(client: GraphServiceClient) -> None:
    series = meeting("Jour fixe", day=2)
    series.recurrence = PatternedRecurrence(
        pattern=RecurrencePattern(
            type=RecurrencePatternType.Weekly, interval=1, days_of_week=[DayOfWeek.Monday]
        ),
        range=RecurrenceRange(
            type=RecurrenceRangeType.Numbered, start_date="2026-03-02", number_of_occurrences=3
        ),
    )
    master = await client.me.events.post(series)
    assert master.type is EventType.SeriesMaster
    view = client.me.calendar_view
    occurrences = (await view.get(asking(view, **MARCH))).value
    assert [event.start.date_time[:10] for event in occurrences] == ["2026-03-02", "2026-03-09", "2026-03-16"]
    assert {event.series_master_id for event in occurrences} == {master.id}

    await client.me.events.by_event_id(occurrences[1].id).patch(Event(subject="Special"))
    await client.me.events.by_event_id(occurrences[2].id).delete()
    instances = client.me.events.by_event_id(master.id).instances
    left = (await instances.get(asking(instances, **MARCH))).value
    assert [(event.subject, event.type) for event in left] == [
        ("Jour fixe", EventType.Occurrence),
        ("Special", EventType.Exception),
    ]


@drives("calendarView/delta: pages, deltaLink, @removed")
async def test_it_follows_a_view(client: GraphServiceClient) -> None:
    made = [await client.me.events.post(meeting(f"At {hour}", hour=hour)) for hour in range(5)]
    delta = client.me.calendar_view.delta
    pages_of_two = {"Prefer": "odata.maxpagesize=2"}
    first = await delta.get(asking(delta, **MARCH, headers=pages_of_two))
    assert first.odata_next_link
    items, link = await whole_round(delta, first)
    assert sorted(event.subject for event in items) == [f"At {hour}" for hour in range(5)]

    await client.me.events.by_event_id(made[0].id).patch(Event(subject="Changed"))
    await client.me.events.by_event_id(made[1].id).delete()
    items, link = await whole_round(delta, await delta.with_url(link).get())
    assert {event.id: is_removed(event) for event in items} == {made[0].id: False, made[1].id: True}
    assert [event.subject for event in items if not is_removed(event)] == ["Changed"]
    assert (await whole_round(delta, await delta.with_url(link).get()))[0] == []


@drives("calendarView/delta: 410 for a forgotten token")
async def test_a_forgotten_delta_token_is_gone(client: GraphServiceClient, worlds: Worlds) -> None:
    delta = client.me.calendar_view.delta
    _, link = await whole_round(delta, await delta.get(asking(delta, **MARCH)))
    with worlds.mailbox.lock:
        worlds.mailbox.expire_delta_tokens()
    with pytest.raises(ODataError) as gone:
        await delta.with_url(link).get()
    assert gone.value.response_status_code == 410
    assert gone.value.error.code.lower() == "syncstatenotfound"


@drives("errors: 401, 400, 403 as its own exceptions")
async def test_refusals_are_the_clients_own_exceptions(
    client: GraphServiceClient, stranger: GraphServiceClient
) -> None:
    with pytest.raises(ODataError) as unknown:
        await stranger.me.calendars.get()
    assert (unknown.value.response_status_code, unknown.value.error.code) == (
        401,
        "InvalidAuthenticationToken",
    )
    with pytest.raises(ODataError) as malformed:
        await client.me.events.by_event_id("no id").get()
    assert (malformed.value.response_status_code, malformed.value.error.code) == (
        400,
        "ErrorInvalidIdMalformed",
    )
    assert malformed.value.error.inner_error.request_id
    holidays = (await client.me.calendars.get()).value[2]
    with pytest.raises(ODataError) as forbidden:
        await client.me.calendars.by_calendar_id(holidays.id).events.post(meeting("Mine"))
    assert (forbidden.value.response_status_code, forbidden.value.error.code) == (403, "ErrorAccessDenied")
