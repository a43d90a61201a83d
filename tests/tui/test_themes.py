"""Colours and characters, read off what is drawn: every screen a person comes by, in every theme.

Each test walks through the app once, since showing a screen is what takes time; whatever is wrong is told together.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import pytest
from rich.color import ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widget import Widget

from lpc_tui.doctor.findings import Finding, Status
from lpc_tui.model.items import Side
from lpc_tui.places.interface import Kind
from lpc_tui.plain import cells
from lpc_tui.settings import Settings, UiSettings
from lpc_tui.settings_values import AsciiOnly, Theme
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.screens.doctor import DoctorScreen
from lpc_tui.tui.screens.picker import PickerScreen
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_items import RunItemsScreen
from lpc_tui.tui.screens.why import WhyScreen
from lpc_tui.tui.screens.wizard import WizardScreen
from lpc_tui.tui.symbols import IN_ASCII, in_ascii
from lpc_tui.tui.terminal import Colours, Terminal, terminal_of
from lpc_tui.tui.themes import COLOURLESS, THEMES, theme_name
from lpc_tui.tui.widgets.components import Component
from lpc_tui.tui.widgets.place_field import PlaceAsked
from tests.tui.fake_engine import FakeEngine
from tests.tui.harness import MemoryStore, make_app, make_ports, press, screen_text, until, until_screen
from tests.tui.samples import sample_script

LEAST = {Theme.DARK: 4.5, Theme.LIGHT: 4.5, Theme.HIGH_CONTRAST: 7.0}
"""Contrast of text, by theme: AA and AAA of WCAG."""

SIGNS = frozenset("[]()<>*?!=+~#")
"""Characters beside letters and digits that tell something."""

STILL = frozenset({"help", "the summary", "the palette", "why"})
"""Where there is no cursor, or one that blinks."""

FOREIGN = "名前 🎉"
"""What a service holds and no terminal may lose."""


Lead: TypeAlias = Callable[[Pilot[None]], AsyncIterator[str]]


async def walk(pilot: Pilot[None]) -> AsyncIterator[str]:
    """Lead the app past its screens; yields the name of each as it is shown."""
    app = pilot.app
    assert isinstance(app, LpcApp)
    yield "settings"
    await press(pilot, "tab", "space")
    yield "an edited setting"
    await press(pilot, "f1")
    yield "help"
    await press(pilot, "escape", "shift+tab", "enter")
    yield "a drop-down"
    await press(pilot, "escape", "escape")
    for component in ("first", "second", "third", "fourth"):
        yield f"the {component} component"
        await press(pilot, "down")
    await press(pilot, "ctrl+p")
    await until(pilot, lambda: bool(app.screen.query("CommandList")))
    yield "the palette"
    await press(pilot, "escape", "f5")
    yield "a question"
    await press(pilot, "w", "y")
    await until_screen(pilot, ReviewScreen)
    await press(pilot, "down", "down", "down", "down")
    yield "the review of a conflict"
    await press(pilot, "tab")
    yield "its detail"
    await press(pilot, "f5")
    yield "the last question"
    await press(pilot, "y")
    await until(pilot, lambda: not app.run_control.is_running)
    yield "the summary"


async def walk_on(pilot: Pilot[None]) -> AsyncIterator[str]:
    """Lead the app past the screens that ask the services or the state file."""
    app = pilot.app
    assert isinstance(app, LpcApp)
    await press(pilot, "escape", "down", "enter", "f9")
    await until_screen(pilot, DoctorScreen)
    await until(pilot, lambda: "Found " in screen_text(app))
    yield "the examination"
    await press(pilot, "escape")
    await until(pilot, lambda: app.screen is app.main)
    app.post_message(PlaceAsked(Kind.CALENDAR))
    await until_screen(pilot, PickerScreen)
    await until(pilot, lambda: "Projects" in screen_text(app))
    yield "a list to choose from"
    await press(pilot, "escape")
    await until(pilot, lambda: app.screen is app.main)
    app.main.show_component(Component.HISTORY)
    await until(pilot, lambda: "some items need you" in screen_text(app))
    await press(pilot, "enter", "enter")
    await until_screen(pilot, RunItemsScreen)
    await until(pilot, lambda: "written    Kick-off ACME" in screen_text(app))
    yield "what a run wrote"
    await press(pilot, "escape")
    await until(pilot, lambda: app.screen is app.main)
    app.main.show_component(Component.ISSUES)
    await until(pilot, lambda: "[waiting 1]" in screen_text(app))
    await press(pilot, "enter")
    yield "an issue"
    await press(pilot, "w")
    await until_screen(pilot, WhyScreen)
    await until(pilot, lambda: "Law 5" in screen_text(app))
    yield "why"
    await press(pilot, "ctrl+n")
    yield "why, asked"
    await press(pilot, "escape")
    app.set_up()
    await until_screen(pilot, WizardScreen)
    for step in range(1, 7):
        await until(pilot, lambda step=step: f"step {step} of 6" in screen_text(app))  # type: ignore[misc]
        yield f"step {step} of the wizard"
        await press(pilot, "pagedown")


async def findings() -> AsyncGenerator[Finding, None]:
    """One of each sort."""
    for status in Status:
        yield Finding(check="outlook", status=status, words="Words.", remedy="Do this.", sign_in=Side.OUTLOOK)


def app_that_is_set_up(app: LpcApp) -> LpcApp:
    """The same with something to examine."""
    app.ports = replace(app.ports, examine=findings)
    return app


def app_with(theme: Theme, ascii_: AsciiOnly = AsciiOnly.AUTO) -> LpcApp:
    """The app as a person has set it up."""
    settings = Settings(ui=UiSettings(theme=theme, ascii=ascii_))
    return app_that_is_set_up(make_app(FakeEngine(sample_script()), MemoryStore(settings)))


def shown(app: LpcApp) -> Iterator[Segment]:
    """What the person looks at: of a dialog not the screen behind it, which is dimmed on purpose."""
    screen = app.screen
    strips = screen._compositor.render_strips()
    widgets: list[Widget] = [screen]
    if isinstance(screen, ModalScreen):
        widgets = [each for each in screen.children if each.display and each.region.height]
    for region in (widget.region for widget in widgets):
        for strip in strips[max(region.y, 0) : region.bottom]:
            yield from strip.crop(max(region.x, 0), region.right)


def tells(text: str) -> bool:
    """Whether a text is more than a frame or a scrollbar."""
    return any(each.isalnum() or each in SIGNS for each in text)


def luminance(colour: ColorTriplet) -> float:
    """Relative luminance as WCAG defines it."""

    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue)


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """The ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def faint(app: LpcApp, least: float) -> Iterator[str]:
    for segment in shown(app):
        style = segment.style
        if style is None or not tells(segment.text) or style.color is None or style.bgcolor is None:
            continue
        text, ground = style.color.get_truecolor(), style.bgcolor.get_truecolor()
        if (ratio := contrast(text, ground)) < least:
            yield f"{segment.text.strip()[:40]!r} {text.hex} on {ground.hex}: {ratio:.2f}"


def coloured(app: LpcApp) -> Iterator[str]:
    for segment in shown(app):
        for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
            if colour is not None and colour.type is not ColorType.DEFAULT:
                yield segment.text


def own_colours(app: LpcApp) -> Iterator[str]:
    """What is drawn in a colour that is not one of the terminal's sixteen."""
    for segment in shown(app):
        for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
            if colour is not None and colour.type not in {ColorType.DEFAULT, ColorType.STANDARD}:
                yield f"{segment.text.strip()[:40]!r} in {colour.name}"


def beyond_ascii(app: LpcApp) -> Iterator[str]:
    for segment in shown(app):
        ours = segment.text
        for foreign in FOREIGN:
            ours = ours.replace(foreign, "")
        if not ours.isascii():
            yield repr(segment.text.strip()[:40])


def has_mark(app: LpcApp) -> bool:
    """Whether something on the screen stands out without any colour."""
    return any(
        segment.style is not None and (segment.style.reverse or segment.style.underline)
        for segment in shown(app)
    )


LEADS = pytest.mark.parametrize("lead", [walk, walk_on])


@LEADS
@pytest.mark.parametrize(("theme", "least"), LEAST.items(), ids=list(LEAST))
async def test_every_text_can_be_read(theme: Theme, least: float, lead: Lead) -> None:
    app, wrong = app_with(theme), set()
    async with app.run_test(size=(100, 36)) as pilot:
        async for place in lead(pilot):
            wrong |= {f"{place}: {each}" for each in faint(app, least)}
    assert not wrong, "\n".join(sorted(wrong))


@LEADS
async def test_a_terminal_of_sixteen_colours_sees_its_own_alone(lead: Lead) -> None:
    app, wrong = app_with(Theme.TERMINAL, AsciiOnly.ALWAYS), set()
    async with app.run_test(size=(80, 24)) as pilot:
        async for place in lead(pilot):
            wrong |= {f"{place}: {each}" for each in (*own_colours(app), *beyond_ascii(app))}
    assert not wrong, "\n".join(sorted(wrong))


@LEADS
async def test_without_colour_the_cursor_still_shows(lead: Lead) -> None:
    terminal = Terminal(colours=Colours.NONE)
    app = LpcApp(make_ports(FakeEngine(sample_script())), poll_s=None, terminal=terminal)
    app = app_that_is_set_up(app)
    wrong = set()
    async with app.run_test(size=(80, 24)) as pilot:
        async for place in lead(pilot):
            wrong |= {f"{place}: {each!r} is coloured" for each in coloured(app)}
            if place not in STILL and not has_mark(app):
                wrong.add(f"{place}: nothing stands out")
    assert not wrong, "\n".join(sorted(wrong))


def test_the_theme_follows_the_terminal() -> None:
    assert theme_name(Theme.AUTO, Terminal()) == THEMES[Theme.DARK].name
    assert theme_name(Theme.AUTO, Terminal(colours=Colours.SIXTEEN)) == THEMES[Theme.TERMINAL].name
    assert theme_name(Theme.LIGHT, Terminal(colours=Colours.SIXTEEN)) == THEMES[Theme.LIGHT].name
    assert theme_name(Theme.LIGHT, Terminal(colours=Colours.NONE)) == COLOURLESS


async def test_a_theme_chosen_in_the_palette_shows_at_once_and_is_an_edit_like_any_other() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        commands = {each.title: each.callback for each in app.get_system_commands(app.screen)}
        commands[f"Theme: {Theme.LIGHT.label}"]()
        await pilot.pause()
        assert app.theme == THEMES[Theme.LIGHT].name
        assert dict(app.settings_binding.staging.changes) == {"ui.theme": Theme.LIGHT}
        app.action_cancel_edits()
        await pilot.pause()
        assert app.theme == THEMES[Theme.DARK].name


@pytest.mark.parametrize(
    ("environ", "encoding", "colours", "is_ascii"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "utf-8", Colours.TRUE, False),
        ({"TERM": "xterm-256color"}, "utf-8", Colours.MANY, False),
        ({"TERM": "xterm"}, "utf-8", Colours.SIXTEEN, False),
        ({"TERM": "screen", "STY": "1.pts", "COLORTERM": "truecolor"}, "utf-8", Colours.SIXTEEN, False),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/s", "COLORTERM": "truecolor"}, "utf-8", Colours.TRUE, False),
        ({"TERM": "linux"}, "utf-8", Colours.SIXTEEN, True),
        ({"TERM": "vt100"}, "utf-8", Colours.NONE, True),
        ({"TERM": "no-such-terminal"}, "utf-8", Colours.SIXTEEN, False),
        ({"TERM": "xterm-256color"}, "iso8859-1", Colours.MANY, True),
        ({"TERM": "xterm-256color", "LC_ALL": "C"}, "utf-8", Colours.MANY, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "utf-8", Colours.NONE, False),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "utf-8", Colours.MANY, False),
    ],
)
def test_what_a_terminal_can(
    environ: dict[str, str], encoding: str, colours: Colours, is_ascii: bool
) -> None:
    found = terminal_of(environ, encoding)
    assert (found.colours, found.is_ascii) == (colours, is_ascii)


def test_what_stands_in_ascii_is_as_wide_as_what_it_stands_for() -> None:
    for drawn, ascii_ in IN_ASCII.items():
        assert ascii_.isascii(), drawn
        assert cells(ascii_) == cells(drawn), drawn


def test_foreign_text_stays_unless_the_encoding_cannot_carry_it() -> None:
    assert in_ascii("│ 名前 Müller →…") == "| 名前 Müller >~"
    assert in_ascii("│ 名 Müller", "iso8859-1") == "| ?? Müller"
