"""Where each side's bearer token comes from. Prints nothing, keeps nothing.

A token in the environment takes the place of a sign-in (DESIGN.md, section 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lpc_tui.errors import SignInError
from lpc_tui.model.items import Side

__all__ = ["TOKEN_VARIABLES", "has_token", "token_of"]

TOKEN_VARIABLES: Final = {
    Side.OUTLOOK: "LPC_TUI_OUTLOOK_TOKEN",
    Side.SALESFORCE: "LPC_TUI_SALESFORCE_TOKEN",
}


def has_token(side: Side, environ: Mapping[str, str]) -> bool:
    """Whether there is a token for this side; says nothing about its being good."""
    return bool(environ.get(TOKEN_VARIABLES[side], "").strip())


def token_of(side: Side, environ: Mapping[str, str]) -> str:
    """The side's bearer token.

    Raises:
        SignInError: there is none.
    """
    token = environ.get(TOKEN_VARIABLES[side], "").strip()
    if not token:
        raise SignInError(
            f"Not signed in to {side.label}.",
            f"Put an access token into {TOKEN_VARIABLES[side]} and run again.",
        )
    return token
