"""The one place that turns a refusing answer of Salesforce, or of whatever stands before it, into our errors.

Decided by status and error code. `RefusedCall` leaves this package only where nobody can do better with it.
"""

from __future__ import annotations

from typing import Any

from lpc_tui.errors import LimitError, LpcError, ProtocolError, SignInError, ThrottledError, UnreachableError

__all__ = ["RefusedCall", "failure", "is_too_busy", "not_salesforce"]

_SIGN_IN = "Put a valid access token into LPC_TUI_SALESFORCE_TOKEN, or sign in, and run again."
_LOGIN = "lpc-tui login salesforce"
_LIGHTNING = "This is the address of its web pages: set salesforce.instance_url to https://YOURDOMAIN.my.salesforce.com."
_NO_API = frozenset({"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"})
_LATER = "Run again later to continue."
_WORDS_SHOWN = 300


class RefusedCall(ProtocolError):
    """The service refuses a call as a whole, in its own words; nothing of it was done."""

    def __init__(self, status: int, code: str, words: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(f"Salesforce refuses a request: {code}: {words[:_WORDS_SHOWN]}")
        self.status = status
        self.code = code
        self.words = words
        self.fields = fields


def failure(host: str, status: int, content: object) -> LpcError:
    """The error behind an answer of status 300 and above; `content` is its JSON, or its text.

    An `UnreachableError` here means that a write may have happened; all others, that nothing did.
    """
    code, words, fields = _parsed(content)
    if status == 401 or (status == 403 and "OAuth_Token" in words):
        message = f"Salesforce ({host}) does not accept the token."
        if host.endswith(".lightning.force.com"):
            return SignInError(message, _LIGHTNING)
        return SignInError(message, _SIGN_IN, command=_LOGIN)
    if code in _NO_API:
        return SignInError(
            f"Salesforce ({host}) has its API switched off for this user.", "Ask the org's administrator."
        )
    if is_too_busy(status, content):
        return ThrottledError(f"{host} asks for fewer requests.", _LATER)
    if code == "REQUEST_LIMIT_EXCEEDED":
        return LimitError(
            "The org has used up its API requests of 24 hours; they come back bit by bit.", _LATER
        )
    if status == 410:
        return ProtocolError(
            "Salesforce has retired this version of its API.", "Set salesforce.api_version to a newer one."
        )
    if status >= 500:
        return UnreachableError(f"{host} is out of order (HTTP {status} {code}).".replace(" )", ")"), _LATER)
    if code and status >= 400:
        return RefusedCall(status, code, words, fields)
    return not_salesforce(host, status)


def is_too_busy(status: int, content: object) -> bool:
    """Whether the very same request may be repeated after a pause, since nothing was done."""
    code, words, _ = _parsed(content)
    return status == 429 or (code == "REQUEST_LIMIT_EXCEEDED" and words.startswith("Concurrent"))


def not_salesforce(host: str, status: int) -> ProtocolError:
    """An answer in a form that the service never gives: a proxy's page, a redirect, cut JSON."""
    return ProtocolError(
        f"{host} answered (HTTP {status}) something that is not Salesforce's.",
        "Check salesforce.instance_url and any proxy between.",
    )


def _parsed(content: object) -> tuple[str, str, tuple[str, ...]]:
    """Code, words and fields of an error body: a data call's array, or OAuth's object; else its text as words."""
    first: Any = content[0] if isinstance(content, list) and content else content
    if isinstance(first, dict):
        code = str(first.get("errorCode") or first.get("error") or "")
        words = str(first.get("message") or first.get("error_description") or "")
        return code, words, tuple(map(str, first.get("fields") or ()))
    return "", str(content)[:_WORDS_SHOWN], ()
