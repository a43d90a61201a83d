"""`lpc-tui sync`: its words, its questions and its exit codes, around a scripted engine."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lpc_tui.cli import sync as sync_module
from lpc_tui.cli.app import app
from lpc_tui.cli.asking import TerminalReview, ask_on_terminal
from lpc_tui.cli.errors import run_cli
from lpc_tui.engine.events import Outcome, Status
from lpc_tui.engine.interface import Cancel, Proposal
from lpc_tui.errors import LockedError, LpcError, SignInError, UnreachableError
from lpc_tui.model.items import Process
from lpc_tui.model.plan import Plan, Reason, Why
from tests.cli.scripted import OnePlan, ScriptedEngine, calendar_plan, conflict, creation, opening, operation


@dataclass
class Shell:
    """Runs command lines in this process, on a home of its own."""

    home: Path
    capture: pytest.CaptureFixture[str]
    engine: ScriptedEngine

    def __call__(self, *args: str) -> tuple[int, str, str]:
        """The exit code, and what went to stdout and stderr."""
        code = run_cli(app, args)
        shown = self.capture.readouterr()
        return code, shown.out, shown.err

    def configure(self, text: str) -> None:
        self.home.mkdir(exist_ok=True)
        (self.home / "config.toml").write_text(text)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    home = tmp_path / "home"
    monkeypatch.setenv("LPC_TUI_HOME", str(home))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    engine = ScriptedEngine()
    monkeypatch.setattr(sync_module, "engine_for", opening(engine))
    return Shell(home, capsys, engine)


# What is asked for


@pytest.mark.parametrize(
    ("args", "processes"),
    [
        ((), tuple(Process)),
        (("calendar",), (Process.CALENDAR,)),
        (("calendar", "calendar"), (Process.CALENDAR,)),
        (("task", "contact"), (Process.CONTACT, Process.TASK)),
    ],
)
def test_the_processes_named_are_synced_once_and_in_their_order(
    shell: Shell, args: tuple[str, ...], processes: tuple[Process, ...]
) -> None:
    code, _, _ = shell("sync", *args, "--yes")
    assert code == 0
    assert shell.engine.calls == [(processes, False)]
    assert shell.engine.reviews[0].is_approved


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("calender",), "no process 'calender'. Did you mean calendar?"),
        (("\x1b[31m",), "The processes are calendar, contact and task."),
        ((), "no terminal to ask on. Add --yes"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_what_cannot_be_asked_for_is_one_line_and_nothing_is_opened(
    shell: Shell, args: tuple[str, ...], says: str
) -> None:
    code, out, err = shell("sync", *args)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert says in err
    assert "\x1b" not in err
    assert shell.engine.calls == []
    assert not shell.home.exists()


def test_in_the_background_only_what_is_ticked_takes_part(shell: Shell) -> None:
    code, out, err = shell("sync", "--background", "--yes", "--json")
    assert (code, out) == (0, "")
    assert err == "No process is ticked for the background sync; nothing to do.\n"
    assert shell.engine.calls == []
    shell.configure("[sync.calendar]\ninclude_in_background_sync = true\n")
    assert shell("sync", "--background", "--yes")[0] == 0
    assert shell.engine.calls == [((Process.CALENDAR,), False)]


def test_a_named_process_goes_ahead_though_it_is_not_ticked(shell: Shell) -> None:
    assert shell("sync", "calendar", "--background", "--yes")[0] == 0
    assert len(shell.engine.calls) == 1


def test_a_broken_settings_file_is_one_line_and_left_alone(shell: Shell) -> None:
    shell.configure("[sync.calendar]\npast_dayz = 3\n")
    code, out, err = shell("sync", "--yes")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "past_dayz" in err
    assert "past_days" in err
    assert shell.engine.calls == []
    assert [each.name for each in shell.home.iterdir()] == ["config.toml"]


# How it ends


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SignInError("Outlook refuses the token.", "Get another one."), 3),
        (UnreachableError("No answer from 127.0.0.1.", "Run again to continue."), 5),
    ],
)
@pytest.mark.parametrize("flags", [(), ("--json",), ("--dry-run",)])
def test_an_error_that_ends_the_run_is_told_once_on_stderr(
    shell: Shell, error: LpcError, code: int, flags: tuple[str, ...]
) -> None:
    shell.engine.error = error
    ended, out, err = shell("sync", "--yes", *flags)
    assert ended == code
    assert err.splitlines()[-1] == f"lpc-tui: {error}"
    assert err.count(error.message) == 1
    assert error.message not in out


def test_a_profile_that_is_held_is_one_line(shell: Shell) -> None:
    shell.engine.cannot_begin = LockedError("This profile is being synchronised already.", "Wait for it.")
    code, out, err = shell("sync", "--yes")
    assert (code, out) == (4, "")
    assert err == "lpc-tui: This profile is being synchronised already. Wait for it.\n"


def test_the_exit_code_is_the_run_s(shell: Shell) -> None:
    shell.engine.outcome, shell.engine.exit_code = Outcome.PARTIAL, 1
    shell.engine.operations = [operation("Review", Status.FAILED, "Salesforce: too long.")]
    code, out, err = shell("sync", "--yes")
    assert code == 1
    assert "Update Salesforce: Review: Salesforce: too long." in out
    assert "Finished in 1.2 s: some items need you." in out
    assert "Calendar: reading both sides" in err


def test_json_is_all_of_stdout(shell: Shell) -> None:
    code, out, err = shell("sync", "--yes", "--json")
    events = [json.loads(line)["event"] for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert events[0] == "run_started"
    assert events[-1] == "run_finished"
    assert {"phase_started", "progress", "process_finished"} <= set(events)


def test_a_dry_run_shows_the_plan_and_asks_nobody(shell: Shell) -> None:
    shell.engine.plan = calendar_plan(creation("Kick-off"))
    code, out, _ = shell("sync", "--dry-run")
    assert code == 0
    assert shell.engine.calls == [(tuple(Process), True)]
    assert shell.engine.reviews == []
    assert "--> Add to Outlook" in out
    assert "Nothing was written." in out
    assert sorted(each.name for each in shell.home.iterdir()) == ["logs"]


def test_the_log_file_tells_the_run(shell: Shell) -> None:
    shell("sync", "--yes", "--json")
    log = (shell.home / "logs" / "lpc-tui.log").read_text()
    assert "Sync started: Calendar" in log
    assert "Sync finished 1.2 s after its start: all done" in log


def test_a_log_that_cannot_be_written_is_told_and_does_not_matter(shell: Shell) -> None:
    shell.home.mkdir()
    (shell.home / "logs").write_text("in the way")
    code, _, err = shell("sync", "--yes", "--json")
    assert code == 0
    assert "lpc-tui.log cannot be written" in err


# Stopping


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_lets_the_run_stop_safely(shell: Shell, number: signal.Signals) -> None:
    async def interrupted(cancel: Cancel) -> None:
        os.kill(os.getpid(), number)
        await cancel.wait()

    shell.engine.while_writing = interrupted
    code, out, err = shell("sync", "--yes")
    assert code == 130
    assert "Stopping: finishing the current write." in err
    assert "cancelled; run it again to continue" in out


def test_the_second_one_ends_the_process(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)

    async def impatient(cancel: Cancel) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await cancel.wait()
        os.kill(os.getpid(), signal.SIGINT)
        while not ended:
            await cancel.wait()
            await _one_turn()

    shell.engine.while_writing = impatient
    shell("sync", "--yes")
    assert ended == [130]


async def _one_turn() -> None:
    """Let the loop look at its signals."""
    await asyncio.sleep(0)


# The question


class _Asked:
    """Answers questions from a list, and remembers them."""

    def __init__(self, *answers: bool) -> None:
        self.questions: list[str] = []
        self._answers = list(answers)

    async def __call__(self, question: str) -> bool:
        self.questions.append(question)
        return self._answers.pop(0)


def _nothing_shown(_proposal: Proposal) -> None:
    """A reviewer's `show` for tests of what is asked."""


def _proposal(plan: Plan) -> Proposal:
    return OnePlan({Process.CALENDAR: plan})


@pytest.mark.parametrize(
    ("steps", "question"),
    [(1, "Carry out this 1 change?"), (1500, "Carry out these 1,500 changes?")],
)
@pytest.mark.parametrize("answer", [True, False])
async def test_writes_are_asked_about(steps: int, question: str, answer: bool) -> None:
    asked = _Asked(answer)
    shown: list[Proposal] = []
    plan = calendar_plan(*(creation(f"Event {n}") for n in range(steps)))
    review = await TerminalReview(shown.append, asked)(_proposal(plan))
    assert asked.questions == [question]
    assert review.is_approved is answer
    assert len(shown) == 1


async def test_what_only_waits_or_links_needs_no_yes() -> None:
    asked = _Asked()
    review = await TerminalReview(_nothing_shown, asked)(
        _proposal(calendar_plan(conflict("Lunch", "A", "B")))
    )
    assert review.is_approved
    assert not review.answers
    assert asked.questions == []


@pytest.mark.parametrize("answer", [True, False])
async def test_a_brake_is_asked_about_by_itself(answer: bool) -> None:
    asked = _Asked(answer)
    brake = Reason(Why.BRAKE, "30 items would be deleted.")
    plan = replace(calendar_plan(creation("Event")), brakes=(brake,))
    review = await TerminalReview(_nothing_shown, asked)(_proposal(plan))
    assert asked.questions == ["Carry out the calendar plan in spite of that?"]
    assert review.is_approved is answer
    assert [each.accepts_brake for each in review.answers.values()] == ([True] if answer else [])


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], object]]:
    """A pseudo-terminal as stdin; gives what types into it."""
    theirs, ours = os.openpty()
    with os.fdopen(ours, "r") as stdin, os.fdopen(theirs, "wb", buffering=0) as keyboard:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield lambda text: keyboard.write(text.encode())


class _Prompt(io.StringIO):
    """A stderr that does something once the question stands there."""

    def __init__(self, then: Callable[[], object]) -> None:
        super().__init__()
        self._then = then

    def flush(self) -> None:
        if self.getvalue().endswith("[y/N] "):
            self._then()


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("y\n", True), ("Yes\n", True), ("n\n", False), ("\n", False), ("why\n", False), ("\x04", False)],
)
async def test_a_line_on_the_terminal_is_the_answer(
    terminal: Callable[[str], object], typed: str, answer: bool
) -> None:
    prompt = _Prompt(lambda: terminal(typed))
    assert await ask_on_terminal("Go?", Cancel(), prompt) is answer
    assert prompt.getvalue().startswith("Go? [y/N] ")


async def test_what_was_typed_before_the_question_is_no_answer(terminal: Callable[[str], object]) -> None:
    terminal("y\n")
    assert not await ask_on_terminal("Go?", Cancel(), _Prompt(lambda: terminal("n\n")))


async def test_a_requested_stop_ends_the_question_with_no(terminal: Callable[[str], object]) -> None:
    cancel = Cancel()
    assert not await ask_on_terminal("Go?", cancel, _Prompt(cancel.request))


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 130)])
def test_on_a_terminal_the_plan_is_shown_on_stderr_and_asked_about(
    shell: Shell,
    terminal: Callable[[str], object],
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    code: int,
) -> None:
    del terminal  # it is stdin now; the question is answered as if on it
    shell.engine.plan = calendar_plan(creation("Kick-off"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")

    async def answered(_question: str, _cancel: Cancel) -> bool:
        return typed == "y\n"

    monkeypatch.setattr("lpc_tui.cli.asking.ask_on_terminal", answered)
    ended, out, err = shell("sync", "--json")
    assert ended == code
    assert "--> Add to Outlook" in err
    assert all(json.loads(line)["event"] for line in out.splitlines())
