"""The org's own statuses and priorities of tasks, and the canonical words for them.

Their names differ from org to org and from language to language, so the org is asked what they mean. Canonical are Outlook's
five statuses and three importances. Pure; made by `tasks`, remembered in the watermark, used by `task_records`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

from lpc_tui.errors import ProtocolError
from lpc_tui.replicas.wire import JsonObject

__all__ = ["PRIORITIES_QUERY", "STATUSES_QUERY", "Choice", "TaskChoices"]

STATUSES_QUERY: Final = "SELECT ApiName, IsClosed, IsDefault, SortOrder FROM TaskStatus ORDER BY SortOrder"
PRIORITIES_QUERY: Final = (
    "SELECT ApiName, IsHighPriority, IsDefault, SortOrder FROM TaskPriority ORDER BY SortOrder"
)

_STATUSES = MappingProxyType(
    {
        "not started": "notStarted",
        "in progress": "inProgress",
        "completed": "completed",
        "waiting on someone else": "waitingOnOthers",
        "deferred": "deferred",
    }
)
"""What an org has unless its administrator changed it."""
_PRIORITIES = MappingProxyType({"high": "high", "normal": "normal", "low": "low"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of one of the two lists."""

    name: str
    """The org's."""
    word: str
    """What it means."""
    is_default: bool

    @classmethod
    def from_json(cls, value: Sequence[object]) -> Self:
        """Back from `to_json`; raises TypeError or ValueError for anything else."""
        name, word, is_default = value
        return cls(str(name), str(word), bool(is_default))

    def to_json(self) -> list[object]:
        return [self.name, self.word, self.is_default]


@dataclass(frozen=True, slots=True)
class TaskChoices:
    """Both lists; of several values with one meaning, the one that is written for it comes first."""

    statuses: tuple[Choice, ...]
    priorities: tuple[Choice, ...]

    @classmethod
    def from_rows(cls, statuses: Iterable[JsonObject], priorities: Iterable[JsonObject]) -> Self:
        """From the answers to the two queries, in the org's order.

        Raises:
            ProtocolError: they are not what was asked for, or there are none.
        """
        try:
            choices = cls(
                _preferred(_statuses(statuses), _STATUSES), _preferred(_priorities(priorities), _PRIORITIES)
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ProtocolError(
                "Salesforce's statuses and priorities of tasks cannot be understood."
            ) from error
        if not choices.statuses or not choices.priorities:
            raise ProtocolError("Salesforce names no status or no priority of tasks.")
        return choices

    @classmethod
    def from_json(cls, value: JsonObject) -> Self:
        """Back from `to_json`; raises KeyError, TypeError or ValueError for anything else."""
        statuses, priorities = (
            tuple(map(Choice.from_json, value[name])) for name in ("statuses", "priorities")
        )
        if not statuses or not priorities:
            raise ValueError("no choices")
        return cls(statuses, priorities)

    def to_json(self) -> JsonObject:
        """A form for the watermark."""
        return {
            "statuses": [choice.to_json() for choice in self.statuses],
            "priorities": [choice.to_json() for choice in self.priorities],
        }

    def status_word(self, name: str, *, is_closed: bool) -> str:
        """What a task's status means; one that the org did not list, by whether it closes the task."""
        found = next((choice.word for choice in self.statuses if choice.name == name), None)
        return found or ("completed" if is_closed else "inProgress")

    def priority_word(self, name: str, *, is_high: bool) -> str:
        """What a task's priority means."""
        found = next((choice.word for choice in self.priorities if choice.name == name), None)
        return found or ("high" if is_high else "normal")

    def status_for(self, word: str) -> Choice:
        """The org's nearest status to a canonical word: one that means it, else what a new task has."""
        return _nearest(self.statuses, word)

    def priority_for(self, word: str) -> Choice:
        """The org's nearest priority to a canonical word."""
        return _nearest(self.priorities, word)


def _statuses(rows: Iterable[JsonObject]) -> list[Choice]:
    return [Choice(row["ApiName"], _status_word(row), bool(row["IsDefault"])) for row in rows]


def _status_word(row: JsonObject) -> str:
    """A name that everybody knows counts only where it closes the task, or leaves it open, as its meaning does."""
    known = _STATUSES.get(row["ApiName"].casefold())
    if row["IsClosed"]:
        return "completed"
    if known is not None and known != "completed":
        return known
    return "notStarted" if row["IsDefault"] else "inProgress"


def _priorities(rows: Iterable[JsonObject]) -> list[Choice]:
    """One that nobody knows is high if the org says so, low if it comes after the default one, else normal."""
    choices: list[Choice] = []
    is_after_default = False
    for row in rows:
        known = _PRIORITIES.get(row["ApiName"].casefold())
        guessed = "high" if row["IsHighPriority"] else "low" if is_after_default else "normal"
        choices.append(Choice(row["ApiName"], known or guessed, bool(row["IsDefault"])))
        is_after_default = is_after_default or bool(row["IsDefault"])
    return choices


def _preferred(choices: Iterable[Choice], known: Mapping[str, str]) -> tuple[Choice, ...]:
    """Those first that are named after their meaning, then the default one; else in the org's order."""
    return tuple(
        sorted(choices, key=lambda each: (known.get(each.name.casefold()) != each.word, not each.is_default))
    )


def _nearest(choices: Sequence[Choice], word: str) -> Choice:
    meant = next((choice for choice in choices if choice.word == word), None)
    default = next((choice for choice in choices if choice.is_default), choices[0])
    return meant or default
