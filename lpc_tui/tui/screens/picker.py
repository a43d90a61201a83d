"""A list to choose a place from, fetched live: fills as the parts arrive, and is filtered as the person types.

`flows.places` opens it with what fetches the list. A list too long for one part is searched by the service itself, and the
next part is fetched when the cursor comes to the end. What it shows is what others wrote: inert text.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Button, Input, Static
from textual.worker import Worker, WorkerState

from lpc_tui.errors import LpcError
from lpc_tui.model.items import Side
from lpc_tui.places.interface import Batch, Kind, Place
from lpc_tui.tui.place_book import place_words
from lpc_tui.tui.plain import prose
from lpc_tui.tui.remedies import error_words, side_to_sign_in
from lpc_tui.tui.screens.lean import LeanModal
from lpc_tui.tui.widgets.entry_list import Entry, EntryList
from lpc_tui.tui.widgets.lines import Line

__all__ = ["PickerScreen"]

_PAUSE_S = 0.3
"""After the last key, before the service is asked to search."""
_LONGEST_SEARCH = 80
_BUTTONS = {
    "choose": ("Choose", "picker.choose"),
    "fetch": ("Fetch again", "picker.fetch"),
    "sign-in": ("Sign in", "picker.sign_in"),
    "cancel": ("Cancel", "picker.cancel"),
}


class PickerScreen(LeanModal[Place | Side | None]):
    """Returns the chosen place; a side, if the person wants to sign in there; None if they went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Choose", id="picker.choose"),
        Binding("ctrl+r", "fetch", "Fetch again", id="picker.fetch"),
        Binding("f3", "sign_in", "Sign in", id="picker.sign_in"),
        Binding("escape", "cancel", "Cancel", id="picker.cancel"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(
        self,
        kind: Kind,
        fetch: Callable[[str], AsyncGenerator[Batch, None]],
        *,
        title: str,
        current: str,
    ) -> None:
        """`fetch` is given what the service shall search for; `current` is the setting's present value."""
        super().__init__()
        self._kind = kind
        self._fetch = fetch
        self._title = title
        self._current = current
        self._places: list[Place] = []
        self._shown: list[Place] = []
        self._total: int | None = None
        self._is_complete = False
        self._searched = ""
        """What the service was asked for: the places are those that it found."""
        self._error: LpcError | None = None
        self._wants_more = asyncio.Event()
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-large -picker"):
            yield Static(self._title, id="dialog-title", markup=False)
            search = Input(
                placeholder="Type a part of the name",
                max_length=_LONGEST_SEARCH,
                compact=True,
                id="picker-search",
            )
            search.cursor_blink = False
            yield search
            with VerticalScroll(id="picker-problem", can_focus=False):
                yield Static("", id="picker-problem-text", markup=False)
            places = EntryList(id="picker-list")
            places.can_focus = False  # its keys are the screen's: typing goes on wherever the cursor is
            yield places
            yield Line(id="picker-state")
            with Horizontal(id="dialog-buttons"):
                for name, (label, action) in _BUTTONS.items():
                    yield Button(Content(f"{label} ({self.key_of(action)})"), id=name, compact=True)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.action_fetch()

    # Fetching

    def action_fetch(self) -> None:
        """Fetch the list from the beginning."""
        self._places, self._total, self._error = [], None, None
        self._is_complete = False
        self._wants_more.clear()
        self._show()
        self.run_worker(
            self._load(self._searched), name="places", group="fetch", exclusive=True, exit_on_error=False
        )

    async def _load(self, search: str) -> None:
        try:
            async with aclosing(self._fetch(search)) as batches:
                async for batch in batches:
                    self._places += batch.places
                    self._total = batch.total
                    is_first_part = len(self._places) == len(batch.places)
                    self._show(seeks_current=is_first_part)
                    if self._kind.is_long and self._total is not None and len(self._places) < self._total:
                        await self._wants_more.wait()
                        self._wants_more.clear()
        except LpcError as error:
            self._error = error
        else:
            self._is_complete = True
        self._show()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What is no error of ours is the app's to show."""
        if event.state is WorkerState.ERROR:
            self.dismiss(None)
            self.app.post_message(event)

    # What is shown

    def _show(self, *, seeks_current: bool = False) -> None:
        if not self.is_attached:
            return
        text = self.query_one(Input).value.strip().casefold()
        under = self._under_cursor
        self._shown = [each for each in self._places if text in place_words(each).casefold()]
        places = self.query_one(EntryList)
        cursor = self._cursor_for(under, seeks_current)
        places.show([_entry(each, is_current=self._is_current(each)) for each in self._shown], cursor)
        self._show_state(bool(text))
        self._show_problem()

    @property
    def _under_cursor(self) -> Place | None:
        at = self.query_one(EntryList).index
        return self._shown[at] if at is not None and at < len(self._shown) else None

    def _cursor_for(self, under: Place | None, seeks_current: bool) -> int:
        """On the present choice when the list comes, then on whatever it is on, as long as that is in sight."""
        if seeks_current:
            return next((at for at, each in enumerate(self._shown) if self._is_current(each)), 0)
        return self._shown.index(under) if under in self._shown else 0

    def _is_current(self, place: Place) -> bool:
        if not self._current:
            return place.is_default
        return self._current in {place.value, place.id} or self._current.casefold() == place.name.casefold()

    def _show_state(self, is_filtered: bool) -> None:
        self.query_one("#picker-state", Line).show(Content(self._state_words(is_filtered)))

    def _state_words(self, is_filtered: bool) -> str:
        if self._error is not None:
            return ""
        have = f"{len(self._places):,}"
        if not self._is_complete and (self._total is None or not self._places):
            return f"Asking the service: {have} so far." if self._places else "Asking the service."
        if self._total is not None and len(self._places) < self._total:
            found = "found" if self._searched else "in all"
            return f"{len(self._shown):,} of {self._total:,} {found}; the next come at the end of the list."
        if is_filtered and not self._shown:
            return f"No {self._kind.noun} has that in its name."
        if not self._places:
            return f"There is no {self._kind.noun}."
        return f"{len(self._shown):,} of {have}." if is_filtered else f"{have} in all."

    def _show_problem(self) -> None:
        problem = self.query_one("#picker-problem")
        problem.display = self._error is not None
        self.query_one(EntryList).display = self._error is None
        if self._error is not None:
            words = prose(f"x {error_words(self._error)}")
            self.query_one("#picker-problem-text", Static).update(words)
        self.query_one("#sign-in").display = self.check_action("sign_in", ()) is True
        self.query_one("#choose").display = self._error is None and bool(self._shown)

    # What the person does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Signing in is offered where it is the remedy."""
        if action == "sign_in":
            return self._error is not None and side_to_sign_in(self._error) is not None
        return super().check_action(action, parameters)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()
        if self._kind.is_long:
            if self._pause is not None:
                self._pause.stop()
            self._pause = self.set_timer(_PAUSE_S, self._search)

    def _search(self) -> None:
        """Let the service search, unless all it could find is here already."""
        text = self.query_one(Input).value.strip()
        has_all = self._is_complete and text.casefold().startswith(self._searched.casefold())
        if text != self._searched and not has_all:
            self._searched = text
            self.action_fetch()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_choose()

    @on(EntryList.Chosen)
    def _clicked(self, event: EntryList.Chosen) -> None:
        event.stop()
        self.action_choose()

    @on(EntryList.Moved)
    def _moved(self, event: EntryList.Moved) -> None:
        event.stop()
        if event.index == len(self._shown) - 1:
            self._wants_more.set()

    def action_choose(self) -> None:
        if (place := self._under_cursor) is not None and self._error is None:
            self.dismiss(place)

    def action_move(self, by: int) -> None:
        self.query_one(EntryList).action_move(by)

    def action_page(self, direction: int) -> None:
        self.query_one(EntryList).action_page(direction)

    def action_sign_in(self) -> None:
        if self._error is not None:
            self.dismiss(side_to_sign_in(self._error))

    def action_cancel(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        await self.run_action((event.button.id or "").replace("-", "_"))


def _entry(place: Place, *, is_current: bool) -> Entry:
    mark = ">" if is_current else " "
    return Entry((f"{mark} {place_words(place)}",), "" if place.can_edit else "muted")
