"""The sandbox in a process of its own, for the demo: the UI's loop and the servers do not share an interpreter.

The child serves until it is stopped or its parent dies, whichever way: its standard input ends then.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.load.report import LoadReport

_PATIENCE_S = 5
"""How long a child may take to save and end before it is killed."""

_LONGEST_COMPLAINT = 2000


class SandboxProcess:
    """A running child; made by `start`, ended by `stop`."""

    def __init__(self, child: subprocess.Popen[str], complaints: IO[str], greeting: JsonObject) -> None:
        self._child = child
        self._complaints = complaints
        self.graph_url: str = greeting["graph_url"]
        self.salesforce_url: str = greeting["salesforce_url"]
        self.outlook_token: str = greeting["outlook_token"]
        self.salesforce_token: str = greeting["salesforce_token"]
        self.ca_file = Path(greeting["ca_file"]) if greeting["ca_file"] else None
        self.is_restored: bool = greeting["restored"]
        report = greeting["load_report"]
        self.load_report = LoadReport.from_json(report) if report else None
        """What the loaded files held; None if none were loaded."""

    @classmethod
    def start(
        cls,
        *,
        state_file: Path | None = None,
        load: Iterable[Path] = (),
        seed: int | None = None,
        graph_port: int = 0,
        salesforce_port: int = 0,
        tls: bool = False,
        conflicts: bool = False,
    ) -> Self:
        """Start a child and wait until it serves.

        Raises SandboxError, with the child's own words, if it cannot.
        """
        arguments = [f"--graph-port={graph_port}", f"--salesforce-port={salesforce_port}"]
        arguments += [f"--load={path.absolute()}" for path in load]
        if state_file is not None:
            arguments.append(f"--state-file={state_file.absolute()}")
        if seed is not None:
            arguments.append(f"--seed={seed}")
        if tls:
            arguments.append("--tls")
        if conflicts:
            arguments.append("--conflicts")
        complaints = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  lives with the child
        child = subprocess.Popen(
            [sys.executable, "-m", "lpc_tui.sandbox", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl+C is for the parent, which stops the child in its own time
        )
        try:
            return cls(child, complaints, _greeting(child, complaints))
        except BaseException:
            _end(child, complaints)
            raise

    def stop(self) -> None:
        """Let the child save and end; harmless if it has ended."""
        _end(self._child, self._complaints)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _greeting(child: subprocess.Popen[str], complaints: IO[str]) -> JsonObject:
    """The child's first line; raises SandboxError if it is an error or none at all."""
    assert child.stdout is not None
    line = child.stdout.readline()
    greeting: JsonObject = json.loads(line) if line.startswith("{") else {}
    if "graph_url" in greeting:
        return greeting
    if "error" in greeting:
        raise SandboxError(greeting["error"], greeting["hint"])
    child.wait()
    complaints.seek(0)
    last = complaints.read()[-_LONGEST_COMPLAINT:].strip().rpartition("\n")[2]
    raise SandboxError(f"The sandbox ended before it served: {last or f'exit code {child.returncode}'}.")


def _end(child: subprocess.Popen[str], complaints: IO[str]) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.close()
    try:
        child.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    child.stdout.close()
    complaints.close()
