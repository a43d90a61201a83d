"""What holds an operation back: a ticked box (law 7), an earlier refusal (law 11), a yes that is needed (laws 12 and 14).

The planner decides what is to be written, on every path; what passes here is marked, and never dropped or changed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

from lpc_tui.model.fingerprint import fingerprint
from lpc_tui.model.items import AllDay, Item, Timed
from lpc_tui.model.links import Refusal
from lpc_tui.model.plan import Hold, Operation, Reason, Why
from lpc_tui.model.rules import Action, Rules

__all__ = ["held"]

_PREPOSITIONS = {Action.CREATE: "in", Action.UPDATE: "in", Action.DELETE: "from"}


def held(
    operation: Operation, rules: Rules, now: datetime, refused: Refusal | None, *, has_consent: bool
) -> Operation:
    """The operation with what holds it back, if anything does.

    Args:
        operation: held by nothing yet.
        rules: the settings as the planner sees them.
        now: aware UTC; decides what lies in the future.
        refused: what the service refused of this item before.
        has_consent: the person said yes to what needs it.
    """
    side, action = operation.side, operation.action
    if rules.prevents(side, action):
        sentence = f"The box \"Do not '{action}' ... {_PREPOSITIONS[action]} {side.label}\" is ticked; it stays pending."
        return replace(operation, hold=Hold.PREVENTED, reason=Reason(Why.PREVENTED, sentence))
    if refused is not None and refused.fingerprint == fingerprint(operation):
        sentence = f"{side.label} refused it before: {refused.told} It is tried again once it has changed."
        return replace(operation, hold=Hold.REFUSED, reason=Reason(Why.REFUSED, sentence))
    if not has_consent and (reason := _consent_needed(operation, rules, now)) is not None:
        return replace(operation, hold=Hold.CONSENT, reason=reason)
    return operation


def _consent_needed(operation: Operation, rules: Rules, now: datetime) -> Reason | None:
    """What the person must say yes to before this is sent."""
    item, side = operation.item, operation.side.label
    if item is None:
        return None
    if item.has_guests and not rules.notify_attendees:
        verb = "Deleting" if operation.action is Action.DELETE else "Changing"
        return Reason(
            Why.GUESTS, f"{verb} this meeting in {side} may send mail to its guests; it waits for a yes."
        )
    if item.spreads and operation.action is Action.UPDATE and _is_future(item, now):
        return Reason(
            Why.SPREADS, f"{side} would change the whole series with this one occurrence; it waits for a yes."
        )
    return None


def _is_future(item: Item, now: datetime) -> bool:
    when = item.fields.get("when")
    if isinstance(when, AllDay):
        # A day is over once it is over everywhere: twelve hours later than in UTC.
        return datetime.combine(when.end, time(12), UTC) > now
    return not isinstance(when, Timed) or when.end > now
