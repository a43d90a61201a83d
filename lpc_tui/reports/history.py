"""Runs and operations of the state file as the history tells them: what was before, what was written, what was read back.

Pure but for the lookups it is handed. The journal holds writes alone: links made and ended show in a run's counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from lpc_tui.engine.events import Counts, Outcome
from lpc_tui.model.field_map import shared_fields, time_of
from lpc_tui.model.items import EMPTY, Process, Side, Value
from lpc_tui.model.rules import Action
from lpc_tui.reports.interface import PRIVATE, Fate, FieldChange, HistoryEntry, ItemRef, PastRun, RunEnd
from lpc_tui.state.codec import load_word
from lpc_tui.state.lookups import Lookups, Tally
from lpc_tui.state.rows import Journalled, RunRecord

__all__ = ["entries_of", "past_run"]


def past_run(record: RunRecord, tally: Tally, *, is_latest: bool) -> PastRun:
    """A run as the history lists it."""
    without_end = RunEnd.OPEN if is_latest else RunEnd.STOPPED
    return PastRun(
        run=record.id,
        started=record.started_at,
        finished=record.finished_at,
        end=without_end if record.finished_at is None else RunEnd.ENDED,
        outcome=load_word(Outcome, record.outcome) if record.outcome else None,
        exit_code=record.exit_code,
        processes=record.processes,
        counts={
            process: _counts(record.counts[process])
            for process in record.processes
            if process in record.counts
        },
        operations=tally.operations,
        unsettled=tally.unsettled,
        recovered=tally.recovered,
    )


def entries_of(
    lookups: Lookups,
    journal: Collection[Journalled],
    hidden: Mapping[Process, Collection[tuple[Side, str]]],
) -> tuple[HistoryEntry, ...]:
    """Operations of the journal as the history tells them.

    Args: hidden: by process the items that turned private since, with the private box off: nothing of them is told.
    """
    settlers: dict[datetime, str | None] = {}

    def settled_by(operation: Journalled) -> str | None:
        """The later run that found out about an operation; None where its own run knew."""
        at = operation.settled_at
        if at is None:
            return None
        if at not in settlers:
            settlers[at] = lookups.begun_by(at)
        return None if settlers[at] == operation.run else settlers[at]

    return tuple(_entry(each, settled_by(each), hidden.get(each.process, ())) for each in journal)


def _counts(kept: Mapping[str, object]) -> Counts:
    """Counts as the state file keeps them (`engine.events.counts_as_json`)."""

    def number(value: object) -> int:
        return value if isinstance(value, int) else 0

    def by_side(name: str) -> Mapping[Side, int]:
        value = kept.get(name)
        return {side: number(value.get(side)) for side in Side} if isinstance(value, Mapping) else {}

    return Counts(
        created=by_side("created"),
        updated=by_side("updated"),
        deleted=by_side("deleted"),
        linked=number(kept.get("linked")),
        unchanged=number(kept.get("unchanged")),
        prevented=number(kept.get("prevented")),
        conflicts=number(kept.get("conflicts")),
        skipped=number(kept.get("skipped")),
        failed=number(kept.get("failed")),
    )


def _ids(operation: Journalled) -> dict[Side, str]:
    """The ids of the items that an operation is about."""
    ids = {operation.side: operation.item_id, operation.side.other: operation.source_id}
    return {side: item_id for side, item_id in ids.items() if item_id}


def _entry(
    operation: Journalled, settled_by: str | None, hidden: Collection[tuple[Side, str]]
) -> HistoryEntry:
    ids = _ids(operation)
    is_private = operation.is_private or any(each in hidden for each in ids.items())
    return HistoryEntry(
        number=operation.number,
        run=operation.run,
        side=operation.side,
        action=operation.action,
        item=ItemRef(
            process=operation.process,
            title=PRIVATE if is_private else operation.title,
            outlook_id=ids.get(Side.OUTLOOK),
            salesforce_id=ids.get(Side.SALESFORCE),
            when=None if is_private else _when(operation),
            is_private=is_private,
        ),
        fate=_fate(operation),
        changes=() if is_private else tuple(_changes(operation)),
        words="" if is_private else operation.words,
        sent_at=operation.sent_at,
        settled_at=operation.settled_at,
        settled_by=settled_by,
        is_text_forgotten=operation.is_forgotten,
    )


def _fate(operation: Journalled) -> Fate:
    return Fate.UNSETTLED if operation.settled_at is None else load_word(Fate, operation.state)


def _when(operation: Journalled) -> Value:
    """The item's time, as far as the journal tells it: after the write, else before it."""
    time = time_of(operation.process)
    if time is None:
        return None
    before = EMPTY if operation.before is None else operation.before.fields
    return operation.fields.get(time, before.get(time))


def _changes(operation: Journalled) -> Iterator[FieldChange]:
    """What a write was to change, field by field; a new item's and a deleted one's empty fields say nothing."""
    before = EMPTY if operation.before is None else operation.before.fields
    after = EMPTY if operation.after is None or _fate(operation) is not Fate.DONE else operation.after.fields
    told = before if operation.action is Action.DELETE else operation.fields
    for spec in shared_fields(operation.process):
        if spec.name not in told:
            continue
        if operation.action is not Action.UPDATE and spec.is_empty(told[spec.name]):
            continue
        yield FieldChange(
            field=spec.name,
            label=spec.label,
            before=before.get(spec.name),
            sent=operation.fields.get(spec.name),
            after=after.get(spec.name),
        )
