"""How actions and errors are offered and worded for the whole app: palette entries, key names, what is wrong.

The palette has an entry for every action that a key has, made from the very bindings, so that the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.content import Content
from textual.screen import Screen

from lpc_tui.errors import LpcError
from lpc_tui.model.items import Process
from lpc_tui.settings_check import InvalidSettingsError
from lpc_tui.settings_values import Theme
from lpc_tui.tui.plain import prose
from lpc_tui.tui.remedies import error_words, rebuild_title
from lpc_tui.tui.widgets.components import Component

if TYPE_CHECKING:
    from lpc_tui.tui.app import LpcApp

__all__ = ["key_name", "problem_words", "system_commands"]

_NAMES = {"escape": "Esc", "question_mark": "?", "slash": "/"}


def system_commands(app: LpcApp, screen: Screen[object]) -> Iterable[SystemCommand]:
    """All that the palette offers on `screen`, but for the settings, which are searched."""
    yield from _actions(screen)
    if app.check_action("start_sync", ()):
        for name, chosen in (("Everything", ()), *((process.label, (process,)) for process in Process)):
            title = f"Start Background Synchronization: {name}"
            start = partial(app.start_in_background, *chosen)
            yield SystemCommand(title, "By the saved rules, without a review", start)
    for component in Component:
        yield SystemCommand(f"Show {component}", "Component", partial(app.main.show_component, component))
    for process in (*Process, None):
        words = "Forget which items belong together" if process else "Set it aside and begin anew"
        yield SystemCommand(rebuild_title(process), words, partial(app.rebuild_history, process))
    yield SystemCommand("Examine", "Look for what is in the way of a sync", app.action_examine)
    yield SystemCommand("Set up", "From nothing to a first sync, step by step", app.set_up)
    for theme in Theme:
        yield SystemCommand(f"Theme: {theme.label}", "Change the colours", partial(app.choose_theme, theme))


def _actions(screen: Screen[object]) -> Iterable[SystemCommand]:
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
