"""Runs of other processes while the UI is open: the background sync, or `lpc-tui sync` in another terminal.

`app` asks at each look at the settings file; it costs two `stat` calls as long as nothing was written. What is told follows
Notification Options. Nothing here writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from lpc_tui.engine.events import Outcome
from lpc_tui.errors import StateError
from lpc_tui.values import time_text

if TYPE_CHECKING:
    from lpc_tui.reports.interface import PastRun
    from lpc_tui.settings import NotificationSettings

__all__ = ["Elsewhere", "elsewhere_words"]

_MOST_RUNS: Final = 20
"""That end between two looks: more than that were none to tell one by one."""


class Elsewhere:
    """Remembers which runs have ended, and so knows which ones ended since."""

    def __init__(self, mark: Callable[[], str], runs: Callable[[int], Sequence[PastRun]]) -> None:
        """`mark` differs whenever something was written to the state file; `runs` gives so many of the latest, newest first,
        and raises `StateError`. Both are called in a thread."""
        self._mark = mark
        self._runs = runs
        self._last_mark: str | None = None
        self._ended: frozenset[str] | None = None
        """None: nobody has looked yet."""
        self._is_looking = False

    async def look(self, own: Collection[str]) -> Sequence[PastRun]:
        """The runs that ended since the last look, newest first, without `own`, those of this process; none at first."""
        if self._is_looking:
            return ()
        self._is_looking = True
        try:
            mark = await asyncio.to_thread(self._mark)
            if mark == self._last_mark:
                return ()
            self._last_mark = mark
            runs = await asyncio.to_thread(self._runs, _MOST_RUNS)
        except StateError:  # told where it is needed: when a run begins, or by doctor
            return ()
        finally:
            self._is_looking = False
        ended = [run for run in runs if run.finished is not None]
        before, self._ended = self._ended, frozenset(run.run for run in ended)
        return (
            [run for run in ended if run.run not in before and run.run not in own]
            if before is not None
            else ()
        )


def elsewhere_words(ended: Sequence[PastRun], wanted: NotificationSettings, zone: tzinfo) -> str:
    """What to say of runs that ended elsewhere: of the newest that failed, else of the newest worth a word; empty: of none.

    Args:
        ended: newest first.
    """
    from lpc_tui.reports.words import end_words

    for run in sorted(ended, key=lambda run: not _has_failed(run)):
        if run.finished is not None and _is_told(run, wanted):
            what = "failed" if _has_failed(run) else "finished"
            return f"Another sync {what} {time_text(run.finished, zone)[:5]}: {end_words(run)}"
    return ""


def _has_failed(run: PastRun) -> bool:
    return run.outcome is Outcome.ABORTED


def _is_told(run: PastRun, wanted: NotificationSettings) -> bool:
    match run.outcome:
        case Outcome.ABORTED:
            return True
        case Outcome.PARTIAL:
            return wanted.when_items_wait
        case Outcome.OK:
            return wanted.when_finished
        case _:
            return False
