"""Salesforce's CSV exports: relations, times, encodings, and rows that cannot be taken."""

from pathlib import Path

import pytest

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.load.files import load_files
from lpc_tui.sandbox.load.report import LoadReport
from lpc_tui.sandbox.sample import Worlds
from tests.sandbox.conftest import TODAY

ACCOUNTS = '"ID","NAME","INDUSTRY"\n"001A00000000001AAA","Acme, Inc.","Consulting"\n'
CONTACTS = (
    "Id,LastName,FirstName,AccountId,Email,Odd__c\n003A00000000001AAB,Müller,Ana,001A00000000001,ana@acme.example,x\n"
    "003A00000000002AAB,,Nobody,,,\n"
)
EVENTS = (
    "Id,Subject,StartDateTime,EndDateTime,DurationInMinutes,ActivityDate,IsAllDayEvent,WhoId,ShowAs,IsChild,Description\n"
    '00UA1,Call,2026-03-05T10:00:00.000Z,2026-03-05T10:30:00.000+0000,30,2026-03-05,false,003A00000000001AAB,Busy,0,"a\nb"\n'
    "00UA2,Holiday,,,2880,2026-03-05,true,,OutOfOffice,false,\n"
    "00UA3,Copy,2026-03-05T10:00:00.000Z,2026-03-05T10:30:00.000Z,30,,false,,,true,\n"
    "00UA4,Local,5/3/2026 10:00,,30,,false,,,false,\n"
)
TASKS = "SUBJECT,STATUS,PRIORITY,ACTIVITYDATE,WHOID\nSend it,Completed,High,2026-03-09,003XXXXXXXXXXXX\n"


def _load(worlds: Worlds, folder: Path, contents: dict[str, str], encoding: str = "utf-8") -> LoadReport:
    paths = []
    for name, text in contents.items():
        path = folder / name
        path.write_bytes(text.encode(encoding))
        paths.append(path)
    return load_files(paths, worlds.mailbox, worlds.org, today=TODAY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_the_exports_relations_hold_whatever_their_order(
    worlds: Worlds, tmp_path: Path, encoding: str
) -> None:
    report = _load(
        worlds,
        tmp_path,
        {"Event.csv": EVENTS, "contacts.csv": CONTACTS, "extract.csv": TASKS, "a.csv": ACCOUNTS},
        encoding,
    )
    assert [(file.events, file.contacts, file.tasks, file.accounts) for file in report.files] == [
        (2, 0, 0, 0),
        (0, 1, 0, 0),
        (0, 0, 1, 0),
        (0, 0, 0, 1),
    ]
    (call,) = worlds.org.query("SELECT Who.Name, Account.Name, Description FROM Event WHERE Subject = 'Call'")
    assert call["Who"]["Name"] == "Ana Müller"
    assert call["Account"]["Name"] == "Acme, Inc."
    assert call["Description"] == "a\nb"


def test_whole_days_and_times(worlds: Worlds, tmp_path: Path) -> None:
    _load(worlds, tmp_path, {"Event.csv": EVENTS})
    call, holiday = worlds.org.query(
        "SELECT StartDateTime, EndDateTime, IsAllDayEvent FROM Event ORDER BY Subject"
    )
    assert (call["StartDateTime"][:16], call["EndDateTime"][:16]) == ("2026-03-05T10:00", "2026-03-05T10:30")
    assert holiday["IsAllDayEvent"]
    assert (holiday["StartDateTime"][:10], holiday["EndDateTime"][:10]) == ("2026-03-05", "2026-03-06")


def test_what_cannot_be_taken_is_named(worlds: Worlds, tmp_path: Path) -> None:
    report = _load(worlds, tmp_path, {"Event.csv": EVENTS, "Contact.csv": CONTACTS, "Task.csv": TASKS})
    events, contacts, tasks = report.files
    assert [skipped.what for skipped in events.skipped] == ["Event in row 4: Copy", "Event in row 5: Local"]
    assert "invitee's copy" in events.skipped[0].why
    assert "StartDateTime" in events.skipped[1].why
    assert "LastName" in contacts.skipped[0].why
    assert contacts.notes[0].what == "Contact columns Odd__c"
    assert "WhoId" in tasks.notes[0].why


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(worlds: Worlds, tmp_path: Path, delimiter: str) -> None:
    report = _load(worlds, tmp_path, {"Task.csv": TASKS.replace(",", delimiter)})
    assert report.total("tasks") == 1


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", '"unclosed\n', "Id\n1\n"])
def test_no_export_is_said(worlds: Worlds, tmp_path: Path, text: str) -> None:
    (file,) = _load(worlds, tmp_path, {"whatever.csv": text}).files
    assert file.loaded == 0
    assert file.skipped


def test_a_file_of_another_kind_is_named(worlds: Worlds, tmp_path: Path) -> None:
    (file,) = _load(worlds, tmp_path, {"photo.jpg": "x"}).files
    assert file.skipped[0].what == "photo.jpg"


def test_a_missing_path_is_an_error_before_anything_is_loaded(worlds: Worlds, tmp_path: Path) -> None:
    (tmp_path / "Task.csv").write_text(TASKS)
    with pytest.raises(SandboxError, match=r"gone\.ics"):
        load_files([tmp_path / "Task.csv", tmp_path / "gone.ics"], worlds.mailbox, worlds.org, today=TODAY)
    assert worlds.org.query("SELECT Id FROM Task") == []
