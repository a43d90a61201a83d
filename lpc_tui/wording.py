"""One plain line for each event of a run, for people: the log pane, the log file and the command line all print these.

Pure: no colour, no time stamp (the caller adds both), no markup. Everything foreign in a line is already inert. The
machine-readable form of the same events is `events.as_json`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, assert_never

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
from lpc_tui.model.field_map import FIELDS, has_privacy
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action
from lpc_tui.plain import plain

if TYPE_CHECKING:
    from lpc_tui.model.plan import Step

__all__ = [
    "Level",
    "action_words",
    "conflict_words",
    "counts_words",
    "describe",
    "field_label",
    "guest_names",
    "level_of",
    "listed",
    "outcome_words",
    "phase_words",
    "privacy_note",
    "privacy_words",
]


class Level(enum.StrEnum):
    """How much a line matters; whoever has colours may show it by one."""

    INFO = "info"
    GOOD = "good"
    """Something was written, or all went well."""
    WARNING = "warning"
    """Something waits for the person."""
    ERROR = "error"


_MOST_GUESTS = 6
_LONGEST_NAME = 40

_PHASES: Mapping[Phase, str] = MappingProxyType(
    {
        Phase.READ: "reading both sides",
        Phase.MATCH: "matching items",
        Phase.PLAN: "planning",
        Phase.APPLY: "writing",
    }
)

_ACTIONS: Mapping[Action, str] = MappingProxyType(
    {
        Action.CREATE: "Add to {side}",
        Action.UPDATE: "Update {side}",
        Action.DELETE: "Delete from {side}",
        Action.LINK: "Link",
        Action.UNLINK: "Unlink",
    }
)

_STATUSES: Mapping[Status, str] = MappingProxyType(
    {
        Status.PLANNED: "to do",
        Status.DONE: "done",
        Status.FAILED: "FAILED",
        Status.PREVENTED: "prevented",
        Status.SKIPPED: "skipped",
        Status.CONFLICT: "conflict",
    }
)

_OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.OK: "all done",
        Outcome.PARTIAL: "some items need you",
        Outcome.ABORTED: "stopped early",
        Outcome.CANCELLED: "cancelled; run it again to continue",
    }
)

_OUTCOME_LEVELS: Mapping[Outcome, Level] = MappingProxyType(
    {
        Outcome.OK: Level.GOOD,
        Outcome.PARTIAL: Level.WARNING,
        Outcome.ABORTED: Level.ERROR,
        Outcome.CANCELLED: Level.WARNING,
    }
)

_STATUS_LEVELS: Mapping[Status, Level] = MappingProxyType(
    {
        Status.PLANNED: Level.INFO,
        Status.DONE: Level.GOOD,
        Status.FAILED: Level.ERROR,
        Status.PREVENTED: Level.WARNING,
        Status.SKIPPED: Level.INFO,
        Status.CONFLICT: Level.WARNING,
    }
)


def describe(event: Event) -> str:
    """The event as one line of plain text, without a time stamp."""
    match event:
        case RunStarted():
            names = listed(process.label for process in event.processes)
            return f"Sync started: {names}" + (" (dry run: nothing is written)" if event.dry_run else "")
        case PhaseStarted():
            extent = "" if event.total is None else f" ({_extent(event.phase, event.total)})"
            return f"{event.process.label}: {phase_words(event.phase)}{extent}"
        case Progress():
            of = "" if event.total is None else f" of {event.total:,}"
            return f"{event.process.label}: {phase_words(event.phase)}, {event.done:,}{of}"
        case OperationEvent():
            return _operation(event)
        case ProcessFinished():
            requests = listed(f"{event.requests.get(side, 0):,} to {side.label}" for side in Side)
            return f"{event.process.label}: {counts_words(event.counts)}. Requests: {requests}."
        case Noticed():
            sign = {"warning": "Warning: ", "error": "Error: "}.get(event.level, "")
            about = f"{event.process.label}: " if event.process else ""
            return f"{sign}{about}{plain(event.text, 500)}"
        case RunFinished():
            return f"Sync finished {event.elapsed_s:.1f} s after its start: {outcome_words(event.outcome)}"
        case _:
            assert_never(event)


def level_of(event: Event) -> Level:
    """How much the event's line matters."""
    match event:
        case OperationEvent():
            return _STATUS_LEVELS[event.status]
        case Noticed():
            return Level(event.level)
        case RunFinished():
            return _OUTCOME_LEVELS[event.outcome]
        case RunStarted() | PhaseStarted() | Progress() | ProcessFinished():
            return Level.INFO
        case _:
            assert_never(event)


def action_words(action: Action, side: Side) -> str:
    """What is (to be) done, in the words of the Synchronization Summary: "Add to Outlook"."""
    return _ACTIONS[action].format(side=side.label)


def conflict_words(step: Step) -> str:
    """What the two sides of a conflict have done: edited against deleted, never agreed, or both edited since they did."""
    if step.is_edit_against_delete:
        return "Edited and deleted"
    return "The two sides differ" if step.is_first_meeting else "Changed on both sides"


def phase_words(phase: Phase) -> str:
    """The phase as the continuation of "Calendar: "."""
    return _PHASES[phase]


def outcome_words(outcome: Outcome) -> str:
    """How a run ended, as the continuation of "Sync finished: "."""
    return _OUTCOMES[outcome]


def field_label(process: Process, name: str) -> str:
    """A canonical field's label for people; the name itself if the process has no such field."""
    return next((spec.label for spec in FIELDS.get(process, ()) if spec.name == name), plain(name, 40))


def privacy_words(process: Process) -> str:
    """Which sides can mark an item private, as a sentence."""
    match _marked_sides(process):
        case []:
            return f"Neither side can mark a {process.label.lower()} private."
        case [side]:
            item = process.label.lower()
            return f"Only {side.label} can mark a {item} private; {side.other.label} has no such mark."
        case _:
            return "Both sides can mark an item private."


def privacy_note(process: Process) -> str:
    """What stands behind "Synchronize Private Items", in brief; empty where both sides have such a mark."""
    match _marked_sides(process):
        case []:
            return f"no effect: {process.label.lower()}s have no such mark"
        case [side]:
            return f"only {side.label} has such a mark"
        case _:
            return ""


def counts_words(counts: Counts) -> str:
    """What a process did, or would do, as a sentence without its period; nothing is said of what is zero."""
    parts = [
        f"{by_side[side]:,} {verb} {side.label}"
        for by_side, verb in (
            (counts.created, "added to"),
            (counts.updated, "updated in"),
            (counts.deleted, "deleted from"),
        )
        for side in Side
        if by_side.get(side)
    ]
    parts += [
        f"{number:,} {word}"
        for number, word in (
            (counts.linked, "linked"),
            (counts.prevented, "prevented"),
            (counts.conflicts, "in conflict"),
            (counts.skipped, "skipped"),
            (counts.failed, "failed"),
            (counts.unchanged, "unchanged"),
        )
        if number
    ]
    return ", ".join(parts) or "nothing to do"


def guest_names(step: Step) -> str:
    """Whom the service may write to once the person has said yes to a step; empty if it tells no name."""
    names = [plain(name, _LONGEST_NAME) for name in step.guests]
    more = ["others"] if len(names) > _MOST_GUESTS else []
    return listed([*names[:_MOST_GUESTS], *more])


def listed(words: Iterable[str]) -> str:
    """The words as people list them: "a", "a and b", "a, b and c"."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _marked_sides(process: Process) -> list[Side]:
    return [side for side in Side if has_privacy(process, side)]


def _operation(event: OperationEvent) -> str:
    line = f"{event.process.label}: {_STATUSES[event.status]}: {action_words(event.action, event.side)}: "
    line += plain(event.item, 80)
    if event.fields and event.status in {Status.CONFLICT, Status.FAILED}:
        line += f" [{', '.join(field_label(event.process, name) for name in event.fields)}]"
    return f"{line} ({plain(event.reason, 300)})" if event.reason else line


def _extent(phase: Phase, total: int) -> str:
    unit = "write" if phase is Phase.APPLY else "item"
    return f"{total:,} {unit}" if total == 1 else f"{total:,} {unit}s"
