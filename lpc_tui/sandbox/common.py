"""What both halves of the sandbox share: the JSON and clock aliases, and the request log that tests count.

The two worlds (`graph`, `salesforce`) import it; it must never import either of them.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

JsonObject = dict[str, Any]
"""An object as it travels on the wire."""

Clock = Callable[[], datetime]
"""What tells a world the time: an aware instant in UTC."""

OUTLOOK_TOKEN = "sandbox-outlook-token"
"""The bearer token the Graph server accepts unless told otherwise; a constant, not a secret."""

SALESFORCE_TOKEN = "sandbox-salesforce-token"
"""The bearer token the Salesforce server accepts unless told otherwise; a constant, not a secret."""

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One HTTP request that a server answered."""

    method: str
    """The HTTP method, upper case."""

    path: str
    """The path with its query string, as it was sent."""

    status: int
    """The status of the answer; a batch's own, not its parts'."""

    carried: tuple[str, ...] = ()
    """The requests that a batch or composite carried, each as its method and its path; none for a plain request."""

    @property
    def parts(self) -> int:
        """How many requests a batch carried; 0 for a plain request."""
        return len(self.carried)

    @property
    def is_write(self) -> bool:
        """Whether it may change something: by its method (each plain POST counts, also one that only asks), and by those
        of its parts where it carries any."""
        methods = [each.partition(" ")[0] for each in self.carried] or [self.method]
        return not _READING.issuperset(methods)


class RequestLog:
    """The requests one server answered, oldest first; safe to read while the server runs.

    A batch counts once. Only the last 100,000 are kept.
    """

    def __init__(self) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def record(self, method: str, path: str, status: int, carried: tuple[str, ...] = ()) -> None:
        """Add one answered request."""
        with self._lock:
            self._entries.append(LoggedRequest(method.upper(), path, status, carried))

    @property
    def entries(self) -> list[LoggedRequest]:
        """A copy of what is kept, oldest first."""
        with self._lock:
            return list(self._entries)

    def count(self, writes_only: bool = False) -> int:
        """How many requests are kept; with `writes_only` those whose method may change something."""
        with self._lock:
            if writes_only:
                return sum(entry.is_write for entry in self._entries)
            return len(self._entries)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._entries.clear()
