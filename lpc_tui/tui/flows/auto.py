"""The Auto Background Sync in the terminal UI: how it stands, and the offer to let something run it.

The UI runs nothing in the background by itself: a window that is closed would end it. A service of the person's does,
or `lpc-tui auto run` in a terminal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.app import App

from lpc_tui.errors import StateError
from lpc_tui.settings import Settings
from lpc_tui.tui.plain import plain, prose
from lpc_tui.tui.ports import AutoService, AutoView
from lpc_tui.tui.screens.question import Answer, Question

__all__ = ["AutoFlow"]

_INSTALL = Answer("install", "i", "Install it")
_NOT_NOW = Answer("not-now", "n", "Not now")
_OFFER = """\
It is enabled, but nothing runs it yet.

Install it as a service of yours (a systemd user unit)? It starts now and at each login, and goes on when this window is \
closed. Otherwise run it in a terminal: lpc-tui auto run"""


class AutoFlow:
    """Held by the app for its life."""

    def __init__(self, app: App[None], service: AutoService, show: Callable[[AutoView], None]) -> None:
        """`show` puts how it stands on the screen."""
        self._app = app
        self._service = service
        self._show = show

    async def look(self, settings: Settings) -> AutoView:
        """Show how it stands under the settings as saved. A state that cannot be read is told where it is needed."""
        try:
            view = await asyncio.to_thread(self._service.view, settings)
        except StateError as error:
            view = AutoView(is_running=False, lines=(error.message,))
        self._show(view)
        return view

    async def offer(self, before: Settings, settings: Settings) -> None:
        """Once it has been enabled: where nothing runs it, offer to install what does.

        Raises:
            SettingsError: it cannot be installed here; the error says what to do instead.
        """
        if before.auto_sync.enabled or not settings.auto_sync.enabled:
            return
        if (await self.look(settings)).is_running:
            return
        question = Question("Auto Background Synchronization", prose(_OFFER), (_INSTALL, _NOT_NOW))
        if await self._app.push_screen_wait(question) == _INSTALL.name:
            unit = await asyncio.to_thread(self._service.install)
            self._app.notify(f"Installed and started: {plain(unit)}", markup=False)
            await self.look(settings)
