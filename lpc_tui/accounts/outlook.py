"""Signing in to Microsoft 365: MSAL's device code flow, and its silent renewal.

Least rights: calendars, contacts and tasks of the person who signs in, and who that is. The scopes name the Graph host of
the settings, so a token is good for that cloud and no other. MSAL is asked one step at a time, so that the waiting, the
clock and the calling off are ours; its console flow (it prints and sleeps) is not used. AADSTS texts are shown as given.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from lpc_tui.accounts.interface import TOKEN_VARIABLES, Ask, Challenge, Stop, Tell
from lpc_tui.accounts.service import Grant, MissingSettingError
from lpc_tui.accounts.waiting import Clock, Pending, Sleep, expired, poll
from lpc_tui.errors import ProtocolError, SignInError
from lpc_tui.model.items import Side
from lpc_tui.settings import OutlookSettings
from lpc_tui.settings_values import is_loopback

if TYPE_CHECKING:
    from msal import PublicClientApplication

    from lpc_tui.accounts.http import Answer, HttpSession
    from lpc_tui.accounts.token_cache import KeptTokenCache

__all__ = ["OutlookSignIn"]

RIGHTS: Final = ("Calendars.ReadWrite", "Contacts.ReadWrite", "Tasks.ReadWrite", "User.Read")
"""MSAL adds `openid`, `profile` and `offline_access` by itself."""

_HOW_TO_REGISTER = (
    "Register an app in the Microsoft Entra admin center (App registrations, New registration), allow public client flows"
    " under Authentication, and set outlook.client_id to its Application (client) id."
)
_AGAIN = "Sign in again."
_LOGIN = "lpc-tui login outlook"

_HINTS: Mapping[str, str] = {
    "AADSTS700016": "Check outlook.client_id, and the tenant in outlook.authority.",
    "AADSTS7000218": "Allow public client flows in the app registration, under Authentication.",
    "AADSTS90002": "Check the tenant, the last part of outlook.authority.",
    "AADSTS53003": "Conditional access forbids this way to sign in: ask your administrator.",
    "AADSTS65001": "The app needs your consent, or your administrator's: sign in again and give it.",
    "AADSTS90094": "The app needs your administrator's consent.",
}


class OutlookSignIn:
    """The sign-in of one profile to Microsoft 365."""

    def __init__(self, settings: OutlookSettings, *, clock: Clock, sleep: Sleep) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._http: HttpSession | None = None

    method = "Device code"
    remedy = f"Put an access token into {TOKEN_VARIABLES[Side.OUTLOOK]}, or sign in."
    account_of_settings = kept_by_settings = who_by_settings = ""

    def check_settings(self) -> None:
        if not self._settings.client_id:
            raise MissingSettingError(
                "outlook.client_id",
                "There is no app to sign in to Outlook with: outlook.client_id is empty.",
                _HOW_TO_REGISTER,
                example="00000000-0000-0000-0000-000000000000",
            )

    def read(self, kept: SecretStr) -> Grant | None:
        try:
            content = json.loads(kept.get_secret_value())
            if content["tie"] != self._tie():
                return None
            cache = self._cache(content["cache"])
            account, found = cache.get_account(), cache.access_token()
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _damaged() from None
        if account is None or found is None:
            raise _damaged()
        token, expires, scopes = found
        return Grant(
            token=SecretStr(token),
            expires=expires,
            who=str(account.get("username", "")),
            account=f"{account['environment']} {account['home_account_id']}",
            scopes=frozenset(scope.rpartition("/")[2] for scope in scopes),
        )

    async def login(self, tell: Tell, ask: Ask, cancel: Stop) -> SecretStr:
        import asyncio

        cache = self._cache()
        app = await asyncio.to_thread(self._app, cache)
        flow = await asyncio.to_thread(app.initiate_device_flow, self._scopes())
        if "user_code" not in flow:
            raise _refused(flow)
        until = self._clock() + timedelta(seconds=flow["expires_in"])
        tell(
            Challenge(
                kind="device",
                url=str(flow.get("verification_uri", "")),
                code=str(flow["user_code"]),
                message=str(flow.get("message", "")),
                expires_at=until,
            )
        )
        await poll(
            lambda: _granted(app, flow),
            interval_s=flow["interval"],
            until=until,
            clock=self._clock,
            sleep=self._sleep,
            cancel=cancel,
        )
        return self._to_keep(cache)

    def renew(self, kept: SecretStr | None) -> SecretStr:
        content = {} if kept is None else json.loads(kept.get_secret_value())
        if content.get("tie") != self._tie():
            raise SignInError("Not signed in to Outlook.", "Sign in.", command=_LOGIN)
        cache = self._cache(content["cache"])
        answer = self._app(cache).acquire_token_silent_with_error(
            self._scopes(), cache.get_account(), force_refresh=True
        )
        if not answer or "access_token" not in answer:
            raise _refused(answer or {})
        return self._to_keep(cache)

    def revoke(self, kept: SecretStr) -> None:
        """Nothing: Microsoft offers a public client no way to end a single sign-in."""

    def close(self) -> None:
        if self._http is not None:
            self._http.close()

    def _tie(self) -> list[str]:
        """What a sign-in belongs to: with another of these it is another one."""
        return [self._settings.authority, self._settings.client_id, self._resource()]

    def _resource(self) -> str:
        """The Graph of this cloud, as scopes name it; empty for loopback, which no token is for."""
        host = urlsplit(self._settings.graph_url).hostname or ""
        return "" if is_loopback(host) else f"https://{host}"

    def _scopes(self) -> list[str]:
        resource = self._resource()
        return [f"{resource}/{right}" if resource else right for right in RIGHTS]

    def _cache(self, content: Mapping[str, Any] | None = None) -> KeptTokenCache:
        from lpc_tui.accounts.token_cache import KeptTokenCache

        return KeptTokenCache(self._clock, content)

    def _to_keep(self, cache: KeptTokenCache) -> SecretStr:
        return SecretStr(json.dumps({"tie": self._tie(), "cache": cache.content()}))

    def _app(self, cache: KeptTokenCache) -> PublicClientApplication:
        """MSAL's application; asks the authority where its endpoints are.

        Raises:
            MissingSettingError: there is no client id.
            SignInError: the authority does not know the tenant.
        """
        self.check_settings()
        from msal import PublicClientApplication

        from lpc_tui.accounts.http import HttpSession

        # It writes device codes to its log, and O365 the service's words; none of that may end in ours.
        for name in ("msal", "O365"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        authority = self._settings.authority
        if self._http is None:
            self._http = HttpSession(authority)
        # The person has named the authority: no other host is asked whether it is one.
        return PublicClientApplication(
            self._settings.client_id,
            authority=_as_https(authority),
            token_cache=cache,
            http_client=_MsalHttp(self._http, is_plain=authority.startswith("http://")),
            instance_discovery=False,
        )


class _MsalAnswer:
    """An answer as MSAL takes it."""

    def __init__(self, answer: Answer) -> None:
        self.status_code = answer.status
        self.text = json.dumps(dict(answer.body))
        self.headers: Mapping[str, str] = {}

    def raise_for_status(self) -> None:
        """Nothing: an answer that says nothing about the sign-in has been an error before it came here."""


class _MsalHttp:
    """Our session as MSAL calls it. MSAL knows https addresses only: to loopback they go as the settings say."""

    def __init__(self, http: HttpSession, *, is_plain: bool) -> None:
        self._http = http
        self._is_plain = is_plain

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> _MsalAnswer:
        answer = self._http.ask("GET", self._real(url), params=params, headers=headers)
        if answer.status >= 400:
            raise _refused(answer.body)
        return _MsalAnswer(answer)

    def post(
        self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any
    ) -> _MsalAnswer:
        return _MsalAnswer(self._http.ask("POST", self._real(url), params=params, form=data, headers=headers))

    def close(self) -> None:
        """Nothing: the session outlives the application."""

    def _real(self, url: str) -> str:
        if self._is_plain and is_loopback(urlsplit(url).hostname or ""):
            return "http://" + url.removeprefix("https://")
        return url


def _as_https(authority: str) -> str:
    return "https://" + authority.partition("://")[2]


def _granted(app: PublicClientApplication, flow: dict[str, Any]) -> bool | Pending:
    """One question whether the person is done; runs in a thread. True: the token is in the cache."""
    flow["latest_attempt_at"] = 0  # MSAL's clock is not ours, and the pause has been kept
    answer = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    if "access_token" in answer:
        return True
    match answer.get("error"):
        case "authorization_pending":
            return Pending()
        case "slow_down":
            return Pending(is_too_fast=True)
        case "expired_token":
            raise expired()
        case "authorization_declined" | "access_denied":
            raise SignInError("The sign-in to Outlook was declined in the browser.", _AGAIN, command=_LOGIN)
        case _:
            raise _refused(answer)


def _refused(answer: Mapping[str, Any]) -> SignInError | ProtocolError:
    """The service's own words; `answer` is an OAuth error."""
    error, words = str(answer.get("error") or ""), str(answer.get("error_description") or "")
    if not error:
        return ProtocolError(
            "The sign-in service gave an answer that cannot be understood.", "Check outlook.authority."
        )
    told = " ".join(words.split()) or error
    message = f"Microsoft refuses the sign-in: {told.rstrip('.')}."
    hint = next((hint for code, hint in _HINTS.items() if f"{code}:" in told), "")
    return SignInError(message, hint) if hint else SignInError(message, _AGAIN, command=_LOGIN)


def _damaged() -> SignInError:
    return SignInError("The sign-in for Outlook that is kept here is damaged.", _AGAIN, command=_LOGIN)
