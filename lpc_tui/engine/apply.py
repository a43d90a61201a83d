"""Carrying out a plan: journal, send in batches, record (law 9).

Before a request its intents are committed; after it, its outcomes together with the links they change: two short
transactions a request, none open across it. The two sides are written at the same time, each by its replica's own pace.
A stop, asked for or by the end of the task, is obeyed before the next request, never between a request and its record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lpc_tui.engine.counting import Applied, operation_event
from lpc_tui.engine.events import OperationEvent, Phase, Progress, Status
from lpc_tui.engine.interface import Cancel, Emit
from lpc_tui.engine.known import StoredKnowledge
from lpc_tui.engine.reading import ask, follow_merges, guarded_item, stop_if_requested, take_over
from lpc_tui.errors import CancelledByUser
from lpc_tui.model.fingerprint import fingerprint
from lpc_tui.model.items import EMPTY, Item, Process, Side
from lpc_tui.model.links import Refusal, Unlinked
from lpc_tui.model.plan import Operation, Plan, Step
from lpc_tui.model.rules import Action
from lpc_tui.model.settle import before_writes, created, finished, new_link, updated
from lpc_tui.replicas.base import Gone, Outcome, Replica, Result, Scope, Write
from lpc_tui.state.records import Records
from lpc_tui.state.rows import Journalled
from lpc_tui.state.store import Store

__all__ = ["Desk", "apply"]


@dataclass(frozen=True, slots=True)
class Desk:
    """What carrying out a plan works with."""

    run: str
    process: Process
    replicas: dict[Side, Replica]
    scope: Scope
    store: Store
    emit: Emit
    cancel: Cancel
    now: Callable[[], datetime]
    """Aware UTC."""
    new_id: Callable[[], str]


@dataclass(slots=True)
class _Job:
    """One operation on its way."""

    step: Step
    operation: Operation
    write: Write
    link_id: str | None
    number: int = 0


async def apply(desk: Desk, plan: Plan, knowledge: StoredKnowledge, applied: Applied) -> None:
    """Carry out what the plan holds that may be sent; record everything, and count it in `applied` as it happens.

    Raises:
        CancelledByUser: stopped on request; what was sent is recorded.
        LpcError: a service gave up; what was sent is recorded or stays open in the journal for recovery.
    """
    await _Application(desk, plan, knowledge, applied).carry_out()


class _Application:
    def __init__(self, desk: Desk, plan: Plan, knowledge: StoredKnowledge, applied: Applied) -> None:
        self.desk = desk
        self.plan = plan
        self.knowledge = knowledge
        self.applied = applied
        self.waiting: dict[str, int] = {}
        """Step key to the number of its operations not done yet."""
        self.total = len(plan.writes)
        self.progressed = 0
        self.to_look_at: dict[Side, list[str]] = {side: [] for side in Side}

    async def carry_out(self) -> None:
        links = await self._settle_what_needs_no_write()
        jobs = await asyncio.to_thread(self._jobs, links)
        sending = asyncio.gather(
            *(self._send(side, jobs[side]) for side in Side if jobs[side]), return_exceptions=True
        )
        try:
            results = await asyncio.shield(sending)
        except asyncio.CancelledError:
            # The task is to end, but a request in a thread cannot be taken back: it is let finish and recorded, and is the
            # last one. A second cancellation tears it from its record, as a kill does; recovery settles it then.
            self.desk.cancel.request()
            await sending
            raise
        await self._look_again()
        errors = [result for result in results if isinstance(result, BaseException)]
        # A side that gave up says more than the stop that the other one obeyed.
        for error in sorted(errors, key=lambda each: isinstance(each, CancelledByUser)):
            raise error

    # Before the first request

    async def _settle_what_needs_no_write(self) -> dict[str, str]:
        """Matches, agreements, sleep and ends; returns the id of each step's link, by step key."""
        ids: dict[str, str] = {}
        consumed: list[tuple[Side, str]] = []
        told: list[OperationEvent] = []
        for step in self.plan.steps:
            if step.is_excluded:
                continue
            link = step.link
            if step.is_match:
                link = new_link(step, self.desk.new_id())
                consumed += [(Side.OUTLOOK, link.outlook.id), (Side.SALESFORCE, link.salesforce.id)]
                self.applied.linked += 1
                told.append(operation_event(step, Side.SALESFORCE, Action.LINK, Status.DONE))
            if link is None:
                continue
            ids[step.key] = link.id
            if step.is_end and not step.operations:
                self.knowledge.end(link.id)
                told.append(operation_event(step, Side.SALESFORCE, Action.UNLINK, Status.DONE))
            else:
                self.knowledge.put(before_writes(link, step))
        for key in consumed:
            self.knowledge.unlinked.pop(key, None)

        await self._save(lambda records: self._drop(records, consumed))
        for event in told:
            self.desk.emit(event)
        return ids

    def _jobs(self, links: dict[str, str]) -> dict[Side, list[_Job]]:
        jobs: dict[Side, list[_Job]] = {side: [] for side in Side}
        for number, (step, operation) in enumerate(self.plan.writes):
            item = operation.item
            write = Write(
                key=str(number),
                action=operation.action,
                id="" if item is None else item.id,
                version="" if item is None else item.version,
                fields=operation.fields,
                expected=EMPTY if item is None else item.fields,
                mark=self.desk.new_id() if operation.action is Action.CREATE else "",
            )
            jobs[operation.side].append(_Job(step, operation, write, links.get(step.key)))
            self.waiting[step.key] = self.waiting.get(step.key, 0) + 1
        return jobs

    # Requests and their outcomes

    async def _send(self, side: Side, jobs: Sequence[_Job]) -> None:
        by_key = {job.write.key: job for job in jobs}

        async def sending(writes: Sequence[Write]) -> None:
            stop_if_requested(self.desk.cancel)
            await self._journal([by_key[write.key] for write in writes])

        writes = [job.write for job in jobs]
        async for outcomes in self.desk.replicas[side].write(writes, self.desk.scope, sending):
            known: list[tuple[_Job, Outcome]] = []
            unproven: list[tuple[_Job, Outcome]] = []
            for outcome in outcomes:
                job = by_key[outcome.key]
                is_absent = outcome.result is Result.GONE and job.operation.action is Action.DELETE
                (unproven if is_absent else known).append((job, outcome))
            await asyncio.shield(self._record(known))
            if unproven:
                await asyncio.shield(self._record(await self._proven(side, unproven)))

    async def _proven(self, side: Side, outcomes: list[tuple[_Job, Outcome]]) -> list[tuple[_Job, Outcome]]:
        """Deletes of items that were not there any more, asked for by id: a hidden item answers a delete just as a deleted
        one does, and only the latter ends its link (law 4)."""
        ids = [job.write.id for job, _ in outcomes]
        found = await ask(self.knowledge, self.desk.replicas[side], ids, self.desk.scope)
        return [
            (job, replace(outcome, result=Result.DONE) if found.get(job.write.id) == Gone() else outcome)
            for job, outcome in outcomes
        ]

    async def _journal(self, jobs: Sequence[_Job]) -> None:
        fresh = [job for job in jobs if not job.number]
        at = self.desk.now()
        entries = [self._entry(job, at) for job in fresh]
        numbers = await self.desk.store.run(lambda records: records.intend(entries))
        for job, number in zip(fresh, numbers, strict=True):
            job.number = number

    def _entry(self, job: _Job, at: datetime) -> Journalled:
        source = _source(job)
        return Journalled(
            number=0,
            run=self.desk.run,
            process=self.desk.process,
            side=job.operation.side,
            action=job.operation.action,
            step=job.step.key,
            link=job.link_id,
            item_id=job.write.id or None,
            source_id=None if source is None else source.id,
            title=job.step.title,
            fields=job.write.fields,
            mark=job.write.mark,
            state="sent",
            sent_at=at,
            before=job.operation.item,
            is_private=any(
                item is not None and item.is_private for item in (job.step.outlook, job.step.salesforce)
            ),
        )

    async def _record(self, outcomes: Sequence[tuple[_Job, Outcome]]) -> None:
        at = self.desk.now()
        consumed: list[tuple[Side, str]] = []
        refused: list[Unlinked] = []
        for job, outcome in outcomes:
            match outcome.result:
                case Result.DONE:
                    self._done(job, outcome, consumed)
                case Result.REFUSED:
                    refused += self._refused(job, outcome)
                case Result.CHANGED | Result.GONE:
                    self._stale(job, outcome)
                case Result.UNKNOWN | Result.NOT_SENT:
                    pass

        def keep(records: Records) -> None:
            for job, outcome in outcomes:
                if outcome.result is not Result.UNKNOWN and job.number:
                    records.settle(
                        job.number, outcome.result, at, item=self._kept(outcome), words=outcome.words
                    )
            self._drop(records, consumed)
            records.save_unlinked(self.desk.process, refused)

        await self._save(keep)
        for job, outcome in outcomes:
            self._announce(job, outcome)
        self.progressed += len(outcomes)
        self.desk.emit(
            Progress(process=self.desk.process, phase=Phase.APPLY, done=self.progressed, total=self.total)
        )

    def _kept(self, outcome: Outcome) -> Item | None:
        return None if outcome.item is None else guarded_item(outcome.item, self.desk.scope)

    def _done(self, job: _Job, outcome: Outcome, consumed: list[tuple[Side, str]]) -> None:
        step, operation = job.step, job.operation
        link = self.knowledge.links.get(job.link_id) if job.link_id else None
        item = self._kept(outcome)
        if operation.action is Action.DELETE:
            if link is not None:
                self.knowledge.end(link.id)
            return
        if item is None:
            raise ValueError(f"{operation.side} read nothing back for {operation.action}")
        if operation.action is Action.CREATE:
            link = created(link, step, operation, item, job.link_id or self.desk.new_id())
            keys = [(Side.OUTLOOK, link.outlook.id), (Side.SALESFORCE, link.salesforce.id)]
            consumed += keys
            for key in keys:
                self.knowledge.unlinked.pop(key, None)
        elif link is not None:
            link = updated(link, step, operation, item)
        self.waiting[step.key] -= 1
        if link is not None:
            held = any(not each.is_sendable for each in step.operations)
            is_last = self.waiting[step.key] == 0 and not held
            self.knowledge.put(finished(link, step) if is_last else link)

    def _stale(self, job: _Job, outcome: Outcome) -> None:
        """The item is no longer what the plan saw: keep what it is now, let the next run decide."""
        item = self._kept(outcome)
        link = self.knowledge.links.get(job.link_id) if job.link_id else None
        if item is None:
            self.to_look_at[job.operation.side].append(job.write.id)
        elif link is not None:
            side = job.operation.side
            self.knowledge.put(link.with_side(side, link.side(side).seen(item)))

    def _refused(self, job: _Job, outcome: Outcome) -> list[Unlinked]:
        """Remember what the service would not take: on the link, or on the item that stays alone."""
        operation = job.operation
        refusal = _refusal(job, outcome)
        link = self.knowledge.links.get(job.link_id) if job.link_id else None
        if link is not None:
            self.knowledge.put(link.with_refusal(operation.side, refusal))
            return []
        source = _source(job)
        if source is None:
            return []
        alone = Unlinked(operation.side.other, source, refusal)
        self.knowledge.unlinked[operation.side.other, source.id] = alone
        return [alone]

    async def _look_again(self) -> None:
        """Ask for the items that were not there any more, so that the next run knows what became of them."""
        for side, ids in self.to_look_at.items():
            if ids:
                found = await ask(self.knowledge, self.desk.replicas[side], ids, self.desk.scope)
                take_over(self.knowledge, side, found, self.desk.scope)
                await follow_merges(self.knowledge, self.desk.replicas[side], found, self.desk.scope)
        await self._save(lambda _records: None)

    # Keeping and telling

    async def _save(self, more: Callable[[Records], object]) -> None:
        """Store every link that changed, and `more`, in one transaction."""
        links = [self.knowledge.links[link_id] for link_id in sorted(self.knowledge.touched)]
        self.knowledge.touched.clear()
        ended = sorted(self.knowledge.ended)
        self.knowledge.ended.clear()

        def keep(records: Records) -> None:
            with records.together():
                more(records)
                records.end_links(ended)
                records.save_links(links)

        await self.desk.store.run(keep)

    def _drop(self, records: Records, keys: Sequence[tuple[Side, str]]) -> None:
        records.drop_unlinked(self.desk.process, keys)

    def _announce(self, job: _Job, outcome: Outcome) -> None:
        operation = job.operation
        if outcome.result is Result.DONE:
            self.applied.count(operation.side, operation.action)
            status, reason = Status.DONE, None
        elif outcome.result is Result.REFUSED:
            self.applied.failed += 1
            status, reason = (
                Status.FAILED,
                f"{operation.side.label} refused it: {_refusal(job, outcome).told}",
            )
        elif (rest := _rest_of(outcome, operation.side, self.desk.scope)) is not None:
            self.applied.resting += 1
            status, reason = Status.SKIPPED, rest
        else:
            self.applied.put_off += 1
            self.applied.unsettled += outcome.result in {Result.UNKNOWN, Result.NOT_SENT}
            status, reason = Status.SKIPPED, _PUT_OFF[outcome.result]
        self.desk.emit(
            operation_event(
                job.step,
                operation.side,
                operation.action,
                status,
                fields=tuple(operation.fields),
                reason=reason,
                made=None if outcome.item is None else outcome.item.id,
            )
        )


_PUT_OFF = {
    Result.CHANGED: "It was changed while the plan was open; the next run decides anew.",
    Result.GONE: "It is not there any more; the next run decides anew.",
    Result.UNKNOWN: "The answer was lost; the next run looks whether it happened before anything is sent again.",
    Result.NOT_SENT: "Not sent; the next run does it.",
}


def _rest_of(outcome: Outcome, side: Side, scope: Scope) -> str | None:
    """Why a write was not sent that will not be sent by the next run either; None where it is put off."""
    item = outcome.item if outcome.result is Result.CHANGED else None
    if item is not None and item.is_away:
        return (
            f"It is out of scope in {side.label} now (moved, reassigned or archived);"
            " nothing was sent, and it rests until it comes back."
        )
    if item is not None and item.is_private and not scope.include_private:
        return f"It is private in {side.label} now, and Synchronize Private Items is off; nothing was sent, and it rests."
    return None


def _refusal(job: _Job, outcome: Outcome) -> Refusal:
    return Refusal(fingerprint(job.operation), outcome.words, outcome.fields)


def _source(job: _Job) -> Item | None:
    """The item on the other side that an operation takes its values from."""
    return job.step.outlook if job.operation.side is Side.SALESFORCE else job.step.salesforce
