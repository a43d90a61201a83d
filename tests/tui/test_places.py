"""Choosing what takes part, from lists that are fetched live, by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from lpc_tui.errors import LpcError, SettingsError, SignInError, UnreachableError
from lpc_tui.places.interface import Kind, Place
from lpc_tui.settings import Settings
from lpc_tui.settings_check import with_changes
from lpc_tui.settings_values import Value
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.flows.places import consequences
from lpc_tui.tui.place_book import PlaceBook
from lpc_tui.tui.ports import Account, Ports
from lpc_tui.tui.screens.picker import PickerScreen
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.widgets.entry_list import EntryList
from tests.tui.fake_accounts import FakeAccounts
from tests.tui.fake_places import CALENDARS, SCOPES, FakePlaces
from tests.tui.harness import (
    ACCOUNTS,
    MemoryStore,
    at_rest,
    make_ports,
    press,
    screen_text,
    still_app,
    until,
    until_screen,
)
from tests.tui.hostile import FORBIDDEN, HOSTILE

TO_CALENDAR = ("down", "down")
TO_SCOPE = ("down",) * 7
SIGNED_IN: tuple[Account, ...] = (
    ACCOUNTS[0],
    replace(ACCOUNTS[1], status=replace(ACCOUNTS[1].status, is_signed_in=True)),
)


def settings_with(**changes: Value) -> MemoryStore:
    """Settings kept in memory; `__` stands for a dot."""
    return MemoryStore(
        with_changes(Settings(), {key.replace("__", "."): value for key, value in changes.items()})
    )


@asynccontextmanager
async def the_accounts(
    ports: Ports, *keys: str, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[LpcApp, Pilot[None]]]:
    """The app with the Accounts component entered, and the focus moved by `keys`."""
    app = still_app(ports)
    async with app.run_test(size=size, notifications=True) as pilot:
        await press(pilot, "escape", "down", "enter")
        await at_rest(pilot)
        await press(pilot, *keys)
        yield app, pilot


async def opened(pilot: Pilot[None], words: str) -> PickerScreen:
    """Press Enter, and wait for the list until it says this."""
    await press(pilot, "enter")
    screen = await until_screen(pilot, PickerScreen)
    await until(pilot, lambda: words in screen_text(pilot.app))
    return screen


def changes_of(app: LpcApp) -> dict[str, Value]:
    return dict(app.settings_binding.staging.changes)


def line_of(app: LpcApp, words: str) -> str:
    return next(line for line in screen_text(app).splitlines() if words in line)


async def test_a_calendar_is_chosen_from_the_live_list_staged_by_its_id_and_shown_by_its_name() -> None:
    store = MemoryStore()
    async with the_accounts(make_ports(store=store, places=FakePlaces()), *TO_CALENDAR) as (app, pilot):
        await opened(pilot, "4 in all")
        shown = screen_text(app)
        assert "> Calendar  (the default one)" in shown
        assert "Holidays  (read-only)" in shown
        assert "Kim  (of Kim Colleague <kim@contoso.example>)" in shown
        await press(pilot, "down", "enter")
        await until_screen(pilot, Question)
        assert "Nothing is deleted by this, on either side." in screen_text(app)
        await press(pilot, "y")
        await until(pilot, lambda: app.screen is app.main)
        assert changes_of(app) == {"outlook.calendar": "cal-1"}
        assert "* Calendar" in line_of(app, "Projects v ]")
        await press(pilot, "f2")
        await at_rest(pilot)
        assert store.saves == [{"outlook.calendar": "cal-1"}]


async def test_typing_filters_the_list_and_the_arrows_move_in_it() -> None:
    async with the_accounts(make_ports(places=FakePlaces()), *TO_CALENDAR) as (app, pilot):
        await opened(pilot, "4 in all")
        await press(pilot, *"KIM")
        assert "1 of 4." in screen_text(app)
        assert "Projects" not in screen_text(app)
        await press(pilot, "x")
        assert "No calendar has that in its name." in screen_text(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, PickerScreen)
        await press(pilot, "backspace", "backspace", "backspace", "backspace", "end", "pagedown", "enter")
        await until_screen(pilot, Question)
        assert "somebody else's" in screen_text(app)


async def test_the_default_one_is_the_empty_setting_and_keeping_it_asks_nothing() -> None:
    async with the_accounts(make_ports(places=FakePlaces()), *TO_CALENDAR) as (app, pilot):
        await opened(pilot, "4 in all")
        await press(pilot, "enter")
        await until(pilot, lambda: app.screen is app.main)
        assert changes_of(app) == {}


async def test_going_back_from_the_list_or_from_the_warning_changes_nothing() -> None:
    places = FakePlaces()
    async with the_accounts(make_ports(places=places), *TO_CALENDAR) as (app, pilot):
        await opened(pilot, "4 in all")
        await press(pilot, "escape")
        await until(pilot, lambda: app.screen is app.main)
        await opened(pilot, "4 in all")
        await press(pilot, "down", "enter")
        await until_screen(pilot, Question)
        await press(pilot, "escape")
        await until(pilot, lambda: app.screen is app.main)
        assert changes_of(app) == {}


async def test_a_list_under_way_is_left_at_once_and_ended() -> None:
    places = FakePlaces(gate=asyncio.Event())
    async with the_accounts(make_ports(places=places), *TO_CALENDAR) as (app, pilot):
        await opened(pilot, "Asking the service.")
        await until(pilot, lambda: places.open_lists == 1)
        await press(pilot, "escape")
        await until(pilot, lambda: app.screen is app.main and places.open_lists == 0)


async def test_a_list_that_cannot_be_had_says_why_and_is_fetched_again_by_a_key() -> None:
    places = FakePlaces(error=UnreachableError("graph.microsoft.com does not answer.", "Check the network."))
    async with the_accounts(make_ports(places=places), *TO_CALENDAR) as (app, pilot):
        await opened(pilot, "Check the network.")
        assert "x graph.microsoft.com does not answer." in screen_text(app)
        assert "Sign in (F3)" not in screen_text(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, PickerScreen)
        places.error = None
        await press(pilot, "ctrl+r")
        await until(pilot, lambda: "4 in all" in screen_text(app))


async def test_without_a_sign_in_the_list_offers_one_and_goes_on_from_there() -> None:
    refusal = SignInError("Not signed in to Outlook.", "Sign in.", command="lpc-tui login outlook")
    places, accounts = FakePlaces(error=refusal), FakeAccounts()
    async with the_accounts(make_ports(places=places, sign_in=accounts), *TO_CALENDAR) as (app, pilot):
        await opened(pilot, "Not signed in to Outlook.")
        assert "lpc-tui login" not in screen_text(app)
        await press(pilot, "f3")
        await until(pilot, lambda: bool(accounts.logins))
        places.error = None
        accounts.finish("ada@acme.example")
        await until_screen(pilot, PickerScreen)
        await until(pilot, lambda: "4 in all" in screen_text(app))


async def test_members_of_a_campaign_leads_on_to_the_campaigns_and_stages_both() -> None:
    async with the_accounts(make_ports(places=FakePlaces()), *TO_SCOPE) as (app, pilot):
        await opened(pilot, "4 in all")
        await press(pilot, "pagedown", "enter")
        await until(pilot, lambda: "Spring fair  (active, Planned)" in screen_text(app))
        await press(pilot, "enter")
        await until_screen(pilot, Question)
        assert "no member of the campaign" in " ".join(screen_text(app).split())
        await press(pilot, "y")
        await until(pilot, lambda: app.screen is app.main)
        assert changes_of(app) == {"sync.contact.scope": "campaign", "sync.contact.campaign": "701A"}
        assert "Spring fair" in line_of(app, "Campaign ")
        assert "it is not updated in Salesforce until it" in screen_text(app)


async def test_a_scope_the_org_does_not_show_is_not_in_the_list() -> None:
    places = FakePlaces({Kind.SCOPE: SCOPES[:2]})
    async with the_accounts(make_ports(places=places), *TO_SCOPE) as (app, pilot):
        await opened(pilot, "2 in all")
        assert "campaign" not in screen_text(app)


async def test_a_long_list_is_searched_by_the_service_and_fetched_on_at_its_end() -> None:
    campaigns = [Place(value=f"701{at:05}", name=f"Campaign {at:05}") for at in range(5_000)]
    places = FakePlaces({Kind.CAMPAIGN: campaigns}, part=2_000)
    store = settings_with(sync__contact__scope="campaign", sync__contact__campaign="none")
    async with the_accounts(make_ports(store=store, places=places), *TO_SCOPE, "down") as (app, pilot):
        await opened(pilot, "2,000 of 5,000 in all")
        entries = app.screen.query_one(EntryList)
        entries.cursor = 1_999
        await until(pilot, lambda: "4,000 of 5,000 in all" in screen_text(app))
        assert entries.cursor == 1_999
        await press(pilot, *"04999")
        await until(pilot, lambda: "1 of 1." in screen_text(app))
        assert places.searches[-1] == "04999"
        assert "Campaign 04999" in screen_text(app)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param(
            [each for each in CALENDARS if each.id != "cal-1"],
            "! not there any more, or hidden from you",
            id="gone",
        ),
        pytest.param(
            [replace(CALENDARS[1], id="a", name="cal-1"), replace(CALENDARS[1], id="b", name="cal-1")],
            "! 2 calendars are called this: choose one",
            id="ambiguous",
        ),
    ],
)
async def test_a_chosen_place_that_cannot_be_used_says_so_in_accounts(found: list[Place], words: str) -> None:
    ports = make_ports(
        store=settings_with(outlook__calendar="cal-1"), places=FakePlaces({Kind.CALENDAR: found})
    )
    async with the_accounts(ports, size=(120, 24)) as (app, _pilot):
        assert words in line_of(app, "cal-1 v ]")


async def test_a_chosen_place_is_shown_by_its_name_and_looked_for_once_a_minute_at_most() -> None:
    places = FakePlaces()
    store = settings_with(outlook__calendar="cal-1", sync__contact__scope="team")
    ports = make_ports(store=store, places=places, accounts=SIGNED_IN)
    async with the_accounts(ports, size=(120, 30)) as (app, pilot):
        assert "[ Projects v ]" in screen_text(app)
        assert "belongs to no account of your teams" in screen_text(app)
        await press(pilot, "escape", "up", "down")
        await at_rest(pilot)
        assert places.found == ["cal-1", "team"]


@pytest.mark.parametrize(
    "error",
    [UnreachableError("No answer."), SettingsError("The address of your Salesforce org is not set.")],
    ids=str,
)
async def test_what_cannot_be_looked_for_is_left_as_it_is(error: LpcError) -> None:
    ports = make_ports(store=settings_with(outlook__calendar="Projects"), places=FakePlaces(error=error))
    async with the_accounts(ports) as (app, _pilot):
        assert "[ Projects v ]" in screen_text(app)
        assert app.screen is app.main


async def test_the_form_of_a_process_shows_its_place_and_opens_the_list() -> None:
    async with the_accounts(make_ports(places=FakePlaces())) as (app, pilot):
        app.main.focus_setting("outlook.calendar")
        await pilot.pause()
        assert "Enter shows the service's list" in screen_text(app)
        assert "Calendar:                 [ the default one v ]" in screen_text(app)
        assert "Task list:" not in screen_text(app)
        await opened(pilot, "4 in all")
        await press(pilot, "down", "enter")
        await until_screen(pilot, Question)
        await press(pilot, "y")
        await until(pilot, lambda: app.screen is app.main)
        assert "*Calendar:                 [ Projects v ]" in screen_text(app)
        await press(pilot, "u")
        assert changes_of(app) == {}


async def test_linked_items_are_told_before_another_calendar_is_chosen() -> None:
    ports = replace(make_ports(places=FakePlaces()), linked=lambda _process: 1_204)
    async with the_accounts(ports, *TO_CALENDAR, size=(100, 30)) as (app, pilot):
        await opened(pilot, "4 in all")
        await press(pilot, "down", "enter")
        await until_screen(pilot, Question)
        words = " ".join(screen_text(app).replace("│", " ").split())
        assert "1,204 items are linked with the present calendar" in words
        assert "stops before it writes anything" in words


def test_a_read_only_place_is_warned_of() -> None:
    words = "\n".join(consequences(Kind.CALENDAR, CALENDARS[2], 0))
    assert "may read this calendar but not change it" in words


@pytest.mark.parametrize("foreign", HOSTILE, ids=ascii)
async def test_hostile_names_are_inert_in_the_list_the_warning_and_the_field(foreign: str) -> None:
    place = Place(
        value="x", id=foreign, name=foreign, path=(foreign,), owner=foreign, address=foreign, notes=(foreign,)
    )
    places = FakePlaces({Kind.CALENDAR: [CALENDARS[0], place]})
    ports = make_ports(
        store=settings_with(outlook__contact_folder=foreign.replace("\ud800", "?")), places=places
    )
    async with the_accounts(ports, *TO_CALENDAR) as (app, pilot):
        assert_inert(app)
        await opened(pilot, "2 in all")
        assert_inert(app)
        await press(pilot, "down", "enter")
        await until_screen(pilot, Question)
        assert_inert(app)
        await press(pilot, "y")
        await until(pilot, lambda: app.screen is app.main)
        assert_inert(app)


def assert_inert(app: LpcApp) -> None:
    for forbidden in set(FORBIDDEN) - {"\n"}:
        assert forbidden not in screen_text(app)


def test_an_id_that_nobody_knows_is_shortened_and_a_name_is_not() -> None:
    book = PlaceBook()
    assert book.words(Kind.CALENDAR, "AAMkAGI2TGuLAAA" + "x" * 100 + "ZZZ-end=") == "id AAMkAGI2...ZZZ-end="
    assert book.words(Kind.CALENDAR, "The customers of the north-east") == "The customers of the north-east"
    assert book.words(Kind.CALENDAR, "") == "the default one"
    assert book.words(Kind.CAMPAIGN, "") == "(none chosen)"
    assert book.words(Kind.SCOPE, "team") == "Contacts of my account teams"
