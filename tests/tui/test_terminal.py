"""The demo in a real terminal: `lpc-tui demo` in a pty, driven by keys alone and read as a terminal shows it."""

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyte

from lpc_tui.settings_file import load

_PATIENCE_S = 60.0
"""For a step, on the slowest machine; a step that works takes a second or two."""

_ALTERNATE_SCREEN = 1049

LAST_BOX = "Do not 'delete' existing Calendar records from Salesforce"

LOG = "\n Log  "
"""How the log's header begins."""

KEYS = {
    "tab": "\t",
    "enter": "\r",
    "space": " ",
    "down": "\x1b[B",
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

    def __init__(self, master: int, child: subprocess.Popen[bytes], columns: int, lines: int) -> None:
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
        self._stream.feed(got)
        return bool(got)


@contextmanager
def demo(home: Path, columns: int, lines: int) -> Iterator[Terminal]:
    """`lpc-tui demo` in a terminal of this size."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    child = subprocess.Popen(
        [sys.executable, "-m", "lpc_tui", "demo"],
        env={**os.environ, "LPC_TUI_HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(master, child, columns, lines)
    finally:
        child.kill()
        child.wait()
        os.close(master)


def test_it_opens_and_quits_on_a_large_terminal(tmp_path: Path) -> None:
    with demo(tmp_path, 120, 40) as terminal:
        terminal.until("Salesforce-Microsoft Outlook Calendar", "Ready", "Quit")
        assert LAST_BOX in terminal.text
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


def test_a_person_sets_syncs_reads_the_log_syncs_again_and_quits(tmp_path: Path) -> None:
    with demo(tmp_path, 80, 24) as terminal:
        terminal.until("Ready", "Process: [ Salesforce-Microsoft Outlook Calendar v ]", "Quit")
        assert _ALTERNATE_SCREEN in terminal.screen.private
        _set_past_days_to_60(terminal)
        assert load(tmp_path / "profiles" / "demo" / "config.toml").sync.calendar.past_days == 60

        _start_and_confirm(terminal)
        terminal.until("Sync finished: all done", "added to Outlook", "added to Salesforce")
        terminal.press("enter")
        terminal.until(LOG, "after its start: all done", without="Sync finished: all done")
        terminal.press("f6")
        terminal.until("l All levels")
        terminal.press("f6")
        terminal.until(LAST_BOX, without=LOG)
        terminal.press("f6")
        terminal.until(LOG, "after its start: all done")

        terminal.press("f5")
        terminal.until("Both sides are read", "Yes (y)")
        terminal.press("y")
        terminal.until("Sync finished: all done", "unchanged.", "(0 writes)")
        terminal.press("enter")
        terminal.until("after its start: all done", without="Sync finished: all done")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
        assert _ALTERNATE_SCREEN not in terminal.screen.private
        assert not terminal.screen.cursor.hidden


def _set_past_days_to_60(terminal: Terminal) -> None:
    terminal.press("tab", "tab", "enter")
    terminal.until("│ 60 ")
    terminal.press("down", "enter")
    terminal.until("*Synchronize Past Days:    [ 60  v ]", "* 1 unsaved")
    terminal.press("f2")
    terminal.until("Saved", " Synchronize Past Days:    [ 60  v ]", without="unsaved")


def _start_and_confirm(terminal: Terminal) -> None:
    terminal.press("f5")
    terminal.until("Both sides are read", "Yes (y)")
    terminal.press("y")
    terminal.until("Synchronization Summary: Calendar", "Add to Salesforce")
    terminal.press("f5")
    terminal.until("Synchronize now?", "Add to Outlook")
    terminal.press("y")
