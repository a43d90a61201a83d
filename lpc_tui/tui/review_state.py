"""What the person has said in the review of one process so far, what it leads to, and the way back.

The review's screens show it and call it; what answers lead to is asked of the `Proposal`, which alone knows how to plan.
Each answer costs what it changes: ten thousand rows are not gone through for one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lpc_tui.engine.interface import Proposal
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import WHOLE, Answers, Hold, Plan
from lpc_tui.tui.choosing import chosen, with_choice
from lpc_tui.tui.review_list import ReviewList

__all__ = ["ReviewState"]


class ReviewState:
    """One process under review."""

    def __init__(self, proposal: Proposal, process: Process) -> None:
        self.process = process
        self.answers = Answers()
        self.plan: Plan = proposal.plans[process]
        """As it is with the answers so far."""
        self.rows = ReviewList(self.plan)
        self._proposal = proposal
        self._past: list[tuple[Answers, str]] = []
        """The answers before each change, and what the change was."""
        self._disputed = {
            step.key: tuple(each.field for each in step.conflicts if each.field != WHOLE)
            for step in self.plan.steps
            if step.conflicts
        }
        self.has_disputes = bool(self._disputed)
        """Whether there is anything to choose a side for."""
        self.has_waiting = any(op.hold is Hold.CONSENT for step in self.plan.steps for op in step.operations)
        """Whether anything waits for a yes."""

    def disputed(self, key: str) -> Sequence[str]:
        """The fields of a row that are in conflict as long as nobody has decided."""
        return self._disputed.get(key, ())

    def is_disputed(self, key: str) -> bool:
        """Whether there is, or was before it was decided, a conflict in a row."""
        return key in self._disputed

    def chosen(self, key: str) -> Mapping[str, Side]:
        """Who wins which of the disputed fields, as far as the person has said."""
        return chosen(self.answers, key, self.disputed(key))

    def leave_out(self, keys: Iterable[str]) -> int:
        """Leave rows out; how many were not, and can be."""
        now = {key for key in keys if self.rows[key].is_included and self.rows[key].can_exclude}
        if now:
            self._say(replace(self.answers, excluded=self.answers.excluded | now), _rows(now, "left out"))
        return len(now)

    def take_in(self, keys: Iterable[str]) -> int:
        """Take rows in again that were left out; how many."""
        now = self.answers.excluded & set(keys)
        if now:
            self._say(replace(self.answers, excluded=self.answers.excluded - now), _rows(now, "taken in"))
        return len(now)

    def choose(self, key: str, side: Side | None, field: str = WHOLE) -> None:
        """Decide a conflict, or one field of it; None: undecided again."""
        answers = with_choice(self.answers, key, side, disputed=self.disputed(key), field=field)
        if answers != self.answers:
            self._say(answers, f"{side.label} wins" if side else "undecided")

    def consent(self, key: str, *, is_given: bool) -> None:
        """Say yes to what a row waits for, or take the yes back."""
        consents = self.answers.consents | {key} if is_given else self.answers.consents - {key}
        self._say(replace(self.answers, consents=consents), "your yes" if is_given else "your yes taken back")

    def let_go(self) -> None:
        """The review is over: keep the answers, and nothing of the plan."""
        self.rows.let_go()
        self.plan = Plan(self.process)
        del self._proposal

    def accept_brake(self) -> None:
        """Go on although the brake stops the plan."""
        self.answers = replace(self.answers, accepts_brake=True)

    def undo(self) -> str:
        """Take the last change back; what it was, or nothing if there is none."""
        if not self._past:
            return ""
        before, words = self._past.pop()
        self._become(before)
        return words

    def _say(self, answers: Answers, words: str) -> None:
        self._past.append((self.answers, words))
        self._become(answers)

    def _become(self, answers: Answers) -> None:
        changed = _differing(self.answers, answers)
        self.answers = answers
        self.plan = self._proposal.answered(self.process, answers)
        self.rows.renew(self.plan, answers, changed)


def _rows(keys: set[str] | frozenset[str], what: str) -> str:
    return f"{len(keys):,} {'row' if len(keys) == 1 else 'rows'} {what}"


def _differing(before: Answers, now: Answers) -> set[str]:
    """The keys of the rows that the two sets of answers say different things about."""
    chosen_ = {
        key for key in {*before.choices, *now.choices} if before.choices.get(key) != now.choices.get(key)
    }
    return chosen_ | (before.excluded ^ now.excluded) | (before.consents ^ now.consents)
