"""What the next run would plan if nothing changed until then, from the state file and the settings alone.

The one planner decides here as it does in a run (`lpc_tui.model.planner`); what is pending is all that it is given there,
too. Two things only a run can do are told instead of guessed: looking up writes without an outcome, and reading private
items anew once the private box is ticked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lpc_tui.model.items import Item, Process, Side
from lpc_tui.model.links import Link, Unlinked
from lpc_tui.model.plan import Plan, Reason, Step, Why
from lpc_tui.model.planner import plan
from lpc_tui.model.rules import Rules
from lpc_tui.state.records import Records
from lpc_tui.state.rows import Journalled

__all__ = ["Forecast", "forecast"]

_TO_BE_READ = "Private; Synchronize Private Items was off when it was read. The next run reads it anew."


@dataclass(frozen=True, slots=True)
class Forecast:
    """The plan of a process as the next run would make it, and what it is made from."""

    process: Process
    rules: Rules
    plan: Plan
    unread: tuple[Step, ...]
    """Private items of which only the id is kept though the box is ticked now."""
    unlinked: Mapping[tuple[Side, str], Unlinked] = field(default_factory=dict)
    intents: tuple[Journalled, ...] = ()
    """Writes without an outcome, which the next run looks up first."""

    @property
    def steps(self) -> tuple[Step, ...]:
        return (*self.plan.steps, *self.unread)


def forecast(
    records: Records, process: Process, rules: Rules, now: datetime, *, only: Link | None = None
) -> Forecast:
    """Plan a process on what is stored of it.

    Args:
        now: aware UTC.
        only: plan this one link; what it comes to depends on no other, but for the brake, which counts the deletions of all.

    Raises:
        DamagedStateError: a row cannot be read.
    """
    links = records.pending_links(process) if only is None else [only]
    unlinked = records.unlinked(process) if only is None else []
    unread: list[Step] = []
    if rules.synchronize_private:
        unread = [_resting(process, link=link) for link in links if _is_redacted(link)]
        unread += [_resting(process, alone=each) for each in unlinked if _is_bare(each.item)]
    made = plan(
        process,
        [link for link in links if not (rules.synchronize_private and _is_redacted(link))],
        [each for each in unlinked if not (rules.synchronize_private and _is_bare(each.item))],
        rules,
        now,
        census=records.census(process),
    )
    return Forecast(
        process,
        rules,
        made,
        tuple(unread),
        {(each.side, each.item.id): each for each in unlinked},
        tuple(records.open_intents(process)),
    )


def _is_redacted(link: Link) -> bool:
    return any(_is_bare(mine.item) for mine in (link.outlook, link.salesforce))


def _is_bare(item: Item | None) -> bool:
    """Whether only the id of a private item is kept."""
    return item is not None and item.is_private and not item.fields


def _resting(process: Process, *, link: Link | None = None, alone: Unlinked | None = None) -> Step:
    if link is not None:
        key, items = link.id, {side: link.side(side).item for side in Side}
    else:
        assert alone is not None
        key, items = f"{alone.side}:{alone.item.id}", {alone.side: alone.item}
    return Step(
        key,
        process,
        outlook=items.get(Side.OUTLOOK),
        salesforce=items.get(Side.SALESFORCE),
        link=link,
        reason=Reason(Why.PRIVATE, _TO_BE_READ),
    )
