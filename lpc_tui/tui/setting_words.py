"""A setting told to a person: where it is found, how its value reads, all that is known of it. Pure.

The forms, the help, the search and every question about unsaved edits use these, so that a setting has one name.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from textual.content import Content

from lpc_tui.model.items import Process
from lpc_tui.settings_check import SettingsProblem
from lpc_tui.settings_keys import setting, value_of
from lpc_tui.settings_values import Value
from lpc_tui.tui.plain import content, plain
from lpc_tui.tui.staging import Staging

__all__ = ["about", "full_name", "problem_reason", "process_of", "value_words"]

_PLACES: Final = MappingProxyType(
    {
        "auto_sync": "Auto Background Sync",
        "notifications": "Notification Options",
        "outlook": "Outlook",
        "salesforce": "Salesforce",
        "safety": "Safety",
        "ui": "Terminal",
    }
)
_LABEL_WIDTH: Final = 13


def process_of(key: str) -> Process | None:
    """The process whose setting it is; None: it is not one of the Sync Jobs."""
    table, _, rest = key.partition(".")
    return Process(rest.partition(".")[0]) if table == "sync" else None


def full_name(key: str) -> str:
    """The setting's label with the place it belongs to: "Calendar: Synchronize Past Days"."""
    process = process_of(key)
    place = process.label if process else _PLACES.get(key.partition(".")[0], "")
    return f"{place}: {setting(key).label.removesuffix(':')}"


def value_words(key: str, value: Value) -> str:
    """A value as the forms show it, inert: "ticked", "Ask me", "30"."""
    if isinstance(value, bool):
        return "ticked" if value else "not ticked"
    if label := next((choice.label for choice in setting(key).choices if choice == value), ""):
        return label
    return plain(str(value)) or "(empty)"


def problem_reason(problem: SettingsProblem) -> str:
    """What is wrong, in a sentence that needs no key."""
    return plain(f"{problem.message}; {problem.allowed}" if problem.allowed else problem.message)


def about(key: str, staging: Staging) -> Iterable[Content]:
    """All of a setting in lines: what it does, its default, what is allowed, its key in the file, what is saved now."""
    known = setting(key)
    yield Content.styled(f"  {full_name(key)}", "bold")
    yield Content(f"  {known.help}")
    yield _fact("Default", value_words(key, known.default))
    yield _fact("Allowed", known.allowed)
    yield _fact("In the file", key)
    yield _fact("Saved now", value_words(key, value_of(staging.saved, key)))
    if staging.is_edited(key):
        yield _fact("Your edit", f"{value_words(key, staging.value(key))} (not saved yet)")
    if (problem := staging.problems.get(key)) is not None:
        yield _fact("Not allowed", problem_reason(problem))


def _fact(label: str, words: str) -> Content:
    return Content.assemble((f"  {label:<{_LABEL_WIDTH}}", "dim"), content(words))
