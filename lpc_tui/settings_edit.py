"""Puts values into a TOML text and leaves everything else as the person wrote it. Pure: text in, text out.

A value that is there already is replaced through tomlkit. A new key goes below the last key of its table as a line of its
own (tomlkit would put it after the comments that introduce the next table), a new table to the end. Only in inline tables
and among dotted keys tomlkit places new keys too. `settings_file` checks that the outcome means what was wanted before it
replaces the file.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

import tomlkit
from tomlkit.items import InlineTable

from lpc_tui.settings_lines import Names, lines_of
from lpc_tui.settings_template import literal
from lpc_tui.settings_values import Value

_NewKeys = dict[Names, list[str]]
"""Lines to write, by the table they belong to."""


def with_values(text: str, changes: Mapping[str, Value]) -> str:
    """`text`, which must be sound TOML, with other values for some (dotted) keys.

    Raises tomlkit's errors for a layout it does not master.
    """
    document = tomlkit.parse(text)
    dotted = lines_of(text).dotted
    new_keys: _NewKeys = {}
    for key, value in changes.items():
        *path, name = key.split(".")
        table = _table(document, path)
        if table is not None and (name in table or isinstance(table, InlineTable) or tuple(path) in dotted):
            table[name] = tomlkit.value(literal(value)) if isinstance(value, str) else value
        else:
            new_keys.setdefault(tuple(path), []).append(f"{name} = {literal(value)}")
    edited = _with_new_keys(document.as_string(), new_keys)
    has_windows_ends = "\n" in text and text.count("\n") == text.count("\r\n")
    return edited.replace("\r\n", "\n").replace("\n", "\r\n") if has_windows_ends else edited


def _table(document: MutableMapping[str, Any], path: list[str]) -> MutableMapping[str, Any] | None:
    """The table at `path`; `None` if there is none yet.

    Inside an inline table it is made on the spot, since TOML lets nothing be added to one from outside.
    """
    table = document
    for name in path:
        if name not in table:
            if not isinstance(table, InlineTable):
                return None
            table[name] = tomlkit.inline_table()
        table = table[name]
    return table


def _with_new_keys(text: str, new_keys: _NewKeys) -> str:
    if not new_keys:
        return text
    sections = lines_of(text).ends
    lines = text.removesuffix("\n").split("\n") if text else []
    for table in sorted(new_keys.keys() & sections.keys(), key=lambda table: sections[table], reverse=True):
        lines[sections[table] : sections[table]] = new_keys[table]
    for table, keys in new_keys.items():
        if table not in sections:
            lines += [*([""] if lines and lines[-1].strip() else []), f"[{'.'.join(table)}]", *keys]
    return "\n".join(lines) + "\n"
