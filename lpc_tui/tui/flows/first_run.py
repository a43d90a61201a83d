"""The first run: carries out what the wizard wants, over the app's own settings, sign-in and engine.

`app` makes a `FirstRun` for each time the wizard is opened. It adds nothing to what its parts do elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from textual.app import App

from lpc_tui.engine.events import Event
from lpc_tui.engine.interface import Cancel, Proposal, Review, RunResult
from lpc_tui.errors import LpcError, SettingsError
from lpc_tui.model.items import Process, Side
from lpc_tui.places.interface import Kind
from lpc_tui.settings_values import Value
from lpc_tui.tui.account_flow import sign_in
from lpc_tui.tui.bridge import EventBridge
from lpc_tui.tui.ports import Account, Ports
from lpc_tui.tui.remedies import Remedy, error_words
from lpc_tui.tui.run_state import Activity, RunState
from lpc_tui.tui.settings_binding import SettingsBinding

__all__ = ["FirstRun"]


class FirstRun:
    """See `lpc_tui.tui.screens.wizard.Desk`."""

    def __init__(
        self,
        app: App[None],
        ports: Ports,
        binding: SettingsBinding,
        pick: Callable[[Kind], Awaitable[Mapping[str, Value]]],
    ) -> None:
        """`pick` lets the person choose a place and returns the edits that this takes."""
        self._app = app
        self._ports = ports
        self._binding = binding
        self._pick = pick

    def value(self, key: str) -> Value:
        return self._binding.staging.value(key)

    async def save(self, changes: Mapping[str, Value]) -> str:
        """Write what differs from the file; on failure the edits are dropped here: the wizard still shows them."""
        staging = self._binding.staging
        for key, value in changes.items():
            staging.edit(key, value)
        if not staging.is_dirty:
            return ""
        try:
            await self._binding.save()
        except SettingsError as error:
            staging.drop(changes)
            return error_words(error)
        return ""

    async def sign_in(self, side: Side) -> str:
        try:
            await sign_in(self._app, self._ports, self._binding.staging.saved, side)
        except LpcError as error:
            return error_words(error)
        return ""

    async def choose(self, kind: Kind) -> str:
        return await self.save(await self._pick(kind))

    async def examine(self) -> Remedy | None:
        from lpc_tui.tui.screens.doctor import DoctorScreen

        return await self._app.push_screen_wait(DoctorScreen(self._ports.examine))

    async def accounts(self) -> Sequence[Account]:
        return await asyncio.to_thread(self._ports.accounts, self._binding.staging.saved)

    async def preview(
        self, processes: Sequence[Process], tell: Callable[[str], None], cancel: Cancel
    ) -> RunResult:
        state = RunState(Activity.RUNNING)

        def take(events: Sequence[Event]) -> None:
            for event in events:
                state.apply(event)
            if not cancel.is_requested:
                tell(state.words())

        bridge = EventBridge(take, asyncio.get_running_loop().call_later)
        engine = await self._ports.open_engine(self._binding.staging.saved)
        try:
            return await engine.run(
                processes, review=_nobody, emit=bridge.emit, cancel=cancel, is_dry_run=True
            )
        finally:
            bridge.flush()
            await engine.close()


async def _nobody(_proposal: Proposal) -> Review:
    """A dry run is not reviewed."""
    return Review(is_approved=False)
