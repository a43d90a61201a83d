"""A faults file: `[[fault]]` tables of TOML, and every mistake in them with its line and what is allowed.

`sandbox serve --faults FILE` reads it; docs/sandbox.md tells people how to write one.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lpc_tui.errors import SandboxError
from lpc_tui.plain import plain
from lpc_tui.sandbox.faults import kinds
from lpc_tui.sandbox.faults.kinds import Fault

__all__ = ["KINDS", "read_faults"]

KINDS: Final[Mapping[str, type[Fault]]] = {
    model.model_fields["kind"].default: model
    for model in (
        kinds.Status,
        kinds.Latency,
        kinds.Drop,
        kinds.Truncate,
        kinds.Garble,
        kinds.ExpiredToken,
        kinds.DeadDeltaTokens,
        kinds.Concurrency,
        kinds.DailyLimit,
        kinds.ValidationRule,
        kinds.DuplicateRule,
        kinds.Trigger,
    )
}
"""The models by the kind that a file calls them."""

_TABLE: Final = re.compile(r"^[ \t]*\[\[[ \t]*fault[ \t]*\]\]", re.MULTILINE)
_LONGEST_SHOWN = 60


def read_faults(path: Path) -> tuple[Fault, ...]:
    """The faults of a file.

    Raises:
        SandboxError: it cannot be read, or is not all faults; says every mistake.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SandboxError(f"{plain(str(path))} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise SandboxError(f"{plain(str(path))} is not UTF-8 text.", "Save it as UTF-8.") from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SandboxError(f"{plain(str(path))} is not TOML: {error}.") from error
    lines = _Lines(text)
    faults: list[Fault] = []
    mistakes = [f"{key}: unknown; a faults file holds [[fault]] tables" for key in tables if key != "fault"]
    found = tables.get("fault", [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        mistakes.append("fault: write a [[fault]] table for each")
        found = []
    for number, table in enumerate(found):
        try:
            faults.append(_fault(table))
        except _Mistakes as error:
            mistakes += [f"line {lines.of(number, key)}: {words}" for key, words in error.told]
    if mistakes:
        raise SandboxError("; ".join(f"{plain(str(path))}, {each}" for each in mistakes) + ".")
    return tuple(faults)


class _Mistakes(Exception):
    """What is wrong with one table, each mistake with the key it is about; empty: the table."""

    def __init__(self, *told: tuple[str, str]) -> None:
        super().__init__(told)
        self.told = told


class _Lines:
    """Where the keys of the tables stand: `tomllib` does not tell."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [match.start() for match in _TABLE.finditer(text)]

    def of(self, number: int, key: str) -> int:
        """The line of a key of a table, from 1; of the table itself, if the key is not there."""
        if number >= len(self._starts):
            return 1  # written as an array of inline tables
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._text)
        begin = self._starts[number]
        name = re.escape(key)
        found = re.compile(rf"^[ \t]*[\"']?{name}[\"']?[ \t]*[=.]", re.MULTILINE).search(
            self._text, begin, end
        )
        return self._text.count("\n", 0, found.start() if key and found else begin) + 1


def _fault(table: Mapping[str, Any]) -> Fault:
    kind = table.get("kind")
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        said = "kind is missing" if kind is None else f"kind: {_shown(kind)} is not known"
        near = _near(kind, KINDS)
        raise _Mistakes(("kind", f"{said}; {near}allowed: {', '.join(KINDS)}"))
    try:
        return model.model_validate(table)
    except ValidationError as error:
        told = [_told(model, detail) for detail in error.errors(include_url=False)]
        raise _Mistakes(*dict(told).items()) from error


def _told(model: type[Fault], detail: ErrorDetails) -> tuple[str, str]:
    """The key and the mistake, in words for a person."""
    key = str(detail["loc"][0]) if detail["loc"] else ""
    allowed = model.model_fields[key].description if key in model.model_fields else ""
    match detail["type"]:
        case "extra_forbidden":
            keys = [name for name in model.model_fields if name != "kind"]
            return key, f"{_shown(key)} is no key of this kind; {_near(key, keys)}allowed: {', '.join(keys)}"
        case "missing":
            return key, f"{key} is missing; allowed: {allowed}"
        case "value_error":
            return key, str(detail["ctx"]["error"])
        case _:
            return key, f"{key}: {_shown(detail['input'])} is not allowed; allowed: {allowed}"


def _near(word: object, known: Iterator[str] | Mapping[str, Any] | list[str]) -> str:
    """A guess at what was meant, if there is a good one."""
    close = difflib.get_close_matches(str(word), list(known), n=1)
    return f"did you mean {close[0]}? " if close else ""


def _shown(value: object) -> str:
    text = plain(f'"{value}"' if isinstance(value, str) else str(value))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
