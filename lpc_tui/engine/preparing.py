"""What comes before the review of a run, for one process: recover, read, match, plan. And reading past the run's own writes.

What was read is stored, with its watermarks, before anything is planned from it. Used by `run`, one after the other for all
processes; nothing here writes to a service.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lpc_tui.engine.books import Books
from lpc_tui.engine.counting import Applied, planned_events
from lpc_tui.engine.events import Counts, Noticed, Phase, PhaseStarted, Progress
from lpc_tui.engine.interface import Cancel, Emit
from lpc_tui.engine.profile import Profile, identified
from lpc_tui.engine.reading import look_again, look_at, read_pages, stop_if_requested, unread_sources
from lpc_tui.engine.recovery import Recovered, recover
from lpc_tui.errors import CancelledByUser, LpcError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.observe import Reading, forget_private
from lpc_tui.model.plan import Plan
from lpc_tui.model.planner import plan
from lpc_tui.model.rules import Rules
from lpc_tui.model.safety import Census
from lpc_tui.replicas.base import Identity, Notice, Replica, Scope
from lpc_tui.state.rows import ReplicaState
from lpc_tui.state.store import Store

__all__ = ["CATCH_UP_FROM", "Preparing", "Work", "first_of", "planned"]

CATCH_UP_FROM = 400
"""Writes to one side after which a run reads past them. Fewer come back in the first page of the next reading, on either
service, and cost no request; reading past them costs a request or two."""

_DEAR_TO_READ = {(Side.OUTLOOK, Process.CONTACT): 20}
"""The same where the next reading costs a request for every so many: the delta does not tell the private mark of a contact,
which is then asked for by twenties. The run that wrote it knows."""


_EVENTS_AT_ONCE = 200
"""Planned operations that are told in a row: then whoever else is on this loop, the screen above all, has a turn."""


@dataclass(slots=True)
class Work:
    """A process on its way through a run."""

    process: Process
    rules: Rules
    scope: Scope
    replicas: dict[Side, Replica]
    books: Books
    census: Census = field(default_factory=Census)
    plan: Plan | None = None
    counts: Counts | None = None


class Preparing:
    """Brings the processes of one run to their plans."""

    def __init__(
        self,
        profile: Profile,
        store: Store,
        emit: Emit,
        cancel: Cancel,
        *,
        now: datetime,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        """`now` is when the run began; `clock` and `new_id` are the engine's."""
        self._profile = profile
        self._store = store
        self._emit = emit
        self._cancel = cancel
        self._now = now
        self._clock = clock
        self._new_id = new_id
        self.opened: list[Replica] = []
        """Whatever was opened on the way, for the run to close."""

    async def work_of(self, process: Process) -> Work:
        """A process as it stands before the review: recovered, read, matched, planned; and told.

        Raises:
            LpcError: it could not be brought that far.
        """
        self._emit(PhaseStarted(process=process, phase=Phase.READ))
        rules = self._profile.rules(process, self._now)
        scope = Scope(rules.window, rules.synchronize_private, self._now.date())
        known = {side: await self._state(process, side) for side in Side}
        replicas = {side: await self._open(process, side, known[side]) for side in Side}
        states = await identified(self._profile, process, replicas, known)
        work = Work(process, rules, scope, replicas, await Books.opened(self._store, process, states))
        recovered = await self._recover(work)
        sources = {side: replicas[side].read(scope, states[side].watermark) for side in Side}
        readings = await read_pages(sources, scope, self._progress(process), self._cancel)
        seen = await self._take_in(work, readings, recovered)
        self._emit(PhaseStarted(process=process, phase=Phase.MATCH))
        work.census = await work.books.census()
        self._emit(PhaseStarted(process=process, phase=Phase.PLAN))
        work.plan = await asyncio.to_thread(self._plan, work)
        await self._look_at_sources(work, seen)
        for number, event in enumerate(planned_events(work.plan), 1):
            self._emit(event)
            if number % _EVENTS_AT_ONCE == 0:
                await asyncio.sleep(0)
        return work

    async def _state(self, process: Process, side: Side) -> ReplicaState | None:
        return await self._store.run(lambda records: records.replica(process, side))

    async def _open(self, process: Process, side: Side, state: ReplicaState | None) -> Replica:
        remembered = None
        if state is not None:
            key = await asyncio.to_thread(self._profile.identity_key, process, side)
            if state.identity_key == key:
                remembered = Identity(state.account, state.place, state.name)

        def notify(notice: Notice) -> None:
            self._emit(Noticed(process=process, text=notice.text, level="warning", wait_s=notice.wait_s))

        replica = await asyncio.to_thread(self._profile.open_replica, process, side, remembered, notify)
        self.opened.append(replica)
        return replica

    async def _recover(self, work: Work) -> Recovered:
        intents = await work.books.open_intents()
        if not intents:
            return Recovered()
        recovered = await recover(work.books.knowledge, intents, work.replicas, work.scope, self._new_id)
        text = (
            f"An earlier run was interrupted in {len(intents)} writes: {recovered.done} had happened and are"
            f" recorded now, {len(intents) - recovered.done} had not."
        )
        self._emit(Noticed(process=work.process, text=text, level="warning"))
        return recovered

    async def _take_in(
        self, work: Work, readings: Mapping[Side, Reading], recovered: Recovered
    ) -> Mapping[Side, set[str]]:
        """Take readings over, ask for what they made doubtful, and store it all with their watermarks; returns the ids of
        what was read or asked for."""
        await work.books.load_for(readings)
        seen = await look_at(work.books.knowledge, work.replicas, readings, work.scope, work.rules)
        if not work.scope.include_private:
            await asyncio.to_thread(forget_private, work.books.knowledge)
        await self._keep(work, readings, recovered)
        return seen

    async def _look_at_sources(self, work: Work, seen: Mapping[Side, set[str]]) -> None:
        """Ask for what is about to be carried across and was not seen in this run, and plan again with the answers."""
        while asked := unread_sources(planned(work), seen):
            stop_if_requested(self._cancel)
            await look_again(work.books.knowledge, work.replicas, asked, work.scope, work.rules)
            for side, ids in asked.items():
                seen[side].update(ids)
            if not work.scope.include_private:
                forget_private(work.books.knowledge)
            await self._keep(work, {}, Recovered())
            work.plan = await asyncio.to_thread(self._plan, work)

    async def _keep(self, work: Work, readings: Mapping[Side, Reading], recovered: Recovered) -> None:
        await work.books.keep(
            readings, recovered, self._clock(), forgets_private=not work.scope.include_private
        )

    def _plan(self, work: Work) -> Plan:
        return plan(
            work.process,
            work.books.knowledge.links.values(),
            work.books.knowledge.unlinked.values(),
            work.rules,
            self._now,
            census=work.census,
        )

    async def catch_up(self, work: Work, done: Applied) -> None:
        """Read past what this run wrote, if that is much; what else shows up there is the next run's to deal with.

        Nothing is lost without it but time, so whatever goes wrong here does not change how the run ends. Not while a write
        is unsettled: recovery takes for made before it whatever was read, and would not know again what it made.
        """
        if done.unsettled:
            return
        written = {side: sum(n for (of, _), n in done.done.items() if of is side) for side in Side}
        sources = {
            side: work.replicas[side].catch_up(work.scope, work.books.states[side].watermark or "")
            for side in Side
            if written[side] > _DEAR_TO_READ.get((side, work.process), CATCH_UP_FROM)
        }
        if not sources:
            return
        try:
            readings = await read_pages(sources, work.scope, lambda _done, _total: None, self._cancel)
            await self._take_in(work, readings, Recovered())
        except* CancelledByUser:
            pass
        except* LpcError as group:
            text = f"The next run will take longer to read: {first_of(group)}"
            self._emit(Noticed(process=work.process, text=text, level="warning"))

    def _progress(self, process: Process) -> Callable[[int, int | None], None]:
        def told(done: int, total: int | None) -> None:
            self._emit(Progress(process=process, phase=Phase.READ, done=done, total=total))

        return told


def planned(work: Work) -> Plan:
    """The plan of a process that was prepared."""
    if work.plan is None:
        raise ValueError(f"{work.process} has no plan yet")
    return work.plan


def first_of(group: BaseExceptionGroup[LpcError]) -> LpcError:
    """The first single error in a group of groups."""
    for error in group.exceptions:
        return first_of(error) if isinstance(error, BaseExceptionGroup) else error
    raise ValueError("an empty group")
