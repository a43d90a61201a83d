"""The O365 library, unmodified, takes the sandbox for the real service.

What the library does on its own (retries, sign-in, zones) stays in force but for one thing: its protocol class names
the sandbox's address, as it would name a national cloud's.
"""

import logging
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from O365 import Account, MSGraphProtocol
from O365.utils.token import MemoryTokenBackend

from lpc_tui.sandbox.common import OUTLOOK_TOKEN
from lpc_tui.sandbox.graph.mailbox import Mailbox
from tests.sandbox.graph.conftest import GraphClient, timed

BERLIN = ZoneInfo("Europe/Berlin")


def signed_in_backend() -> MemoryTokenBackend:
    """A token cache that holds a valid token, so that no sign-in authority is ever asked."""
    backend = MemoryTokenBackend()
    backend.add(
        {
            "client_id": "sandbox",
            "scope": ["https://graph.microsoft.com/.default"],
            "token_endpoint": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
            "response": {"access_token": OUTLOOK_TOKEN, "token_type": "Bearer", "expires_in": 3600},
        }
    )
    return backend


@pytest.fixture
def account(graph: GraphClient) -> Iterator[Account]:
    class SandboxProtocol(MSGraphProtocol):  # type: ignore[misc]
        _protocol_url = f"{graph.host_url}/"

    logging.getLogger("O365").setLevel(logging.CRITICAL)
    account = Account(
        ("sandbox",),
        auth_flow_type="public",
        token_backend=signed_in_backend(),
        protocol=SandboxProtocol(timezone="Europe/Berlin"),
        requests_delay=0,
        request_retries=0,
    )
    yield account
    if account.con.session is not None:
        account.con.session.close()


def test_it_is_signed_in_and_lists_the_calendars(account: Account) -> None:
    assert account.is_authenticated
    calendars = account.schedule().list_calendars()
    assert [calendar.name for calendar in calendars] == ["Calendar", "Projects", "Holidays"]
    assert account.schedule().get_default_calendar().calendar_id == calendars[0].calendar_id
    assert account.schedule().get_calendar(calendar_name="Projects").name == "Projects"


def test_it_creates_reads_changes_and_deletes_an_event(account: Account, mailbox: Mailbox) -> None:
    calendar = account.schedule().get_default_calendar()
    event = calendar.new_event("Review")
    event.start = datetime(2026, 7, 10, 9, tzinfo=BERLIN)
    event.end = datetime(2026, 7, 10, 10, tzinfo=BERLIN)
    event.body = "<p>Agenda</p>"
    event.location = "Room 1"
    event.sensitivity = "private"
    event.remind_before_minutes = 5
    assert event.save()

    read = calendar.get_event(event.object_id)
    assert (read.subject, read.start, read.location["displayName"]) == ("Review", event.start, "Room 1")
    assert (read.sensitivity.value, read.remind_before_minutes) == ("private", 5)
    assert "Agenda" in read.get_body_text()

    read.subject = "Second review"
    assert read.save()
    window = {
        "start_recurring": "2026-07-01T00:00:00Z",
        "end_recurring": "2026-08-01T00:00:00Z",
    }
    assert [each.subject for each in calendar.get_events(**window)] == ["Second review"]
    assert [each.subject for each in calendar.get_events(include_recurring=False)] == ["Second review"]

    assert read.delete()
    assert list(calendar.get_events(**window)) == []
    assert mailbox.events() == []
    assert mailbox.outbox == []


def test_it_reads_more_than_one_page(account: Account, mailbox: Mailbox) -> None:
    for number in range(7):
        mailbox.create_event(timed(str(number)))
    events = (
        account.schedule().get_default_calendar().get_events(limit=None, batch=3, include_recurring=False)
    )
    assert [event.subject for event in events] == [str(number) for number in range(7)]


def test_it_creates_an_all_day_event(account: Account, mailbox: Mailbox) -> None:
    event = account.schedule().new_event("Fair")
    event.start = datetime(2026, 7, 10, tzinfo=BERLIN)
    event.end = datetime(2026, 7, 11, tzinfo=BERLIN)
    event.is_all_day = True
    assert event.save()
    read = account.schedule().get_default_calendar().get_event(event.object_id)
    assert read.is_all_day
    assert read.start.date() == date(2026, 7, 10)


def test_it_writes_and_reads_a_series(account: Account, mailbox: Mailbox) -> None:
    calendar = account.schedule().get_default_calendar()
    event = calendar.new_event("Jour fixe")
    event.start = datetime(2026, 3, 23, 9, tzinfo=BERLIN)
    event.end = datetime(2026, 3, 23, 10, tzinfo=BERLIN)
    event.recurrence.set_weekly(
        1, days_of_week=["monday"], first_day_of_week="monday", start=date(2026, 3, 23), occurrences=3
    )
    assert event.save()

    read = calendar.get_event(event.object_id)
    assert read.event_type.value == "series_master"
    assert (read.recurrence.occurrences, read.recurrence.days_of_week) == (3, ["monday"])
    occurrences = list(read.get_occurrences(date(2026, 3, 1), date(2026, 5, 1)))
    assert [each.start for each in occurrences] == [
        datetime(2026, 3, day, 9, tzinfo=BERLIN) for day in (23, 30)
    ] + [datetime(2026, 4, 6, 9, tzinfo=BERLIN)]

    occurrences[1].subject = "Special"
    assert occurrences[1].save()
    assert occurrences[2].delete()
    again = list(read.get_occurrences(date(2026, 3, 1), date(2026, 5, 1)))
    assert [(each.subject, each.event_type.value) for each in again] == [
        ("Jour fixe", "occurrence"),
        ("Special", "exception"),
    ]


def test_its_raw_connection_carries_joined_preferences(account: Account, graph: GraphClient) -> None:
    account.con.default_headers = {"Prefer": 'IdType="ImmutableId"'}
    answer = account.con.get(
        f"{graph.root}/me/events", headers={"Prefer": 'outlook.timezone="UTC", odata.maxpagesize=50'}
    )
    applied = answer.headers["Preference-Applied"]
    assert all(name in applied for name in ("IdType", "outlook.timezone", "odata.maxpagesize=50"))


def test_it_creates_reads_changes_and_deletes_a_contact(account: Account, mailbox: Mailbox) -> None:
    book = account.address_book()
    contact = book.new_contact()
    contact.name = "Ada"
    contact.surname = "Lovelace"
    contact.emails.add("ada@engine.example")
    contact.mobile_phone = "+44 20 1234"
    contact.home_address = {"street": "1 Strand", "city": "London"}
    assert contact.save()

    (read,) = book.get_contacts()
    assert (read.full_name, read.main_email, read.mobile_phone) == (
        "Ada Lovelace",
        "ada@engine.example",
        "+44 20 1234",
    )
    assert read.home_address == {"street": "1 Strand", "city": "London"}
    read.job_title = "Analyst"
    assert read.save()
    assert mailbox.contacts()[0]["jobTitle"] == "Analyst"
    assert read.delete()
    assert list(book.get_contacts()) == []


def test_it_finds_contact_folders(account: Account) -> None:
    (folder,) = account.address_book().get_folders()
    assert folder.name == "Suppliers"
    contact = folder.new_contact()
    contact.surname = "Babbage"
    assert contact.save()
    assert [one.surname for one in folder.get_contacts()] == ["Babbage"]


def test_it_lists_creates_and_completes_tasks(account: Account, mailbox: Mailbox) -> None:
    todo = account.tasks()
    folder = next(each for each in todo.list_folders() if each.name == "Errands")
    task = folder.new_task("Call")
    task.due = datetime(2026, 7, 10, 15, tzinfo=BERLIN)
    assert task.save()
    (read,) = folder.get_tasks()
    assert read.subject == "Call"
    read.mark_completed()
    assert read.save()
    errands = mailbox.task_lists()[2]["id"]
    assert [one["status"] for one in mailbox.tasks(errands)] == ["completed"]
