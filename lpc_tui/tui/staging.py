"""Edits of the settings between the keyboard and the file: staged until Apply or Ok, dropped by Cancel.

Three versions meet here: what the person edited, what was last read from the file, and what somebody else wrote into the
file meanwhile. An edit may hold what is not allowed (a number half typed): it is then kept with the reason, and nothing is
written while there is one. Pure: `settings_binding` reads and writes the file, the forms show the marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lpc_tui.settings import Settings
from lpc_tui.settings_check import InvalidSettingsError, SettingsProblem, with_changes
from lpc_tui.settings_keys import diff, value_of
from lpc_tui.settings_values import Value

__all__ = ["Collision", "Staging"]


@dataclass(frozen=True, slots=True)
class Collision:
    """A setting that the person and somebody else changed, to different values."""

    key: str
    before: Value
    """As it was saved when the person began to edit."""
    now: Value
    """In the file now."""
    mine: Value
    """As the person edited it."""


class Staging:
    """The settings as the file has them, with the person's edits on top."""

    def __init__(self, saved: Settings) -> None:
        self._saved = saved
        self._edits: dict[str, Value] = {}
        self._problems: Mapping[str, SettingsProblem] = MappingProxyType({})

    @property
    def saved(self) -> Settings:
        """The settings as last read from the file; runs use these."""
        return self._saved

    @property
    def changes(self) -> Mapping[str, Value]:
        """The edits by dotted key: what Apply writes."""
        return MappingProxyType(self._edits)

    @property
    def problems(self) -> Mapping[str, SettingsProblem]:
        """What keeps the edits from being written, by the key where it is told. That key need not be an edited one: two
        settings may not fit together."""
        return self._problems

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
        self._check()

    def drop(self, keys: Iterable[str] | None = None) -> None:
        """Forget the edits of `keys`, or all of them."""
        for key in list(self._edits) if keys is None else keys:
            self._edits.pop(key, None)
        self._check()

    def problem_if(self, key: str, value: Value) -> SettingsProblem | None:
        """What would be wrong with `value` for `key`, beside the other edits."""
        return _problems(self._saved, {**self._edits, key: value}).get(key)

    def reload(self, settings: Settings) -> tuple[Collision, ...]:
        """Take over what the file says now, keeping the edits.

        Returns what was changed on both sides, to different values: the person is asked about those. Until they answer,
        the edit stands and is still unsaved.
        """
        before, changed = self._saved, diff(self._saved, settings)
        self._saved = settings
        for key, value in changed.items():
            if key in self._edits and self._edits[key] == value:
                del self._edits[key]
        self._check()
        return tuple(
            Collision(key, value_of(before, key), value, self._edits[key])
            for key, value in changed.items()
            if key in self._edits
        )

    def keep_as_edits(self, settings: Settings) -> None:
        """Take over `settings`, keeping what was saved until now as edits: the file with it is gone."""
        kept = {**diff(settings, self._saved), **self._edits}
        self._saved = settings
        self._edits = {key: value for key, value in kept.items() if value != value_of(settings, key)}
        self._check()

    def _check(self) -> None:
        self._problems = _problems(self._saved, self._edits)


def _problems(saved: Settings, edits: Mapping[str, Value]) -> Mapping[str, SettingsProblem]:
    try:
        with_changes(saved, edits)
    except InvalidSettingsError as error:
        return MappingProxyType({problem.key: problem for problem in error.problems})
    return MappingProxyType({})
