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
    """What both sides hold, and how the run behaves."""

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
    """Plans the script anew for each set of answers."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.plans: Mapping[Process, Plan] = {Process.CALENDAR: self.answered(Process.CALENDAR, Answers())}

    def answered(self, process: Process, answers: Answers) -> Plan:
        script = self._script
        return plan(process, script.links, script.unlinked, script.rules, script.now, answers=answers)


class FakeEngine:
    """Implements `Engine` by a `Script`."""

    def __init__(self, script: Script, *, hold_at: Phase | None = None) -> None:
        self.script = script
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
        if self.script.error is not None:
            raise self.script.error
        cancel = cancel or Cancel()
        emit(RunStarted(run="run-1", processes=tuple(processes), dry_run=is_dry_run, at=self.script.now))
        for notice in self.script.notices:
            emit(notice)
        items = len(self.script.links) + len(self.script.unlinked)
        for phase in (Phase.READ, Phase.MATCH, Phase.PLAN):
            await self._enter(phase, items, emit, cancel)
        proposal: Proposal = ScriptedProposal(self.script)
        if self.script.end is not None:
            return self._finished(Outcome.ABORTED, proposal.plans[Process.CALENDAR], Counts(), emit)
        decision = Review(is_approved=False) if cancel.is_requested else await review(proposal)
        self.reviews.append(decision)
        answers = decision.answers.get(Process.CALENDAR, Answers())
        final = proposal.answered(Process.CALENDAR, answers)
        if not decision.is_approved:
            return self._finished(Outcome.CANCELLED, final, Counts(unchanged=final.unchanged), emit)
        return await self._apply(final, emit, cancel)

    async def close(self) -> None:
        self.is_closed = True

    async def _enter(self, phase: Phase, total: int, emit: Emit, cancel: Cancel) -> None:
        emit(PhaseStarted(process=Process.CALENDAR, phase=phase, total=total))
        await self._hold(phase, cancel)

    async def _hold(self, phase: Phase, cancel: Cancel) -> None:
        if self.hold_at is phase:
            self.is_held.set()
            waiting = [asyncio.ensure_future(each) for each in (self.release.wait(), cancel.wait())]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()

    async def _apply(self, final: Plan, emit: Emit, cancel: Cancel) -> RunResult:
        writes = final.writes
        emit(PhaseStarted(process=Process.CALENDAR, phase=Phase.APPLY, total=len(writes)))
        made: dict[Action, dict[Side, int]] = {action: {} for action in Action}
        failed = 0
        for done, (step, operation) in enumerate(writes, 1):
            if done > 1:
                await self._hold(Phase.APPLY, cancel)
            if cancel.is_requested:
                break
            words = self.script.refusals.get(step.title)
            failed += words is not None
            if words is None:
                made[operation.action][operation.side] = made[operation.action].get(operation.side, 0) + 1
            emit(
                OperationEvent(
                    process=Process.CALENDAR,
                    side=operation.side,
                    action=operation.action,
                    status=Status.DONE if words is None else Status.FAILED,
                    item=step.title,
                    reason=words,
                )
            )
            emit(Progress(process=Process.CALENDAR, phase=Phase.APPLY, done=done, total=len(writes)))
        counts = Counts(
            created=made[Action.CREATE],
            updated=made[Action.UPDATE],
            deleted=made[Action.DELETE],
            linked=sum(step.is_match for step in final.steps),
            unchanged=final.unchanged,
            conflicts=sum(bool(step.conflicts) for step in final.steps),
            failed=failed,
        )
        outcome = (
            Outcome.CANCELLED
            if cancel.is_requested
            else Outcome.PARTIAL
            if failed or counts.conflicts
            else Outcome.OK
        )
        return self._finished(outcome, final, counts, emit)

    def _finished(self, outcome: Outcome, final: Plan, counts: Counts, emit: Emit) -> RunResult:
        emit(
            ProcessFinished(
                process=Process.CALENDAR, counts=counts, requests={Side.OUTLOOK: 3, Side.SALESFORCE: 2}
            )
        )
        code = {Outcome.OK: 0, Outcome.PARTIAL: 1, Outcome.ABORTED: 5, Outcome.CANCELLED: 130}[outcome]
        emit(RunFinished(run="run-1", outcome=outcome, exit_code=code, elapsed_s=1.5))
        return RunResult(
            "run-1",
            outcome,
            code,
            {Process.CALENDAR: counts},
            {Process.CALENDAR: final},
            self.script.end,
        )
