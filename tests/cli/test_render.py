"""What a run looks like while it lasts and at its end."""

from __future__ import annotations

import io
import json
import os
from datetime import UTC, date, timedelta, timezone
from pathlib import Path

import pytest

from lpc_tui.cli.plan_view import plan_lines
from lpc_tui.cli.render import Bars, JsonLines, Lines, Renderer, progress_on
from lpc_tui.cli.summary import Summary
from lpc_tui.engine.events import (
    Counts,
    Event,
    Noticed,
    Outcome,
    ProcessFinished,
    RunFinished,
    RunStarted,
    Status,
)
from lpc_tui.engine.interface import RunResult, approve_all
from lpc_tui.model.items import Item, Process, Side, frozen
from lpc_tui.model.plan import FieldConflict, Hold, Operation, Plan, Reason, Step, Why
from lpc_tui.model.rules import Action
from lpc_tui.plain import cells
from tests.cli.scripted import (
    NOW,
    ScriptedEngine,
    all_day_item,
    calendar_plan,
    conflict,
    creation,
    deletion,
    event_item,
    link_of,
    operation,
    update,
)
from tests.tui.hostile import FORBIDDEN, HOSTILE, ascii_id

hostile = pytest.mark.parametrize("text", HOSTILE, ids=ascii_id)


async def _events() -> list[Event]:
    """Those of a whole scripted run."""
    events: list[Event] = []
    await ScriptedEngine().run([Process.CALENDAR], review=approve_all, emit=events.append)
    return events


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# JSON lines


async def test_each_event_is_one_json_line() -> None:
    stream = io.StringIO()
    events = await _events()
    renderer = JsonLines(stream, io.StringIO())
    for event in events:
        renderer.emit(event)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == len(events)
    assert lines[0] == {
        "event": "run_started",
        "run": "run-1",
        "processes": ["calendar"],
        "dry_run": False,
        "at": "2026-03-02T09:00:00Z",
    }
    assert lines[-1] == {
        "event": "run_finished",
        "run": "run-1",
        "outcome": "ok",
        "exit_code": 0,
        "elapsed_s": 1.25,
    }


@hostile
def test_foreign_text_in_json_is_ascii_on_one_line_and_unharmed(text: str) -> None:
    stream = io.StringIO()
    JsonLines(stream, io.StringIO()).emit(operation(text, Status.DONE))
    (line,) = stream.getvalue().splitlines()
    assert line.isascii()
    assert json.loads(line)["item"] == text


def test_what_is_no_event_stays_out_of_the_json() -> None:
    stream, aside = io.StringIO(), io.StringIO()
    JsonLines(stream, aside).say("Stopping")
    assert (stream.getvalue(), aside.getvalue()) == ("", "Stopping\n")


async def test_a_reader_that_leaves_does_not_fail_the_run() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        renderer = JsonLines(stream)
        for event in await _events():
            renderer.emit(event)


# Progress


async def test_plain_lines_tell_phases_and_tenths_without_any_control_sequence() -> None:
    stream = io.StringIO()
    renderer = progress_on(stream)
    for event in await _events():
        renderer.emit(event)
    lines = stream.getvalue().splitlines()
    assert isinstance(renderer, Lines)
    assert lines[0] == "Calendar: reading both sides"
    assert sum("writing, " in line for line in lines) == 10
    assert stream.getvalue().isprintable() or "\x1b" not in stream.getvalue()


async def test_bars_are_drawn_on_a_terminal_and_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = _Terminal()
    renderer = progress_on(stream)
    assert isinstance(renderer, Bars)
    for event in await _events():
        renderer.emit(event)
    renderer.close()
    renderer.close()
    assert "Calendar: reading both sides" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[2K") or stream.getvalue().rstrip().endswith("\x1b[?25h")


@pytest.mark.parametrize("term", ["", "dumb"])
def test_a_terminal_that_cannot_move_its_cursor_gets_lines(
    monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    monkeypatch.setenv("TERM", term)
    assert isinstance(progress_on(_Terminal()), Lines)


async def test_bars_honour_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = _Terminal()
    renderer = Bars(stream)
    for event in await _events():
        renderer.emit(event)
    renderer.close()
    assert "\x1b[3" not in stream.getvalue()


@pytest.mark.parametrize("make", [Lines, Bars])
@hostile
def test_a_notice_is_shown_inert(make: type[Lines] | type[Bars], text: str) -> None:
    stream = io.StringIO()
    renderer: Renderer = make(stream)
    renderer.emit(Noticed(text=text))
    renderer.close()
    shown = stream.getvalue().rstrip("\n")
    assert shown
    assert not any(sign in shown for sign in FORBIDDEN)


@pytest.mark.parametrize("make", [Lines, Bars])
def test_the_error_that_ends_the_run_is_left_to_the_command(make: type[Lines] | type[Bars]) -> None:
    stream = io.StringIO()
    renderer: Renderer = make(stream)
    renderer.emit(Noticed(text="No answer.", level="error"))
    renderer.emit(Noticed(text="30 items would be deleted.", level="error", process=Process.CALENDAR))
    assert stream.getvalue() == "Error: Calendar: 30 items would be deleted.\n"


# The plan


def _shown(plan: Plan, *, width: int = 80, limit: int = 40) -> str:
    return "\n".join(plan_lines(plan, timezone(timedelta(hours=1)), width=width, limit=limit))


def test_the_plan_has_salesforce_at_the_left_and_local_times() -> None:
    plan = calendar_plan(
        creation("Kick-off"),
        creation("Site visit", Side.SALESFORCE),
        update("Review"),
        deletion("Old demo"),
        conflict("Lunch", outlook="Canteen", salesforce="Bistro"),
        unchanged=1234,
    )
    assert (
        _shown(plan)
        == """\
Calendar: 4 to write, 1 in conflict; 1,234 unchanged

Salesforce                                             Outlook
--------------------------------------------------------------------------------
To write: 4
 2 Mar 11:00 Kick-off      --> Add to Outlook
                           <-- Add to Salesforce        2 Mar 11:00 Site visit
 2 Mar 11:00 Review        --> Update Outlook           2 Mar 11:00 Review
                               Subject
                               Location
 2 Mar 11:00 Old demo      x   Delete from Salesforce  (deleted)

In conflict: 1
 2 Mar 11:00 Lunch         ?   Changed on both sides    2 Mar 11:00 Lunch
  Bistro                       Location                  Canteen
"""
    )


def test_what_is_held_back_is_listed_by_its_reason() -> None:
    box = "The box \"Do not 'delete' ...\" is ticked; it stays pending."
    resting = Step(
        "p",
        Process.CALENDAR,
        event_item("x").redacted(),
        None,
        link=None,
        reason=Reason(Why.PRIVATE, "Private, and the box is off."),
    )
    plan = calendar_plan(*(deletion(f"Old {n}", hold=Hold.PREVENTED, reason=box) for n in range(7)), resting)
    shown = _shown(plan)
    assert "Calendar: 8 held back" in shown
    assert f"Held back: 7. {box}" in shown
    assert shown.count("Delete from Salesforce") == 5
    assert "... and 2 more" in shown
    assert "Held back: 1. Private, and the box is off." in shown
    assert "(private)" in shown


def test_a_contact_is_called_by_its_name_and_a_task_placed_by_its_due_date() -> None:
    ada = Item("c", frozen({"first_name": "Ada", "last_name": "Lovelace", "email": "ada@acme.example"}))
    offer = Item("t", frozen({"subject": "Send the offer", "due": date(2026, 3, 16), "status": "notStarted"}))
    born = FieldConflict("birthday", outlook=date(1990, 3, 1), salesforce=None)
    contacts = Plan(Process.CONTACT, (Step("c", Process.CONTACT, ada, ada, None, conflicts=(born,)),))
    tasks = Plan(
        Process.TASK,
        (
            Step(
                "t",
                Process.TASK,
                None,
                offer,
                None,
                (Operation(Side.OUTLOOK, Action.CREATE, None, offer.fields),),
            ),
        ),
    )
    assert "Ada Lovelace               ?   The two sides differ    Ada Lovelace" in _shown(contacts)
    assert "  -                            Birthday                  1 Mar 1990" in _shown(contacts)
    assert "16 Mar Send the offer      --> Add to Outlook" in _shown(tasks)


def test_the_counterpart_of_a_private_item_shows_nothing_of_it() -> None:
    hidden = event_item("secret").redacted()
    private = Reason(Why.PRIVATE, "Private in Outlook, and the box is off.")
    step = Step("p", Process.CALENDAR, hidden, event_item("secret"), link_of("p"), reason=private)
    shown = _shown(calendar_plan(step))
    assert "secret" not in shown
    assert "10:00" not in shown
    assert shown.count("(private)") == 2


def test_a_long_plan_is_cut_with_a_count() -> None:
    lines = _shown(calendar_plan(*(creation(f"Event {n}") for n in range(5000)))).splitlines()
    assert len(lines) < 50
    assert "... and 4,960 more" in lines


def test_links_and_brakes_are_told() -> None:
    pair = Step("m", Process.CALENDAR, all_day_item("Fair"), all_day_item("Fair"), link=None, is_match=True)
    shown = _shown(calendar_plan(pair, brakes=(Reason(Why.BRAKE, "30 items would be deleted."),)))
    assert " 2 Mar Fair" in shown
    assert "=   Link" in shown
    assert shown.endswith("Stop: 30 items would be deleted.")


def test_a_plan_without_steps_is_one_line() -> None:
    assert _shown(calendar_plan(unchanged=3)) == "Calendar: nothing to do; 3 unchanged"


@hostile
def test_foreign_text_in_a_plan_is_inert_and_keeps_its_column(text: str) -> None:
    lines = plan_lines(
        calendar_plan(
            creation(text),
            conflict(text, outlook=text, salesforce=text),
            deletion(text, hold=Hold.REFUSED, reason=text),
        ),
        UTC,
        width=70,
    )
    assert not any(sign in line for line in lines for sign in FORBIDDEN)
    assert all(cells(line) <= 70 for line in lines if not line.startswith("Held back"))


# The summary


COUNTS = Counts(
    created={Side.OUTLOOK: 12, Side.SALESFORCE: 1500},
    updated={Side.OUTLOOK: 1},
    linked=20,
    unchanged=180,
    prevented=2,
    conflicts=1,
    failed=1,
)
REQUESTS = {Side.OUTLOOK: 6, Side.SALESFORCE: 5}


def _summary(*events: Event, outcome: Outcome, is_dry_run: bool = False, plan: Plan | None = None) -> str:
    summary = Summary()
    summary.emit(RunStarted(run="r", processes=(Process.CALENDAR,), dry_run=is_dry_run, at=NOW))
    for event in events:
        summary.emit(event)
    summary.emit(RunFinished(run="r", outcome=outcome, exit_code=0, elapsed_s=3.21))
    plans = {} if plan is None else {Process.CALENDAR: plan}
    return "\n".join(summary.lines(RunResult("r", outcome, 0, {}, plans), Path("/logs/lpc-tui.log")))


def test_the_summary_tells_counts_reasons_requests_time_and_what_to_do() -> None:
    text = _summary(
        operation("Review", Status.FAILED, "Salesforce: the subject is too long.", ("subject",)),
        operation("Lunch", Status.CONFLICT, "Changed on both sides.", ("location",)),
        operation("Old", Status.PREVENTED, "The box is ticked."),
        operation("Old", Status.PREVENTED, "The box is ticked."),
        operation("Fine", Status.DONE),
        ProcessFinished(process=Process.CALENDAR, counts=COUNTS, requests=REQUESTS),
        outcome=Outcome.PARTIAL,
    )
    assert (
        text
        == """\
Calendar          Salesforce     Outlook
  created              1,500          12
  updated                  0           1
  deleted                  0           0
  requests                 5           6
  20 linked, 180 unchanged, 2 prevented, 1 in conflict, 1 failed
  Failed:
    Update Salesforce: Review [Subject]: Salesforce: the subject is too long.
  In conflict:
    Lunch [Location]: Changed on both sides.
  Prevented:
    Update Salesforce: Old: The box is ticked. (2 times)

Finished in 3.2 s: some items need you.
  Conflicts wait for you: settle them in the review of lpc-tui, or choose a standing rule, for example: \
lpc-tui config set sync.calendar.conflicts newest
  What failed is tried again once it has changed: correct it where the reason says, then sync again.
  What was prevented stays pending; it happens once its Prevent box is unticked."""
    )


def test_the_standing_rule_it_offers_is_that_of_the_process_in_conflict() -> None:
    text = _summary(
        ProcessFinished(process=Process.CALENDAR, counts=Counts(unchanged=3), requests={}),
        ProcessFinished(process=Process.TASK, counts=Counts(conflicts=1), requests={}),
        outcome=Outcome.PARTIAL,
    )
    assert "lpc-tui config set sync.task.conflicts newest" in text


def test_a_dry_run_says_what_would_be_and_how_to_go_on() -> None:
    counts = Counts(created={Side.OUTLOOK: 2})
    finished = ProcessFinished(process=Process.CALENDAR, counts=counts, requests=REQUESTS)
    text = _summary(finished, outcome=Outcome.OK, is_dry_run=True)
    assert "to be created" in text
    assert text.endswith("Nothing was written. To carry it out: lpc-tui sync calendar")


def test_many_items_are_counted_and_the_log_named() -> None:
    text = _summary(
        *(operation(f"Item {n}", Status.FAILED, "No.") for n in range(500)),
        ProcessFinished(process=Process.CALENDAR, counts=COUNTS, requests=REQUESTS),
        outcome=Outcome.PARTIAL,
    )
    assert text.count("Item ") == 10
    assert "... and 490 more, in /logs/lpc-tui.log" in text


@hostile
def test_foreign_text_in_the_summary_is_inert(text: str) -> None:
    shown = _summary(
        operation(text, Status.FAILED, text),
        ProcessFinished(process=Process.CALENDAR, counts=COUNTS, requests=REQUESTS),
        outcome=Outcome.PARTIAL,
    )
    assert not any(sign in line for line in shown.split("\n") for sign in FORBIDDEN)
