"""A list of lines to walk through by keyboard: only lines in sight are drawn, and a step redraws two of them.

The review's table and the list of an item's fields are made of it. Ten thousand lines cost what one screenful does.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lpc_tui.tui.plain import fit

__all__ = ["LineList"]


class LineList(ScrollView, can_focus=True):
    """The base; who derives from it says what the lines are and calls `lines_changed`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--cursor"}

    DEFAULT_CSS = """
    LineList {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        background: $surface;
        & > .lines--cursor { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
        &:focus > .lines--cursor {
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

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def line(self, at: int, width: int) -> tuple[str, str]:
        """The text of a line, and the component class it is drawn in (empty: as it is)."""
        raise NotImplementedError

    def cursor_moved(self) -> None:
        """Another line is under the cursor."""

    def lines_changed(self) -> None:
        """Every line may read differently, and their number may be another."""
        self.count_changed()
        self.refresh()

    def count_changed(self) -> None:
        """There are more or fewer lines, but those in sight read as before."""
        self.virtual_size = Size(self.size.width, self.line_count)
        self.cursor = self.validate_cursor(self.cursor)

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, self.line_count - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        self._show_cursor()
        self.refresh_line(before)
        self.refresh_line(now)
        self.cursor_moved()

    def on_resize(self) -> None:
        """The cursor stays in sight, once it is known how many lines fit."""
        self.call_after_refresh(self._show_cursor)

    def _show_cursor(self) -> None:
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)

    def action_move(self, by: int) -> None:
        self.cursor += by

    def action_page(self, direction: int) -> None:
        self.cursor += direction * max(self.size.height - 1, 1)

    def action_jump(self, at: int) -> None:
        self.cursor = at if at >= 0 else self.line_count + at

    def on_click(self, event: events.Click) -> None:
        self.cursor = event.y + self.scroll_offset.y

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if at >= self.line_count:
            return Strip.blank(width, self.rich_style)
        text, name = self.line(at, width)
        name = "lines--cursor" if at == self.cursor else name
        style = self.get_component_rich_style(name) if name else self.rich_style
        return Strip([Segment(fit(text, width), style)], width)
