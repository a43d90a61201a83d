"""History, Issues and Why by keyboard: what they show, and where they lead."""

from __future__ import annotations

from datetime import UTC

import pytest
from textual.pilot import Pilot

from lpc_tui.engine.events import Outcome
from lpc_tui.model.items import Process
from lpc_tui.reports.interface import Answer, Fate
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.report_lines import explanation_lines, issue_lines, operation_lines, run_lines
from lpc_tui.tui.screens.main import MainScreen
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_items import PAGE, RunItemsScreen
from lpc_tui.tui.screens.why import WhyScreen
from lpc_tui.tui.widgets.components import Component
from tests.tui.fake_engine import FakeEngine
from tests.tui.fake_reports import (
    BOX,
    FakeReports,
    conflict,
    explanation,
    item,
    operation,
    past_run,
    prevented,
    sample_reports,
)
from tests.tui.harness import at_rest, make_ports, press, screen_text, still_app, until, until_screen
from tests.tui.hostile import HOSTILE
from tests.tui.samples import sample_script


def app_with(reports: FakeReports, engine: FakeEngine | None = None) -> LpcApp:
    return still_app(make_ports(engine, reports=reports))


async def to_component(pilot: Pilot[None], component: Component) -> None:
    """Move to a component by the arrows and go into it."""
    app = pilot.app
    assert isinstance(app, LpcApp)
    await press(pilot, "escape", "home")
    for _ in range(list(Component).index(component)):
        await press(pilot, "down")
    await at_rest(pilot)
    await press(pilot, "right")


async def test_a_run_of_the_history_opens_item_by_item_with_before_and_after() -> None:
    app = app_with(sample_reports())
    async with app.run_test(size=(100, 40)) as pilot:
        await to_component(pilot, Component.HISTORY)
        assert "some items need you" in screen_text(app)
        await press(pilot, "enter")
        await until_screen(pilot, RunItemsScreen)
        await until(pilot, lambda: "Kick-off ACME" in screen_text(app))
        shown = screen_text(app)
        assert "before     Old Kick-off ACME" in shown
        assert "written    Kick-off ACME" in shown
        assert "kept as    Kick-off ACME." in shown
        await press(pilot, "down")
        assert "Outlook says: FIELD_CUSTOM_VALIDATION_EXCEPTION: no" in screen_text(app)
        await press(pilot, "escape")
        await until_screen(pilot, MainScreen)


async def test_a_long_run_is_read_page_by_page() -> None:
    written = [operation(number, f"Event {number}") for number in range(PAGE + 50)]
    app = app_with(FakeReports(past=(past_run(operations=len(written)),), written=written))
    async with app.run_test(size=(100, 40)) as pilot:
        await to_component(pilot, Component.HISTORY)
        await press(pilot, "enter")
        await until(pilot, lambda: f"{PAGE} of {PAGE + 50} writes so far" in screen_text(app))
        await press(pilot, "end")
        await until(pilot, lambda: f"{PAGE + 50} of {PAGE + 50} writes" in screen_text(app))
        assert f"Event {PAGE - 1}" in screen_text(app)


async def test_the_writes_of_a_run_are_searched_by_title() -> None:
    app = app_with(sample_reports())
    async with app.run_test(size=(100, 40)) as pilot:
        await to_component(pilot, Component.HISTORY)
        await press(pilot, "enter")
        await until_screen(pilot, RunItemsScreen)
        await press(pilot, "slash", *"review", "enter")
        await until(pilot, lambda: 'with "review" in their title' in screen_text(app))
        assert "Kick-off" not in screen_text(app)
        await press(pilot, "escape")
        await until(pilot, lambda: "Kick-off" in screen_text(app))


async def test_issues_show_what_waits_first_with_both_values_and_what_can_be_done() -> None:
    app = app_with(sample_reports())
    async with app.run_test(size=(100, 40)) as pilot:
        await to_component(pilot, Component.ISSUES)
        shown = screen_text(app)
        assert "[waiting 1]" in shown
        assert "! conflict" in shown
        assert "Old demo" not in shown
        for line in (
            "before     Room 1",
            "Outlook    Room 2",
            "Salesforce Room 3",
            "1  Choose in the review.",
        ):
            assert line in shown
        await press(pilot, "f")
        assert "[prevented 1]" in screen_text(app)
        assert "Old demo" in screen_text(app)


async def test_a_conflict_leads_to_the_review_of_its_process() -> None:
    engine = FakeEngine(sample_script())
    app = app_with(sample_reports(), engine)
    async with app.run_test(size=(100, 40)) as pilot:
        await to_component(pilot, Component.ISSUES)
        await press(pilot, "enter")
        await until_screen(pilot, ReviewScreen)
        assert engine.runs == [(Process.CALENDAR,)]


@pytest.mark.parametrize(("keys", "setting"), [(("f", "1"), BOX), (("2",), "sync.calendar.conflicts")])
async def test_an_issue_leads_to_its_setting(keys: tuple[str, ...], setting: str) -> None:
    app = app_with(sample_reports())
    async with app.run_test(size=(100, 40)) as pilot:
        await to_component(pilot, Component.ISSUES)
        await press(pilot, *keys)
        await until(pilot, lambda: app.main.focused_setting == setting)


async def test_why_is_one_key_away_from_an_issue() -> None:
    reports = sample_reports()
    app = app_with(reports)
    async with app.run_test(size=(100, 40)) as pilot:
        await to_component(pilot, Component.ISSUES)
        await press(pilot, "w")
        await until_screen(pilot, WhyScreen)
        await until(pilot, lambda: "Law 5: Leaving the window is not a delete" in screen_text(app))
        assert "sync.calendar.past_days = 30" in screen_text(app)
        assert reports.asked == ["outlook-1"]


async def test_why_is_asked_about_any_item_by_name() -> None:
    reports = sample_reports()
    reports.answers = {"lunch": Answer(asked="lunch", choices=(item("Lunch"), item("Lunch with Ada")))}
    app = app_with(reports)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f7")
        await until_screen(pilot, WhyScreen)
        await press(pilot, *"nowhere", "enter")
        await until(pilot, lambda: "It lies outside of the days." in screen_text(app))
        await press(pilot, "ctrl+n")
        for _ in "nowhere":
            await press(pilot, "backspace")
        await press(pilot, *"lunch", "enter")
        await until(pilot, lambda: "Several items fit" in screen_text(app))
        await press(pilot, "down", "enter")
        await until(pilot, lambda: "Calendar: Lunch with Ada: out of scope" in screen_text(app))
        await press(pilot, "escape", "escape")
        await until_screen(pilot, MainScreen)


async def test_what_there_is_nothing_of_is_said() -> None:
    app = app_with(FakeReports())
    async with app.run_test(size=(80, 24)) as pilot:
        await to_component(pilot, Component.HISTORY)
        assert "No sync has run yet" in screen_text(app)
        await to_component(pilot, Component.ISSUES)
        assert "Nothing waits for you." in screen_text(app)
        assert "Calendar: 12 linked, 2 asleep." in screen_text(app)


@pytest.mark.parametrize("width", [1, 7, 60, 200])
def test_every_line_is_inert_whatever_it_quotes(width: int) -> None:
    for foreign in HOSTILE:
        entry = operation(1, foreign, fate=Fate.REFUSED, words=foreign)
        lines = [
            *operation_lines(entry, UTC, width),
            *issue_lines(conflict(foreign), UTC, width),
            *issue_lines(prevented(foreign), UTC, width),
            *explanation_lines(explanation(foreign), UTC, width),
            *run_lines(past_run(outcome=None), UTC, width),
            *run_lines(past_run(outcome=Outcome.OK), UTC, width),
        ]
        assert all(line.text.isprintable() for line in lines)
