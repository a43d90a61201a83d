"""Edits of the settings between the keyboard and the file: staged until Apply or Ok, dropped by Cancel.

Three versions meet here: what the person edited, what was last read from the file, and what somebody else wrote into the
file meanwhile. Pure: `app` reads and writes the file, the settings pane shows the marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from lpc_tui.settings import Settings
from lpc_tui.settings_keys import diff, value_of
from lpc_tui.settings_values import Value

__all__ = ["Staging"]


class Staging:
    """The settings as the file has them, with the person's edits on top."""

    def __init__(self, saved: Settings) -> None:
        self._saved = saved
        self._edits: dict[str, Value] = {}

    @property
    def saved(self) -> Settings:
        """The settings as last read from the file; runs use these."""
        return self._saved

    @property
    def changes(self) -> Mapping[str, Value]:
        """The edits by dotted key: what Apply writes."""
        return MappingProxyType(self._edits)

    @property
    def is_dirty(self) -> bool:
        return bool(self._edits)

    def is_edited(self, key: str) -> bool:
        return key in self._edits

    def value(self, key: str) -> Value:
        """The value to show: edited, or else as saved."""
        return self._edits[key] if key in self._edits else value_of(self._saved, key)

    def edit(self, key: str, value: Value) -> None:
        """Stage a value; one that equals the saved value is no edit any more."""
        if value == value_of(self._saved, key):
            self._edits.pop(key, None)
        else:
            self._edits[key] = value

    def drop(self, keys: Iterable[str] | None = None) -> None:
        """Forget the edits of `keys`, or all of them."""
        for key in list(self._edits) if keys is None else keys:
            self._edits.pop(key, None)

    def reload(self, settings: Settings) -> tuple[str, ...]:
        """Take over what the file says now, keeping the edits.

        Returns the keys changed on both sides to different values: the person is asked about those. Until they answer,
        the edit stands and is still unsaved.
        """
        changed = diff(self._saved, settings)
        self._saved = settings
        for key, value in changed.items():
            if key in self._edits and self._edits[key] == value:
                del self._edits[key]
        return tuple(key for key in changed if key in self._edits)
