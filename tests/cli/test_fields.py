"""`lpc-tui fields` and the page made from the same map."""

from __future__ import annotations

import json

import pytest

from lpc_tui.cli.app import app
from lpc_tui.cli.errors import run_cli
from lpc_tui.cli.field_view import KEY, field_lines
from lpc_tui.model.field_map import FIELDS
from lpc_tui.model.items import Process
from lpc_tui.plain import cells
from lpc_tui.wording import privacy_note, privacy_words
from tests.tools.field_page import PAGE, page


def fields(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    code = run_cli(app, ["fields", *args])
    return code, *capsys.readouterr()


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "the field map changed: run `make docs`"


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("process", list(Process))
def test_every_field_is_told_with_both_homes_within_the_width(process: Process, width: int) -> None:
    lines = field_lines(process, width)
    assert max(map(cells, (*KEY, *lines))) <= width
    for spec in FIELDS[process]:
        at = next(at for at, line in enumerate(lines) if line.startswith(f"{spec.label}  "))
        told = "\n".join(lines[at : at + max(len(spec.outlook), 1) + 3])
        for words in (*spec.outlook, *spec.salesforce, spec.name):
            assert words in told


def test_what_travels_one_way_or_not_at_all_shows_it() -> None:
    lines = "\n".join(field_lines(Process.CONTACT, 80)).splitlines()
    company = next(line for line in lines if line.startswith("Company"))
    assert company == "Company                 Account.Name       -->  companyName"
    entries = lines.index("All home phones                                 homePhones")
    assert lines[entries + 1] == "    home_phone_entries; list; not synced"


def test_a_field_that_one_side_requires_is_emptied_on_the_other_only() -> None:
    lines = field_lines(Process.CONTACT, 80)
    assert "    last_name; line; 80 characters in Salesforce; emptied in Outlook only" in lines


def test_it_prints_the_processes_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = fields(capsys, "task")
    assert (code, err) == (0, "")
    assert "Task: 6 fields" in out
    assert "Contact:" not in out
    assert "Neither side can mark a task private." in out
    code, out, _ = fields(capsys)
    assert [out.index(f"\n{process.label}: ") for process in Process] == sorted(
        out.index(f"\n{process.label}: ") for process in Process
    )


def test_as_json_it_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = fields(capsys, "contact", "--json")
    document = json.loads(out)
    assert (code, list(document)) == (0, ["contact"])
    assert document["contact"]["private_mark"] == ["outlook"]
    assert set(document["contact"]["untouched"]) == {"outlook", "salesforce"}
    by_name = {each["name"]: each for each in document["contact"]["fields"]}
    assert by_name["last_name"] == {
        "name": "last_name",
        "label": "Last name",
        "outlook": ["surname"],
        "salesforce": ["LastName"],
        "kind": "line",
        "length": {"salesforce": 80},
        "direction": "both",
        "empties": ["outlook"],
        "narrowed": {},
    }
    assert (by_name["company"]["direction"], by_name["email_entries"]["direction"]) == ("to Outlook", "stays")


def test_a_process_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = fields(capsys, "contacts")
    assert (code, out) == (2, "")
    assert "Did you mean contact?" in err


def test_what_has_no_private_mark_is_said_in_the_same_words_everywhere() -> None:
    from lpc_tui.settings_keys import setting

    for process in Process:
        told = setting(f"sync.{process}.synchronize_private_items").help
        assert (privacy_words(process) in told) == bool(privacy_note(process))
