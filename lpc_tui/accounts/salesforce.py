"""Signing in to a Salesforce org, in the way that `salesforce.auth` names.

`device` and `web` need a person once and are renewed by their refresh token; `jwt` and `client_credentials` need nobody, and
are renewed by signing in again. Salesforce does not say how long a token lives: it is used until it is refused.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from lpc_tui.accounts.interface import TOKEN_VARIABLES, Ask, Challenge, Question, Stop, Tell
from lpc_tui.accounts.orgs import checked_instance
from lpc_tui.accounts.service import Grant, MissingSettingError
from lpc_tui.accounts.waiting import Clock, Sleep, called_off, poll
from lpc_tui.errors import LpcError, ProtocolError, SettingsError, SignInError
from lpc_tui.model.items import Side
from lpc_tui.settings import Auth, SalesforceSettings

if TYPE_CHECKING:
    from lpc_tui.accounts.http import Answer, HttpSession
    from lpc_tui.accounts.salesforce_oauth import OrgOAuth

__all__ = ["CLIENT_SECRET_VARIABLE", "SalesforceSignIn"]

CLIENT_SECRET_VARIABLE: Final = "LPC_TUI_SALESFORCE_CLIENT_SECRET"
_AGAIN = "Sign in again."
_LOGIN = "lpc-tui login salesforce"
_HOW_TO_REGISTER = (
    "Have your org's administrator make an External Client App with OAuth (scopes api, id and refresh_token), and set"
    " salesforce.client_id to its consumer key."
)
_ADDRESS = "https://YOURDOMAIN.my.salesforce.com"
_FOR_A_KEY = (
    ("username", "the name you sign in with", "you@example.com"),
    ("private_key_file", "the file of the key", "/home/you/lpc-tui.key"),
)


class SalesforceSignIn:
    """The sign-in of one profile to one org."""

    def __init__(
        self,
        settings: SalesforceSettings,
        *,
        client_secret: SecretStr,
        callback_port: int,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        """`client_secret` is the environment's; it may be empty."""
        self._settings = settings
        self._client_secret = client_secret
        self._callback_port = callback_port
        self._clock = clock
        self._sleep = sleep

    @property
    def method(self) -> str:
        return self._settings.auth.label

    @property
    def remedy(self) -> str:
        if self._settings.auth is Auth.CLIENT_CREDENTIALS:
            return f"Put the app's consumer secret into {CLIENT_SECRET_VARIABLE}, or sign in and type it."
        return f"Put an access token into {TOKEN_VARIABLES[Side.SALESFORCE]}, or sign in."

    @property
    def account_of_settings(self) -> str:
        return self._own_account if self.kept_by_settings else ""

    @property
    def kept_by_settings(self) -> str:
        settings = self._settings
        if not (settings.instance_url and settings.client_id):
            return ""
        if settings.auth is Auth.JWT and settings.username and settings.private_key_file:
            return f"the private key {settings.private_key_file}"
        if settings.auth is Auth.CLIENT_CREDENTIALS and self._client_secret.get_secret_value():
            return f"the environment variable {CLIENT_SECRET_VARIABLE}"
        return ""

    @property
    def who_by_settings(self) -> str:
        return self._settings.username if self._settings.auth is Auth.JWT else ""

    def check_settings(self) -> None:
        settings = self._settings
        if settings.auth is Auth.TOKEN:
            return
        if not settings.instance_url:
            raise _missing(
                "instance_url",
                "The address of your Salesforce org is not set: salesforce.instance_url is empty.",
                "Set it to https://YOURDOMAIN.my.salesforce.com.",
                example=_ADDRESS,
            )
        if (urlsplit(settings.instance_url).hostname or "").endswith(".lightning.force.com"):
            raise _missing(
                "instance_url",
                f"{settings.instance_url} is the address of the org's web pages.",
                "Set salesforce.instance_url to https://YOURDOMAIN.my.salesforce.com.",
                example=_ADDRESS,
            )
        if not settings.client_id:
            raise _missing(
                "client_id",
                "There is no app to sign in to Salesforce with: salesforce.client_id is empty.",
                _HOW_TO_REGISTER,
                example="CONSUMER-KEY",
            )
        if settings.auth is Auth.JWT:
            for key, noun, example in _FOR_A_KEY:
                if not getattr(settings, key):
                    message = f"The sign-in with a private key needs {noun}: salesforce.{key} is empty."
                    raise _missing(key, message, f"Set salesforce.{key}.", example=example)

    def read(self, kept: SecretStr) -> Grant | None:
        content = _content(kept)
        if content.get("tie") != self._tie():
            return None
        try:
            return Grant(
                token=SecretStr(content["token"]),
                expires=None,
                who=content["who"],
                account=content["account"],
                instance_url=content["instance_url"],
                scopes=frozenset(content.get("scope", "").split()),
            )
        except (KeyError, ValueError):
            raise _damaged() from None

    async def login(self, tell: Tell, ask: Ask, cancel: Stop) -> SecretStr:
        secret = ""
        match self._settings.auth:
            case Auth.DEVICE:
                answer = await self._by_device(tell, cancel)
            case Auth.WEB:
                answer = await self._by_browser(tell, ask, cancel)
            case Auth.JWT:
                answer = await asyncio.to_thread(self._by_assertion)
            case Auth.CLIENT_CREDENTIALS:
                secret = await self._asked_secret(ask, cancel)
                answer = await asyncio.to_thread(self._org.client_token, secret)
            case Auth.TOKEN:
                raise SettingsError(
                    'There is nothing to sign in with: salesforce.auth is "token".',
                    "Put an access token into LPC_TUI_SALESFORCE_TOKEN, or choose another way.",
                    command="lpc-tui config set salesforce.auth device",
                )
        is_asked = secret != self._client_secret.get_secret_value()
        return await asyncio.to_thread(self._to_keep, answer, {"client_secret": secret} if is_asked else {})

    def renew(self, kept: SecretStr | None) -> SecretStr:
        before = {} if kept is None else _content(kept)
        match self._settings.auth:
            case Auth.JWT:
                answer = self._by_assertion()
            case Auth.CLIENT_CREDENTIALS:
                answer = self._org.client_token(
                    self._client_secret.get_secret_value() or before.get("client_secret", "")
                )
            case _:
                refresh_token = before.get("refresh_token", "")
                if not refresh_token:
                    raise SignInError(
                        "The Salesforce session has ended, and the app gives nothing to renew it with.",
                        "Have the scope refresh_token added to the app, so that it can be renewed, and sign in again.",
                        command=_LOGIN,
                    )
                answer = self._org.refreshed_token(refresh_token, self._client_secret.get_secret_value())
        return self._to_keep(answer, before)

    def revoke(self, kept: SecretStr) -> None:
        from lpc_tui.accounts.http import HttpSession
        from lpc_tui.accounts.salesforce_oauth import OrgOAuth

        content = _content(kept)
        address, token = content.get("instance_url"), content.get("refresh_token") or content.get("token")
        if address and token:
            with HttpSession(address) as http:
                OrgOAuth(http, address, "").revoke(token)

    def close(self) -> None:
        if "_http" in self.__dict__:
            self._http.close()

    @cached_property
    def _http(self) -> HttpSession:
        from lpc_tui.accounts.http import HttpSession

        return HttpSession(self._settings.instance_url)

    @property
    def _org(self) -> OrgOAuth:
        """The org of the settings. Raises as `check_settings` does."""
        self.check_settings()
        from lpc_tui.accounts.salesforce_oauth import OrgOAuth

        return OrgOAuth(self._http, self._settings.instance_url, self._settings.client_id)

    async def _by_device(self, tell: Tell, cancel: Stop) -> Answer:
        from lpc_tui.accounts.salesforce_oauth import code_lifetime

        org = self._org
        begun = await asyncio.to_thread(org.device_code)
        url, code, device_code = (begun.text(key) for key in ("verification_uri", "user_code", "device_code"))
        if not (url and code and device_code):
            raise ProtocolError("The org's sign-in began with an answer that cannot be understood.")
        until = self._clock() + code_lifetime(begun)
        message = f"To sign in to Salesforce, open {url} in a browser and enter the code {code}."
        tell(Challenge(kind="device", url=url, code=code, message=message, expires_at=until))
        interval = begun.body.get("interval")
        return await poll(
            lambda: org.device_token(device_code),
            interval_s=interval if isinstance(interval, int) else 5,
            until=until,
            clock=self._clock,
            sleep=self._sleep,
            cancel=cancel,
        )

    async def _by_browser(self, tell: Tell, ask: Ask, cancel: Stop) -> Answer:
        from lpc_tui.accounts.browser import BrowserSignIn, callback_url

        org = self._org
        begun = BrowserSignIn(callback_url(self._callback_port))
        address = begun.address(org.authorize_page, org.authorize_parameters)
        code = await begun.code(
            address, tell=tell, ask=ask, cancel=cancel, clock=self._clock, sleep=self._sleep
        )
        secret = self._client_secret.get_secret_value()
        return await asyncio.to_thread(org.code_token, code, begun.redirect_uri, begun.verifier, secret)

    def _by_assertion(self) -> Answer:
        settings = self._settings
        return self._org.assertion_token(settings.username, settings.private_key_file, self._clock())

    async def _asked_secret(self, ask: Ask, cancel: Stop) -> str:
        """The client secret: the environment's, else the person's."""
        self.check_settings()  # before anything is asked
        secret = self._client_secret.get_secret_value()
        if not secret:
            question = "The consumer secret of the app (client secret): "
            secret = (await ask(Question(text=question, is_secret=True))).strip()
        if cancel.is_requested:
            raise called_off()
        if not secret:
            raise SignInError(
                "No consumer secret was given.",
                f"Type it when asked, or put it into {CLIENT_SECRET_VARIABLE}.",
            )
        return secret

    def _tie(self) -> list[str]:
        """What a sign-in belongs to: with another of these it is another one. `device` and `web` give the same."""
        settings = self._settings
        way = "person" if settings.auth in (Auth.DEVICE, Auth.WEB) else settings.auth.value
        user = [settings.username] if settings.auth is Auth.JWT else []
        return [way, settings.instance_url, settings.client_id, *user]

    @property
    def _own_account(self) -> str:
        """What stands for the account where the app itself decides on it; empty where a person signs in."""
        is_the_apps = self._settings.auth in (Auth.JWT, Auth.CLIENT_CREDENTIALS)
        return " ".join(self._tie()) if is_the_apps else ""

    def _to_keep(self, answer: Answer, before: Mapping[str, Any]) -> SecretStr:
        """Everything that the next renewal needs. Raises SignInError for a token of another org."""
        token = answer.text("access_token")
        if not token:
            raise ProtocolError("The org's sign-in gave no token.", "Check salesforce.instance_url.")
        instance_url = checked_instance(self._settings.instance_url, answer.text("instance_url"))
        org_and_user = "/".join(answer.text("id").split("/")[-2:])
        return SecretStr(
            json.dumps(
                {
                    "tie": self._tie(),
                    "token": token,
                    "refresh_token": answer.text("refresh_token") or before.get("refresh_token", ""),
                    "client_secret": before.get("client_secret", ""),
                    "instance_url": instance_url,
                    "scope": answer.text("scope") or before.get("scope", ""),
                    "account": self._own_account or before.get("account") or org_and_user,
                    "who": before.get("who") or self._org.user_name(instance_url, token),
                }
            )
        )


def _missing(key: str, message: str, hint: str, *, example: str) -> MissingSettingError:
    return MissingSettingError(f"salesforce.{key}", message, hint, example=example)


def _content(kept: SecretStr) -> dict[str, Any]:
    try:
        content = json.loads(kept.get_secret_value())
    except ValueError:
        raise _damaged() from None
    if not isinstance(content, dict):
        raise _damaged()
    return content


def _damaged() -> LpcError:
    return SignInError("The sign-in for Salesforce that is kept here is damaged.", _AGAIN, command=_LOGIN)
