"""The real command in processes of its own, against a sandbox in this one, as a person or a timer has it."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lpc_tui.sandbox.sample import Worlds, empty_worlds
from lpc_tui.sandbox.server import Sandbox
from lpc_tui.sandbox.signin.desk import SignInDesk
from lpc_tui.sandbox.signin.microsoft import MicrosoftDesk
from lpc_tui.sandbox.signin.salesforce import SalesforceDesk

__all__ = ["CommandLine", "Said", "Session", "on_terminal", "prompt_sandbox"]

LPC_TUI = (sys.executable, "-m", "lpc_tui")
TIMEOUT_S = 60

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


@dataclass
class CommandLine:
    """A shell whose profile is in `home`, with no keyring but the file."""

    home: Path
    variables: dict[str, str] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    """What each command said, by its words."""

    @property
    def environ(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "LPC_TUI_HOME": str(self.home),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            **self.variables,
        }

    def run(self, *args: str, typed: str = "") -> Said:
        """Carry out a command that nobody has to be asked for."""
        with self._started(args) as child:
            out, err = child.communicate(typed, timeout=TIMEOUT_S)
        return self._noted(args, Said(child.returncode, out, err))

    def sign_in(self, desk: SignInDesk, *args: str) -> Said:
        """Carry out a command that shows a code, which somebody types elsewhere and agrees to."""
        with self._started(args) as child:
            assert child.stderr is not None
            shown = ""
            while not (asked := [code for code in desk.pending() if code in shown]):
                line = child.stderr.readline()
                assert line, shown
                shown += line
            desk.approve(asked[0])
            out, err = child.communicate(timeout=TIMEOUT_S)
        return self._noted(args, Said(child.returncode, out, shown + err))

    def _started(self, args: Sequence[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*LPC_TUI, *args],
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _noted(self, args: Sequence[str], said: Said) -> Said:
        self.said[f"{len(self.said)}: {' '.join(args)}"] = said
        return said


class Session:
    """A command at work on a terminal, 80 columns wide; what it shows is read without the escape sequences."""

    def __init__(self, child: subprocess.Popen[bytes], terminal: int) -> None:
        self._child = child
        self._terminal = terminal
        self.shown = ""

    def until(self, pattern: str) -> re.Match[str]:
        """Read on until `pattern` is shown, lines that wrap put together."""
        while not (found := re.search(pattern, self.shown)):
            assert self._read(), f"{pattern} was not shown: {self.shown}"
        return found

    def type(self, text: str) -> None:
        """Type, as a person does who waits for nothing."""
        os.write(self._terminal, text.encode())

    def end(self) -> int:
        """Read the rest; returns the exit code."""
        while self._read():
            pass
        return self._child.wait(TIMEOUT_S)

    def _read(self) -> bool:
        """Whether there was something more."""
        ready, _, _ = select.select([self._terminal], [], [], TIMEOUT_S)
        try:
            piece = os.read(self._terminal, 65_536) if ready else b""
        except OSError:  # how a terminal ends whose last program has gone
            piece = b""
        self.shown += _ESCAPES.sub("", piece.decode(errors="replace")).replace("\r\n", "\n")
        return bool(piece)


@contextmanager
def on_terminal(shell: CommandLine, *args: str) -> Iterator[Session]:
    """A command on a terminal of its own."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    try:
        with subprocess.Popen(
            [*LPC_TUI, *args],
            env={**shell.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "40"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            preexec_fn=_take_terminal,
        ) as child:
            os.close(theirs)
            try:
                yield Session(child, ours)
            finally:
                if child.poll() is None:
                    child.kill()
    finally:
        os.close(ours)


def _take_terminal() -> None:
    """Make stdin the controlling terminal of a session of its own."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextmanager
def prompt_sandbox() -> Iterator[tuple[Sandbox, Worlds]]:
    """A sandbox that goes by the computer's clock, as the commands do, and lets sign-ins ask as often as they like."""
    worlds = empty_worlds(clock=lambda: datetime.now(UTC), seed=1)
    sandbox = Sandbox(worlds.mailbox, worlds.org)
    sandbox.microsoft_desk = MicrosoftDesk(worlds.mailbox, interval_s=0)
    sandbox.salesforce_desk = SalesforceDesk(worlds.org, interval_s=0)
    with sandbox:
        yield sandbox, worlds
