"""What came of a run, for the dialog at its end: what was done on each side, what failed and why, what waits, what is
prevented, each with what can be done about it. Pure; all foreign text in it is inert.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from textual.content import Content

from lpc_tui.engine.events import OperationEvent, Outcome
from lpc_tui.engine.interface import RunResult
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import Hold, Operation, Plan, Step, Why
from lpc_tui.model.rules import Action
from lpc_tui.tui.plain import content, plain, prose
from lpc_tui.tui.remedies import error_words
from lpc_tui.wording import action_words, counts_words, describe

__all__ = ["has_issues", "summary"]

_MOST_FAILURES = 50
_MOST_NAMED = 6
_TITLE = 40

_REMEDIES: Mapping[Action, str] = MappingProxyType(
    {
        Action.CREATE: "Correct it in {source} as the reason says; it is tried again once it has changed.",
        Action.UPDATE: "Correct it on either side as the reason says; it is tried again once it has changed.",
        Action.DELETE: "Delete it in {side} yourself, or look there what holds it; it is tried again once it has changed.",
    }
)

_WAITING: tuple[tuple[str, str, Callable[[Step], bool]], ...] = (
    (
        "in conflict, because the sides differ",
        "Decide in the review of the next sync, or choose a standing rule in Sync Jobs. Both sides stay as they are.",
        lambda step: bool(step.conflicts),
    ),
    (
        "waiting for your yes, because guests would get mail or a series would change",
        "Press y on it in the review of the next sync.",
        lambda step: any(op.hold is Hold.CONSENT for op in step.operations),
    ),
    (
        "in conflict, because several look alike",
        "Tell them apart by their names or dates, or delete one of them; then sync again.",
        lambda step: step.reason is not None and step.reason.why is Why.SEVERAL_ALIKE,
    ),
    (
        "merged on one side and not on the other",
        "Merge the two on the other side, too, or delete one of them there.",
        lambda step: step.reason is not None and step.reason.why is Why.MERGED,
    ),
)


def has_issues(result: RunResult, failures: Sequence[OperationEvent]) -> bool:
    """Whether the list of issues has anything to say of this run."""
    return bool(failures) or any(step.needs_person or _prevented(step) for step in _open_steps(result.plans))


def summary(result: RunResult, failures: Sequence[OperationEvent], put_off: int = 0) -> Content:
    """The text of the dialog.

    Args:
        result: of the run.
        failures: what failed in it, in the service's words.
        put_off: how many writes were not sent because their items had changed, or could not be settled.
    """
    parts = [Content(f"{of.label}: {counts_words(counts)}.") for of, counts in result.counts.items()]
    if not parts:
        parts.append(Content("No plan was carried out."))
    if result.error is not None:
        parts.append(prose(f"\n{result.error.title}: {error_words(result.error)}"))
    parts += _braked(result)
    parts += _failed(failures)
    if put_off:
        parts += _section(
            f"Put off: {put_off:,}", ["Changed meanwhile, or not settled. The next sync decides anew."]
        )
    steps = _open_steps(result.plans)
    if result.outcome is not Outcome.ABORTED:
        parts += _waiting(steps)
    parts += _held_back(steps)
    return Content("\n").join(parts)


def _braked(result: RunResult) -> Iterator[Content]:
    reasons = [reason.sentence for plan in result.plans.values() for reason in plan.brakes]
    if reasons:
        remedy = "Start a sync to look at the plan, and confirm it there if it is right."
        yield from _section("Stopped before a disaster", [*reasons, remedy])


def _failed(failures: Sequence[OperationEvent]) -> Iterator[Content]:
    """Each failure with the service's words, and what to do about it."""
    if not failures:
        return
    yield Content.styled("\nWhat failed, in the service's words, and what to do:", "bold")
    for event in failures[:_MOST_FAILURES]:
        yield content(describe(event))
        words = _REMEDIES.get(event.action, "").format(side=event.side.label, source=event.side.other.label)
        yield Content(f"  > {words}")
    if len(failures) > _MOST_FAILURES:
        yield Content(f"and {len(failures) - _MOST_FAILURES:,} more; the log has them.")


def _open_steps(plans: Mapping[Process, Plan]) -> list[Step]:
    """Those with anything that was not simply done; most are not among them."""
    return [
        step
        for plan in plans.values()
        for step in plan.steps
        if step.conflicts or step.reason is not None or not all(op.is_sendable for op in step.operations)
    ]


def _waiting(steps: Sequence[Step]) -> Iterator[Content]:
    steps = [step for step in steps if not step.is_excluded]
    lines: list[str] = []
    for what, remedy, belongs in _WAITING:
        if found := [step for step in steps if belongs(step)]:
            lines += [f"{len(found):,} {what}: {_named(found)}", f"  > {remedy}"]
    if lines:
        yield from _section("What waits for you", lines)


def _held_back(open_steps: Sequence[Step]) -> Iterator[Content]:
    """What the Prevent Operations boxes hold back, a line a box."""
    boxes: dict[tuple[Process, Side, Action], list[Step]] = {}
    for step in open_steps:
        for operation in _prevented(step):
            boxes.setdefault((step.process, operation.side, operation.action), []).append(step)
    if boxes:
        lines = [
            f"{process.label}: {len(steps):,} x {action_words(action, side)}: {_named(steps)}"
            for (process, side, action), steps in boxes.items()
        ]
        remedy = "  > It stays pending, and happens once its Prevent Operations box is unticked."
        yield from _section("What is prevented", [*lines, remedy])


def _prevented(step: Step) -> Sequence[Operation]:
    return [op for op in step.operations if op.hold is Hold.PREVENTED]


def _named(steps: Sequence[Step]) -> str:
    names = ", ".join(plain(step.title, _TITLE) for step in steps[:_MOST_NAMED])
    more = len(steps) - _MOST_NAMED
    return f"{names} and {more:,} more" if more > 0 else names


def _section(heading: str, lines: Iterable[str]) -> Iterator[Content]:
    yield Content.styled(f"\n{heading}", "bold")
    yield from (content(line) for line in lines)
