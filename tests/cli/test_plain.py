"""`lpc-tui --plain`: the review and the settings as scripted conversations, and all of it on the demo in a real terminal."""

from __future__ import annotations

import io
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from types import MappingProxyType

import pytest

from lpc_tui.cli.plain.review import PlainReview, item_lines
from lpc_tui.cli.plain.settings import change_settings
from lpc_tui.cli.plain.talk import InputEnded, Talk
from lpc_tui.engine.interface import Cancel, Review
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import WHOLE, Answers, Hold, Plan, Reason, Why
from lpc_tui.settings_file import load
from tests.cli.scripted import OnePlan, calendar_plan, conflict, creation, deletion, event_item, update

_PATIENCE_S = 90.0


def talk_of(*lines: str) -> tuple[Talk, io.StringIO]:
    """A person who has typed these lines already, and what is said to them."""
    reading, writing = os.pipe()
    os.write(writing, "".join(f"{line}\n" for line in lines).encode())
    os.close(writing)
    said = io.StringIO()
    return Talk(reading, said), said


class Answering(OnePlan):
    """A proposal that leaves out what the person does."""

    def answered(self, process: Process, answers: Answers) -> Plan:
        plan = self.plans[process]
        steps = (replace(step, is_excluded=step.key in answers.excluded) for step in plan.steps)
        return replace(plan, steps=tuple(steps))


async def review(plan: Plan, *lines: str) -> tuple[Review, str]:
    talk, said = talk_of(*lines)
    plans: Mapping[Process, Plan] = MappingProxyType({Process.CALENDAR: plan})
    return await PlainReview(talk, UTC, Cancel())(Answering(plans)), said.getvalue()


async def test_what_needs_the_person_comes_first_and_an_item_is_told_in_full() -> None:
    plan = calendar_plan(creation("Lunch"), conflict("Call", outlook="Room 1", salesforce="Room 9"))
    _, said = await review(plan, "l", "1", "q")
    assert "1: Call: conflict: " in said
    assert "2: Lunch: Add to Outlook" in said
    assert "Location (in conflict): Outlook: Room 1; Salesforce: Room 1" in said
    assert "Subject, the same on both sides: Call" in said


async def test_an_item_is_left_out_a_side_chosen_and_the_plan_carried_out() -> None:
    plan = calendar_plan(creation("Lunch"), conflict("Call", outlook="Room 1", salesforce="Room 9"))
    given, said = await review(plan, "x 2", "s1", "g", "y")
    assert given.is_approved
    answers = given.answers[Process.CALENDAR]
    assert answers.excluded == {"Lunch"}
    assert answers.choices == {"Call": {WHOLE: Side.SALESFORCE}}
    assert "Lunch: left out this time" in said
    assert not answers.accepts_brake


async def test_undecided_again_takes_a_choice_back() -> None:
    plan = calendar_plan(conflict("Call", outlook="Room 1", salesforce="Room 9"))
    given, _ = await review(plan, "o 1", "u 1", "g", "y")
    assert given.answers[Process.CALENDAR].choices == {}


@pytest.mark.parametrize("lines", [("q",), ("g", "n", "q"), ()], ids=["quit", "no", "hung up"])
async def test_nothing_is_written_unless_it_is_asked_for(lines: tuple[str, ...]) -> None:
    given, _ = await review(calendar_plan(creation("Lunch")), *lines)
    assert not given.is_approved


async def test_a_yes_to_mail_says_who_may_get_it() -> None:
    step = update("Lunch")
    waiting = replace(
        step.operations[0],
        item=replace(event_item("Lunch"), has_guests=True, guests=("Ada\x1b[2J", "Bo")),
        hold=Hold.CONSENT,
        reason=Reason(Why.GUESTS, "It waits for a yes."),
    )
    given, said = await review(calendar_plan(replace(step, operations=(waiting,))), "y 1", "g", "y")
    assert "Mail may go to Ada\u241b[2J and Bo" in said
    assert given.answers[Process.CALENDAR].consents == {"Lunch"}


async def test_the_brake_is_said_and_asked_about() -> None:
    plan = calendar_plan(deletion("Lunch"), brakes=(Reason(Why.BRAKE, "30 of 40 would be deleted."),))
    given, said = await review(plan, "g", "y")
    assert "Stop: 30 of 40 would be deleted." in said
    assert "Carry it out in spite of that?" in said
    assert given.answers[Process.CALENDAR].accepts_brake


async def test_a_stop_ends_the_question() -> None:
    reading, writing = os.pipe()
    cancel, said = Cancel(), io.StringIO()
    cancel.request()
    plans = MappingProxyType({Process.CALENDAR: calendar_plan(creation("Lunch"))})
    given = await PlainReview(Talk(reading, said), UTC, cancel)(OnePlan(plans))
    os.close(writing)
    assert not given.is_approved


def test_of_a_private_item_no_text_is_told() -> None:
    step = creation("Lunch")
    assert step.salesforce is not None
    hidden = replace(step, salesforce=replace(step.salesforce, is_private=True))
    assert "Room 1" not in "\n".join(item_lines(hidden, UTC))


def test_foreign_text_is_said_inert() -> None:
    assert "\x1b" not in "\n".join(item_lines(creation("\x1b[31mred"), UTC))


def test_a_setting_is_found_checked_and_saved(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    talk, said = talk_of("zzz", "calendar past days", "1", "many", "calendar past", "1", "14", "")
    change_settings(talk, file)
    assert load(file).sync.calendar.past_days == 14
    assert "No setting has 'zzz'" in said.getvalue()
    assert "Not changed. " in said.getvalue()
    assert "Saved: sync.calendar.past_days is 14." in said.getvalue()


def test_lines_that_come_at_once_are_answers_one_by_one() -> None:
    talk, _ = talk_of("one", "two")
    assert [talk.ask("?"), talk.ask("?")] == ["one", "two"]
    with pytest.raises(InputEnded):
        talk.ask("?")


def test_from_the_menu_to_a_finished_sync_in_a_terminal_with_nothing_drawn(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environ = {**os.environ, "LPC_TUI_HOME": str(tmp_path), "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "lpc_tui", "demo", "--plain"]
    typed = iter(["4", "1", "l", "1", "g", "y", "5", "", "6", "", "1", "q"])
    said, answered = "", 0
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ) as process:
        os.close(theirs)
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline and (piece := _heard(ours)):
            said += piece
            if said.endswith(": ") and len(said) > answered:
                answered = len(said)
                os.write(ours, f"{next(typed, 'q')}\n".encode())
        assert process.wait(_PATIENCE_S) == 0
    os.close(ours)
    assert "all done" in said
    assert "Calendar: last sync" in said
    assert "\x1b" not in said, "something was drawn"


def _heard(terminal: int) -> str:
    """What comes next; empty at the end."""
    ready, _, _ = select.select([terminal], [], [], _PATIENCE_S)
    try:
        return os.read(terminal, 65536).decode(errors="replace") if ready else ""
    except OSError:  # the other end is closed
        return ""
