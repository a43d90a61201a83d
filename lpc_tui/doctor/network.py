"""The checks of the way to a service: its name, the connection and its certificate, and what time it is there.

One request without a token, which any service answers somehow, tells all of that. `examine` calls it for either service
before anything else is asked there: where it fails, the rest need not be waited for.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from lpc_tui.doctor.checking import Clock, Findings
from lpc_tui.doctor.findings import Finding, from_error, ok, skipped
from lpc_tui.errors import ServiceError, UnreachableError
from lpc_tui.replicas.calling import BUSY, Caller, checked_url, is_loopback

if TYPE_CHECKING:
    from requests import Response

__all__ = ["Probe", "check_clock", "check_connection", "check_name"]

TIMEOUT_S: Final = (10.0, 15.0)
"""To connect, and between two bytes of the answer."""

_SUSPICIOUS: Final = timedelta(minutes=2)
_WRONG: Final = timedelta(minutes=5)
"""From here on sign-ins fail: Microsoft and Salesforce allow five minutes."""

_SET_CLOCK: Final = "Set this computer's clock, best by network time (timedatectl set-ntp true)."
_TRUST: Final = (
    "Check the address and this computer's clock. If your organisation has a proxy that opens connections, put its"
    " certificate into REQUESTS_CA_BUNDLE."
)


@dataclass(frozen=True, slots=True)
class Probe:
    """What one request without a token has shown."""

    response: Response
    skew: timedelta | None
    """How far the service's clock is ahead of this computer's; None if it does not tell."""


async def check_name(check: str, url: str) -> Findings:
    """Whether the name of the host leads anywhere."""
    host = urlsplit(url).hostname or ""
    if is_loopback(host):
        return [ok(check, f"{host} is this computer.")]
    if _is_proxied(url):
        return [skipped(check, f"A proxy looks up {host}.")]
    try:
        found = await asyncio.to_thread(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM)
    except OSError:
        return [
            Finding.problem(
                check,
                f"{host} cannot be found: its name is unknown here.",
                "Check the address for typing errors, and the network (VPN, DNS).",
                UnreachableError.exit_code,
            )
        ]
    return [ok(check, f"{host} is {found[0][4][0]}.")]


async def check_connection(check: str, url: str, clock: Clock, keep: Callable[[Probe], None]) -> Findings:
    """Whether the service answers, and over TLS that can be trusted; `keep` is handed what it answered, if it does.

    Raises:
        SettingsError: the address is not to be sent anything.
    """
    parts = urlsplit(checked_url(url, "The address"))
    host = parts.hostname or ""
    caller = Caller(host, notices=lambda _notice: None, clock=clock)
    try:
        before = clock()
        response = await caller.send(lambda: _asked(url))
        after = clock()
    except UnreachableError as error:
        return [_unreachable(check, host, error)]
    finally:
        await caller.close()
    keep(Probe(response, _skew(response, before + (after - before) / 2)))
    if response.status_code in BUSY:
        words = f"{host} answers that it is busy or out of order (HTTP {response.status_code})."
        return [Finding.problem(check, words, "Try again later.", ServiceError.exit_code)]
    trusted = "over TLS, with a certificate that is trusted" if parts.scheme == "https" else "without TLS"
    return [ok(check, f"{parts.netloc} answers {trusted}.")]


def check_clock(check: str, probe: Probe) -> Findings:
    """Whether this computer and the service agree on the time."""
    if probe.skew is None:
        return [skipped(check, "The service does not say what time it is.")]
    off = abs(probe.skew)
    if off <= _SUSPICIOUS:
        return [ok(check, f"This computer's clock is right to {max(1, round(off.total_seconds()))} s.")]
    side = "slow" if probe.skew > timedelta(0) else "fast"
    words = f"This computer's clock is {_spoken(off)} {side}, going by the service's."
    if off <= _WRONG:
        return [Finding.warning(check, words, _SET_CLOCK)]
    return [Finding.problem(check, f"{words} Sign-ins may be refused for it.", _SET_CLOCK)]


def _asked(url: str) -> Response:
    """The answer to a GET without a token; runs in a thread. Redirects are not followed."""
    import requests

    with requests.Session() as session:
        session.auth = lambda request: request  # else a .netrc file adds a password
        if is_loopback(urlsplit(url).hostname or ""):
            session.trust_env = False  # no proxy stands between a computer and itself
            session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        return session.get(url, timeout=TIMEOUT_S, allow_redirects=False)


def _unreachable(check: str, host: str, error: UnreachableError) -> Finding:
    """Why there is no answer, in the replicas' words, but for what this room knows better."""
    from requests import ReadTimeout

    if isinstance(error.__cause__, ReadTimeout):
        words = f"{host} can be reached, but gave no answer within {TIMEOUT_S[1]:.0f} s."
        return Finding.problem(check, words, error.hint, error.exit_code)
    refusal = _certificate_refusal(error)
    if refusal:
        words = f"{host} cannot be trusted: its certificate was refused ({refusal})."
        return Finding.problem(check, words, _TRUST, error.exit_code)
    return from_error(check, error)


def _is_proxied(url: str) -> bool:
    from requests.utils import get_environ_proxies

    proxies = get_environ_proxies(url, no_proxy=None)
    return urlsplit(url).scheme in proxies or "all" in proxies


def _certificate_refusal(error: BaseException) -> str:
    """Why the certificate was refused; empty if it was something else."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, BaseException) or each in seen:
            continue
        if isinstance(each, SSLCertVerificationError):
            return each.verify_message or "it cannot be verified"
        seen.append(each)
        waiting += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
    return ""


def _skew(response: Response, at: datetime) -> timedelta | None:
    try:
        told = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)) - at


def _spoken(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 2 * 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds / 3600:,.0f} h" if seconds < 48 * 3600 else f"{seconds / 86_400:,.0f} days"
