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
from dataclasses import dataclass, field, replace
from datetime import datetime

from lpc_tui.engine.apply import Desk, apply
from lpc_tui.engine.books import Books
from lpc_tui.engine.counting import Applied, counts_of, is_complete, planned_events
from lpc_tui.engine.events import (
    Counts,
    Noticed,
    Outcome,
    Phase,
    PhaseStarted,
    ProcessFinished,
    Progress,
    RunFinished,
    RunStarted,
    counts_as_json,
)
from lpc_tui.engine.interface import Cancel, Emit, Review, Reviewer, RunResult
from lpc_tui.engine.profile import Profile, identified
from lpc_tui.engine.proposal import Draft, RunProposal
from lpc_tui.engine.reading import look_again, look_at, read_pages, stop_if_requested, unread_sources
from lpc_tui.engine.recovery import Recovered, recover
from lpc_tui.errors import CancelledByUser, LpcError, ServiceError, StateError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.observe import Reading, forget_private
from lpc_tui.model.plan import Plan
from lpc_tui.model.planner import plan
from lpc_tui.model.rules import Rules
from lpc_tui.model.safety import Census
from lpc_tui.replicas.base import Identity, Notice, Replica, Scope
from lpc_tui.state.lock import hold
from lpc_tui.state.rows import ReplicaState
from lpc_tui.state.store import Store

__all__ = ["CATCH_UP_FROM", "SyncEngine"]

CATCH_UP_FROM = 400
"""Writes to one side after which a run reads past them. Fewer come back in the first page of the next reading, on either
service, and cost no request; reading past them costs a request or two."""

_DEAR_TO_READ = {(Side.OUTLOOK, Process.CONTACT): 20}
"""The same where the next reading costs a request for every so many: the delta does not tell the private mark of a contact,
which is then asked for by twenties. The run that wrote it knows."""


@dataclass(slots=True)
class _Process:
    """A process on its way through a run."""

    process: Process
    rules: Rules
    scope: Scope
    replicas: dict[Side, Replica]
    books: Books
    census: Census = field(default_factory=Census)
    plan: Plan | None = None
    counts: Counts | None = None


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
        self.works: dict[Process, _Process] = {}
        self.opened: list[Replica] = []

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
            error = _first(group)
        except* LpcError as group:
            error = _first(group)
            self.emit(Noticed(text=str(error), level="error"))
        finally:
            await self._close_replicas()
        if isinstance(error, CancelledByUser):
            return _CANCELLED
        return _Ending(Outcome.ABORTED, error.exit_code, error)

    async def _through(self, processes: Sequence[Process]) -> tuple[Outcome, int]:
        for process in processes:
            stop_if_requested(self.cancel)
            await self._prepare(process)
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
                await self._catch_up(self.works[process], done)
        finally:
            ended = self._finish(applied)
        if unsettled := sum(done.unsettled for done in applied.values() if done is not None):
            raise ServiceError(
                f"{unsettled} of the writes could not be settled: their answers got lost, or the service was too busy.",
                "Run again to continue: what did happen is looked up first.",
            )
        return ended

    # Up to the plan

    async def _prepare(self, process: Process) -> None:
        self.emit(PhaseStarted(process=process, phase=Phase.READ))
        rules = self.profile.rules(process, self.now)
        scope = Scope(rules.window, rules.synchronize_private, self.now.date())
        known = {side: await self._state(process, side) for side in Side}
        replicas = {side: await self._open(process, side, known[side]) for side in Side}
        states = await identified(self.profile, process, replicas, known)
        work = _Process(process, rules, scope, replicas, await Books.opened(self.store, process, states))
        self.works[process] = work
        recovered = await self._recover(work)
        sources = {side: replicas[side].read(scope, states[side].watermark) for side in Side}
        readings = await read_pages(sources, scope, self._progress(process), self.cancel)
        await self._take_in(work, readings, recovered)
        self.emit(PhaseStarted(process=process, phase=Phase.MATCH))
        work.census = await work.books.census()
        self.emit(PhaseStarted(process=process, phase=Phase.PLAN))
        work.plan = await asyncio.to_thread(self._plan, work)
        await self._look_at_sources(work, readings)
        for event in planned_events(work.plan):
            self.emit(event)

    async def _state(self, process: Process, side: Side) -> ReplicaState | None:
        return await self.store.run(lambda records: records.replica(process, side))

    async def _open(self, process: Process, side: Side, state: ReplicaState | None) -> Replica:
        remembered = None
        if state is not None:
            key = await asyncio.to_thread(self.profile.identity_key, process, side)
            if state.identity_key == key:
                remembered = Identity(state.account, state.place, state.name)

        def notify(notice: Notice) -> None:
            self.emit(Noticed(process=process, text=notice.text, level="warning", wait_s=notice.wait_s))

        replica = await asyncio.to_thread(self.profile.open_replica, process, side, remembered, notify)
        self.opened.append(replica)
        return replica

    async def _recover(self, work: _Process) -> Recovered:
        intents = await work.books.open_intents()
        if not intents:
            return Recovered()
        recovered = await recover(
            work.books.knowledge, intents, work.replicas, work.scope, self.engine.new_id
        )
        text = (
            f"An earlier run was interrupted in {len(intents)} writes: {recovered.done} had happened and are"
            f" recorded now, {len(intents) - recovered.done} had not."
        )
        self.emit(Noticed(process=work.process, text=text, level="warning"))
        return recovered

    async def _take_in(self, work: _Process, readings: Mapping[Side, Reading], recovered: Recovered) -> None:
        """Take readings over, ask for what they made doubtful, and store it all with their watermarks."""
        await work.books.load_for(readings)
        await look_at(work.books.knowledge, work.replicas, readings, work.scope, work.rules)
        if not work.scope.include_private:
            forget_private(work.books.knowledge)
        await self._keep(work, readings, recovered)

    async def _look_at_sources(self, work: _Process, readings: Mapping[Side, Reading]) -> None:
        """Ask for what is about to be carried across and was not read in this run, and plan again with the answers."""
        known = {side: None if each.is_full else set(each.items) for side, each in readings.items()}
        while asked := unread_sources(_planned(work), known):
            stop_if_requested(self.cancel)
            await look_again(work.books.knowledge, work.replicas, asked, work.scope, work.rules)
            for side, ids in asked.items():
                known[side] = (known[side] or set()) | set(ids)
            if not work.scope.include_private:
                forget_private(work.books.knowledge)
            await self._keep(work, {}, Recovered())
            work.plan = await asyncio.to_thread(self._plan, work)

    async def _keep(self, work: _Process, readings: Mapping[Side, Reading], recovered: Recovered) -> None:
        await work.books.keep(
            readings, recovered, self.engine.clock(), forgets_private=not work.scope.include_private
        )

    def _plan(self, work: _Process) -> Plan:
        return plan(
            work.process,
            work.books.knowledge.links.values(),
            work.books.knowledge.unlinked.values(),
            work.rules,
            self.now,
            census=work.census,
        )

    # From the review on

    async def _reviewed(self) -> Review:
        proposal = RunProposal(
            {
                process: Draft(_planned(work), work.rules, self.now, work.census)
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
        found = [(work, reason) for work in self.works.values() for reason in _planned(work).brakes]
        for work, reason in found:
            hint = "Look at the plan in the terminal UI and confirm it there if it is right."
            self.emit(Noticed(process=work.process, text=f"{reason.sentence} {hint}", level="error"))
        return bool(found)

    async def _apply(self, work: _Process, done: Applied) -> None:
        made = _planned(work)
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

    async def _catch_up(self, work: _Process, done: Applied) -> None:
        """Read past what this run wrote, if that is much; what else shows up there is the next run's to deal with.

        Nothing is lost without it but time, so whatever goes wrong here does not change how the run ends.
        """
        written = {side: sum(n for (of, _), n in done.done.items() if of is side) for side in Side}
        sources = {
            side: work.replicas[side].catch_up(work.scope, work.books.states[side].watermark or "")
            for side in Side
            if written[side] > _DEAR_TO_READ.get((side, work.process), CATCH_UP_FROM)
        }
        if not sources:
            return
        try:
            readings = await read_pages(sources, work.scope, lambda _done, _total: None, self.cancel)
            await self._take_in(work, readings, Recovered())
        except* CancelledByUser:
            pass
        except* LpcError as group:
            text = f"The next run will take longer to read: {_first(group)}"
            self.emit(Noticed(process=work.process, text=text, level="warning"))

    # The end

    def _finish(self, applied: Mapping[Process, Applied | None]) -> tuple[Outcome, int]:
        is_complete_ = True
        for process, done in applied.items():
            work = self.works[process]
            made = _planned(work)
            work.counts = counts_of(made, done)
            is_complete_ = is_complete_ and is_complete(made, done)
            requests = {side: work.replicas[side].requests for side in Side}
            self.emit(ProcessFinished(process=process, counts=work.counts, requests=requests))
        if any(_planned(self.works[process]).brakes for process in applied):
            return Outcome.ABORTED, 1
        return (Outcome.OK, 0) if is_complete_ else (Outcome.PARTIAL, 1)

    async def _close_replicas(self) -> None:
        """End their threads and connections; what goes wrong with one changes neither the others nor the run's end."""
        closings = (replica.close() for replica in self.opened)
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

    def _progress(self, process: Process) -> Callable[[int, int | None], None]:
        def told(done: int, total: int | None) -> None:
            self.emit(Progress(process=process, phase=Phase.READ, done=done, total=total))

        return told


def _planned(work: _Process) -> Plan:
    if work.plan is None:
        raise ValueError(f"{work.process} has no plan yet")
    return work.plan


def _wants_review(made: Plan | None) -> bool:
    """Whether there is anything in a plan that a person should see before it happens."""
    return made is not None and any(step.writes or step.is_match or step.needs_person for step in made.steps)


def _first(group: BaseExceptionGroup[LpcError]) -> LpcError:
    """The first single error in a group of groups."""
    for error in group.exceptions:
        return _first(error) if isinstance(error, BaseExceptionGroup) else error
    raise ValueError("an empty group")
