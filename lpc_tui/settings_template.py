"""The settings written out as TOML: the commented file of a new profile, and `config show`.

Generated from the models, so that a new key is in the file, with its help, the moment it is in the models.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Final

import tomlkit

from lpc_tui.settings import Settings
from lpc_tui.settings_keys import Setting, catalogue, tables, values
from lpc_tui.settings_values import Value

_WIDTH: Final = 100

_OWN_KEYS: Final = "ui.keys"
"""The table whose keys are the person's to choose."""

_HEADER: Final = """\
# The settings of lpc-tui. A key left out has its default. Edit this file by hand, with `lpc-tui config set KEY VALUE`
# or in the terminal UI: comments and order stay. `lpc-tui config validate` checks it.
"""


def render_default() -> str:
    """The file of a new profile: every key at its default, with its help in a comment."""
    return f"{_HEADER}\n{_render(Settings(), lambda known, _: _help(known), has_headings=True)}"


def render_effective(settings: Settings) -> str:
    """Every key of `settings`, those at their default marked so."""
    return _render(
        settings, lambda known, value: "default" if value == known.default else "", has_headings=False
    )


def literal(value: Value) -> str:
    """`value` as it is written in TOML. What could steer a terminal that shows the file is written as its number."""
    written = tomlkit.item(str(value) if isinstance(value, str) else value).as_string()
    return "".join(each if each.isprintable() else _number(each) for each in written)


def _number(character: str) -> str:
    """A character as TOML has it in a basic string."""
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _render(settings: Settings, note: Callable[[Setting, Value], str], *, has_headings: bool) -> str:
    shown = values(settings)
    parts = []
    for table, about in tables().items():
        keys = [known for known in catalogue().values() if known.key.rpartition(".")[0] == table]
        own = settings.ui.keys.by_id if table == _OWN_KEYS else None
        if keys or own is not None:
            heading = _comment(about) if has_headings else ""
            lines = "".join(_line(known, shown[known.key], note(known, shown[known.key])) for known in keys)
            lines += "".join(f"{literal(name)} = {literal(value)}\n" for name, value in (own or {}).items())
            parts.append(f"{heading}[{table}]\n{lines}")
    return "\n".join(parts)


def _help(known: Setting) -> str:
    return f"{' | '.join(known.choices)}: {known.brief}" if known.choices else known.brief


def _line(known: Setting, value: Value, note: str) -> str:
    line = f"{known.key.rpartition('.')[2]} = {literal(value)}"
    if not note:
        return f"{line}\n"
    trailing = f"{line:<39}  # {note}\n"
    return trailing if len(trailing) <= _WIDTH else f"{_comment(note)}{line}\n"


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(text, _WIDTH - 2))
