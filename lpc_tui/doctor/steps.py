"""The order of checks: what comes first, and what need not be tried once that has failed.

`outlook` and `salesforce` list their steps, `examine` walks through them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass

from lpc_tui.doctor.checking import Findings, carried_out
from lpc_tui.doctor.findings import Finding, has_problem, skipped

__all__ = ["Step", "walk"]


@dataclass(frozen=True, slots=True)
class Step:
    """One check, yet to be made."""

    check: str
    work: Callable[[], Awaitable[Findings]]
    is_ground: bool = False
    """Whether all that follows stands on it."""


async def walk(steps: Iterable[Step], limit_s: float) -> AsyncIterator[Finding]:
    """What the steps find, each as soon as it is known; after a problem in a step that others stand on, and after one that
    was given up, they are skipped."""
    reason = ""
    for step in steps:
        if reason:
            yield skipped(step.check, reason)
            continue
        result = await carried_out(step.check, step.work(), limit_s)
        for each in result.findings:
            yield each
        if result.is_late or (step.is_ground and has_problem(result.findings)):
            reason = f"Not looked at: {step.check} comes first."
