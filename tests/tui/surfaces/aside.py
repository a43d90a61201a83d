"""What stands beside the work: paths, the background sync, messages, the terminal's title, and what is pasted."""

from __future__ import annotations

import inspect
import re
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Final

from textual.content import Content
from textual.events import Paste
from textual.widgets import Input
from textual.widgets._toast import Toast

from lpc_tui.model.items import Process, Side
from lpc_tui.reports.interface import Resolution, ResolutionKind
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.flows.rebuild import rebuild
from lpc_tui.tui.ports import AutoView, Ports
from lpc_tui.tui.screens.run_dialogs import SummaryDialog
from lpc_tui.tui.screens.why import WhyScreen
from lpc_tui.tui.widgets.components import Component
from tests.tui.fake_engine import FakeEngine
from tests.tui.harness import (
    FakeAuto,
    FakeRebuild,
    make_ports,
    press,
    settled,
    still_app,
    until,
    until_screen,
)
from tests.tui.hostile import LABEL, assert_inert, chunks, legible
from tests.tui.reviewing import to_review
from tests.tui.surfaces.review import new_events
from tests.tui.surfaces.stage import ROOM, Look, resized, to_component

__all__ = [
    "messages_in_the_corner",
    "profile_paths_and_background",
    "titles_and_calls_of_the_terminal",
    "titles_of_a_run_of_hostile_profiles",
    "what_is_pasted",
]

_OURS: Final = re.compile("(?:\x1b][29];([^\x07]*)\x07)?(?:\x1b\\[2[23];2t)?")
"""Titles, messages of the desktop, and keeping the title that was there before."""


class Told(LpcApp):
    """Keeps what it would write beside the screen, and its messages for as long as a test looks at them."""

    NOTIFICATION_TIMEOUT: ClassVar[float] = 600.0
    CSS_PATH = str(Path(inspect.getfile(LpcApp)).with_name("app.tcss"))

    def __init__(self, ports: Ports) -> None:
        self.told: list[str] = []
        super().__init__(ports, poll_s=None)
        self.animation_level = "none"

    def tell_terminal(self, sequence: str) -> None:
        self.told.append(sequence)


async def profile_paths_and_background(texts: tuple[str, ...], look: Look) -> None:
    ports = make_ports()

    class Auto(FakeAuto):
        def view(self, settings: object) -> AutoView:
            return AutoView(is_running=True, lines=texts[:39])

    app = still_app(
        replace(
            ports,
            profile=texts[0],
            places=tuple((f"Place {at}", text) for at, text in enumerate(texts)),
            auto=Auto(),
        )
    )
    async with app.run_test(size=(100, 60)) as pilot:
        await press(pilot, "escape", "a")
        await settled(pilot)
        await look(pilot, texts[:39], ROOM)
        await to_component(pilot, Component.ABOUT)
        await resized(pilot, 100, 3 * len(texts))
        await look(pilot, texts, ROOM)


async def what_is_pasted(texts: tuple[str, ...], look: Look) -> None:
    """Whatever stands on a page can be pasted into a field."""
    app = still_app(make_ports())
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "escape", "f7")
        await until_screen(pilot, WhyScreen)
        field = app.screen.query_one(Input)
        for text in texts:
            field.value = ""
            app.post_message(Paste(text))
            await look(pilot)
            assert_inert(field.value, breaks="")
            first, *_ = text.splitlines()
            assert LABEL.findall(field.value) == LABEL.findall(first)[: len(LABEL.findall(field.value))]


async def messages_in_the_corner(texts: tuple[str, ...], look: Look) -> None:
    """Of an issue's resolution and of Rebuild History; both say what they were told."""
    told = FakeRebuild()
    ports = replace(make_ports(), rebuild=lambda _process: nullcontext(told))
    app = Told(ports)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for part in chunks(50, texts):
            for sentence, url in zip(part[::2], part[1::2], strict=True):
                app._reports_flow.tell_where(_elsewhere(sentence, url))
            for told.nothing in part[:5]:
                await rebuild(app, ports, Process.CALENDAR)
            await until(pilot, lambda: len(app.screen.query(Toast)) == 30)
            await look(pilot)
            shown = [toast.render() for toast in app.screen.query(Toast)]
            for each in shown:
                assert isinstance(each, Content)
                assert not each.spans
                assert_inert(each.plain)
            assert legible(part, ROOM) <= set(LABEL.findall("".join(map(str, shown))))
            app.clear_notifications()
            await pilot.pause()


def _elsewhere(sentence: str, url: str) -> Resolution:
    return Resolution(
        kind=ResolutionKind.SERVICE, sentence=sentence, process=Process.CALENDAR, side=Side.OUTLOOK, url=url
    )


async def titles_and_calls_of_the_terminal(texts: tuple[str, ...], look: Look) -> None:
    """What is written beside the screen, in escape sequences of ours."""
    app = Told(make_ports())
    async with app.run_test(size=(80, 24)) as pilot:
        app.app_focus = False
        for text in texts:
            app.show_title(text)
            app.alert(text, has_bell=False)
        await look(pilot)
    for each in app.told:
        ours = _OURS.fullmatch(each)
        assert ours is not None
        assert_inert(ours[1] or "", breaks="")
    assert legible(texts, ROOM) <= set(LABEL.findall("".join(app.told)))


async def titles_of_a_run_of_hostile_profiles(texts: tuple[str, ...], look: Look) -> None:
    """The profile is no part of it: a title can be read over somebody's shoulder."""
    for profile in texts[:: len(texts) // 5]:
        app = Told(replace(make_ports(FakeEngine(new_events(texts[:5]))), profile=profile))
        async with app.run_test(size=(80, 24)) as pilot:
            await look(pilot, [profile], ROOM)
            await to_review(pilot)
            await press(pilot, "f5", "y")
            await until_screen(pilot, SummaryDialog)
            await look(pilot)
        assert any("review" in each for each in app.told)
        assert not LABEL.findall("".join(app.told))
