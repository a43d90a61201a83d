"""The settings by their dotted keys: `sync.calendar.past_days` and its label, help, default and allowed values.

The catalogue is read off the models of `settings`. The command line finds keys in it (`config get`, `config set`), the
terminal UI builds its labels and drop-downs from it, the default file its comments. Pure: no file is touched here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from lpc_tui.errors import UsageError
from lpc_tui.settings import Section, Settings
from lpc_tui.settings_values import Allowed, Choice, Value

_WORDS_FOR_TRUE: Final = frozenset({"true", "yes", "on"})
_WORDS_FOR_FALSE: Final = frozenset({"false", "no", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One key of the file, as it is told to a person."""

    key: str
    """Dotted, as `config get` takes it."""
    label: str
    """As LinkPoint Assist words it, where it has the setting."""
    help: str
    """A paragraph whose first sentence stands by itself."""
    default: Value
    kind: type[bool] | type[int] | type[str]
    """The type of the value in the file; a choice is a `str` there."""
    choices: tuple[Choice, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    allowed: str
    """The values it takes, in words."""

    @property
    def brief(self) -> str:
        """The first sentence of the help."""
        return self.help.split(". ", maxsplit=1)[0].removesuffix(".")


@cache
def catalogue() -> Mapping[str, Setting]:
    """Every key, in the order of the file."""
    return MappingProxyType({setting.key: setting for setting in _walk(Settings, "")})


def setting(key: str) -> Setting:
    """The setting called `key`; `UsageError` with the nearest known key if there is none."""
    try:
        return catalogue()[key]
    except KeyError:
        raise UsageError(f"there is no setting {key!r}.", _hint_for(key)) from None


def label(key: str) -> str:
    """The label of `key`; `UsageError` if there is no such key."""
    return setting(key).label


def value_of(settings: Settings, key: str) -> Value:
    """The value of `key` in `settings`; `UsageError` if there is no such key."""
    found: Any = settings
    for name in setting(key).key.split("."):
        found = getattr(found, name)
    value: Value = found
    return value


def values(settings: Settings) -> dict[str, Value]:
    """Every key with its value, in the order of the file."""
    return {key: value_of(settings, key) for key in catalogue()}


def diff(old: Settings, new: Settings) -> dict[str, Value]:
    """The keys whose values differ, with their values in `new`."""
    before = values(old)
    return {key: value for key, value in values(new).items() if value != before[key]}


def parse_value(key: str, text: str) -> Value:
    """Read `text`, as typed on a command line, as the type of `key`.

    Only the type is settled here; bounds and choices are checked with all else in `settings_check`. Raises `UsageError`.
    """
    known = setting(key)
    if known.kind is str:
        return text
    if known.kind is bool:
        word = text.strip().lower()
        if word in _WORDS_FOR_TRUE | _WORDS_FOR_FALSE:
            return word in _WORDS_FOR_TRUE
        raise UsageError(f"{key}: {text!r} is neither yes nor no.", f"Allowed: {known.allowed}.")
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{key}: {text!r} is not a whole number.", f"Allowed: {known.allowed}.") from None


def tables() -> Mapping[str, str]:
    """The dotted name of every table with what it is about, in the order of the file."""
    return {key: table.__doc__ or "" for key, table in _tables(Settings, "")}


def nearest(key: str) -> str | None:
    """The known key or table that `key` was probably meant to be.

    A slip in the last word comes first, then the right word in the wrong table, then a slip anywhere.
    """
    known = [*catalogue(), *tables()]
    parent, _, name = key.lower().rpartition(".")
    siblings = {_last_word(other): other for other in known if other.rpartition(".")[0] == parent}
    if close := difflib.get_close_matches(name, siblings, n=1):
        return siblings[close[0]]
    namesakes = [other for other in known if _last_word(other) == name]
    if namesakes and not parent:
        return namesakes[0]
    close = difflib.get_close_matches(key, namesakes, n=1, cutoff=0) or difflib.get_close_matches(
        key, known, n=1
    )
    return close[0] if close else None


def _last_word(key: str) -> str:
    return key.rpartition(".")[2]


def _hint_for(key: str) -> str:
    if key in tables():
        return f"It is a table; name one of its keys, such as {next(k for k in catalogue() if k.startswith(key))}."
    if near := nearest(key):
        return f"Did you mean {near}?"
    return "`lpc-tui config show` lists them all."


def _tables(section: type[Section], prefix: str) -> Iterator[tuple[str, type[Section]]]:
    for name, field in section.model_fields.items():
        if table := _as_section(field):
            yield f"{prefix}{name}", table
            yield from _tables(table, f"{prefix}{name}.")


def _walk(section: type[Section], prefix: str) -> Iterator[Setting]:
    for name, field in section.model_fields.items():
        if table := _as_section(field):
            yield from _walk(table, f"{prefix}{name}.")
        else:
            yield _setting(section, f"{prefix}{name}", field)


def _as_section(field: FieldInfo) -> type[Section] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def _setting(section: type[Section], key: str, field: FieldInfo) -> Setting:
    kind = field.annotation
    assert isinstance(kind, type)
    choices = tuple(kind) if issubclass(kind, Choice) else ()
    minimum = next(
        (mark.ge for mark in field.metadata if isinstance(mark, Ge) and isinstance(mark.ge, int)), None
    )
    maximum = next(
        (mark.le for mark in field.metadata if isinstance(mark, Le) and isinstance(mark.le, int)), None
    )
    words = next((mark.text for mark in field.metadata if isinstance(mark, Allowed)), None)
    return Setting(
        key=key,
        label=section.worded(field.title or ""),
        help=section.worded(field.description or ""),
        default=field.default,
        kind=bool if kind is bool else int if kind is int else str,
        choices=choices,
        minimum=minimum,
        maximum=maximum,
        allowed=words or _allowed(kind, choices, minimum, maximum),
    )


def _allowed(kind: type, choices: tuple[Choice, ...], minimum: int | None, maximum: int | None) -> str:
    if choices:
        return "one of " + ", ".join(choices)
    if kind is bool:
        return "true or false"
    if kind is int and maximum is None:
        return f"a whole number, {minimum} or more"
    if kind is int:
        return f"a whole number from {minimum} to {maximum}"
    return "a text in quotes"
