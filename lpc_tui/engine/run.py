"""One run: recover, read, match, plan, review, apply, record.

What was read is stored before anything is planned, watermark and pending items together: a delta shows a change once, and
from then on the state file is what remembers it. The plan is a pure function of that state; what the review answers and
what the services say moves it on. A run that dies anywhere is picked up by the next one from there.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from lpc_tui.engine.apply import Desk, apply
from lpc_tui.engine.counting import Applied, counts_of, is_complete
from lpc_tui.engine.events import (
    Counts,
    Noticed,
    Outcome,
    Phase,
    PhaseStarted,
    ProcessFinished,
    RunFinished,
    RunStarted,
    counts_as_json,
)
from lpc_tui.engine.interface import Cancel, Emit, Review, Reviewer, RunResult
from lpc_tui.engine.preparing import Preparing, Work, first_of, planned
from lpc_tui.engine.profile import Profile
from lpc_tui.engine.proposal import Draft, RunProposal
from lpc_tui.engine.reading import stop_if_requested
from lpc_tui.errors import CancelledByUser, LpcError, ServiceError, StateError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import Plan
from lpc_tui.state.lock import hold
from lpc_tui.state.store import Store

__all__ = ["SyncEngine"]


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a run ended, as `RunFinished` and `RunResult` tell it."""

    outcome: Outcome
    exit_code: int
    error: LpcError | None = None


_CANCELLED = _Ending(Outcome.CANCELLED, CancelledByUser.exit_code)


class SyncEngine:
    """The engine of one profile; see `lpc_tui.engine.interface.Engine`."""

    def __init__(
        self,
        profile: Profile,
        *,
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        """Args: profile: settings and files; clock: aware UTC now; ticks: monotonic seconds; new_id: unique, unguessable."""
        self.profile = profile
        self.clock = clock
        self.ticks = ticks
        self.new_id = new_id

    async def run(
        self,
        processes: Sequence[Process],
        *,
        review: Reviewer,
        emit: Emit,
        cancel: Cancel | None = None,
        is_dry_run: bool = False,
    ) -> RunResult:
        """See `Engine.run`."""
        with self._alone(is_dry_run=is_dry_run):
            store = Store(self.profile.state_file, is_scratch=is_dry_run)
            try:
                run = _Run(self, store, review, emit, cancel or Cancel(), is_dry_run=is_dry_run)
                return await run.all_of(processes)
            finally:
                await store.close()

    def _alone(self, *, is_dry_run: bool) -> AbstractContextManager[None]:
        """The profile's lock; a dry run on a profile that never ran leaves no file behind, not even that."""
        if is_dry_run and not self.profile.lock_file.exists():
            return nullcontext()
        who = f"process {os.getpid()}, since {self.clock():%Y-%m-%d %H:%M} UTC"
        return hold(self.profile.lock_file, who)

    async def close(self) -> None:
        """Nothing is held between runs."""


class _Run:
    """One run, from its first event to its last."""

    def __init__(
        self,
        engine: SyncEngine,
        store: Store,
        review: Reviewer,
        emit: Emit,
        cancel: Cancel,
        *,
        is_dry_run: bool,
    ) -> None:
        self.engine = engine
        self.profile = engine.profile
        self.store = store
        self.review = review
        self.emit = emit
        self.cancel = cancel
        self.is_dry_run = is_dry_run
        self.id = engine.new_id()
        self.now = engine.clock()
        self.works: dict[Process, Work] = {}
        self.preparing = Preparing(
            engine.profile, store, emit, cancel, now=self.now, clock=engine.clock, new_id=engine.new_id
        )

    async def all_of(self, processes: Sequence[Process]) -> RunResult:
        """Run the processes, one after the other up to the review, then again for the writes."""
        begun = self.engine.ticks()
        chosen = tuple(dict.fromkeys(processes))
        await self.store.run(lambda records: records.open_run(self.id, chosen, self.now))
        self.emit(RunStarted(run=self.id, processes=chosen, dry_run=self.is_dry_run, at=self.now))
        ending = _Ending(Outcome.ABORTED, LpcError.exit_code)
        try:
            ending = await self._guarded(chosen)
        except asyncio.CancelledError:
            ending = _CANCELLED
            raise
        finally:
            try:
                ending = await self._closed(ending)
            finally:
                self._tell_end(ending, begun)
        plans = {process: work.plan for process, work in self.works.items() if work.plan is not None}
        return RunResult(self.id, ending.outcome, ending.exit_code, self._counts(), plans, ending.error)

    async def _guarded(self, processes: Sequence[Process]) -> _Ending:
        """How the run ended; only a bug of ours, or the end of the task, gets past here as an exception."""
        error: LpcError
        try:
            return _Ending(*await self._through(processes))
        except* CancelledByUser as group:
            error = first_of(group)
        except* LpcError as group:
            error = first_of(group)
            self.emit(Noticed(text=str(error), level="error"))
        finally:
            await self._close_replicas()
        if isinstance(error, CancelledByUser):
            return _CANCELLED
        return _Ending(Outcome.ABORTED, error.exit_code, error)

    async def _through(self, processes: Sequence[Process]) -> tuple[Outcome, int]:
        for process in processes:
            stop_if_requested(self.cancel)
            self.works[process] = await self.preparing.work_of(process)
        if self.is_dry_run:
            self._brake()
            return self._finish(dict.fromkeys(processes))
        if any(_wants_review(work.plan) for work in self.works.values()):
            review = await self._reviewed()
            if not review.is_approved:
                raise CancelledByUser("Not confirmed; nothing was written.")
        if self._brake():
            return self._finish({process: Applied() for process in processes})
        applied: dict[Process, Applied | None] = {}
        try:
            for process in processes:
                stop_if_requested(self.cancel)
                applied[process] = done = Applied()
                await self._apply(self.works[process], done)
                await self.preparing.catch_up(self.works[process], done)
        finally:
            ended = self._finish(applied)
        if unsettled := sum(done.unsettled for done in applied.values() if done is not None):
            raise ServiceError(
                f"{unsettled} of the writes could not be settled: their answers got lost, or the service was too busy.",
                "Run again to continue: what did happen is looked up first.",
            )
        return ended

    # From the review on

    async def _reviewed(self) -> Review:
        proposal = RunProposal(
            {
                process: Draft(planned(work), work.rules, self.now, work.census)
                for process, work in self.works.items()
            }
        )
        review = await self.review(proposal)
        for process, answers in review.answers.items():
            work = self.works[process]
            made = await asyncio.to_thread(proposal.answered, process, answers)
            work.plan = replace(made, brakes=()) if answers.accepts_brake else made
        return review

    def _brake(self) -> bool:
        """Tell of every brake; whether there is one."""
        found = [(work, reason) for work in self.works.values() for reason in planned(work).brakes]
        for work, reason in found:
            hint = "Look at the plan in the terminal UI and confirm it there if it is right."
            self.emit(Noticed(process=work.process, text=f"{reason.sentence} {hint}", level="error"))
        return bool(found)

    async def _apply(self, work: Work, done: Applied) -> None:
        made = planned(work)
        self.emit(PhaseStarted(process=work.process, phase=Phase.APPLY, total=len(made.writes)))
        desk = Desk(
            run=self.id,
            process=work.process,
            replicas=work.replicas,
            scope=work.scope,
            store=self.store,
            emit=self.emit,
            cancel=self.cancel,
            now=self.engine.clock,
            new_id=self.engine.new_id,
        )
        await apply(desk, made, work.books.knowledge, done)

    # The end

    def _finish(self, applied: Mapping[Process, Applied | None]) -> tuple[Outcome, int]:
        is_complete_ = True
        for process, done in applied.items():
            work = self.works[process]
            made = planned(work)
            work.counts = counts_of(made, done)
            is_complete_ = is_complete_ and is_complete(made, done)
            requests = {side: work.replicas[side].requests for side in Side}
            self.emit(ProcessFinished(process=process, counts=work.counts, requests=requests))
        if any(planned(self.works[process]).brakes for process in applied):
            return Outcome.ABORTED, 1
        return (Outcome.OK, 0) if is_complete_ else (Outcome.PARTIAL, 1)

    async def _close_replicas(self) -> None:
        """End their threads and connections; what goes wrong with one changes neither the others nor the run's end."""
        closings = (replica.close() for replica in self.preparing.opened)
        for fault in await asyncio.gather(*closings, return_exceptions=True):
            if isinstance(fault, Exception):
                text = f"A connection could not be closed: {type(fault).__name__}: {fault}"
                self.emit(Noticed(text=text, level="warning"))

    async def _closed(self, ending: _Ending) -> _Ending:
        """The run's end, once it is in the history.

        Where that fails, everything that was sent is recorded already: the run counts as stopped by the state file, unless
        something else had stopped it before.
        """
        at = self.engine.clock()
        plain = {str(process): counts_as_json(each) for process, each in self._counts().items()}
        try:
            await self.store.run(
                lambda records: records.close_run(self.id, at, ending.outcome, ending.exit_code, plain)
            )
        except StateError as error:
            if not isinstance(ending.error, StateError):
                self.emit(Noticed(text=str(error), level="error"))
            if ending.outcome in {Outcome.OK, Outcome.PARTIAL}:
                return _Ending(Outcome.ABORTED, error.exit_code, error)
        return ending

    def _tell_end(self, ending: _Ending, begun: float) -> None:
        elapsed = round(self.engine.ticks() - begun, 3)
        self.emit(
            RunFinished(run=self.id, outcome=ending.outcome, exit_code=ending.exit_code, elapsed_s=elapsed)
        )

    def _counts(self) -> dict[Process, Counts]:
        return {process: work.counts for process, work in self.works.items() if work.counts is not None}


def _wants_review(made: Plan | None) -> bool:
    """Whether there is anything in a plan that a person should see before it happens."""
    return made is not None and any(step.writes or step.is_match or step.needs_person for step in made.steps)
