"""The table of the review: Salesforce left, the action between, Outlook right; only visible rows are drawn.

The start, or due date, that both sides have in common stands once, before them; where they differ, each side shows its own;
contacts have none. The owner keeps the rows; the table keeps which of them it shows, and the cursor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar, NamedTuple, overload

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lpc_tui.model.field_map import spec_of, time_of
from lpc_tui.model.fields import Kind
from lpc_tui.model.items import Process, Side
from lpc_tui.tui.plain import fit
from lpc_tui.tui.review_list import ReviewList
from lpc_tui.tui.review_rows import Row
from lpc_tui.tui.widgets.line_list import LineList

__all__ = ["ReviewHeader", "ReviewTable"]

_TICK = 4
_START = 12
"""Cells of "12 Mar 10:00"."""
_DAY = 6
"""Cells of a due date; of a start the day, where there is no room for more."""
_SHORTEST_TITLE = 3
_ACTION = 24
_WIDE_ACTION = 38
_WIDE = 110
_NARROW = 75


class _Columns(NamedTuple):
    """Cells of each column; one blank stands between them. A column of no cells is left out."""

    start: int
    salesforce: int
    action: int
    outlook: int

    @classmethod
    def within(cls, width: int, start: int) -> _Columns:
        """The columns of a table of `width` cells whose starts take `start` cells at most."""
        action = _WIDE_ACTION if width >= _WIDE else _ACTION
        start = start if width >= _NARROW else min(start, _DAY)
        gaps = 3 if start else 2
        rest = max(width - _TICK - start - action - gaps, 2)
        return cls(start, rest // 2, action, rest - rest // 2)

    def line(self, start: str, salesforce: str, action: str, outlook: str) -> str:
        """The texts in their columns."""
        texts = (start, salesforce, action, outlook)
        return " ".join(fit(text, width) for text, width in zip(texts, self, strict=True) if width)


def _start_of(process: Process) -> tuple[str, int]:
    """What the column of starts is headed, and the cells of the longest one."""
    time = time_of(process)
    if time is None:
        return "", 0
    return ("Due", _DAY) if spec_of(process, time).kind is Kind.DATE else ("When", _START)


class ReviewHeader(Widget):
    """The headings above the table, in the same columns."""

    DEFAULT_CSS = """
    ReviewHeader { height: 1; color: $foreground; background: $panel; text-style: bold; }
    """

    def __init__(self, process: Process, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._heading, self._start = _start_of(process)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        columns = _Columns.within(width - 1, self._start)
        line = " " * _TICK + columns.line(self._heading, "Salesforce", "Action", "Outlook")
        return Strip([Segment(fit(line, width), self.rich_style)], width)


class VisibleRows(Sequence[Row]):
    """The rows that a filter lets through, looked up one by one as they are drawn."""

    def __init__(self, rows: ReviewList, keys: Sequence[str]) -> None:
        self._rows = rows
        self.keys = keys

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, at: int) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...

    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            return VisibleRows(self._rows, self.keys[at])
        return self._rows[self.keys[at]]


class ReviewTable(LineList):
    """Rows to walk through by keyboard."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"review--person", "review--held"}

    DEFAULT_CSS = """
    ReviewTable {
        & > .review--person { color: $text-warning; text-style: bold; }
        & > .review--held { color: $text-muted; }
    }
    """

    @dataclass
    class CursorMoved(Message):
        """Another row, or the same row with other content, is under the cursor."""

        row: Row | None

    def __init__(self, rows: ReviewList, process: Process, zone: tzinfo, *, id: str | None = None) -> None:
        super().__init__(id=id)
        _, self._start = _start_of(process)
        self._zone = zone
        self._all = rows
        self.rows = VisibleRows(rows, rows.keys)
        """What is shown, from the top."""

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    @property
    def line_count(self) -> int:
        return len(self.rows)

    def show(self, keys: Sequence[str]) -> None:
        """Show the rows of these keys; the cursor stays with its row, if that is among them."""
        row, in_sight = self.row, self._in_sight()
        self.rows = VisibleRows(self._all, keys)
        at = next((at for at, key in enumerate(keys) if row is not None and key == row.key), None)
        if at == self.cursor and in_sight == self._in_sight():
            self.count_changed()
            return
        self.lines_changed()
        self.cursor = self.cursor if at is None else at
        self.cursor_moved()

    def _in_sight(self) -> Sequence[str]:
        first = self.scroll_offset.y
        return self.rows.keys[first : first + self.size.height]

    def rows_changed(self) -> None:
        """Rows read differently, their number is the same: redraw what is in sight."""
        self.refresh_lines(self.scroll_offset.y, self.size.height)
        self.cursor_moved()

    def row_changed(self) -> None:
        """The row under the cursor reads differently."""
        self.refresh_line(self.cursor)
        self.cursor_moved()

    def cursor_moved(self) -> None:
        self.post_message(self.CursorMoved(self.row))

    def line(self, at: int, width: int) -> tuple[str, str]:
        row = self.rows[at]
        name = "person" if row.kind.needs_person else "held" if row.kind.is_held else ""
        return self._text(row, width), f"review--{name}" if name else ""

    def _text(self, row: Row, width: int) -> str:
        columns = _Columns.within(width, self._start)
        action = f"{row.sign} {row.words}"
        if width >= _WIDE and row.fields:
            action = f"{action}: {row.fields}"
        starts = {side: row.start(side, self._zone) for side in Side}
        common = {start for start in starts.values() if start}
        titles = {side: row.title(side) for side in Side}
        room = columns.salesforce - self._start - 1
        if len(common) > 1 and room >= _SHORTEST_TITLE:
            titles = {side: f"{fit(title, room)} {starts[side]}" for side, title in titles.items()}
        start = common.pop()[: columns.start] if len(common) == 1 else ""
        return f"{row.tick} " + columns.line(start, titles[Side.SALESFORCE], action, titles[Side.OUTLOOK])
