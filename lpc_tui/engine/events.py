"""The stream of typed events that a run announces; `--json`, the log file and the log pane render it.

Events are plain values: no rendering, no markup, and no text of a private item. `as_json` gives the documented form
(DESIGN.md section 1), in which instants are UTC ISO 8601.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import TypeAlias

from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action

__all__ = [
    "Counts",
    "Event",
    "JsonEvent",
    "Noticed",
    "OperationEvent",
    "Outcome",
    "Phase",
    "PhaseStarted",
    "ProcessFinished",
    "Progress",
    "RunFinished",
    "RunStarted",
    "Status",
    "as_json",
    "counts_as_json",
]


class Phase(enum.StrEnum):
    """The stretches of a run, in order."""

    READ = "read"
    MATCH = "match"
    PLAN = "plan"
    APPLY = "apply"


class Status(enum.StrEnum):
    """What became of an operation."""

    PLANNED = "planned"
    DONE = "done"
    FAILED = "failed"
    PREVENTED = "prevented"
    SKIPPED = "skipped"
    CONFLICT = "conflict"


class Outcome(enum.StrEnum):
    """How a run ended."""

    OK = "ok"
    PARTIAL = "partial"
    ABORTED = "aborted"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    run: str
    processes: tuple[Process, ...]
    dry_run: bool
    at: datetime
    """Aware UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseStarted:
    process: Process
    phase: Phase
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    process: Process
    phase: Phase
    done: int
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationEvent:
    process: Process
    side: Side
    """The side that is (to be) written; of a link, Salesforce."""
    action: Action
    status: Status
    item: str
    """What the person calls it; untrusted text. `(private)` for a private one."""
    outlook_id: str | None = None
    salesforce_id: str | None = None
    fields: tuple[str, ...] | None = None
    """Canonical names of the fields (to be) written, or in conflict."""
    reason: str | None = None
    """A sentence for the person: why it is prevented, skipped, in conflict, or what the service said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a process did, or would do; both sides of created, updated and deleted."""

    created: Mapping[Side, int] = field(default_factory=dict)
    updated: Mapping[Side, int] = field(default_factory=dict)
    deleted: Mapping[Side, int] = field(default_factory=dict)
    linked: int = 0
    unchanged: int = 0
    prevented: int = 0
    conflicts: int = 0
    skipped: int = 0
    failed: int = 0

    @property
    def writes(self) -> int:
        """How many items were (to be) written on either side."""
        return sum(sum(by_side.values()) for by_side in (self.created, self.updated, self.deleted))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFinished:
    process: Process
    counts: Counts
    requests: Mapping[Side, int]
    """What went over the wire for this process; a batch counts once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something worth a line in the log: a wait the service asked for, a brake, a recovery. No part of the JSON stream,
    whose types are fixed: there it goes to stderr."""

    text: str
    process: Process | None = None
    level: str = "info"
    """info | warning | error"""
    wait_s: float = 0.0
    """How many seconds the run pauses now, as a service asked; 0: it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    run: str
    outcome: Outcome
    exit_code: int
    elapsed_s: float


JsonEvent: TypeAlias = RunStarted | PhaseStarted | Progress | OperationEvent | ProcessFinished | RunFinished
"""The types that the JSON stream has."""

Event: TypeAlias = JsonEvent | Noticed

_NAMES: Mapping[type, str] = {
    RunStarted: "run_started",
    PhaseStarted: "phase_started",
    Progress: "progress",
    OperationEvent: "operation",
    ProcessFinished: "process_finished",
    RunFinished: "run_finished",
}


def as_json(event: JsonEvent) -> dict[str, object]:
    """The event as the documented JSON object; keys without a value are left out."""
    body: dict[str, object] = {"event": _NAMES[type(event)]}
    for each in fields(event):
        value = getattr(event, each.name)
        if value is not None:
            body[each.name] = _plain(value)
    return body


def counts_as_json(counts: Counts) -> dict[str, object]:
    """The documented form of `counts`, also kept in the history."""
    return {
        each.name: _both(value) if isinstance(value := getattr(counts, each.name), Mapping) else value
        for each in fields(counts)
    }


def _plain(value: object) -> object:
    if isinstance(value, Counts):
        return counts_as_json(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return _both(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, enum.StrEnum) else value


def _both(by_side: Mapping[Side, int]) -> dict[str, int]:
    return {str(side): by_side.get(side, 0) for side in Side}
