"""A pane of lines that are read, not walked through: scrolls by the arrows, and redraws only lines that read differently.

The table's cursor passes over many rows, and each step that changes the pane goes down a slow line. Words between the marks
of `word_diff` are drawn in colours, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lpc_tui.tui.plain import cells, fit

__all__ = ["LinePane", "PaneLine"]

_MARKED = re.compile(r"(\{\+.*?\+\}|\[-.*?-\])")


class PaneLine(NamedTuple):
    """One line, inert."""

    text: str
    style: str = ""
    """`strong` or `weak`; empty: as it is."""


class LinePane(ScrollView, can_focus=True):
    """The base; who derives from it gives the lines for a width."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane--strong", "pane--weak", "pane--new", "pane--gone"}

    DEFAULT_CSS = """
    LinePane {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .pane--strong { text-style: bold; }
        & > .pane--weak { color: $text-muted; }
        & > .pane--new { color: $text-success; text-style: bold; }
        & > .pane--gone { color: $text-error; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_by(-1)", "Up", show=False),
        Binding("down", "scroll_by(1)", "Down", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[PaneLine] = []

    def content(self, width: int) -> Iterable[PaneLine]:
        """The lines as they are now, in `width` cells."""
        raise NotImplementedError

    def to_top(self) -> None:
        """Show the first line."""
        if self.scroll_y:
            self.scroll_to(y=0, animate=False)

    def action_scroll_by(self, lines: int) -> None:
        self.scroll_relative(y=lines, animate=False)

    def on_resize(self) -> None:
        self.lay_out()

    def lay_out(self) -> None:
        """Ask for the lines anew and redraw those that read differently."""
        width = self.scrollable_content_region.width
        before, self._lines = self._lines, list(self.content(width)) if width > 0 else []
        # While all of it fits, its size stays the pane's: another size would lay out and repaint the whole pane.
        self.virtual_size = Size(self.size.width, max(len(self._lines), self.size.height))
        for y, (old, new) in enumerate(zip_longest(before, self._lines, fillvalue=PaneLine(""))):
            if old != new:
                region = Region(0, y - self.scroll_offset.y, max(cells(old.text), cells(new.text)), 1)
                self.refresh(region)

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if at >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        return Strip(list(self._segments(self._lines[at], width)), width)

    def _segments(self, line: PaneLine, width: int) -> Iterator[Segment]:
        style = self.get_component_rich_style(f"pane--{line.style}") if line.style else self.rich_style
        for at, part in enumerate(_MARKED.split(fit(line.text, width))):
            yield Segment(part, self._mark(part) if at % 2 else style)

    def _mark(self, part: str) -> Style:
        return self.get_component_rich_style("pane--new" if part.startswith("{") else "pane--gone")
