"""One row of the review in full: every field with what was before, what each side says now and what will be.

A conflict is decided here field by field. Shows the `ReviewState` it is given and hands it the choices; the review itself
shows them when this screen is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from lpc_tui.model.items import Side
from lpc_tui.model.plan import WHOLE
from lpc_tui.tui.field_lines import grid_lines
from lpc_tui.tui.plain import cells, content, fit, plain, prose, wrapped
from lpc_tui.tui.review_fields import FieldView, fields_of
from lpc_tui.tui.review_rows import reasons_of
from lpc_tui.tui.review_state import ReviewState
from lpc_tui.tui.screens.lean import LeanScreen
from lpc_tui.tui.widgets.line_list import LineList
from lpc_tui.tui.widgets.line_pane import LinePane, PaneLine
from lpc_tui.tui.widgets.lines import KeyLine, Line, TitleLine

__all__ = ["ItemScreen"]

_DECISION = 17
"""Cells of "Salesforce wins"."""
_MOST_TITLE = 200


class FieldList(LineList):
    """The fields of the item: sign, label, who wins, and the beginning of what will be."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"fields--open"}

    DEFAULT_CSS = """
    FieldList { & > .fields--open { color: $text-warning; text-style: bold; } }
    """

    @dataclass
    class FieldShown(Message):
        """Another field, or the same one with another choice, is under the cursor."""

        view: FieldView | None

    @dataclass
    class PageAsked(Message):
        """The texts of the field are to be scrolled by so many pages."""

        pages: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._views: Sequence[FieldView] = ()
        self._choices: Mapping[str, Side] = {}

    @property
    def line_count(self) -> int:
        return len(self._views)

    @property
    def view(self) -> FieldView | None:
        """The field under the cursor."""
        return self._views[self.cursor] if self.cursor < len(self._views) else None

    def show(self, views: Sequence[FieldView], choices: Mapping[str, Side]) -> None:
        """Show these fields; `choices` tells who wins which, as far as the person has said."""
        self._views, self._choices = views, choices
        self.lines_changed()
        self.cursor_moved()

    def cursor_moved(self) -> None:
        self.post_message(self.FieldShown(self.view))

    def action_page(self, direction: int) -> None:
        self.post_message(self.PageAsked(direction))

    def line(self, at: int, width: int) -> tuple[str, str]:
        view = self._views[at]
        label = max(cells(each.label) for each in self._views)
        winner = self._choices.get(view.name)
        decision = f"{winner.label} wins" if winner else "undecided" if view.sign == "?" else ""
        after = "" if view.sign == "?" else f"will be: {view.after}"
        text = f" {view.sign:<3} {fit(view.label, label)}  {decision:<{_DECISION}}{after}"
        return text, "fields--open" if view.sign == "?" else ""


class ValuePane(LinePane):
    """The texts of one field, in full."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: FieldView | None = None
        self._alike: Sequence[str] = ()

    def show(self, view: FieldView | None, alike: Sequence[str]) -> None:
        """Show a field, from its top unless it is the same; `alike` are the labels of those on which both sides agree."""
        if view is None or self._view is None or view.name != self._view.name:
            self.to_top()
        self._view, self._alike = view, alike
        self.lay_out()

    def content(self, width: int) -> Iterator[PaneLine]:
        if self._view is None:
            yield PaneLine("There is no field to show.", "weak")
        else:
            yield PaneLine(self._view.label, "strong")
            for text, is_heading in grid_lines(self._view.marked(), width):
                yield PaneLine(text, "weak" if is_heading else "")
        if self._alike:
            words = f"Alike on both sides: {', '.join(self._alike)}"
            yield from (PaneLine(text, "weak") for text in wrapped(words, width))


class ItemScreen(LeanScreen[None]):
    """Leaves by Escape; what was chosen is in the `ReviewState` by then."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "choose('outlook')", "Outlook", id="item.outlook"),
        Binding("s", "choose('salesforce')", "Salesforce", id="item.salesforce"),
        Binding("u", "choose('')", "Undecided", id="item.undecided"),
        Binding("O", "choose_all('outlook')", "All Outlook", id="item.all_outlook"),
        Binding("S", "choose_all('salesforce')", "All Salesforce", id="item.all_salesforce"),
        Binding("z", "undo", "Undo", id="item.undo"),
        Binding("escape,enter,q", "dismiss", "Back", id="item.back"),
    ]

    fields = getters.query_one(FieldList)
    values = getters.query_one(ValuePane)

    def __init__(self, state: ReviewState, key: str, zone: tzinfo) -> None:
        """`key` is the row's."""
        super().__init__()
        self._state = state
        self._key = key
        self._zone = zone
        self._alike: Sequence[str] = ()

    def compose(self) -> ComposeResult:
        yield TitleLine(id="item-title")
        yield Line(id="item-action")
        yield Static("", id="item-reasons")
        yield FieldList(id="item-fields")
        yield ValuePane(id="item-values")
        yield KeyLine()

    def on_mount(self) -> None:
        self._show()
        self.fields.focus()

    def _show(self) -> None:
        row = self._state.rows[self._key]
        title = f"{self._state.process.label}: {plain(row.step.title, _MOST_TITLE)}"
        self.query_one("#item-title", Line).show(content(title))
        self.query_one("#item-action", Line).show(Content(f"{row.sign} {row.words}"))
        self.query_one("#item-reasons", Static).update(prose("\n".join(reasons_of(row.step))))
        choices = self._state.chosen(self._key)
        views, self._alike = fields_of(row.step, self._zone, choices)
        self.fields.styles.height = max(min(len(views), self.size.height // 3), 1)
        self.fields.show(views, choices)

    @on(FieldList.FieldShown)
    def _field_shown(self, event: FieldList.FieldShown) -> None:
        self.values.show(event.view, self._alike)

    @on(FieldList.PageAsked)
    def _page_asked(self, event: FieldList.PageAsked) -> None:
        height = max(self.values.size.height - 1, 1)
        self.values.scroll_relative(y=event.pages * height, animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that choose a side are for items in conflict; those for all fields, where there are several."""
        match action:
            case "choose":
                return self._state.is_disputed(self._key)
            case "choose_all":
                return len(self._state.disputed(self._key)) > 1
            case _:
                return super().check_action(action, parameters)

    def action_choose(self, side: str) -> None:
        disputed = self._state.disputed(self._key)
        view = self.fields.view
        if disputed and (view is None or view.name not in disputed):
            self._hint("This field is not in conflict. Up and Down lead to those that are.")
        else:
            self._choose(side, view.name if disputed and view else WHOLE)

    def action_choose_all(self, side: str) -> None:
        self._choose(side, WHOLE)

    def _choose(self, side: str, field: str) -> None:
        self._state.choose(self._key, Side(side) if side else None, field)
        self._show()

    def action_undo(self) -> None:
        if words := self._state.undo():
            self._hint(f"Taken back: {words}.")
            self._show()
        else:
            self._hint("There is nothing to take back.")

    def _hint(self, words: str) -> None:
        self.app.clear_notifications()
        self.notify(words, markup=False, timeout=3.0)
