"""The Accounts component: who is signed in where and what of it takes part, in a block a service.

Shows the `Account`s that the app fetches and the staged choice of places, and posts what the person asks for. It never holds
a token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from types import MappingProxyType
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from lpc_tui.model.items import Side
from lpc_tui.places.interface import Kind
from lpc_tui.settings_values import ContactScope
from lpc_tui.tui.place_book import PlaceBook
from lpc_tui.tui.plain import MOST, content, fit, plain, wrapped
from lpc_tui.tui.ports import Account
from lpc_tui.tui.staging import Staging
from lpc_tui.tui.widgets.place_field import PlaceField
from lpc_tui.values import stamp_text

__all__ = ["AccountsPanel", "SignInAsked", "SignOutAsked"]

_LABEL_WIDTH = 13
_SERVICES = {Side.OUTLOOK: "Microsoft Outlook (Microsoft Graph)", Side.SALESFORCE: "Salesforce"}
_PLACES: Mapping[Side, Sequence[tuple[Kind, str]]] = MappingProxyType(
    {
        Side.OUTLOOK: (
            (Kind.CALENDAR, "Calendar"),
            (Kind.CONTACT_FOLDER, "Contacts"),
            (Kind.TASK_LIST, "Tasks"),
        ),
        Side.SALESFORCE: ((Kind.SCOPE, "Contacts"), (Kind.CAMPAIGN, "Campaign")),
    }
)
_IN_SCOPE: Mapping[str, str] = MappingProxyType(
    {
        ContactScope.TEAM: (
            "A contact that comes from Outlook belongs to no account of your teams: it is not updated in Salesforce until"
            " it is given one."
        ),
        ContactScope.CAMPAIGN: (
            "A contact that comes from Outlook is no member of the campaign: it is not updated in Salesforce until"
            " it is one."
        ),
    }
)
"""What a choice of contacts means for those that are made by the sync."""


@dataclass
class SignInAsked(Message):
    """The person wants to sign in to a service."""

    side: Side


@dataclass
class SignOutAsked(Message):
    """The person wants to sign out of a service."""

    side: Side


class AccountsPanel(VerticalScroll, can_focus=False):
    """Both services; `>` marks the one that the keys of the screen are for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down", "app.focus_next", show=False),
        Binding("left,up", "app.focus_previous", show=False),
    ]

    def __init__(
        self,
        zone: tzinfo,
        staging: Staging,
        book: PlaceBook,
        note: str = "",
        *,
        id: str | None = None,
    ) -> None:
        """`book` has the names of what is chosen; `note` stands above the services, if there is something to say."""
        super().__init__(id=id)
        self._zone = zone
        self._staging = staging
        self._book = book
        self._note = note
        self._current = Side.OUTLOOK

    def compose(self) -> ComposeResult:
        yield Static("Accounts", classes="heading")
        if self._note:
            yield Static(content(self._note), id="accounts-note")
        for side in Side:
            yield _AccountBlock(side, self._book, is_current=side is self._current)

    def show(self, accounts: Sequence[Account], refused: Mapping[Side, str] = MappingProxyType({})) -> None:
        """Show how the services are reached, who is signed in, and in what words a service has refused that of late."""
        for account in accounts:
            facts = tuple(_facts(account, self._zone, refused.get(account.side, "")))
            self._block(account.side).show(facts)
        self.show_settings()

    def show_settings(self) -> None:
        """Show the staged choice of places, with what is known of them."""
        for field in self.query(PlaceField):
            field.value = self._staging.value(field.key)
            field.is_dirty = self._staging.is_edited(field.key)
        scope = str(self._staging.value(Kind.SCOPE))
        self.query_one("#place-campaign").display = scope == ContactScope.CAMPAIGN
        self.query_one("#scope-note", Static).update(Content(_IN_SCOPE.get(scope, "")))
        self.query_one("#scope-note").display = scope in _IN_SCOPE
        if self.focused_place is not None:
            self.call_after_refresh(self._block(self._current).scroll_visible, animate=False)

    @property
    def focused_place(self) -> Kind | None:
        """The list that the field with the focus is chosen from."""
        focused = self.screen.focused
        return focused.kind if isinstance(focused, PlaceField) and self in focused.ancestors else None

    def focus_first(self) -> None:
        """Put the focus on the service that is marked."""
        self._block(self._current).query(Button).first().focus()

    def ask_sign_in(self) -> None:
        """Post that the person wants to sign in to the service that is marked."""
        self.post_message(SignInAsked(self._current))

    def ask_sign_out(self) -> None:
        """Post that the person wants to sign out of the service that is marked."""
        self.post_message(SignOutAsked(self._current))

    def _block(self, side: Side) -> _AccountBlock:
        return self.query_one(f"#account-{side}", _AccountBlock)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.has_class("sign-in"):
            self.ask_sign_in()
        else:
            self.ask_sign_out()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Mark the service that has the focus, and keep all of it in sight."""
        block = next(each for each in event.widget.ancestors if isinstance(each, _AccountBlock))
        if block.side is not self._current:
            self._block(self._current).mark(False)
            self._current = block.side
            block.mark(True)
        block.scroll_visible(animate=False)
        event.widget.scroll_visible(animate=False)


class _AccountBlock(Vertical):
    """One service: its name, its buttons, what is known of it, what of it takes part."""

    def __init__(self, side: Side, book: PlaceBook, *, is_current: bool) -> None:
        super().__init__(id=f"account-{side}", classes="account")
        self.side = side
        self._book = book
        self._is_current = is_current
        self._facts: Sequence[tuple[str, str]] = ()

    def compose(self) -> ComposeResult:
        with Horizontal(classes="account-title"):
            yield Static(self._heading(), classes="account-name")
            yield Button("Sign in", classes="sign-in", compact=True)
            yield Button("Sign out", classes="sign-out", compact=True)
        yield Static("", classes="account-text")
        for kind, label in _PLACES[self.side]:
            name = kind.rpartition(".")[2].replace("_", "-")
            yield PlaceField(
                kind.value,
                kind,
                self._book,
                label=f" {label}",
                label_width=_LABEL_WIDTH + 1,
                id=f"place-{name}",
            )
        if self.side is Side.SALESFORCE:
            yield Static("", id="scope-note", markup=False)

    def show(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these labels and values; a value may be foreign."""
        self._facts = facts
        self._fill()

    def on_resize(self) -> None:
        """What is too long for a line goes on below its beginning."""
        self._fill()

    def _fill(self) -> None:
        lines = [line for label, value in self._facts for line in _lines(label, value, self.size.width)]
        self.query_one(".account-text", Static).update(Content("\n").join(lines))

    def mark(self, is_current: bool) -> None:
        self._is_current = is_current
        self.query_one(".account-name", Static).update(self._heading())

    def _heading(self) -> Content:
        return Content(f"{'>' if self._is_current else ' '} {_SERVICES[self.side]}")


def _lines(label: str, value: str, width: int) -> Iterable[Content]:
    """A fact in lines of at most `width` cells."""
    for at, line in enumerate(wrapped(plain(value, MOST), max(width - _LABEL_WIDTH - 3, 1))):
        yield Content(f"  {fit('' if at else label, _LABEL_WIDTH)} {line}")


def _facts(account: Account, zone: tzinfo, refused: str) -> Iterable[tuple[str, str]]:
    """What is known of a service: labels and values."""
    yield from _sign_in_facts(account, zone)
    if refused:
        yield "Refused", f"! {refused}"
    yield "Address", account.address or "(not set)"
    yield from account.details


def _sign_in_facts(account: Account, zone: tzinfo) -> Iterable[tuple[str, str]]:
    status = account.status
    if account.token_variable:
        yield "Signed in", f"by {account.token_variable} of the environment"
        yield "", "While it is set, a sign-in here is not used."
        return
    if status.is_signed_in:
        yield "Signed in", status.who or "yes; the service does not say who"
    else:
        yield "Signed in", "! not signed in"
    if status.trouble:
        yield "Trouble", status.trouble
    if status.method:
        yield "Method", status.method
    if status.kept_in:
        yield "Kept in", status.kept_in
    if status.expires is not None:
        yield "Token until", f"{stamp_text(status.expires, zone)}; it is renewed by itself"
