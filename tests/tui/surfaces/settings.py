"""Settings that somebody else wrote, shown with five hundred hostile texts in them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from textual.app import App, ComposeResult
from textual.command import CommandPalette
from textual.events import Paste
from textual.widgets import Input

from lpc_tui.places.interface import Kind
from lpc_tui.settings_check import InvalidSettingsError, SettingsProblem, with_changes
from lpc_tui.tui.commands import problem_words
from lpc_tui.tui.place_book import PlaceBook
from lpc_tui.tui.plain import cells, plain
from lpc_tui.tui.screens.choice import ChoiceScreen
from lpc_tui.tui.screens.clash import ClashScreen
from lpc_tui.tui.screens.help import HelpScreen
from lpc_tui.tui.screens.setting_dialog import SettingDialog
from lpc_tui.tui.staging import Collision
from lpc_tui.tui.widgets.fields import DropDown
from lpc_tui.tui.widgets.place_field import PlaceField
from tests.tui.harness import MemoryStore, make_ports, press, settled, still_app, until, until_screen
from tests.tui.hostile import chunks
from tests.tui.surfaces.stage import ROOM, Look, one_a_line, resized

__all__ = [
    "a_clash_of_settings",
    "an_unusable_settings_file",
    "fields_and_their_lists",
    "texts_of_the_settings",
]

_AT_ONCE: Final = 50
_SHORT: Final = 50
"""Cells of a text that surely stands on one line."""
_KEYS: Final = ("outlook.calendar", "outlook.contact_folder", "outlook.task_list", "sync.contact.campaign")


class Fields(App[None]):
    """Fields of the forms, and lists that they open."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self._texts = texts

    def compose(self) -> ComposeResult:
        yield DropDown("key", "Process:", [(text, text) for text in self._texts])
        book = PlaceBook()
        for _ in range(_AT_ONCE):
            yield PlaceField(Kind.CALENDAR, Kind.CALENDAR, book, label="Calendar")


async def fields_and_their_lists(texts: tuple[str, ...], look: Look) -> None:
    app = Fields(texts)
    async with app.run_test(size=(100, 24)) as pilot:
        await press(pilot, "enter")
        await until_screen(pilot, ChoiceScreen)
        await resized(pilot, 100, len(texts) + 2)
        await look(pilot, texts, ROOM)
        await resized(pilot, 100, 24)
        await press(pilot, "escape")
        await resized(pilot, 100, 2 * _AT_ONCE)
        for part in chunks(_AT_ONCE, texts):
            for field, text in zip(app.query(PlaceField), part, strict=True):
                field.value = text
            await look(pilot, part, 8)


async def texts_of_the_settings(texts: tuple[str, ...], look: Look) -> None:
    """A file that somebody else wrote: the fields, the help on a setting, the dialog of one, what is found of them."""
    store = MemoryStore(with_changes(MemoryStore().settings, _changes(texts[:4])))
    app = still_app(make_ports(store=store))

    def has_come(part: Sequence[str]) -> bool:
        return app.settings_binding.staging.value(_KEYS[3]) == part[3]

    async with app.run_test(size=(100, 60)) as pilot:
        for part in chunks(4, texts[::12]):
            store.change(_changes(part))
            app.look_at_settings()
            await until(pilot, partial(has_come, part))
            assert app.main.focus_setting(_KEYS[3])
            await look(pilot, part[1:2], 8)
            await press(pilot, "f1")
            await until_screen(pilot, HelpScreen)
            await look(pilot, (part[1], part[3]), ROOM)
            await press(pilot, "escape")
            app._edit_setting(_KEYS[3])
            await until_screen(pilot, SettingDialog)
            await look(pilot, part[3:], ROOM)
            await press(pilot, "escape")
        await press(pilot, "ctrl+p", *"campaign")
        await until_screen(pilot, CommandPalette)
        await settled(pilot)
        await look(pilot)
        for text in texts[::25]:
            app.screen.query_one(Input).value = ""
            app.post_message(Paste(text))
            await settled(pilot)
            await look(pilot)


def _changes(part: Sequence[str]) -> dict[str, str | int | bool]:
    return dict(zip(_KEYS, part, strict=True))


async def a_clash_of_settings(texts: tuple[str, ...], look: Look) -> None:
    collisions = [Collision(_KEYS[0], before, now, mine) for before, now, mine in chunks(3, texts)]
    app = still_app(make_ports())
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(ClashScreen(collisions))
        await until_screen(pilot, ClashScreen)
        await resized(pilot, 80, 4 * len(collisions))
        await look(pilot, texts, 12)


async def an_unusable_settings_file(texts: tuple[str, ...], look: Look) -> None:
    app = still_app(make_ports())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)  # the settings are shown first, and have no problem
        for part in chunks(5, texts):
            problems = [SettingsProblem(message=one_a_line([text])) for text in part]
            app.main.show_problem(problem_words(InvalidSettingsError(problems)))
            await look(pilot, part if all(cells(plain(text)) < _SHORT for text in part) else (), ROOM)
