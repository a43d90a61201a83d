"""The brake (law 10): reasons to stop a plan before its first write. Pure; the engine stops, the review may go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import Reason, Why
from lpc_tui.model.rules import Rules

__all__ = ["Census", "brakes"]

FEWEST_LINKS = 5
"""From so many links on, a side on which none is left stops the run."""


@dataclass(frozen=True, slots=True)
class Census:
    """How many links a process has, and on how many of them each side's item is still there."""

    links: int = 0
    present: Mapping[Side, int] | None = None


def brakes(process: Process, census: Census, deletes: Mapping[Side, int], rules: Rules) -> tuple[Reason, ...]:
    """Why this plan should not run unasked.

    Args:
        process: for the sentence.
        census: all links of the process as they stand after the read.
        deletes: how many deletions would be sent to each side.
        rules: the `[safety]` settings.
    """
    reasons = []
    for side in Side:
        if census.links >= FEWEST_LINKS and census.present is not None and not census.present.get(side, 0):
            reasons.append(
                f"None of the {census.links} linked {process} items is left in {side.label}: an emptied or a wrong"
                f" {side.label} account looks just like this. Nothing was written."
            )
        count = deletes.get(side, 0)
        share = 100 * count / max(census.links, 1)
        if count > rules.max_deletes and share > rules.max_delete_percent:
            reasons.append(
                f"{count} items ({share:.0f} % of the linked ones) would be deleted from {side.label};"
                f" [safety] allows {rules.max_deletes} or {rules.max_delete_percent} % unasked. Nothing was written."
            )
    return tuple(Reason(Why.BRAKE, sentence) for sentence in reasons)
