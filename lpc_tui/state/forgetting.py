"""What a person is told and asked about a rebuild, and doing it: the same in the terminal UI and on the command line.

`cli.rebuild` and the UI's port make one of these with the profile's lock held, so that what was told still holds when the
answer comes. Nothing here reaches a service. All of it blocks.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from lpc_tui.model.items import Process
from lpc_tui.state.rebuild import damage_of, forget, set_aside, standing_of
from lpc_tui.state.rows import Standing

__all__ = ["Forgetting", "SettingAside"]

_WHAT_NEXT = (
    "The next sync compares both sides afresh: items that are evidently the same are linked again, values that differ are"
    " conflicts, and what has no counterpart is added to the other side."
)


class Forgetting:
    """Forgetting which items of a process belong together."""

    def __init__(self, path: Path, process: Process) -> None:
        """`path` is the state file's, which need not exist.

        Raises:
            StateError: it cannot be used.
        """
        self._path = path
        self._process = process
        standing = standing_of(path, process) if path.exists() else Standing(False, 0, 0, 0)
        self._links = _counted(standing.links, "link")
        is_needed = standing.is_known or standing.links > 0
        self.warnings = tuple(_warnings(process, standing)) if is_needed else ()
        """What the person should know before they say yes, a paragraph each; none: there is nothing to forget."""

    @property
    def nothing(self) -> str:
        """What to say where there is nothing to forget."""
        return f"{self._process.label}: nothing is linked; there is nothing to forget."

    @property
    def question(self) -> str:
        """What is to be answered yes or no."""
        return f"Forget {self._links}?"

    def carry_out(self, at: datetime) -> str:
        """Forget, and say what comes next and where the state as it was is kept.

        Args: at: now, aware.

        Raises:
            StateError: the file cannot be used; nothing was forgotten.
        """
        copy = forget(self._path, self._process, at)
        return f"{self._process.label}: {self._links} forgotten. {_WHAT_NEXT}\nThe state as it was is kept: {copy}"


class SettingAside:
    """Moving a state file out of the way that cannot be read any more."""

    def __init__(self, path: Path) -> None:
        """`path` is the state file's, which need not exist.

        Raises:
            StateError: it cannot be used for another reason than that it is damaged.
        """
        self._path = path
        damage = damage_of(path) if path.exists() else None
        lost = "Moved aside, nothing of it is used any more: the links of all processes, what waits, and the history."
        self.warnings = () if damage is None else (damage.message, lost)
        """What the person should know before they say yes, a paragraph each; none: it is not damaged."""

    @property
    def nothing(self) -> str:
        """What to say where it is not damaged."""
        return f"The state file {self._path} is not damaged."

    @property
    def question(self) -> str:
        """What is to be answered yes or no."""
        return "Move it aside?"

    def carry_out(self, at: datetime) -> str:
        """Move it, and say where it is and what comes next.

        Args: at: now, aware.

        Raises:
            StateError: it cannot be moved.
        """
        place = set_aside(self._path, at)
        return f"The state file is now {place}; nothing was deleted. {_WHAT_NEXT}"


def _warnings(process: Process, standing: Standing) -> list[str]:
    lines = [
        f"{process.label}: {_counted(standing.links, 'link')} would be forgotten. Nothing is undone, and nothing is written"
        " to Outlook or Salesforce: repair by hand first what should not be as it is, with the Auto Background Sync off."
    ]
    if standing.deletions:
        items = _counted(standing.deletions, "item")
        lines.append(f"Deleted on one side but not on the other: {items}. The next sync would add them back.")
    if standing.intents:
        writes = _counted(standing.intents, "write")
        lines.append(
            f"Interrupted, outcome unknown: {writes}. They are not forgotten: the next sync looks first what became of them."
        )
    return lines


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
