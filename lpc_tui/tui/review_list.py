"""The rows of one process's review, by key, with their counts; an answer renews the rows it is about and no others. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lpc_tui.model.plan import Answers, Plan
from lpc_tui.tui.review_rows import Row, RowKind, row_of, rows_of

__all__ = ["ReviewList"]


class ReviewList:
    """All rows of a plan, whatever is filtered."""

    def __init__(self, plan: Plan) -> None:
        self._at = {step.key: at for at, step in enumerate(plan.steps)}
        """Where a row's step is in the plan; answers move none."""
        self._rows = {row.key: row for row in rows_of(plan)}
        self._texts: dict[str, str] = {}
        """What a search looks at, of the rows that one has looked at."""
        self.keys: tuple[str, ...] = tuple(self._rows)
        self.counts: Counter[RowKind] = Counter(row.kind for row in self._rows.values())
        self.writes = sum(len(row.step.writes) for row in self._rows.values())
        """How many operations would be sent."""

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, key: str) -> Row:
        return self._rows[key]

    def text(self, key: str) -> str:
        """What a search looks at of a row."""
        if (text := self._texts.get(key)) is None:
            text = self._texts[key] = self._rows[key].text
        return text

    def let_go(self) -> None:
        """The review is over: keep no row."""
        self._at.clear()
        self._rows.clear()
        self._texts.clear()
        self.keys = ()

    def renew(self, plan: Plan, answers: Answers, keys: Iterable[str]) -> None:
        """Take the rows of `keys` from the plan as it is under these answers."""
        for key in keys:
            before, now = self._rows[key], row_of(plan.steps[self._at[key]], answers)
            self._rows[key] = now
            self._texts.pop(key, None)
            self.counts[before.kind] -= 1
            self.counts[now.kind] += 1
            self.writes += len(now.step.writes) - len(before.step.writes)
