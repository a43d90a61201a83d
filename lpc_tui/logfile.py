"""The log file: the same events as the log pane and `--json`, a line each, for reading after the fact.

`cli.sync` and the terminal UI give each run's events to a `LogFile` of its own. Only a run writes, and a run holds its
profile, so one process writes at a time. It holds what the events hold and no more: no text of a private item, no secret.
A log that cannot be written never fails a run; `trouble` says why it stopped.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from lpc_tui.engine.events import Event, Progress
from lpc_tui.files import make_private_folder
from lpc_tui.plain import plain
from lpc_tui.wording import describe

__all__ = ["LogFile"]

MAX_BYTES = 1_000_000
"""A file that would grow beyond this is put aside and a new one begun."""

KEPT = 4
"""How many files that were put aside are kept, beside the present one."""

_WIDTH = 1_000
"""Cells of one line: a service's words can be long, and are somebody else's."""


def _now() -> datetime:
    return datetime.now(UTC)


class LogFile:
    """Appends a line for each event it is called with. Rotates itself: `lpc-tui.log`, `lpc-tui.log.1`, ...

    A context manager; the file is opened with the first event, so a run that never began leaves no trace.
    """

    def __init__(
        self,
        path: Path,
        *,
        zone: tzinfo | None = None,
        clock: Callable[[], datetime] = _now,
        max_bytes: int = MAX_BYTES,
        kept: int = KEPT,
    ) -> None:
        """Time stamps are in `zone`, by default the computer's own; `clock` gives aware instants."""
        self.path = path
        self.trouble: OSError | None = None
        """Why nothing is written any more."""
        self._zone = zone
        self._clock = clock
        self._max_bytes = max_bytes
        self._kept = kept
        self._file: IO[bytes] | None = None
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, event: Event) -> None:
        """Write the event's line; progress is left out, since it says nothing once it is over."""
        if isinstance(event, Progress) or self.trouble is not None:
            return
        stamp = self._clock().astimezone(self._zone).isoformat(sep=" ", timespec="seconds")
        try:
            self._write(f"{stamp}  {plain(describe(event), _WIDTH)}\n".encode())
        except OSError as error:
            self.trouble = error

    def close(self) -> None:
        """Close the file; harmless if it is closed, or never was open."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _write(self, line: bytes) -> None:
        file = self._file or self._open()
        if self._size and self._size + len(line) > self._max_bytes:
            self.close()
            self._put_aside()
            file = self._open()
        file.write(line)
        self._size += len(line)

    def _open(self) -> IO[bytes]:
        """The present file, unbuffered: what a run did is on record even if it is killed."""
        make_private_folder(self.path.parent)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._file = os.fdopen(os.open(self.path, flags, 0o600), "ab", buffering=0)
        self._size = os.fstat(self._file.fileno()).st_size
        return self._file

    def _put_aside(self) -> None:
        """Move each file one number up; the oldest one is overwritten."""
        for number in range(self._kept - 1, 0, -1):
            if (older := self._numbered(number)).exists():
                older.replace(self._numbered(number + 1))
        self.path.replace(self._numbered(1))

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")
