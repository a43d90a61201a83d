"""The log pane: the run's events as lines, bounded in memory, drawn only where visible; long lines go on in the next row.

It follows the tail while the person is at the end; scrolled up, it stays where it is and says how much is new.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lpc_tui.tui.plain import MOST, fit, plain, wrapped
from lpc_tui.wording import Level

__all__ = ["MOST_LINES", "LogLine", "LogPane"]

MOST_LINES = 2_000

_SIGNS: Mapping[Level, str] = MappingProxyType(
    {Level.INFO: " ", Level.GOOD: "+", Level.WARNING: "!", Level.ERROR: "E"}
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event as it is shown: local time, how much it matters, the words."""

    time: str
    level: Level
    words: str

    def rows(self, width: int) -> list[str]:
        """The line broken into rows of `width` cells; what goes on is indented under the words."""
        head = f"{self.time} {_SIGNS[self.level]} "
        first, *more = wrapped(plain(self.words, MOST), max(width - len(head), 1))
        return [head + first, *(" " * len(head) + row for row in more)]


class LogPane(ScrollView, can_focus=True):
    """Shows the newest `MOST_LINES` lines."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"log--good", "log--warning", "log--error"}

    DEFAULT_CSS = """
    LogPane {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        border-top: solid $border-blurred;
        border-title-color: $text-muted;
        border-title-style: bold;
        background: $surface;
        &:focus { border-top: solid $border; border-title-color: $text; }
        & > .log--good { color: $text-success; }
        & > .log--warning { color: $text-warning; }
        & > .log--error { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: deque[LogLine] = deque()
        self._rows: deque[tuple[str, Level]] = deque()
        """The lines as they are drawn, in rows of `_width` cells; none while the pane has no size."""
        self._heights: deque[int] = deque()
        """How many rows each line takes."""
        self._width = 0
        self._follows = True
        self._unseen = 0
        self.border_title = "Log"

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """What is kept, oldest first."""
        return tuple(self._lines)

    def add(self, lines: Iterable[LogLine]) -> None:
        """Append a batch; one layout and one repaint for all of it."""
        new = list(lines)
        self._lines.extend(new)
        self._append_rows(new)
        dropped = self._drop_oldest()
        self.virtual_size = Size(self.size.width, len(self._rows))
        if self._follows:
            self.call_after_refresh(self._show_tail)
        else:
            self._unseen += len(new)
            if dropped:
                self.scroll_to(y=max(self.scroll_y - dropped, 0), animate=False)
            self._tell_unseen()
        self.refresh()

    def _append_rows(self, lines: Iterable[LogLine]) -> None:
        if self._width <= 0:
            return
        for line in lines:
            rows = line.rows(self._width)
            self._rows.extend((row, line.level) for row in rows)
            self._heights.append(len(rows))

    def _drop_oldest(self) -> int:
        """Keep the newest `MOST_LINES` lines; returns how many rows went."""
        dropped = 0
        while len(self._lines) > MOST_LINES:
            self._lines.popleft()
            for _ in range(self._heights.popleft() if self._heights else 0):
                self._rows.popleft()
                dropped += 1
        return dropped

    def on_resize(self) -> None:
        width = self.scrollable_content_region.width
        if width != self._width:
            self._width = width
            self._rows.clear()
            self._heights.clear()
            self._append_rows(self._lines)
            self.virtual_size = Size(self.size.width, len(self._rows))
        self._show_tail()

    def _show_tail(self) -> None:
        if self._follows:
            self.scroll_to(y=self.max_scroll_y, animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._follows = self.is_vertical_scroll_end
        if self._unseen and self._follows:
            self._unseen = 0
            self._tell_unseen()

    def _tell_unseen(self) -> None:
        title = f"Log: {self._unseen:,} new lines below (End shows them)" if self._unseen else "Log"
        if title != self.border_title:
            self.border_title = title

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if at >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row, level = self._rows[at]
        style = self.rich_style
        if level is not Level.INFO:
            style = self.get_component_rich_style(f"log--{level}")
        return Strip([Segment(fit(row, width), style)], width)
