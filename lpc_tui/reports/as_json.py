"""The reports as JSON objects: what `--json` of `history` and `why` prints, one a line. Pure.

Keys are those of a run's events where they mean the same (DESIGN.md, section 1): `event` names the type, instants are UTC
ISO 8601, the name of a private item is `(private)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final

from lpc_tui.engine.events import Status, counts_as_json
from lpc_tui.model.items import AllDay, Fields, Timed, Value
from lpc_tui.reports.interface import (
    Answer,
    Explanation,
    Fate,
    FieldChange,
    HistoryEntry,
    Issue,
    ItemRef,
    PastRun,
    Resolution,
    Version,
)

__all__ = ["answer_as_json", "entry_as_json", "run_as_json"]

JsonObject = dict[str, object]

_STATUSES: Final[Mapping[Fate, Status]] = MappingProxyType(
    {Fate.DONE: Status.DONE, Fate.REFUSED: Status.FAILED}
)
"""What a run's event says of the write; where nothing came of it, that it was skipped."""


def run_as_json(run: PastRun) -> JsonObject:
    """A past run."""
    return {
        "event": "run",
        "run": run.run,
        "started_at": _at(run.started),
        "finished_at": _at(run.finished),
        "end": run.end.value,
        "outcome": None if run.outcome is None else run.outcome.value,
        "exit_code": run.exit_code,
        "processes": [process.value for process in run.processes],
        "counts": {process.value: counts_as_json(counts) for process, counts in run.counts.items()},
        "operations": run.operations,
        "unsettled": run.unsettled,
        "recovered": run.recovered,
    }


def entry_as_json(entry: HistoryEntry) -> JsonObject:
    """One write of a run."""
    return {
        "event": "operation",
        "run": entry.run,
        "number": entry.number,
        **_item(entry.item),
        "side": entry.side.value,
        "action": entry.action.value,
        "status": _STATUSES.get(entry.fate, Status.SKIPPED).value,
        "fate": entry.fate.value,
        "fields": [change.field for change in entry.changes],
        "changes": [_change(change) for change in entry.changes],
        "reason": entry.words or None,
        "sent_at": _at(entry.sent_at),
        "settled_at": _at(entry.settled_at),
        "settled_by": entry.settled_by,
    }


def answer_as_json(answer: Answer) -> tuple[JsonObject, ...]:
    """An answer, as one explanation, or the items to choose from, or that nothing is known."""
    if answer.explanation is not None:
        return (_explanation(answer.explanation),)
    if answer.choices:
        return tuple({"event": "choice", **_item(item)} for item in answer.choices)
    return ({"event": "unknown", "asked": answer.asked, "reasons": list(answer.reasons)},)


def _explanation(explanation: Explanation) -> JsonObject:
    return {
        "event": "explanation",
        **_item(explanation.item),
        "verdict": explanation.verdict.value,
        "sentence": explanation.sentence,
        "law": {"number": explanation.law.number, "name": explanation.law.name},
        "settings": {each.key: each.value for each in explanation.settings},
        "versions": [_version(each) for each in explanation.versions],
        "states": {name: state.value for name, state in explanation.states.items()},
        "issues": [_issue(each) for each in explanation.issues],
        "operations": [entry_as_json(each) for each in explanation.operations],
    }


def _issue(issue: Issue) -> JsonObject:
    return {
        "kind": issue.kind.value,
        "sentence": issue.sentence,
        "side": None if issue.side is None else issue.side.value,
        "action": None if issue.action is None else issue.action.value,
        "fields": list(issue.fields),
        "conflicts": [
            {
                "field": each.field,
                "outlook": _value(each.outlook),
                "salesforce": _value(each.salesforce),
                "base": _value(each.base),
            }
            for each in issue.conflicts
        ],
        "words": issue.words or None,
        "since": _at(issue.since),
        "resolutions": [_resolution(each) for each in issue.resolutions],
    }


def _resolution(resolution: Resolution) -> JsonObject:
    return {
        "kind": resolution.kind.value,
        "sentence": resolution.sentence,
        "process": resolution.process.value,
        "key": resolution.key or None,
        "side": None if resolution.side is None else resolution.side.value,
        "url": resolution.url or None,
    }


def _version(version: Version) -> JsonObject:
    return {
        "side": version.side.value,
        "id": version.id,
        "presence": version.presence.value,
        "is_private": version.is_private,
        "is_away": version.is_away,
        "modified_at": _at(version.modified),
        "fields": _fields(version.fields),
        "base": _fields(version.base),
        "url": version.url or None,
    }


def _item(item: ItemRef) -> JsonObject:
    return {
        "process": item.process.value,
        "item": item.title,
        "when": _value(item.when),
        "outlook_id": item.outlook_id,
        "salesforce_id": item.salesforce_id,
    }


def _change(change: FieldChange) -> JsonObject:
    return {
        "field": change.field,
        "before": _value(change.before),
        "sent": _value(change.sent),
        "after": _value(change.after),
    }


def _fields(fields: Fields) -> JsonObject:
    return {name: _value(value) for name, value in fields.items()}


def _value(value: Value) -> object:
    """Instants in UTC and days in ISO 8601; a stretch of time as its two ends."""
    match value:
        case Timed():
            return {"start": _at(value.start), "end": _at(value.end)}
        case AllDay():
            return {"first_day": value.first.isoformat(), "last_day": value.last.isoformat()}
        case datetime():
            return _at(value)
        case date():
            return value.isoformat()
        case tuple():
            return list(value)
        case _:
            return value


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
