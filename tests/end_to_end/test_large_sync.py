"""After a first sync of thousands of events: what the next run costs, and that it sees everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from lpc_tui.model.items import Process, Side
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.salesforce.org import Org
from tests.end_to_end.rehearsal import Rehearsal, rehearsing

BOXES_OFF = {"prevent": {"delete_from_salesforce": False}}
MOST_REQUESTS = 6


def fill(rehearsal: Rehearsal, count: int) -> None:
    """As many events on each side, none of them alike."""
    for number in range(count):
        day = f"2026-{4 + number % 9:02d}-{1 + number % 28:02d}"
        rehearsal.worlds.mailbox.create_event(
            {
                "subject": f"From Outlook {number}",
                "start": {"dateTime": f"{day}T10:00:00", "timeZone": "UTC"},
                "end": {"dateTime": f"{day}T11:00:00", "timeZone": "UTC"},
            }
        )
        rehearsal.worlds.org.insert(
            "Event",
            {
                "Subject": f"From Salesforce {number}",
                "StartDateTime": f"{day}T12:00:00Z",
                "EndDateTime": f"{day}T13:00:00Z",
            },
        )


def work(rehearsal: Rehearsal) -> None:
    """A person edits one of our events and one of their own, deletes another, and makes one, on each side."""
    mailbox, org = rehearsal.worlds.mailbox, rehearsal.worlds.org
    # A run may be reading at this very moment.
    with mailbox.lock:
        work_in_outlook(mailbox)
    with org.lock:
        work_in_salesforce(org)


def work_in_outlook(mailbox: Mailbox) -> None:
    there = {event["subject"]: event["id"] for event in mailbox.events()}
    mailbox.update_event(there["From Salesforce 1"], {"location": {"displayName": "Room 1"}})
    mailbox.update_event(there["From Outlook 2"], {"location": {"displayName": "Room 2"}})
    mailbox.delete_event(there["From Salesforce 3"])
    mailbox.create_event(
        {
            "subject": "New in Outlook",
            "start": {"dateTime": "2026-05-04T15:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-05-04T16:00:00", "timeZone": "UTC"},
        }
    )


def work_in_salesforce(org: Org) -> None:
    here = {row["Subject"]: row["Id"] for row in org.rows("Event")}
    org.update("Event", here["From Outlook 5"], {"Location": "Room 5"})
    org.update("Event", here["From Salesforce 6"], {"Location": "Room 6"})
    org.delete("Event", here["From Outlook 7"])
    org.insert(
        "Event",
        {
            "Subject": "New in Salesforce",
            "StartDateTime": "2026-05-04T17:00:00Z",
            "EndDateTime": "2026-05-04T18:00:00Z",
        },
    )


async def carried(rehearsal: Rehearsal) -> None:
    """The next run carries all of `work` across, and the one after it is quiet."""
    done = (await rehearsal.sync()).counts[Process.CALENDAR]
    assert done.created == dict.fromkeys(Side, 1)
    assert done.updated == dict.fromkeys(Side, 2)
    assert done.deleted == dict.fromkeys(Side, 1)
    assert await rehearsal.differences() == []
    assert (await rehearsal.sync()).counts[Process.CALENDAR].writes == 0
    assert rehearsal.requests() <= MOST_REQUESTS, rehearsal.sent()


async def test_after_three_thousand_each_way_the_second_run_costs_six_requests(tmp_path: Path) -> None:
    with rehearsing(tmp_path) as rehearsal:
        fill(rehearsal, 3000)
        first = await rehearsal.sync()
        assert first.counts[Process.CALENDAR].created == dict.fromkeys(Side, 3000)
        for _ in range(2):
            assert (await rehearsal.sync()).counts[Process.CALENDAR].writes == 0
            assert rehearsal.requests() <= MOST_REQUESTS, rehearsal.sent()


async def test_what_a_person_does_right_after_a_large_sync_is_carried(tmp_path: Path) -> None:
    with rehearsing(tmp_path) as rehearsal:
        rehearsal.options = BOXES_OFF
        fill(rehearsal, 500)
        await rehearsal.sync()
        work(rehearsal)
        await carried(rehearsal)


async def test_what_a_person_does_in_the_second_of_our_last_write_is_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsing(tmp_path) as rehearsal:
        rehearsal.options = BOXES_OFF
        fill(rehearsal, 500)
        waits: list[float] = []

        async def work_and_sleep(seconds: float) -> None:
            if not waits:
                work(rehearsal)
            waits.append(seconds)
            rehearsal.times.advance(seconds=seconds)

        monkeypatch.setattr(rehearsal.times, "sleep", work_and_sleep)
        await rehearsal.sync()
        assert waits == [1.0]
        await carried(rehearsal)
