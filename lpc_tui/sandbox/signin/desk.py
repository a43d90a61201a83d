"""What both desks have in common: the people at them, and what a test or a demo does to what was issued."""

import threading
from datetime import timedelta
from random import Random, SystemRandom

from lpc_tui.sandbox.common import Clock, JsonObject
from lpc_tui.sandbox.signin.device_codes import Decision, DeviceBook
from lpc_tui.sandbox.signin.tokens import TokenBook, TokenKind


class SignInDesk:
    """One service's sign-ins in memory. Safe to use from any thread while the server runs.

    To `persistence` it is a world: tokens survive a restart, codes that wait for somebody do not.
    """

    def __init__(
        self, clock: Clock, *, device_life: timedelta, interval_s: int, random: Random | None = None
    ) -> None:
        """`random` makes the tokens; none: the system's own randomness."""
        self.lock = threading.RLock()
        self.clock = clock
        self._tokens = TokenBook(clock, random or SystemRandom())
        self._devices = DeviceBook(clock, life=device_life, interval_s=interval_s)
        self._revision = 0

    @property
    def revision(self) -> int:
        """Rises with everything issued or revoked; a token merely used leaves it."""
        return self._revision

    def pending(self) -> list[str]:
        """The user codes that wait for somebody, oldest first."""
        with self.lock:
            return [request.user_code for request in self._devices.pending()]

    def approve(self, user_code: str) -> None:
        """Type a user code and agree. Raises SandboxError if nothing waits for it."""
        with self.lock:
            self._devices.decide(user_code, Decision.APPROVED)

    def decline(self, user_code: str) -> None:
        """Type a user code and decline. Raises SandboxError if nothing waits for it."""
        with self.lock:
            self._devices.decide(user_code, Decision.DECLINED)

    def expire_access_tokens(self) -> None:
        """Let all access tokens end now; refresh tokens stay good."""
        with self.lock:
            self._tokens.expire(TokenKind.ACCESS)
            self._changed()

    def revoke_all(self) -> None:
        """As after a new password or an admin's click: nothing issued so far is good for anything."""
        with self.lock:
            self._tokens.revoke_all()
            self._changed()

    def dump(self) -> JsonObject:
        """The tokens, as JSON."""
        with self.lock:
            return {"tokens": self._tokens.dump()}

    def load(self, dump: JsonObject) -> None:
        """Take what a dump holds in place of what there is."""
        with self.lock:
            self._tokens.load(dump["tokens"])

    def _changed(self) -> None:
        self._revision += 1
