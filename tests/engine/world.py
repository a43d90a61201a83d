"""Two services in memory, a profile and an engine between them: what the engine's tests are played in."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lpc_tui.engine.events import Event, OperationEvent, Status
from lpc_tui.engine.interface import Cancel, Proposal, Review, Reviewer, RunResult, approve_all
from lpc_tui.engine.run import SyncEngine
from lpc_tui.model.field_map import fields_of
from lpc_tui.model.items import Fields, Process, Side, Timed, Value, frozen
from lpc_tui.model.plan import Answers
from lpc_tui.model.rules import Action, Rules, Window
from lpc_tui.replicas.base import Identity, Notice, Replica, Write
from lpc_tui.replicas.memory import MemoryReplica, MemoryService

TODAY = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
DEFAULT_PREVENT = frozenset({(Side.SALESFORCE, Action.DELETE)})


def at(day: int, hour: int = 10, minutes: int = 60) -> Timed:
    """A time on the `day`-th day from today."""
    start = datetime(2026, 3, 11, hour, tzinfo=UTC) + timedelta(days=day)
    return Timed(start, start + timedelta(minutes=minutes))


def event(subject: str = "Kick-off", day: int = 1, **fields: Value) -> dict[str, Value]:
    """The fields of an event; every one of them, so that an item made by a test says as much as a service's does."""
    base: dict[str, Value] = {
        "subject": subject,
        "when": at(day),
        "location": "",
        "body": "",
        "show_as": "busy",
        "sensitivity": "normal",
        "reminder": None,
    }
    return {**base, **fields}


def salesforce_form(fields: Fields) -> Fields:
    """What Salesforce makes of what it is given: it holds three ways to show time, two of privacy, trimmed text."""
    specs = fields_of(Process.CALENDAR)
    return frozen({spec.name: spec.held_by(Side.SALESFORCE, fields.get(spec.name)) for spec in specs})


def outlook_form(fields: Fields) -> Fields:
    """What Exchange makes of a body: line ends and blanks of its own."""
    body = str(fields.get("body") or "")
    return frozen({**fields, "body": f"{body.rstrip()}\r\n" if body.strip() else ""})


@dataclass
class World:
    """A profile whose two services live in memory."""

    folder: Path
    rules: Rules = field(default_factory=lambda: Rules(prevent=DEFAULT_PREVENT))
    past_days: int = 30
    future_days: int = 365
    now: datetime = TODAY
    before_request: Callable[[str], None] = lambda _what: None
    after_request: Callable[[str], None] = lambda _what: None
    refuse: Callable[[Write], str | None] = lambda _write: None
    replica: type[MemoryReplica] = MemoryReplica
    events: list[Event] = field(default_factory=list)
    requests: dict[Side, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.outlook = MemoryService(Side.OUTLOOK, lambda: self.now, outlook_form)
        self.salesforce = MemoryService(Side.SALESFORCE, lambda: self.now, salesforce_form)
        self._ids = itertools.count(1)

    def service(self, side: Side) -> MemoryService:
        return self.outlook if side is Side.OUTLOOK else self.salesforce

    def pass_time(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    async def sync(
        self,
        review: Reviewer = approve_all,
        *,
        is_dry_run: bool = False,
        cancel: Cancel | None = None,
        **rules: object,
    ) -> RunResult:
        """One run; `rules` change the settings from here on."""
        if rules:
            self.rules = replace(self.rules, **rules)  # type: ignore[arg-type]  # checked by the dataclass
        self.pass_time(minutes=1)
        self.events = []
        profile = WorldProfile(self)
        engine = SyncEngine(
            profile, clock=lambda: self.now, ticks=lambda: 0.0, new_id=lambda: f"id{next(self._ids)}"
        )
        result = await engine.run(
            [Process.CALENDAR], review=review, emit=self.events.append, cancel=cancel, is_dry_run=is_dry_run
        )
        self.requests = {side: sum(r.requests for r in profile.opened if r.side is side) for side in Side}
        return result

    def writes(self) -> int:
        """How many writes either service carried out so far."""
        return len(self.outlook.writes) + len(self.salesforce.writes)

    def told(self, status: Status) -> list[OperationEvent]:
        """The operation events of the last run with this status."""
        return [each for each in self.events if isinstance(each, OperationEvent) and each.status is status]

    def agree(self) -> bool:
        """Whether both sides hold the same items, as far as either can."""

        def seen(service: MemoryService) -> list[str]:
            return sorted(
                repr(sorted((name, repr(value)) for name, value in _canonical(fields).items()))
                for fields in service.items.values()
            )

        return seen(self.outlook) == seen(self.salesforce)


def _canonical(fields: Fields) -> Fields:
    return {
        spec.name: spec.held_by(Side.SALESFORCE, fields.get(spec.name))
        for spec in fields_of(Process.CALENDAR)
    }


class WorldProfile:
    """The profile of a `World`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.opened: list[MemoryReplica] = []

    @property
    def state_file(self) -> Path:
        return self.world.folder / "state.db"

    @property
    def lock_file(self) -> Path:
        return self.world.folder / "run.lock"

    def rules(self, _process: Process, now: datetime) -> Rules:
        window = Window.around(now, UTC, self.world.past_days, self.world.future_days)
        return replace(self.world.rules, window=window)

    def identity_key(self, process: Process, side: Side) -> str:
        return f"{process}/{side}"

    def open_replica(
        self, process: Process, side: Side, _remembered: Identity | None, _notify: Callable[[Notice], None]
    ) -> Replica:
        replica = self.world.replica(
            self.world.service(side),
            process,
            before_request=lambda what: self.world.before_request(f"{side}:{what}"),
            after_request=lambda what: self.world.after_request(f"{side}:{what}"),
            refuse=lambda write: self.world.refuse(write),
        )
        self.opened.append(replica)
        return replica


def answering(
    answers: Answers, *, seen: list[Proposal] | None = None
) -> Callable[[Proposal], Awaitable[Review]]:
    """A reviewer that approves with these answers."""

    async def review(proposal: Proposal) -> Review:
        if seen is not None:
            seen.append(proposal)
        return Review(is_approved=True, answers={Process.CALENDAR: answers})

    return review
