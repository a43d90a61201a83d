"""Nothing that others wrote is obeyed, by any widget (law 13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from lpc_tui.engine.events import OperationEvent, Outcome, Status
from lpc_tui.engine.interface import RunResult
from lpc_tui.errors import UnreachableError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.links import Unlinked
from lpc_tui.model.rules import Action
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.log_book import LogLine
from lpc_tui.tui.plain import content, prose
from lpc_tui.tui.review_state import ReviewState
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_dialogs import SummaryDialog
from lpc_tui.tui.widgets.fields import DropDown
from lpc_tui.tui.widgets.history import HistoryPanel
from lpc_tui.tui.widgets.log_pane import LogPane
from lpc_tui.wording import Level
from tests.tui.fake_engine import Script, ScriptedProposal
from tests.tui.harness import make_app, make_ports, press, screen_text
from tests.tui.hostile import FORBIDDEN, HOSTILE, ascii_id
from tests.tui.samples import event, item, linked


def assert_inert(shown: str) -> None:
    for forbidden in set(FORBIDDEN) - {"\n"}:
        assert forbidden not in shown


@pytest.mark.parametrize("foreign", HOSTILE, ids=ascii_id)
def test_every_way_into_a_widget_makes_text_inert_and_parses_no_markup(foreign: str) -> None:
    for shown in (content(foreign), prose(foreign)):
        assert isinstance(shown, Content)
        assert_inert(shown.plain)
        assert not shown.spans
    assert "\n" not in content(foreign).plain
    assert content(foreign).cell_length <= 600


def test_markup_is_shown_as_it_was_written() -> None:
    assert content("Smith [Acme]").plain == "Smith [Acme]"
    assert prose("one\n[b]two").plain == "one\n[b]two"


def test_a_message_of_very_many_lines_is_cut() -> None:
    assert prose("x\n" * 100).plain.endswith("60 more lines")


def hostile_script() -> Script:
    """Every hostile text as a subject, a place and a description."""
    base = event("Before")
    links = [
        linked(
            f"l{at}", base, base | {"location": foreign}, base | {"location": "elsewhere", "body": foreign}
        )
        for at, foreign in enumerate(HOSTILE)
    ]
    unlinked = [
        Unlinked(Side.OUTLOOK, item(f"ol-{at}", event(foreign))) for at, foreign in enumerate(HOSTILE)
    ]
    return Script(links=links, unlinked=unlinked)


async def test_the_review_shows_hostile_items_inert() -> None:
    app = make_app()
    async with app.run_test(size=(120, 60), notifications=True) as pilot:
        proposal = ScriptedProposal(hostile_script())
        app.push_screen(ReviewScreen(proposal, ReviewState(proposal, Process.CALENDAR), UTC))
        await pilot.pause()
        for _ in range(2 * len(HOSTILE)):
            assert_inert(screen_text(app))
            await pilot.press("down")
        shown = screen_text(app)
        for foreign in ("[/", "[/]", "Smith [Acme]", "[b]x", "$name"):
            assert f" {foreign} " in shown


class WidgetApp(App[None]):
    """The small widgets that show foreign text, on one screen."""

    def compose(self) -> ComposeResult:
        yield DropDown("key", "Calendar:", [(foreign, foreign) for foreign in HOSTILE])
        yield HistoryPanel(UTC)
        yield LogPane()

    def on_mount(self) -> None:
        drop_down = self.query_one(DropDown)
        drop_down.value = HOSTILE[0]
        drop_down.focus()
        self.query_one(LogPane).add([LogLine("09:00:00", Level.ERROR, foreign) for foreign in HOSTILE])


def failed(foreign: str) -> OperationEvent:
    return OperationEvent(
        process=Process.CALENDAR,
        side=Side.OUTLOOK,
        action=Action.CREATE,
        status=Status.FAILED,
        item=foreign,
        fields=(foreign,),
        reason=foreign,
    )


async def test_small_widgets_and_dialogs_show_hostile_text_inert() -> None:
    app = WidgetApp()
    async with app.run_test(size=(100, 120), notifications=True) as pilot:
        await pilot.pause()
        assert_inert(screen_text(app))
        await press(pilot, "enter")
        assert_inert(screen_text(app))
        await press(pilot, "escape")
        everything = "\n".join(HOSTILE)
        result = RunResult("r", Outcome.ABORTED, 5, {}, {}, UnreachableError(everything, everything))
        app.push_screen(SummaryDialog(result, [failed(foreign) for foreign in HOSTILE]))
        await pilot.pause()
        assert_inert(screen_text(app))
        assert "Smith [Acme]" in screen_text(app)


async def test_the_main_screen_survives_a_hostile_profile_and_settings_error() -> None:
    ports = replace(make_ports(), profile="".join(HOSTILE[:-1]))
    app = LpcApp(ports, poll_s=None)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.main.show_problem(prose("\n".join(HOSTILE)))
        await pilot.pause()
        assert_inert(screen_text(app))
        assert "Smith [Acme]" in screen_text(app)
