"""A list of entries to walk through by keyboard, of one line each or of several; only what is in sight is drawn.

The picker shows places in it, the examination its findings. Thousands of entries cost what one screenful does, and a move of
the cursor repaints two entries. The texts it is given must be inert (`tui.plain`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lpc_tui.tui.plain import fit

__all__ = ["Entry", "EntryList"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its lines, each cut where the list ends."""

    lines: Sequence[str]
    tone: str = ""
    """How its first line looks: "", "muted", "good", "warning" or "bad"; the words say it too."""


class EntryList(ScrollView, can_focus=True):
    """Entries with a cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "entry--cursor",
        "entry--muted",
        "entry--good",
        "entry--warning",
        "entry--bad",
    }

    DEFAULT_CSS = """
    EntryList {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .entry--muted { color: $text-muted; }
        & > .entry--good { color: $text-success; }
        & > .entry--warning { color: $text-warning; text-style: bold; }
        & > .entry--bad { color: $text-error; text-style: bold; }
        & > .entry--cursor { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "jump(0)", "First", show=False),
        Binding("end", "jump(-1)", "Last", show=False),
        Binding("enter", "choose", "Choose", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    @dataclass
    class Moved(Message):
        """Another entry is under the cursor."""

        index: int

    @dataclass
    class Chosen(Message):
        """Enter was pressed on an entry."""

        index: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries: Sequence[Entry] = ()
        self._lines: list[tuple[int, int]] = []
        """For each line of the list: the entry, and which of its lines."""
        self._tops: list[int] = []
        """The first line of each entry."""

    def show(self, entries: Sequence[Entry], cursor: int | None = None) -> None:
        """Show these entries, with the cursor where it was unless told otherwise."""
        self._entries = entries
        self._lines, self._tops = [], []
        for at, entry in enumerate(entries):
            self._tops.append(len(self._lines))
            self._lines += [(at, line) for line in range(len(entry.lines))]
        self.virtual_size = Size(self.size.width, len(self._lines))
        self.cursor = self.cursor if cursor is None else cursor
        self.refresh()
        self._follow()

    @property
    def index(self) -> int | None:
        """The entry under the cursor; None: there is none."""
        return self.cursor if self._entries else None

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, len(self._entries) - 1)) if self._entries else 0

    def watch_cursor(self, before: int, now: int) -> None:
        self._follow()
        for entry in (before, now):
            if entry < len(self._entries):
                self.refresh_lines(self._tops[entry], len(self._entries[entry].lines))
        if self._entries:
            self.post_message(self.Moved(now))

    def _follow(self) -> None:
        """Keep the entry under the cursor in sight."""
        if self._entries:
            height = len(self._entries[self.cursor].lines)
            region = Region(0, self._tops[self.cursor], 1, height)
            self.scroll_to_region(region, animate=False, force=True)

    def on_resize(self) -> None:
        self._follow()

    def action_move(self, by: int) -> None:
        self.cursor += by

    def action_page(self, direction: int) -> None:
        """As many entries on as are about in sight."""
        if not self._entries:
            return
        line = self._tops[self.cursor] + direction * max(self.size.height - 1, 1)
        at = self._lines[max(0, min(line, len(self._lines) - 1))][0]
        self.cursor = at if at != self.cursor else self.cursor + direction

    def action_jump(self, at: int) -> None:
        self.cursor = at if at >= 0 else len(self._entries) + at

    def action_choose(self) -> None:
        if self._entries:
            self.post_message(self.Chosen(self.cursor))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        line = event.y + self.scroll_offset.y
        if line < len(self._lines):
            self.cursor = self._lines[line][0]
            self.action_choose()

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if at >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        index, line = self._lines[at]
        entry = self._entries[index]
        style = self.rich_style
        if index == self.cursor:
            style = self.get_component_rich_style("entry--cursor")
        elif entry.tone and not line:
            style = self.get_component_rich_style(f"entry--{entry.tone}")
        return Strip([Segment(fit(entry.lines[line], width), style)], width)
