"""The steps of the first-run wizard: each shows one thing to decide and knows nothing of the others.

`screens.wizard` shows one at a time and carries out what they post. A step reads settings through the `value` it is given
and hands back what the person entered (`entered`); it writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Static

from lpc_tui.model.items import Process, Side
from lpc_tui.places.interface import Kind
from lpc_tui.settings import DAY_CHOICES, Auth
from lpc_tui.settings_keys import setting
from lpc_tui.settings_values import Value
from lpc_tui.tui.place_book import PlaceBook
from lpc_tui.tui.plain import content, plain, prose
from lpc_tui.tui.ports import Account
from lpc_tui.tui.remedies import Remedy
from lpc_tui.tui.widgets.fields import Box, DropDown, Edited, Field
from lpc_tui.tui.widgets.place_field import PlaceField

__all__ = ["AccountStep", "ChooseStep", "PreviewStep", "StartStep", "Step", "StepAction", "WelcomeStep"]

ReadValue: TypeAlias = Callable[[str], Value]

_LABEL_WIDTH: Final = 25
_LONGEST_ENTRY: Final = 2_000
_DAYS: Final = tuple((days, f"{days:,}") for days in DAY_CHOICES)

_WELCOME: Final = """\
lpc-tui keeps your Outlook calendar, contacts and tasks and your Salesforce events, contacts and tasks the same, both ways.

Nothing is written to either service before you have seen it and said yes. A few steps lead to a first sync; each can be \
skipped, and what you enter is kept.

Try the demo first, if you like: practice servers on this computer, with sample data and nothing to sign up for."""

_ACCOUNT_WORDS: Final[Mapping[Side, str]] = {
    Side.OUTLOOK: (
        "The sign-in needs the id of an app that your administrator (or you) registered with Microsoft. Then you open an "
        "address in any browser, on any computer, and type a code."
    ),
    Side.SALESFORCE: (
        "The sign-in needs your org's own address and the consumer key of an app that your administrator made there."
    ),
}
_ACCOUNT_KEYS: Final[Mapping[Side, tuple[str, ...]]] = {
    Side.OUTLOOK: ("outlook.client_id", "outlook.authority"),
    Side.SALESFORCE: (
        "salesforce.instance_url",
        "salesforce.client_id",
        "salesforce.username",
        "salesforce.private_key_file",
    ),
}
_JWT_KEYS: Final = frozenset({"salesforce.username", "salesforce.private_key_file"})
_AUTH: Final = "salesforce.auth"

_CHOOSE: Final = (
    "What the first sync is to take part in. Matching items of both sides are linked, not doubled, and deletes from "
    "Salesforce are prevented to begin with; Sync Jobs has the settings of each process."
)
_START: Final = """\
The first sync reads both sides and then shows you, process by process, every item it would add, change, delete or link: \
the Synchronization Summary. Go through it, leave out what you like, and confirm. Only then is anything written.

Let a few such syncs by hand go by before you switch on the Auto Background Sync."""


@dataclass
class StepAction(Message):
    """The person wants something that the screen does."""

    name: str
    """`demo`, `next`, `sign-in`, `preview` or `start`."""


class Step(VerticalScroll, can_focus=False):
    """What all steps have in common: words, fields, buttons; the arrows move between them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def show(self, value: ReadValue) -> None:
        """Show the settings as they are."""

    def entered(self) -> Mapping[str, Value]:
        """What the person entered, by dotted key."""
        return {}

    @property
    def is_done(self) -> bool:
        """Nothing of it is still missing; a step that was passed without that is marked as skipped."""
        return True

    def has(self, remedy: Remedy) -> bool:
        """Whether what an examination leads to can be done here."""
        return False

    def focus_setting(self, key: str) -> None:
        """Put the focus where this setting is entered."""
        for widget in self.query("Field, Input"):
            if key in {widget.name, getattr(widget, "key", "")} and widget.focusable:
                widget.focus()

    def focus_first(self) -> None:
        """Put the focus where the step begins."""
        for widget in self.query("Field, Input, Button"):
            if widget.focusable and widget.display:
                widget.focus()
                return

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(StepAction(event.button.name or ""))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep the focused line in sight without an animation."""
        event.widget.scroll_visible(animate=False)


class WelcomeStep(Step):
    """What this is, and the way to the demo."""

    def compose(self) -> ComposeResult:
        yield Static(_WELCOME, classes="wizard-words")
        yield Button("Connect my accounts", name="next", compact=True)
        yield Button("Try the demo", name="demo", compact=True)


class AccountStep(Step):
    """What a sign-in needs, the sign-in, and who is signed in."""

    def __init__(self, side: Side, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.side = side
        self._is_signed_in = False
        self._stored: Mapping[str, str] = {}
        """What the entries were given to show, by dotted key."""

    @property
    def is_done(self) -> bool:
        return self._is_signed_in

    def has(self, remedy: Remedy) -> bool:
        keys = (*_ACCOUNT_KEYS[self.side], *((_AUTH,) if self.side is Side.SALESFORCE else ()))
        return remedy is self.side or remedy in keys

    def compose(self) -> ComposeResult:
        yield Static(_ACCOUNT_WORDS[self.side], classes="wizard-words")
        if self.side is Side.SALESFORCE:
            options = tuple((method.value, method.label) for method in Auth)
            yield DropDown(
                _AUTH, f"{setting(_AUTH).label}:", options, label_width=_LABEL_WIDTH, id="wizard-auth"
            )
        for key in _ACCOUNT_KEYS[self.side]:
            with Horizontal(classes="wizard-entry", name=key):
                yield Static(f" {setting(key).label}:", classes="wizard-label")
                entry = Input(name=key, compact=True, max_length=_LONGEST_ENTRY)
                entry.cursor_blink = False
                yield entry
        yield Static("", classes="wizard-hint")
        yield Button("Sign in", name="sign-in", compact=True)
        yield Static("", classes="wizard-account")

    def show(self, value: ReadValue) -> None:
        entries = self.query(Input)
        self._stored = {entry.name or "": str(value(entry.name or "")) for entry in entries}
        for entry in entries:
            entry.value = plain(self._stored[entry.name or ""])
        for method in self.query(DropDown):
            method.value = value(method.key)
        self._show_what_is_needed()

    def entered(self) -> Mapping[str, Value]:
        entries: dict[str, Value] = {entry.name or "": self._entry(entry) for entry in self.query(Input)}
        return entries | {method.key: method.value for method in self.query(DropDown)}

    def _entry(self, entry: Input) -> str:
        """What could not be shown as it is stays as it is until something is typed."""
        stored = self._stored.get(entry.name or "", "")
        return stored if entry.value == plain(stored) else entry.value.strip()

    def show_account(self, account: Account) -> None:
        """Show who is signed in."""
        self._is_signed_in = _is_usable(account)
        self.query_one(".wizard-account", Static).update(_account_words(account))

    @property
    def _is_jwt(self) -> bool:
        return any(method.value == Auth.JWT for method in self.query(DropDown))

    def _show_what_is_needed(self) -> None:
        """The user name and the key file are for one way to sign in only."""
        for row in self.query(".wizard-entry"):
            row.display = row.name not in _JWT_KEYS or self._is_jwt

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        event.stop()
        self._show_what_is_needed()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Tell what the focused entry is for."""
        super().on_descendant_focus(event)
        widget = event.widget
        key = widget.key if isinstance(widget, Field) else (widget.name or "")
        words = setting(key).help if "." in key else ""
        self.query_one(".wizard-hint", Static).update(content(words))


class ChooseStep(Step):
    """Which processes take part in the first sync, and how far it reaches."""

    def __init__(self, book: PlaceBook, *, id: str | None = None) -> None:
        """`book` has the names of the chosen places."""
        super().__init__(id=id)
        self._book = book

    def has(self, remedy: Remedy) -> bool:
        return isinstance(remedy, str) and any(field.key == remedy for field in self.query(DropDown))

    def compose(self) -> ComposeResult:
        yield Static(_CHOOSE, classes="wizard-words")
        for process in Process:
            box = Box(process.value, process.label, id=f"wizard-{process}")
            box.set_reactive(Box.value, True)
            yield box
            for name in _day_settings(process):
                key = f"sync.{process}.{name}"
                label = f"    {setting(key).label}:"
                yield DropDown(key, label, _DAYS, label_width=_LABEL_WIDTH + 4)
            kind = next(each for each in Kind if each.side is Side.OUTLOOK and each.process is process)
            label = f"    {kind.noun.capitalize()}:"
            place = PlaceField(kind, kind, self._book, label=label, label_width=_LABEL_WIDTH + 4)
            place.display = False
            yield place

    def show(self, value: ReadValue) -> None:
        for field in self.query(DropDown):
            field.value = value(field.key)

    def entered(self) -> Mapping[str, Value]:
        return {field.key: field.value for field in self.query(DropDown)}

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Only who is signed in has lists to choose from."""
        is_signed_in = any(each.side is Side.OUTLOOK and _is_usable(each) for each in accounts)
        for place in self.query(PlaceField):
            place.display = is_signed_in

    @property
    def processes(self) -> tuple[Process, ...]:
        """Those that are ticked."""
        return tuple(process for process in Process if self.query_one(f"#wizard-{process}", Box).value)

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        event.stop()


class PreviewStep(Step):
    """What a first sync would do, in numbers."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._has_result = False

    @property
    def is_done(self) -> bool:
        return self._has_result

    def compose(self) -> ComposeResult:
        yield Static(
            "Reads both sides and counts what a sync would do. Nothing is written, neither there nor here.",
            classes="wizard-words",
        )
        yield Button("Preview", name="preview", compact=True)
        yield Static("", id="wizard-preview", markup=False)

    def tell(self, words: Content, *, is_result: bool = False) -> None:
        """Show what the preview is at, or what it found."""
        self._has_result |= is_result
        self.query_one("#wizard-preview", Static).update(words)


class StartStep(Step):
    """The first sync."""

    def compose(self) -> ComposeResult:
        yield Static(_START, classes="wizard-words")
        yield Button("Start the first sync", name="start", compact=True)
        yield Static("", id="wizard-missing")

    def show_missing(self, accounts: Sequence[Account]) -> None:
        """Say who is not signed in yet."""
        missing = [account.side.label for account in accounts if not _is_usable(account)]
        words = f"! Nobody is signed in to {' and '.join(missing)} yet." if missing else ""
        self.query_one("#wizard-missing", Static).update(Content(words))


def _day_settings(process: Process) -> tuple[str, ...]:
    return () if process is Process.CONTACT else ("past_days", "future_days")


def _is_usable(account: Account) -> bool:
    return bool(account.token_variable) or account.status.is_signed_in


def _account_words(account: Account) -> Content:
    if account.token_variable:
        return prose(f"Signed in by {account.token_variable} of the environment: nothing more is needed.")
    if not account.status.is_signed_in:
        return prose(f"! Not signed in. {plain(account.status.trouble)}".rstrip())
    who = f" as {account.status.who}" if account.status.who else ""
    return prose(
        f"Signed in{who}. Kept in {account.status.kept_in}.\n{plain(account.status.trouble)}".rstrip()
    )
