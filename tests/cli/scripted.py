"""An engine that plays a scripted run, for tests of what surrounds the engine; and plans to script it with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from lpc_tui.engine.events import (
    Counts,
    Event,
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
from lpc_tui.engine.interface import Cancel, Emit, Engine, Review, Reviewer, RunResult
from lpc_tui.errors import CancelledByUser, LpcError
from lpc_tui.model.items import AllDay, Item, Process, Side, Timed, frozen
from lpc_tui.model.links import Link, LinkSide
from lpc_tui.model.plan import Answers, FieldConflict, Hold, Operation, Plan, Reason, Step, Why
from lpc_tui.model.rules import Action

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def event_item(subject: str, *, id_: str = "", hour: int = 10) -> Item:
    when = Timed(NOW.replace(hour=hour), NOW.replace(hour=hour + 1))
    return Item(id_ or f"id-{subject}", frozen({"subject": subject, "when": when, "location": "Room 1"}))


def all_day_item(subject: str) -> Item:
    return Item(
        f"id-{subject}", frozen({"subject": subject, "when": AllDay(date(2026, 3, 2), date(2026, 3, 3))})
    )


def link_of(name: str) -> Link:
    base = frozen({"location": "Head office"})
    return Link(name, Process.CALENDAR, LinkSide(f"o-{name}", base), LinkSide(f"s-{name}", base))


def creation(subject: str, side: Side = Side.OUTLOOK) -> Step:
    """An item of the other side that is going to be made on `side`."""
    item = event_item(subject)
    return Step(
        subject,
        Process.CALENDAR,
        outlook=item if side is Side.SALESFORCE else None,
        salesforce=item if side is Side.OUTLOOK else None,
        link=None,
        operations=(Operation(side, Action.CREATE, None, item.fields),),
    )


def update(subject: str) -> Step:
    item = event_item(subject)
    fields = frozen({"subject": subject, "location": "Room 2"})
    operation = Operation(Side.OUTLOOK, Action.UPDATE, item, fields)
    return Step(subject, Process.CALENDAR, item, item, link_of(subject), operations=(operation,))


def deletion(subject: str, *, hold: Hold = Hold.NONE, reason: str = "") -> Step:
    """Deleted in Outlook, so to be deleted from Salesforce."""
    item = event_item(subject)
    why = Reason(Why.PREVENTED, reason) if reason else None
    operation = Operation(Side.SALESFORCE, Action.DELETE, item, hold=hold, reason=why)
    return Step(subject, Process.CALENDAR, None, item, link_of(subject), operations=(operation,), is_end=True)


def conflict(subject: str, outlook: str, salesforce: str) -> Step:
    item = event_item(subject)
    both = FieldConflict("location", outlook=outlook, salesforce=salesforce)
    reason = Reason(Why.CONFLICT, "Changed on both sides: Location. Choose which side counts.")
    return Step(subject, Process.CALENDAR, item, item, link_of(subject), conflicts=(both,), reason=reason)


def calendar_plan(*steps: Step, unchanged: int = 0, brakes: tuple[Reason, ...] = ()) -> Plan:
    return Plan(Process.CALENDAR, steps, unchanged, brakes)


@dataclass(frozen=True)
class OnePlan:
    """A proposal whose plans no answer changes."""

    plans: Mapping[Process, Plan]

    def answered(self, process: Process, _answers: Answers) -> Plan:
        return self.plans[process]


@dataclass
class ScriptedEngine:
    """Announces what a run would; asks the reviewer; ends as told. `calls` and `reviews` tell what was asked of it."""

    plan: Plan = field(default_factory=calendar_plan)
    counts: Counts = field(default_factory=Counts)
    outcome: Outcome = Outcome.OK
    exit_code: int = 0
    error: LpcError | None = None
    cannot_begin: LpcError | None = None
    operations: Sequence[OperationEvent] = ()
    while_writing: Callable[[Cancel], Awaitable[None]] | None = None
    calls: list[tuple[tuple[Process, ...], bool]] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)

    async def run(
        self,
        processes: Sequence[Process],
        *,
        review: Reviewer,
        emit: Emit,
        cancel: Cancel | None = None,
        is_dry_run: bool = False,
    ) -> RunResult:
        cancel = cancel or Cancel()
        self.calls.append((tuple(processes), is_dry_run))
        if self.cannot_begin is not None:
            raise self.cannot_begin
        emit(RunStarted(run="run-1", processes=tuple(processes), dry_run=is_dry_run, at=NOW))
        if self.error is not None:
            emit(Noticed(text=str(self.error), level="error"))
            return self._ended(emit, Outcome.ABORTED, self.error.exit_code, self.error)
        for event in self._up_to_the_plan(processes[0]):
            emit(event)
        if not is_dry_run:
            self.reviews.append(await review(OnePlan({processes[0]: self.plan})))
            if not self.reviews[-1].is_approved:
                return self._ended(emit, Outcome.CANCELLED, CancelledByUser.exit_code)
            if self.while_writing is not None:
                await self.while_writing(cancel)
            if cancel.is_requested:
                return self._ended(emit, Outcome.CANCELLED, CancelledByUser.exit_code)
        for operation in self.operations:
            emit(operation)
        requests = {Side.OUTLOOK: 3, Side.SALESFORCE: 2}
        emit(ProcessFinished(process=processes[0], counts=self.counts, requests=requests))
        return self._ended(emit, self.outcome, self.exit_code)

    async def close(self) -> None:
        """Nothing to end."""

    def _up_to_the_plan(self, process: Process) -> list[Event]:
        return [
            PhaseStarted(process=process, phase=Phase.READ),
            Progress(process=process, phase=Phase.READ, done=20),
            PhaseStarted(process=process, phase=Phase.PLAN),
            PhaseStarted(process=process, phase=Phase.APPLY, total=20),
            *(Progress(process=process, phase=Phase.APPLY, done=done, total=20) for done in range(1, 21)),
        ]

    def _ended(
        self, emit: Emit, outcome: Outcome, exit_code: int, error: LpcError | None = None
    ) -> RunResult:
        emit(RunFinished(run="run-1", outcome=outcome, exit_code=exit_code, elapsed_s=1.25))
        process = self.plan.process
        return RunResult("run-1", outcome, exit_code, {process: self.counts}, {process: self.plan}, error)


def opening(engine: Engine) -> Callable[..., object]:
    """What stands in for `engine_for`: gives `engine` to whoever opens one."""

    @asynccontextmanager
    async def opened(*_args: object) -> AsyncIterator[Engine]:
        yield engine

    return opened


def operation(
    item: str, status: Status, reason: str | None = None, fields: tuple[str, ...] | None = None
) -> OperationEvent:
    return OperationEvent(
        process=Process.CALENDAR,
        side=Side.SALESFORCE,
        action=Action.UPDATE,
        status=status,
        item=item,
        fields=fields,
        reason=reason,
    )
