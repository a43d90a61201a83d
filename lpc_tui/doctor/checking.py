"""How a check is carried out: within its time, and with every error of ours as a finding.

`examine`, `outlook` and `salesforce` run each of their checks through `carried_out`, so that no check has to think of what
may happen to all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from lpc_tui.doctor.findings import Finding, from_error
from lpc_tui.errors import LpcError, ServiceError, SettingsError

__all__ = ["LIMIT_S", "Clock", "Findings", "Result", "carried_out", "utc_now"]

Clock: TypeAlias = Callable[[], datetime]
Findings: TypeAlias = Sequence[Finding]

LIMIT_S: Final = 30.0
"""The longest that one check may take, in seconds."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a check."""

    findings: Findings
    is_late: bool = False
    """Whether it was given up: what it asked may still be under way, and hold up whatever asks next."""


def utc_now() -> datetime:
    """The computer's clock, as an aware UTC instant."""
    return datetime.now(UTC)


async def carried_out(check: str, work: Awaitable[Findings], limit_s: float) -> Result:
    """What `work` finds, or the one problem that kept it from finding anything."""
    try:
        async with asyncio.timeout(limit_s):
            return Result(await work)
    except TimeoutError:
        late = f"There was no result within {limit_s:.0f} s."
        remedy = "Check the network, or the disk, and try again."
        return Result([Finding.problem(check, late, remedy, ServiceError.exit_code)], is_late=True)
    except LpcError as error:
        return Result([from_error(check, error)])
    except OSError as error:
        remedy = "Mend the access rights, or set LPC_TUI_HOME to a folder of yours."
        return Result([Finding.problem(check, f"{error}.", remedy, SettingsError.exit_code)])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        words = f"The service's answer is in a form that cannot be read ({type(error).__name__})."
        remedy = "This is not expected: try again, and report it if it stays."
        return Result([Finding.problem(check, words, remedy, ServiceError.exit_code)])
