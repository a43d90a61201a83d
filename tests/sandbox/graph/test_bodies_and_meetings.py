"""Bodies that come back changed, online meetings that break, and mail nobody asked for."""

from typing import Any

import pytest

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.mailbox import Mailbox, Person
from tests.sandbox.graph.conftest import MARCH, GraphClient, timed, weekly

AS_TEXT = 'outlook.body-content-type="text"'
GUESTS = [{"type": "required", "emailAddress": {"address": "guest@fabrikam.example"}}]


def body_of(content: str, kind: str = "html") -> JsonObject:
    return {"body": {"contentType": kind, "content": content}}


def test_text_comes_back_as_a_document_and_as_text_with_other_line_ends(graph: GraphClient) -> None:
    event = graph.post("/me/events", timed(**body_of("Agenda\n  1 < 2\n\nEnd", "text")))
    assert event["body"]["contentType"] == "html"
    assert "converted from text" in event["body"]["content"]
    read = graph.call("GET", f"/me/events/{event['id']}", headers={"Prefer": AS_TEXT})
    assert read.headers["Preference-Applied"] == AS_TEXT
    text = read.json()["body"]["content"]
    assert text == "Agenda\r\n\xa0 1 < 2\r\n\r\nEnd\r\n"
    assert event["bodyPreview"] == "Agenda\r\n\xa0 1 < 2\r\n\r\nEnd"


def test_a_fragment_is_wrapped_and_loses_its_scripts(graph: GraphClient) -> None:
    written = '<p onclick="x()">One</p>\n<script>alert(1)</script>tail'
    content = graph.post("/me/events", timed(**body_of(written)))["body"]["content"]
    assert content.startswith("<html>\r\n<head>\r\n<meta ")
    assert "<p>One</p>" in content
    assert "tail" in content
    assert "script" not in content
    assert "onclick" not in content
    assert "\n" not in content.replace("\r\n", "")


@pytest.mark.parametrize(
    "body",
    [
        body_of("Agenda\n1 < 2", "text"),
        body_of("<p>One &amp; two</p><br>three"),
        body_of("<html><head><title>T</title></head><body><b>x</b></body></html>"),
        body_of(""),
    ],
)
def test_writing_back_what_was_read_changes_nothing(graph: GraphClient, body: JsonObject) -> None:
    event = graph.post("/me/events", timed(**body))
    assert graph.patch(f"/me/events/{event['id']}", {"body": event["body"]})["body"] == event["body"]


def online(graph: GraphClient) -> JsonObject:
    return graph.post("/me/events", timed(isOnlineMeeting=True, **body_of("Agenda", "text")))


def test_an_online_meeting_has_its_join_block_in_the_body(graph: GraphClient) -> None:
    event = online(graph)
    assert event["onlineMeetingProvider"] == "teamsForBusiness"
    assert event["onlineMeeting"]["joinUrl"] in event["body"]["content"]
    kept = graph.patch(
        f"/me/events/{event['id']}",
        body_of(event["body"]["content"].replace("Agenda", "New agenda")),
    )
    assert kept["isOnlineMeeting"] is True
    assert graph.patch(f"/me/events/{event['id']}", {"isOnlineMeeting": False})["isOnlineMeeting"] is True


def test_a_body_without_the_join_block_disables_the_meeting_for_good(graph: GraphClient) -> None:
    path = f"/me/events/{online(graph)['id']}"
    broken = graph.patch(path, body_of("Agenda", "text"))
    assert (broken["isOnlineMeeting"], broken["onlineMeeting"]) == (False, None)
    assert graph.patch(path, {"isOnlineMeeting": True})["isOnlineMeeting"] is False


def kinds(mailbox: Mailbox) -> list[str]:
    return [mail.kind for mail in mailbox.outbox]


def test_events_without_attendees_send_nothing(graph: GraphClient, mailbox: Mailbox) -> None:
    event = graph.post("/me/events", timed())
    graph.patch(f"/me/events/{event['id']}", {"subject": "Other"})
    graph.delete(f"/me/events/{event['id']}")
    assert mailbox.outbox == []


def test_a_meeting_sends_invitation_update_and_cancellation(graph: GraphClient, mailbox: Mailbox) -> None:
    event = graph.post("/me/events", timed(attendees=GUESTS))
    graph.patch(f"/me/events/{event['id']}", {"subject": event["subject"]})
    graph.delete(f"/me/events/{event['id']}")
    assert kinds(mailbox) == ["invitation", "update", "cancellation"]
    assert {mail.recipients for mail in mailbox.outbox} == {("guest@fabrikam.example",)}


@pytest.mark.parametrize(
    "silent",
    [{"showAs": "free"}, {"categories": ["x"]}, {"isReminderOn": False}, {"sensitivity": "private"}],
)
def test_ones_own_properties_of_a_meeting_are_silent(
    graph: GraphClient, mailbox: Mailbox, silent: dict[str, Any]
) -> None:
    event = graph.post("/me/events", timed(attendees=GUESTS))
    mailbox.outbox.clear()
    graph.patch(f"/me/events/{event['id']}", silent)
    assert mailbox.outbox == []


def test_changed_attendees_alone_are_written_to(graph: GraphClient, mailbox: Mailbox) -> None:
    event = graph.post("/me/events", timed(attendees=GUESTS))
    mailbox.outbox.clear()
    graph.patch(
        f"/me/events/{event['id']}", {"attendees": [{"emailAddress": {"address": "new@fabrikam.example"}}]}
    )
    assert [(mail.kind, mail.recipients) for mail in mailbox.outbox] == [
        ("invitation", ("new@fabrikam.example",)),
        ("cancellation", ("guest@fabrikam.example",)),
    ]


def test_a_series_mails_once_for_itself_and_once_for_each_exception(
    graph: GraphClient, mailbox: Mailbox
) -> None:
    master = graph.post("/me/events", weekly(attendees=GUESTS))
    first = graph.get("/me/calendarView", None, **MARCH)["value"][0]
    graph.patch(f"/me/events/{first['id']}", {"subject": "Special"})
    mailbox.outbox.clear()
    graph.patch(f"/me/events/{master['id']}", {"location": {"displayName": "Room 2"}})
    assert kinds(mailbox) == ["update", "update"]


@pytest.fixture
def invitation(mailbox: Mailbox) -> JsonObject:
    return mailbox.receive_invitation(
        timed("Theirs", attendees=GUESTS), Person("Kim", "kim@fabrikam.example")
    )


def test_an_attendees_copy_refuses_what_is_the_organizers(graph: GraphClient, invitation: JsonObject) -> None:
    path = f"/me/events/{invitation['id']}"
    assert graph.get(path)["isOrganizer"] is False
    for body in ({"subject": "Mine"}, body_of("x", "text"), {"location": {"displayName": "x"}}, timed()):
        assert graph.refused("PATCH", path, json=body) == (403, "ErrorAccessDenied")
    assert graph.patch(path, {"showAs": "busy", "categories": ["x"]})["showAs"] == "busy"


def test_deleting_an_attendees_copy_declines_unless_it_was_called_off(
    graph: GraphClient, mailbox: Mailbox, invitation: JsonObject
) -> None:
    graph.delete(f"/me/events/{invitation['id']}")
    assert [(mail.kind, mail.recipients) for mail in mailbox.outbox] == [
        ("decline", ("kim@fabrikam.example",))
    ]
    mailbox.outbox.clear()
    other = mailbox.receive_invitation(timed("Off"), Person("Kim", "kim@fabrikam.example"))
    cancelled = mailbox.receive_cancellation(other["id"])
    assert (cancelled["isCancelled"], cancelled["subject"]) == (True, "Canceled: Off")
    graph.delete(f"/me/events/{other['id']}")
    assert mailbox.outbox == []
