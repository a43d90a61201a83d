"""What the state line and the bar are made from."""

from __future__ import annotations

from lpc_tui.engine.events import OperationEvent, Outcome, Phase, PhaseStarted, Progress, RunFinished, Status
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action
from lpc_tui.tui.run_state import Activity, RunState


def running(*events: PhaseStarted | Progress | RunFinished | OperationEvent) -> RunState:
    state = RunState()
    state.begin()
    for event in events:
        state.apply(event)
    return state


def test_a_phase_of_known_extent_has_a_bar_and_counts() -> None:
    state = running(
        PhaseStarted(process=Process.CALENDAR, phase=Phase.APPLY, total=400),
        Progress(process=Process.CALENDAR, phase=Phase.APPLY, done=100),
    )
    assert state.words() == "Calendar: writing 100 of 400"
    assert state.fraction == 0.25


def test_a_phase_of_unknown_extent_counts_without_a_bar() -> None:
    state = running(Progress(process=Process.CALENDAR, phase=Phase.READ, done=1_200))
    assert state.words() == "Calendar: reading both sides 1,200"
    assert state.fraction is None


def test_stopping_says_what_it_waits_for() -> None:
    state = running()
    state.activity = Activity.STOPPING
    assert state.words() == "Stopping: finishing the current write"


def test_a_new_run_forgets_the_failures_of_the_last_one() -> None:
    failed = OperationEvent(
        process=Process.CALENDAR, side=Side.OUTLOOK, action=Action.CREATE, status=Status.FAILED, item="x"
    )
    state = running(failed, RunFinished(run="r", outcome=Outcome.PARTIAL, exit_code=1, elapsed_s=1))
    assert list(state.failures) == [failed]
    state.end()
    assert state.words() == "Last sync: some items need you"
    state.begin()
    assert not state.failures
    assert state.words() == "Starting the sync"
