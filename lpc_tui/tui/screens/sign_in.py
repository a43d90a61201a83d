"""The dialog of a sign-in: what to open in a browser, the code to type there, how long there is time for it.

`account_flow` shows it and hands its `tell`, `ask` and `cancel` to `Accounts.login`. Addresses and codes are the service's
words: they are shown, and copied, as inert text. It keeps no answer that was given in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from lpc_tui.accounts.interface import Challenge, Question
from lpc_tui.engine.interface import Cancel
from lpc_tui.model.items import Side
from lpc_tui.plain import plain
from lpc_tui.tui.plain import content
from lpc_tui.tui.screens.lean import LeanModal
from lpc_tui.tui.terminal_app import app_of
from lpc_tui.tui.widgets.lines import Line
from lpc_tui.tui.widgets.qr_code import QrCode

__all__ = ["SignInDialog"]

_TEXT_WIDTH = 30
"""Cells that are left to the words beside a QR code, at least."""
_WIDTH = 100
"""Of the dialog, where there is room."""
_ASCII_WIDTH = 112
"""The same where only ASCII is drawn: a QR code is twice as wide there."""
_SIDES = 5
"""Cells of a line that are neither words nor QR code: border, padding, the gap between them."""
_FRAME = 6
"""Lines of the dialog that are neither: border, title, buttons and the blank lines between."""
_SHORT_FRAME = 4
"""The same on a short terminal, where there are no blank lines."""
_LONGEST_ADDRESS = 2_000
_TICK_S = 1.0
_BUTTONS = {
    "copy-code": ("Copy code", "sign_in.copy_code"),
    "copy-address": ("Copy address", "sign_in.copy_address"),
    "toggle-qr": ("QR code", "sign_in.toggle_qr"),
    "cancel": ("Cancel", "sign_in.cancel"),
}


class SignInDialog(LeanModal[None]):
    """Stays until `leave`, or until the person gives up, which requests `cancel`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy_code", "Copy the code", id="sign_in.copy_code"),
        Binding("a", "copy_address", "Copy the address", id="sign_in.copy_address"),
        Binding("q", "toggle_qr", "Show or hide the QR code", id="sign_in.toggle_qr"),
        Binding("escape", "cancel", "Cancel", id="sign_in.cancel"),
        Binding("right,down", "app.focus_next", show=False),
        Binding("left,up", "app.focus_previous", show=False),
    ]

    qr = getters.query_one(QrCode)

    def __init__(self, side: Side, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.cancel = Cancel()
        """Requested when the person gives up."""
        self._side = side
        self._clock = clock
        self._challenge: Challenge | None = None
        self._is_qr_wanted = True
        self._answer: asyncio.Future[str] | None = None
        self._has_answered = False
        """Asked again, they go on typing where they were."""
        self._must_close = False
        """It has ended, and is still to be closed."""

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-sign-in"):
            yield Static(f"Sign in to {self._side.label}", id="dialog-title", markup=False)
            with Horizontal(id="sign-in-body"):
                with VerticalScroll(id="sign-in-words", can_focus=False):
                    yield Static("Asking the service.", id="sign-in-text", markup=False)
                    yield Static("", id="sign-in-question")
                    answer = Input(id="sign-in-answer", compact=True)
                    answer.cursor_blink = False
                    yield answer
                    yield Line(id="sign-in-left")
                yield QrCode(id="sign-in-qr")
            with Horizontal(id="dialog-buttons"):
                for name, (label, action) in _BUTTONS.items():
                    yield Button(Content(f"{label} ({self.key_of(action)})"), id=name, compact=True)

    def on_mount(self) -> None:
        self._show_question(None)
        self._show_challenge()
        self.query_one("#cancel", Button).focus()
        self.set_interval(_TICK_S, self._show_time_left)

    # What the sign-in tells and asks

    def tell(self, challenge: Challenge) -> None:
        """Show what to do in a browser, and that it is waited for."""
        if not self.is_attached:
            return
        self._challenge = challenge
        if challenge.kind == "device":
            self.qr.take(challenge.url)
        self._show_challenge()
        first = "#copy-code" if challenge.code else "#copy-address"
        self.query_one(first, Button).focus()

    async def ask(self, question: Question) -> str:
        """What the person enters; empty, if they have given up."""
        if not self.is_attached or self.cancel.is_requested:
            return ""
        self._answer = asyncio.get_running_loop().create_future()
        self._show_question(question)
        try:
            return await self._answer
        finally:
            self._answer = None
            if self.is_attached:
                self._show_question(None)

    def leave(self) -> None:
        """Close: the sign-in has ended. Another question, if one is open above, stays until it is answered."""
        self._must_close = True
        self._close()

    @on(events.ScreenResume)
    def _close(self) -> None:
        if self._must_close and self.is_active:
            self._must_close = False
            self.dismiss()

    # What is shown

    def _show_challenge(self) -> None:
        if self._challenge is not None:
            self.query_one("#sign-in-text", Static).update(_words(self._challenge))
            self._show_time_left()
        self._show_qr()
        for name in ("copy-code", "copy-address", "toggle-qr"):
            action = name.replace("-", "_")
            self.query_one(f"#{name}").display = self.check_action(action, ()) is True

    def _show_qr(self) -> None:
        is_ascii = app_of(self).is_ascii
        self.qr.display = self._is_qr_wanted and self._fits_qr()
        self.query_one("#dialog").styles.width = _ASCII_WIDTH if is_ascii and self.qr.display else _WIDTH
        if self.qr.display:
            self.qr.draw(is_ascii=is_ascii)

    def _fits_qr(self) -> bool:
        is_ascii = app_of(self).is_ascii
        extent = self.qr.extent(is_ascii=is_ascii)
        room = min(self.size.width, _ASCII_WIDTH if is_ascii else _WIDTH) - _SIDES - _TEXT_WIDTH
        return 0 < extent.height <= self._height and extent.width <= room

    @property
    def _height(self) -> int:
        """The lines between the title and the buttons."""
        return max(self.size.height - (_SHORT_FRAME if self.has_class("-short") else _FRAME), 1)

    def _show_time_left(self) -> None:
        if self._challenge is not None:
            left = max(int((self._challenge.expires_at - self._clock()).total_seconds()), 0)
            words = f"Waiting for you: {left // 60}:{left % 60:02} left."
            self.query_one("#sign-in-left", Line).show(Content(words))

    def _show_question(self, question: Question | None) -> None:
        answer = self.query_one("#sign-in-answer", Input)
        answer.value = ""
        answer.display = question is not None
        words = self.query_one("#sign-in-question", Static)
        words.display = question is not None
        if question is not None:
            words.update(content(question.text))
            answer.password = question.is_secret
            if self._challenge is None or self._has_answered:
                answer.focus()

    def on_resize(self) -> None:
        """The QR code comes and goes with the room for it; the buttons stay in sight."""
        self.query_one("#sign-in-words").styles.max_height = self._height
        self._show_challenge()

    # What the person does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to copy before the service has answered."""
        match action:
            case "copy_code":
                return self._challenge is not None and bool(self._challenge.code)
            case "copy_address":
                return self._challenge is not None
            case "toggle_qr":
                return self._fits_qr()
            case _:
                return super().check_action(action, parameters)

    def action_copy_code(self) -> None:
        if self._challenge is not None:
            self._copy("The code", self._challenge.code)

    def action_copy_address(self) -> None:
        if self._challenge is not None:
            self._copy("The address", self._challenge.url)

    def _copy(self, what: str, foreign: str) -> None:
        text = plain(foreign)
        app = app_of(self)
        app.copy_to_clipboard(text)
        self.notify(app.copied_words(what, text), markup=False)

    def action_toggle_qr(self) -> None:
        self._is_qr_wanted = not self._is_qr_wanted
        self._show_qr()

    def action_cancel(self) -> None:
        self.cancel.request()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result("")
        self.leave()

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        await self.run_action((event.button.id or "").replace("-", "_"))

    def on_paste(self, event: events.Paste) -> None:
        """A pasted answer arrives, wherever the focus is."""
        answer = self.query_one("#sign-in-answer", Input)
        if answer.display and event.text:
            answer.value = event.text.splitlines()[0]
            answer.focus()

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() and self._answer is not None and not self._answer.done():
            self._has_answered = True
            self._answer.set_result(event.value)


def _words(challenge: Challenge) -> Content:
    """What to do, with the address and the code on lines of their own."""
    address = Content.styled(plain(challenge.url, _LONGEST_ADDRESS), "bold")
    if challenge.kind == "browser":
        return Content("\n\n").join((content(challenge.message), address))
    return Content("\n\n").join(
        (
            Content("Open this address in a browser, on this computer or any other:"),
            address,
            Content("and enter this code there:"),
            Content.assemble("   ", Content.styled(plain(challenge.code, 60), "bold reverse")),
        )
    )
