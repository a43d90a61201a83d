"""The table of the review: Salesforce left, the action between, Outlook right; only visible rows are drawn.

The start, or due date, that both sides have in common stands once, before them; where they differ, each side shows its own;
contacts have none. Ten thousand rows cost what one screenful does. The owner keeps the rows; the table keeps the cursor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from lpc_tui.model.field_map import spec_of, time_of
from lpc_tui.model.fields import Kind
from lpc_tui.model.items import Process, Side
from lpc_tui.tui.plain import fit
from lpc_tui.tui.review_rows import Row, RowKind

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

    def __init__(self, process: Process, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._heading, self._start = _start_of(process)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        columns = _Columns.within(width - 1, self._start)
        line = " " * _TICK + columns.line(self._heading, "Salesforce", "Action", "Outlook")
        return Strip([Segment(fit(line, width), self.rich_style)], width)


class ReviewTable(ScrollView, can_focus=True):
    """Rows to walk through by keyboard."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"review--cursor", "review--conflict", "review--held"}

    DEFAULT_CSS = """
    ReviewTable {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        background: $surface;
        & > .review--conflict { color: $text-warning; text-style: bold; }
        & > .review--held { color: $text-muted; }
        & > .review--cursor { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
        &:focus > .review--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "jump(0)", "First row", show=False),
        Binding("end", "jump(-1)", "Last row", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    @dataclass
    class CursorMoved(Message):
        """Another row, or the same row with other content, is under the cursor."""

        row: Row | None

    def __init__(self, process: Process, zone: tzinfo, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        _, self._start = _start_of(process)
        self._zone = zone
        self._rows: Sequence[Row] = ()

    @property
    def rows(self) -> Sequence[Row]:
        """What is shown, from the top."""
        return self._rows

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows, keeping the cursor's place; lines in sight that read the same are not repainted."""
        before, self._rows = self._rows, rows
        self.cursor = min(self.cursor, max(len(rows) - 1, 0))
        if len(before) != len(rows):
            self.virtual_size = Size(self.size.width, len(rows))
            self.refresh()
        else:
            first = self.scroll_offset.y
            for at in range(first, min(first + self.size.height, len(rows))):
                if before[at] != rows[at]:
                    self.refresh_line(at)
        self.post_message(self.CursorMoved(self.row))

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, len(self._rows) - 1)) if self._rows else 0

    def watch_cursor(self, before: int, now: int) -> None:
        self.scroll_to_region(Region(0, now, 1, 1), animate=False, force=True)
        self.refresh_line(before)
        self.refresh_line(now)
        self.post_message(self.CursorMoved(self.row))

    def action_move(self, by: int) -> None:
        self.cursor += by

    def action_page(self, direction: int) -> None:
        self.cursor += direction * max(self.size.height - 1, 1)

    def action_jump(self, at: int) -> None:
        self.cursor = at if at >= 0 else len(self._rows) + at

    def on_click(self, event: events.Click) -> None:
        self.cursor = event.y + self.scroll_offset.y

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if at >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[at]
        style = self.rich_style
        if at == self.cursor:
            style = self.get_component_rich_style("review--cursor")
        elif row.kind is not RowKind.TO_DO:
            name = "conflict" if row.kind is RowKind.CONFLICT else "held"
            style = self.get_component_rich_style(f"review--{name}")
        return Strip([Segment(fit(self._line(row, width), width), style)], width)

    def _line(self, row: Row, width: int) -> str:
        columns = _Columns.within(width, self._start)
        action = f"{row.sign} {row.words}"
        if width >= _WIDE and row.fields:
            action = f"{action}: {row.fields}"
        tick = f"[{'x' if row.is_included else ' '}]" if row.can_exclude else "   "
        starts = {side: row.start(side, self._zone) for side in Side}
        common = {start for start in starts.values() if start}
        titles = {side: row.title(side) for side in Side}
        room = columns.salesforce - self._start - 1
        if len(common) > 1 and room >= _SHORTEST_TITLE:
            titles = {side: f"{fit(title, room)} {starts[side]}" for side, title in titles.items()}
        start = common.pop()[: columns.start] if len(common) == 1 else ""
        return f"{tick} " + columns.line(start, titles[Side.SALESFORCE], action, titles[Side.OUTLOOK])
