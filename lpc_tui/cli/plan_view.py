"""Shows a plan as text: Salesforce at the left, Outlook at the right, what is going to happen between.

`sync` prints it before it asks, and as the result of a dry run. Pure: plans in, lines out, all foreign text inert. A long
plan is shown in part, with a count of the rest; the terminal UI's review is where each item can be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo

from lpc_tui.model.field_map import spec_of, time_of, title_of
from lpc_tui.model.items import Item, Process, Side, Value
from lpc_tui.model.plan import WHOLE, FieldConflict, Hold, Operation, Plan, Step
from lpc_tui.model.rules import Action
from lpc_tui.plain import fit, plain
from lpc_tui.values import start_text, value_text
from lpc_tui.wording import action_words, conflict_words, field_label

__all__ = ["plan_lines"]

LIMIT = 40
"""Rows of one kind that are shown."""

_LIMIT_OF_REASON = 5
"""Rows shown of what is held back for one and the same reason."""

_ACTION = 26
"""Cells of the column in the middle: "x   Delete from Salesforce"."""

_NARROWEST = 60

_SENTENCE = 500
"""Cells of a reason that are shown; it may quote a service."""


@dataclass(frozen=True, slots=True)
class _Row:
    salesforce: str
    action: str
    outlook: str
    details: tuple[tuple[str, str, str], ...] = ()
    """Further lines in the same columns."""
    reason: str = ""


def plan_lines(plan: Plan, zone: tzinfo, *, width: int = 80, limit: int = LIMIT) -> list[str]:
    """The plan as lines; columns fill `width` cells (60 at least), sentences are left to the terminal to wrap."""
    page = _Page(zone, max(width, _NARROWEST), limit)
    writes = [_operation_row(step, op, zone) for step in plan.steps for op in step.writes]
    links = [_row(step, "=   Link", zone) for step in plan.steps if _is_link_only(step)]
    conflicts = [_conflict_row(step, zone) for step in plan.steps if step.conflicts]
    held = _held_rows(plan.steps, zone)
    kinds = (("to write", writes), ("to link", links), ("in conflict", conflicts), ("held back", held))
    counts = [f"{len(rows):,} {name}" for name, rows in kinds if rows]
    lines = [f"{plan.process.label}: {', '.join(counts) or 'nothing to do'}; {plan.unchanged:,} unchanged"]
    if counts:
        lines += ["", *page.heading()]
    for name, rows in kinds[:3]:
        if rows:
            lines += [f"{name.capitalize()}: {len(rows):,}", *page.rows(rows), ""]
    for reason, alike in _by_reason(held).items():
        heading = f"Held back: {len(alike):,}. {plain(reason, _SENTENCE)}"
        lines += [heading, *page.rows(alike, _LIMIT_OF_REASON), ""]
    return lines + [f"Stop: {plain(brake.sentence, _SENTENCE)}" for brake in plan.brakes]


class _Page:
    """How rows become lines."""

    def __init__(self, zone: tzinfo, width: int, limit: int) -> None:
        self.zone = zone
        self.width = width
        self.limit = limit
        self._side = (width - _ACTION - 4) // 2

    def heading(self) -> list[str]:
        return [self._columns("Salesforce", "", "Outlook"), "-" * self.width]

    def rows(self, rows: list[_Row], limit: int | None = None) -> list[str]:
        most = min(self.limit, limit or self.limit)
        lines = []
        for row in rows[:most]:
            lines.append(self._columns(row.salesforce, row.action, row.outlook))
            lines += [
                self._columns(f"  {left}", f"    {middle}", f"  {right}")
                for left, middle, right in row.details
            ]
        if len(rows) > most:
            lines.append(f"... and {len(rows) - most:,} more")
        return lines

    def _columns(self, salesforce: str, action: str, outlook: str) -> str:
        cells = (fit(salesforce, self._side), fit(action, _ACTION), plain(outlook, self._side))
        return "  ".join(cells).rstrip()


def _is_link_only(step: Step) -> bool:
    return step.is_match and not step.operations and not step.conflicts


def _by_reason(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    groups: dict[str, list[_Row]] = {}
    for row in rows:
        groups.setdefault(row.reason, []).append(row)
    return groups


def _held_rows(steps: Iterable[Step], zone: tzinfo) -> list[_Row]:
    """What is not written, with its reason: operations on hold, and steps that rest as a whole."""
    rows = []
    for step in steps:
        held = [op for op in step.operations if op.hold is not Hold.NONE]
        rows += [_operation_row(step, op, zone) for op in held]
        if step.reason and not step.operations and not step.conflicts and not step.is_match:
            rows.append(_row(step, "-   leave as it is", zone, reason=step.reason.sentence))
    return rows


def _operation_row(step: Step, operation: Operation, zone: tzinfo) -> _Row:
    sign = "x  " if operation.action is Action.DELETE else _ARROWS[operation.side]
    labels = [field_label(step.process, name) for name in operation.fields]
    is_update = operation.action is Action.UPDATE
    return _row(
        step,
        f"{sign} {action_words(operation.action, operation.side)}",
        zone,
        details=tuple(("", label, "") for label in labels) if is_update else (),
        reason=operation.reason.sentence if operation.reason else "",
    )


_ARROWS = {Side.OUTLOOK: "-->", Side.SALESFORCE: "<--"}


def _conflict_row(step: Step, zone: tzinfo) -> _Row:
    details = tuple(_conflict_detail(step.process, each, zone) for each in step.conflicts)
    return _row(step, f"?   {conflict_words(step)}", zone, details=details)


def _conflict_detail(process: Process, conflict: FieldConflict, zone: tzinfo) -> tuple[str, str, str]:
    if conflict.field == WHOLE:
        return "", "one side deleted it", ""
    spec = spec_of(process, conflict.field)

    def shown(value: Value) -> str:
        return value_text(spec, value, zone)

    return shown(conflict.salesforce), spec.label, shown(conflict.outlook)


def _row(
    step: Step,
    action: str,
    zone: tzinfo,
    *,
    details: tuple[tuple[str, str, str], ...] = (),
    reason: str = "",
) -> _Row:
    left, right = (_cell(step, item, zone) for item in (step.salesforce, step.outlook))
    return _Row(left, action, right, details, reason)


def _cell(step: Step, item: Item | None, zone: tzinfo) -> str:
    """The item's time and name; a linked item that is not there any more was deleted.

    Private on one side is private on both: what the other side still shows is the same text.
    """
    if item is None:
        return "(deleted)" if step.link is not None else ""
    if any(each is not None and each.is_private for each in (step.outlook, step.salesforce)):
        return step.title
    time = time_of(step.process)
    when = start_text(item.fields.get(time), zone) if time is not None else ""
    name = title_of(step.process, item)
    return f"{when} {name}" if when else name
