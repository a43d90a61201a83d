"""The plans of a run while they are reviewed: each answer changes a step or two, and is shown at the next frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from lpc_tui.model.items import Process
from lpc_tui.model.plan import Answers, Plan
from lpc_tui.model.planner import replan
from lpc_tui.model.rules import Rules
from lpc_tui.model.safety import Census

__all__ = ["Draft", "RunProposal"]


@dataclass(slots=True)
class Draft:
    """A plan without answers, what it was made with, and what it became under the latest answers."""

    plan: Plan
    rules: Rules
    now: datetime
    census: Census
    _answers: Answers = field(default_factory=Answers)
    _answered: Plan | None = None

    def answered(self, answers: Answers) -> Plan:
        """The plan under these answers; costs as much as what changed since the last ones."""
        current = self._answered or self.plan
        keys = _differing(self._answers, answers)
        if keys:
            current = replan(self.plan, current, keys, self.rules, self.now, answers, self.census)
        self._answers, self._answered = answers, current
        return current


@dataclass(frozen=True, slots=True)
class RunProposal:
    """See `lpc_tui.engine.interface.Proposal`."""

    drafts: Mapping[Process, Draft]

    @property
    def plans(self) -> Mapping[Process, Plan]:
        return MappingProxyType({process: draft.plan for process, draft in self.drafts.items()})

    def answered(self, process: Process, answers: Answers) -> Plan:
        return self.drafts[process].answered(answers)


def _differing(before: Answers, now: Answers) -> frozenset[str]:
    """The keys of the steps that the two sets of answers say different things about."""
    chosen = {
        key for key in {*before.choices, *now.choices} if before.choices.get(key) != now.choices.get(key)
    }
    return frozenset(chosen | (before.excluded ^ now.excluded) | (before.consents ^ now.consents))
