"""Keys of a person's own: what is wrong with them is told, and what is right shows wherever keys are shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

from lpc_tui.errors import SignInError
from lpc_tui.settings import Settings
from lpc_tui.settings_check import check
from lpc_tui.settings_file import InvalidSettingsError
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.keymap import _classes, bindings, problems
from lpc_tui.tui.screens.help import HelpScreen
from lpc_tui.tui.screens.picker import PickerScreen
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.store import FileStore
from tests.tui.harness import MemoryStore, at_rest, make_app, make_ports, press, screen_text, until_screen


def with_keys(**keys: str) -> Settings:
    return check({"ui": {"keys": {name.replace("__", "."): value for name, value in keys.items()}}})


def told(**keys: str) -> list[str]:
    return [f"{key[-1]}: {problem}" for key, problem in problems(with_keys(**keys))]


def test_every_key_that_does_something_can_be_another_one() -> None:
    bindings()
    nameless, actions = [], dict[str, set[str]]()
    for owner in _classes(DOMNode):
        for binding in Binding.make_bindings(owner.__dict__.get("BINDINGS", ())):
            if binding.description and binding.show and not binding.id:
                nameless.append(f"{owner.__name__}: {binding.key} {binding.description}")
            if binding.id:
                actions.setdefault(binding.id, set()).add(binding.action.removeprefix("app."))
    assert not nameless
    assert {name: found for name, found in actions.items() if len(found) > 1} == {}


def test_nothing_is_wrong_with_no_keys_or_free_ones() -> None:
    assert told() == []
    assert told(main__log="f12, ctrl+b", app__help="f1,f11") == []


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"main__lgo": "f12"}, "main.lgo: there is no action of that id; did you mean main.log?"),
        ({"main__log": "f129"}, 'main.log: "f129" is no key; did you mean '),
        ({"main__log": "f12,"}, 'main.log: "" is no key; '),
        ({"main__log": "hyper+ctrl+nokey"}, 'main.log: "hyper+ctrl+nokey" is no key; '),
        ({"main__log": "tab"}, 'main.log: "tab" moves the focus; take another key'),
        ({"main__log": "f5"}, 'main.log: "f5" is the key of main.start_sync (Start Sync), too'),
        ({"main__log": "ctrl+q"}, 'main.log: "ctrl+q" is the key of app.quit (Quit), too'),
    ],
)
def test_what_is_wrong_is_named_with_what_it_meets(keys: dict[str, str], words: str) -> None:
    (line,) = told(**keys)
    assert line.startswith(words)


def test_two_may_change_places_but_not_take_the_same() -> None:
    assert told(main__log="f5,ctrl+r", main__start_sync="f6,ctrl+l") == []
    (line,) = told(main__log="f12", main__start_sync="f12")
    assert line.startswith('main.log: "f12" is the key of main.start_sync')


def test_the_same_key_on_different_screens_is_no_clash() -> None:
    assert told(review__search="f6") == []


async def test_the_key_line_the_help_and_the_keyboard_have_the_new_key() -> None:
    app = make_app(store=MemoryStore(with_keys(main__log="f12,ctrl+b")))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "F12 Log" in screen_text(app)
        is_shown = []
        for key in ("f6", "f12"):
            await press(pilot, key)
            is_shown.append(app.main.log_pane.display)
        assert is_shown == [False, True]
        await press(pilot, "ctrl+b", "f1")
        assert isinstance(app.screen, HelpScreen)
        assert "F12 ^B" in screen_text(app)


async def test_bad_keys_are_a_problem_of_the_file_and_mended_while_the_ui_is_open(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[ui.keys]\nmain.log = "f5"\n')
    with pytest.raises(InvalidSettingsError) as caught:
        FileStore(file, also=problems).load()
    assert str(caught.value).startswith(f'{file}:2: ui.keys."main.log": "f5" is the key of main.start_sync')
    app = LpcApp(make_ports(store=FileStore(file, also=problems)), poll_s=None)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert 'ui.keys."main.log"' in screen_text(app)
        file.write_text('[ui.keys]\nmain.log = "f12"\n')
        app.look_at_settings()
        await at_rest(pilot)
        assert "F12 Log" in screen_text(app)


async def test_buttons_and_sentences_name_the_keys_of_ones_own() -> None:
    app = make_app(store=MemoryStore(with_keys(main__sign_in="f10", picker__cancel="f12")))
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "escape", "down", "enter", "down", "down", "enter")
        await until_screen(pilot, PickerScreen)
        assert "Fetch again (^R)   Cancel (F12)" in screen_text(app)
        await press(pilot, "f12")
        app._show_error(SignInError("Outlook refuses the sign-in.", command="lpc-tui login outlook"))
        await until_screen(pilot, Question)
        assert "F10 signs in." in screen_text(app)
        await press(pilot, "escape")
        assert "Outlook refuses the sign-in: F10 signs in again." in screen_text(app)
