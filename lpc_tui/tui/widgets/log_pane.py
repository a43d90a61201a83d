"""The log pane: a run's events as they happen, to be filtered, searched, copied and saved.

`MainScreen` shows it below the form and gives it the lines. It keeps them in a `LogBook` of its own, out of sight too, and
asks the app for what is not its own: to save to a file, and to tell why an item was treated so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from lpc_tui.model.items import Process
from lpc_tui.tui.log_book import Levels, LogBook, LogLine
from lpc_tui.tui.messages import WhyAsked
from lpc_tui.tui.widgets.log_header import LogHeader, Standing
from lpc_tui.tui.widgets.log_view import LogView

__all__ = ["MOST_COPIED", "LogPane"]

MOST_COPIED = 48_000
"""Bytes that are copied at most: many terminals drop an OSC 52 sequence of more than some 75,000 characters of base64."""

_LEAST_ROWS = 3
_REST_ROWS = 8
"""Rows of the screen that the pane leaves to the others, unless it is maximized."""

Choice = TypeVar("Choice")


class LogPane(Vertical):
    """Header, lines, and the search field while something is being searched for."""

    DEFAULT_CSS = """
    LogPane {
        min-height: 3;
        & Input { dock: bottom; height: 1; background: $panel; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "levels(1)", "Next level filter", id="log.levels"),
        Binding("L", "levels(-1)", "Previous level filter", show=False, id="log.levels_back"),
        Binding("p", "process(1)", "Next process filter", id="log.process"),
        Binding("P", "process(-1)", "Previous process filter", show=False, id="log.process_back"),
        Binding("slash", "search", "Search the log", id="log.search"),
        Binding("c", "copy", "Copy the marked lines, or this one", id="log.copy"),
        Binding("C", "copy_all", "Copy all lines shown", id="log.copy_all"),
        Binding("s", "save", "Save the lines shown to a file", id="log.save"),
        Binding("enter,w", "why", "Why did this happen to the item?", id="log.why"),
        Binding("plus,equals_sign", "resize(1)", "Higher", id="log.higher"),
        Binding("minus", "resize(-1)", "Lower", id="log.lower"),
        Binding("m", "maximize", "Maximize, or back", id="log.maximize"),
        Binding("escape", "leave", "End the search, drop the marks", show=False, id="log.escape"),
    ]

    @dataclass
    class SaveAsked(Message):
        """The person wants these lines in a file."""

        lines: Sequence[LogLine]
        about: str
        """What they are: which filter they passed."""

    def __init__(self, log_file: Path | None = None, *, id: str | None = None) -> None:
        """`log_file` is where every line is, those that fell out here too."""
        super().__init__(id=id)
        self.book = LogBook()
        self._log_file = log_file
        self._header = LogHeader()
        self._view = LogView(self.book)
        self._term = ""
        self._note = ""

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._view

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """What is kept, oldest first."""
        return self.book.lines

    # What the screen does

    def add(self, lines: Iterable[LogLine]) -> None:
        """Append a batch: one repaint for all of it, none while the pane is closed or paused."""
        self.book.add(list(lines))
        if self.display:
            if self._view.follows:
                self._view.show()
            self._show_header()

    def open(self) -> None:
        """Show the pane."""
        self.display = True

    def close(self) -> None:
        """Hide the pane; it goes on taking lines."""
        self._set_maximized(is_maximized=False)
        self.display = False

    @property
    def has_keys(self) -> bool:
        """Whether keys come here."""
        focused = self.screen.focused
        return focused is not None and focused in self.walk_children(Widget)

    def take_keys(self) -> None:
        """Put the focus on the lines, at once: the next key may be typed already."""
        self.screen.set_focus(self._view)

    # The header

    def on_show(self) -> None:
        self._show_header()

    def on_descendant_focus(self) -> None:
        self._show_header()

    def on_descendant_blur(self) -> None:
        self._note = ""
        self._show_header()

    @on(events.Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self._show_header)

    @on(LogView.Moved)
    def _moved(self, event: LogView.Moved) -> None:
        event.stop()
        self._tell("")

    def _tell(self, words: str) -> None:
        """Say how a key ended, until the next key."""
        self._note = words
        self._show_header()

    def _show_header(self) -> None:
        if not self.display or not self.is_mounted:
            return
        view = self._view
        note = self._note
        if not note and self.book.has_lost and view.cursor is not None and view.cursor == self.book.shown[0]:
            note = f"older lines are in {self._log_file or 'the log file'}"
        standing = Standing(view.follows, view.cursor, len(view.marked), self._term, note)
        self._header.show_book(self.book, standing, self._key_of if view.has_focus else None)

    def _key_of(self, action: str) -> str:
        """The first key of an action, as it is bound now."""
        for active in self.screen.active_bindings.values():
            if active.binding.action in {action, action.removeprefix("app.")}:
                return self.app.get_key_display(active.binding)
        return ""

    # Filter and search

    def action_levels(self, step: int) -> None:
        self._filter(_next(list(Levels), self.book.levels, step), self.book.process)

    def action_process(self, step: int) -> None:
        self._filter(self.book.levels, _next([None, *Process], self.book.process, step))

    def _filter(self, levels: Levels, process: Process | None) -> None:
        self.book.filter(levels, process)
        self._view.filter_changed()
        self._tell("")

    async def action_search(self) -> None:
        if not self.query(Input):
            field = Input(self._term, placeholder="Search the log", compact=True)
            field.cursor_blink = False
            await self.mount(field)
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        self._search(event.value)

    @on(Input.Submitted)
    async def _search_entered(self, event: Input.Submitted) -> None:
        event.stop()
        await self._close_search()
        number = self.book.nearest_found(self._view.cursor or 0)
        if number is not None:
            self._view.go_to(number)

    def _search(self, term: str) -> None:
        self._term = term
        self.book.search(term)
        self._view.show()
        self._tell("")

    async def _close_search(self) -> None:
        self._view.focus()
        await self.query(Input).remove()

    async def action_leave(self) -> None:
        """Undo the last of: the search, the marks, the maximizing."""
        if self._term or self.query(Input):
            self._search("")
            await self._close_search()
        elif self._view.marked:
            self._view.marked.clear()
            self._view.show()
            self._tell("")
        else:
            self._set_maximized(is_maximized=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape goes on to the screen when nothing is left to undo; in the search field letters are letters."""
        if action == "leave":
            return bool(self._term or self.query(Input) or self._view.marked or self._is_maximized)
        if action in {"search", "copy", "copy_all", "save", "why", "resize", "maximize", "levels", "process"}:
            return self._view.has_focus
        return super().check_action(action, parameters)

    # Copy, save, why

    def action_copy(self) -> None:
        self._copy(self._view.chosen())

    def action_copy_all(self) -> None:
        self._copy(self._shown_lines())

    def _copy(self, lines: Sequence[LogLine]) -> None:
        """Put the lines on the clipboard of the person's own computer, by way of the terminal."""
        texts: list[str] = []
        size = 0
        for line in reversed(lines):
            size += len(line.text.encode(errors="replace")) + 1
            if size > MOST_COPIED:
                break
            texts.append(line.text)
        if not texts:
            self._tell("nothing to copy")
            return
        self.app.copy_to_clipboard("\n".join(reversed(texts)))
        if len(texts) < len(lines):
            self._tell(f"copied the newest {len(texts):,} of {len(lines):,}; save them for all")
        else:
            self._tell(f"copied {len(texts):,} {'line' if len(texts) == 1 else 'lines'}")

    def action_save(self) -> None:
        if lines := self._shown_lines():
            self.post_message(self.SaveAsked(lines, self._about()))
        else:
            self._tell("nothing to save")

    def _shown_lines(self) -> list[LogLine]:
        return [self.book.line(number) for number in self.book.shown]

    def _about(self) -> str:
        process = self.book.process.label if self.book.process else "All processes"
        return f"{len(self.book.shown):,} of {self.book.kept:,} lines. {self.book.levels.value}. {process}."

    def action_why(self) -> None:
        line = self._view.line
        if line is not None and line.process is not None and (line.outlook_id or line.salesforce_id):
            self.post_message(WhyAsked(line.process, line.outlook_id, line.salesforce_id))
        else:
            self._tell("this line is about no item")

    # Size

    def action_resize(self, step: int) -> None:
        self._set_rows(self.size.height + step)

    @on(LogHeader.Dragged)
    def _dragged(self, event: LogHeader.Dragged) -> None:
        event.stop()
        self._set_rows(self.region.bottom - event.y)

    def _set_rows(self, rows: int) -> None:
        self._set_maximized(is_maximized=False)
        most = max(self.screen.size.height - _REST_ROWS, _LEAST_ROWS)
        self.styles.height = min(max(rows, _LEAST_ROWS), most)

    @property
    def _is_maximized(self) -> bool:
        return self.screen.has_class("-log-maximized")

    def action_maximize(self) -> None:
        self._set_maximized(is_maximized=not self._is_maximized)

    def _set_maximized(self, *, is_maximized: bool) -> None:
        self.screen.set_class(is_maximized, "-log-maximized")


def _next(choices: Sequence[Choice], present: Choice, step: int) -> Choice:
    """The choice after or before the present one, going round."""
    return choices[(choices.index(present) + step) % len(choices)]
