"""A program in a real terminal: a pty, driven by keys alone and read as a terminal shows it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyte

__all__ = ["ALTERNATE_SCREEN", "Terminal", "lpc_tui"]

_PATIENCE_S = 60.0
"""For a step, on the slowest machine; a step that works takes a second or two."""

ALTERNATE_SCREEN = 1049

KEYS = {
    "tab": "\t",
    "enter": "\r",
    "space": " ",
    "down": "\x1b[B",
    "home": "\x1b[H",
    "pagedown": "\x1b[6~",
    "escape": "\x1b",
    "f2": "\x1bOQ",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "ctrl+q": "\x11",
}


class _Screen(pyte.Screen):
    """Remembers which private modes are on: pyte knows of no alternate screen."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self.private: set[int] = set()
        """By their numbers in the escape sequences."""

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        super().set_mode(*modes, **kwargs)
        if kwargs.get("private"):
            self.private.update(modes)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        super().reset_mode(*modes, **kwargs)
        if kwargs.get("private"):
            self.private.difference_update(modes)


class Terminal:
    """A pty with a program in it, and what it shows."""

    def __init__(
        self,
        master: int,
        child: subprocess.Popen[bytes],
        columns: int,
        lines: int,
        hear: Callable[[bytes], object],
    ) -> None:
        self._hear = hear
        self._master = master
        self._child = child
        self.screen = _Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def press(self, *keys: str) -> None:
        """Type keys by name, or characters as they are."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    def until(self, *words: str, without: str = "") -> None:
        """Read until the screen shows all of `words` and nothing of `without`."""
        deadline = time.monotonic() + _PATIENCE_S
        while any(word not in self.text for word in words) or (without and without in self.text):
            ready, _, _ = select.select([self._master], [], [], max(deadline - time.monotonic(), 0))
            assert ready, f"{words} did not come; the screen is:\n{self.text}"
            assert self._read(), f"the program ended before {words}; the screen is:\n{self.text}"

    def hang_up(self) -> None:
        """The line is gone, as when SSH breaks off. The program is no part of a session, so that no signal tells it."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def exit_code(self) -> int:
        """Read until the program ends."""
        while self._read():
            pass
        return self._child.wait(_PATIENCE_S)

    def _read(self) -> bool:
        try:
            got = os.read(self._master, 65_536)
        except OSError:  # Linux tells so that the other end is closed
            return False
        self._hear(got)
        self._stream.feed(got)
        return bool(got)


@contextmanager
def lpc_tui(
    home: Path,
    columns: int,
    lines: int,
    *arguments: str,
    hear: Callable[[bytes], object] = len,
    module: str = "lpc_tui",
) -> Iterator[Terminal]:
    """`lpc-tui` in a terminal of this size, its profiles in `home`; `hear` is given all that it writes. `module` is another
    program to run in its place."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    child = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, "LPC_TUI_HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    terminal = Terminal(master, child, columns, lines, hear)
    try:
        yield terminal
    finally:
        child.kill()
        child.wait()
        terminal.hang_up()
