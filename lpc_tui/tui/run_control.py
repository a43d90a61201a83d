"""One run at a time, from the UI's side: opens the engine, gives it the review and a way to stop, folds its events.

`app` starts `run` as a worker; the engine's events come back to it as `EventsArrived`. What must be imported for a run is
imported here, when the first one starts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from lpc_tui.engine.events import Event, RunStarted
from lpc_tui.engine.interface import Cancel, Proposal, Review, Reviewer, RunResult, approve_all
from lpc_tui.model.items import Process
from lpc_tui.settings import Settings
from lpc_tui.tui.bridge import EventBridge
from lpc_tui.tui.ports import Ports
from lpc_tui.tui.run_state import Activity, RunState

__all__ = ["RunControl"]


class RunControl:
    """Owns the `RunState`; the screens only read it."""

    def __init__(
        self,
        ports: Ports,
        review: Reviewer,
        deliver: Callable[[Sequence[Event]], object],
        is_backed_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """`review` asks the person; `deliver` takes each batch of events, while the terminal is not `is_backed_up`."""
        self.state = RunState(clock=ports.clock)
        self.log_trouble: OSError | None = None
        """Why the last run's log file is not whole."""
        self.runs: set[str] = set()
        """The ids of the runs so far: what else is in the history, another process did."""
        self._ports = ports
        self._ask = review
        self._deliver = deliver
        self._is_backed_up = is_backed_up
        self._cancel: Cancel | None = None

    @property
    def is_running(self) -> bool:
        return self.state.is_running

    def begin(self, *, is_background: bool = False) -> None:
        """Note that a run is about to start; the screens show it before anything is imported.

        A background run accepts the plan without a review, and answers nothing that waits under a law.
        """
        self._cancel = Cancel()
        self.state.begin(is_background=is_background)

    async def run(self, settings: Settings, processes: Sequence[Process]) -> RunResult:
        """Carry out one run, with `settings` as they are saved. Raises what opening the engine raises."""
        assert self._cancel is not None, "begin() comes first"
        bridge = EventBridge(self._deliver, asyncio.get_running_loop().call_later, self._is_backed_up)
        log = self._ports.open_log()

        def emit(event: Event) -> None:
            log(event)
            if isinstance(event, RunStarted):
                self.runs.add(event.run)
            self.state.apply(event)
            bridge.emit(event)

        try:
            engine = await self._ports.open_engine(settings)
            try:
                return await engine.run(processes, review=self._review, emit=emit, cancel=self._cancel)
            finally:
                await engine.close()
        finally:
            bridge.flush()
            log.close()
            self.log_trouble = log.trouble
            self.state.end()
            self._cancel = None

    def stop(self) -> None:
        """Ask the run to stop after the write under way; harmless if none runs."""
        if self._cancel is not None:
            self._cancel.request()
            self.state.activity = Activity.STOPPING

    async def _review(self, proposal: Proposal) -> Review:
        if self._cancel is not None and self._cancel.is_requested:
            return Review(is_approved=False)
        if self.state.is_background:
            return await approve_all(proposal)
        self.state.activity = Activity.REVIEWING
        try:
            return await self._ask(proposal)
        finally:
            if self.state.activity is Activity.REVIEWING:
                self.state.activity = Activity.RUNNING
