"""The reports laid out as lines for the panes of the terminal UI: a past write, an open issue, an explanation. Pure.

Everything foreign becomes inert here; a private item has no text to begin with (law 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from types import MappingProxyType

from lpc_tui.model.field_map import shared_fields, spec_of
from lpc_tui.model.items import Fields, Process, Side, Value
from lpc_tui.model.links import Presence
from lpc_tui.model.plan import WHOLE
from lpc_tui.reports.interface import (
    Explanation,
    Fate,
    FieldChange,
    FieldState,
    HistoryEntry,
    Issue,
    PastRun,
    Resolution,
    Version,
)
from lpc_tui.reports.words import end_words, fate_words, kind_words, state_words, verdict_words
from lpc_tui.settings_keys import label
from lpc_tui.tui.field_lines import value_lines
from lpc_tui.tui.plain import MOST, plain, wrapped
from lpc_tui.tui.widgets.line_pane import PaneLine
from lpc_tui.values import stamp_text, start_text, time_text, value_text
from lpc_tui.wording import action_words, counts_words, field_label, listed

__all__ = [
    "explanation_lines",
    "issue_lines",
    "issue_title",
    "operation_lines",
    "operation_title",
    "planned_lines",
    "run_lines",
    "run_title",
]

_MOST_LINES_A_VALUE = 12
_MOST_OPERATIONS = 20
_KIND_WIDTH = 18
_SIGNS: Mapping[Fate, str] = MappingProxyType(
    {Fate.DONE: "+", Fate.REFUSED: "!", Fate.UNSETTLED: "?", Fate.NOT_SENT: "-", Fate.NOT_DONE: "-"}
)
_PRESENCES: Mapping[Presence, str] = MappingProxyType(
    {Presence.GONE: "deleted", Presence.MISSING: "not shown by the service", Presence.MERGED: "merged"}
)


# Past runs


def run_title(run: PastRun, zone: tzinfo) -> str:
    """A run as a line: when it began, how it ended, what it did."""
    return f"{stamp_text(run.started, zone)}  {end_words(run):<22}  {_run_counts(run)}"


def run_lines(run: PastRun, zone: tzinfo, width: int) -> Iterator[PaneLine]:
    """All of what a run did, in numbers."""
    until = "" if run.finished is None else f" to {time_text(run.finished, zone)}"
    yield from _text(
        f"{stamp_text(run.started, zone)}{until}: {end_words(run)}. Run {run.run}.", width, "strong"
    )
    for process in run.processes:
        counts = run.counts.get(process)
        words = "no counts" if counts is None else counts_words(counts)
        yield from _text(f"{process.label}: {words}.", width)
    writes = "1 write" if run.operations == 1 else f"{run.operations:,} writes"
    yield from _text(f"{writes} on record.", width, "weak")
    if run.recovered:
        yield from _text(f"{run.recovered:,} of them were settled by a later run.", width, "weak")
    if run.unsettled:
        words = f"{run.unsettled:,} of them have no outcome yet: the next sync looks what became of them."
        yield from _text(f"! {words}", width, "strong")


def _run_counts(run: PastRun) -> str:
    return "; ".join(
        f"{process.label}: {counts_words(run.counts[process])}" if process in run.counts else process.label
        for process in run.processes
    )


def operation_title(entry: HistoryEntry, zone: tzinfo) -> str:
    """A write as a line: what became of it, what it was, of which item."""
    what = f"{action_words(entry.action, entry.side):<22}"
    fate = "" if entry.fate is Fate.DONE else f"  ({fate_words(entry.fate)})"
    when = start_text(entry.item.when, zone)
    title = plain(entry.item.title, MOST)
    return f"{_SIGNS.get(entry.fate, '-')} {what}  {f'{when}  ' if when else ''}{title}{fate}"


def operation_lines(entry: HistoryEntry, zone: tzinfo, width: int) -> Iterator[PaneLine]:
    """A write with what was before, what was written and what was read back."""
    head = f"{action_words(entry.action, entry.side)}: {plain(entry.item.title, MOST)}"
    yield from _text(head, width, "strong")
    settled = "" if entry.settled_by is None else f", as run {entry.settled_by} found out"
    yield from _text(f"{stamp_text(entry.sent_at, zone)}: {fate_words(entry.fate)}{settled}.", width)
    if entry.words:
        yield from _text(f"{entry.side.label} says: {plain(entry.words, MOST)}", width)
    if entry.is_text_forgotten:
        yield from _text("Its text was taken out of the history: it is private.", width, "weak")
    for change in entry.changes:
        yield from _change(entry, change, zone, width)
    yield from _ids(entry.item.outlook_id, entry.item.salesforce_id, width)


def _change(entry: HistoryEntry, change: FieldChange, zone: tzinfo, width: int) -> Iterator[PaneLine]:
    yield from _text(change.label, width, "strong")
    process = entry.item.process
    yield from _value("before", process, change.field, change.before, zone, width)
    if change.sent is not None:
        yield from _value("written", process, change.field, change.sent, zone, width)
    if change.after is not None and change.after != change.sent:
        yield from _value("kept as", process, change.field, change.after, zone, width)


# Open issues


def issue_title(issue: Issue, zone: tzinfo) -> str:
    """An issue as a line: what is open, of which item."""
    sign = "!" if issue.kind.needs_person else "." if issue.kind.rests else "-"
    when = start_text(issue.item.when, zone)
    title = plain(issue.item.title, MOST)
    process = f"{issue.item.process.label:<9}"
    return f"{sign} {kind_words(issue.kind):<{_KIND_WIDTH}} {process} {f'{when}  ' if when else ''}{title}"


def issue_lines(issue: Issue, zone: tzinfo, width: int) -> Iterator[PaneLine]:
    """An issue with the values behind it and what can be done."""
    what = kind_words(issue.kind)
    if issue.side is not None and issue.action is not None:
        what += f": {action_words(issue.action, issue.side)}"
    yield from _text(f"{plain(issue.item.title, MOST)}: {what}", width, "strong")
    yield from _text(plain(issue.sentence, MOST), width)
    if issue.since is not None:
        yield from _text(f"Since {stamp_text(issue.since, zone)}.", width)
    if issue.words:
        yield from _text(
            f"{issue.side.label if issue.side else 'The service'} says: {plain(issue.words, MOST)}", width
        )
    fields = [name for name in issue.fields if name != WHOLE]
    if fields and not issue.conflicts:
        names = listed(field_label(issue.item.process, name) for name in fields)
        yield from _text(f"Fields: {names}.", width, "weak")
    yield from _conflicts(issue, zone, width)
    for number, resolution in enumerate(issue.resolutions, start=1):
        yield from _text(f"{number}  {_resolution_words(resolution)}", width, "strong")
    yield from _ids(issue.item.outlook_id, issue.item.salesforce_id, width)


def _conflicts(issue: Issue, zone: tzinfo, width: int) -> Iterator[PaneLine]:
    process = issue.item.process
    for conflict in issue.conflicts:
        if conflict.field == WHOLE or issue.item.is_private:
            continue
        yield from _text(field_label(process, conflict.field), width, "strong")
        if conflict.base is not None:
            yield from _value("before", process, conflict.field, conflict.base, zone, width)
        yield from _value("Salesforce", process, conflict.field, conflict.salesforce, zone, width)
        yield from _value("Outlook", process, conflict.field, conflict.outlook, zone, width)


def _resolution_words(resolution: Resolution) -> str:
    end = f" ({label(resolution.key)})" if resolution.key else ""
    url = f" {plain(resolution.url, MOST)}" if resolution.url else ""
    return f"{resolution.sentence}{end}{url}"


# Why


def planned_lines(planned: Sequence[str], width: int, *, is_new: bool = False) -> Iterator[PaneLine]:
    """What the plan under review would do with an item, above what is on record of it; nothing outside of a review.

    Args:
        is_new: nothing is on record of the item yet.
    """
    if not planned:
        return
    first, *others = planned
    yield from _text(f"This plan: {plain(first, MOST)}", width, "strong")
    for words in others:
        yield from _text(plain(words, MOST), width)
    record = "Nothing is on record of it yet." if is_new else "What is on record of it:"
    yield from _text("", width)
    yield from _text(record, width, "weak")


def explanation_lines(explanation: Explanation, zone: tzinfo, width: int) -> Iterator[PaneLine]:
    """Why an item is as it is: the sentence, the law, the settings, both versions, what can be done, what was written."""
    item = explanation.item
    head = f"{item.process.label}: {plain(item.title, MOST)}: {verdict_words(explanation.verdict)}"
    yield from _text(head, width, "strong")
    yield from _text(plain(explanation.sentence, MOST), width)
    yield from _text(f"Law {explanation.law.number}: {explanation.law.name}.", width, "weak")
    for setting in explanation.settings:
        value = str(setting.value).lower() if isinstance(setting.value, bool) else setting.value
        yield from _text(plain(f"{label(setting.key)}: {setting.key} = {value}", MOST), width, "weak")
    for issue in explanation.issues:
        for resolution in issue.resolutions:
            yield from _text(f"- {kind_words(issue.kind)}: {_resolution_words(resolution)}", width)
    yield PaneLine("")
    yield from _versions(explanation, zone, width)
    if explanation.operations:
        yield from _text("What the sync wrote, newest first", width, "strong")
        for entry in explanation.operations[:_MOST_OPERATIONS]:
            yield from _text(f"{stamp_text(entry.sent_at, zone)}  {operation_title(entry, zone)}", width)
    yield from _ids(item.outlook_id, item.salesforce_id, width)


def _versions(explanation: Explanation, zone: tzinfo, width: int) -> Iterator[PaneLine]:
    versions = {version.side: version for version in explanation.versions}
    for version in explanation.versions:
        yield from _text(_standing(version, zone), width, "strong")
    if explanation.item.is_private:
        yield from _text("Its text is private: it is not kept here.", width, "weak")
        return
    agreed: list[str] = []
    for spec in shared_fields(explanation.item.process):
        values = {side: version.fields.get(spec.name) for side, version in versions.items()}
        if all(spec.is_empty(value) for value in values.values()):
            continue
        state = explanation.states.get(spec.name)
        if state is FieldState.AGREED and len(versions) > 1:
            agreed.append(f"{spec.label}: {plain(value_text(spec, next(iter(values.values())), zone), 60)}")
            continue
        yield from _text(f"{spec.label}{f' ({state_words(state)})' if state else ''}", width, "strong")
        base = _base(versions.values(), spec.name)
        if base is not None:
            yield from _value("before", explanation.item.process, spec.name, base, zone, width)
        for side in (Side.SALESFORCE, Side.OUTLOOK):
            if side in values:
                yield from _value(side.label, explanation.item.process, spec.name, values[side], zone, width)
    for line in agreed:
        yield from _text(line, width, "weak")


def _base(versions: Iterable[Version], name: str) -> Value:
    return next((version.base[name] for version in versions if _has(version.base, name)), None)


def _has(fields: Fields, name: str) -> bool:
    return fields.get(name) is not None


def _standing(version: Version, zone: tzinfo) -> str:
    words = _PRESENCES.get(version.presence, "there")
    if version.is_away and version.presence is Presence.PRESENT:
        words = "moved, reassigned or archived"
    modified = "" if version.modified is None else f", modified {stamp_text(version.modified, zone)}"
    return f"{version.side.label}: {words}{modified}"


# Lines


def _text(inert: str, width: int, style: str = "") -> Iterator[PaneLine]:
    for line in wrapped(inert, max(width, 1)):
        yield PaneLine(line, style)


def _value(
    name: str, process: Process, field: str, value: Value, zone: tzinfo, width: int
) -> Iterator[PaneLine]:
    """A field's value beside its name, on as many lines as it takes, up to a few."""
    indent = 13
    text = value_text(spec_of(process, field), value, zone)
    lines = value_lines(text, max(width - indent, 1))
    shown = lines[:_MOST_LINES_A_VALUE]
    if len(lines) > len(shown):
        shown[-1] = f"({len(lines) - len(shown) + 1:,} more lines)"
    for at, line in enumerate(shown):
        yield PaneLine(f"  {'' if at else name:<{indent - 2}}{line}")


def _ids(outlook: str | None, salesforce: str | None, width: int) -> Iterator[PaneLine]:
    for name, value in (("Outlook id", outlook), ("Salesforce id", salesforce)):
        if value:
            yield from _text(f"{name}: {plain(value, MOST)}", width, "weak")
