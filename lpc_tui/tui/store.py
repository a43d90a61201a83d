"""The settings file behind the `SettingsStore` port."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lpc_tui import settings_file
from lpc_tui.errors import SettingsError
from lpc_tui.settings import Settings
from lpc_tui.settings_values import Value

__all__ = ["FileStore"]


class FileStore:
    """The settings in one file. Every call blocks."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        return self._path

    def load(self) -> tuple[Settings, str]:
        return settings_file.load_with_fingerprint(self._path)

    def save(self, changes: Mapping[str, Value], expected: str) -> Settings:
        return settings_file.save(self._path, changes, expected=expected)

    def fingerprint(self) -> str:
        try:
            return settings_file.fingerprint(self._path)
        except SettingsError:
            return "unreadable"
