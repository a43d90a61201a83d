"""Rebuild History: what it means is told, the answer is No unless the person says otherwise, then what comes next is told.

`app` runs it as a worker, never while a sync of its own runs. The profile's lock is held from what is told to the answer.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

from textual.app import App

from lpc_tui.model.items import Process
from lpc_tui.tui.plain import plain, prose
from lpc_tui.tui.ports import Ports
from lpc_tui.tui.remedies import rebuild_title
from lpc_tui.tui.screens.question import NO, OK, YES, Question

__all__ = ["rebuild"]


async def rebuild(app: App[None], ports: Ports, process: Process | None) -> bool:
    """Lead through it; returns whether anything was forgotten.

    Args:
        process: None: a damaged state file is set aside, with the links of all.

    Raises:
        LockedError: another program synchronises this profile right now.
        StateError: the state file cannot be used; nothing was forgotten.
    """
    title = rebuild_title(process)
    with ExitStack() as held:
        chosen = await asyncio.to_thread(held.enter_context, ports.rebuild(process))
        if not chosen.warnings:
            app.notify(plain(chosen.nothing), markup=False)
            return False
        body = prose("\n\n".join((*chosen.warnings, chosen.question)))
        if await app.push_screen_wait(Question(title, body, (YES, NO), default=1)) != YES.name:
            return False
        words = await asyncio.to_thread(chosen.carry_out, ports.clock())
    look = "\n\nA sync you start yourself shows all of it for review before anything is written."
    await app.push_screen_wait(Question(title, prose(f"{words}{look}"), (OK,)))
    return True
