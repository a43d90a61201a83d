"""Without colour every state that matters is told by a character, or by bold, underlined or reverse."""

from __future__ import annotations

from rich.segment import Segment
from textual.pilot import Pilot

from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.terminal import Colours, Terminal
from lpc_tui.tui.widgets.components import Component
from tests.tui.fake_engine import FakeEngine
from tests.tui.harness import make_ports, press, settled
from tests.tui.reviewing import go_to, to_review
from tests.tui.samples import sample_script

_FLAGS = ("bold", "dim", "italic", "underline", "reverse", "strike")


def make_app() -> LpcApp:
    app = LpcApp(
        make_ports(FakeEngine(sample_script())), poll_s=None, terminal=Terminal(colours=Colours.NONE)
    )
    app.animation_level = "none"
    return app


def drawn(app: LpcApp) -> list[str]:
    """Each line as a terminal without colours draws it: its characters, and how each is drawn beside its colour."""
    return ["".join(map(_drawn, strip)) for strip in app.screen._compositor.render_strips()]


def _drawn(segment: Segment) -> str:
    style = segment.style
    flags = "".join(flag[0] for flag in _FLAGS if style is not None and getattr(style, flag))
    return f"<{flags}:{segment.text}>"


async def changed_by(pilot: Pilot[None], *keys: str) -> list[str]:
    """The lines that these keys change, as they are after them."""
    app = pilot.app
    assert isinstance(app, LpcApp)
    before = drawn(app)
    await press(pilot, *keys)
    return [now for was, now in zip(before, drawn(app), strict=True) if was != now]


async def test_the_states_of_a_setting() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        focused = await changed_by(pilot, "tab")
        assert any("Include calendar records" in line and "<" in line for line in focused)
        ticked = await changed_by(pilot, "space")
        assert any("*" in line and "[x] Include calendar records" in line for line in ticked), (
            "ticked, edited"
        )
        invalid = await changed_by(pilot, "down", *"9999")
        assert any("9999" in line and "! from 0 to 1823" in line for line in invalid)
        assert any("! 1 not allowed" in line for line in invalid)


async def test_the_component_and_the_tab_that_are_shown() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await changed_by(pilot, "escape", "down")
        assert any("> Accounts" in line for line in shown)
        tab = await changed_by(pilot, "up", "a")
        assert any("[ Auto Background Sync ]" in line for line in tab)


async def test_the_rows_of_the_review() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        lines = "\n".join(drawn(app))
        for sign in ("? Changed on both sides", "! delete prevented", "--> Add to Outlook", "= Link"):
            assert sign in lines
        await press(pilot, "home")
        selected = await changed_by(pilot, "down")
        assert len(selected) >= 2, "the row that was left, and the one that was gone to"
        excluded = await changed_by(pilot, "space")
        assert any("[ ]" in line and "Kick-off ACME" in line for line in excluded)
        await go_to(pilot, review, "l2")
        decided = await changed_by(pilot, "o")
        assert any("Outlook wins" in line or "<--" in line for line in decided)
        filtered = await changed_by(pilot, "f")
        assert any("[Add" in line for line in filtered)
        assert isinstance(app.screen, ReviewScreen)


async def test_the_rows_of_the_lists() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "escape", "home", *["down"] * list(Component).index(Component.ISSUES))
        await settled(pilot)
        entered = await changed_by(pilot, "right")
        assert any("Lunch" in line for line in entered), "the row with the cursor is drawn in another way"
        assert any("[prevented 1]" in line for line in await changed_by(pilot, "f"))
