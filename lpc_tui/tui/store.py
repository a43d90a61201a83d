"""The settings file behind the `SettingsStore` port."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from lpc_tui import settings_file
from lpc_tui.errors import SettingsError
from lpc_tui.settings import Settings
from lpc_tui.settings_values import Value

__all__ = ["FileStore"]

_Stamp: TypeAlias = tuple[int, ...]


class FileStore:
    """The settings in one file. Every call blocks; they are made one at a time."""

    def __init__(self, path: Path, also: settings_file.Check | None = None) -> None:
        """`also` finds what is wrong with settings beyond what their models know."""
        self._path = path
        self._also = also
        self._stamp: _Stamp | None = None
        self._fingerprint = ""
        """Of the file that had `_stamp`."""

    @property
    def path(self) -> Path:
        return self._path

    def load(self) -> tuple[Settings, str]:
        return settings_file.load_with_fingerprint(self._path, self._also)

    def save(self, changes: Mapping[str, Value], expected: str) -> Settings:
        return settings_file.save(self._path, changes, expected=expected)

    def fingerprint(self) -> str:
        """Costs one `stat` while the file is the same: it is asked twice a second."""
        stamp = self._stamp_now()
        if stamp is not None and stamp == self._stamp:
            return self._fingerprint
        try:
            self._fingerprint = settings_file.fingerprint(self._path)
        except SettingsError:
            stamp, self._fingerprint = None, "unreadable"
        self._stamp = stamp
        return self._fingerprint

    def _stamp_now(self) -> _Stamp | None:
        """Differs whenever another program has written the file; None: it cannot be looked at."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
