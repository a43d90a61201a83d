"""How actions and errors are offered and worded for the whole app: palette entries, key names, what is wrong.

The palette has an entry for every action that a key has, made from the very bindings, so that the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from textual.app import SystemCommand
from textual.content import Content
from textual.screen import Screen

from lpc_tui.errors import LpcError
from lpc_tui.settings_check import InvalidSettingsError
from lpc_tui.tui.plain import prose
from lpc_tui.tui.remedies import error_words

__all__ = ["key_name", "palette_entries", "problem_words"]

_NAMES = {"escape": "Esc", "question_mark": "?", "slash": "/"}


def palette_entries(screen: Screen[object]) -> Iterable[SystemCommand]:
    """Every action of ours that is possible on `screen`, once each, with its key."""
    seen: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.enabled and binding.id and binding.description and binding.action not in seen:
            seen.add(binding.action)
            run = partial(screen.app.run_action, binding.action, active.node)
            yield SystemCommand(binding.description, f"Key: {screen.app.get_key_display(binding)}", run)


def key_name(key: str) -> str:
    """A key as it is printed on it: F5, Esc, ^S."""
    *modifiers, name = key.split("+")
    name = _NAMES.get(name, name)
    if modifiers == ["ctrl"]:
        return f"^{name.upper()}"
    return name.capitalize() if len(name) > 1 else name


def problem_words(error: LpcError) -> Content:
    """All problems of a settings file, or an error's message with what to do about it."""
    if not isinstance(error, InvalidSettingsError):
        return prose(error_words(error))
    lines = [
        "The settings file cannot be used as it is. Mend it in an editor; it is read again when you save it."
    ]
    if (file := error.problems[0].file) is not None:
        lines.append(str(file))
    for problem in error.problems:
        place = f"line {problem.line}: " if problem.line else ""
        lines.append(f"{place}{replace(problem, file=None, line=None)}")
    return prose("\n".join(lines))
