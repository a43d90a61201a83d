"""The top line of the log pane: what is shown of how much, whether it follows, and the keys while the pane has the focus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message

from lpc_tui.tui.log_book import LogBook
from lpc_tui.tui.plain import content
from lpc_tui.tui.widgets.lines import Line
from lpc_tui.wording import Level

__all__ = ["LogHeader", "Standing"]

_KEY = "bold $text-accent"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the header tells beside the book's own state."""

    follows: bool
    cursor: int | None
    """The number of the cursor's line."""
    marked: int
    """How many lines are marked."""
    term: str
    """What is searched for (the person's own words, inert nonetheless)."""
    note: str
    """How the last key ended, if that shows nowhere else."""


class LogHeader(Line):
    """Drawn from a `LogBook`; dragged with the mouse it makes the pane higher or lower."""

    DEFAULT_CSS = """
    LogHeader { background: $panel; color: $text-muted; padding: 0 1; pointer: ns-resize; }
    """

    @dataclass
    class Dragged(Message):
        """The person pulls the line to another row of the screen."""

        y: int

    def show_book(self, book: LogBook, standing: Standing, key_of: Callable[[str], str] | None) -> None:
        """Tell how things stand; `key_of` gives an action's key, None while keys go elsewhere. What has no room is left out,
        the least important first."""
        parts = [Content.styled("Log", "bold")]
        if standing.note:
            parts[0] += Content.styled(f": {standing.note}", "bold")
        parts += self._filter(book, key_of)
        taken = sum(part.cell_length + 2 for part in parts)
        parts += [*_extent(book, standing, self.size.width - taken), *_state(book, standing)]
        if key_of is not None:
            parts += [
                _with_key(key_of(action), words)
                for action, words in (
                    ("search", "Search"),
                    ("save", "Save"),
                    ("copy", "Copy"),
                    ("app.help", "Help"),
                )
            ]
        line, *rest = parts
        for part in rest:
            if line.cell_length + 2 + part.cell_length <= self.size.width:
                line = Content.assemble(line, "  ", part)
        self.show(line)

    def _filter(self, book: LogBook, key_of: Callable[[str], str] | None) -> list[Content]:
        """What is shown: always told in full while something is hidden."""
        process = book.process.label if book.process else "All processes"
        if key_of is not None:
            return [
                _with_key(key_of("levels(1)"), book.levels.value),
                _with_key(key_of("process(1)"), process),
            ]
        words = [book.levels.value] * (book.levels.value != "All levels") + [process] * bool(book.process)
        return [Content(f"only: {', '.join(words)}")] if words else []

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        event.stop()
        self.release_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.app.mouse_captured is self:
            self.post_message(self.Dragged(int(event.screen_y)))


def _extent(book: LogBook, standing: Standing, room: int) -> list[Content]:
    """How many lines are shown, and that it is paused, in fewer words where there is less room; a count that a filter makes
    comes first."""
    of = f"{len(book.shown):,} of " if book.is_filtered else ""
    count = Content(f"{of}{book.kept:,} {_lines(book.kept)}")
    if standing.follows:
        return [count]
    words = ["paused (End)", "paused"]
    if new := book.unseen:
        words = [f"paused, {new:,} new {_lines(new)} below (End)", f"paused, {new:,} new", "paused"]
    left = room - (count.cell_length + 2 if book.is_filtered else 0)
    fitting = next((each for each in words if len(each) <= left), words[-1])
    paused = Content.styled(fitting, "bold $text-warning")
    return [count, paused] if book.is_filtered else [paused, count]


def _state(book: LogBook, standing: Standing) -> list[Content]:
    parts: list[Content] = []
    if standing.term:
        at = ""
        if standing.cursor is not None and book.is_found(standing.cursor):
            at = f"{book.position(standing.cursor):,} of "
        times = f"{at}{len(book.found):,}" if book.found else "not found"
        parts.append(content(f"/{standing.term}: {times}"))
    if standing.marked:
        parts.append(Content(f"{standing.marked:,} marked"))
    for level, one, many in ((Level.ERROR, "error", "errors"), (Level.WARNING, "warning", "warnings")):
        if number := book.tally[level]:
            parts.append(Content(f"{number:,} {one if number == 1 else many}"))
    return parts


def _lines(number: int) -> str:
    return "line" if number == 1 else "lines"


def _with_key(key: str, words: str) -> Content:
    return Content.assemble((key, _KEY), " ", words)
