"""An engine without services: the real planner over scripted items, events as a real run announces them.

Tests hold it at a phase (`hold_at`), let it go (`release`), and look at what the UI answered (`reviews`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lpc_tui.engine.events import (
    Counts,
    Noticed,
    OperationEvent,
    Outcome,
    Phase,
    PhaseStarted,
    ProcessFinished,
    Progress,
    RunFinished,
    RunStarted,
    Status,
)
from lpc_tui.engine.interface import Cancel, Emit, Proposal, Review, Reviewer, RunResult
from lpc_tui.errors import LpcError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.links import Link, Unlinked
from lpc_tui.model.plan import Answers, Plan
from lpc_tui.model.planner import plan
from lpc_tui.model.rules import Action, Rules

__all__ = ["FakeEngine", "Script", "ScriptedProposal"]


@dataclass
class Script:
    """What both sides hold of one process, and how the run behaves."""

    process: Process = Process.CALENDAR
    links: Sequence[Link] = ()
    unlinked: Sequence[Unlinked] = ()
    rules: Rules = field(default_factory=Rules)
    now: datetime = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
    refusals: Mapping[str, str] = field(default_factory=dict)
    """Titles whose writes fail, with the service's words."""
    notices: Sequence[Noticed] = ()
    error: LpcError | None = None
    """Raised by `run` before anything is announced, as a held lock is."""
    end: LpcError | None = None
    """Ends the run early, as an unreachable service does."""


class ScriptedProposal:
    """Plans the scripts anew for each set of answers."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = {script.process: script for script in scripts}
        self.plans: Mapping[Process, Plan] = {
            process: self.answered(process, Answers()) for process in self._scripts
        }

    def answered(self, process: Process, answers: Answers) -> Plan:
        script = self._scripts[process]
        return plan(process, script.links, script.unlinked, script.rules, script.now, answers=answers)


class FakeEngine:
    """Implements `Engine` by a `Script` a process; what is no process's own comes from the first."""

    def __init__(self, *scripts: Script, hold_at: Phase | None = None) -> None:
        self.scripts = scripts
        self.hold_at = hold_at
        self.release = asyncio.Event()
        self.is_held = asyncio.Event()
        self.reviews: list[Review] = []
        self.runs: list[tuple[Process, ...]] = []
        self.is_closed = False

    async def run(
        self,
        processes: Sequence[Process],
        *,
        review: Reviewer,
        emit: Emit,
        cancel: Cancel | None = None,
        is_dry_run: bool = False,
    ) -> RunResult:
        self.runs.append(tuple(processes))
        first, *_ = self.scripts
        if first.error is not None:
            raise first.error
        cancel = cancel or Cancel()
        emit(RunStarted(run="run-1", processes=tuple(processes), dry_run=is_dry_run, at=first.now))
        for notice in first.notices:
            emit(notice)
        scripts = [script for script in self.scripts if script.process in processes]
        for script in scripts:
            for phase in (Phase.READ, Phase.MATCH, Phase.PLAN):
                items = len(script.links) + len(script.unlinked)
                emit(PhaseStarted(process=script.process, phase=phase, total=items))
                await self._hold(phase, cancel)
        proposal: Proposal = ScriptedProposal(*scripts)
        if first.end is not None:
            return self._finished(Outcome.ABORTED, proposal.plans, {}, emit)
        decision = Review(is_approved=False) if cancel.is_requested else await review(proposal)
        self.reviews.append(decision)
        plans = {
            process: proposal.answered(process, decision.answers.get(process, Answers()))
            for process in proposal.plans
        }
        if not decision.is_approved:
            counts = {process: Counts(unchanged=plan.unchanged) for process, plan in plans.items()}
            return self._finished(Outcome.CANCELLED, plans, counts, emit)
        done = {script.process: await self._apply(script, plans, emit, cancel) for script in scripts}
        outcome = Outcome.OK
        if cancel.is_requested:
            outcome = Outcome.CANCELLED
        elif any(counts.failed or counts.conflicts for counts in done.values()):
            outcome = Outcome.PARTIAL
        return self._finished(outcome, plans, done, emit)

    async def close(self) -> None:
        self.is_closed = True

    async def _hold(self, phase: Phase, cancel: Cancel) -> None:
        if self.hold_at is phase:
            self.is_held.set()
            waiting = [asyncio.ensure_future(each) for each in (self.release.wait(), cancel.wait())]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()

    async def _apply(
        self, script: Script, plans: Mapping[Process, Plan], emit: Emit, cancel: Cancel
    ) -> Counts:
        final = plans[script.process]
        writes = final.writes
        emit(PhaseStarted(process=script.process, phase=Phase.APPLY, total=len(writes)))
        made: dict[Action, dict[Side, int]] = {action: {} for action in Action}
        failed = 0
        for done, (step, operation) in enumerate(writes, 1):
            if done > 1:
                await self._hold(Phase.APPLY, cancel)
            if cancel.is_requested:
                break
            words = script.refusals.get(step.title)
            failed += words is not None
            if words is None:
                made[operation.action][operation.side] = made[operation.action].get(operation.side, 0) + 1
            emit(
                OperationEvent(
                    process=script.process,
                    side=operation.side,
                    action=operation.action,
                    status=Status.DONE if words is None else Status.FAILED,
                    item=step.title,
                    reason=words,
                )
            )
            emit(Progress(process=script.process, phase=Phase.APPLY, done=done, total=len(writes)))
        return Counts(
            created=made[Action.CREATE],
            updated=made[Action.UPDATE],
            deleted=made[Action.DELETE],
            linked=sum(step.is_match for step in final.steps),
            unchanged=final.unchanged,
            conflicts=sum(bool(step.conflicts) for step in final.steps),
            failed=failed,
        )

    def _finished(
        self, outcome: Outcome, plans: Mapping[Process, Plan], done: Mapping[Process, Counts], emit: Emit
    ) -> RunResult:
        counts = {process: done.get(process, Counts()) for process in plans}
        for process, each in counts.items():
            requests = {Side.OUTLOOK: 3, Side.SALESFORCE: 2}
            emit(ProcessFinished(process=process, counts=each, requests=requests))
        code = {Outcome.OK: 0, Outcome.PARTIAL: 1, Outcome.ABORTED: 5, Outcome.CANCELLED: 130}[outcome]
        emit(RunFinished(run="run-1", outcome=outcome, exit_code=code, elapsed_s=1.5))
        return RunResult("run-1", outcome, code, counts, plans, self.scripts[0].end)
