"""What the state line and the bar are made from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lpc_tui.engine.events import (
    Counts,
    Event,
    Noticed,
    OperationEvent,
    Outcome,
    Phase,
    PhaseStarted,
    ProcessFinished,
    Progress,
    RunFinished,
    RunStarted,
    Status,
)
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action
from lpc_tui.tui.run_state import Activity, RunState

CALENDAR = Process.CALENDAR


class Clock:
    """Time that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def running(*events: Event, clock: Clock | None = None) -> RunState:
    state = RunState(clock=clock or Clock())
    state.begin()
    for event in events:
        state.apply(event)
    return state


def operation(status: Status, process: Process = CALENDAR) -> OperationEvent:
    return OperationEvent(process=process, side=Side.OUTLOOK, action=Action.CREATE, status=status, item="x")


def test_a_phase_of_known_extent_has_a_bar_and_counts() -> None:
    state = running(
        PhaseStarted(process=CALENDAR, phase=Phase.APPLY, total=400),
        Progress(process=CALENDAR, phase=Phase.APPLY, done=100),
    )
    assert state.words() == "Calendar: writing 100 of 400"
    assert state.fraction == 0.25
    assert state.left_words() == ""


def test_a_phase_of_unknown_extent_counts_without_a_bar() -> None:
    state = running(Progress(process=CALENDAR, phase=Phase.READ, done=1_200))
    assert state.words() == "Calendar: reading both sides 1,200"
    assert state.fraction is None


def test_the_time_left_is_told_once_there_is_a_pace_and_runs_down_by_itself() -> None:
    clock = Clock()
    state = running(PhaseStarted(process=CALENDAR, phase=Phase.APPLY, total=400), clock=clock)
    clock.pass_s(10)
    state.apply(Progress(process=CALENDAR, phase=Phase.APPLY, done=100))
    assert state.left_words() == "about 30 s left"
    assert state.changes_with_time
    clock.pass_s(9)
    assert state.left_words() == "about 20 s left"
    state.apply(PhaseStarted(process=Process.TASK, phase=Phase.READ))
    assert state.left_words() == ""
    assert not state.changes_with_time


def test_a_pause_that_a_service_asked_for_is_counted_down() -> None:
    clock = Clock()
    state = running(PhaseStarted(process=CALENDAR, phase=Phase.APPLY, total=400), clock=clock)
    state.apply(Noticed(process=CALENDAR, text="graph.microsoft.com is busy", level="warning", wait_s=30))
    state.apply(Noticed(process=CALENDAR, text="the other one is busy", level="warning", wait_s=5))
    assert state.words() == "Calendar: writing 0 of 400, waits 30 s as the service asks"
    clock.pass_s(28)
    assert state.words() == "Calendar: writing 0 of 400, waits 2 s as the service asks"
    assert state.changes_with_time
    clock.pass_s(3)
    assert state.words() == "Calendar: writing 0 of 400"
    assert not state.changes_with_time


def test_each_process_has_a_line_that_tells_its_phases() -> None:
    state = running(
        RunStarted(run="r", processes=tuple(Process), dry_run=False, at=datetime(2026, 3, 12, tzinfo=UTC)),
        PhaseStarted(process=CALENDAR, phase=Phase.READ),
        Progress(process=CALENDAR, phase=Phase.READ, done=1_204),
        PhaseStarted(process=CALENDAR, phase=Phase.MATCH),
        PhaseStarted(process=CALENDAR, phase=Phase.PLAN),
        operation(Status.PLANNED),
        operation(Status.PLANNED),
        PhaseStarted(process=Process.CONTACT, phase=Phase.READ),
        Progress(process=Process.CONTACT, phase=Phase.READ, done=30),
    )
    assert state.process_lines() == [
        "Calendar  read 1,204, planned: 2 to write",
        "Contact   reading both sides 30",
        "Task      waits for its turn",
    ]
    state.apply(PhaseStarted(process=CALENDAR, phase=Phase.APPLY, total=2))
    state.apply(Progress(process=CALENDAR, phase=Phase.APPLY, done=1, total=2))
    assert state.process_lines()[0] == "Calendar  read 1,204, planned, writing 1 of 2"
    counts = Counts(created={Side.OUTLOOK: 2})
    state.apply(ProcessFinished(process=CALENDAR, counts=counts, requests={}))
    assert state.process_lines()[0] == "Calendar  2 added to Outlook"
    state.end()
    assert state.process_lines() == ()


def test_one_process_needs_no_lines_of_its_own() -> None:
    assert running(PhaseStarted(process=CALENDAR, phase=Phase.READ)).process_lines() == ()


def test_stopping_says_what_it_waits_for() -> None:
    state = running()
    state.activity = Activity.STOPPING
    assert state.words() == "Stopping after the write under way"


def test_a_background_run_says_that_it_is_one() -> None:
    state = RunState(clock=Clock())
    state.begin(is_background=True)
    assert state.words() == "Starting the background sync"
    state.apply(PhaseStarted(process=CALENDAR, phase=Phase.READ))
    assert state.words() == "In the background: Calendar: reading both sides"
    state.end()
    state.begin()
    assert state.words() == "Starting the sync"


def test_a_new_run_forgets_the_failures_of_the_last_one() -> None:
    failed = operation(Status.FAILED)
    state = running(failed, RunFinished(run="r", outcome=Outcome.PARTIAL, exit_code=1, elapsed_s=1))
    assert list(state.failures) == [failed]
    state.end()
    assert state.words() == "Last sync: some items need you"
    state.begin()
    assert not state.failures
    assert state.words() == "Starting the sync"
