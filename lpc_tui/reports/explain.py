"""Why an item was or was not synced: one explanation from what is known of it. Pure.

What is open about it was decided by the planner (`forecast`); here is said what that means where nothing is open: that both
sides agree, that it is out of scope, or that only the history knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from lpc_tui.model.items import Process, Side
from lpc_tui.model.links import Link, Presence, Unlinked
from lpc_tui.model.rules import Action, Rules
from lpc_tui.model.scope import is_covered
from lpc_tui.reports.finding import Subject
from lpc_tui.reports.interface import (
    Explanation,
    Fate,
    HistoryEntry,
    Issue,
    IssueKind,
    Law,
    SettingInForce,
    Verdict,
    Version,
)
from lpc_tui.reports.laws import LAWS, law_of
from lpc_tui.reports.resolutions import keys_of
from lpc_tui.reports.versions import states_of, versions_of_link, versions_of_unlinked
from lpc_tui.wording import action_words

__all__ = ["explain", "issues_about", "window_words"]

_WRITES: Final[Mapping[Action, int]] = MappingProxyType(
    {Action.CREATE: 8, Action.LINK: 8, Action.UPDATE: 3, Action.DELETE: 4}
)
"""The law by which something is about to be done."""

_ORDER: Final = tuple(IssueKind)
"""Where several things are open about an item, the first of these is told first."""


def explain(
    subject: Subject,
    issues: Sequence[Issue],
    operations: Sequence[HistoryEntry],
    rules: Rules,
    value_of: Callable[[str], bool | int | str],
) -> Explanation:
    """Explain an item.

    Args:
        subject: the item, as it was found.
        issues: what is open about it (`issues_about`).
        operations: the latest writes about it, newest first.
        rules: of its process.
        value_of: the value of a setting by its dotted key.
    """
    ordered = sorted(issues, key=lambda issue: _ORDER.index(issue.kind))
    verdict, sentence, law, keys = _told(subject, ordered, operations, rules)
    versions: tuple[Version, ...] = ()
    if subject.link is not None:
        versions = versions_of_link(subject.link)
    elif subject.alone is not None:
        versions = versions_of_unlinked(subject.alone)
    return Explanation(
        item=subject.item,
        verdict=verdict,
        sentence=sentence,
        law=law,
        settings=tuple(SettingInForce(key, value_of(key)) for key in keys),
        versions=versions,
        states={} if subject.link is None else states_of(subject.link),
        issues=tuple(ordered),
        operations=tuple(operations),
    )


def issues_about(subject: Subject, issues: Sequence[Issue]) -> tuple[Issue, ...]:
    """Those of the issues that are about an item or its counterpart."""
    process = subject.item.process
    return tuple(
        issue
        for issue in issues
        if issue.item.process is process
        and issue.kind is not IssueKind.BRAKE
        and any(issue.item.id_on(side) == item_id for side, item_id in subject.ids)
    )


def window_words(rules: Rules) -> str:
    """The synchronised days, as a phrase in brackets; empty where a process has none."""
    window = rules.window
    return "" if window is None else f" ({window.first.isoformat()} to {window.last.isoformat()})"


_Told = tuple[Verdict, str, Law, tuple[str, ...]]


def _told(
    subject: Subject, issues: Sequence[Issue], operations: Sequence[HistoryEntry], rules: Rules
) -> _Told:
    if issues:
        return _open(subject, issues)
    if subject.link is not None:
        return _linked(subject.link, operations, rules)
    if subject.alone is not None:
        return _out_of_scope(subject.item.process, subject.alone, rules)
    return _ended(operations)


def _open(subject: Subject, issues: Sequence[Issue]) -> _Told:
    first = issues[0]
    sentences = list(dict.fromkeys(issue.sentence for issue in issues))
    if subject.alone is not None and first.action is not Action.LINK:
        sentences.insert(0, f"It has no counterpart in {subject.alone.side.other.label}.")
    law = (
        LAWS[_WRITES[first.action]] if first.kind is IssueKind.READY and first.action else law_of(first.kind)
    )
    keys = dict.fromkeys(
        key
        for issue in issues
        for key in keys_of(issue.kind, issue.item.process, issue.side or _hidden_side(issue), issue.action)
    )
    return Verdict.OPEN, " ".join(sentences), law, tuple(keys)


def _hidden_side(issue: Issue) -> Side | None:
    """Where an item is away, or not shown."""
    hidden = (each.side for each in issue.versions if each.is_away or each.presence is Presence.MISSING)
    return next(hidden, None)


def _linked(link: Link, operations: Sequence[HistoryEntry], rules: Rules) -> _Told:
    days = keys_of(IssueKind.ASLEEP, link.process)
    if not _is_in_scope(link, rules):
        sentence = (
            f"Linked, and at rest: it lies outside the synchronised days{window_words(rules)}. Nothing is written on either"
            " side until it comes back into them."
        )
        return Verdict.OUT_OF_SCOPE, sentence, LAWS[5], days
    if link.is_asleep:
        sentence = "Linked, and at rest until now: it is in scope again, and the next run goes on with it."
        return Verdict.OUT_OF_SCOPE, sentence, LAWS[5], days
    done = next((entry for entry in operations if entry.fate is Fate.DONE), None)
    if done is None:
        sentence = "Linked, and both sides agree: it was found on both, and the sync never had to write it."
    else:
        sentence = (
            f"Linked, and both sides agree. The last write of it: {action_words(done.action, done.side)}."
        )
    return Verdict.IN_SYNC, sentence, LAWS[1], ()


def _is_in_scope(link: Link, rules: Rules) -> bool:
    return any(
        is_covered(link.process, mine.item.fields, rules.window)
        for mine in (link.outlook, link.salesforce)
        if mine.item is not None and mine.presence is Presence.PRESENT
    )


def _out_of_scope(process: Process, alone: Unlinked, rules: Rules) -> _Told:
    side, item = alone.side, alone.item
    if item.is_away:
        sentence = "It was moved, reassigned or archived: it is not taken across until it comes back."
        return Verdict.OUT_OF_SCOPE, sentence, LAWS[5], keys_of(IssueKind.AWAY, process, side)
    if process is Process.TASK and item.fields.get("due") is None:
        sentence = "It is completed and has no due date: such tasks are not taken across."
        return Verdict.OUT_OF_SCOPE, sentence, LAWS[5], ()
    sentence = f"It lies outside the synchronised days{window_words(rules)}: it is left where it is."
    return Verdict.OUT_OF_SCOPE, sentence, LAWS[5], keys_of(IssueKind.ASLEEP, process)


def _ended(operations: Sequence[HistoryEntry]) -> _Told:
    """Neither linked nor waiting: only the history knows it."""
    done = next((entry for entry in operations if entry.fate is Fate.DONE), None)
    if done is not None and done.action is Action.DELETE:
        side = done.side
        sentence = f"Deleted from {side.label} by the sync, since it had been deleted in {side.other.label}; its link ended."
        box = keys_of(IssueKind.PREVENTED, done.item.process, side, Action.DELETE)
        return Verdict.ENDED, sentence, LAWS[4], box
    what = "" if done is None else f" The last write of it: {action_words(done.action, done.side)}."
    sentence = f"Only the history knows it: both sides deleted it, or it left the scope before it was linked again.{what}"
    return Verdict.ENDED, sentence, LAWS[8], ()
