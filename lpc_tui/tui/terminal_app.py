"""What an app owes to its terminal, apart from all it shows: colours, characters, keys, clipboard, title, bell, suspension.

`LpcApp` builds on it and tells it the `[ui]` settings. Nothing here knows of settings files or of the sync.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.console import RenderableType
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.driver import Driver
from textual.filter import ANSIToTruecolor, LineFilter, Monochrome, NoColor
from textual.message_pump import MessagePump
from textual.theme import BUILTIN_THEMES
from textual.widgets import Input

from lpc_tui.settings import UiSettings
from lpc_tui.settings_values import AsciiOnly as AsciiChoice
from lpc_tui.settings_values import Theme
from lpc_tui.tui.plain import plain, seen
from lpc_tui.tui.symbols import AsciiOnly
from lpc_tui.tui.terminal import Colours, Multiplexer, Terminal
from lpc_tui.tui.themes import ALL, Colourless, theme_name

__all__ = ["TerminalApp", "app_of"]

_LOOK_S = 1.0
"""How often it is looked whether the terminal is still there."""
_MOST_COPIED = 74_994
"""Bytes that a terminal surely takes for its clipboard (the least that xterm, kitty and tmux allow, in base64)."""


class TerminalApp(App[None]):
    """An app that draws and says what its terminal can show and take."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True, id="app.suspend"),
    ]

    def __init__(self, terminal: Terminal, encoding: str) -> None:
        """`encoding` is that of the stream that the terminal is written to."""
        self._filter_ascii: AsciiOnly | None = None
        self._filter_colours: Colourless | None = Colourless() if terminal.colours is Colours.NONE else None
        self.terminal = terminal
        super().__init__(ansi_color=True if self._filter_colours else None)
        self.keys_by_id: Mapping[str, str] = {}
        """The keys of the bindings that have others than their own."""
        self.no_color = self._filter_colours is not None
        self._encoding = encoding
        self._title = ""
        for theme in ALL:
            self.register_theme(theme)
        self._begin_with(theme_name(Theme.AUTO, terminal))
        for name in BUILTIN_THEMES:
            self.unregister_theme(name)

    def on_mount(self) -> None:
        self.app_suspend_signal.subscribe(self, lambda _app: self._restore_title())
        self.app_resume_signal.subscribe(self, lambda _app: self._write_title())
        if not (self.is_headless or self.is_web):
            self.set_interval(_LOOK_S, self._end_without_terminal)

    def get_driver_class(self) -> type[Driver]:
        """Ours, where Textual would take its own for terminals: not in a browser."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from lpc_tui.tui.drivers import BareDriver, TerminalDriver

        return BareDriver if self.terminal.is_bare else TerminalDriver

    def _end_without_terminal(self) -> None:
        """Who ignores SIGHUP outlives the terminal (nohup, a shell's disown). To read on from what is gone would take a
        whole core, and nobody can come back to it; a run under way stops as by a cancel."""
        from lpc_tui.tui.drivers import TerminalDriver

        if isinstance(self._driver, TerminalDriver) and not os.isatty(self._driver.fileno):
            self._driver.let_go()
            self.exit()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What each line passes through on its way to the terminal."""
        replaced = (Monochrome, NoColor, ANSIToTruecolor) if self.native_ansi_color else (Monochrome, NoColor)
        textuals = [each for each in super().get_line_filters() if not isinstance(each, replaced)]
        ours = [each for each in (self._filter_colours, self._filter_ascii) if each is not None]
        return [*textuals, *ours]

    async def on_event(self, event: events.Event) -> None:
        """What is pasted may come from any page: no control in it reaches a field, or the terminal."""
        if isinstance(event, events.Paste):
            event.text = seen(event.text)
        await super().on_event(event)

    # Looks and keys

    @property
    def is_ascii(self) -> bool:
        """Whether only ASCII is drawn."""
        return self._filter_ascii is not None

    def show_look(self, look: UiSettings) -> bool:
        """Draw with these settings from now on; returns whether some keys are others now."""
        name = theme_name(look.theme, self.terminal)
        if self.is_running:
            self.theme = name
        else:
            self._begin_with(name)
        if self._show_ascii(look.ascii):
            self._draw_again()
        if look.keys.by_id == self.keys_by_id:
            return False
        self.keys_by_id = look.keys.by_id
        self.set_keymap(dict(self.keys_by_id))
        return True

    def _begin_with(self, theme: str) -> None:
        """The first frame is drawn in these colours already: watchers do not work before the app runs."""
        self.set_reactive(App.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def _draw_again(self) -> None:
        """Nothing has changed but what each line is translated to."""
        for screen in self.screen_stack if self.is_running else ():
            for node in screen.walk_children(with_self=True):
                node.refresh()

    def _show_ascii(self, chosen: AsciiChoice) -> bool:
        """Draw with ASCII alone, or not; returns whether that changes anything."""
        wanted = chosen is AsciiChoice.ALWAYS or (chosen is AsciiChoice.AUTO and self.terminal.is_ascii)
        if wanted == self.is_ascii:
            return False
        self._filter_ascii = AsciiOnly(self._encoding) if wanted else None
        return True

    def action_command_palette(self) -> None:
        """Open the palette, with a cursor that stands still: a blinking one writes to the line twice a second."""
        super().action_command_palette()
        palette = self.screen
        if isinstance(palette, CommandPalette):
            palette.call_after_refresh(_stop_blinking, palette)

    # What is told to the terminal

    def copy_to_clipboard(self, text: str) -> None:
        """Hand the text to the clipboard of the terminal, wherever the person sits (OSC 52), also through a multiplexer.

        tmux takes it for itself where it may (`set-clipboard on`), else hands it on where it may (`allow-passthrough on`).
        """
        super().copy_to_clipboard(text)
        if self.terminal.multiplexer is not None:
            encoded = base64.b64encode(text.encode()).decode()
            self.tell_terminal(_passed_through(f"\x1b]52;c;{encoded}\x07", self.terminal.multiplexer))

    def copied_words(self, what: str, text: str = "") -> str:
        """What to say once `what` ("The code") was copied, honest about what cannot be known; `text` is what was copied."""
        if self.terminal.is_bare:
            return "This terminal has no clipboard."
        if len(text.encode()) > _MOST_COPIED:
            return f"{what} is copied, if your terminal takes that much: some cut it, or take nothing."
        if self.terminal.multiplexer is Multiplexer.TMUX:
            return f"{what} is copied, if tmux may: it takes `set -g set-clipboard on`."
        return f"{what} is copied, if your terminal allows that."

    def show_title(self, title: str) -> None:
        """Write the title of the terminal's window; empty: as it was before."""
        title = plain(title, 80)
        if title == self._title or self.terminal.is_bare:
            return
        if not self._title:
            self.tell_terminal("\x1b[22;2t")  # what was there is kept by the terminal
        if not title:
            self._restore_title()
        self._title = title
        self._write_title()

    def _write_title(self) -> None:
        if self._title:
            self.tell_terminal(f"\x1b]2;{self._title}\x07")

    def _restore_title(self) -> None:
        if self._title:
            self.tell_terminal("\x1b]2;\x07\x1b[23;2t")

    def alert(self, words: str, *, has_bell: bool) -> None:
        """Call the person: a bell, and a message of the desktop while another window has the focus (OSC 9)."""
        if has_bell:
            self.bell()
        if not self.app_focus and not self.terminal.is_bare:
            self.tell_terminal(f"\x1b]9;{plain(words, 200)}\x07")

    def tell_terminal(self, sequence: str) -> None:
        """Write an escape sequence, beside all that is drawn."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)
            self._driver.flush()

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End, with the title as it was found."""
        self.show_title("")
        super().exit(result, return_code, message)


def app_of(node: MessagePump) -> TerminalApp:
    """The app that a screen or widget of ours is shown by."""
    app = node.app
    assert isinstance(app, TerminalApp), "ours are shown by one that knows its terminal"
    return app


def _stop_blinking(palette: CommandPalette) -> None:
    for field in palette.query(Input):
        field.cursor_blink = False


def _passed_through(sequence: str, multiplexer: Multiplexer) -> str:
    """The sequence wrapped so that the multiplexer hands it on as it is."""
    if multiplexer is Multiplexer.TMUX:
        doubled = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    pieces = (
        sequence[at : at + 512] for at in range(0, len(sequence), 512)
    )  # screen takes 768 bytes at a time
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
