"""The tokens a desk has issued: for whom, for what, until when.

A *grant* is one sign-in of a person with an app; its tokens carry its id, so that revoking one can take the others
along. Pure: the desk brings the clock and the lock.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from lpc_tui.sandbox.common import Clock, JsonObject

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
_GRANT_LENGTH = 16


class TokenKind(StrEnum):
    """What a token is good for."""

    ACCESS = "access"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person allowed an app to do."""

    id: str
    client_id: str
    user_id: str
    scopes: tuple[str, ...]


@dataclass(slots=True)
class Token:
    """What is known of a token; its text is the key it is found by."""

    kind: TokenKind
    grant: Grant
    scopes: tuple[str, ...]
    """No more than the grant's."""

    expires_at: datetime
    is_revoked: bool = False


class TokenBook:
    """All tokens of one desk."""

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._tokens: dict[str, Token] = {}

    def secret(self, length: int, alphabet: str = _ALPHABET) -> str:
        """A text nobody can guess, if the source of randomness is a good one."""
        return "".join(self._random.choices(alphabet, k=length))

    def grant(self, client_id: str, user_id: str, scopes: Iterable[str]) -> Grant:
        """A new sign-in, with no token yet."""
        return Grant(self.secret(_GRANT_LENGTH), client_id, user_id, tuple(scopes))

    def issue(
        self,
        kind: TokenKind,
        grant: Grant,
        life: timedelta,
        *,
        text: str,
        scopes: Iterable[str] | None = None,
    ) -> str:
        """Put a new token into force, with all of the grant's scopes or some."""
        granted = grant.scopes if scopes is None else tuple(scopes)
        self._tokens[text] = Token(kind, grant, granted, self._clock() + life)
        return text

    def find(self, kind: TokenKind, text: str) -> Token | None:
        """The token of this text, whether it is still good or not; None if there never was one."""
        token = self._tokens.get(text)
        return token if token is not None and token.kind is kind else None

    def is_good(self, token: Token) -> bool:
        """Whether it is neither revoked nor past its end."""
        return not token.is_revoked and self._clock() < token.expires_at

    def good(self, kind: TokenKind, text: str) -> Token | None:
        """The token of this text if it is good."""
        token = self.find(kind, text)
        return token if token is not None and self.is_good(token) else None

    def prolong(self, token: Token, life: timedelta) -> None:
        """Let it live on from now."""
        token.expires_at = self._clock() + life

    def revoke(self, text: str) -> bool:
        """Revoke a good token, and with a refresh token all of its grant; says whether there was one."""
        token = self._tokens.get(text)
        if token is None or not self.is_good(token):
            return False
        token.is_revoked = True
        if token.kind is TokenKind.REFRESH:
            self.revoke_grant(token.grant)
        return True

    def revoke_grant(self, grant: Grant) -> None:
        """Revoke whatever a sign-in gave."""
        for token in self._tokens.values():
            if token.grant.id == grant.id:
                token.is_revoked = True

    def revoke_all(self) -> None:
        """Revoke whatever was ever issued."""
        for token in self._tokens.values():
            token.is_revoked = True

    def expire(self, kind: TokenKind) -> None:
        """End the life of all tokens of a kind now."""
        now = self._clock()
        for token in self._tokens.values():
            if token.kind is kind:
                token.expires_at = min(token.expires_at, now)

    def refreshable(self, client_id: str, user_id: str) -> list[Grant]:
        """The grants of a person and an app that have a good refresh token, oldest first."""
        grants = {
            token.grant.id: token.grant
            for token in self._tokens.values()
            if token.kind is TokenKind.REFRESH and self.is_good(token)
        }
        return [
            grant for grant in grants.values() if (grant.client_id, grant.user_id) == (client_id, user_id)
        ]

    def dump(self) -> JsonObject:
        """Everything, as JSON."""
        return {
            text: {**asdict(token), "expires_at": token.expires_at.isoformat()}
            for text, token in self._tokens.items()
        }

    def load(self, dump: JsonObject) -> None:
        """Take what a dump holds in place of what there is."""
        self._tokens = {
            text: Token(
                TokenKind(token["kind"]),
                Grant(**{**token["grant"], "scopes": tuple(token["grant"]["scopes"])}),
                tuple(token["scopes"]),
                datetime.fromisoformat(token["expires_at"]),
                token["is_revoked"],
            )
            for text, token in dump.items()
        }
