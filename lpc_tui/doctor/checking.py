"""How a check is carried out: within its time, and with every error of ours as a finding.

`examine`, `outlook` and `salesforce` run each of their checks through `carried_out`, so that no check has to think of what
may happen to all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

from lpc_tui.doctor.findings import Finding, from_error
from lpc_tui.errors import LpcError, ServiceError

__all__ = ["LIMIT_S", "Clock", "Findings", "carried_out", "utc_now"]

Clock: TypeAlias = Callable[[], datetime]
Findings: TypeAlias = Sequence[Finding]

LIMIT_S: Final = 30.0
"""The longest that one check may take, in seconds."""


def utc_now() -> datetime:
    """The computer's clock, as an aware UTC instant."""
    return datetime.now(UTC)


async def carried_out(check: str, work: Awaitable[Findings], limit_s: float) -> Findings:
    """What `work` finds, or the one problem that kept it from finding anything."""
    try:
        async with asyncio.timeout(limit_s):
            return await work
    except TimeoutError:
        return [
            Finding.problem(
                check,
                f"There was no result within {limit_s:.0f} s.",
                "Check the network, or the disk, and try again.",
                ServiceError.exit_code,
            )
        ]
    except LpcError as error:
        return [from_error(check, error)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [
            Finding.problem(
                check,
                f"The service's answer is in a form that cannot be read ({type(error).__name__}).",
                "This is not expected: try again, and report it if it stays.",
                ServiceError.exit_code,
            )
        ]
