"""One run a profile: an advisory lock that dies with its holder, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lpc_tui.errors import LockedError, StateError

__all__ = ["hold"]


@contextmanager
def hold(path: Path, who: str) -> Iterator[None]:
    """Hold the profile's lock for the time of the block; `who` is what a second run is told about us.

    Raises:
        LockedError: another process (or another run in this one) holds it.
        StateError: the lock file cannot be made.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StateError(
            f"The lock file {path} cannot be made: {error}.", "Check the folder's owner."
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(handle, 200, 0).decode("utf-8", "replace").strip() or "another run"
            raise LockedError(
                f"This profile is in use already, by {holder}.",
                "Wait for it to end, or stop it first.",
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, who.encode(), 0)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)
