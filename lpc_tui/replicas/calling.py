"""How the replicas call their blocking libraries: threads of their own, timeouts, and repeats where repeating is safe.

Both services are reached through `requests`; this is the one place that knows its exceptions and turns them into ours.
A replica makes one `Caller`. It hands `ask` what only reads, or may be sent twice: that is repeated after a dropped
connection, a 429 or a 5xx, as long as the waiting stays within `MOST_WAITING_S`, and twice at most after an answer that is
evidently not the service's, or not whole. `send` is for everything else, and never repeats. Of an answer's body nothing is
looked at here but its end, and nothing here sleeps in a thread: waits are the loop's, and announced.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Final, ParamSpec, TypeAlias, TypeVar
from urllib.parse import urlsplit

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, retry_if_result
from tenacity.wait import wait_exponential_jitter

from lpc_tui.errors import SettingsError, ThrottledError, UnreachableError
from lpc_tui.replicas.base import Notice, NoticeSink

if TYPE_CHECKING:
    from requests import Response

__all__ = [
    "BUSY",
    "MOST_WAITING_S",
    "TIMEOUT_S",
    "Caller",
    "NeverSentError",
    "Patience",
    "Sleep",
    "checked_url",
    "is_loopback",
    "retry_after",
]

P = ParamSpec("P")
T = TypeVar("T")
Sleep: TypeAlias = Callable[[float], Awaitable[None]]
Request: TypeAlias = Callable[[], "Response"]

TIMEOUT_S: Final = (10.0, 60.0)
"""To connect, and between two bytes of an answer: for `requests`, which sets none by itself."""

MOST_WAITING_S: Final = 120.0
"""The longest that one thing is waited for, all its waits together."""

BUSY: Final = frozenset({429, 500, 502, 503, 504, 509})
"""Statuses after which the same request may succeed."""

_ATTEMPTS_WITHOUT_ANSWER = 3
"""A host that does not answer is asked this often, quickly: a person is told soon that a service is down."""

_ENDS_OF_JSON = (b"}", b"]")

_WORTH_SAYING_S = 1.0
"""Shorter waits are not announced."""

_BACKOFF = wait_exponential_jitter(multiplier=1, max=30, jitter=1)
_RECONNECT = wait_exponential_jitter(multiplier=0.25, max=1, jitter=0.25)


class NeverSentError(UnreachableError):
    """The connection never came about, so that nothing can have happened."""


class Patience:
    """The waits for one thing, bounded together."""

    def __init__(self, host: str, notices: NoticeSink, sleep: Sleep) -> None:
        self._host = host
        self._notices = notices
        self._sleep = sleep
        self._left_s = MOST_WAITING_S
        self._waits = 0

    def allows(self, seconds: float) -> bool:
        """Whether a wait of `seconds` is still within the bound."""
        return seconds <= self._left_s

    async def wait(self, seconds: float) -> None:
        """Announce the wait and sleep.

        Raises:
            ThrottledError: it would be longer than a run may take.
        """
        if not self.allows(seconds):
            raise ThrottledError(
                f"{self._host} asks to be left alone for {seconds:.0f} s more.",
                "Run again later to continue.",
            )
        self._left_s -= seconds
        self._waits += 1
        if seconds >= _WORTH_SAYING_S:
            self._notices(Notice(f"{self._host} is busy: waiting {seconds:.0f} s.", wait_s=seconds))
        await self._sleep(seconds)

    async def wait_for(self, asked_s: float | None) -> None:
        """Wait as long as the service asked, or, where it named no time, longer each time; raises as `wait` does."""
        await self.wait(min(2.0**self._waits, 30.0) if asked_s is None else asked_s)


class Caller:
    """The threads, timeouts and repeats of one replica."""

    def __init__(
        self,
        host: str,
        *,
        notices: NoticeSink,
        workers: int = 1,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`host` is what errors and notices call the service; `workers` how many requests it may have in flight."""
        self.host = host
        self.requests = 0
        """How many requests went over the wire, repeats included."""
        self._notices = notices
        self._clock = clock
        self._sleep = sleep
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix=host)

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `function` returns, worked out in a thread of this replica: requests, and work on large answers."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, partial(function, *args, **kwargs))

    async def send(self, request: Request) -> Response:
        """The answer to a request that is sent once, whatever its status.

        Raises:
            NeverSentError: the connection never came about.
            UnreachableError: the answer was lost; the request may have been carried out.
        """
        self.requests += 1
        return await self.call(self._answer, request)

    async def ask(self, request: Request) -> Response:
        """The answer to a request that may be sent twice; once patience ends, the last one, though it is `BUSY` or garbled.

        Raises:
            UnreachableError: no answer, several times.
        """
        patience = self.patience()

        def delay(state: RetryCallState) -> float:
            outcome = state.outcome
            if outcome is None or outcome.failed or _is_garbled(outcome.result()):
                return _RECONNECT(state)
            asked_s = self.retry_after(outcome.result())
            return _BACKOFF(state) if asked_s is None else asked_s

        def is_over(state: RetryCallState) -> bool:
            if state.outcome is not None and (state.outcome.failed or _is_garbled(state.outcome.result())):
                return state.attempt_number >= _ATTEMPTS_WITHOUT_ANSWER
            return not patience.allows(state.upcoming_sleep)

        def last_answer(state: RetryCallState) -> Response:
            assert state.outcome is not None  # `stop` is asked about outcomes only
            answer: Response = state.outcome.result()
            return answer

        retrying = AsyncRetrying(
            retry=retry_if_result(_is_busy) | retry_if_result(_is_garbled) | retry_if_exception(_is_lost),
            wait=delay,
            stop=is_over,
            sleep=patience.wait,
            retry_error_callback=last_answer,
        )
        return await retrying(self.send, request)

    def patience(self) -> Patience:
        """A fresh bound for the waits of one thing."""
        return Patience(self.host, self._notices, self._sleep)

    def retry_after(self, response: Response) -> float | None:
        """How many seconds the service asks us to wait, if it says."""
        return self.wait_named(response.headers.get("Retry-After"))

    def wait_named(self, header: str | None) -> float | None:
        """The same of a `Retry-After` header, as the parts of a batch carry it."""
        return retry_after(header, self._clock())

    def notice(self, text: str) -> None:
        """Tell a person watching."""
        self._notices(Notice(text))

    async def close(self) -> None:
        """Take no more calls, and wait for one that is under way: what it does belongs to the run that holds the lock."""
        await asyncio.to_thread(self._executor.shutdown, wait=True, cancel_futures=True)

    def _answer(self, request: Request) -> Response:
        """Runs in a thread."""
        from requests import RequestException

        try:
            return request()
        except RequestException as error:
            raise _unreachable(self.host, error) from error


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds a `Retry-After` header means: a number, or a date; None where there is none that can be read."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError):
        return None


def checked_url(url: str, key: str) -> str:
    """The address without a slash at its end, if tokens may be sent there; `key` is its setting.

    Raises:
        SettingsError: it is no URL, or would carry a token unencrypted over a network.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host or parts.scheme not in {"https", "http"}:
        raise SettingsError(f"{key} is not an https:// address: {url!r}.")
    if parts.scheme == "http" and not is_loopback(host):
        raise SettingsError(
            f"{key} is not encrypted: {url!r}.", "Write https://; http:// is for loopback only."
        )
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether nothing sent to `host` leaves this computer."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_busy(response: Response) -> bool:
    return response.status_code in BUSY


def _is_garbled(response: Response) -> bool:
    """Whether a success is no JSON, as a proxy's page, or only its beginning. That it can be read is for others to see."""
    is_empty = not response.content
    return (
        response.status_code == 200 and not is_empty and response.content.rstrip()[-1:] not in _ENDS_OF_JSON
    )


def _is_lost(error: BaseException) -> bool:
    return isinstance(error, UnreachableError)


def _unreachable(host: str, error: Exception) -> UnreachableError:
    """Our error for an exception of `requests`, by the causes that are chained to it."""
    from requests import ConnectTimeout
    from requests.exceptions import SSLError, Timeout

    hint = "Check the address and the network, then run again to continue."
    causes = _causes(error)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return NeverSentError(f"{host} cannot be found: its name is unknown here.", hint)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return NeverSentError(f"{host} refuses the connection.", hint)
    if isinstance(error, SSLError):
        return NeverSentError(f"{host} cannot be trusted: its certificate was refused.", hint)
    if isinstance(error, ConnectTimeout):
        return NeverSentError(f"{host} does not answer.", hint)
    if isinstance(error, Timeout):
        return UnreachableError(f"{host} gave no answer within {TIMEOUT_S[1]:.0f} s.", hint)
    return UnreachableError(f"{host} broke off the connection.", hint)


def _causes(error: BaseException) -> list[BaseException]:
    """The error, what it was raised from, and what urllib3 carries as its reason."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseException) and each not in found:
            found.append(each)
            waiting += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
    return found
