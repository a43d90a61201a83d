"""Checks a tree of settings and tells every problem at once, each with its place, its key and what is allowed.

Between pydantic, which finds the problems, and the people who have to mend them: `settings_file` calls it with the lines of
the file, the terminal UI and `config set` with changes that are in no file yet. Pure: no file is touched here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lpc_tui.errors import SettingsError
from lpc_tui.settings import Settings
from lpc_tui.settings_keys import catalogue, nearest, setting, tables
from lpc_tui.settings_values import Value

KeyPath = tuple[str | int, ...]
"""Where a value is: table names, keys and positions in arrays, from the top of the file."""

_LONGEST_SHOWN: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsProblem:
    """One thing wrong with the settings; `str()` of it is the line shown to a person."""

    message: str
    """What is wrong, as the rest of a sentence about the key."""
    key: str = ""
    """Dotted; empty if the file as a whole is at fault."""
    allowed: str = ""
    """What would be right, or the nearest known key."""
    file: Path | None = None
    line: int | None = None
    """Counted from 1."""

    def __str__(self) -> str:
        place = (
            "" if self.file is None else f"{self.file}:" if self.line is None else f"{self.file}:{self.line}:"
        )
        told = f"{self.message}; {self.allowed}" if self.allowed else self.message
        return " ".join(part for part in (place, self.key and f"{self.key}:", told) if part)


class InvalidSettingsError(SettingsError):
    """The settings have problems, all of them in `problems`. The message tells the first one."""

    def __init__(self, problems: Sequence[SettingsProblem]) -> None:
        more = len(problems) - 1
        others = f" (and {more} more: `lpc-tui config validate` lists them)" if more else ""
        super().__init__(f"{problems[0]}{others}")
        self.problems = tuple(problems)


def check(
    tree: Mapping[str, Any],
    *,
    file: Path | None = None,
    line_of: Callable[[KeyPath], int | None] | None = None,
) -> Settings:
    """The settings that `tree` holds; a key left out has its default.

    `file` and `line_of` say where the tree was read from. Raises `InvalidSettingsError` with every problem at once, in the
    order of the file.
    """
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        found = []
        for detail in error.errors(include_url=False):
            path = detail["loc"] + ((detail["ctx"]["key"],) if detail["type"] == "mismatch" else ())
            line = line_of(path) if line_of else None
            found.append(replace(_problem(path, detail), file=file, line=line))
        raise InvalidSettingsError(sorted(found, key=lambda problem: problem.line or 0)) from error


def with_changes(settings: Settings, changes: Mapping[str, Value]) -> Settings:
    """A copy of `settings` with other values for some keys, checked as a whole.

    Raises `UsageError` for an unknown key and `InvalidSettingsError` for values that are not allowed or do not fit together.
    """
    tree = settings.model_dump()
    for key, value in changes.items():
        *path, name = setting(key).key.split(".")
        table = tree
        for part in path:
            table = table[part]
        table[name] = value
    return check(tree)


def _problem(path: KeyPath, detail: ErrorDetails) -> SettingsProblem:
    key = dotted(path)
    match detail["type"]:
        case "extra_forbidden":
            near = nearest(key)
            return SettingsProblem(
                key=key, message="unknown key", allowed=f"did you mean {near}?" if near else ""
            )
        case "mismatch":
            return SettingsProblem(
                key=key, message=detail["ctx"]["message"], allowed=detail["ctx"]["allowed"]
            )
        case "value_error":
            message = f"{_shown(detail['input'])} {detail['ctx']['error']}"
        case _:
            message = f"{_shown(detail['input'])} is not allowed"
    if key in tables():
        return SettingsProblem(
            key=key, message="is a table, not a value", allowed=f"write [{key}] and its keys below"
        )
    known = catalogue().get(key)
    return SettingsProblem(key=key, message=message, allowed=f"allowed: {known.allowed}" if known else "")


def dotted(path: KeyPath) -> str:
    """`path` as a person would write it: names that are not bare TOML keys are quoted and shown inert."""
    return ".".join(
        str(part) if re.fullmatch(r"[A-Za-z0-9_-]+", str(part)) else _shown(part) for part in path
    )


def _shown(value: object) -> str:
    """`value` as TOML writes it, inert (no control or bidi characters) and not endless."""
    match value:
        case bool():
            text = "true" if value else "false"
        case str():
            text = f'"{value}"' if value.isprintable() else json.dumps(value)
        case Mapping():
            text = "a table"
        case list():
            text = "an array"
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
