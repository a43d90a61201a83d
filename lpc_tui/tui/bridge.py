"""From the engine's events to the UI, in batches: ten writes a second at most, however many events there are.

The engine calls `emit` on the app's own loop and must not wait for a repaint. Nothing is scheduled while nothing happens,
so an idle UI costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from lpc_tui.engine.events import Event, Phase, Progress
from lpc_tui.model.items import Process

__all__ = ["PERIOD_S", "EventBridge"]

PERIOD_S = 0.1

Schedule: TypeAlias = Callable[[float, Callable[[], None]], object]
"""Calls back after so many seconds: `loop.call_later`."""


class EventBridge:
    """Collects events and hands them over in order, a batch each period."""

    def __init__(self, sink: Callable[[Sequence[Event]], object], schedule: Schedule) -> None:
        self._sink = sink
        self._schedule = schedule
        self._waiting: list[Event] = []
        self._progress: dict[tuple[Process, Phase], int] = {}
        """Where in `_waiting` the newest progress of a phase is."""
        self._is_scheduled = False

    def emit(self, event: Event) -> None:
        """Take an event; of a phase's progress only the newest waits."""
        if isinstance(event, Progress):
            at = self._progress.setdefault((event.process, event.phase), len(self._waiting))
            if at < len(self._waiting):
                self._waiting[at] = event
                return
        self._waiting.append(event)
        if not self._is_scheduled:
            self._is_scheduled = True
            self._schedule(PERIOD_S, self.flush)

    def flush(self) -> None:
        """Hand over what waits, now; also called at the end of a run."""
        self._is_scheduled = False
        if self._waiting:
            batch, self._waiting = self._waiting, []
            self._progress.clear()
            self._sink(batch)
