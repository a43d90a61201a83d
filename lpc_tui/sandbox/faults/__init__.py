"""What can go wrong with the two services, switched on by a test or by `sandbox serve --faults FILE`.

A test calls `sandbox.faults.add(Drop(service="graph", nth=3))`; a file says the same in TOML (`file`, docs/sandbox.md).
`kinds` are the faults as values, `schedule` decides which requests they strike, `serving` and `saving` carry them out.
"""

from lpc_tui.sandbox.faults.kinds import (
    Concurrency,
    DailyLimit,
    DeadDeltaTokens,
    Drop,
    DuplicateRule,
    ExpiredToken,
    Fault,
    Garble,
    Latency,
    Status,
    Trigger,
    Truncate,
    ValidationRule,
)
from lpc_tui.sandbox.faults.schedule import Faults

__all__ = [
    "Concurrency",
    "DailyLimit",
    "DeadDeltaTokens",
    "Drop",
    "DuplicateRule",
    "ExpiredToken",
    "Fault",
    "Faults",
    "Garble",
    "Latency",
    "Status",
    "Trigger",
    "Truncate",
    "ValidationRule",
]
