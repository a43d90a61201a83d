"""The token cache that `O365` and MSAL share, over a text that the vault keeps.

O365's token backends are MSAL token caches with a place to keep them. This one is made anew from what is kept for each use,
and has a clock of its own. Importing this module loads O365 (0.4 s): only `outlook` does, inside functions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from O365.utils.token import MemoryTokenBackend

from lpc_tui.accounts.waiting import Clock

__all__ = ["KeptTokenCache"]


class KeptTokenCache(MemoryTokenBackend):  # type: ignore[misc]  # O365 is not typed
    """A token backend of O365 whose whole content goes in and out as JSON."""

    def __init__(self, clock: Clock, content: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._clock = clock
        if content is not None:
            self._cache = dict(content)

    def content(self) -> dict[str, Any]:
        """All it holds, to be made anew from."""
        content: dict[str, Any] = json.loads(self.serialize())
        return content

    def add(self, event: Mapping[str, Any], now: float | None = None) -> None:
        """Add what a token answer holds; when a token ends is told by this cache's clock."""
        super().add(event, now=self._clock().timestamp() if now is None else now)

    def search(self, *args: Any, now: float | None = None, **kwargs: Any) -> Iterator[dict[str, Any]]:
        """What the cache holds. MSAL's drops what has ended by the computer's clock; here whoever reads it decides."""
        found: Iterator[dict[str, Any]] = super().search(*args, now=0 if now is None else now, **kwargs)
        return found

    def access_token(self) -> tuple[str, datetime, frozenset[str]] | None:
        """The access token, when it ends and the scopes it was given for, if there is one."""
        entry = self.get_access_token()
        if entry is None:
            return None
        ends = datetime.fromtimestamp(int(entry["expires_on"]), UTC)
        return entry["secret"], ends, frozenset(str(entry.get("target") or "").split())
