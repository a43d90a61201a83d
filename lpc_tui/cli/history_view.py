"""Shows past runs and what each wrote, item by item, as text. Pure: reports in, lines out, all foreign text inert."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Final

from lpc_tui.model.field_map import spec_of
from lpc_tui.model.items import Process, Side, Value
from lpc_tui.model.rules import Action
from lpc_tui.plain import plain
from lpc_tui.reports.interface import Fate, FieldChange, HistoryEntry, PastRun, RunEnd
from lpc_tui.reports.words import end_words, fate_words
from lpc_tui.values import stamp_text, start_text, time_text, value_text
from lpc_tui.wording import action_words, counts_words, listed

__all__ = ["entry_lines", "heading_lines", "run_lines"]

_SHORT_ID: Final = 8
_VALUE: Final = 60
"""Cells of a value that are shown."""
_TITLE: Final = 60
_WORDS: Final = 500


def run_lines(run: PastRun, zone: tzinfo) -> Iterator[str]:
    """A run in the list of runs: when, what, how it ended, and a line for each process that did something."""
    names = listed(process.label for process in run.processes)
    yield f"{plain(run.run[:_SHORT_ID]):<{_SHORT_ID}}  {stamp_text(run.started, zone)}  {names}: {_end(run)}"
    indent = " " * (_SHORT_ID + 2)
    for process, counts in run.counts.items():
        yield f"{indent}{process.label}: {counts_words(counts)}"
    for line in _left_open(run):
        yield f"{indent}{line}"


def heading_lines(run: PastRun, zone: tzinfo) -> Iterator[str]:
    """What stands above the writes of a run."""
    until = "" if run.finished is None else f" to {time_text(run.finished, zone)}"
    names = listed(process.label for process in run.processes)
    yield f"Run {plain(run.run)}, {run.started.astimezone(zone):%Y-%m-%d} {time_text(run.started, zone)}{until}"
    yield f"{names}: {_end(run)}"
    for process, counts in run.counts.items():
        yield f"{process.label}: {counts_words(counts)}"
    yield from _left_open(run)


def entry_lines(entry: HistoryEntry, zone: tzinfo) -> Iterator[str]:
    """A write: what and when, what became of it, field by field what was and what is, and the ids."""
    item = entry.item
    when = start_text(item.when, zone).strip()
    name = plain(item.title, _TITLE) + (f" ({when})" if when else "")
    yield (
        f"{time_text(entry.sent_at, zone)}  {item.process.label}: {action_words(entry.action, entry.side)}: {name}:"
        f" {_fate(entry)}"
    )
    if entry.words:
        yield f"          {entry.side.label} says: {plain(entry.words, _WORDS)}"
    for change in entry.changes:
        yield f"          {change.label}: {_change(item.process, entry, change, zone)}"
    ids = [f"{side.label} {plain(item_id)}" for side in Side if (item_id := item.id_on(side))]
    if ids:
        yield f"          {'; '.join(ids)}"


def _fate(entry: HistoryEntry) -> str:
    """What became of a write, and who found out if its own run could not."""
    words = fate_words(entry.fate)
    if entry.settled_by is not None:
        return f"{words}, as the run {plain(entry.settled_by[:_SHORT_ID])} found"
    return words


def _end(run: PastRun) -> str:
    still = ": it still runs, or was stopped" if run.end is RunEnd.OPEN else ""
    code = f" (exit {run.exit_code})" if run.exit_code else ""
    return f"{end_words(run)}{still}{code}"


def _left_open(run: PastRun) -> Iterator[str]:
    if run.recovered:
        yield f"{_writes(run.recovered)} left without an outcome; a later run found out what became of them"
    if run.unsettled:
        yield f"{_writes(run.unsettled)} without an outcome yet; the next run looks what became of them"


def _writes(number: int) -> str:
    return f"{number:,} write" + ("" if number == 1 else "s")


def _change(process: Process, entry: HistoryEntry, change: FieldChange, zone: tzinfo) -> str:
    spec = spec_of(process, change.field)

    def shown(value: Value) -> str:
        return "(empty)" if spec.is_empty(value) else plain(value_text(spec, value, zone), _VALUE)

    match entry.action:
        case Action.DELETE:
            return shown(change.before)
        case Action.CREATE:
            words = shown(change.sent)
        case _:
            words = f"{shown(change.before)} -> {shown(change.sent)}"
    is_rewritten = entry.fate is Fate.DONE and change.after is not None
    if is_rewritten and spec.changed(change.sent, change.after):
        words += f" (read back: {shown(change.after)})"
    return words
