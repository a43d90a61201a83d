"""Binds the staged settings to the file: reads it, notices changes by other programs, writes what is applied.

File calls are made in threads, one at a time. `app` polls `look` and asks the person about what it returns.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from lpc_tui.errors import SettingsError
from lpc_tui.settings import Settings
from lpc_tui.settings_file import MISSING
from lpc_tui.tui.ports import SettingsStore
from lpc_tui.tui.staging import Collision, Staging

__all__ = ["Reloaded", "SettingsBinding"]


@dataclass(frozen=True, slots=True)
class Reloaded:
    """The file was read anew because it had changed."""

    collisions: tuple[Collision, ...] = ()
    """What the person and somebody else changed, to different values."""
    is_gone: bool = False
    """There is no file any more: what it held is staged as edits."""


class SettingsBinding:
    """The settings of the profile as the UI knows them."""

    def __init__(self, store: SettingsStore) -> None:
        """Reads the file, before the app runs; a bad one leaves the defaults on show and the reason in `problem`."""
        self._store = store
        self._turn = asyncio.Lock()
        self._seems_gone = False
        """The last look found no file; many editors are between removing and writing then, so a second one decides."""
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
            now = await asyncio.to_thread(self._store.fingerprint)
            if now == self._fingerprint:
                self._seems_gone = False
                return None
            if now == MISSING and not self._seems_gone:
                self._seems_gone = True
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
            if self._fingerprint != MISSING and await asyncio.to_thread(self._store.fingerprint) == MISSING:
                await self._reload()
                raise SettingsError(
                    f"{self._store.path} is gone.",
                    "What it held is kept here as unsaved edits. Apply again: it is written anew.",
                )
            changes = dict(self.staging.changes)
            await asyncio.to_thread(self._store.save, changes, self._fingerprint)
            await self._reload()

    async def _reload(self) -> Reloaded:
        had_file, self._seems_gone = self._fingerprint != MISSING, False
        try:
            settings, self._fingerprint = await asyncio.to_thread(self._store.load)
        except SettingsError as error:
            self.problem = error
            self._fingerprint = await asyncio.to_thread(self._store.fingerprint)
            return Reloaded()
        self.problem = None
        if had_file and self._fingerprint == MISSING:
            self.staging.keep_as_edits(settings)
            return Reloaded(is_gone=True)
        return Reloaded(self.staging.reload(settings))
