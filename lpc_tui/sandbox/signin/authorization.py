"""The web flow's first half: who asks in a browser, whether it may, and the code that is fetched by with PKCE (RFC 7636).

Pure; `SalesforceDesk` holds the codes and turns them into tokens.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from lpc_tui.sandbox.signin import salesforce_errors as errors
from lpc_tui.sandbox.signin.connected_apps import ConnectedApp
from lpc_tui.sandbox.signin.replies import Form, Redirect

_SHORTEST_VERIFIER = 43
_LONGEST_VERIFIER = 128


@dataclass(frozen=True, slots=True)
class Authorization:
    """A request that a person may approve."""

    app: ConnectedApp
    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...]
    challenge: str | None

    def denied(self) -> Redirect:
        """Back to the app without a code."""
        return self.back(error="access_denied", error_description="end-user denied authorization")

    def back(self, **fields: str) -> Redirect:
        """Back to the app, with the state it sent."""
        if self.state is not None:
            fields["state"] = self.state
        mark = "&" if "?" in self.redirect_uri else "?"
        return Redirect(f"{self.redirect_uri}{mark}{urlencode(fields)}")


@dataclass(slots=True)
class Code:
    """An approved request, until its tokens are fetched."""

    authorization: Authorization
    expires_at: datetime

    def check(self, form: Form, now: datetime) -> None:
        """Raise Refusal unless the token request fits what was approved, and comes in time."""
        if now >= self.expires_at:
            raise errors.invalid_grant("expired authorization code")
        if form.get("redirect_uri") != self.authorization.redirect_uri:
            raise errors.refused("redirect_uri_mismatch", "redirect_uri must match configuration")
        challenge = self.authorization.challenge
        if challenge is not None and not _fits(form.get("code_verifier", ""), challenge):
            raise errors.invalid_grant("invalid code verifier")


def check_pkce(app: ConnectedApp, form: Form) -> str | None:
    """What is wrong with the challenge of a request, in words; None if nothing is."""
    challenge, method = form.get("code_challenge"), form.get("code_challenge_method", "S256")
    if challenge is None:
        return "missing required code challenge" if app.needs_pkce else None
    return None if method == "S256" else "invalid code challenge method"


def _fits(verifier: str, challenge: str) -> bool:
    if not _SHORTEST_VERIFIER <= len(verifier) <= _LONGEST_VERIFIER:
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
    return hmac.compare_digest(expected, challenge.rstrip("=").encode())
