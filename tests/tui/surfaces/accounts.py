"""Accounts, places, the examination and the setup, shown five hundred hostile texts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from lpc_tui.accounts.interface import Challenge
from lpc_tui.accounts.interface import Question as Asked
from lpc_tui.doctor.findings import Finding, Status
from lpc_tui.errors import SettingsError, SignInError
from lpc_tui.model.items import Side
from lpc_tui.model.rules import Rules
from lpc_tui.places.interface import Place
from lpc_tui.tui.ports import Account
from lpc_tui.tui.screens.doctor import DoctorScreen
from lpc_tui.tui.screens.picker import PickerScreen
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.screens.sign_in import SignInDialog
from lpc_tui.tui.screens.wizard import WizardScreen
from lpc_tui.tui.widgets.components import Component
from lpc_tui.tui.widgets.wizard_steps import AccountStep
from tests.tui.fake_accounts import FakeAccounts
from tests.tui.fake_engine import FakeEngine, Script
from tests.tui.fake_places import FakePlaces
from tests.tui.harness import ACCOUNTS, make_ports, press, settled, still_app, until_screen
from tests.tui.hostile import chunks
from tests.tui.samples import NOW
from tests.tui.surfaces.stage import ROOM, Look, one_a_line, resized, to_component

__all__ = [
    "accounts_and_their_troubles",
    "errors_where_a_list_should_be",
    "findings_of_the_examination",
    "places_of_the_pickers",
    "the_wizard",
    "what_a_sign_in_tells_and_asks",
]


async def accounts_and_their_troubles(texts: tuple[str, ...], look: Look) -> None:
    app = still_app(replace(make_ports(), accounts_note=texts[0]))
    async with app.run_test(size=(100, 24)) as pilot:
        await to_component(pilot, Component.ACCOUNTS)
        await resized(pilot, 100, 400)
        for part in chunks(100, texts):
            shown = [
                account_of(base, half) for base, half in zip(ACCOUNTS, (part[:50], part[50:]), strict=True)
            ]
            app.main.accounts.show(shown, {Side.OUTLOOK: part[0]})
            await look(pilot, part, 40)


def account_of(base: Account, half: Sequence[str]) -> Account:
    status = replace(
        base.status, is_signed_in=True, who=half[0], method=half[1], kept_in=half[2], trouble=half[3]
    )
    details = tuple(("Detail", text) for text in half[5:])
    return replace(base, address=half[4], status=status, details=details)


async def places_of_the_pickers(texts: tuple[str, ...], look: Look) -> None:
    places = [
        Place(
            value=text,
            id=f"id-{at}",
            name=text,
            owner=texts[-at],
            address=texts[at // 2],
            notes=(texts[at // 3],),
            path=(texts[at // 4],),
        )
        for at, text in enumerate(texts)
    ]
    fake = FakePlaces(lists=dict.fromkeys(FakePlaces().lists, places))
    app = still_app(make_ports(places=fake))
    async with app.run_test(size=(120, 24)) as pilot:
        await to_component(pilot, Component.ACCOUNTS)
        await press(pilot, "down", "down", "enter")
        await until_screen(pilot, PickerScreen)
        await settled(pilot)
        await resized(pilot, 120, len(texts) + 60)
        await press(pilot, "pagedown", "pageup")
        await look(pilot, texts, ROOM)
        await resized(pilot, 120, 24)
        await press(pilot, "end", "pagedown", "enter")
        await until_screen(pilot, Question)
        await look(pilot)
        await press(pilot, "y")
        await look(pilot)


async def errors_where_a_list_should_be(texts: tuple[str, ...], look: Look) -> None:
    fake = FakePlaces()
    app = still_app(make_ports(places=fake))
    async with app.run_test(size=(100, 60)) as pilot:
        await to_component(pilot, Component.ACCOUNTS)
        await press(pilot, "down", "down", "enter")
        await until_screen(pilot, PickerScreen)
        for part in chunks(25, texts):
            fake.error = SignInError(one_a_line(part), part[0])
            await press(pilot, "ctrl+r")
            await settled(pilot)
            await look(pilot, part, ROOM)


async def findings_of_the_examination(texts: tuple[str, ...], look: Look) -> None:
    findings = [
        Finding(check, Status.PROBLEM, words, remedy, setting=setting)
        for check, words, remedy, setting in chunks(4, texts)
    ]

    async def examine() -> AsyncGenerator[Finding, None]:
        for finding in findings:
            yield finding

    app = still_app(replace(make_ports(), examine=examine))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await press(pilot, "escape", "down", "f9")
        await until_screen(pilot, DoctorScreen)
        await settled(pilot)
        await press(pilot, "d")
        await resized(pilot, 100, 4 * len(texts))
        await look(pilot, texts, ROOM)


async def what_a_sign_in_tells_and_asks(texts: tuple[str, ...], look: Look) -> None:
    asked = Asked(text=texts[0])
    app = still_app(make_ports(sign_in=FakeAccounts(None, asked)))
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "escape", "down", "f3")
        dialog = await until_screen(pilot, SignInDialog)
        for message, url in chunks(2, texts):
            dialog.tell(Challenge(kind="browser", url=url, message=message, expires_at=NOW))
            await look(pilot, (message, url), ROOM)
        for url, code in chunks(2, texts[::10]):
            dialog.tell(Challenge(kind="device", url=url, code=code, expires_at=NOW))
            await look(pilot, (url, code), ROOM)


async def the_wizard(texts: tuple[str, ...], look: Look) -> None:
    error = SettingsError(one_a_line(texts[:20]), texts[20])
    engine = FakeEngine(Script(rules=Rules(), now=NOW, error=error))
    app = still_app(replace(make_ports(engine), is_new=True))
    async with app.run_test(size=(100, 40)) as pilot:
        wizard = await until_screen(pilot, WizardScreen)
        await press(pilot, "pagedown")
        await settled(pilot)
        step = wizard.query(AccountStep).first()
        for part in chunks(3, texts):
            status = replace(ACCOUNTS[0].status, who=part[0], kept_in=part[1], trouble=part[2])
            step.show_account(replace(ACCOUNTS[0], status=status))
            step.show(dict.fromkeys(step.entered(), part[0]).__getitem__)
            await look(pilot, (part[2],), ROOM)
            assert set(step.entered().values()) == {part[0]}, "kept as it is, though it cannot be shown so"
        step.show(app.settings_binding.staging.value)
        for _ in range(3):
            await press(pilot, "pagedown")
            await settled(pilot)
            await look(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        await look(pilot, texts[:20], ROOM)
