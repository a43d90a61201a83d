"""The sentences of the review: what confirming writes, what the brake stops, what may send mail, why a row is so. Pure.

They name what would happen, how many times and to whom; titles in them are foreign and made inert here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo

from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import Hold, Operation, Plan, Step, Why
from lpc_tui.model.rules import Action
from lpc_tui.tui.plain import plain
from lpc_tui.tui.review_rows import Row, reasons_of
from lpc_tui.wording import guest_names

__all__ = [
    "brake_words",
    "consent_words",
    "consents_words",
    "is_grave",
    "totals_words",
    "why_words",
    "write_words",
]

_MOST_NAMED = 8
_TITLE = 60
_VERBS = {Action.CREATE: "to add to", Action.UPDATE: "to update in", Action.DELETE: "to delete from"}


def write_words(plans: Mapping[Process, Plan], consents: Sequence[Step]) -> str:
    """What confirming the plans writes, each with its sums; and who may get mail."""
    many = len(plans) > 1
    parts = [f"{f'{process.label}: ' if many else ''}{totals_words(plan)}" for process, plan in plans.items()]
    if consents:
        parts.append(consents_words(consents))
    return "\n\n".join(parts)


def totals_words(plan: Plan) -> str:
    """What confirming a plan writes, per side: "3 to add to Outlook, 2 to delete from Salesforce"."""
    sums = [
        f"{number:,} {_VERBS[action]} {side.label}"
        for side in Side
        for action in _VERBS
        if (number := plan.count(side, action))
    ]
    links = sum(step.is_match and not step.is_excluded for step in plan.steps)
    if links:
        sums.append(f"{links:,} to link")
    words = f"{', '.join(sums)}." if sums else "Nothing is to be written."
    excluded = sum(step.is_excluded for step in plan.steps)
    waiting = sum(step.needs_person and not step.is_excluded for step in plan.steps)
    if excluded:
        words += f"\n{excluded:,} left out this time."
    if waiting:
        words += f"\n{waiting:,} undecided or waiting stay untouched."
    return words


def is_grave(plans: Iterable[Plan], consents: Sequence[Step]) -> bool:
    """Whether the safe answer is to go back: something is deleted, or mail may be sent."""
    return bool(consents) or any(plan.count(side, Action.DELETE) for plan in plans for side in Side)


def brake_words(plan: Plan) -> str:
    """Why the brake stops a plan, and what it would delete, by name."""
    parts = [reason.sentence for reason in plan.brakes]
    for side in Side:
        steps = [step for step, op in plan.writes if op.side is side and op.action is Action.DELETE]
        if steps:
            parts.append(f"To delete from {side.label}: {_named(steps)}.")
    return "\n\n".join([*parts, f"In all: {totals_words(plan)}"])


def consent_words(row: Row, zone: tzinfo) -> tuple[str, str]:
    """The title and the text of the question about a row that waits for a yes."""
    waiting = [op for op in row.step.operations if op.hold is Hold.CONSENT]
    reasons = [op.reason for op in waiting if op.reason is not None]
    spreads = any(reason.why is Why.SPREADS for reason in reasons)
    start = next((text for side in Side if (text := row.start(side, zone))), "")
    what = f"{plain(row.step.title, _TITLE)}{f', {start}' if start else ''}"
    told = "\n".join(dict.fromkeys(reason.sentence for reason in reasons))
    if spreads:
        return "Change the whole series?", f"{what}\n\n{told}\nNo leaves it as it is on both sides."
    verbs = " and ".join(
        f"{'deletes it from' if op.action is Action.DELETE else 'changes it in'} {op.side.label}"
        for op in waiting
    )
    people = guest_names(row.step) or "everybody who is invited there"
    to_whom = f"Yes {verbs}, and the service may write to {people}."
    return "Let mail go to the guests?", f"{what}\n\n{told}\n{to_whom} No leaves it as it is on both sides."


def why_words(row: Row) -> tuple[str, ...]:
    """What the plan would do in a row, and why; may quote a service (untrusted)."""
    step = row.step
    fields = f": {row.fields}" if row.fields else ""
    if step.is_excluded:
        return ("Left out this time, by you: nothing of it is sent.",)
    causes = [_cause(step, operation) for operation in step.operations]
    if step.is_match:
        causes = ["Both are evidently the same: they are linked, not doubled."]
    said = dict.fromkeys((*causes, *reasons_of(step)))
    return (f"{row.words[:1].upper()}{row.words[1:]}{fields}.", *said)


def _cause(step: Step, operation: Operation) -> str:
    side, other = operation.side.label, operation.side.other.label
    match operation.action:
        case Action.CREATE if step.link is None:
            return f"It is in {other} alone: nothing in {side} is evidently the same."
        case Action.CREATE:
            return f"It was deleted from {side}, and what {other} shows wins: it is made anew."
        case Action.DELETE:
            return f"It was deleted from {other}; {other} itself says that it is gone."
        case _:
            return f"{other} has another value there now than the two sides agreed on last."


def consents_words(steps: Sequence[Step]) -> str:
    """What the person said yes to, by name."""
    return f"By your yes {_named(steps)}: guests may get mail, or a series may change as a whole."


def _named(steps: Sequence[Step]) -> str:
    """The items by name, as far as a question has room for them."""
    names = ", ".join(plain(step.title, _TITLE) for step in steps[:_MOST_NAMED])
    more = len(steps) - _MOST_NAMED
    return f"{len(steps):,} ({names}{f' and {more:,} more' if more > 0 else ''})"
