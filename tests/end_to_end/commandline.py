"""The real command in processes of its own, against a sandbox in this one, as a person or a timer has it."""

from __future__ import annotations

import os
import subprocess
import sys
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

__all__ = ["CommandLine", "Said", "prompt_sandbox"]

LPC_TUI = (sys.executable, "-m", "lpc_tui")
TIMEOUT_S = 60


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


@contextmanager
def prompt_sandbox() -> Iterator[tuple[Sandbox, Worlds]]:
    """A sandbox that goes by the computer's clock, as the commands do, and lets sign-ins ask as often as they like."""
    worlds = empty_worlds(clock=lambda: datetime.now(UTC), seed=1)
    sandbox = Sandbox(worlds.mailbox, worlds.org)
    sandbox.microsoft_desk = MicrosoftDesk(worlds.mailbox, interval_s=0)
    sandbox.salesforce_desk = SalesforceDesk(worlds.org, interval_s=0)
    with sandbox:
        yield sandbox, worlds
