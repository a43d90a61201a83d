"""One side's sign-in, as the rest of this room sees it: the steps that differ between Microsoft and Salesforce.

`outlook` and `salesforce` implement it; `tokens` and `profile` hold what is the same for both: where the result is kept,
who may renew it when, what the person is told. A service keeps nothing itself: what it returns is kept by others, as one
secret text that only it can read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

from lpc_tui.accounts.interface import Ask, Stop, Tell
from lpc_tui.errors import SettingsError

__all__ = ["Grant", "MissingSettingError", "SignInService"]


class MissingSettingError(SettingsError):
    """A setting without which nobody can sign in is empty, or cannot be right."""

    def __init__(self, key: str, message: str, hint: str, *, example: str) -> None:
        """`key` is the setting's, dotted; `example` what it may be set to."""
        super().__init__(message, hint, command=f"lpc-tui config set {key} {example}", key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a sign-in gave, as read out of the text that is kept."""

    token: SecretStr
    """The access token."""
    expires: datetime | None
    """Aware; None: the service does not say, and 401 is how it shows."""
    who: str
    account: str
    """The service's own, unchanging name for the account."""
    scopes: frozenset[str] = frozenset()
    """What it is good for, as the service told, without the names of hosts; empty: it did not."""
    instance_url: str = ""
    """Where a Salesforce org is to be reached."""


class SignInService(Protocol):
    """Signs in to one service with the settings of one profile."""

    @property
    def method(self) -> str:
        """How, in words."""

    @property
    def remedy(self) -> str:
        """What to do where nobody is signed in, in a sentence."""

    @property
    def account_of_settings(self) -> str:
        """Stands for the account where the settings alone decide on it, and nobody has to sign in first; else empty."""

    @property
    def kept_by_settings(self) -> str:
        """What signs in by itself then, in words; else empty."""

    @property
    def who_by_settings(self) -> str:
        """The user name, where the settings have it."""

    def check_settings(self) -> None:
        """Whether the settings say all that signing in needs; asks nobody.

        Raises:
            MissingSettingError: the first that they do not.
        """

    def read(self, kept: SecretStr) -> Grant | None:
        """What `kept` holds; None if it belongs to other settings than the present ones.

        Raises:
            SignInError: it is damaged.
        """

    async def login(self, tell: Tell, ask: Ask, cancel: Stop) -> SecretStr:
        """Sign in, and return what is to be kept. Raises as `Accounts.login` does."""

    def renew(self, kept: SecretStr | None) -> SecretStr:
        """What is to be kept instead of `kept`, with a fresh access token. Blocks.

        Raises:
            SignInError: the service wants the person to sign in again, or there is nothing to renew with.
            SettingsError, UnreachableError, ThrottledError, ProtocolError
        """

    def revoke(self, kept: SecretStr) -> None:
        """End what `kept` holds at the service, where it offers that. Blocks. Raises as `renew` does."""

    def close(self) -> None:
        """Close the connections; they open again when they are needed."""
