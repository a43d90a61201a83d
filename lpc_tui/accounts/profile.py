"""The accounts of one profile, made from its settings: `open_accounts` is how the rest of the program gets them.

A token in the environment takes the place of a sign-in (DESIGN.md, section 1): it is used as it is, and nothing renews it.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from pydantic import SecretStr

from lpc_tui.accounts.interface import TOKEN_VARIABLES, AccountStatus, Ask, Stop, Tell, TokenSource
from lpc_tui.accounts.keyring_box import FindBackend, system_backend
from lpc_tui.accounts.orgs import is_login_host
from lpc_tui.accounts.service import Grant, MissingSettingError, SignInService
from lpc_tui.accounts.tokens import KeptTokens, not_signed_in
from lpc_tui.accounts.vault import Vault
from lpc_tui.accounts.waiting import Clock, Sleep
from lpc_tui.errors import LpcError, SettingsError, SignInError
from lpc_tui.model.items import Side
from lpc_tui.paths import Paths
from lpc_tui.settings import Auth, Settings

__all__ = ["ProfileAccounts", "open_accounts"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_accounts(
    settings: Settings,
    paths: Paths,
    environ: Mapping[str, str] = os.environ,
    *,
    clock: Clock = _utc_now,
    sleep: Sleep = asyncio.sleep,
    pause: Callable[[float], None] = time.sleep,
    find_keyring: FindBackend = system_backend,
    callback_port: int | None = None,
) -> ProfileAccounts:
    """The accounts of a profile under these settings. Nothing is read or contacted before they are used.

    Args:
        clock: aware instants.
        sleep: waits on the loop, `pause` in a thread; both in seconds.
        find_keyring: the system's, or None where there is none to be relied on.
        callback_port: where the browser's answer is listened for; by default the one that apps list.
    """
    from lpc_tui.accounts.browser import CALLBACK_PORT
    from lpc_tui.accounts.outlook import OutlookSignIn
    from lpc_tui.accounts.salesforce import CLIENT_SECRET_VARIABLE, SalesforceSignIn

    services: dict[Side, SignInService] = {
        Side.OUTLOOK: OutlookSignIn(settings.outlook, clock=clock, sleep=sleep),
        Side.SALESFORCE: SalesforceSignIn(
            settings.salesforce,
            client_secret=SecretStr(environ.get(CLIENT_SECRET_VARIABLE, "").strip()),
            callback_port=CALLBACK_PORT if callback_port is None else callback_port,
            clock=clock,
            sleep=sleep,
        ),
    }
    vault = Vault(paths.secrets_dir, find_keyring)
    tokens = {
        side: KeptTokens(side, service, vault, clock=clock, pause=pause) for side, service in services.items()
    }
    environment = {side: SecretStr(environ.get(name, "").strip()) for side, name in TOKEN_VARIABLES.items()}
    return ProfileAccounts(settings, services, vault, tokens, environment)


class _EnvironmentToken:
    """A token source for the token in the environment: there is only the one, if that."""

    def __init__(self, side: Side, token: SecretStr) -> None:
        self._side = side
        self._token = token

    def __call__(self) -> str:
        if not self._token.get_secret_value():
            raise _no_token(self._side)
        return self._token.get_secret_value()

    def refused(self, token: str) -> None:
        """Nothing: there is no other."""


def _no_token(side: Side) -> SignInError:
    return SignInError(
        f'Not signed in to {side.label}: {TOKEN_VARIABLES[side]} is not set, and {side}.auth is "token".',
        "Set it, or choose another way to sign in.",
        command=f"lpc-tui config set {side}.auth device",
    )


class ProfileAccounts:
    """The sign-ins of one profile (`interface.Accounts`)."""

    def __init__(
        self,
        settings: Settings,
        services: Mapping[Side, SignInService],
        vault: Vault,
        tokens: Mapping[Side, KeptTokens],
        environment: Mapping[Side, SecretStr],
    ) -> None:
        self._settings = settings
        self._services = services
        self._vault = vault
        self._tokens = tokens
        self._environment = environment

    def status(self, side: Side) -> AccountStatus:
        if self._environment[side].get_secret_value():
            return AccountStatus(
                side=side,
                is_signed_in=True,
                method="Token from the environment",
                kept_in=f"the environment variable {TOKEN_VARIABLES[side]}",
            )
        return self._kept_status(side)

    async def login(self, side: Side, tell: Tell, ask: Ask, cancel: Stop) -> AccountStatus:
        service = self._services[side]
        try:
            kept = await service.login(tell, ask, cancel)
        finally:
            service.close()

        def keep() -> AccountStatus:
            with self._vault.hold(side):
                self._vault.save(side, kept, is_new=True)
            self._tokens[side].forget()
            return self._kept_status(side)

        return await asyncio.to_thread(keep)

    async def logout(self, side: Side) -> bool:
        return await asyncio.to_thread(self._log_out, side)

    def token_source(self, side: Side) -> TokenSource:
        if self._environment[side].get_secret_value() or self._is_token_only(side):
            return _EnvironmentToken(side, self._environment[side])
        return self._tokens[side]

    def refused(self, side: Side, token: str) -> None:
        self.token_source(side).refused(token)

    def account_key(self, side: Side) -> str:
        if token := self._environment[side].get_secret_value():
            return f"token {hashlib.blake2b(token.encode(), digest_size=16).hexdigest()}"
        return self._services[side].account_of_settings or self._grant(side).account

    def instance_url(self) -> str:
        side, configured = Side.SALESFORCE, self._settings.salesforce.instance_url
        if not is_login_host(configured):
            return configured
        if self._environment[side].get_secret_value():
            raise SettingsError(
                f"A token from the environment does not say which org it is for, nor does {configured}.",
                "Set salesforce.instance_url to the org's own address, https://YOURDOMAIN.my.salesforce.com.",
                key="salesforce.instance_url",
            )
        if self._services[side].account_of_settings:
            return self._tokens[side].grant().instance_url
        return self._grant(side).instance_url

    def _is_token_only(self, side: Side) -> bool:
        return side is Side.SALESFORCE and self._settings.salesforce.auth is Auth.TOKEN

    def _grant(self, side: Side) -> Grant:
        """Raises SignInError if nobody is signed in."""
        if self._is_token_only(side):
            raise _no_token(side)
        grant = self._tokens[side].known()
        if grant is None:
            raise not_signed_in(
                side, self._services[side].remedy, is_of_other_settings=bool(self._vault.place(side))
            )
        return grant

    def _kept_status(self, side: Side) -> AccountStatus:
        """Who is signed in, the environment left aside."""
        service, place, grant, trouble, missing = self._services[side], "", None, "", ""
        try:
            service.check_settings()
            place = self._vault.place(side)
            grant = self._tokens[side].kept()
            if place and grant is None:
                raise not_signed_in(side, service.remedy, is_of_other_settings=True)
            if not place and self._is_token_only(side):
                raise _no_token(side)
        except (SignInError, MissingSettingError) as error:
            trouble = f"{error.message} {error.hint}"
            missing = error.key if isinstance(error, MissingSettingError) else ""
        if grant is None and service.account_of_settings:
            return AccountStatus(
                side=side,
                is_signed_in=True,
                who=service.who_by_settings,
                method=service.method,
                kept_in=service.kept_by_settings,
            )
        return AccountStatus(
            side=side,
            is_signed_in=grant is not None,
            who="" if grant is None else grant.who,
            method=service.method,
            kept_in=place,
            expires=None if grant is None else grant.expires,
            scopes=frozenset() if grant is None else grant.scopes,
            trouble=trouble,
            remedy="" if grant is not None or trouble else service.remedy,
            missing=missing,
        )

    def _log_out(self, side: Side) -> bool:
        with self._vault.hold(side):
            with suppress(LpcError):  # what cannot be read or revoked is forgotten all the same
                kept = self._vault.load(side)
                if kept is not None:
                    self._services[side].revoke(kept)
            was_there = self._vault.forget(side)
        self._tokens[side].forget()
        return was_there
