"""A program in a pty: what it writes is counted, not drawn, so that reading takes no time from what is measured."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["KEYS", "Terminal"]

KEYS = {
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "tab": "\t",
    "down": "\x1b[B",
    "up": "\x1b[A",
    "end": "\x1b[F",
    "home": "\x1b[H",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "escape": "\x1b",
    "f12": "\x1b[24~",
}

_CONTROL = re.compile(rb"\x1b\][^\x07]*\x07|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[PX^_].*?\x1b\\|\x1b.", re.DOTALL)
_QUIET_S = 0.4
"""After so long without a byte it has settled."""
_PATIENCE_S = 300.0
_TAIL = 20_000
"""Bytes that are kept to be searched."""


class Terminal:
    """A child of this program on a terminal of its own."""

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str], columns: int, rows: int) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.written = 0
        """Bytes so far."""
        self._tail = b""
        self._started = time.perf_counter()
        self._child = subprocess.Popen(
            [sys.executable, *arguments],
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "C.UTF-8",
                **environ,
            },
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.send_signal(signal.SIGKILL)
        self._child.wait()
        os.close(self._master)

    def read(self, timeout: float) -> bool:
        """Take what is there, or comes within `timeout` seconds; False if nothing did.

        Raises RuntimeError if the program has ended.
        """
        ready, _, _ = select.select([self._master], [], [], max(timeout, 0))
        if not ready:
            return False
        try:
            got = os.read(self._master, 65_536)
        except OSError as error:  # Linux tells so that the other end is closed
            raise RuntimeError(f"the program ended; its last words: {self.text[-2_000:]}") from error
        self.written += len(got)
        self._tail = (self._tail + got)[-_TAIL:]
        return True

    @property
    def text(self) -> str:
        """The newest output without its escape sequences; not what the screen shows."""
        return _CONTROL.sub(b"", self._tail).decode(errors="replace")

    def forget(self) -> None:
        """Search only what comes from now on."""
        self._tail = b""

    def until(self, pattern: str, timeout: float = _PATIENCE_S) -> float:
        """Read until the new output holds `pattern`; returns after how many seconds it did. Raises RuntimeError."""
        begun = time.perf_counter()
        while not re.search(pattern, self.text):
            left = begun + timeout - time.perf_counter()
            if left <= 0:
                raise RuntimeError(f"{pattern!r} did not come; the newest output: {self.text[-2_000:]}")
            self.read(left)
        return time.perf_counter() - begun

    @property
    def age(self) -> float:
        """Seconds since the program was started."""
        return time.perf_counter() - self._started

    def settle(self) -> int:
        """Read until nothing more comes; returns how many bytes came."""
        before = self.written
        while self.read(_QUIET_S):
            pass
        return self.written - before

    def watch(self, seconds: float) -> int:
        """Read for so long; returns how many bytes came."""
        before, end = self.written, time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)
        return self.written - before

    def press(self, *keys: str) -> None:
        """Type keys by name, or characters as they are."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())

    def answer(self, key: str) -> tuple[int, float]:
        """Press a key; returns the bytes it cost, and the seconds until the first of them."""
        self.settle()
        before, begun = self.written, time.perf_counter()
        self.press(key)
        if not self.read(1.0):
            return 0, 0.0
        seconds = time.perf_counter() - begun
        self.settle()
        return self.written - before, seconds

    def time_to(self, key: str, pattern: str) -> float:
        """Press a key while much else is drawn; returns the seconds until its own effect shows."""
        self.forget()
        self.press(key)
        return self.until(pattern, timeout=30)

    @property
    def memory(self) -> int:
        """Resident bytes of the program."""
        status = Path(f"/proc/{self._child.pid}/status").read_text(encoding="ascii")
        [kilobytes] = re.findall(r"VmRSS:\s+(\d+) kB", status)
        return int(kilobytes) * 1024

    @property
    def cpu(self) -> float:
        """Seconds of CPU that the program has used."""
        fields = Path(f"/proc/{self._child.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
