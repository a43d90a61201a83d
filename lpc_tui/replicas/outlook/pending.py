"""Writes on their way through `writing`, and what one batch of them came to. Values only; nothing is sent here."""

from __future__ import annotations

from dataclasses import dataclass, field

from lpc_tui.errors import LpcError
from lpc_tui.model.items import Item
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Outcome, Result, Write
from lpc_tui.replicas.outlook.batch import Answer
from lpc_tui.replicas.wire import JsonObject

__all__ = ["Pending", "Round", "is_uncertain"]


@dataclass(slots=True)
class Pending:
    """A write on its way."""

    write: Write
    version: str
    """What it is sent with; empty: whatever the record's version is."""
    seen: JsonObject | None = None
    """The record as it was looked at for the next try."""
    tries: int = 0
    is_uncertain: bool = False
    """An earlier try may have been carried out."""
    was_outdated: bool = False
    """It was refused for its version before, though nothing of ours had changed."""

    def outcome(self, result: Result, item: Item | None = None, words: str = "") -> Outcome:
        return Outcome(self.write.key, result, item, words)

    @property
    def unsettled(self) -> Outcome:
        """Its outcome if nothing more can be done."""
        return self.outcome(Result.UNKNOWN if self.is_uncertain else Result.NOT_SENT)

    @property
    def gone(self) -> Outcome:
        """Its outcome if there is no such record any more."""
        is_our_doing = self.write.action is Action.DELETE and self.is_uncertain
        return self.outcome(Result.DONE if is_our_doing else Result.GONE)


@dataclass(slots=True)
class Round:
    """What one batch came to."""

    outcomes: list[Outcome] = field(default_factory=list)
    again: list[Pending] = field(default_factory=list)
    waits: list[Answer] = field(default_factory=list)
    """Answers for which the next batch has to wait."""
    outdated: list[Pending] = field(default_factory=list)
    """Writes refused for their version, whose fate a look tells."""
    twins: list[tuple[Pending, str]] = field(default_factory=list)
    """Creates that the service took before, and the id it then gave."""
    lost: list[Pending] = field(default_factory=list)
    """Creates that are there if their mark is."""
    end: LpcError | None = None
    """What makes further batches useless: the sign-in ran out, or the service does."""
    is_mute: bool = False
    """No part was answered in a way that says what was done."""


def is_uncertain(answer: Answer) -> bool:
    """Whether the write may have been carried out, or not."""
    return answer.status == 0 or (answer.is_busy and answer.status != 429)
