"""A run as the screens show it, folded from the events that were announced.

Any screen can be rebuilt from it at any time. Pure.
"""

from __future__ import annotations

import enum
from collections import deque
from dataclasses import dataclass, field
from typing import assert_never

from lpc_tui.engine.events import (
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
from lpc_tui.wording import outcome_words, phase_words

__all__ = ["Activity", "RunState"]

_MOST_FAILURES = 500


class Activity(enum.StrEnum):
    """What the UI is at."""

    IDLE = "idle"
    RUNNING = "running"
    REVIEWING = "reviewing"
    """The plan is made and waits for the person."""
    STOPPING = "stopping"
    """A stop was asked for; the current write is being finished."""


@dataclass
class RunState:
    """What is known of the present run, or of the last one."""

    activity: Activity = Activity.IDLE
    process: Process | None = None
    phase: Phase | None = None
    done: int = 0
    total: int | None = None
    failures: deque[OperationEvent] = field(default_factory=lambda: deque(maxlen=_MOST_FAILURES))
    """What failed, for the summary; the first ones give way if there are very many."""
    outcome: str = ""
    """How the last run ended, in words."""

    @property
    def is_running(self) -> bool:
        return self.activity is not Activity.IDLE

    @property
    def fraction(self) -> float | None:
        """How much of the phase is done; None where its extent is unknown."""
        if not self.is_running or not self.total:
            return None
        return min(self.done / self.total, 1.0)

    def begin(self) -> None:
        """A run is being started."""
        self.activity = Activity.RUNNING
        self.process = self.phase = self.total = None
        self.done = 0
        self.failures.clear()
        self.outcome = ""

    def end(self) -> None:
        """The run is over, whichever way."""
        self.activity = Activity.IDLE

    def apply(self, event: Event) -> None:
        """Take an event into account."""
        match event:
            case PhaseStarted():
                self.process, self.phase = event.process, event.phase
                self.done, self.total = 0, event.total
            case Progress():
                self.process, self.phase = event.process, event.phase
                self.done = event.done
                self.total = event.total if event.total is not None else self.total
            case OperationEvent():
                if event.status is Status.FAILED:
                    self.failures.append(event)
            case RunFinished():
                self.outcome = outcome_words(event.outcome)
            case RunStarted() | ProcessFinished() | Noticed():
                pass
            case _:
                assert_never(event)

    def words(self) -> str:
        """The state as a short line; foreign text is not in it."""
        match self.activity:
            case Activity.IDLE:
                return f"Last sync: {self.outcome}" if self.outcome else "Ready"
            case Activity.REVIEWING:
                return "The plan waits for your review"
            case Activity.STOPPING:
                return "Stopping: finishing the current write"
            case Activity.RUNNING:
                return self._phase_words()
            case _:
                assert_never(self.activity)

    def _phase_words(self) -> str:
        if self.process is None or self.phase is None:
            return "Starting the sync"
        extent = f" {self.done:,}" if self.done else ""
        if self.total is not None:
            extent = f" {self.done:,} of {self.total:,}"
        return f"{self.process.label}: {phase_words(self.phase)}{extent}"
