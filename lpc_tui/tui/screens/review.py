"""The Synchronization Summary of one process: what would be done, row by row; nothing is written before the person confirms.

Shows a `ReviewState` and hands it what the person says; keys are answered at once however many rows there are: a filter
looks at them in slices, and an answer renews the rows it is about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.widgets import Input, Static

from lpc_tui.engine.interface import Proposal
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import Answers, Hold, Plan
from lpc_tui.tui.messages import WhyAsked
from lpc_tui.tui.plain import content, prose
from lpc_tui.tui.review_filter import SLICE, RowFilter, matching
from lpc_tui.tui.review_rows import Row, RowKind, id_of, to_review
from lpc_tui.tui.review_state import ReviewState
from lpc_tui.tui.review_words import brake_words, consent_words, is_grave, why_words, write_words
from lpc_tui.tui.screens.item import ItemScreen
from lpc_tui.tui.screens.lean import LeanScreen
from lpc_tui.tui.screens.question import NO, YES, Answer, Question
from lpc_tui.tui.widgets.lines import KeyLine, Line, TitleLine
from lpc_tui.tui.widgets.review_detail import ReviewDetail
from lpc_tui.tui.widgets.review_kinds import KindsLine
from lpc_tui.tui.widgets.review_table import ReviewHeader, ReviewTable

__all__ = ["ReviewScreen"]

_HINT_S = 3.0
_NO_ANSWERS: Mapping[Process, Answers] = {}


class ReviewScreen(LeanScreen[Answers | None]):
    """Returns the answers if the plan is confirmed; None if the person went back."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - declared so by Textual
        (0, "-tiny"),
        (78, "-narrow"),
        (100, "-wide"),
        (140, "-broad"),
    ]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "confirm", "Synchronize", id="review.confirm"),
        Binding("space", "toggle_row", "In/out", id="review.toggle"),
        Binding("a", "include_all", "All in", id="review.include_all"),
        Binding("n", "exclude_all", "All out", id="review.exclude_all"),
        Binding("z", "undo", "Undo", id="review.undo"),
        Binding("o", "choose('outlook')", "Outlook", id="review.outlook"),
        Binding("s", "choose('salesforce')", "Salesforce", id="review.salesforce"),
        Binding("u", "choose('')", "Undecided", show=False, id="review.undecided"),
        Binding("enter", "open_item", "Open", id="review.item"),
        Binding("y", "consent", "Yes", id="review.consent"),
        Binding("w", "why", "Why?", id="review.why"),
        Binding("f", "next_kind(1)", "Filter", id="review.filter"),
        Binding("F", "next_kind(-1)", "Filter before", show=False, id="review.filter_before"),
        Binding("t", "next_side", "Side", show=False, id="review.side"),
        Binding("slash", "search", "Search", key_display="/", id="review.search"),
        Binding("d", "toggle_detail", "Detail", show=False, id="review.detail"),
        Binding("escape", "back", "Back", id="review.back"),
        Binding("f8,ctrl+x", "leave", "Cancel sync", show=False, id="review.leave"),
    ]

    table = getters.query_one(ReviewTable)
    detail = getters.query_one(ReviewDetail)
    search = getters.query_one("#review-search", Input)

    def __init__(
        self,
        proposal: Proposal,
        state: ReviewState,
        zone: tzinfo,
        confirmed: Mapping[Process, Answers] = _NO_ANSWERS,
    ) -> None:
        """Args:
        proposal: all that is reviewed.
        state: of the process under review here; making one goes through all its rows.
        zone: the local one.
        confirmed: what was said of the processes that were reviewed before this one.
        """
        super().__init__()
        self._proposal = proposal
        self._process = state.process
        self._zone = zone
        self._confirmed = confirmed
        self._all = to_review(proposal.plans)
        """The processes that are reviewed one after the other."""
        self._state = state
        self._filter = RowFilter()
        self._visible: Sequence[str] = self._state.rows.keys
        self._is_looking = False
        """The filter has not gone through all rows yet."""

    @property
    def answers(self) -> Answers:
        """What the person has said so far."""
        return self._state.answers

    @property
    def plan(self) -> Plan:
        """The plan as it is with the answers so far."""
        return self._state.plan

    def compose(self) -> ComposeResult:
        yield TitleLine(id="review-title")
        yield Static("", id="review-brake")
        yield KindsLine(id="review-kinds")
        with Horizontal(id="review-filter"):
            yield Line(id="review-shown")
            yield self._search_box()
        with Container(id="review-body"):
            with Vertical(id="review-list"):
                yield ReviewHeader(self._process)
                yield ReviewTable(self._state.rows, self._process, self._zone, id="review-table")
            yield ReviewDetail(self._zone, id="review-detail")
        yield KeyLine()

    def on_unmount(self) -> None:
        """Let go of what may be ten thousand rows: a screen stays until garbage is collected."""
        self._state.let_go()
        del self._proposal

    def _search_box(self) -> Input:
        search = Input(placeholder="Search: /", id="review-search", compact=True, select_on_focus=False)
        search.cursor_blink = False
        return search

    def on_mount(self) -> None:
        brake = self.query_one("#review-brake", Static)
        brake.display = bool(self.plan.brakes)
        brake.update(prose("\n".join(f"! {reason.sentence}" for reason in self.plan.brakes)))
        self.table.show(self._visible)
        self._show()
        self.table.focus()

    # What is shown

    def _show(self) -> None:
        """Show the sums and what is filtered; the table shows the rows."""
        rows = self._state.rows
        place = f" ({self._all.index(self._process) + 1} of {len(self._all)})" if len(self._all) > 1 else ""
        title = f"Synchronization Summary: {self._process.label}{place}   {rows.writes:,} to write"
        self.query_one(TitleLine).show(Content(f"{title}, {self.plan.unchanged:,} unchanged"))
        self.query_one(KindsLine).show_counts(rows.counts, len(rows), self._filter.kind)
        self._show_filter()

    def _show_filter(self) -> None:
        words = f"Showing {len(self._visible):,} of {len(self._state.rows):,}"
        if self._is_looking:
            words += ", looking"
        if self._filter.is_on:
            words += f": {self._filter.words} (Esc clears)"
        self.query_one("#review-shown", Line).show(content(words))

    @on(ReviewTable.CursorMoved)
    def _cursor_moved(self, event: ReviewTable.CursorMoved) -> None:
        if event.row is None:
            self.detail.show(None, {}, is_by_field=False)
            return
        key = event.row.key
        is_by_field = len(self._state.disputed(key)) > 1
        self.detail.show(event.row, self._state.chosen(key), is_by_field=is_by_field)

    # What the person says

    def _answered(self, *, is_one_row: bool = True) -> None:
        """Show what an answer changed."""
        if is_one_row:
            self.table.row_changed()
        else:
            self.table.rows_changed()
        self._show()

    def action_toggle_row(self) -> None:
        row = self.table.row
        if row is None or not row.can_exclude:
            self._hint("Nothing in this row would be done.")
            return
        if row.is_included:
            self._state.leave_out([row.key])
        else:
            self._state.take_in([row.key])
        self._answered()

    def action_include_all(self) -> None:
        self._answer_all(self._state.take_in, "taken in")

    def action_exclude_all(self) -> None:
        self._answer_all(self._state.leave_out, "left out")

    def _answer_all(self, answer: Callable[[Sequence[str]], int], what: str) -> None:
        if self._is_looking:
            self._hint("Still looking for the rows; press it again.")
            return
        number = answer(self._visible)
        if not number:
            self._hint(f"None of the rows shown can be {what}.")
            return
        self._answered(is_one_row=False)
        shown = " of those shown" if self._filter.is_on else ""
        self._hint(f"{number:,}{shown} {what}. z takes it back.", is_news=True)

    def action_undo(self) -> None:
        if words := self._state.undo():
            self._answered(is_one_row=False)
            self._hint(f"Taken back: {words}.", is_news=True)
        else:
            self._hint("There is nothing to take back.")

    def action_choose(self, side: str) -> None:
        row = self.table.row
        if row is None or not self._state.is_disputed(row.key):
            self._hint("There is nothing in this row to choose a side for.")
            return
        self._state.choose(row.key, Side(side) if side else None)
        self._answered()

    def action_open_item(self) -> None:
        row = self.table.row
        if row is not None:
            self.app.push_screen(
                ItemScreen(self._state, row.key, self._zone), lambda _: self._answered(is_one_row=False)
            )

    def action_why(self) -> None:
        """Ask why the plan is what it is about the item of this row."""
        row = self.table.row
        if row is not None:
            outlook_id, salesforce_id = id_of(row.step, Side.OUTLOOK), id_of(row.step, Side.SALESFORCE)
            self.app.post_message(WhyAsked(self._process, outlook_id, salesforce_id, why_words(row)))

    def action_consent(self) -> None:
        row = self.table.row
        if row is None:
            return
        if row.has_consent:
            self._state.consent(row.key, is_given=False)
            self._answered()
            return
        if not any(op.hold is Hold.CONSENT for op in row.step.operations):
            self._hint("Nothing in this row waits for a yes.")
            return

        def answered(answer: str | None) -> None:
            if answer == YES.name:
                self._state.consent(row.key, is_given=True)
                self._answered()

        title, words = consent_words(row, self._zone)
        self.app.push_screen(Question(title, prose(words), (YES, NO), default=1), answered)

    def _hint(self, words: str, *, is_news: bool = False) -> None:
        """Why a key did nothing, or what it did; the next one takes its place."""
        self.app.clear_notifications()
        level: SeverityLevel = "information" if is_news else "warning"
        self.notify(words, severity=level, timeout=_HINT_S, markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what this plan has none of are not offered."""
        match action:
            case "choose":
                return self._state.has_disputes
            case "consent":
                return self._state.has_waiting
            case _:
                return super().check_action(action, parameters)

    # Filters

    def action_next_kind(self, by: int) -> None:
        kinds = [None, *(kind for kind in RowKind if self._state.rows.counts[kind])]
        at = kinds.index(self._filter.kind) if self._filter.kind in kinds else 0
        self._narrow(replace(self._filter, kind=kinds[(at + by) % len(kinds)]))

    def action_next_side(self) -> None:
        sides = [None, Side.OUTLOOK, Side.SALESFORCE]
        self._narrow(replace(self._filter, side=sides[(sides.index(self._filter.side) + 1) % len(sides)]))

    def action_search(self) -> None:
        self.search.focus()

    @on(Input.Changed, "#review-search")
    def _searched(self, event: Input.Changed) -> None:
        self._narrow(replace(self._filter, needle=event.value.casefold().strip()))

    @on(Input.Submitted, "#review-search")
    def _search_done(self) -> None:
        self.table.focus()

    def _narrow(self, wanted: RowFilter) -> None:
        """Choose the visible rows anew; a row that changes its kind by an answer stays until then.

        The first slice is shown at once; a worker looks at the others between keys.
        """
        if wanted == self._filter:
            return
        self._filter = wanted
        slices = matching(self._state.rows, wanted)
        self._visible = next(slices)
        self._is_looking = len(self._state.rows) > SLICE
        self.table.show(self._visible)
        self._show()
        if self._is_looking:
            self.app.run_worker(self._look_on(slices), group="filter", exclusive=True, exit_on_error=False)

    async def _look_on(self, slices: Iterator[list[str]]) -> None:
        visible = list(self._visible)
        for found in slices:
            visible += found
            await asyncio.sleep(0)
        self._visible = visible
        self._is_looking = False
        self.table.show(visible)
        self._show_filter()

    # The end

    def action_toggle_detail(self) -> None:
        self.detail.display = not self.detail.display
        if not self.detail.display:
            self.table.focus()

    def action_back(self) -> None:
        if self.detail.has_focus:
            self.table.focus()
        elif self.search.has_focus or self._filter.is_on:
            self.search.value = ""
            self._narrow(RowFilter())
            self.table.focus()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        if self.answers == Answers() and all(said == Answers() for said in self._confirmed.values()):
            self.dismiss(None)
        else:
            self._ask_to_leave()

    def _ask_to_leave(self) -> None:
        def answered(answer: str | None) -> None:
            if answer == YES.name:
                self.dismiss(None)

        question = Question(
            "Leave the review?", "Nothing is written, and your choices here are lost.", (YES, NO), default=1
        )
        self.app.push_screen(question, answered)

    def action_confirm(self) -> None:
        if self.plan.brakes:
            self._ask_at_the_brake()
        else:
            self._ask_to_write()

    def _ask_at_the_brake(self) -> None:
        def answered(answer: str | None) -> None:
            if answer == "go":
                self._state.accept_brake()
                self.dismiss(self.answers)

        answers = (Answer("go", "g", "Go on all the same"), Answer("back", "b", "Back to the review"))
        words = prose(brake_words(self.plan))
        self.app.push_screen(Question("Stop before a disaster?", words, answers, default=1), answered)

    def _ask_to_write(self) -> None:
        def answered(answer: str | None) -> None:
            if answer == YES.name:
                self.dismiss(self.answers)

        later = self._all[self._all.index(self._process) + 1 :]
        plans = {self._process: self.plan} if later else self._plans()
        consents = [row.step for row in self._consented()]
        body = write_words(plans, consents)
        title = "Synchronize now?"
        if later:
            title = f"Synchronize {self._process.label} so?"
            body += f"\n\nNext: {later[0].label}. Nothing is written before the last is confirmed."
        default = 1 if is_grave(plans.values(), consents) else 0
        self.app.push_screen(Question(title, prose(body), (YES, NO), default=default), answered)

    def _plans(self) -> Mapping[Process, Plan]:
        """All plans of the run, as confirmed so far and as this one is now."""
        plans = {of: self._proposal.answered(of, said) for of, said in self._confirmed.items()}
        return {**plans, self._process: self.plan}

    def _consented(self) -> list[Row]:
        rows = (self._state.rows[key] for key in sorted(self.answers.consents))
        return [row for row in rows if row.step.writes]
