"""Below the review's table: why the row under the cursor is what it is, and its fields side by side.

Drawn line by line, and only where a line reads differently: the cursor passes over many rows, and each step goes down a
slow line.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lpc_tui.tui.plain import MOST, cells, fit, plain, wrapped
from lpc_tui.tui.review_rows import DetailLine, Row, detail_of, reasons_of

__all__ = ["ReviewDetail"]

_SIGN = 3
_MOST_LINES_A_VALUE = 12
_HEADS = DetailLine("", "", "Salesforce now", "Outlook now", "Before")


class ReviewDetail(ScrollView, can_focus=True):
    """The detail of one row; scrolls where it has more than fits."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"detail--strong", "detail--weak"}

    DEFAULT_CSS = """
    ReviewDetail {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .detail--strong { text-style: bold; }
        & > .detail--weak { color: $text-muted; }
    }
    """

    def __init__(self, zone: tzinfo, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._zone = zone
        self._row: Row | None = None
        self._lines: list[tuple[str, str]] = []
        """Each line with the name of its style."""

    def show(self, row: Row | None) -> None:
        """Show the detail of `row`, from its top."""
        self._row = row
        if self.scroll_y:
            self.scroll_to(y=0, animate=False)
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        before, self._lines = self._lines, list(self._content(self.scrollable_content_region.width))
        # While all of it fits, its size stays the pane's: another size would lay out and repaint the whole pane.
        self.virtual_size = Size(self.size.width, max(len(self._lines), self.size.height))
        for y, (old, new) in enumerate(zip_longest(before, self._lines, fillvalue=("", ""))):
            if old != new:
                width = max(cells(old[0]), cells(new[0]))
                self.refresh(Region(0, y - self.scroll_offset.y, width, 1))

    def _content(self, width: int) -> Iterator[tuple[str, str]]:
        if self._row is None or width <= 0:
            yield "Nothing to show.", "weak"
            return
        for sentence in reasons_of(self._row.step):
            for line in wrapped(f"{self._row.sign} {plain(sentence, MOST)}", width):
                yield line, "strong"
        lines, alike = detail_of(self._row.step, self._zone)
        if lines:
            label = max(cells(line.label) for line in lines)
            yield from ((line, "strong") for line in _table_line(_HEADS, label, width))
            for each in lines:
                yield from ((line, "") for line in _table_line(each, label, width))
        if alike:
            for line in wrapped(f"Alike: {', '.join(alike)}", width):
                yield line, "weak"

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if at >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        text, name = self._lines[at]
        style = self.get_component_rich_style(f"detail--{name}") if name else self.rich_style
        return Strip([Segment(fit(text, width), style)], width)


def _table_line(line: DetailLine, label: int, width: int) -> Iterator[str]:
    """A field's line, or lines where a value is long: label, sign, and three columns of equal width."""
    column = max((width - label - _SIGN - 4) // 3, 4)
    values = (line.salesforce, line.outlook, line.before)
    columns = [wrapped(plain(value, MOST), column)[:_MOST_LINES_A_VALUE] for value in values]
    first = (line.label, line.sign)
    for parts in zip_longest(*columns, fillvalue=""):
        start = " ".join((fit(first[0], label), fit(first[1], _SIGN)))
        yield " ".join((start, *(fit(part, column) for part in parts))).rstrip()
        first = ("", "")
