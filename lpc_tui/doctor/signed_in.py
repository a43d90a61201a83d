"""What is known of a sign-in on this computer, before the service is asked: the same for both sides."""

from __future__ import annotations

import asyncio

from lpc_tui.accounts.interface import Accounts, AccountStatus
from lpc_tui.errors import SettingsError, SignInError
from lpc_tui.model.items import Side

__all__ = ["kept_words", "known_status"]


async def known_status(accounts: Accounts, side: Side) -> AccountStatus:
    """Who is signed in.

    Raises:
        SettingsError: nobody, and nobody can with the present settings.
        SignInError: nobody, or the sign-in cannot be used.
    """
    status = await asyncio.to_thread(accounts.status, side)
    if status.missing:
        raise SettingsError(status.trouble, key=status.missing)
    if not status.is_signed_in:
        raise SignInError(
            status.trouble or f"Not signed in to {side.label}.",
            status.remedy,
            command=f"lpc-tui login {side}",
        )
    return status


def kept_words(status: AccountStatus) -> str:
    """How, and where the sign-in is kept, as the end of a sentence."""
    kept = f"kept in {status.kept_in}" if status.kept_in else ""
    facts = ", ".join(fact for fact in (status.method, kept) if fact)
    return f" ({facts})" if facts else ""
