"""Asks where the log is saved to."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from lpc_tui.tui.plain import prose
from lpc_tui.tui.screens.lean import LeanModal

__all__ = ["SaveLogDialog"]


class SaveLogDialog(LeanModal[str | None]):
    """Returns the path as it was typed; None: do not save."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="log_save.back"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, lines: int, path: str, problem: str = "") -> None:
        """`problem` is why the last attempt at `path` failed."""
        super().__init__()
        self._lines = lines
        self._path = path
        self._problem = problem

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static("Save the log", id="dialog-title")
            number = f"{self._lines:,} lines" if self._lines != 1 else "One line"
            words = f"{number}, as shown in the log. Save to this file:"
            yield Static(prose(f"{self._problem}\n{words}".lstrip()), id="dialog-text")
            path = Input(self._path, id="log-path", compact=True, select_on_focus=False)
            path.cursor_blink = False
            yield path
            with Horizontal(id="dialog-buttons"):
                yield Button("Save (Enter)", id="save", compact=True)
                yield Button(f"Back ({self.key_of('log_save.back')})", id="back", compact=True)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def _save(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        if path := self.query_one(Input).value.strip():
            self.dismiss(path)

    @on(Button.Pressed, "#back")
    def _back(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(None)
