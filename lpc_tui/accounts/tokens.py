"""The token source of one side: what the replicas call before each request.

It keeps the token in memory, renews it ahead of its end, and once after the service refused it. Two processes of a profile
may want that at the same moment, and a refresh token that is used twice can end the sign-in: so the renewal is done under a
lock across processes, and whoever waited for it takes what the other one got. A renewal that fails changes nothing that is
kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from pydantic import SecretStr
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from lpc_tui.accounts.service import Grant, SignInService
from lpc_tui.accounts.vault import Vault
from lpc_tui.accounts.waiting import Clock
from lpc_tui.errors import ServiceError, SignInError
from lpc_tui.model.items import Side

__all__ = ["KeptTokens", "not_signed_in"]

AHEAD: Final = timedelta(minutes=5)
"""A token that ends sooner is renewed first: a request may wait for that long in a throttled queue."""

_BARELY: Final = timedelta(seconds=30)
"""If the sign-in service fails, a token that lasts this long is still used, and the service left alone for as long."""

_TRIES: Final = 3


class KeptTokens:
    """Tokens of a sign-in that is kept in the vault. Safe to call from several threads."""

    def __init__(
        self,
        side: Side,
        service: SignInService,
        vault: Vault,
        *,
        clock: Clock,
        pause: Callable[[float], None],
    ) -> None:
        """`pause` sleeps in a thread, in seconds."""
        self._side = side
        self._service = service
        self._vault = vault
        self._clock = clock
        self._pause = pause
        self._lock = threading.Lock()
        self._grant: Grant | None = None
        self._refused = ""
        self._left_alone_until: datetime | None = None

    def __call__(self) -> str:
        return self.grant().token.get_secret_value()

    def refused(self, token: str) -> None:
        with self._lock:
            self._refused = token

    def forget(self) -> None:
        """Read what is kept anew: somebody signed in or out."""
        with self._lock:
            self._grant = None
            self._refused = ""

    def grant(self) -> Grant:
        """A sign-in whose token is good now. Raises as `TokenSource` does."""
        with self._lock:
            if self._grant is None or not (self._is_good(self._grant) or self._must_do(self._grant)):
                self._grant = self._good_one()
            return self._grant

    def known(self) -> Grant | None:
        """The sign-in, whether its token is still good or not. Raises SignInError."""
        with self._lock:
            if self._grant is None:
                self._grant = self.kept()
            return self._grant

    def kept(self) -> Grant | None:
        """What is kept, as it is, if it belongs to the present settings. Raises SignInError."""
        kept = self._vault.load(self._side)
        return None if kept is None else self._service.read(kept)

    def _good_one(self) -> Grant:
        found = self.kept()
        if found is not None and self._is_good(found):
            return found
        with self._vault.hold(self._side):
            kept = self._vault.load(self._side)
            found = None if kept is None else self._service.read(kept)
            if found is not None and self._is_good(found):
                return found  # another process has renewed it while we waited
            if found is None and not self._service.account_of_settings:
                raise not_signed_in(self._side, self._service.remedy, is_of_other_settings=kept is not None)
            try:
                renewed = self._renewed(kept if found is not None else None)
            except ServiceError:
                if found is None or not self._lasts(found, _BARELY):
                    raise
                self._left_alone_until = self._clock() + _BARELY
                return found
            self._vault.save(self._side, renewed, is_new=kept is None)
        new = self._service.read(renewed)
        assert new is not None  # it was made with the present settings
        return new

    def _renewed(self, kept: SecretStr | None) -> SecretStr:
        """Asked again only while nothing can have happened: a refresh token may be good for one use."""
        from lpc_tui.accounts.http import NotSentError

        retrying = Retrying(
            retry=retry_if_exception_type(NotSentError),
            wait=wait_exponential_jitter(multiplier=0.5, max=2, jitter=0.5),
            stop=stop_after_attempt(_TRIES),
            sleep=self._pause,
            reraise=True,
        )
        try:
            return retrying(self._service.renew, kept)
        finally:
            self._service.close()

    def _is_good(self, grant: Grant) -> bool:
        return self._lasts(grant, AHEAD)

    def _must_do(self, grant: Grant) -> bool:
        """Whether a token near its end is used on, since the sign-in service has just failed to renew it."""
        until = self._left_alone_until
        return until is not None and self._clock() < until and self._lasts(grant, timedelta(0))

    def _lasts(self, grant: Grant, time: timedelta) -> bool:
        is_refused = grant.token.get_secret_value() == self._refused
        return not is_refused and (grant.expires is None or grant.expires - self._clock() > time)


def not_signed_in(side: Side, remedy: str, *, is_of_other_settings: bool = False) -> SignInError:
    """There is no sign-in to use."""
    words = f"Not signed in to {side.label}."
    if is_of_other_settings:
        words = (
            f"The sign-in for {side.label} that is kept here belongs to other settings than the present ones."
        )
    return SignInError(words, remedy, command=f"lpc-tui login {side}")
