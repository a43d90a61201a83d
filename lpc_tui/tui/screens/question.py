"""Questions and notices: a title, a text, a few answers by letter or by button.

Escape always gives the last answer, which is the one that changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from lpc_tui.tui.screens.lean import LeanModal

__all__ = ["NO", "OK", "YES", "Answer", "Question"]


_FRAME = 6
"""Lines of a dialog that are not its text: border, title, buttons and the blank lines between."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to answer; the letter in brackets answers at once."""

    name: str
    key: str
    label: str


YES = Answer("yes", "y", "Yes")
NO = Answer("no", "n", "No")
OK = Answer("ok", "o", "Ok")


class Question(LeanModal[str]):
    """Returns the name of the answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="question.back"),
        Binding("right,down", "app.focus_next", show=False),
        Binding("left,up", "app.focus_previous", show=False),
    ]

    def __init__(
        self, title: str, body: Content | str, answers: Sequence[Answer] = (OK,), *, default: int = 0
    ) -> None:
        """`default` is the answer that has the focus. A foreign text in `body` comes as `Content` out of `plain`."""
        super().__init__()
        self._title = title
        self._body = body if isinstance(body, Content) else Content(body)
        self._answers = tuple(answers)
        self._default = default

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(self._title, id="dialog-title", markup=False)
            with VerticalScroll(id="dialog-body", can_focus=False):
                yield from self.compose_body()
            with Horizontal(id="dialog-buttons"):
                for answer in self._answers:
                    label = answer.label if len(self._answers) == 1 else f"{answer.label} ({answer.key})"
                    yield Button(Content(label), id=answer.name, compact=True)

    def compose_body(self) -> ComposeResult:
        """What stands between the title and the buttons."""
        yield Static(self._body, id="dialog-text")

    def on_mount(self) -> None:
        self.first_focus().focus()

    def first_focus(self) -> Widget:
        """What has the focus to begin with."""
        return self.query(Button)[self._default]

    def on_resize(self, event: events.Resize) -> None:
        """However long the text is, the buttons stay in sight."""
        self.query_one("#dialog-body").styles.max_height = max(event.size.height - _FRAME, 1)

    def on_key(self, event: events.Key) -> None:
        for answer in self._answers:
            if event.key == answer.key:
                event.stop()
                self.answer(answer.name)
                return
        if event.key in {"pageup", "pagedown"}:
            event.stop()
            body = self.query_one("#dialog-body", VerticalScroll)
            (body.scroll_page_up if event.key == "pageup" else body.scroll_page_down)(animate=False)

    def action_back(self) -> None:
        self.answer(self._answers[-1].name)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.answer(event.button.id or "")

    def answer(self, name: str) -> None:
        """Close with this answer."""
        self.dismiss(name)
