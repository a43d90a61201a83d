"""The first-run wizard: from nothing to a first sync, one step a screen, each of which can be skipped.

`flows.first_run` opens it on a profile that has no settings yet, or when the person asks for it, and gives it a `Desk`
that saves, signs in and previews. It holds no sync logic and writes nothing by itself.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, ContentSwitcher, Static

from lpc_tui.engine.interface import Cancel, RunResult
from lpc_tui.errors import LpcError
from lpc_tui.model.items import Process, Side
from lpc_tui.places.interface import Kind
from lpc_tui.settings_values import Value
from lpc_tui.tui.place_book import PlaceBook
from lpc_tui.tui.plain import content, prose
from lpc_tui.tui.ports import Account
from lpc_tui.tui.remedies import Remedy, error_words
from lpc_tui.tui.screens.lean import LeanScreen
from lpc_tui.tui.widgets.lines import KeyLine, TitleLine
from lpc_tui.tui.widgets.place_field import PlaceAsked
from lpc_tui.tui.widgets.wizard_steps import (
    AccountStep,
    ChooseStep,
    PreviewStep,
    StartStep,
    Step,
    StepAction,
    WelcomeStep,
)
from lpc_tui.wording import counts_words

__all__ = ["Desk", "WizardEnd", "WizardScreen"]


class Desk(Protocol):
    """What the wizard has done for it."""

    def value(self, key: str) -> Value:
        """The setting as it is saved."""

    async def save(self, changes: Mapping[str, Value]) -> str:
        """Write settings; returns why that did not work, empty if it did."""

    async def sign_in(self, side: Side) -> str:
        """Lead through a sign-in; returns why that did not work, empty if it did or was called off."""

    async def choose(self, kind: Kind) -> str:
        """Let the person choose from a list of the service's, and save it; returns why not, if that did not work."""

    async def examine(self) -> Remedy | None:
        """Show what is in the way of a sync; returns the remedy that the person wants to go to."""

    async def accounts(self) -> Sequence[Account]:
        """Who is signed in."""

    async def preview(
        self, processes: Sequence[Process], tell: Callable[[str], None], cancel: Cancel
    ) -> RunResult:
        """A dry run; `tell` is given what it is at. Raises `LpcError`."""


class WizardEnd(enum.Enum):
    """How the wizard was left."""

    LATER = "later"
    DEMO = "demo"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    title: str


_PLACES = (
    _Place("welcome", "Welcome"),
    _Place("outlook", "Outlook"),
    _Place("salesforce", "Salesforce"),
    _Place("choose", "What to sync"),
    _Place("preview", "Preview"),
    _Place("start", "First sync"),
)


class WizardScreen(LeanScreen[WizardEnd]):
    """Returns how it was left; `chosen` are then the processes of the first sync."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "go(1)", "Next", key_display="PgDn", id="wizard.next"),
        Binding("pageup", "go(-1)", "Back", key_display="PgUp", id="wizard.back"),
        Binding("f9", "examine", "Examine", id="wizard.examine"),
        Binding("escape", "later", "Not now", id="wizard.later"),
    ]

    def __init__(self, desk: Desk, book: PlaceBook) -> None:
        """`book` has the names of the chosen places."""
        super().__init__()
        self._book = book
        self.chosen: tuple[Process, ...] = ()
        self._desk = desk
        self._at = 0
        self._passed: set[int] = set()
        self._preview: Cancel | None = None

    def compose(self) -> ComposeResult:
        yield TitleLine(id="title")
        with Horizontal(id="wizard-body"):
            yield Static("", id="wizard-steps")
            with Vertical(id="wizard-right"):
                with ContentSwitcher(initial="wizard-welcome", id="wizard-content"):
                    yield WelcomeStep(id="wizard-welcome")
                    yield AccountStep(Side.OUTLOOK, id="wizard-outlook")
                    yield AccountStep(Side.SALESFORCE, id="wizard-salesforce")
                    yield ChooseStep(self._book, id="wizard-choose")
                    yield PreviewStep(id="wizard-preview-step")
                    yield StartStep(id="wizard-start")
                yield Static("", id="wizard-problem", markup=False)
                with Horizontal(id="wizard-buttons"):
                    yield Button("Back", id="wizard-back", compact=True)
                    yield Button("Next", id="wizard-next", compact=True)
                    yield Button("Not now", id="wizard-later", compact=True)
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        for step in self.query(Step):
            step.show(self._desk.value)
        self._show_place()

    # Moving

    @property
    def _steps(self) -> Sequence[Step]:
        return list(self.query(Step))

    @property
    def _step(self) -> Step:
        return self._steps[self._at]

    def _show_place(self) -> None:
        place = _PLACES[self._at]
        self.query_one("#wizard-content", ContentSwitcher).current = self._step.id
        title = f"Set up lpc-tui   step {self._at + 1} of {len(_PLACES)}: {place.title}"
        self.query_one(TitleLine).show(content(title))
        self._show_steps()
        self.query_one("#wizard-back", Button).visible = self._at > 0
        self.query_one("#wizard-next", Button).visible = self._at < len(_PLACES) - 1
        self.query_one(KeyLine).refresh_keys()
        self._tell_problem("")
        self._step.focus_first()
        self._show_accounts()

    def _show_steps(self) -> None:
        marked = Content("\n".join(self._mark(at, place) for at, place in enumerate(_PLACES)))
        self.query_one("#wizard-steps", Static).update(marked)

    def _mark(self, at: int, place: _Place) -> str:
        if at == self._at:
            return f"> {at + 1} {place.title}"
        mark = ("x" if self._steps[at].is_done else "-") if at in self._passed else " "
        return f"{mark} {at + 1} {place.title}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing before the first step, and nothing after the last."""
        if action == "go" and parameters:
            return 0 <= self._at + (1 if parameters == (1,) else -1) < len(_PLACES)
        return super().check_action(action, parameters)

    @work(group="wizard", exclusive=True, exit_on_error=False)
    async def action_go(self, by: int) -> None:
        """To the next step, or the one before; what was entered here is saved first."""
        if not 0 <= self._at + by < len(_PLACES) or not await self._save():
            return
        if isinstance(self._step, ChooseStep) and by > 0 and not self.query_one(ChooseStep).processes:
            self._tell_problem("Tick at least one process.")
            return
        self._stop_preview()
        if by > 0:
            self._passed.add(self._at)
        self._at += by
        self._show_place()

    async def _save(self) -> bool:
        problem = await self._desk.save(self._step.entered())
        self._tell_problem(problem)
        return not problem

    def _tell_problem(self, problem: str) -> None:
        self.query_one("#wizard-problem", Static).update(prose(problem))
        self.query_one("#wizard-problem").display = bool(problem)

    @work(group="wizard-accounts", exclusive=True, exit_on_error=False)
    async def _show_accounts(self) -> None:
        if not isinstance(self._step, AccountStep | ChooseStep | StartStep):
            return
        accounts = await self._desk.accounts()
        for step in self.query(AccountStep):
            for account in accounts:
                if account.side is step.side:
                    step.show_account(account)
        self.query_one(ChooseStep).show_accounts(accounts)
        self.query_one(StartStep).show_missing(accounts)
        self._show_steps()

    # What the steps want

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "wizard-back":
                self.action_go(-1)
            case "wizard-next":
                self.action_go(1)
            case _:
                self.action_later()

    @on(StepAction)
    def _step_action(self, message: StepAction) -> None:
        message.stop()
        match message.name:
            case "demo":
                self._leave(WizardEnd.DEMO)
            case "next":
                self.action_go(1)
            case "sign-in":
                self._sign_in()
            case "preview":
                self._show_preview()
            case "start":
                self._leave(WizardEnd.SYNC)

    def action_later(self) -> None:
        self._leave(WizardEnd.LATER)

    def _leave(self, end: WizardEnd) -> None:
        self._stop_preview()
        self.chosen = self.query_one(ChooseStep).processes
        self.dismiss(end)

    @work(group="wizard", exclusive=True, exit_on_error=False)
    async def _sign_in(self) -> None:
        step = self._step
        if isinstance(step, AccountStep) and await self._save():
            problem = await self._desk.sign_in(step.side)
            self._tell_problem(f"{problem}\n{self._examine_words()}" if problem else "")
            self._show_accounts()

    def _examine_words(self) -> str:
        return f"{self.key_of('wizard.examine')} looks for what is in the way, and what to do about it."

    @work(group="wizard", exclusive=True, exit_on_error=False)
    async def action_examine(self) -> None:
        """Look for what is in the way, by what is entered here, and go where something can be done about it."""
        if not await self._save():
            return
        remedy = await self._desk.examine()
        if remedy is not None:
            self._go_to(remedy)
        self._show_accounts()

    def _go_to(self, remedy: Remedy) -> None:
        """Show the step where the remedy is; what no step has is told where it is to be found."""
        steps = self._steps
        at = next((at for at, step in enumerate(steps) if step.has(remedy)), None)
        if at is None:
            self._tell_problem("Settings and Rebuild History have that: leave the setup first, with Esc.")
            return
        self._at = at
        self._show_place()
        if isinstance(remedy, str):
            self._step.focus_setting(remedy)

    @on(PlaceAsked)
    def _place_asked(self, message: PlaceAsked) -> None:
        message.stop()
        self._choose(message.kind)

    @work(group="wizard", exclusive=True, exit_on_error=False)
    async def _choose(self, kind: Kind) -> None:
        if await self._save():
            self._tell_problem(await self._desk.choose(kind))
            self._step.show(self._desk.value)

    @work(group="wizard-preview", exclusive=True, exit_on_error=False)
    async def _show_preview(self) -> None:
        step = self.query_one(PreviewStep)
        self._stop_preview()
        cancel = self._preview = Cancel()
        step.tell(Content("Starting."))
        try:
            result = await self._desk.preview(
                self.query_one(ChooseStep).processes, lambda words: step.tell(Content(words)), cancel
            )
        except LpcError as error:
            words = prose(f"{error.title}: {error_words(error)}")
            is_result = False
        else:
            words = _preview_words(result)
            is_result = result.error is None
        if cancel is self._preview:
            self._preview = None
            step.tell(words, is_result=is_result)

    def _stop_preview(self) -> None:
        if self._preview is not None:
            self._preview.request()
            self._preview = None
            self.query_one(PreviewStep).tell(Content("The preview was left."))


def _preview_words(result: RunResult) -> Content:
    """What a dry run found."""
    lines = [
        Content(f"{process.label}: {counts_words(counts)}.") for process, counts in result.counts.items()
    ]
    if result.error is not None:
        lines.append(prose(f"{result.error.title}: {error_words(result.error)}"))
    elif any(counts.conflicts for counts in result.counts.values()):
        lines.append(
            Content("What is in conflict waits, untouched, until you decide it in the summary or later.")
        )
    return Content("\n").join(lines)
