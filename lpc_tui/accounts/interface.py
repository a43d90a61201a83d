"""What signing in looks like from outside: to the command line, the terminal UI and the composition root.

`profile.open_accounts` gives the real one; tests of what surrounds it write their own. Nothing here holds a secret, except
the text that a `TokenSource` returns: that goes into one request header and nowhere else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal, Protocol, TypeAlias

from lpc_tui.model.items import Side

__all__ = [
    "TOKEN_VARIABLES",
    "AccountStatus",
    "Accounts",
    "Ask",
    "Challenge",
    "Question",
    "Stop",
    "Tell",
    "TokenSource",
]

TOKEN_VARIABLES: Final[Mapping[Side, str]] = MappingProxyType(
    {Side.OUTLOOK: "LPC_TUI_OUTLOOK_TOKEN", Side.SALESFORCE: "LPC_TUI_SALESFORCE_TOKEN"}
)
"""The environment variables whose token takes the place of a sign-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What the person has to do in a browser, on this computer or any other, to sign in."""

    kind: Literal["device", "browser"]
    """`device`: open `url` anywhere and type `code`. `browser`: open `url`; there is no code."""
    url: str
    code: str = ""
    message: str = ""
    """The service's own words, or ours where it has none; untrusted. Says all that `url` and `code` say."""
    expires_at: datetime
    """Aware; by then it must be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something only the person can give: the address a browser ended at, a client secret."""

    text: str
    is_secret: bool = False
    """The answer must not be shown while it is typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatus:
    """Who is signed in to a side, as kept on this computer: whether the service still accepts it shows when it is used."""

    side: Side
    is_signed_in: bool
    who: str = ""
    """The user name as the service tells it (untrusted); empty if it is not known."""
    method: str = ""
    """How, in words: "Device code", "Token from the environment"."""
    kept_in: str = ""
    """Where the secret is, in words: "the system keyring (SecretService)", the path of the file."""
    expires: datetime | None = None
    """Aware: when the present access token ends; it is renewed by itself. None: the service does not say."""
    scopes: frozenset[str] = frozenset()
    """What the sign-in is good for, as the service told when it was made or renewed; empty: it did not."""
    trouble: str = ""
    """Why there is no sign-in that can be used as it is, and what to do; empty if it is only that nobody has signed in."""
    remedy: str = ""
    """What to do to be signed in; empty if somebody is, and where `trouble` says it."""
    missing: str = ""
    """The dotted key of the setting without which nobody can sign in; empty if there is none such."""


class Stop(Protocol):
    """How a sign-in under way is called off; the engine's `Cancel` is one."""

    @property
    def is_requested(self) -> bool: ...

    async def wait(self) -> None:
        """Return once it is requested."""


class TokenSource(Protocol):
    """Gives the bearer token of one side. Called in threads, by several replicas at a time."""

    def __call__(self) -> str:
        """A token that is good now, as far as it is known; renews it ahead of its end. Blocks.

        Raises:
            SignInError: there is no sign-in, or it has been revoked or has ended.
            SettingsError: a setting it needs is missing.
            UnreachableError, ProtocolError: the sign-in service cannot be asked.
        """

    def refused(self, token: str) -> None:
        """The service answered 401 to `token`: the next call gives another one, if there is one to be had."""


Tell: TypeAlias = Callable[[Challenge], None]
Ask: TypeAlias = Callable[[Question], Awaitable[str]]
"""Puts the question and returns the answer; cancelled when it has answered itself. Empty: the person has no answer."""


class Accounts(Protocol):
    """The sign-ins of one profile."""

    def status(self, side: Side) -> AccountStatus:
        """Who is signed in. Asks no service. Blocks for a file, and for some seconds at most for a keyring: use a thread."""

    async def login(self, side: Side, tell: Tell, ask: Ask, cancel: Stop) -> AccountStatus:
        """Sign in, and return who has signed in and where that is kept; an earlier sign-in stays until then.

        A token in the environment takes precedence of it as long as it is set: `status` still tells of that one.

        Args:
            tell: shows what to do in a browser; not called where nobody is needed (jwt, client_credentials).
            ask: gets what only the person knows. With `web` it is asked while the browser is waited for, and cancelled if
                that comes back by itself.
            cancel: calls it off; nothing is left behind.

        Raises:
            SignInError: declined, expired, or refused in the service's own words.
            SettingsError: a setting is missing.
            UnreachableError, ProtocolError: the sign-in service cannot be asked.
            CancelledByUser: it was called off.
        """

    async def logout(self, side: Side) -> bool:
        """Forget the sign-in, and revoke it where the service offers that. Returns whether there was one.

        It is forgotten even if the service cannot be reached to revoke it.
        """

    def token_source(self, side: Side) -> TokenSource:
        """Where the replicas of this side get their token. Reads nothing yet."""

    def instance_url(self) -> str:
        """Where the Salesforce org is: the settings' address, or what the sign-in learned where that is a login host.

        Blocks. Where nobody is needed to sign in, that is done for it, and `token_source` goes on with what it gave.

        Raises:
            SignInError: there is no sign-in to learn it from.
            SettingsError: nor can there be one.
            UnreachableError, ProtocolError: the sign-in service cannot be asked.
        """

    def refused(self, side: Side, token: str) -> None:
        """The same as `token_source(side).refused(token)`."""

    def account_key(self, side: Side) -> str:
        """Stands for who would be meant: another text, perhaps another person. The same after each renewal; no secret in it.

        Blocks. Raises SignInError where there is no sign-in.
        """
