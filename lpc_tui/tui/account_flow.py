"""Signing in and out from the terminal UI: what is asked, what is shown meanwhile, what is said in the end.

`app` runs each as a worker and shows what it returns, or the error it raises. The service is reached by the `Accounts` that
`Ports.open_accounts` gives.
"""

from __future__ import annotations

import asyncio

from textual.app import App

from lpc_tui.errors import LpcError
from lpc_tui.model.items import Side
from lpc_tui.settings import Settings
from lpc_tui.tui.ports import Ports
from lpc_tui.tui.screens.question import NO, YES, Question

__all__ = ["sign_in", "sign_out"]


async def sign_in(app: App[None], ports: Ports, settings: Settings, side: Side) -> str:
    """Lead the person through a sign-in, and return how it ended, in words; empty if they gave up.

    Raises what `Accounts.login` does, but `CancelledByUser`.
    """
    from lpc_tui.tui.screens.sign_in import SignInDialog

    dialog = SignInDialog(side, ports.clock)
    await app.push_screen(dialog)
    try:
        accounts = await asyncio.to_thread(ports.open_accounts, settings)
        status = await accounts.login(side, dialog.tell, dialog.ask, dialog.cancel)
    except LpcError:
        if dialog.cancel.is_requested:
            return ""
        raise
    finally:
        dialog.leave()
    who = f" as {status.who}" if status.who else ""
    return f"Signed in to {side.label}{who}. The sign-in is kept in {status.kept_in}."


async def sign_out(app: App[None], ports: Ports, settings: Settings, side: Side) -> str:
    """Ask, then sign out, and return how it ended, in words; empty if the person would rather not."""
    body = "The sign-in that is kept on this computer is forgotten, and ended at the service where it offers that."
    question = Question(f"Sign out of {side.label}?", body, (YES, NO), default=1)
    if await app.push_screen_wait(question) != YES.name:
        return ""
    accounts = await asyncio.to_thread(ports.open_accounts, settings)
    if await accounts.logout(side):
        return f"Signed out of {side.label}."
    return f"Nobody was signed in to {side.label}."
