"""Binds the staged settings to the file: reads it, notices changes by other programs, writes what is applied.

File calls are made in threads, one at a time. `app` polls `look` and asks the person about what it returns.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from lpc_tui.errors import SettingsError
from lpc_tui.settings import Settings
from lpc_tui.tui.ports import SettingsStore
from lpc_tui.tui.staging import Staging

__all__ = ["Reloaded", "SettingsBinding"]


@dataclass(frozen=True, slots=True)
class Reloaded:
    """The file was read anew because it had changed."""

    collisions: tuple[str, ...] = ()
    """Keys that the person and somebody else changed, to different values."""


class SettingsBinding:
    """The settings of the profile as the UI knows them."""

    def __init__(self, store: SettingsStore) -> None:
        """Reads the file, before the app runs; a bad one leaves the defaults on show and the reason in `problem`."""
        self._store = store
        self._turn = asyncio.Lock()
        self.problem: SettingsError | None = None
        """Why the file cannot be used; while there is one, nothing is edited or saved."""
        try:
            settings, self._fingerprint = store.load()
        except SettingsError as error:
            settings, self._fingerprint = Settings(), store.fingerprint()
            self.problem = error
        self.staging = Staging(settings)

    async def look(self) -> Reloaded | None:
        """Read the file again if it has changed; None: it has not."""
        async with self._turn:
            if await asyncio.to_thread(self._store.fingerprint) == self._fingerprint:
                return None
            return await self._reload()

    async def save(self) -> None:
        """Write the edits.

        Raises:
            SettingsError: nothing was written; the edits stay staged. `look` tells what else was changed.
        """
        async with self._turn:
            if self.problem is not None:
                raise self.problem
            changes = dict(self.staging.changes)
            await asyncio.to_thread(self._store.save, changes, self._fingerprint)
            await self._reload()

    async def _reload(self) -> Reloaded:
        try:
            settings, self._fingerprint = await asyncio.to_thread(self._store.load)
        except SettingsError as error:
            self.problem = error
            self._fingerprint = await asyncio.to_thread(self._store.fingerprint)
            return Reloaded()
        self.problem = None
        return Reloaded(self.staging.reload(settings))
