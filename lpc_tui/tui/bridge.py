"""From the engine's events to the UI, in batches: ten a second at most, fewer where more would help nobody.

The engine calls `emit` on the app's own loop and must not wait for a repaint. Nothing is scheduled while nothing happens,
so an idle UI costs nothing. Events that come faster than anybody reads are shown four times a second; while the terminal
does not keep up with what is written to it, nothing more is written, so that a key still shows at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from lpc_tui.engine.events import Event, Phase, Progress
from lpc_tui.model.items import Process

__all__ = ["FLOOD", "FLOOD_PERIOD_S", "MOST_AT_ONCE", "PERIOD_S", "SLOWEST_S", "EventBridge"]

PERIOD_S = 0.1

FLOOD = 50
"""More events than this in a batch are a flood: each batch is a screen of other lines."""

FLOOD_PERIOD_S = 0.25

SLOWEST_S = 1.0
"""How often it is looked whether the terminal keeps up again, at the least."""

MOST_AT_ONCE = 500
"""Events that are handed over in one go: a key waits no longer than they take, some 5 ms."""

Schedule: TypeAlias = Callable[[float, Callable[[], None]], object]
"""Calls back after so many seconds: `loop.call_later`."""


class EventBridge:
    """Collects events and hands them over in order, a batch each period."""

    def __init__(
        self,
        sink: Callable[[Sequence[Event]], object],
        schedule: Schedule,
        is_backed_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """`is_backed_up` tells that the terminal does not keep up."""
        self._sink = sink
        self._schedule = schedule
        self._is_backed_up = is_backed_up
        self._waiting: list[Event] = []
        self._progress: dict[tuple[Process, Phase], int] = {}
        """Where in `_waiting` the newest progress of a phase is."""
        self._period = PERIOD_S
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
            self._schedule_turn(self._period)

    def flush(self) -> None:
        """Hand over all that waits, now; called at the end of a run."""
        while self._waiting:
            self._hand_over()

    def _schedule_turn(self, delay: float) -> None:
        self._is_scheduled = True
        self._schedule(delay, self._turn)

    def _turn(self) -> None:
        self._is_scheduled = False
        if not self._waiting:
            return
        if self._is_backed_up():
            self._period = min(self._period * 2, SLOWEST_S)
            self._schedule_turn(self._period)
            return
        self._period = FLOOD_PERIOD_S if len(self._waiting) > FLOOD else max(self._period / 2, PERIOD_S)
        self._hand_over()
        if self._waiting:
            self._schedule_turn(0)

    def _hand_over(self) -> None:
        batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        self._progress.clear()
        self._sink(batch)
