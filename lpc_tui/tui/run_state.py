"""A run as the screens show it, folded from the events that were announced.

Any screen can be rebuilt from it at any time. Pure: what time it is, the clock says that it is given.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import assert_never

from lpc_tui.engine.events import (
    Counts,
    Event,
    Noticed,
    OperationEvent,
    Phase,
    PhaseStarted,
    ProcessFinished,
    Progress,
    RunFinished,
    RunStarted,
    Status,
)
from lpc_tui.model.items import Process
from lpc_tui.tui.estimate import Estimate, left_words
from lpc_tui.wording import counts_words, outcome_words, phase_words

__all__ = ["Activity", "ProcessState", "RunState"]

_MOST_FAILURES = 500


class Activity(enum.StrEnum):
    """What the UI is at."""

    IDLE = "idle"
    RUNNING = "running"
    REVIEWING = "reviewing"
    """The plan is made and waits for the person."""
    STOPPING = "stopping"
    """A stop was asked for; the write under way is being finished."""


@dataclass
class ProcessState:
    """How far one process of the run is."""

    phase: Phase | None = None
    done: int = 0
    total: int | None = None
    read: int = 0
    """Items read, once that is over."""
    to_do: int = 0
    """Writes that were planned, before the review."""
    counts: Counts | None = None
    """What was done, once that is over."""

    def words(self) -> str:
        """The state in short."""
        if self.counts is not None:
            return counts_words(self.counts)
        match self.phase:
            case None:
                return "waits for its turn"
            case Phase.READ:
                return f"{phase_words(Phase.READ)}{f' {self.done:,}' if self.done else ''}"
            case Phase.MATCH:
                return f"{self._read_words()}, {phase_words(Phase.MATCH)}"
            case Phase.PLAN:
                return f"{self._read_words()}, planned: {self.to_do:,} to write"
            case Phase.APPLY:
                of = "" if self.total is None else f" of {self.total:,}"
                return f"{self._read_words()}, planned, {phase_words(Phase.APPLY)} {self.done:,}{of}"
            case _:
                assert_never(self.phase)

    def _read_words(self) -> str:
        return f"read {self.read:,}" if self.read else "read"


@dataclass
class RunState:
    """What is known of the present run, or of the last one."""

    activity: Activity = Activity.IDLE
    is_background: bool = False
    """It goes on without a review, and keeps quiet unless it fails."""
    process: Process | None = None
    phase: Phase | None = None
    done: int = 0
    total: int | None = None
    processes: dict[Process, ProcessState] = field(default_factory=dict)
    """All that take part, in their order."""
    failures: deque[OperationEvent] = field(default_factory=lambda: deque(maxlen=_MOST_FAILURES))
    """What failed, for the summary; the first ones give way if there are very many."""
    put_off: int = 0
    """Writes that were not sent because their items had changed, or could not be settled."""
    outcome: str = ""
    """How the last run ended, in words."""
    elsewhere: str = ""
    """What is to be told of a run of another process that ended since then."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    """Now, aware."""
    _estimate: Estimate = field(default_factory=Estimate)
    _waits_until: datetime | None = None
    """The end of the pause that a service asked for."""

    @property
    def is_running(self) -> bool:
        return self.activity is not Activity.IDLE

    @property
    def fraction(self) -> float | None:
        """How much of the phase is done; None where its extent is unknown."""
        if self.activity not in {Activity.RUNNING, Activity.STOPPING} or not self.total:
            return None
        return min(self.done / self.total, 1.0)

    @property
    def changes_with_time(self) -> bool:
        """Whether the words become others although nothing happens: a pause is counted down, an estimate runs out."""
        return self._waits_s > 0 or self._left_s is not None

    def begin(self, *, is_background: bool = False) -> None:
        """A run is being started."""
        self.activity = Activity.RUNNING
        self.is_background = is_background
        self.process = self.phase = self.total = None
        self.done = self.put_off = 0
        self.processes.clear()
        self.failures.clear()
        self.outcome = self.elsewhere = ""
        self._waits_until = None
        self._estimate.forget()

    def end(self) -> None:
        """The run is over, whichever way."""
        self.activity = Activity.IDLE

    def apply(self, event: Event) -> None:
        """Take an event into account."""
        match event:
            case RunStarted():
                self.processes = {process: ProcessState() for process in event.processes}
            case PhaseStarted():
                self._begin_phase(event)
            case Progress():
                self._progress(event)
            case OperationEvent():
                if event.status is Status.FAILED:
                    self.failures.append(event)
                elif event.status is Status.PLANNED:
                    self._of(event.process).to_do += 1
                elif event.status is Status.SKIPPED and self.phase is Phase.APPLY:
                    self.put_off += 1
            case ProcessFinished():
                self._of(event.process).counts = event.counts
            case Noticed():
                self._pause(event)
            case RunFinished():
                self.outcome = outcome_words(event.outcome)
            case _:
                assert_never(event)

    def _of(self, process: Process) -> ProcessState:
        return self.processes.setdefault(process, ProcessState())

    def _begin_phase(self, event: PhaseStarted) -> None:
        if event.process is self.process and self.phase is Phase.READ:
            self._of(event.process).read = self.done
        self.process, self.phase = event.process, event.phase
        self.done, self.total = 0, event.total
        self._estimate.forget()
        self._estimate.note(self.clock(), 0)
        self._tell_process()

    def _progress(self, event: Progress) -> None:
        self.process, self.phase = event.process, event.phase
        self.done = event.done
        self.total = event.total if event.total is not None else self.total
        self._estimate.note(self.clock(), self.done)
        self._tell_process()

    def _tell_process(self) -> None:
        assert self.process is not None
        state = self._of(self.process)
        state.phase, state.done, state.total = self.phase, self.done, self.total

    def _pause(self, event: Noticed) -> None:
        if event.wait_s > 0:
            until = self.clock() + timedelta(seconds=event.wait_s)
            self._waits_until = max(until, self._waits_until or until)
            self._estimate.forget()

    @property
    def _waits_s(self) -> float:
        """The seconds that are left of a pause; 0: none."""
        if self._waits_until is None or self.activity is not Activity.RUNNING:
            return 0.0
        return max((self._waits_until - self.clock()).total_seconds(), 0.0)

    @property
    def _left_s(self) -> float | None:
        """The seconds that are left of the phase; None where that cannot be told."""
        if self.activity is not Activity.RUNNING or self._waits_s:
            return None
        return self._estimate.left_s(self.clock(), self.total)

    def words(self) -> str:
        """The state as a short line; foreign text is not in it."""
        match self.activity:
            case Activity.IDLE:
                return self.elsewhere or (f"Last sync: {self.outcome}" if self.outcome else "Ready")
            case Activity.REVIEWING:
                return "The plan waits for your review"
            case Activity.STOPPING:
                return "Stopping after the write under way"
            case Activity.RUNNING:
                return self._phase_words()
            case _:
                assert_never(self.activity)

    def left_words(self) -> str:
        """How long the phase will take yet; empty where that cannot be told."""
        return "" if (left := self._left_s) is None else left_words(left)

    def process_lines(self) -> Sequence[str]:
        """How far each process is, where there are several and a run goes on."""
        if not self.is_running or len(self.processes) < 2:
            return ()
        label = max(len(process.label) for process in self.processes)
        return [f"{process.label:<{label}}  {state.words()}" for process, state in self.processes.items()]

    def _phase_words(self) -> str:
        if self.process is None or self.phase is None:
            return f"Starting the {'background ' if self.is_background else ''}sync"
        extent = f" {self.done:,}" if self.done else ""
        if self.total is not None:
            extent = f" {self.done:,} of {self.total:,}"
        words = f"{self.process.label}: {phase_words(self.phase)}{extent}"
        if waits := self._waits_s:
            words += f", waits {waits:.0f} s as the service asks"
        return f"In the background: {words}" if self.is_background else words
