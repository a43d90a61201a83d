"""Files of ours on disk: folders only their owner can enter, and writes that happen as a whole or not at all.

Called wherever something a person relies on is written (settings, plan files). Raises plain `OSError`: only the caller knows
what the file is to the person.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def make_private_folder(folder: Path) -> Path:
    """Make `folder`, and the missing ones above it, for the owner alone (0700); existing ones are left as they are."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    return folder


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the content of `path`, for the owner alone (0600): after a crash it holds the old bytes or the new ones.

    A symbolic link is followed, not replaced. The folder must exist.
    """
    target = Path(os.path.realpath(path))
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the file system can."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
