"""The OAuth calls to a Salesforce org, one function each, and what its refusals mean.

Plain OAuth 2.0 over `requests`, since simple-salesforce has neither the device flow nor PKCE nor a refresh. Salesforce's own
names differ from the RFCs in places (`grant_type=device`, `code`). Everything blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from lpc_tui.accounts.browser import callback_url
from lpc_tui.accounts.http import Answer, HttpSession
from lpc_tui.accounts.orgs import audience_of
from lpc_tui.accounts.waiting import Pending, expired
from lpc_tui.errors import LpcError, ProtocolError, SettingsError, SignInError

__all__ = ["OrgOAuth", "code_lifetime"]

SCOPES: Final = "api id refresh_token"
"""The data of the person, who that is, and renewal; no more."""

_ASSERTION_LIFE: Final = timedelta(minutes=3)
_CODE_LIFE: Final = timedelta(minutes=10)
_TOKEN: Final = "/services/oauth2/token"
_AGAIN: Final = "Sign in again."
_LOGIN: Final = "lpc-tui login salesforce"

_HINTS: Mapping[str, str] = {
    "hasn't approved this consumer": (
        "Ask your org's administrator to admit you to the app: in its policies, users that an admin has approved in"
        " advance, with your profile or a permission set of yours."
    ),
    "must be installed": "Ask your org's administrator to install the app in the org.",
    "approval_error": "Ask your org's administrator to install the app in the org, or to admit you to it.",
    "invalid_client_id": "Check salesforce.client_id, and that the app is in the org at salesforce.instance_url.",
    "invalid_client": "Check the consumer secret (LPC_TUI_SALESFORCE_CLIENT_SECRET), or sign in again to be asked for it.",
    "redirect_uri": f"Add {callback_url()} to the app's callback addresses, letter for letter.",
    "unsupported_grant_type": "Allow this way to sign in in the app's OAuth settings, or choose another salesforce.auth.",
    "assertion": "Check this computer's clock, salesforce.username and the certificate that the app holds.",
}


class OrgOAuth:
    """The OAuth endpoints of one org, asked as one app."""

    def __init__(self, http: HttpSession, base_url: str, client_id: str) -> None:
        self._http = http
        self._base = base_url
        self._client_id = client_id

    def device_code(self) -> Answer:
        """Begin the device flow: `user_code`, `device_code`, `verification_uri`, `interval`."""
        return self._token(response_type="device_code", scope=SCOPES)

    def device_token(self, device_code: str) -> Answer | Pending:
        """Ask once whether the person is done."""
        answer = self._posted(grant_type="device", code=device_code)
        match answer.text("error"):
            case "authorization_pending":
                return Pending()
            case "slow_down":
                return Pending(is_too_fast=True)
            case "access_denied":
                raise SignInError(
                    "The sign-in to Salesforce was declined in the browser.", _AGAIN, command=_LOGIN
                )
            case "expired_token":
                raise expired()
        return _granted(answer)

    @property
    def authorize_page(self) -> str:
        """The page that a browser opens to sign in."""
        return f"{self._base}/services/oauth2/authorize"

    @property
    def authorize_parameters(self) -> Mapping[str, str]:
        """What that page is to be told of us."""
        return {"client_id": self._client_id, "scope": SCOPES}

    def code_token(self, code: str, redirect_uri: str, verifier: str, client_secret: str) -> Answer:
        """Turn the code that a browser brought back into a token; the secret only where the app wants one."""
        return self._token(
            grant_type="authorization_code",
            code=code,
            redirect_uri=redirect_uri,
            code_verifier=verifier,
            client_secret=client_secret,
        )

    def refreshed_token(self, refresh_token: str, client_secret: str) -> Answer:
        """Another access token; there may be a new refresh token beside it."""
        return self._token(
            grant_type="refresh_token", refresh_token=refresh_token, client_secret=client_secret
        )

    def client_token(self, client_secret: str) -> Answer:
        """A token of the user whom the app runs as."""
        return self._token(grant_type="client_credentials", client_secret=client_secret)

    def assertion_token(self, username: str, key_file: str, now: datetime) -> Answer:
        """A token for `username`, on the word of a key whose certificate the app holds."""
        assertion = self._assertion(username, key_file, now)
        return _granted(
            self._http.ask(
                "POST",
                self._base + _TOKEN,
                form={"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion},
            )
        )

    def user_name(self, instance_url: str, token: str) -> str:
        """Who a token belongs to; empty if the org does not tell."""
        try:
            answer = self._http.ask(
                "GET",
                f"{instance_url}/services/oauth2/userinfo",
                headers={"Authorization": f"Bearer {token}"},
            )
        except LpcError:
            return ""  # the sign-in is good without a name
        return answer.text("preferred_username") if answer.status == 200 else ""

    def revoke(self, token: str) -> None:
        """End a token; what is ended already is no error."""
        self._http.ask("POST", f"{self._base}/services/oauth2/revoke", form={"token": token})

    def _token(self, **form: str) -> Answer:
        return _granted(self._posted(**form))

    def _posted(self, **form: str) -> Answer:
        filled = {"client_id": self._client_id, **{name: value for name, value in form.items() if value}}
        return self._http.ask("POST", self._base + _TOKEN, form=filled)

    def _assertion(self, username: str, key_file: str, now: datetime) -> str:
        """Raises SettingsError if the key cannot be used; nothing of it is told."""
        import jwt

        claims = {
            "iss": self._client_id,
            "sub": username,
            "aud": audience_of(self._base),
            "exp": int((now + _ASSERTION_LIFE).timestamp()),
        }
        try:
            key = Path(key_file).expanduser().read_bytes()
        except OSError as error:
            raise SettingsError(
                f"The private key {key_file} cannot be read: {error.strerror}.",
                "Set salesforce.private_key_file to a file that you may read.",
            ) from error
        try:
            return jwt.encode(claims, key, algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError):
            raise SettingsError(
                f"{key_file} is no RSA private key in PEM form without a password.",
                "Set salesforce.private_key_file to the key whose certificate the app holds.",
            ) from None


def code_lifetime(answer: Answer) -> timedelta:
    """How long a device code is good; Salesforce does not say, and it is ten minutes."""
    told = answer.body.get("expires_in")
    return timedelta(seconds=told) if isinstance(told, int) else _CODE_LIFE


def _granted(answer: Answer) -> Answer:
    """The answer, if it is no refusal."""
    error, words = answer.text("error"), " ".join(answer.text("error_description").split())
    if not error and answer.status < 400:
        return answer
    if not error:
        raise ProtocolError(
            f"The org's sign-in gave an answer (HTTP {answer.status}) that cannot be understood.",
            "Check salesforce.instance_url.",
        )
    told = f"{words.rstrip('.')} ({error})" if words else error
    message = f"Salesforce refuses the sign-in: {told}."
    hint = next((hint for sign, hint in _HINTS.items() if sign in f"{error} {words}".casefold()), "")
    raise SignInError(message, hint) if hint else SignInError(message, _AGAIN, command=_LOGIN)
