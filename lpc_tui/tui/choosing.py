"""Which side counts where both changed: what a key makes of the answers, for a whole row or one field at a time. Pure.

The review calls it; what the answers lead to is the planner's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from lpc_tui.model.items import Side
from lpc_tui.model.plan import WHOLE, Answers

__all__ = ["chosen", "with_choice"]


def with_choice(
    answers: Answers, key: str, side: Side | None, *, disputed: Collection[str] = (), field: str = WHOLE
) -> Answers:
    """The answers with `side` as the winner; None: undecided again.

    Args:
        answers: those given so far.
        key: of the row.
        side: the winner.
        disputed: the fields that are in conflict as long as nobody has decided.
        field: the one to decide, the others keep what was said of them; `WHOLE` decides all of the row anew.
    """
    own: dict[str, Side] = {}
    if field != WHOLE:
        own = {name: winner for name, winner in chosen(answers, key, disputed).items() if name != field}
    if side is not None:
        own[field] = side
    choices = {other: said for other, said in answers.choices.items() if other != key}
    if own:
        choices[key] = own
    return replace(answers, choices=MappingProxyType(choices))


def chosen(answers: Answers, key: str, disputed: Collection[str]) -> Mapping[str, Side]:
    """Who wins each of the disputed fields of a row, as far as the person has said."""
    return {name: side for name in disputed if (side := answers.choice(key, name)) is not None}
