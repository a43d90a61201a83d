"""Bearer tokens that can be renewed, as the connections of the replicas see them.

A connection is given a token, or something to call for one. If that can also be told that a token was refused, it is: the
accounts' token sources then give another. No replica knows how a sign-in works.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

__all__ = ["RenewableToken", "tell_refused"]


@runtime_checkable
class RenewableToken(Protocol):
    """Gives a token that is good as far as it knows, and learns here when one is not. Both run in threads."""

    def __call__(self) -> str: ...

    def refused(self, token: str) -> None: ...


def tell_refused(source: object, token: str) -> bool:
    """The service answered 401 to `token`: says so to `source`, and returns whether that listens and may give another."""
    if not isinstance(source, RenewableToken):
        return False
    source.refused(token)
    return True
