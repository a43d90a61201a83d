"""Device codes: asked for by a program, decided by a person elsewhere, polled for meanwhile (RFC 8628).

Pure: the desk brings the clock and the lock, and words the outcomes as its service does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.common import Clock

_SLOWER_S = 5
"""What each poll that comes too soon adds to the interval (RFC 8628, section 3.5)."""


class Decision(Enum):
    """What became of a user code."""

    WAITING = auto()
    APPROVED = auto()
    DECLINED = auto()
    BLOCKED = auto()
    """The person approved, and a rule of the organisation forbids it."""

    USED = auto()
    """The tokens have been fetched."""


class Poll(Enum):
    """What a poll finds."""

    UNKNOWN = auto()
    """Never issued, or to another client."""

    EXPIRED = auto()
    PENDING = auto()
    TOO_SOON = auto()
    DECLINED = auto()
    BLOCKED = auto()
    USED = auto()
    APPROVED = auto()
    """The one poll that may fetch the tokens."""


@dataclass(slots=True)
class DeviceRequest:
    """A program that waits for a person."""

    user_code: str
    client_id: str
    scopes: tuple[str, ...]
    expires_at: datetime
    interval_s: int
    decision: Decision = Decision.WAITING
    polled_at: datetime | None = None


_OUTCOMES = {
    Decision.APPROVED: Poll.APPROVED,
    Decision.DECLINED: Poll.DECLINED,
    Decision.BLOCKED: Poll.BLOCKED,
    Decision.USED: Poll.USED,
}


class DeviceBook:
    """All device codes of one desk. They are forgotten with it: no dump holds them."""

    def __init__(self, clock: Clock, *, life: timedelta, interval_s: int) -> None:
        self.life = life
        self.interval_s = interval_s
        self._clock = clock
        self._requests: dict[str, DeviceRequest] = {}

    def start(self, device_code: str, user_code: str, client_id: str, scopes: Iterable[str]) -> None:
        """Let a program wait."""
        expires_at = self._clock() + self.life
        self._requests[device_code] = DeviceRequest(
            user_code, client_id, tuple(scopes), expires_at, self.interval_s
        )

    def pending(self) -> list[DeviceRequest]:
        """What waits for a person, oldest first."""
        now = self._clock()
        return [
            request
            for request in self._requests.values()
            if request.decision is Decision.WAITING and now < request.expires_at
        ]

    def decide(self, user_code: str, decision: Decision) -> None:
        """Decide a waiting request, found by its user code however it is typed.

        Raises SandboxError if none waits for it.
        """
        typed = "".join(user_code.split()).replace("-", "").upper()
        for request in self.pending():
            if request.user_code == typed:
                request.decision = decision
                return
        raise SandboxError(f"No sign-in waits for the code {user_code!r}.")

    def poll(self, device_code: str, client_id: str) -> tuple[Poll, tuple[str, ...]]:
        """What became of a device code, and the scopes asked for; the approved one is used up by this."""
        request = self._requests.get(device_code)
        if request is None or request.client_id != client_id:
            return Poll.UNKNOWN, ()
        now = self._clock()
        if now >= request.expires_at and request.decision is not Decision.USED:
            return Poll.EXPIRED, ()
        if request.decision is Decision.WAITING:
            return self._wait(request, now), ()
        outcome = _OUTCOMES[request.decision]
        if outcome is Poll.APPROVED:
            request.decision = Decision.USED
        return outcome, request.scopes

    @staticmethod
    def _wait(request: DeviceRequest, now: datetime) -> Poll:
        before, request.polled_at = request.polled_at, now
        if before is None or now - before >= timedelta(seconds=request.interval_s):
            return Poll.PENDING
        request.interval_s += _SLOWER_S
        return Poll.TOO_SOON
