"""The settings written out as TOML: the commented file of a new profile, and `config show`.

Generated from the models, so that a new key is in the file, with its help, the moment it is in the models.
"""

from __future__ import annotations

import textwrap
from typing import Final

import tomlkit

from lpc_tui.settings import Settings
from lpc_tui.settings_keys import Setting, catalogue, tables, values
from lpc_tui.settings_values import Value

_WIDTH: Final = 100

_HEADER: Final = """\
# The settings of lpc-tui. A key left out has its default. Edit this file by hand, with `lpc-tui config set KEY VALUE`
# or in the terminal UI: comments and order stay. `lpc-tui config validate` checks it.
"""


def render_default() -> str:
    """The file of a new profile: every key at its default, with its help in a comment."""
    return render(Settings(), is_commented=True)


def render(settings: Settings, *, is_commented: bool = False) -> str:
    """`settings` as TOML, every key written out. With comments, each table and key is explained."""
    parts = [_HEADER] if is_commented else []
    shown = values(settings)
    for table, about in tables().items():
        keys = [known for known in catalogue().values() if known.key.rpartition(".")[0] == table]
        if keys:
            comment = _comment(about) if is_commented else ""
            lines = "".join(_line(known, shown[known.key], is_commented=is_commented) for known in keys)
            parts.append(f"{comment}[{table}]\n{lines}")
    return "\n".join(parts)


def literal(value: Value) -> str:
    """`value` as it is written in TOML."""
    return tomlkit.item(str(value) if isinstance(value, str) else value).as_string()


def _line(known: Setting, value: Value, *, is_commented: bool) -> str:
    line = f"{known.key.rpartition('.')[2]} = {literal(value)}"
    if not is_commented:
        return f"{line}\n"
    note = f"{' | '.join(known.choices)}: {known.brief}" if known.choices else known.brief
    trailing = f"{line:<39}  # {note}\n"
    return trailing if len(trailing) <= _WIDTH else f"{_comment(note)}{line}\n"


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(text, _WIDTH - 2))
