"""The Auto Background Sync in the foreground: waits, syncs what is due, tells what went wrong, waits again.

`cli.auto` runs it, by hand or as a service. The settings are read anew before each decision, so that a box that is ticked
in the UI counts at once. It decides nothing about items: a run accepts its plan, and what waits under a law goes on waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from lpc_tui.auto.schedule import Attempt, turns
from lpc_tui.engine.interface import Cancel, RunResult
from lpc_tui.errors import LockedError, LpcError
from lpc_tui.model.items import Process
from lpc_tui.settings import Settings
from lpc_tui.wording import counts_words, listed, outcome_words

__all__ = ["LOOK_AGAIN", "Host", "watch"]

LOOK_AGAIN = timedelta(minutes=1)
"""How long it waits at the most before it looks at the settings and at the clock again: a computer may have slept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What the loop is given."""

    load: Callable[[], Settings]
    """Raises `SettingsError`."""
    past: Callable[[], Mapping[Process, Attempt]]
    """Raises `StateError`."""
    run: Callable[[Settings, Sequence[Process], Cancel], Awaitable[RunResult]]
    """One run without a review. Raises `LpcError`."""
    say: Callable[[str, bool], None]
    """A line for the person; True: something is wrong."""
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    """Waits so many seconds, or until a stop is asked for."""
    zone: tzinfo


async def watch(host: Host, cancel: Cancel) -> None:
    """Sync whatever is due, until `cancel` is requested."""
    told = ""
    while not cancel.is_requested:
        now = host.clock()
        wait, words = LOOK_AGAIN, ""
        try:
            settings = await asyncio.to_thread(host.load)
            plan = turns(settings, await asyncio.to_thread(host.past), now, host.zone)
            due = [turn.process for turn in plan if turn.at is not None and turn.at <= now]
            if due:
                await _sync(host, settings, due, cancel)
            else:
                starts = [turn.at for turn in plan if turn.at is not None]
                wait = min((min(starts) - now, LOOK_AGAIN)) if starts else LOOK_AGAIN
                words = "" if starts else " ".join(dict.fromkeys(turn.why_not for turn in plan))
        except LockedError as error:
            words = error.message
        except LpcError as error:
            words = f"{error.title}: {error}"
        if words and words != told:
            host.say(words, True)
        told = words
        await host.sleep(max(wait.total_seconds(), 1.0))


async def _sync(host: Host, settings: Settings, due: Sequence[Process], cancel: Cancel) -> None:
    host.say(f"Synchronizing {listed([process.label for process in due])}.", False)
    result = await host.run(settings, due, cancel)
    for process, counts in result.counts.items():
        host.say(f"{process.label}: {counts_words(counts)}.", False)
    if result.error is not None:
        raise result.error
    if result.exit_code:
        host.say(f"Sync finished: {outcome_words(result.outcome)}.", True)
