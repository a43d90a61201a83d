"""The examination in the UI, by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from lpc_tui.doctor.findings import Finding, Status, ok, skipped
from lpc_tui.model.items import Side
from lpc_tui.places.interface import Kind
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.ports import Ports
from lpc_tui.tui.remedies import Remedy, remedy_for
from lpc_tui.tui.screens.doctor import DoctorScreen
from lpc_tui.tui.screens.picker import PickerScreen
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.screens.setting_dialog import SettingDialog
from tests.tui.fake_accounts import FakeAccounts
from tests.tui.fake_places import FakePlaces
from tests.tui.harness import make_ports, press, screen_text, still_app, until, until_screen
from tests.tui.hostile import FORBIDDEN, HOSTILE

SIGN_IN = Finding(
    "outlook.sign-in",
    Status.PROBLEM,
    "Outlook refuses the sign-in: the token is not valid.",
    "Sign in, and run again.",
    command="lpc-tui login outlook",
    sign_in=Side.OUTLOOK,
    exit_code=3,
)
CALENDAR = Finding.problem(
    "outlook.calendar", "There is no calendar 'Projekte'.", "There are: Calendar, Projects.", 2
)
VERSION = Finding.problem(
    "salesforce.version",
    "API version 12.0 is not offered here.",
    "Set salesforce.api_version to another.",
    2,
    setting="salesforce.api_version",
)
CLOCK = Finding.warning("outlook.clock", "This computer's clock is 4 minutes behind.", "Set the clock.")
FOUND = (
    ok("settings", "The settings are in order."),
    CLOCK,
    SIGN_IN,
    skipped("outlook.rights", "Not looked at: outlook.sign-in comes first."),
    CALENDAR,
    VERSION,
)


def examination(
    findings: Sequence[Finding] = FOUND, gate: asyncio.Event | None = None
) -> Callable[[], AsyncGenerator[Finding, None]]:
    """One that finds these; after the second it waits for `gate`, if there is one."""

    async def examine() -> AsyncGenerator[Finding, None]:
        for at, finding in enumerate(findings):
            if at == 2 and gate is not None:
                await gate.wait()
            yield finding

    return examine


@asynccontextmanager
async def examined(
    ports: Ports, words: str = "Found", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[LpcApp, Pilot[None]]]:
    """The app with the examination open, once it says this."""
    app = still_app(ports)
    async with app.run_test(size=size, notifications=True) as pilot:
        await press(pilot, "escape", "down", "f9")
        await until(pilot, lambda: words in screen_text(app))
        yield app, pilot


async def test_findings_stand_with_sign_word_and_remedy_and_are_summed_up() -> None:
    async with examined(replace(make_ports(), examine=examination())) as (app, _pilot):
        shown = screen_text(app)
        for words in (
            "ok        The settings are in order.",
            "! warning This computer's clock is 4 minutes behind.",
            "-> Set the clock.",
            "x problem Outlook refuses the sign-in: the token is not valid.",
            "- skipped Not looked at",
            "Found 3 problems and 1 warning; 1 ok; 1 not looked at.",
        ):
            assert words in shown
        assert "lpc-tui login" not in shown


async def test_they_come_one_by_one_and_the_rest_is_stopped_by_a_key() -> None:
    ports = replace(make_ports(), examine=examination(gate=asyncio.Event()))
    async with examined(ports, "Looking: 2 done so far.") as (app, pilot):
        assert "Run again" not in screen_text(app)
        await press(pilot, "c")
        await until(pilot, lambda: "Stopped before the end: 1 warning; 1 ok." in screen_text(app))
        assert "^R Run again" in screen_text(app)


async def test_going_back_ends_the_examination() -> None:
    ended = []

    async def examine() -> AsyncGenerator[Finding, None]:
        try:
            yield FOUND[0]
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async with examined(replace(make_ports(), examine=examine), "Looking: 1 done") as (app, pilot):
        await press(pilot, "escape")
        await until(pilot, lambda: app.screen is app.main and bool(ended))


async def test_it_is_run_again_from_the_beginning() -> None:
    runs: list[Sequence[Finding]] = [FOUND, FOUND[:1]]
    ports = replace(make_ports(), examine=lambda: examination(runs.pop(0))())
    async with examined(ports) as (app, pilot):
        await press(pilot, "ctrl+r")
        await until(pilot, lambda: "Nothing is in the way of a sync; 1 ok." in screen_text(app))
        await press(pilot, "n")
        assert "Nothing needs to be done." in screen_text(app)


async def test_enter_on_a_refused_sign_in_signs_in() -> None:
    accounts = FakeAccounts()
    async with examined(replace(make_ports(sign_in=accounts), examine=examination())) as (app, pilot):
        await press(pilot, "n", "n")
        assert "Enter: sign in to Outlook" in screen_text(app)
        await press(pilot, "enter")
        await until(pilot, lambda: accounts.logins == [Side.OUTLOOK])


async def test_enter_on_a_calendar_that_is_not_there_opens_the_list() -> None:
    async with examined(replace(make_ports(places=FakePlaces()), examine=examination())) as (app, pilot):
        await press(pilot, "n", "n", "n")
        assert "Enter: choose the calendar" in screen_text(app)
        await press(pilot, "enter")
        await until_screen(pilot, PickerScreen)


async def test_enter_on_a_setting_edits_it() -> None:
    async with examined(replace(make_ports(), examine=examination())) as (app, pilot):
        await press(pilot, "end", "enter")
        await until_screen(pilot, SettingDialog)
        assert "salesforce.api_version" in screen_text(app)


async def test_where_nothing_can_be_done_here_enter_does_nothing() -> None:
    async with examined(replace(make_ports(), examine=examination())) as (app, pilot):
        assert "Go to" not in screen_text(app)
        await press(pilot, "enter", "down", "enter")
        assert isinstance(app.screen, DoctorScreen)


async def test_details_name_the_check_and_copying_takes_all_as_text() -> None:
    async with examined(replace(make_ports(), examine=examination()), size=(100, 30)) as (app, pilot):
        await press(pilot, "d")
        assert "(check: outlook.calendar)" in screen_text(app)
        assert "(setting: salesforce.api_version)" in screen_text(app)
        await press(pilot, "y")
        copied = app.clipboard.splitlines()
        assert "! warning outlook.clock: This computer's clock is 4 minutes behind." in copied
        assert "          -> Set the clock." in copied
        assert copied[-1] == "Found 3 problems and 1 warning; 1 ok; 1 not looked at."


async def test_a_fault_in_it_is_shown_and_what_was_found_stays() -> None:
    async def examine() -> AsyncGenerator[Finding, None]:
        yield FOUND[0]
        raise RuntimeError("[/] no such check")

    async with examined(replace(make_ports(), examine=examine), "A fault in lpc-tui") as (app, pilot):
        assert isinstance(app.screen, Question)
        assert "[/] no such check" in screen_text(app)
        await press(pilot, "enter")
        assert "Stopped before the end: 1 ok." in screen_text(app)
        assert "The settings are in order." in screen_text(app)


async def test_hostile_findings_are_inert() -> None:
    findings = [
        Finding(foreign, Status.PROBLEM, foreign, foreign, setting=foreign) for foreign in HOSTILE[:-1]
    ]
    async with examined(replace(make_ports(), examine=examination(findings)), size=(100, 60)) as (app, pilot):
        await press(pilot, "d", "y")
        for foreign in [*FORBIDDEN]:
            assert foreign in "\n" or foreign not in screen_text(app)
            assert foreign in "\n" or foreign not in app.clipboard


@pytest.mark.parametrize(
    ("finding", "remedy"),
    [
        (SIGN_IN, Side.OUTLOOK),
        (CALENDAR, Kind.CALENDAR),
        (replace(CALENDAR, check="outlook.contacts"), Kind.CONTACT_FOLDER),
        (replace(CALENDAR, check="outlook.tasks"), Kind.TASK_LIST),
        (replace(CALENDAR, check="salesforce.contact.scope", setting="sync.contact.campaign"), Kind.CAMPAIGN),
        (VERSION, "salesforce.api_version"),
        (CLOCK, None),
        (ok("outlook.calendar", "Found."), None),
    ],
    ids=lambda value: getattr(value, "check", str(value)),
)
def test_each_remedy_leads_to_where_it_is_carried_out(finding: Finding, remedy: Remedy | None) -> None:
    assert remedy_for(finding) == remedy
