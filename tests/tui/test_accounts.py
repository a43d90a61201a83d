"""Signing in and out on the Accounts component, by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual import events
from textual.pilot import Pilot

from lpc_tui.accounts.interface import AccountStatus, Question
from lpc_tui.errors import SignInError
from lpc_tui.model.items import Side
from lpc_tui.qr import qr_modules
from lpc_tui.settings import Settings, UiSettings
from lpc_tui.settings_values import AsciiOnly
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.ports import Account, Ports
from lpc_tui.tui.screens.question import Question as Notice
from lpc_tui.tui.screens.sign_in import SignInDialog
from lpc_tui.tui.terminal import Colours, Multiplexer, Terminal
from lpc_tui.tui.widgets.qr_code import QrCode
from tests.tui.fake_accounts import BROWSER, DEVICE, FakeAccounts
from tests.tui.fake_engine import FakeEngine
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
from tests.tui.samples import NOW, sample_script

PASTED = "http://localhost:1717/OauthRedirect?code=aPrx&state=k2lXq0"


@asynccontextmanager
async def the_accounts(
    ports: Ports, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[LpcApp, Pilot[None]]]:
    """The app with the Accounts component shown and entered."""
    app = still_app(ports)
    async with app.run_test(size=size, notifications=True) as pilot:
        await press(pilot, "escape", "down", "enter")
        await at_rest(pilot)
        yield app, pilot


async def signing_in(pilot: Pilot[None], accounts: FakeAccounts) -> SignInDialog:
    """Ask to sign in to Outlook and wait for the dialog, with what to do in it."""
    await press(pilot, "f3")
    dialog = await until_screen(pilot, SignInDialog)
    await until(pilot, lambda: bool(accounts.logins))
    return dialog


async def test_it_shows_who_is_signed_in_where_and_the_footer_tells_the_keys() -> None:
    async with the_accounts(make_ports()) as (app, pilot):
        shown = screen_text(app)
        for words in (
            "ada@acme.example",
            "the system keyring (SecretService)",
            "2026-03-12 10:00; it is renewed by itself",
            "! not signed in",
            "https://acme.my.salesforce.com",
            "F3 Sign in",
            "F4 Sign out",
        ):
            assert words in shown
        await press(pilot, "escape", "up")
        assert "Sign in" not in screen_text(app)


async def test_a_token_of_the_environment_is_named_in_place_of_a_sign_in() -> None:
    account = replace(ACCOUNTS[0], token_variable="LPC_TUI_OUTLOOK_TOKEN")
    async with the_accounts(make_ports(accounts=[account])) as (app, _pilot):
        shown = screen_text(app)
        assert "by LPC_TUI_OUTLOOK_TOKEN of the environment" in shown
        assert "While it is set, a sign-in here is not used." in shown
        assert "keyring" not in shown


async def test_a_long_value_goes_on_below_its_beginning() -> None:
    status = replace(ACCOUNTS[0].status, kept_in=f"the file /home/{'x' * 60}/secrets.json")
    async with the_accounts(make_ports(accounts=[replace(ACCOUNTS[0], status=status)])) as (app, _pilot):
        lines = screen_text(app).splitlines()
        first = next(at for at, line in enumerate(lines) if "Kept in" in line)
        start = lines[first].index("the file")
        assert lines[first + 1][start] == "/"


async def test_a_sign_in_that_cannot_be_used_says_why_and_what_to_do() -> None:
    status = AccountStatus(
        side=Side.OUTLOOK,
        is_signed_in=False,
        kept_in="a file",
        trouble="It belongs to other settings. Sign in again.",
    )
    account = replace(ACCOUNTS[0], status=status)
    async with the_accounts(make_ports(accounts=[account])) as (app, _pilot):
        assert "It belongs to other settings. Sign in again." in screen_text(app)


REFUSED = SignInError(
    "Microsoft refuses the sign-in: the refresh token has expired.",
    "Sign in again.",
    command="lpc-tui login outlook",
)
ALARM = "! Outlook refuses the sign-in: F3 signs in again."


async def test_a_sign_in_that_has_expired_is_told_wherever_one_looks_until_somebody_signs_in() -> None:
    accounts = FakeAccounts()
    engine = FakeEngine(replace(sample_script(), error=REFUSED))
    app = still_app(make_ports(engine, sign_in=accounts))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        assert ALARM not in screen_text(app)
        await press(pilot, "f5", "enter")
        await until(pilot, lambda: "the refresh token has expired" in screen_text(app))
        await press(pilot, "enter")
        await until(pilot, lambda: app.screen is app.main)
        assert ALARM in screen_text(app)
        await press(pilot, "f3")
        await until_screen(pilot, SignInDialog)
        await until(pilot, lambda: accounts.logins == [Side.OUTLOOK])
        accounts.finish("ada@acme.example")
        await until(pilot, lambda: app.screen is app.main)
        await at_rest(pilot)
        assert ALARM not in screen_text(app)


async def test_the_service_that_refused_says_so_in_its_block() -> None:
    async with the_accounts(make_ports()) as (app, pilot):
        app._show_error(REFUSED)
        await until_screen(pilot, Notice)
        assert "lpc-tui login" not in screen_text(app)
        assert "F3 signs in." in screen_text(app)
        await press(pilot, "enter")
        await pilot.pause()
        assert "Refused       ! Microsoft refuses the sign-in" in screen_text(app)


async def test_a_kept_sign_in_that_cannot_be_used_is_told_from_the_start() -> None:
    status = replace(ACCOUNTS[0].status, is_signed_in=False, trouble="It belongs to other settings.")
    app = LpcApp(make_ports(accounts=[replace(ACCOUNTS[0], status=status)]), poll_s=None)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: ALARM in screen_text(app))


async def test_a_sign_in_that_failed_is_tried_again_by_a_key() -> None:
    accounts = FakeAccounts()
    async with the_accounts(make_ports(sign_in=accounts)) as (_app, pilot):
        await signing_in(pilot, accounts)
        accounts.finish(SignInError("Nobody signed in before the code expired.", "Try again."))
        await until_screen(pilot, Notice)
        await press(pilot, "t")
        await until_screen(pilot, SignInDialog)
        await until(pilot, lambda: len(accounts.logins) == 2)


async def test_with_a_token_in_the_environment_a_sign_in_says_that_it_is_not_used() -> None:
    accounts = FakeAccounts()
    account = replace(ACCOUNTS[0], token_variable="LPC_TUI_OUTLOOK_TOKEN")
    async with the_accounts(make_ports(accounts=[account], sign_in=accounts), (120, 30)) as (app, pilot):
        await signing_in(pilot, accounts)
        accounts.finish("ada@acme.example")
        unused = "It is not used as long as LPC_TUI_OUTLOOK_TOKEN is set."
        await until(pilot, lambda: any(unused in notice.message for notice in app._notifications))


async def test_the_dialog_shows_address_code_qr_code_and_the_time_left_until_it_is_done() -> None:
    accounts = FakeAccounts()
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await signing_in(pilot, accounts)
        shown = screen_text(app)
        assert "Sign in to Outlook" in shown
        assert DEVICE.url in shown
        assert DEVICE.code in shown
        assert "14:32 left" in shown
        assert "█▀▀▀▀▀█" in shown
        accounts.finish("ada@acme.example")
        await until(pilot, lambda: app.screen is app.main)
        await at_rest(pilot)
        assert accounts.logins == [Side.OUTLOOK]
        assert "Signed in to Outlook as" in screen_text(app)
        assert DEVICE.code not in "\n".join(str(line) for line in app.main.log_pane.lines)


async def test_the_button_of_a_service_signs_in_to_that_service() -> None:
    accounts = FakeAccounts()
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await press(pilot, *["down"] * 5)
        assert "> Salesforce" in screen_text(app)
        await press(pilot, "enter")
        await until(pilot, lambda: accounts.logins == [Side.SALESFORCE])
        assert "Sign in to Salesforce" in screen_text(app)


async def test_code_and_address_are_copied_as_inert_text() -> None:
    accounts = FakeAccounts(replace(DEVICE, url="https://a.example/\x1b\nrm", code="AB\r\nCD"))
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await signing_in(pilot, accounts)
        await press(pilot, "c")
        assert app.clipboard == "AB CD"
        await press(pilot, "a")
        assert app.clipboard == "https://a.example/␛ rm"
        assert "The address is copied" in screen_text(app)


async def test_who_copies_in_tmux_is_told_what_it_takes() -> None:
    accounts = FakeAccounts()
    app = LpcApp(make_ports(sign_in=accounts), poll_s=None, terminal=Terminal(multiplexer=Multiplexer.TMUX))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "escape", "down", "enter")
        await at_rest(pilot)
        await signing_in(pilot, accounts)
        await press(pilot, "c")
        (notice,) = app._notifications
        assert notice.message == "The code is copied, if tmux may: it takes `set -g set-clipboard on`."


async def test_the_qr_code_can_be_hidden_and_shown() -> None:
    accounts = FakeAccounts()
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await signing_in(pilot, accounts)
        await press(pilot, "q")
        assert "█▀▀▀▀▀█" not in screen_text(app)
        await press(pilot, "q")
        assert "█▀▀▀▀▀█" in screen_text(app)


async def test_there_is_no_qr_code_where_the_terminal_is_too_small_for_it() -> None:
    for size, ascii_ in (((60, 20), AsciiOnly.AUTO), ((80, 24), AsciiOnly.ALWAYS)):
        accounts = FakeAccounts()
        store = MemoryStore(Settings(ui=UiSettings(ascii=ascii_)))
        async with the_accounts(make_ports(sign_in=accounts, store=store), size) as (app, pilot):
            await signing_in(pilot, accounts)
            shown = screen_text(app)
            assert DEVICE.code in shown
            assert "█" not in shown
            assert "QR code" not in shown
            assert "Cancel (Esc)" in shown


def painted(app: LpcApp) -> list[list[bool]]:
    """The modules of the QR code as they are drawn, two blank cells each; True: dark."""
    region = app.screen.query_one(QrCode).content_region
    rows = []
    for strip in app.screen._compositor.render_strips()[region.y : region.bottom]:
        cells: list[bool] = []
        for segment in strip.crop(region.x, region.right):
            assert segment.style is not None
            assert not segment.text.strip()
            cells += [bool(segment.style.reverse)] * len(segment.text)
        assert cells[::2] == cells[1::2]
        rows.append(cells[::2])
    return rows


@pytest.mark.parametrize("terminal", [Terminal(is_ascii=True), Terminal(is_ascii=True, colours=Colours.NONE)])
async def test_where_only_ascii_is_drawn_the_qr_code_is_painted_with_blanks(terminal: Terminal) -> None:
    accounts = FakeAccounts()
    app = LpcApp(make_ports(sign_in=accounts), poll_s=None, terminal=terminal)
    app.animation_level = "none"
    async with app.run_test(size=(112, 40)) as pilot:
        await press(pilot, "escape", "down", "enter")
        await at_rest(pilot)
        await signing_in(pilot, accounts)
        assert DEVICE.code in screen_text(app)
        dark = qr_modules(DEVICE.url)
        is_reverse_light = terminal.colours is Colours.NONE  # what stands out from a dark ground is light
        assert painted(app) == [[each != is_reverse_light for each in row] for row in dark]
        await press(pilot, "q")
        assert not app.screen.query_one(QrCode).display


async def test_the_time_left_never_goes_below_zero() -> None:
    now = [NOW]
    accounts = FakeAccounts()
    ports = replace(make_ports(sign_in=accounts), clock=lambda: now[0])
    async with the_accounts(ports) as (app, pilot):
        dialog = await signing_in(pilot, accounts)
        now[0] = DEVICE.expires_at
        dialog.on_resize()
        await pilot.pause()
        assert "0:00 left" in screen_text(app)


async def test_escape_calls_it_off_and_nothing_is_said() -> None:
    accounts = FakeAccounts()
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await signing_in(pilot, accounts)
        await press(pilot, "escape")
        await until(pilot, lambda: accounts.was_called_off)
        await at_rest(pilot)
        assert app.screen is app.main
        assert "Signed in to" not in screen_text(app)


async def test_a_sign_in_that_is_declined_or_expires_says_so_with_what_to_do() -> None:
    for message in ("The sign-in was declined in the browser.", "Nobody signed in before the code expired."):
        accounts = FakeAccounts()
        async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
            await signing_in(pilot, accounts)
            accounts.finish(SignInError(message, "Sign in again."))
            await until_screen(pilot, Notice)
            assert message in screen_text(app)
            assert "Sign in again." in screen_text(app)
            await press(pilot, "enter")
            assert app.screen is app.main


async def test_the_address_a_browser_ended_at_is_pasted_wherever_the_focus_is() -> None:
    accounts = FakeAccounts(BROWSER, Question(text="Paste the address it ended at: "))
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await signing_in(pilot, accounts)
        await until(pilot, lambda: "Paste the address" in screen_text(app))
        assert "Copy code" not in screen_text(app)
        assert app.focused is not None
        assert app.focused.id == "copy-address"
        await press(pilot, "a")
        assert app.clipboard == BROWSER.url
        app.screen.post_message(events.Paste(f"{PASTED}\n"))
        await pilot.pause()
        await press(pilot, "enter")
        await until(pilot, lambda: accounts.answers == [PASTED])
        assert "Paste the address" not in screen_text(app)


async def test_an_address_that_is_none_is_asked_for_again_with_the_focus_where_it_was() -> None:
    accounts = FakeAccounts(
        BROWSER, Question(text="Paste it: "), Question(text="That is none of this sign-in: ")
    )
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await signing_in(pilot, accounts)
        app.screen.post_message(events.Paste("nonsense"))
        await pilot.pause()
        await press(pilot, "enter")
        await until(pilot, lambda: "That is none of this sign-in" in screen_text(app))
        assert "nonsense" not in screen_text(app)
        await press(pilot, *"abc", "enter")
        await until(pilot, lambda: accounts.answers == ["nonsense", "abc"])


async def test_the_field_goes_when_the_browser_comes_back_by_itself() -> None:
    accounts = FakeAccounts(BROWSER, Question(text="Paste it: "))
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await signing_in(pilot, accounts)
        await until(pilot, lambda: "Paste it" in screen_text(app))
        accounts.finish("ada@acme.example")
        await until(pilot, lambda: app.screen is app.main)
        assert accounts.answers == []


async def test_a_client_secret_is_asked_for_unseen() -> None:
    accounts = FakeAccounts(None, Question(text="The client secret: ", is_secret=True))
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await signing_in(pilot, accounts)
        await until(pilot, lambda: "The client secret" in screen_text(app))
        await press(pilot, *"hunter2")
        assert "hunter2" not in screen_text(app)
        await press(pilot, "enter")
        await until(pilot, lambda: accounts.answers == ["hunter2"])


async def test_a_sign_in_that_ends_under_another_question_closes_its_dialog_afterwards() -> None:
    accounts = FakeAccounts()
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await signing_in(pilot, accounts)
        app.push_screen(Notice("Changed on both sides", ""))
        await until_screen(pilot, Notice)
        accounts.finish("ada@acme.example")
        await at_rest(pilot)
        await press(pilot, "escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_signing_out_asks_first() -> None:
    accounts = FakeAccounts()
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await press(pilot, "f4")
        await until_screen(pilot, Notice)
        await press(pilot, "enter")
        await at_rest(pilot)
        assert accounts.logouts == []
        await press(pilot, "f4")
        await until_screen(pilot, Notice)
        await press(pilot, "y")
        await at_rest(pilot)
        assert accounts.logouts == [Side.OUTLOOK]
        assert "Signed out of Outlook." in screen_text(app)


async def test_signing_out_where_nobody_is_signed_in_says_so() -> None:
    accounts = FakeAccounts(was_there=False)
    async with the_accounts(make_ports(sign_in=accounts)) as (app, pilot):
        await press(pilot, "f4")
        await until_screen(pilot, Notice)
        await press(pilot, "y")
        await at_rest(pilot)
        assert "Nobody was signed in to Outlook." in screen_text(app)


async def test_nobody_signs_in_or_out_under_a_running_sync() -> None:
    accounts = FakeAccounts()
    async with the_accounts(make_ports(FakeEngine(sample_script()), sign_in=accounts)) as (app, pilot):
        app.run_control.begin()
        await press(pilot, "f3", "f4")
        assert app.screen is app.main
        assert "A sync is running" in screen_text(app)
        assert not accounts.logins
        app.run_control.state.end()


async def test_hostile_text_is_inert_on_the_component_and_in_the_dialog() -> None:
    accounts = FakeAccounts(None)
    async with the_accounts(make_ports(sign_in=accounts), (100, 60)) as (app, pilot):
        for foreign in HOSTILE:
            app.main.accounts.show([account_of(foreign)])
            await pilot.pause()
            assert_inert(screen_text(app))
        dialog = await signing_in(pilot, accounts)
        for foreign in HOSTILE:
            for challenge in (DEVICE, BROWSER):
                dialog.tell(replace(challenge, url=foreign, code=foreign, message=foreign))
                asked = asyncio.ensure_future(dialog.ask(Question(text=foreign)))
                await pilot.pause()
                assert_inert(screen_text(app))
                asked.cancel()
        accounts.finish("".join(HOSTILE[:-1]))
        await until(pilot, lambda: "Signed in to Outlook as" in screen_text(app))
        assert_inert(screen_text(app))


def account_of(foreign: str) -> Account:
    status = AccountStatus(
        side=Side.OUTLOOK, is_signed_in=True, who=foreign, method=foreign, kept_in=foreign, trouble=foreign
    )
    return Account(side=Side.OUTLOOK, address=foreign, status=status, details=((foreign, foreign),))


def assert_inert(shown: str) -> None:
    for forbidden in set(FORBIDDEN) - {"\n"}:
        assert forbidden not in shown


async def test_an_answer_that_is_asked_for_after_the_end_is_empty() -> None:
    accounts = FakeAccounts()
    async with the_accounts(make_ports(sign_in=accounts)) as (_app, pilot):
        dialog = await signing_in(pilot, accounts)
        await press(pilot, "escape")
        await until(pilot, lambda: accounts.was_called_off)
        dialog.tell(DEVICE)
        assert await asyncio.wait_for(dialog.ask(Question(text="?")), 1) == ""
