"""Calendar files: times, series with exceptions, guests without mail, to-dos, and what is broken in them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.load.files import load_files
from lpc_tui.sandbox.load.report import FileReport, LoadReport
from lpc_tui.sandbox.sample import Worlds
from tests.sandbox.conftest import NOW, TODAY

WINDOW = (NOW - dt.timedelta(days=60), NOW + dt.timedelta(days=240))
BERLIN_ZONE = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


class Loader:
    """Loads texts as files."""

    def __init__(self, worlds: Worlds, folder: Path) -> None:
        self.worlds = worlds
        self.folder = folder

    def load(self, content: str | bytes, name: str = "export.ics") -> FileReport:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load_files([path], self.worlds.mailbox, self.worlds.org, today=TODAY).files[0]

    def calendar(self, body: str, *, head: str = "") -> FileReport:
        return self.load(f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{body}END:VCALENDAR\n")

    def event(self, lines: str, *, head: str = "") -> JsonObject:
        report = self.calendar(f"BEGIN:VEVENT\nUID:1\nSUMMARY:Review\n{lines}END:VEVENT\n", head=head)
        assert not report.skipped
        return self.worlds.mailbox.events()[0]

    def view(self) -> list[tuple[str, str, str]]:
        return [
            (each["subject"], each["start"]["dateTime"][:16], each["end"]["dateTime"][:16])
            for each in self.worlds.mailbox.calendar_view(*WINDOW)
        ]

    def starts(self) -> list[str]:
        return [start for _, start, _ in self.view()]


@pytest.fixture
def loader(worlds: Worlds, tmp_path: Path) -> Loader:
    return Loader(worlds, tmp_path)


@pytest.mark.parametrize(
    ("lines", "head", "start", "end"),
    [
        ("DTSTART:20260305T090000Z\nDURATION:PT30M\n", "", "2026-03-05T09:00", "2026-03-05T09:30"),
        ("DTSTART:20260305T090000\nDTEND:20260305T100000\n", "", "2026-03-05T08:00", "2026-03-05T09:00"),
        (
            "DTSTART:20260305T090000\nDTEND:20260305T100000\n",
            "X-WR-TIMEZONE:America/New_York\n",
            "2026-03-05T14:00",
            "2026-03-05T15:00",
        ),
        (
            "DTSTART;TZID=Tokyo Standard Time:20260305T090000\nDTEND;TZID=Tokyo Standard Time:20260305T100000\n",
            "",
            "2026-03-05T00:00",
            "2026-03-05T01:00",
        ),
        (
            "DTSTART;TZID=Customized Time Zone:20260405T090000\nDTEND;TZID=Customized Time Zone:20260405T100000\n",
            BERLIN_ZONE,
            "2026-04-05T07:00",
            "2026-04-05T08:00",
        ),
        (
            "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/London:20260405T090000\nDURATION:PT1H\n",
            "",
            "2026-04-05T08:00",
            "2026-04-05T09:00",
        ),
    ],
    ids=["utc", "floating", "calendar-zone", "windows-zone", "own-zone", "path-zone"],
)
def test_times_become_the_right_instants(loader: Loader, lines: str, head: str, start: str, end: str) -> None:
    event = loader.event(lines, head=head)
    assert (event["start"]["dateTime"][:16], event["end"]["dateTime"][:16]) == (start, end)


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        ("DTSTART;VALUE=DATE:20260305\n", ("2026-03-05", "2026-03-06")),
        ("DTSTART;VALUE=DATE:20260305\nDTEND;VALUE=DATE:20260305\n", ("2026-03-05", "2026-03-06")),
        ("DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260331\n", ("2026-03-28", "2026-03-31")),
        (
            "DTSTART:20260305T000000\nDTEND:20260306T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE\n",
            ("2026-03-05", "2026-03-06"),
        ),
    ],
    ids=["no-end", "end-is-start", "three-days-over-the-clock-change", "outlook-mark"],
)
def test_whole_days_stay_whole_days(loader: Loader, lines: str, days: tuple[str, str]) -> None:
    event = loader.event(lines)
    assert event["isAllDay"]
    assert (event["start"]["dateTime"][:10], event["end"]["dateTime"][:10]) == days


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("CLASS:CONFIDENTIAL\n", {"sensitivity": "confidential"}),
        ("CLASS:X-SECRET\n", {"sensitivity": "private"}),
        ("TRANSP:TRANSPARENT\n", {"showAs": "free"}),
        ("TRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\n", {"showAs": "oof"}),
        ("STATUS:TENTATIVE\n", {"showAs": "tentative"}),
        ("PRIORITY:1\n", {"importance": "high"}),
        ("CATEGORIES:Red,Blue\nCATEGORIES:Red,a\\,b\n", {"categories": ["Red", "Blue", "a;b"]}),
        (
            "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT45M\nEND:VALARM\n",
            {"isReminderOn": True, "reminderMinutesBeforeStart": 45},
        ),
        (
            "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER;VALUE=DATE-TIME:20260305T080000Z\nEND:VALARM\n",
            {"isReminderOn": True, "reminderMinutesBeforeStart": 60},
        ),
        ("BEGIN:VALARM\nACTION:EMAIL\nTRIGGER:-PT45M\nEND:VALARM\n", {"isReminderOn": False}),
        ("", {"isReminderOn": False, "sensitivity": "normal", "showAs": "busy", "importance": "normal"}),
    ],
)
def test_what_else_an_event_says(loader: Loader, lines: str, expected: JsonObject) -> None:
    event = loader.event(f"DTSTART:20260305T090000Z\nDTEND:20260305T100000Z\n{lines}")
    assert {name: event[name] for name in expected} == expected


def test_a_formatted_text_is_kept(loader: Loader) -> None:
    event = loader.event(
        "DTSTART:20260305T090000Z\nDESCRIPTION:plain\nX-ALT-DESC;FMTTYPE=text/html:<p>Hello\\, <b>you</b></p>\n"
    )
    assert "Hello, <b>you</b>" in event["body"]["content"]


def test_a_series_keeps_its_local_time_and_its_exceptions(loader: Loader) -> None:
    report = loader.calendar(
        """BEGIN:VEVENT
UID:1
SUMMARY:Weekly
DTSTART;TZID=Europe/Berlin:20260309T100000
DTEND;TZID=Europe/Berlin:20260309T110000
RRULE:FREQ=WEEKLY;COUNT=5
EXDATE;TZID=Europe/Berlin:20260323T100000
END:VEVENT
BEGIN:VEVENT
UID:1
RECURRENCE-ID:20260330T080000Z
SUMMARY:Weekly (late)
DTSTART;TZID=Europe/Berlin:20260330T150000
DTEND;TZID=Europe/Berlin:20260330T160000
END:VEVENT
BEGIN:VEVENT
UID:1
RECURRENCE-ID;TZID=Europe/Berlin:20260406T100000
STATUS:CANCELLED
SUMMARY:Weekly
DTSTART;TZID=Europe/Berlin:20260406T100000
END:VEVENT
"""
    )
    assert (report.series, report.events, report.skipped) == (1, 0, [])
    assert loader.view() == [
        ("Weekly", "2026-03-09T09:00", "2026-03-09T10:00"),
        ("Weekly", "2026-03-16T09:00", "2026-03-16T10:00"),
        ("Weekly (late)", "2026-03-30T13:00", "2026-03-30T14:00"),
    ]
    (master,) = loader.worlds.mailbox.events()
    assert master["type"] == "seriesMaster"


def test_an_occurrence_that_leaves_its_place_in_the_series_is_still_where_the_file_says(
    loader: Loader,
) -> None:
    report = loader.calendar(
        """BEGIN:VEVENT
UID:1
SUMMARY:Daily
DTSTART:20260309T100000Z
DTEND:20260309T110000Z
RRULE:FREQ=DAILY;COUNT=3
END:VEVENT
BEGIN:VEVENT
UID:1
RECURRENCE-ID:20260310T100000Z
SUMMARY:Daily
DTSTART:20260320T100000Z
DTEND:20260320T110000Z
END:VEVENT
"""
    )
    assert loader.starts() == ["2026-03-09T10:00", "2026-03-11T10:00", "2026-03-20T10:00"]
    assert (report.series, report.events) == (1, 1)
    assert "single event" in report.notes[0].why


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("FREQ=DAILY;INTERVAL=2;COUNT=9", "daily"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20260401T000000Z", "weekly"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU", "weekly"),
        ("FREQ=MONTHLY;COUNT=4", "absoluteMonthly"),
        ("FREQ=MONTHLY;BYDAY=2MO", "relativeMonthly"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2", "relativeMonthly"),
        ("FREQ=YEARLY;COUNT=2", "absoluteYearly"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=2MO;COUNT=2", "relativeYearly"),
    ],
)
def test_patterns_that_outlook_knows_become_series(loader: Loader, rule: str, kind: str) -> None:
    event = loader.event(f"DTSTART:20260309T100000Z\nDTEND:20260309T110000Z\nRRULE:{rule}\n")
    assert event["recurrence"]["pattern"]["type"] == kind
    assert loader.starts()[0] == "2026-03-09T10:00"


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (
            "FREQ=MONTHLY;BYMONTHDAY=31",
            ["2026-03-31", "2026-05-31", "2026-07-31", "2026-08-31"],
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=10,20;COUNT=3", ["2026-03-10", "2026-03-20", "2026-04-10"]),
        ("FREQ=WEEKLY;COUNT=2\nRDATE:20260322T100000Z", ["2026-03-01", "2026-03-08", "2026-03-22"]),
        ("FREQ=HOURLY;INTERVAL=36;COUNT=3", ["2026-03-01", "2026-03-02", "2026-03-04"]),
    ],
)
def test_patterns_that_outlook_does_not_know_are_spelled_out(
    loader: Loader, rule: str, days: list[str]
) -> None:
    first = days[0].replace("-", "")
    report = loader.calendar(
        f"BEGIN:VEVENT\nUID:1\nSUMMARY:Odd\nDTSTART:{first}T100000Z\nDURATION:PT1H\nRRULE:{rule}\nEND:VEVENT\n"
    )
    found = [start[:10] for start in loader.starts()]
    assert found == days
    assert report.series == 0
    assert report.events >= len(found)
    assert "single events" in report.notes[0].why


def test_a_rule_that_never_rests_is_skipped_at_once(loader: Loader) -> None:
    report = loader.calendar(
        "BEGIN:VEVENT\nUID:1\nSUMMARY:Tick\nDTSTART:19970101T000000Z\nRRULE:FREQ=SECONDLY\nEND:VEVENT\n"
    )
    assert report.loaded == 0
    assert "more often than hourly" in report.skipped[0].why


def _meeting(number: int, organizer: str, guest: str) -> str:
    return f"""BEGIN:VEVENT
UID:{number}
SUMMARY:Meeting {number}
DTSTART:202603{number + 10}T100000Z
DURATION:PT1H
ORGANIZER;CN=Boss:mailto:{organizer}
ATTENDEE;CN="Guest, A.";CUTYPE=ROOM:MAILTO:{guest}
END:VEVENT
"""


def test_guests_come_without_mail_and_other_peoples_meetings_stay_theirs(loader: Loader) -> None:
    body = _meeting(1, "me@x.example", "you@x.example") + _meeting(2, "boss@x.example", "me@x.example")
    loader.calendar(body)
    own, received = loader.worlds.mailbox.events()
    assert loader.worlds.mailbox.outbox == []
    assert own["isOrganizer"]
    assert [(guest["type"], guest["emailAddress"]) for guest in own["attendees"]] == [
        ("resource", {"name": "Guest, A.", "address": "you@x.example"})
    ]
    assert not received["isOrganizer"]
    assert received["organizer"]["emailAddress"]["address"] == "boss@x.example"
    assert received["showAs"] == "busy"


def test_todos_become_tasks(loader: Loader) -> None:
    report = loader.calendar(
        "BEGIN:VTODO\nUID:1\nSUMMARY:Call\nDUE;TZID=Asia/Tokyo:20260305T013000\nPRIORITY:1\nSTATUS:IN-PROCESS\nEND:VTODO\n"
        "BEGIN:VTODO\nUID:2\nDUE:20260305T013000Z\nEND:VTODO\n"
    )
    (task,) = loader.worlds.mailbox.tasks()
    assert (task["title"], task["status"], task["importance"]) == ("Call", "inProgress", "high")
    assert task["dueDateTime"]["dateTime"][:10] == "2026-03-03"  # midnight of the 4th in Berlin, in UTC
    assert report.tasks == 1
    assert report.skipped == [("VTODO 2", "a task needs a title")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_any_encoding(loader: Loader, encoding: str) -> None:
    text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Prüfung – Café\r\nDTSTART:20260305T090000Z\r\nEND:VEVENT\r\n"
    loader.load((text + "END:VCALENDAR\r\n").encode(encoding))
    assert [subject for subject, *_ in loader.view()] == ["Prüfung – Café"]


BROKEN: dict[str, tuple[str, str]] = {
    "no-start": ("UID:1\nSUMMARY:A\n", "start"),
    "backwards": ("UID:1\nSUMMARY:A\nDTSTART:20260305T090000Z\nDTEND:20260305T080000Z\n", "ends before"),
    "mixed": ("UID:1\nSUMMARY:A\nDTSTART:20260305T090000Z\nDTEND;VALUE=DATE:20260306\n", "start"),
    "nonsense": ("UID:1\nSUMMARY:A\nDTSTART:soon\n", "start"),
    "cancelled": ("UID:1\nSUMMARY:A\nDTSTART:20260305T090000Z\nSTATUS:CANCELLED\n", "cancelled"),
    "over": (
        "UID:1\nSUMMARY:A\nDTSTART:19990131T090000Z\nRRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3\n",
        "nothing of it falls",
    ),
}


@pytest.mark.parametrize(("lines", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_bad_event_is_named_and_costs_only_itself(loader: Loader, lines: str, reason: str) -> None:
    good = "BEGIN:VEVENT\nUID:2\nSUMMARY:Good\nDTSTART:20260305T090000Z\nEND:VEVENT\n"
    report = loader.calendar(f"BEGIN:VEVENT\n{lines}END:VEVENT\n{good}")
    assert report.events == 1
    ((what, why),) = report.skipped
    assert what == "VEVENT A"
    assert reason in why


def test_a_file_broken_as_a_whole_gives_what_can_be_saved(loader: Loader) -> None:
    report = loader.load(
        "BEGIN:VCALENDAR\nX\nBEGIN:VEVENT\nUID:1\nSUMMARY:Good\nDTSTART:20260305T090000Z\nEND:VEVENT\n"
        "BEGIN:VEVENT\nSUMMARY:Bad\n<<<<<<\nDTSTART;TZID=x:y\n"
    )
    assert report.events == 1
    assert [subject for subject, *_ in loader.view()] == ["Good"]


def test_what_has_no_place_in_outlook_is_named(loader: Loader) -> None:
    report = loader.calendar("BEGIN:VJOURNAL\nUID:1\nSUMMARY:Dear diary\nEND:VJOURNAL\n")
    assert report.skipped == [("VJOURNAL Dear diary", "Outlook's calendar keeps no journals")]


def test_the_report_shows_foreign_text_inert(loader: Loader) -> None:
    report = loader.calendar("BEGIN:VEVENT\nUID:1\nSUMMARY:a\x1b[31m\u202eb\\nc\nEND:VEVENT\n")
    assert report.skipped[0].what == "VEVENT a␛[31m<U+202E>b c"


def test_a_report_survives_the_way_to_another_process(loader: Loader) -> None:
    report = LoadReport([loader.calendar("BEGIN:VEVENT\nUID:1\nEND:VEVENT\n")])
    again: Any = LoadReport.from_json(report.to_json())
    assert again == report
    assert again.skipped == 1
    assert again.total("events") == 0
