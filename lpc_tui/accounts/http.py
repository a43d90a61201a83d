"""How this room speaks to the sign-in services: one session for each, with timeouts, without redirects, over TLS.

Secrets travel in the bodies of these requests, so nothing here puts a body, or an answer that is not understood, into an
error. Plain http goes to loopback only, a redirect is never followed, and no `.netrc` adds a password. Everything blocks:
call it in threads.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests import PreparedRequest, Response
from requests.exceptions import SSLError, Timeout

from lpc_tui.errors import LpcError, ProtocolError, SettingsError, ThrottledError, UnreachableError
from lpc_tui.settings_values import is_loopback

__all__ = ["Answer", "HttpSession", "NotSentError"]

TIMEOUT_S: Final = (10.0, 30.0)
"""To connect, and between two bytes of an answer."""

_HINT = "Check the address and the network, then try again."


class NotSentError(UnreachableError):
    """The connection never came about: the same request may be sent again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A sign-in service's answer: a JSON object, whatever its status."""

    status: int
    body: Mapping[str, Any]

    def text(self, key: str) -> str:
        """The text under `key`; empty if there is none."""
        value = self.body.get(key)
        return value if isinstance(value, str) else ""

    def __repr__(self) -> str:
        return f"Answer({self.status}, {sorted(self.body)})"  # the values are secrets


class HttpSession(requests.Session):
    """A session for one sign-in service. `url` says which; its host is what errors call it."""

    def __init__(self, url: str) -> None:
        """Raises SettingsError if a secret must not be sent to `url`."""
        super().__init__()
        _checked(url)
        self.host = urlsplit(url).netloc
        self.auth = _leave_alone
        if is_loopback(urlsplit(url).hostname or ""):
            self.trust_env = False  # no proxy stands between a computer and itself
            self.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True

    def ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """What the service says to one request, which is sent once.

        Raises:
            NotSentError: the connection never came about.
            UnreachableError: no answer, or the service fails; the request may have been carried out.
            ThrottledError: it asks for a pause.
            ProtocolError: the answer is no JSON object.
        """
        _checked(url)
        try:
            response = self.request(
                method,
                url,
                params=params,
                data=form,
                headers={"Accept": "application/json", **(headers or {})},
            )
        except requests.RequestException as error:
            raise _unreachable(urlsplit(url).netloc, error) from None
        failure = _failure(response)
        if failure is not None:
            raise failure
        return Answer(response.status_code, _object(response))

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """As the library does, but never without a time limit."""
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = TIMEOUT_S
        return super().send(request, **kwargs)

    def get_redirect_target(self, resp: Response) -> None:
        """None, always: what is sent here goes to no other host."""


def _leave_alone(request: PreparedRequest) -> PreparedRequest:
    """Being there, it keeps `requests` from adding a password out of a `.netrc` file."""
    return request


def _checked(url: str) -> None:
    parts = urlsplit(url)
    is_plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not is_plain and (parts.scheme != "https" or not parts.hostname):
        raise SettingsError(
            f"{parts.hostname or url} is not encrypted: no secret goes there.",
            "Write https://; http:// is for loopback only.",
        )


def _failure(response: Response) -> LpcError | None:
    """Our error for an answer that says nothing about the sign-in itself."""
    host, status = urlsplit(response.url).netloc, response.status_code
    if status == 429:
        wait = _seconds(response.headers.get("Retry-After"))
        return ThrottledError(f"{host} asks to be left alone{wait}.", "Try again later.")
    if status >= 500:
        return UnreachableError(f"{host} is out of order (HTTP {status}).", "Try again later.")
    if 300 <= status < 400:
        return ProtocolError(f"{host} sends us elsewhere, which is not followed.", "Check the address.")
    return None


def _seconds(header: str | None) -> str:
    if header and header.isdecimal():
        return f" for {header} s"
    try:
        until = parsedate_to_datetime(header or "")
    except ValueError:
        return ""
    return f" for {max(0, round((until - datetime.now(UTC)).total_seconds()))} s"


def _object(response: Response) -> Mapping[str, Any]:
    try:
        body = response.json() if response.content else {}
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        # Not `from` the parser's error: that one holds the whole answer.
        raise ProtocolError(
            f"{urlsplit(response.url).netloc} gave an answer (HTTP {response.status_code}) that is not a sign-in service's.",
            "A proxy or a captive portal may stand in between; check the address and the network.",
        ) from None
    return body


def _unreachable(host: str, error: requests.RequestException) -> UnreachableError:
    if isinstance(error, SSLError):
        return NotSentError(f"{host} cannot be trusted: its certificate was refused.", _HINT)
    if isinstance(error, requests.ConnectTimeout):
        return NotSentError(f"{host} does not answer.", _HINT)
    if isinstance(error, Timeout):
        return UnreachableError(f"{host} gave no answer within {TIMEOUT_S[1]:.0f} s.", _HINT)
    if "NewConnectionError" in str(error) or "NameResolutionError" in str(error):
        return NotSentError(f"{host} cannot be reached: its name is unknown here, or it refuses.", _HINT)
    return UnreachableError(f"{host} broke off the connection.", _HINT)
