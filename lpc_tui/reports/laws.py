"""The laws of the sync by number, under the names that people read them by (docs/sync.md tells what they say)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lpc_tui.reports.interface import IssueKind, Law

__all__ = ["LAWS", "law_of"]

LAWS: Mapping[int, Law] = MappingProxyType(
    {
        number: Law(number, name)
        for number, name in enumerate(
            (
                "Converge, then be quiet",
                "No echo",
                "Merge by field",
                "A delete needs proof",
                "Leaving the window is not a delete",
                "Private stays private",
                "Prevent is absolute",
                "Match before create",
                "Killed anywhere, nothing is lost or doubled",
                "Stop before a disaster",
                "One bad item is one bad item",
                "No mail by accident",
                "Items are untrusted text",
                "Time is exact",
                "Throttling is obeyed",
            ),
            start=1,
        )
    }
)

_OF: Mapping[IssueKind, int] = MappingProxyType(
    {
        IssueKind.CONFLICT: 3,
        IssueKind.EDIT_AGAINST_DELETE: 3,
        IssueKind.SEVERAL_ALIKE: 8,
        IssueKind.MERGED: 4,
        IssueKind.REFUSED: 11,
        IssueKind.GUESTS: 12,
        IssueKind.SPREADS: 14,
        IssueKind.BRAKE: 10,
        IssueKind.PREVENTED: 7,
        IssueKind.UNSETTLED: 9,
        IssueKind.READY: 1,
        IssueKind.GUARDED: 1,
        IssueKind.ASLEEP: 5,
        IssueKind.AWAY: 5,
        IssueKind.MISSING: 4,
        IssueKind.PRIVATE: 6,
    }
)


def law_of(kind: IssueKind) -> Law:
    """The law that an issue comes from."""
    return LAWS[_OF[kind]]
