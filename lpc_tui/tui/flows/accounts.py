"""The Accounts component at work: who is signed in, signing in and out, choosing places, the examination.

`app` makes one `AccountsFlow` and starts its methods as workers. It knows which service has refused the sign-in of late, and
sees to it that this is seen wherever the person looks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from lpc_tui.errors import LpcError, StateError
from lpc_tui.model.items import Process, Side
from lpc_tui.places.interface import Kind
from lpc_tui.settings_keys import value_of
from lpc_tui.settings_values import ContactScope, Value
from lpc_tui.tui import account_flow
from lpc_tui.tui.commands import problem_words
from lpc_tui.tui.messages import SettingAsked
from lpc_tui.tui.place_book import PlaceBook
from lpc_tui.tui.plain import plain
from lpc_tui.tui.ports import Account
from lpc_tui.tui.remedies import Rebuilding, Remedy, side_to_sign_in
from lpc_tui.tui.screens.question import OK, Answer, Question
from lpc_tui.tui.widgets.components import Component

if TYPE_CHECKING:
    from lpc_tui.tui.app import LpcApp

__all__ = ["AccountsFlow"]

_AGAIN = Answer("again", "t", "Try again")
_FRESH: Final = timedelta(minutes=1)
"""So long a chosen place that was found is not looked for again."""


class AccountsFlow:
    """What a person does about the accounts, and what the app finds out about them."""

    def __init__(self, app: LpcApp, book: PlaceBook) -> None:
        """`book` learns the names of what is chosen."""
        self._app = app
        self._book = book
        self._accounts: Sequence[Account] = ()
        self._refused: dict[Side, str] = {}
        """The services that refused the sign-in when it was last used, with their words."""
        self._looked: dict[tuple[Kind, str], datetime] = {}

    # What is known

    async def load(self) -> None:
        """Show who is signed in where; a sign-in that cannot be used is told everywhere."""
        app = self._app
        self._accounts = await asyncio.to_thread(app.ports.accounts, app.settings_binding.staging.saved)
        self._show()

    def note(self, error: LpcError | None) -> None:
        """Take into account how a run or a request ended: None, with both services' consent."""
        if error is None:
            self._refused.clear()
        elif (side := side_to_sign_in(error)) is not None:
            self._refused[side] = error.message
        self._show()

    def _show(self) -> None:
        self._app.main.accounts.show(self._accounts, self._refused)
        in_trouble = [account.side for account in self._accounts if account.status.trouble]
        self._app.main.show_alarm(next(iter([*self._refused, *in_trouble]), None))

    async def look_for_places(self) -> None:
        """See whether the chosen places are still there, and what they are called. What cannot be asked is left as it is."""
        app = self._app
        for kind, value in self._chosen():
            now = app.ports.clock()
            looked = self._looked.get((kind, value))
            if looked is not None and now - looked < _FRESH:
                continue
            try:
                places = await asyncio.to_thread(app.ports.open_places, app.settings_binding.staging.saved)
                self._book.learn(kind, value, await places.find(kind, value))
            except LpcError as error:
                self.note(error)
                continue
            self._looked[kind, value] = now
            app.main.show_places()

    def _chosen(self) -> Sequence[tuple[Kind, str]]:
        """What was chosen instead of the default, on the sides that can be asked."""
        saved = self._app.settings_binding.staging.saved
        asked = {
            account.side for account in self._accounts if account.status.is_signed_in
        } - self._refused.keys()
        chosen = [(kind, str(value_of(saved, kind))) for kind in Kind if kind.side in asked]
        scope = saved.sync.contact.scope
        return [
            (kind, value)
            for kind, value in chosen
            if value
            and not (kind is Kind.SCOPE and scope in {ContactScope.MINE, ContactScope.ALL})
            and not (kind is Kind.CAMPAIGN and scope is not ContactScope.CAMPAIGN)
        ]

    # What the person does

    async def sign_in(self, side: Side) -> None:
        """Lead through a sign-in, as often as the person wants to try."""
        app = self._app
        while True:
            try:
                words = await account_flow.sign_in(app, app.ports, app.settings_binding.staging.saved, side)
            except LpcError as error:
                question = Question(error.title, problem_words(error), (_AGAIN, OK), default=1)
                if await app.push_screen_wait(question) == _AGAIN.name:
                    continue
                words = ""
            else:
                if words:
                    self._refused.pop(side, None)
            break
        await self.load()
        if words:
            app.notify(plain(f"{words}{self._unused_words(side)}"), markup=False)

    def _unused_words(self, side: Side) -> str:
        variable = next((each.token_variable for each in self._accounts if each.side is side), "")
        return f" It is not used as long as {variable} is set." if variable else ""

    async def sign_out(self, side: Side) -> None:
        """Ask, then sign out."""
        app = self._app
        try:
            words = await account_flow.sign_out(app, app.ports, app.settings_binding.staging.saved, side)
        finally:
            await self.load()
        if words:
            app.notify(plain(words), markup=False)

    async def choose(self, kind: Kind) -> None:
        """Let the person choose a place, and stage it."""
        app = self._app
        staging = app.settings_binding.staging
        changes = await self.picked(kind)
        for key, value in changes.items():
            staging.edit(key, value)
        app.main.show_settings()
        app.main.show_places()
        if any(staging.is_edited(key) for key in changes):
            app.notify("Chosen, and not saved yet: Apply does that.")

    async def picked(self, kind: Kind) -> Mapping[str, Value]:
        """Let the person choose a place, and return the edits that this takes; none if they kept what there was."""
        from lpc_tui.tui.flows.places import choose_place

        app = self._app
        linked = await self._linked(kind.process)
        staging = app.settings_binding.staging
        return await choose_place(app, app.ports, staging, self._book, kind, linked, self.sign_in)

    async def _linked(self, process: Process) -> int:
        """How many items are linked; 0 also where the state file cannot be read, which the next sync tells."""
        with suppress(StateError):
            return await asyncio.to_thread(self._app.ports.linked, process)
        return 0

    async def examine(self) -> None:
        """Show the examination, and go to the remedy that the person picks in it."""
        from lpc_tui.tui.screens.doctor import DoctorScreen

        remedy = await self._app.push_screen_wait(DoctorScreen(self._app.ports.examine))
        if remedy is not None:
            await self._go_to(remedy)

    async def _go_to(self, remedy: Remedy) -> None:
        match remedy:
            case Side():
                self._app.main.show_component(Component.ACCOUNTS)
                await self.sign_in(remedy)
            case Kind():
                self._app.main.show_component(Component.ACCOUNTS)
                await self.choose(remedy)
            case Rebuilding():
                self._app.rebuild_history(remedy.process)
            case _:
                self._app.post_message(SettingAsked(remedy))
