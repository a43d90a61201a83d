"""Which rows of the review are shown: by what they do, by the side that is written, by text. Pure.

The screen takes the matches in slices, and shows and answers keys between them: ten thousand rows never hold up a key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lpc_tui.model.items import Side
from lpc_tui.tui.review_list import ReviewList
from lpc_tui.tui.review_rows import Row, RowKind

__all__ = ["SLICE", "RowFilter", "matching"]

SLICE = 500
"""Rows that are looked at in one go; some two milliseconds."""


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What a row has to be to be shown; everything unset lets all rows through."""

    kind: RowKind | None = None
    side: Side | None = None
    """The side that is, or would be, written."""
    needle: str = ""
    """Occurs in either name or in the action; case folded."""

    @property
    def is_on(self) -> bool:
        """Whether it can hide anything."""
        return self != RowFilter()

    def admits(self, row: Row, text: str) -> bool:
        """Whether to show `row`, whose searched text is `text`."""
        return (
            (self.kind is None or row.kind is self.kind)
            and (self.side is None or self.side in row.sides)
            and self.needle in text
        )

    @property
    def words(self) -> str:
        """What is filtered for: `Delete, to Salesforce, "acme"`; the needle is the person's own."""
        parts = [str(self.kind)] if self.kind else []
        if self.side:
            parts.append(f"to {self.side.label}")
        if self.needle:
            parts.append(f'"{self.needle}"')
        return ", ".join(parts)


def matching(rows: ReviewList, wanted: RowFilter) -> Iterator[list[str]]:
    """The keys of the rows that pass, in order: a list for each `SLICE` rows looked at, and at least one."""
    for first in range(0, max(len(rows), 1), SLICE):
        part = rows.keys[first : first + SLICE]
        yield [key for key in part if wanted.admits(rows[key], rows.text(key) if wanted.needle else "")]
