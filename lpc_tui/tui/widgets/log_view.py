"""The lines of the log pane, and the cursor in them.

Drawn from a `LogBook`, as many lines as there is room for and no others: a batch of ten thousand costs what a screenful
does, and of a screenful only the rows that differ are drawn. It follows the newest line until the person moves up; then it
holds the book, and what is in view stays where it is until the person goes on to its end.
"""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lpc_tui.tui.log_book import LogBook, LogLine
from lpc_tui.tui.widgets.log_rows import CURSOR, FOUND, MARKED, Row, rows_of
from lpc_tui.wording import Level

__all__ = ["LogView"]

_WHEEL = 3
"""Rows that the mouse wheel moves by."""

Place: TypeAlias = tuple[int, int]
"""A row: which of the shown lines, and which row of it."""


class LogView(Widget, can_focus=True):
    """The log's lines; the cursor is on one of them."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log--good",
        "log--warning",
        "log--error",
        "log--cursor",
        "log--found",
    }
    DEFAULT_CSS = """
    LogView {
        height: 1fr;
        background: $surface;
        & > .log--good { color: $text-success; }
        & > .log--warning { color: $text-warning; }
        & > .log--error { color: $text-error; text-style: bold; }
        & > .log--cursor { text-style: bold; }
        & > .log--found { text-style: underline reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Line up", show=False, id="log.up"),
        Binding("down,j", "move(1)", "Line down", show=False, id="log.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="log.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="log.page_down"),
        Binding("home,g", "oldest", "The oldest line", show=False, id="log.oldest"),
        Binding("end,G", "follow", "The newest line, and follow", id="log.end"),
        Binding("f", "pause", "Follow or pause", id="log.pause"),
        Binding("space", "mark", "Mark the line", id="log.mark"),
        Binding("n", "found(1)", "Next match", show=False, id="log.next_match"),
        Binding("N", "found(-1)", "Previous match", show=False, id="log.previous_match"),
    ]

    class Moved(Message):
        """The cursor is elsewhere, or following has begun or ended."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LogView.Moved)

    def __init__(self, book: LogBook) -> None:
        super().__init__()
        self.book = book
        self.follows = True
        self.marked: set[int] = set()
        """The numbers of marked lines."""
        self._cursor = 0
        """The number of the cursor's line, while it does not follow."""
        self._top: Place = (0, 0)
        self._drawn: list[Row] = []

    # Where the cursor is

    @property
    def cursor(self) -> int | None:
        """The number of the line that the cursor is on; None if no line is shown."""
        shown = self.book.shown
        if not shown:
            return None
        return shown[-1] if self.follows else shown[self.book.index(self._cursor)]

    @property
    def line(self) -> LogLine | None:
        """The line that the cursor is on."""
        return None if self.cursor is None else self.book.line(self.cursor)

    def chosen(self) -> list[LogLine]:
        """The marked lines that are shown, else the cursor's."""
        marked = [self.book.line(number) for number in self.book.shown if number in self.marked]
        return marked or ([self.line] if self.line is not None else [])

    def go_to(self, number: int) -> None:
        """Put the cursor on a line; the last one is followed if nothing waits behind it."""
        self.hold()
        self._cursor = number
        if self.book.index(number) == len(self.book.shown) - 1 and not self.book.unseen:
            self.follow()
        else:
            self._reveal()
        self._show_moved()

    def hold(self) -> None:
        """Stay where the view is."""
        if self.follows:
            self._cursor, self._top = self.cursor or 0, self._last_top()
            self.follows = False
            self.book.hold()

    def follow(self) -> None:
        """Go with the newest line."""
        self.book.release()
        self.follows = True

    def filter_changed(self) -> None:
        """Other lines are shown: keep the cursor on its line, or on the next one."""
        if not self.follows:
            self._top = (0, 0)
            if self.book.shown:
                self._top = self._walk((self.book.index(self._cursor), 0), -(self.size.height // 2))
                self._reveal()
        self.show()

    # What is in view

    def show(self) -> None:
        """Draw what has changed since it was drawn last; costs nothing while out of sight."""
        if not self.is_on_screen or self.size.height <= 0:
            return
        rows = self._rows()
        if len(self._drawn) != len(rows):
            self._drawn = rows
            self.refresh()
        else:
            changed = [y for y, row in enumerate(rows) if row != self._drawn[y]]
            self._drawn = rows
            if changed:
                self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def _show_moved(self) -> None:
        self.show()
        self.post_message(self.Moved())

    def _rows(self) -> list[Row]:
        rows: list[Row] = []
        index, part = self._last_top() if self.follows else self._top
        while len(rows) < self.size.height and index < len(self.book.shown):
            rows += self._rows_of(index)[part:]
            index, part = index + 1, 0
        return (rows + [Row("")] * self.size.height)[: self.size.height]

    def _rows_of(self, index: int) -> list[Row]:
        number = self.book.shown[index]
        line = self.book.line(number)
        is_cursor = self.has_focus and number == self.cursor
        sign = MARKED if number in self.marked else FOUND if self.book.is_found(number) else " "
        return [
            Row(text, line.level, tuple(self.book.spans(text)), is_cursor)
            for text in rows_of(line, self.size.width, sign, CURSOR if is_cursor else " ")
        ]

    def _height(self, index: int) -> int:
        """How many rows a shown line takes."""
        return len(rows_of(self.book.line(self.book.shown[index]), self.size.width))

    def _last_top(self) -> Place:
        """The top row of the view whose last row is the newest one."""
        last = len(self.book.shown) - 1
        return (0, 0) if last < 0 else self._walk((last, self._height(last) - 1), 1 - self.size.height)

    def _walk(self, place: Place, rows: int) -> Place:
        """So many rows further down, or up; at the ends the first or the last row."""
        index, part = place
        part += rows
        while part < 0 and index > 0:
            index -= 1
            part += self._height(index)
        while index < len(self.book.shown) - 1 and part >= (height := self._height(index)):
            index += 1
            part -= height
        return index, min(max(part, 0), self._height(index) - 1)

    def _reveal(self) -> None:
        """Bring the cursor's line into view, moving no further than it needs."""
        index = self.book.index(self._cursor)
        if (index, 0) < self._top:
            self._top = (index, 0)
        elif self.book.shown:
            end = (index, self._height(index) - 1)
            self._top = max(self._top, self._walk(end, 1 - self.size.height))
        self._top = min(self._top, self._last_top())

    def on_resize(self) -> None:
        """The cursor's line stays in view."""
        if not self.follows:
            self._top = (self._top[0], 0)
            if self.book.shown:
                self._reveal()
        self.show()

    def on_show(self) -> None:
        self.show()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor is shown with the focus alone."""
        super().watch_has_focus(has_focus)
        self.show()

    def render_line(self, y: int) -> Strip:
        style, width = self.rich_style, self.size.width
        if y >= len(self._drawn):
            return Strip.blank(width, style)
        row = self._drawn[y]
        if row.level is not Level.INFO:
            style = self.get_component_rich_style(f"log--{row.level}")
        if row.is_cursor:
            style += self._attributes("log--cursor")
        found = style + self._attributes("log--found")
        segments: list[Segment] = []
        at = 0
        for start, end in row.spans:
            segments += [Segment(row.text[at:start], style), Segment(row.text[start:end], found)]
            at = end
        segments.append(Segment(row.text[at:], style))
        return Strip(segments).adjust_cell_length(width, style)

    def _attributes(self, name: str) -> Style:
        """Bold, underline, reverse: what a component has beside the colours of the line."""
        return self.get_component_rich_style(name, partial=True)

    # What the person does

    def action_move(self, step: int) -> None:
        if (cursor := self.cursor) is None:
            return
        index = self.book.index(cursor) + step
        if index >= len(self.book.shown):
            self._take_waiting(cursor)
            index = min(index, len(self.book.shown) - 1)
        self.go_to(self.book.shown[max(index, 0)])

    def action_page(self, step: int) -> None:
        """A page, less a row to go on from; the cursor comes along."""
        if (cursor := self.cursor) is None:
            return
        self.hold()
        if step > 0 and self._top == self._last_top():
            self._take_waiting(cursor)
        page = max(self.size.height - 1, 1)
        self._top = min(self._walk(self._top, step * page), self._last_top())
        index, _ = self._top if step < 0 else self._walk(self._top, page)
        self.go_to(self.book.shown[index])

    def _take_waiting(self, cursor: int) -> None:
        """At the end of what is in view: what came meanwhile is next, and the view still does not move by itself."""
        if not self.follows and self.book.unseen:
            top = self.book.shown[self._top[0]]
            self.book.release()
            self.book.hold()
            self._cursor = cursor
            self._top = (self.book.index(top), self._top[1])

    def action_oldest(self) -> None:
        if self.book.shown:
            self.hold()
            self.go_to(self.book.shown[0])

    def action_follow(self) -> None:
        self.follow()
        self._show_moved()

    def action_pause(self) -> None:
        if self.follows:
            self.hold()
        else:
            self.follow()
        self._show_moved()

    def action_mark(self) -> None:
        if (cursor := self.cursor) is not None:
            self.marked ^= {cursor}
            self.marked &= set(self.book.shown)
            self.hold()
            self.action_move(1)

    def action_found(self, step: int) -> None:
        number = self.book.next_found(self.cursor or 0, step)
        if number is not None:
            self.go_to(number)

    def on_click(self, event: events.Click) -> None:
        index, _ = self._walk(self._last_top() if self.follows else self._top, event.y)
        if self.book.shown:
            self.go_to(self.book.shown[index])

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(-_WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(_WHEEL)

    def _scroll(self, rows: int) -> None:
        """Move the view and leave the cursor on its line, or on the nearest one in view."""
        if (cursor := self.cursor) is None or (self.follows and rows > 0):
            return
        self.hold()
        if rows > 0 and self._top == self._last_top():
            self._take_waiting(cursor)
        self._top = min(self._walk(self._top, rows), self._last_top())
        if rows > 0 and self._top == self._last_top() and not self.book.unseen:
            self.follow()
        else:
            first, last = self._top[0], self._walk(self._top, self.size.height - 1)[0]
            index = min(max(self.book.index(cursor), first), last)
            self._cursor = self.book.shown[index]
        self._show_moved()
