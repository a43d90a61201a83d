"""The first-run wizard by keyboard: what it saves, whom it signs in, what it previews, where it leads."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from textual.pilot import Pilot
from textual.widgets import Input

from lpc_tui.doctor.findings import Finding, Status
from lpc_tui.errors import SettingsError, SignInError
from lpc_tui.model.items import Process, Side
from lpc_tui.settings import Settings
from lpc_tui.settings_values import Value
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.ports import Account
from lpc_tui.tui.screens.doctor import DoctorScreen
from lpc_tui.tui.screens.main import MainScreen
from lpc_tui.tui.screens.picker import PickerScreen
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.sign_in import SignInDialog
from lpc_tui.tui.screens.wizard import WizardScreen
from tests.tui.fake_accounts import FakeAccounts
from tests.tui.fake_engine import FakeEngine
from tests.tui.harness import (
    ACCOUNTS,
    MemoryStore,
    make_ports,
    press,
    screen_text,
    still_app,
    until,
    until_screen,
)
from tests.tui.hostile import HOSTILE
from tests.tui.samples import sample_script


def new_app(
    engine: FakeEngine | None = None,
    store: MemoryStore | None = None,
    accounts: FakeAccounts | None = None,
    known: Sequence[Account] = ACCOUNTS,
) -> LpcApp:
    """The app on a profile that has neither settings nor a past."""
    ports = make_ports(engine, store, sign_in=accounts, accounts=known)
    return still_app(replace(ports, is_new=True))


async def to_step(pilot: Pilot[None], number: int) -> None:
    """Press PgDn until the step with this number is shown."""
    await until_screen(pilot, WizardScreen)
    for at in range(2, number + 1):
        await pilot.press("pagedown")
        await until(pilot, lambda at=at: f"step {at} of 6" in screen_text(pilot.app))  # type: ignore[misc]


async def test_a_new_profile_opens_with_the_wizard_and_another_does_not() -> None:
    store = MemoryStore()
    async with new_app(store=store).run_test(size=(80, 24)) as pilot:
        await to_step(pilot, 2)
        await press(pilot, *"not kept", "escape")
        await until_screen(pilot, MainScreen)
        (notice,) = pilot.app._notifications
        assert "^P opens the command palette, and Set up leads on" in notice.message
        assert store.saves == []
    ports = make_ports()
    async with LpcApp(ports, poll_s=None).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(pilot.app.screen, MainScreen)


async def test_the_demo_is_one_key_away() -> None:
    app = new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_screen(pilot, WizardScreen)
        await press(pilot, "down", "enter")
        await until(pilot, lambda: app.wants_demo)


async def test_what_is_entered_is_saved_when_its_step_is_left() -> None:
    store = MemoryStore()
    async with new_app(store=store).run_test(size=(80, 24)) as pilot:
        await to_step(pilot, 2)
        await press(pilot, *"my-app", "enter")
        await to_step_back_and_forth(pilot)
        assert store.settings.outlook.client_id == "my-app"
        assert store.saves == [{"outlook.client_id": "my-app"}]


async def to_step_back_and_forth(pilot: Pilot[None]) -> None:
    """One step on, and what was entered is still there on the way back."""
    await press(pilot, "pagedown")
    await until(pilot, lambda: "step 3 of 6" in screen_text(pilot.app))
    await press(pilot, "pageup")
    await until(pilot, lambda: "step 2 of 6" in screen_text(pilot.app))
    assert "my-app" in screen_text(pilot.app)


async def test_a_value_that_cannot_be_used_keeps_the_step_and_says_why() -> None:
    class Strict(MemoryStore):
        def save(self, changes: dict[str, Value], expected: str) -> Settings:  # type: ignore[override]
            raise SettingsError(f"{HOSTILE[0]} is no address.", "Write it like https://x.my.salesforce.com.")

    app = new_app(store=Strict())
    async with app.run_test(size=(80, 24)) as pilot:
        await to_step(pilot, 3)
        await press(pilot, "down", *"nonsense", "pagedown")
        await until(pilot, lambda: "is no address" in screen_text(app))
        assert "step 3 of 6" in screen_text(app)
        assert "nonsense" in [entry.value for entry in app.screen.query(Input)]
        assert not app.settings_binding.staging.is_dirty


async def test_one_signs_in_with_what_was_entered_and_sees_who_it_is() -> None:
    accounts = FakeAccounts()
    async with new_app(accounts=accounts).run_test(size=(80, 24)) as pilot:
        await to_step(pilot, 2)
        await until(pilot, lambda: "Signed in as ada@acme.example" in screen_text(pilot.app))
        await press(pilot, *"my-app", "enter", "enter", "enter")
        await until_screen(pilot, SignInDialog)
        accounts.finish("ada@acme.example")
        await until_screen(pilot, WizardScreen)
        assert accounts.logins == [Side.OUTLOOK]


async def test_the_preview_counts_and_writes_nothing() -> None:
    engine = FakeEngine(sample_script())
    async with new_app(engine).run_test(size=(80, 24)) as pilot:
        await to_step(pilot, 4)
        await until(pilot, lambda: "Task list:" in screen_text(pilot.app))
        await press(pilot, *["down"] * 4, "space", "down", "down", "space", "pagedown")
        await until(pilot, lambda: "step 5 of 6" in screen_text(pilot.app))
        await press(pilot, "enter")
        await until(pilot, lambda: "Calendar: " in screen_text(pilot.app))
        assert engine.runs == [(Process.CALENDAR,)]
        assert not engine.reviews[0].is_approved
        assert "x 5 Preview" not in screen_text(pilot.app)
        await press(pilot, "pagedown")
        await until(pilot, lambda: "x 5 Preview" in screen_text(pilot.app))


async def test_without_a_process_there_is_no_way_on() -> None:
    async with new_app().run_test(size=(80, 24)) as pilot:
        await to_step(pilot, 4)
        await until(pilot, lambda: "Task list:" in screen_text(pilot.app))
        await press(pilot, "space", *["down"] * 4, "space", "down", "down", "space", "pagedown")
        await until(pilot, lambda: "Tick at least one process." in screen_text(pilot.app))
        assert "step 4 of 6" in screen_text(pilot.app)


async def test_the_first_sync_leads_to_the_review() -> None:
    engine = FakeEngine(sample_script())
    async with new_app(engine).run_test(size=(80, 24)) as pilot:
        await to_step(pilot, 6)
        assert "Nobody is signed in to Salesforce yet" in screen_text(pilot.app)
        assert "- 3 Salesforce" in screen_text(pilot.app)
        await press(pilot, "enter")
        await until_screen(pilot, ReviewScreen)
        assert engine.runs == [tuple(Process)]


async def test_who_is_signed_in_chooses_the_calendar_from_the_list_and_it_is_kept() -> None:
    store = MemoryStore()
    async with new_app(store=store).run_test(size=(80, 24)) as pilot:
        await to_step(pilot, 4)
        await until(pilot, lambda: "Calendar:" in screen_text(pilot.app))
        for words in ("Contact folder:", "Task list:", "[ the default one v ]"):
            assert words in screen_text(pilot.app)
        await press(pilot, "down", "down", "down", "enter")
        await until_screen(pilot, PickerScreen)
        await until(pilot, lambda: "Projects" in screen_text(pilot.app))
        await press(pilot, "down", "enter")
        await until_screen(pilot, Question)
        await press(pilot, "y")
        await until_screen(pilot, WizardScreen)
        await until(pilot, lambda: "[ Projects v ]" in screen_text(pilot.app))
        assert store.settings.outlook.calendar == "cal-1"
        assert "step 4 of 6" in screen_text(pilot.app)


async def test_without_a_sign_in_there_is_no_list_to_choose_from() -> None:
    nobody = [
        replace(each, status=replace(each.status, is_signed_in=False, trouble="It has expired."))
        for each in ACCOUNTS
    ]
    async with new_app(known=nobody).run_test(size=(80, 24)) as pilot:
        await to_step(pilot, 2)
        await until(pilot, lambda: "! Not signed in. It has expired." in screen_text(pilot.app))
        await to_step_from(pilot, 2, 4)
        assert "Contact folder:" not in screen_text(pilot.app)
        assert "Synchronize Past Days:" in screen_text(pilot.app)


async def to_step_from(pilot: Pilot[None], first: int, last: int) -> None:
    """Press PgDn from one step to another."""
    for at in range(first + 1, last + 1):
        await pilot.press("pagedown")
        await until(pilot, lambda at=at: f"step {at} of 6" in screen_text(pilot.app))  # type: ignore[misc]


async def test_a_token_of_the_environment_is_all_that_a_step_needs() -> None:
    tokens = [
        replace(
            each,
            token_variable=f"LPC_TUI_{each.side.name}_TOKEN",
            status=replace(each.status, is_signed_in=False),
        )
        for each in ACCOUNTS
    ]
    engine = FakeEngine(sample_script())
    async with new_app(engine, known=tokens).run_test(size=(80, 24)) as pilot:
        await to_step(pilot, 2)
        words = "Signed in by LPC_TUI_OUTLOOK_TOKEN of the environment:"
        await until(pilot, lambda: words in screen_text(pilot.app))
        await to_step_from(pilot, 2, 6)
        assert "x 2 Outlook" in screen_text(pilot.app)
        assert "Nobody is signed in" not in screen_text(pilot.app)


async def examined() -> AsyncGenerator[Finding, None]:
    """An examination that finds the app's id missing."""
    yield Finding(
        check="outlook.client_id",
        status=Status.PROBLEM,
        words="No client id is set.",
        remedy="Enter the id of your app.",
        setting="outlook.client_id",
    )


async def test_a_sign_in_that_failed_names_the_key_that_examines_and_its_remedy_leads_back() -> None:
    accounts = FakeAccounts()
    app = new_app(accounts=accounts)
    app.ports = replace(app.ports, examine=examined)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_step(pilot, 2)
        await press(pilot, "down", "down", "enter")
        await until_screen(pilot, SignInDialog)
        accounts.finish(SignInError("Nobody signed in before the code expired.", "Try again."))
        await until_screen(pilot, WizardScreen)
        await until(pilot, lambda: "F9 looks for what is in the way" in screen_text(app))
        await press(pilot, "pagedown")
        await until(pilot, lambda: "step 3 of 6" in screen_text(app))
        await press(pilot, "f9")
        await until_screen(pilot, DoctorScreen)
        await until(pilot, lambda: "No client id is set." in screen_text(app))
        await press(pilot, "enter")
        await until_screen(pilot, WizardScreen)
        await until(pilot, lambda: "step 2 of 6" in screen_text(app))
        assert isinstance(app.focused, Input)
        assert app.focused.name == "outlook.client_id"
