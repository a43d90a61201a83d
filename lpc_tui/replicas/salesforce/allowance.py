"""The org's API requests of 24 hours, which all its users and tools share: how many are used up, and where we stop.

Every answer tells in `Sforce-Limit-Info`. `connection` notes it after each answer and asks before the next request. What has
begun is never given up for it: neither a request, nor the look at what a write has made.
Source: REST API Developer Guide, "Limit Info Header".
"""

from __future__ import annotations

import re
from typing import Final

from lpc_tui.errors import LimitError

__all__ = ["IN_FLIGHT", "KEPT_PERCENT", "READING_BACK", "Allowance"]

IN_FLIGHT: Final = 5
"""The most requests that are under way at once. No limit is documented for short ones; of those of 20 seconds and more an
org takes 25, a developer's 5. One too many is told to come again, and does: nothing was done then."""

KEPT_PERCENT: Final = 5
"""The share of the org's requests that is left to others."""

READING_BACK: Final = 3
"""The most requests that it takes to see what one writing request has made, where its own answer does not show it. A write
is begun only if there is room for those of all that may be under way."""

_USAGE = re.compile(r"(?<![-\w])api-usage=(\d+)/(\d+)")


class Allowance:
    """What is known of it so far; nothing, until the org has answered."""

    def __init__(self) -> None:
        self._used = 0
        self._most = 0

    @property
    def usage(self) -> tuple[int, int] | None:
        """How many requests of how many are used up; None as long as the org has not told."""
        return (self._used, self._most) if self._most else None

    def note(self, header: str | None) -> None:
        """Take over what an answer says in its `Sforce-Limit-Info` header, if it says anything."""
        told = _USAGE.search(header or "")
        if told is not None:
            self._used, self._most = int(told[1]), int(told[2])

    def check(self, *, is_writing: bool) -> None:
        """Let the next request pass.

        Raises:
            LimitError: it would use up what is left to others.
        """
        wanted = IN_FLIGHT * (1 + READING_BACK) if is_writing else 1
        if self._most and self._used + wanted > self._most * (100 - KEPT_PERCENT) // 100:
            raise LimitError(
                f"The org has used {self._used:,} of its {self._most:,} API requests of 24 hours:"
                f" lpc-tui leaves the last {KEPT_PERCENT} % to others.",
                "They come back bit by bit: run again later to continue.",
            )
