"""What people call the kinds of the reports: one word for each, on the command line and in the terminal UI. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lpc_tui.reports.interface import Fate, FieldState, IssueKind, PastRun, RunEnd, Verdict
from lpc_tui.wording import outcome_words

__all__ = ["end_words", "fate_words", "kind_words", "state_words", "verdict_words"]

_FATES: Mapping[Fate, str] = MappingProxyType(
    {
        Fate.DONE: "done",
        Fate.REFUSED: "refused",
        Fate.CHANGED: "not sent: it had changed meanwhile",
        Fate.GONE: "not sent: it was gone",
        Fate.NOT_SENT: "not sent",
        Fate.NOT_DONE: "had not happened",
        Fate.UNSETTLED: "outcome unknown",
    }
)

_KINDS: Mapping[IssueKind, str] = MappingProxyType(
    {
        IssueKind.CONFLICT: "conflict",
        IssueKind.EDIT_AGAINST_DELETE: "edited and deleted",
        IssueKind.SEVERAL_ALIKE: "several alike",
        IssueKind.MERGED: "merged",
        IssueKind.REFUSED: "refused",
        IssueKind.GUESTS: "mail to guests",
        IssueKind.SPREADS: "whole series",
        IssueKind.BRAKE: "brake",
        IssueKind.PREVENTED: "prevented",
        IssueKind.UNSETTLED: "outcome unknown",
        IssueKind.READY: "next sync does it",
        IssueKind.GUARDED: "kept as it is",
        IssueKind.ASLEEP: "asleep",
        IssueKind.AWAY: "moved away",
        IssueKind.MISSING: "not shown",
        IssueKind.PRIVATE: "private",
    }
)

_VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.IN_SYNC: "in sync",
        Verdict.OPEN: "open",
        Verdict.OUT_OF_SCOPE: "out of scope",
        Verdict.ENDED: "no longer linked",
    }
)

_STATES: Mapping[FieldState, str] = MappingProxyType(
    {
        FieldState.AGREED: "agreed",
        FieldState.OUTLOOK: "changed in Outlook",
        FieldState.SALESFORCE: "changed in Salesforce",
        FieldState.BOTH: "changed on both sides",
        FieldState.NEVER: "never agreed on",
    }
)

_ENDS: Mapping[RunEnd, str] = MappingProxyType(
    {RunEnd.STOPPED: "stopped without an end", RunEnd.OPEN: "has no end yet"}
)


def fate_words(fate: Fate) -> str:
    """What became of a write."""
    return _FATES[fate]


def kind_words(kind: IssueKind) -> str:
    """What is open about an item."""
    return _KINDS[kind]


def verdict_words(verdict: Verdict) -> str:
    """What an explanation says of an item."""
    return _VERDICTS[verdict]


def state_words(state: FieldState) -> str:
    """How a field stands against what both sides last agreed on."""
    return _STATES[state]


def end_words(run: PastRun) -> str:
    """How a run ended."""
    if run.outcome is None:
        return _ENDS.get(run.end, "ended")
    return outcome_words(run.outcome).partition(";")[0]
