"""The log pane: the run's events as lines, bounded in memory, drawn only where visible.

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

from lpc_tui.tui.plain import fit, plain
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

    @property
    def text(self) -> str:
        return f"{self.time} {_SIGNS[self.level]} {self.words}"


class LogPane(ScrollView, can_focus=True):
    """Shows the newest `MOST_LINES` lines."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"log--good", "log--warning", "log--error"}

    DEFAULT_CSS = """
    LogPane {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
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
        self._lines: deque[LogLine] = deque(maxlen=MOST_LINES)
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
        dropped = max(len(self._lines) + len(new) - MOST_LINES, 0)
        self._lines.extend(new)
        self.virtual_size = Size(self.size.width, len(self._lines))
        if self._follows:
            self.call_after_refresh(self._show_tail)
        else:
            self._unseen += len(new)
            if dropped:
                self.scroll_to(y=max(self.scroll_y - dropped, 0), animate=False)
            self._tell_unseen()
        self.refresh()

    def on_resize(self) -> None:
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
        if at >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[at]
        style = self.rich_style
        if line.level is not Level.INFO:
            style = self.get_component_rich_style(f"log--{line.level}")
        return Strip([Segment(fit(plain(line.text), width), style)], width)
