"""Help, made from what is there: the focused setting's own text, and the bindings that are live on the screen below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from lpc_tui.tui.plain import content
from lpc_tui.tui.screens.lean import LeanModal
from lpc_tui.tui.setting_words import about
from lpc_tui.tui.staging import Staging

__all__ = ["HelpScreen", "keys_of"]

_KEY_WIDTH = 12
_MOVING = (
    ("Tab", "Next field or pane (Shift+Tab: the one before)"),
    ("Arrows", "Move in a list, between fields and buttons"),
    ("Enter", "Open a list, press a button"),
    ("Space", "Tick a box, take a row in or out"),
    ("Digits", "Type days, minutes, a time; Left and Right take the step beside"),
    ("^P", "Search for a command or any setting by name"),
)


class HelpScreen(LeanModal[None]):
    """Scrolls; Escape closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,question_mark,q", "dismiss", "Back", id="help.back")
    ]

    def __init__(
        self,
        keys: Iterable[tuple[str, str]],
        staging: Staging,
        setting_key: str = "",
        others: Iterable[str] = (),
    ) -> None:
        """`setting_key` is the setting that has the focus, if one has; `others` are the ones around it."""
        super().__init__()
        self._keys = tuple(keys)
        self._staging = staging
        self._setting_key = setting_key
        self._others = tuple(others)

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-large"):
            yield Static("Help (Escape goes back)", id="dialog-title")
            with VerticalScroll(id="dialog-body"):
                yield Static(Content("\n").join(self._parts()), id="help-text")

    def on_mount(self) -> None:
        self.query_one("#dialog-body").focus()

    def _parts(self) -> Iterable[Content]:
        if self._setting_key:
            yield _heading("This setting")
            yield from about(self._setting_key, self._staging)
            yield Content("")
        yield _heading("Keys here")
        for key, words in (*self._keys, *_MOVING):
            yield Content.assemble((f"  {key:<{_KEY_WIDTH}}", "bold"), content(words))
        if self._others:
            yield _heading("\nSettings")
        for key in self._others:
            yield from about(key, self._staging)
            yield Content("")


def _heading(words: str) -> Content:
    return Content.styled(words, "bold underline")


def keys_of(screen: Screen[object]) -> tuple[tuple[str, str], ...]:
    """Our keys that are live on `screen` with the focus where it is; keys of one action together.

    Ours have ids; Textual's own, for scrolling and the like, have none.
    """
    found: dict[str, tuple[list[str], str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id and binding.description and active.enabled:
            keys, _ = found.setdefault(binding.action, ([], binding.description))
            keys.append(screen.app.get_key_display(binding))
    return tuple((" ".join(keys), words) for keys, words in found.values())
