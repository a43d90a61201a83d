"""The org's daily allowance of API requests, counted over a rolling 24 hours.

The server spends it; a client reads what is left.
"""

from collections import deque
from datetime import datetime, timedelta

_WINDOW = timedelta(hours=24)


class ApiUsage:
    """Requests of the last 24 hours."""

    def __init__(self) -> None:
        self._spent: deque[datetime] = deque()

    def used(self, now: datetime) -> int:
        """How many requests count against the allowance."""
        while self._spent and self._spent[0] <= now - _WINDOW:
            self._spent.popleft()
        return len(self._spent)

    def spend(self, now: datetime, requests: int = 1) -> None:
        """Count requests; a batch's parts count one each."""
        self._spent.extend([now] * requests)
