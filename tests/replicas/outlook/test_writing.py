"""Writing through batches over HTTP: each write its own outcome, whatever goes wrong on the way."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.errors import LpcError, ProtocolError, ServiceError, SignInError, ThrottledError
from lpc_tui.model.items import EMPTY, AllDay, Item, Timed, When, frozen
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Outcome, Result, Write
from lpc_tui.replicas.outlook import OutlookCalendar
from lpc_tui.replicas.outlook.dialect import MARK
from lpc_tui.sandbox.common import JsonObject
from tests.replicas.outlook.conftest import OPEN_SCOPE, SCOPE, Served, error, read, write

WHEN = Timed(datetime(2026, 3, 10, 9, tzinfo=UTC), datetime(2026, 3, 10, 10, tzinfo=UTC))
_numbers = count()


def create(subject: str = "New", **fields: object) -> Write:
    key = f"create-{next(_numbers)}"
    whole = {"subject": subject, "when": WHEN, **fields}
    return Write(key, Action.CREATE, fields=frozen(whole), mark=f"mark-{key}")  # type: ignore[arg-type]


def update(item: Item, **fields: object) -> Write:
    return Write(
        f"update-{next(_numbers)}",
        Action.UPDATE,
        id=item.id,
        version=item.version,
        fields=frozen(fields),  # type: ignore[arg-type]
        expected=item.fields,
    )


def delete(item: Item) -> Write:
    return Write(
        f"delete-{next(_numbers)}", Action.DELETE, id=item.id, version=item.version, expected=item.fields
    )


async def shown(replica: OutlookCalendar) -> dict[str, Item]:
    """The events by subject."""
    pages = await read(replica, scope=OPEN_SCOPE)
    return {str(item.fields["subject"]): item for page in pages for item in page.items}


async def one(replica: OutlookCalendar, asked: Write) -> Outcome:
    return (await write(replica, asked))[asked.key]


class TestCreate:
    async def test_what_was_created_is_read_back(self, served: Served, replica: OutlookCalendar) -> None:
        asked = create(
            "Kick-off",
            location="Room 1",
            body="a\n  b & <c>\n\nd",
            show_as="oof",
            sensitivity="personal",
            reminder=30,
        )
        outcome = await one(replica, asked)
        assert outcome.result is Result.DONE
        assert outcome.item is not None
        assert outcome.item.fields == asked.fields
        assert outcome.item.guards == {}
        assert await shown(replica) == {"Kick-off": outcome.item}

    async def test_no_reminder_unless_it_is_asked_for(self, served: Served, replica: OutlookCalendar) -> None:
        outcome = await one(replica, create())
        assert outcome.item is not None
        assert outcome.item.fields["reminder"] is None

    async def test_no_attendee_is_ever_sent(self, served: Served, replica: OutlookCalendar) -> None:
        await write(replica, create(body="invite: you@contoso.example"), create())
        (batch,) = served.faults.bodies
        assert all("attendees" not in part["body"] for part in batch["requests"])
        assert served.mailbox.outbox == []

    async def test_a_thousand_take_fifty_requests(self, served: Served, replica: OutlookCalendar) -> None:
        await replica.identify()
        before = replica.requests
        outcomes = await write(replica, *(create(f"event {number}") for number in range(1_000)))
        assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
        assert replica.requests - before == 50
        assert len(await shown(replica)) == 1_000

    @pytest.mark.parametrize(
        "when",
        [
            Timed(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
            Timed(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
            Timed(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
            AllDay(date(2026, 3, 29), date(2026, 3, 29)),
            AllDay(date(2026, 10, 24), date(2026, 10, 26)),
        ],
    )
    async def test_times_around_clock_changes(self, replica: OutlookCalendar, when: When) -> None:
        outcome = await one(replica, create(when=when))
        assert outcome.item is not None
        assert outcome.item.fields["when"] == when

    async def test_whole_days_from_everywhere(self, served: Served) -> None:
        when = AllDay(date(2026, 7, 10), date(2026, 7, 11))
        for hours in range(-11, 14):
            zone = ZoneInfo(f"Etc/GMT{-hours:+d}" if hours else "UTC")
            outcome = await one(served.replica(zone=zone), create(f"at {hours}", when=when))
            assert outcome.item is not None, zone
            assert outcome.item.fields["when"] == when
        watching = await shown(served.replica())
        assert {item.fields["when"] for item in watching.values()} == {when}

    async def test_hostile_text_is_data(self, replica: OutlookCalendar) -> None:
        for text in ("<b>&amp;</b>", "'; DROP", "\u202eevil", "a\x00b", "\ud800", "{{x}}", "名前 👩‍👩‍👧"):
            outcome = await one(replica, create(text, body=text, location=text))
            assert outcome.result is Result.DONE
            assert outcome.item is not None
            kept = text.replace("\x00", "").replace("\ud800", "\ufffd")
            assert [outcome.item.fields[name] for name in ("subject", "body", "location")] == [kept] * 3

    async def test_one_that_is_refused_is_one(self, served: Served, replica: OutlookCalendar) -> None:
        backwards = create("backwards", when=Timed(WHEN.end, WHEN.start))
        good = create("good")
        outcomes = await write(replica, backwards, good)
        assert outcomes[backwards.key].result is Result.REFUSED
        assert outcomes[backwards.key].words
        assert outcomes[good.key].result is Result.DONE

    async def test_sent_twice_it_is_made_once(self, served: Served, replica: OutlookCalendar) -> None:
        asked = create("once")
        first = await one(replica, asked)
        assert (await one(replica, asked)).item == first.item
        renamed = Write(
            asked.key, Action.CREATE, fields=frozen({**asked.fields, "subject": "other"}), mark=asked.mark
        )
        assert (await one(replica, renamed)).item == first.item
        assert list(await shown(replica)) == ["once"]

    async def test_a_duplicate_that_is_not_named_is_found_by_its_mark(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        asked = create()
        first = await one(replica, asked)
        served.faults.part_before = lambda part: (
            error(409, "ErrorDuplicateTransactionId") if part["method"] == "POST" else None
        )
        assert await one(replica, asked) == first

    @pytest.mark.parametrize("was_done", [True, False])
    @pytest.mark.parametrize("status", [500, 503, 504])
    async def test_a_create_that_may_have_happened_is_looked_for_and_not_repeated(
        self, served: Served, replica: OutlookCalendar, status: int, *, was_done: bool
    ) -> None:
        def fault(part: JsonObject) -> JsonObject | None:
            return error(status, "UnknownError") if part["method"] == "POST" else None

        if was_done:
            served.faults.part_after = fault
        else:
            served.faults.part_before = fault
        outcome = await one(replica, create("perhaps"))
        assert outcome.result is (Result.DONE if was_done else Result.UNKNOWN)
        assert (
            sum(part["method"] == "POST" for batch in served.faults.bodies for part in batch["requests"]) == 1
        )
        assert list(await shown(replica)) == (["perhaps"] if was_done else [])

    async def test_an_answer_that_is_cut_off_doubles_nothing(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        await replica.identify()
        served.faults.cuts = 1
        asked = [create(f"event {number}") for number in range(30)]
        outcomes = await write(replica, *asked)
        assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
        assert len(await shown(replica)) == 30

    async def test_the_mark_is_in_the_event(self, served: Served, replica: OutlookCalendar) -> None:
        asked = create()
        await one(replica, asked)
        (batch,) = served.faults.bodies
        sent = batch["requests"][0]["body"]
        assert sent["transactionId"] == asked.mark
        assert sent["singleValueExtendedProperties"] == [{"id": MARK, "value": asked.mark}]


class TestUpdate:
    async def test_only_what_changes_is_sent(self, served: Served, replica: OutlookCalendar) -> None:
        event = served.add("before", location={"displayName": "Room 1"})
        item = (await shown(replica))["before"]
        outcome = await one(replica, update(item, subject="after"))
        assert outcome.item is not None
        assert outcome.item.fields == {**item.fields, "subject": "after"}
        assert outcome.item.version != item.version
        part = served.faults.bodies[-1]["requests"][0]
        assert part["body"] == {"subject": "after"}
        assert part["headers"]["If-Match"] == item.version
        assert part["headers"]["Prefer"].startswith('IdType="ImmutableId"')
        assert outcome.item.id == event

    @pytest.mark.parametrize("when", [WHEN, AllDay(date(2026, 5, 1), date(2026, 5, 3))])
    async def test_time_goes_as_one(self, served: Served, replica: OutlookCalendar, when: When) -> None:
        served.add("timed")
        served.add(
            "days",
            isAllDay=True,
            start={"dateTime": "2026-03-10T00:00:00", "timeZone": "UTC"},
            end={"dateTime": "2026-03-11T00:00:00", "timeZone": "UTC"},
        )
        for item in (await shown(replica)).values():
            outcome = await one(replica, update(item, when=when))
            assert outcome.item is not None
            assert outcome.item.fields == {**item.fields, "when": when}

    async def test_fields_can_be_emptied(self, served: Served, replica: OutlookCalendar) -> None:
        served.add(
            "full", location={"displayName": "Room 1"}, body={"contentType": "text", "content": "text"}
        )
        item = (await shown(replica))["full"]
        outcome = await one(replica, update(item, location="", body="", reminder=None, subject=""))
        assert outcome.item is not None
        fields = outcome.item.fields
        assert [fields[name] for name in ("location", "body", "reminder", "subject")] == ["", "", None, ""]

    async def test_an_edit_in_between_is_left_alone(self, served: Served, replica: OutlookCalendar) -> None:
        event = served.add("before")
        item = (await shown(replica))["before"]
        served.mailbox.update_event(event, {"location": {"displayName": "Room 2"}})
        outcome = await one(replica, update(item, subject="after"))
        assert outcome.result is Result.CHANGED
        assert outcome.item is not None
        assert (outcome.item.fields["subject"], outcome.item.fields["location"]) == ("before", "Room 2")

    async def test_a_new_version_without_an_edit_is_written(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        event = served.add("before")
        item = (await shown(replica))["before"]
        served.mailbox.update_event(event, {"importance": "high"})
        outcome = await one(replica, update(item, subject="after"))
        assert outcome.result is Result.DONE
        assert served.mailbox.event(event)["subject"] == "after"
        served.mailbox.update_event(event, {"importance": "low"})
        assert (await one(replica, delete(outcome.item or item))).result is Result.DONE

    async def test_one_who_wrote_the_same_did_the_work(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        event = served.add("before")
        item = (await shown(replica))["before"]
        served.mailbox.update_event(event, {"subject": "after"})
        outcome = await one(replica, update(item, subject="after"))
        assert outcome.result is Result.DONE

    async def test_an_event_that_moved_away_is_not_written(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        event = served.add("before")
        item = (await shown(replica))["before"]
        served.mailbox.move_event(event, served.mailbox.calendars()[1]["id"])
        outcome = await one(replica, update(item, subject="after"))
        assert outcome.result is Result.CHANGED
        assert outcome.item is not None
        assert outcome.item.is_away

    async def test_one_that_turned_private_comes_back_without_its_text(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        event = served.add("before")
        await read(replica)
        item = (await shown(replica))["before"]
        served.mailbox.update_event(event, {"sensitivity": "private"})
        await read(replica, scope=SCOPE)
        outcome = await one(replica, update(item, subject="after"))
        assert outcome.result is Result.CHANGED
        assert outcome.item is not None
        assert (outcome.item.is_private, outcome.item.fields) == (True, EMPTY)

    async def test_what_is_gone_is_gone(self, served: Served, replica: OutlookCalendar) -> None:
        event = served.add("before")
        item = (await shown(replica))["before"]
        served.mailbox.delete_event(event)
        outcomes = await write(replica, update(item, subject="after"), delete(item))
        assert {outcome.result for outcome in outcomes.values()} == {Result.GONE}

    async def test_occurrences_of_one_series_in_one_batch(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        """They share the version of their series, so that each write makes the others' versions old."""
        served.add_series()
        pages = await read(replica)
        occurrences = [item for page in pages for item in page.items]
        asked = [update(item, subject=f"number {n}") for n, item in enumerate(occurrences[:4])]
        outcomes = await write(replica, *asked, delete(occurrences[4]))
        assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
        pages = await read(replica)
        subjects = sorted(str(item.fields["subject"]) for page in pages for item in page.items)
        assert subjects == ["Weekly", "number 0", "number 1", "number 2", "number 3"]

    @pytest.mark.parametrize("was_done", [True, False])
    async def test_an_update_or_delete_of_unknown_fate_is_repeated(
        self, served: Served, replica: OutlookCalendar, *, was_done: bool
    ) -> None:
        served.add("one")
        served.add("two")
        items = await shown(replica)
        left = [1, 1]

        def fault(part: JsonObject) -> JsonObject | None:
            if part["method"] != "GET" and left:
                left.pop()
                return error(504, "UnknownError")
            return None

        if was_done:
            served.faults.part_after = fault
        else:
            served.faults.part_before = fault
        outcomes = await write(replica, update(items["one"], subject="new"), delete(items["two"]))
        assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
        assert list(await shown(replica)) == ["new"]

    async def test_one_that_never_answers_does_not_hold_up_the_rest(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        served.add("stuck")
        served.add("fine")
        items = await shown(replica)
        served.faults.part_before = lambda part: (
            error(500, "UnknownError")
            if part["url"].endswith(items["stuck"].id.replace("=", "%3D"))
            else None
        )
        stuck, fine = update(items["stuck"], subject="new"), update(items["fine"], subject="new")
        outcomes = await write(replica, stuck, fine)
        assert outcomes[stuck.key].result is Result.UNKNOWN
        assert outcomes[fine.key].result is Result.DONE


class TestThrottling:
    async def test_only_throttled_parts_are_sent_again_after_the_longest_wait(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        waits = iter(["3", "8"])

        def fault(part: JsonObject) -> JsonObject | None:
            wait = next(waits, None) if part["id"] in {"2", "5"} else None
            return error(429, "ApplicationThrottled", **{"Retry-After": wait}) if wait else None

        served.faults.part_before = fault
        outcomes = await write(replica, *(create(f"event {number}") for number in range(6)))
        assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
        assert [len(batch["requests"]) for batch in served.faults.bodies] == [6, 2]
        assert served.waits == [8]
        assert served.notices[-1].wait_s == 8
        assert len(await shown(replica)) == 6

    async def test_a_whole_batch_that_is_throttled_is_sent_again(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        await read(replica)
        served.faults.answers = [(429, {"retry-after": "5", "content-type": "application/json"}, b"{}")]
        assert (await one(replica, create())).result is Result.DONE
        assert served.waits == [5]

    async def test_a_wait_beyond_patience_leaves_the_rest_unsent(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        served.faults.part_before = lambda part: (
            None if part["id"] == "1" else error(429, "ApplicationThrottled", **{"Retry-After": "600"})
        )
        outcomes, raised = await until_error(replica, *(create(f"event {number}") for number in range(30)))
        assert isinstance(raised, ThrottledError)
        assert [outcome.result for outcome in outcomes] == [Result.DONE] + [Result.NOT_SENT] * 29
        assert served.waits == []


class TestEnds:
    async def test_a_whole_batch_refused_is_loud_and_nothing_was_sent(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        await read(replica)
        refusal = b'{"error": {"code": "BadRequest", "message": "Invalid batch payload format."}}'
        served.faults.answers = [(400, {"content-type": "application/json"}, refusal)]
        outcomes, raised = await until_error(replica, create(), create())
        assert isinstance(raised, ProtocolError)
        assert "Invalid batch payload format." in str(raised)
        assert [outcome.result for outcome in outcomes] == [Result.NOT_SENT] * 2

    async def test_a_page_of_a_proxy_tells_nothing(self, served: Served, replica: OutlookCalendar) -> None:
        await read(replica)
        served.faults.answers = [(200, {"content-type": "text/html"}, b"<h1>Please log in</h1>")]
        outcomes, raised = await until_error(replica, create())
        assert isinstance(raised, ProtocolError)
        assert [outcome.result for outcome in outcomes] == [Result.UNKNOWN]

    async def test_a_sign_in_that_runs_out_in_a_batch_keeps_what_was_done(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        served.faults.part_before = lambda part: (
            error(401, "InvalidAuthenticationToken") if part["id"] != "1" else None
        )
        outcomes, raised = await until_error(replica, *(create(f"event {number}") for number in range(25)))
        assert isinstance(raised, SignInError)
        assert [outcome.result for outcome in outcomes] == [Result.DONE] + [Result.NOT_SENT] * 24
        assert len(await shown(served.replica())) == 1

    async def test_an_outage_ends_the_call_with_what_is_not_known(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        await read(replica)
        served.faults.answers = [(503, {}, b"<h1>Sorry</h1>")] * 50
        outcomes, raised = await until_error(replica, *(create(f"event {number}") for number in range(60)))
        assert isinstance(raised, ServiceError)
        assert [outcome.result for outcome in outcomes] == [Result.UNKNOWN] * 20 + [Result.NOT_SENT] * 40
        assert sum(served.waits) <= 120

    async def test_a_service_that_answers_no_write_is_not_hammered(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        served.faults.part_before = lambda part: (
            None if part["method"] == "GET" else error(503, "serviceNotAvailable")
        )
        outcomes, raised = await until_error(replica, *(create(f"event {number}") for number in range(200)))
        assert isinstance(raised, ServiceError)
        assert [outcome.result for outcome in outcomes] == [Result.UNKNOWN] * 60 + [Result.NOT_SENT] * 140
        assert replica.requests < 10

    async def test_a_journal_that_cannot_be_written_stops_the_call(
        self, served: Served, replica: OutlookCalendar
    ) -> None:
        async def full_disk(_batch: Sequence[Write]) -> None:
            raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            async for _ in replica.write([create()], SCOPE, full_disk):
                pass
        assert served.mailbox.events() == []

    async def test_a_closed_iterator_sends_no_more(self, served: Served, replica: OutlookCalendar) -> None:
        async def sending(_batch: Sequence[Write]) -> None:
            return None

        outcomes = replica.write([create(f"event {number}") for number in range(60)], SCOPE, sending)
        await anext(outcomes)
        await outcomes.aclose()
        assert len(served.mailbox.events()) == 20


async def test_a_meeting_changed_with_consent_still_names_nobody(
    served: Served, replica: OutlookCalendar
) -> None:
    attendee = {"type": "required", "emailAddress": {"address": "you@contoso.example"}}
    event = served.add("meeting", attendees=[attendee])
    served.mailbox.outbox.clear()
    item = (await shown(replica))["meeting"]
    assert item.has_guests
    await one(replica, update(item, reminder=5, show_as="free"))
    assert served.mailbox.outbox == []
    assert len(served.mailbox.event(event)["attendees"]) == 1


async def until_error(replica: OutlookCalendar, *writes: Write) -> tuple[list[Outcome], LpcError]:
    """Every outcome before the error that ended the call."""
    outcomes: list[Outcome] = []

    async def sending(_batch: Sequence[Write]) -> None:
        return None

    try:
        async for some in replica.write(writes, SCOPE, sending):
            outcomes += some
    except LpcError as error:
        assert {outcome.key for outcome in outcomes} == {each.key for each in writes}
        return outcomes, error
    pytest.fail("nothing ended the call")
