"""Real terminals of many kinds: what is written to them, how the UI gives them back, and ctrl+z under a shell."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte
import pytest

_PATIENCE_S = 60.0
_UI = f"{sys.executable} -m lpc_tui"
_COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m")
_MANY_COLOURS = re.compile(r"[34]8;[25];")
_BEYOND_VT100 = re.compile(r"\x1b\[[<>=]|\x1b\[\?(?:1049|1000|1006|2004|2026|2048)|\x1b\]")


class Terminal:
    """A shell in a terminal."""

    def __init__(self, ours: int, size: tuple[int, int]) -> None:
        self._ours = ours
        self.screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self.screen)
        self.written = ""

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not holds():
            left = deadline - time.monotonic()
            assert left > 0, "\n".join(self.screen.display)
            if select.select([self._ours], [], [], left)[0]:
                piece = os.read(self._ours, 65536).decode(errors="replace")
                self.written += piece
                # pyte takes a keyboard protocol's sequences for others
                self._stream.feed(re.sub(r"\x1b\[[<>=][0-9;]*u|\x1b\[\?[0-9;]+\$p", "", piece))

    def shows(self, words: str) -> None:
        self.until(lambda: words in "\n".join(self.screen.display))

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)


@contextmanager
def shell(home: Path, term: str, size: tuple[int, int] = (80, 24), **more: str) -> Iterator[Terminal]:
    """An interactive shell that has the terminal, as after a login."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH", "LANG"}}
    environ = {**kept, "HOME": str(home), "LPC_TUI_HOME": str(home), "TERM": term, "PS1": "$ ", **more}
    (home / "inputrc").write_text(
        "set enable-bracketed-paste off\n"
    )  # the shell's own sequences are not ours
    environ["INPUTRC"] = str(home / "inputrc")
    child, ours = pty.fork()
    if child == 0:
        os.execve("/bin/bash", ["bash", "--norc", "--noprofile", "-i"], environ)
    terminal = Terminal(ours, size)
    terminal.resize(*size)
    try:
        yield terminal
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ours)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A profile that is not new, so that no wizard comes first."""
    (tmp_path / "config.toml").write_text("[ui]\nmouse = false\n")
    return tmp_path


@pytest.mark.parametrize(
    ("term", "is_bare", "has_colours", "has_many"),
    [
        ("xterm-256color", False, True, True),
        ("xterm", False, True, False),
        ("screen", False, True, False),
        ("linux", True, True, False),
        ("vt100", True, False, False),
    ],
)
def test_a_terminal_is_written_what_it_knows_and_given_back(
    home: Path, term: str, is_bare: bool, has_colours: bool, has_many: bool
) -> None:
    with shell(home, term) as terminal:
        terminal.type(f"{_UI}\n")
        terminal.shows("Prevent Operations")
        terminal.type("\x11")
        terminal.shows("$ ")
        terminal.type("echo it is $((40+2))\n")
        terminal.shows("it is 42")
    assert bool(_BEYOND_VT100.search(terminal.written.partition("\x1b[?25l")[2])) is not is_bare
    assert bool(_COLOUR.search(terminal.written)) is has_colours
    assert bool(_MANY_COLOURS.search(terminal.written)) is has_many
    if is_bare:
        assert terminal.written.isascii()
        assert "Prevent Operations" not in "\n".join(terminal.screen.display)


def test_no_color_means_none(home: Path) -> None:
    with shell(home, "xterm-256color", NO_COLOR="1") as terminal:
        terminal.type(f"{_UI}\n")
        terminal.shows("Prevent Operations")
    assert not _COLOUR.search(terminal.written)
    assert re.search(r"\x1b\[(?:\d+;)*7(?:;\d+)*m", terminal.written), "the cursor is not reverse"


def test_ctrl_z_gives_the_terminal_back_and_fg_goes_on(home: Path) -> None:
    with shell(home, "xterm-256color") as terminal:
        terminal.type(f"{_UI}\n")
        terminal.shows("Prevent Operations")
        terminal.type("\t \x1a")
        terminal.shows("Stopped")
        assert "\x1b[?1049l" in terminal.written
        terminal.type("stty -a | grep -c ' echo '; clear; echo back at $((40+2))\n")
        terminal.shows("back at 42")
        terminal.resize(100, 30)
        terminal.type("fg\n")
        terminal.shows("* 1 unsaved")
        terminal.type("\x11")
        terminal.shows("Discard (d)")
        terminal.type("d")
        terminal.until(lambda: terminal.written.rstrip().endswith("$"))


def test_a_dumb_terminal_is_led_to_plain(home: Path) -> None:
    with shell(home, "dumb") as terminal:
        terminal.type(f"{_UI}\n")
        terminal.shows("cannot move its cursor")
