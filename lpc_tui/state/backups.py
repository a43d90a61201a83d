"""Copies of the state file that are kept beside it: before a migration, and before links are forgotten.

`database` and `rebuild` make them; a person restores one by moving it to the file's place. They hold what the file held, so
they are for their owner alone, few, and go when a private text in them is to be forgotten (law 6).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from lpc_tui.files import sync_folder

__all__ = ["back_up", "backups", "forget_backups"]

_KEPT = 3


def back_up(connection: sqlite3.Connection, path: Path, label: str) -> Path:
    """Copy the open state file, with what is still in its log, to `state.db.backup-LABEL`; the oldest copies go.

    Raises:
        OSError, sqlite3.Error: it cannot be written; what was there before is left.
    """
    copy = path.with_name(f"{path.name}.backup-{label}")
    draft = copy.with_name(f"{copy.name}.tmp")
    os.close(os.open(draft, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600))
    with closing(sqlite3.connect(draft)) as target:
        connection.backup(target)
    draft.replace(copy)
    sync_folder(copy.parent)
    for old in backups(path)[:-_KEPT]:
        old.unlink(missing_ok=True)
    return copy


def backups(path: Path) -> list[Path]:
    """The copies that are kept of the state file `path`, oldest first."""
    return sorted(path.parent.glob(f"{path.name}.backup-*"), key=lambda copy: copy.stat().st_mtime_ns)


def forget_backups(path: Path) -> None:
    """Delete every copy.

    Raises:
        OSError: one cannot be deleted.
    """
    for copy in backups(path):
        copy.unlink(missing_ok=True)
