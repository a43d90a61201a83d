"""A log line as the rows it takes at a width: cursor, time, mark, level, words; long ones go on indented. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from lpc_tui.tui.log_book import SIGNS, LogLine
from lpc_tui.tui.plain import wrapped
from lpc_tui.wording import Level

__all__ = ["CURSOR", "FOUND", "MARKED", "Row", "rows_of"]

CURSOR = ">"
MARKED = "*"
FOUND = "/"

_LEAST_WORDS = 10
"""Cells that the words get on the narrowest terminal."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the pane, with all that it is drawn from: two equal rows look the same."""

    text: str
    level: Level = Level.INFO
    spans: tuple[tuple[int, int], ...] = ()
    """The characters that are searched for."""
    is_cursor: bool = False


def rows_of(line: LogLine, width: int, sign: str = " ", cursor: str = " ") -> list[str]:
    """The line in rows of `width` cells; `sign` tells that it is marked or found, `cursor` that the cursor is on it."""
    head = f"{cursor}{line.time:8}{sign}{SIGNS[line.level]} "
    first, *more = wrapped(line.words, max(width - len(head), _LEAST_WORDS))
    return [head + first, *(" " * len(head) + row for row in more)]
