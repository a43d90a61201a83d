"""How to get to every screen of the UI by keys, each shown in a state that a person would recognise.

A tour is one app and several stops on a way through it, so that what it costs to get somewhere is paid once. `test_screens`
takes a picture at each stop, in three sizes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen

from lpc_tui.accounts.interface import Question as SignInQuestion
from lpc_tui.doctor.findings import Finding, Status, ok, skipped
from lpc_tui.engine.events import Noticed, Outcome, Phase
from lpc_tui.engine.interface import Cancel, Engine
from lpc_tui.errors import SettingsError, SignInError, UnreachableError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import Answers, Plan, Reason, Why
from lpc_tui.reports.interface import Answer, Fate, IssueKind
from lpc_tui.settings import Settings
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.ports import Ports
from lpc_tui.tui.screens.choice import ChoiceScreen
from lpc_tui.tui.screens.clash import ClashScreen
from lpc_tui.tui.screens.doctor import DoctorScreen
from lpc_tui.tui.screens.help import HelpScreen
from lpc_tui.tui.screens.item import ItemScreen
from lpc_tui.tui.screens.log_save import SaveLogDialog
from lpc_tui.tui.screens.main import MainScreen
from lpc_tui.tui.screens.picker import PickerScreen
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_dialogs import StartDialog, SummaryDialog
from lpc_tui.tui.screens.run_items import RunItemsScreen
from lpc_tui.tui.screens.setting_dialog import SettingDialog
from lpc_tui.tui.screens.sign_in import SignInDialog
from lpc_tui.tui.screens.why import WhyScreen
from lpc_tui.tui.screens.wizard import WizardScreen
from lpc_tui.tui.widgets.components import Component
from tests.tui.fake_accounts import BROWSER, FakeAccounts
from tests.tui.fake_engine import FakeEngine, ScriptedProposal
from tests.tui.fake_places import FakePlaces
from tests.tui.fake_reports import FakeReports, conflict, explanation, item, operation, past_run, prevented
from tests.tui.harness import (
    ACCOUNTS,
    MemoryStore,
    make_ports,
    press,
    screen_text,
    settled,
    still_app,
    until,
    until_screen,
)
from tests.tui.reviewing import go_to, to_review
from tests.tui.samples import contacts_script, sample_script, tasks_script

__all__ = ["TOURS", "Stop", "Tour"]

Stop: TypeAlias = Callable[[str, type[Screen[Any]]], Awaitable[None]]
"""Called at each stop with its name and the screen that is shown there."""


@dataclass(frozen=True)
class Tour:
    """A way through one app."""

    ports: Callable[[], Ports]
    walk: Callable[[Pilot[None], Stop], Awaitable[None]]

    @property
    def name(self) -> str:
        return self.walk.__name__

    def app(self) -> LpcApp:
        return still_app(self.ports())


def app_of(pilot: Pilot[None]) -> LpcApp:
    app = pilot.app
    assert isinstance(app, LpcApp)
    return app


async def back_to(pilot: Pilot[None], screen: type[Screen[Any]]) -> None:
    await press(pilot, "escape")
    await until_screen(pilot, screen)


async def to_component(pilot: Pilot[None], component: Component) -> None:
    """Go to a component by the arrows, and into it."""
    await press(pilot, "escape", "home", *["down"] * list(Component).index(component))
    await settled(pilot)
    await press(pilot, "right")


async def sync_component(pilot: Pilot[None], stop: Stop) -> None:
    await stop("sync-jobs-calendar", MainScreen)
    await press(pilot, "enter")
    await stop("drop-down-of-processes", ChoiceScreen)
    await press(pilot, "down", "enter")
    await stop("sync-jobs-contact", MainScreen)
    await press(pilot, "enter", "down", "enter")
    await stop("sync-jobs-task", MainScreen)
    await press(pilot, "tab", "space", "down", *"9999")
    await stop("sync-jobs-edited-and-not-allowed", MainScreen)
    await press(pilot, "f2")
    await settled_question(pilot)
    await stop("settings-not-saved", Question)
    await press(pilot, "enter", "u")
    await press(pilot, "f1")
    await stop("help", HelpScreen)
    await back_to(pilot, MainScreen)
    await press(pilot, "escape", "a")
    await settled(pilot)
    await stop("auto-background-sync", MainScreen)
    await press(pilot, "escape", "n")
    await stop("notification-options", MainScreen)
    await press(pilot, "ctrl+q")
    await until_screen(pilot, Question)
    await stop("quit-with-unsaved-edits", Question)
    await back_to(pilot, MainScreen)


async def settled_question(pilot: Pilot[None]) -> None:
    await until_screen(pilot, Question)


async def settings_from_elsewhere(pilot: Pilot[None], stop: Stop) -> None:
    app = app_of(pilot)
    store = app.ports.settings
    assert isinstance(store, BreakableStore)
    await press(pilot, "ctrl+p")
    await until(pilot, lambda: isinstance(app.screen, CommandPalette))
    await press(pilot, *"max deletes")
    await until(pilot, lambda: "safety.max_deletes" in screen_text(app))
    await stop("search-for-a-setting", CommandPalette)
    await press(pilot, "enter")
    await until_screen(pilot, SettingDialog)
    await stop("setting-in-a-dialog", SettingDialog)
    await press(pilot, "backspace", *"x")
    await stop("setting-in-a-dialog-not-allowed", SettingDialog)
    await back_to(pilot, MainScreen)
    assert app.main.focus_setting("sync.calendar.past_days")
    await press(pilot, "9")
    store.change({"sync.calendar.past_days": 60})
    app.look_at_settings()
    await until_screen(pilot, ClashScreen)
    await stop("clash-of-settings", ClashScreen)
    await back_to(pilot, MainScreen)
    await press(pilot, "f5")
    await until_screen(pilot, Question)
    await stop("sync-with-unsaved-edits", Question)
    await back_to(pilot, MainScreen)
    store.problem = SettingsError('config.toml, line 7: sync.calendar.past_days: "many" is no whole number.')
    app.look_at_settings()
    await until(pilot, lambda: "config.toml, line 7" in screen_text(app))
    await stop("settings-file-unusable", MainScreen)


class BreakableStore(MemoryStore):
    """Another program may spoil it."""

    problem: SettingsError | None = None

    def load(self) -> tuple[Settings, str]:
        if self.problem is not None:
            raise self.problem
        return super().load()

    def fingerprint(self) -> str:
        return f"{super().fingerprint()} {self.problem}"


FINDINGS = (
    ok("settings", "The settings are in order."),
    Finding.warning("outlook.clock", "This computer's clock is 4 minutes behind.", "Set the clock."),
    Finding(
        "outlook.sign-in",
        Status.PROBLEM,
        "Outlook refuses the sign-in: the token is not valid.",
        "Sign in, and run again.",
        command="lpc-tui login outlook",
        sign_in=Side.OUTLOOK,
        exit_code=3,
    ),
    skipped("outlook.rights", "Not looked at: outlook.sign-in comes first."),
    Finding.problem(
        "outlook.calendar", "There is no calendar 'Projekte'.", "There are: Calendar, Projects.", 2
    ),
)


async def examine() -> AsyncGenerator[Finding, None]:
    for finding in FINDINGS:
        yield finding


async def accounts_component(pilot: Pilot[None], stop: Stop) -> None:
    await to_component(pilot, Component.ACCOUNTS)
    await stop("accounts", MainScreen)
    await press(pilot, "down", "down", "enter")
    await until_screen(pilot, PickerScreen)
    await settled(pilot)
    await stop("picker-of-calendars", PickerScreen)
    await press(pilot, *"xyz")
    await stop("picker-that-finds-nothing", PickerScreen)
    await press(pilot, "backspace", "backspace", "backspace", *"kim", "enter")
    await until_screen(pilot, Question)
    await stop("what-choosing-a-calendar-means", Question)
    await press(pilot, "y")
    await until_screen(pilot, MainScreen)
    await stop("accounts-with-another-calendar", MainScreen)
    await press(pilot, "f9")
    await until_screen(pilot, DoctorScreen)
    await until(pilot, lambda: "Found" in screen_text(pilot.app))
    await press(pilot, "n", "n")
    await stop("examination", DoctorScreen)
    await press(pilot, "d")
    await stop("examination-with-details", DoctorScreen)
    await back_to(pilot, MainScreen)
    await press(pilot, "f4")
    await until_screen(pilot, Question)
    await stop("sign-out", Question)
    await back_to(pilot, MainScreen)


async def lists_without_a_sign_in(pilot: Pilot[None], stop: Stop) -> None:
    await to_component(pilot, Component.ACCOUNTS)
    await press(pilot, "down", "down", "enter")
    await until_screen(pilot, PickerScreen)
    await settled(pilot)
    await stop("picker-that-was-refused", PickerScreen)
    await back_to(pilot, MainScreen)
    await stop("accounts-refused", MainScreen)


async def campaigns(pilot: Pilot[None], stop: Stop) -> None:
    await to_component(pilot, Component.ACCOUNTS)
    await press(pilot, *["down"] * 7, "enter")
    await until_screen(pilot, PickerScreen)
    await settled(pilot)
    await stop("picker-of-salesforce-contacts", PickerScreen)
    await press(pilot, "end", "pagedown", "enter")
    await settled(pilot)
    await until(pilot, lambda: "Spring fair" in screen_text(pilot.app))
    await stop("picker-of-campaigns", PickerScreen)


async def sign_in_by_device(pilot: Pilot[None], stop: Stop) -> None:
    await press(pilot, "escape", "down", "f3")
    dialog = await until_screen(pilot, SignInDialog)
    await until(pilot, lambda: bool(dialog.query_one("#copy-code").display))
    await stop("sign-in-by-device-code", SignInDialog)


async def sign_in_by_browser(pilot: Pilot[None], stop: Stop) -> None:
    await press(pilot, "escape", "down", "f3")
    dialog = await until_screen(pilot, SignInDialog)
    await until(pilot, lambda: bool(dialog.query_one("#sign-in-answer").display))
    await stop("sign-in-by-browser", SignInDialog)


def many_reports() -> FakeReports:
    """A past with all sorts of ends, and issues of all sorts."""
    written = [
        operation(1, "Kick-off ACME"),
        operation(2, "Review Q1", fate=Fate.REFUSED, words="FIELD_CUSTOM_VALIDATION_EXCEPTION: no"),
        operation(
            3, "Board meeting with a long title that goes on beyond what a narrow terminal has room for"
        ),
    ]
    kinds = [kind for kind in IssueKind if kind not in {IssueKind.CONFLICT, IssueKind.PREVENTED}]
    others = [replace(conflict(f"Something {kind}"), kind=kind) for kind in kinds]
    return FakeReports(
        past=(past_run(0, outcome=Outcome.OK), past_run(1), past_run(2, outcome=None), past_run(3)),
        written=written,
        open=(conflict("Lunch"), prevented("Old demo"), *others),
        answers={
            "outlook-1": Answer(asked="outlook-1", explanation=explanation("Lunch")),
            "Lunch": Answer(asked="Lunch", choices=(item("Lunch"), item("Lunch with Acme", number=2))),
        },
    )


async def history_issues_about(pilot: Pilot[None], stop: Stop) -> None:
    await to_component(pilot, Component.HISTORY)
    await stop("history", MainScreen)
    await press(pilot, "down", "enter")
    await until_screen(pilot, RunItemsScreen)
    await settled(pilot)
    await stop("writes-of-a-run", RunItemsScreen)
    await press(pilot, "slash", *"review", "enter")
    await settled(pilot)
    await stop("writes-of-a-run-searched", RunItemsScreen)
    await press(pilot, "escape", "escape")
    await until_screen(pilot, MainScreen)
    await to_component(pilot, Component.ISSUES)
    await stop("issues-waiting", MainScreen)
    await press(pilot, "f")
    await stop("issues-prevented", MainScreen)
    await press(pilot, "f", "f", "f")
    await stop("issues-all", MainScreen)
    await to_component(pilot, Component.ABOUT)
    await stop("about", MainScreen)


async def why(pilot: Pilot[None], stop: Stop) -> None:
    await press(pilot, "escape", "f7")
    await until_screen(pilot, WhyScreen)
    await stop("why-asked", WhyScreen)
    await press(pilot, *"Lunch", "enter")
    await settled(pilot)
    await stop("why-several-fit", WhyScreen)
    await press(pilot, "enter")
    await settled(pilot)
    await stop("why-explained", WhyScreen)
    await press(pilot, "ctrl+n", *["backspace"] * 5, *"xyz", "enter")
    await settled(pilot)
    await stop("why-unknown", WhyScreen)


async def calendar_review(pilot: Pilot[None], stop: Stop) -> None:
    await press(pilot, "f5")
    await until_screen(pilot, StartDialog)
    await stop("start-sync", StartDialog)
    await press(pilot, "y")
    review = await until_screen(pilot, ReviewScreen)
    await stop("review-calendar", ReviewScreen)
    await go_to(pilot, review, "l2")
    await stop("review-conflict", ReviewScreen)
    await press(pilot, "tab")
    await stop("review-in-the-detail", ReviewScreen)
    await press(pilot, "escape", "enter")
    await until_screen(pilot, ItemScreen)
    await stop("item-in-conflict", ItemScreen)
    await back_to(pilot, ReviewScreen)
    await go_to(pilot, review, "l4")
    await press(pilot, "y")
    await until_screen(pilot, Question)
    await stop("may-mail-go-out", Question)
    await press(pilot, "y")
    await until_screen(pilot, ReviewScreen)
    await press(pilot, "home", "space", "slash", *"e", "enter", "t")
    await stop("review-filtered-and-changed", ReviewScreen)
    await press(pilot, "f5")
    await until_screen(pilot, Question)
    await stop("synchronize-now", Question)
    await back_to(pilot, ReviewScreen)
    await press(pilot, "escape", "escape")
    await until_screen(pilot, Question)
    await stop("leave-the-review", Question)


async def contact_and_task_reviews(pilot: Pilot[None], stop: Stop) -> None:
    await press(pilot, "f5")
    await until_screen(pilot, StartDialog)
    await press(pilot, "e")
    review = await until_screen(pilot, ReviewScreen)
    await stop("review-contacts", ReviewScreen)
    await go_to(pilot, review, "c1")
    await press(pilot, "enter")
    await until_screen(pilot, ItemScreen)
    await press(pilot, "o", "down")
    await stop("contact-by-field", ItemScreen)
    await back_to(pilot, ReviewScreen)
    await press(pilot, "f5")
    await until_screen(pilot, Question)
    await stop("synchronize-contacts-so", Question)
    await press(pilot, "y")
    await until(pilot, lambda: "Summary: Task" in screen_text(pilot.app))
    await stop("review-tasks", ReviewScreen)
    await press(pilot, "f1")
    await until_screen(pilot, HelpScreen)
    await stop("help-of-the-review", HelpScreen)


class Braked(ScriptedProposal):
    """The plan would delete too much."""

    def answered(self, process: Process, answers: Answers) -> Plan:
        brake = Reason(Why.BRAKE, "30 deletes in Outlook, of 40 links.")
        return replace(super().answered(process, answers), brakes=(brake,))


class BrakedEngine(FakeEngine):
    """Stops at the brake."""

    async def run(self, processes: Sequence[Process], **how: Any) -> Any:
        return await super().run(processes, **{**how, "review": self._braked(how["review"])})

    def _braked(self, review: Any) -> Any:
        async def reviewed(_proposal: object) -> Any:
            return await review(Braked(*self.scripts))

        return reviewed


async def brake(pilot: Pilot[None], stop: Stop) -> None:
    await to_review(pilot)
    await stop("review-braked", ReviewScreen)
    await press(pilot, "f5")
    await until_screen(pilot, Question)
    await stop("stop-before-a-disaster", Question)


async def reading(pilot: Pilot[None], stop: Stop) -> None:
    engine = await engine_of(pilot)
    await press(pilot, "f5")
    await until_screen(pilot, StartDialog)
    await press(pilot, "e")
    await until(pilot, engine.is_held.is_set)
    await until(pilot, lambda: "reading both sides (9 items)" in screen_text(pilot.app))
    await stop("reading-three-processes", MainScreen)
    await press(pilot, "ctrl+q")
    await until_screen(pilot, Question)
    await stop("quit-during-a-sync", Question)
    await back_to(pilot, MainScreen)


class Stubborn(FakeEngine):
    """Its write under way takes until it is released."""

    async def _hold(self, phase: Phase, cancel: Cancel) -> None:
        if phase is self.hold_at:
            self.is_held.set()
            await self.release.wait()


async def writing(pilot: Pilot[None], stop: Stop) -> None:
    app, engine = app_of(pilot), await engine_of(pilot)
    await to_review(pilot)
    await press(pilot, "f5", "y")
    await until(pilot, engine.is_held.is_set)
    await until(pilot, lambda: "done: Add to Outlook: Kick-off" in screen_text(app))
    await stop("writing-with-the-log-open", MainScreen)
    await press(pilot, "f8")
    await stop("stopping", MainScreen)
    await press(pilot, "f8")
    await until_screen(pilot, Question)
    await stop("end-at-once", Question)
    await press(pilot, "w")
    engine.release.set()
    await until_screen(pilot, SummaryDialog)
    await stop("summary-of-a-cancelled-sync", SummaryDialog)


async def engine_of(pilot: Pilot[None]) -> FakeEngine:
    app = app_of(pilot)
    engine = await app.ports.open_engine(app.settings_binding.staging.saved)
    assert isinstance(engine, FakeEngine)
    return engine


async def summary_and_log(pilot: Pilot[None], stop: Stop) -> None:
    await to_review(pilot)
    await press(pilot, "f5", "y")
    await until_screen(pilot, SummaryDialog)
    await stop("summary", SummaryDialog)
    await back_to(pilot, MainScreen)
    await stop("after-a-sync", MainScreen)
    await press(pilot, "f6")
    await stop("log", MainScreen)
    await press(pilot, "m")
    await stop("log-maximized", MainScreen)
    await press(pilot, "slash", *"added", "enter", "up")
    await stop("log-searched-and-paused", MainScreen)
    await press(pilot, "f1")
    await until_screen(pilot, HelpScreen)
    await stop("help-of-the-log", HelpScreen)
    await back_to(pilot, MainScreen)
    await press(pilot, "s")
    await until_screen(pilot, SaveLogDialog)
    await stop("save-the-log", SaveLogDialog)


async def aborted(pilot: Pilot[None], stop: Stop) -> None:
    await press(pilot, "f5", "y")
    await until_screen(pilot, SummaryDialog)
    await stop("summary-of-an-aborted-sync", SummaryDialog)


async def background(pilot: Pilot[None], stop: Stop) -> None:
    await press(pilot, "f5")
    await until_screen(pilot, StartDialog)
    await press(pilot, "b")
    await until_screen(pilot, Question)
    await stop("start-in-the-background", Question)
    await back_to(pilot, MainScreen)
    await press(pilot, "escape", "a", "space", "f2")
    await until_screen(pilot, Question)
    await stop("install-the-background-sync", Question)


async def wizard(pilot: Pilot[None], stop: Stop) -> None:
    await until_screen(pilot, WizardScreen)
    names = ("welcome", "outlook", "salesforce", "what-to-sync", "preview", "first-sync")
    for at, name in enumerate(names, 1):
        await until(pilot, lambda at=at: f"step {at} of 6" in screen_text(pilot.app))  # type: ignore[misc]
        await settled(pilot)
        await stop(f"wizard-{at}-{name}", WizardScreen)
        if name == "preview":
            await press(pilot, "enter")
            await settled(pilot)
            await until(pilot, lambda: not app_of(pilot).screen.query(".-active"))
            await stop("wizard-5-previewed", WizardScreen)
        await press(pilot, "pagedown")


def _calendar() -> Engine:
    script = replace(
        sample_script(),
        refusals={"Kick-off ACME": "Mailbox is full"},
        notices=[Noticed(text="Outlook asks for a pause of 12 seconds.", level="warning")],
    )
    return FakeEngine(script)


def _aborted() -> Engine:
    end = UnreachableError(
        "login.microsoftonline.com does not answer.", "Look at the network, and sync again."
    )
    return FakeEngine(replace(sample_script(), end=end))


def _new() -> Ports:
    return replace(make_ports(FakeEngine(sample_script())), is_new=True)


def _refused() -> Ports:
    error = SignInError("Outlook refuses the sign-in: the token has ended.", command="lpc-tui login outlook")
    return make_ports(places=FakePlaces(error=error))


def _browser() -> Ports:
    question = SignInQuestion(text="If the browser runs on another computer, paste the address it ended at: ")
    return make_ports(sign_in=FakeAccounts(BROWSER, question))


def _both_signed_in() -> Ports:
    salesforce = replace(ACCOUNTS[1], status=replace(ACCOUNTS[1].status, is_signed_in=True))
    return make_ports(accounts=(ACCOUNTS[0], salesforce))


def _with_log() -> Ports:
    return replace(make_ports(_calendar()), log_file=Path("/home/ada/.local/state/lpc-tui/lpc-tui.log"))


TOURS: tuple[Tour, ...] = (
    Tour(make_ports, sync_component),
    Tour(lambda: make_ports(store=BreakableStore()), settings_from_elsewhere),
    Tour(lambda: replace(make_ports(), examine=examine), accounts_component),
    Tour(_refused, lists_without_a_sign_in),
    Tour(_both_signed_in, campaigns),
    Tour(make_ports, sign_in_by_device),
    Tour(_browser, sign_in_by_browser),
    Tour(lambda: make_ports(reports=many_reports()), history_issues_about),
    Tour(lambda: make_ports(reports=many_reports()), why),
    Tour(lambda: make_ports(FakeEngine(sample_script())), calendar_review),
    Tour(lambda: make_ports(FakeEngine(contacts_script(), tasks_script())), contact_and_task_reviews),
    Tour(lambda: make_ports(BrakedEngine(sample_script())), brake),
    Tour(
        lambda: make_ports(
            FakeEngine(sample_script(), contacts_script(), tasks_script(), hold_at=Phase.READ)
        ),
        reading,
    ),
    Tour(lambda: make_ports(Stubborn(sample_script(), hold_at=Phase.APPLY)), writing),
    Tour(_with_log, summary_and_log),
    Tour(lambda: make_ports(_aborted()), aborted),
    Tour(make_ports, background),
    Tour(_new, wizard),
)
