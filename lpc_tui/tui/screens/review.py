"""The Synchronization Summary of one process: what would be done, row by row; nothing is written before the person confirms.

Collects `Answers`; what they lead to is asked of the `Proposal`, which alone knows how to plan.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import tzinfo
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from lpc_tui.engine.interface import Proposal
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import WHOLE, Answers, Hold, Plan
from lpc_tui.model.rules import Action
from lpc_tui.tui.choosing import chosen, with_choice
from lpc_tui.tui.plain import content, prose
from lpc_tui.tui.review_rows import Row, RowKind, rows_of, to_review
from lpc_tui.tui.screens.lean import LeanScreen
from lpc_tui.tui.screens.question import NO, YES, Answer, Question
from lpc_tui.tui.widgets.lines import KeyLine, Line, TitleLine
from lpc_tui.tui.widgets.review_detail import ReviewDetail
from lpc_tui.tui.widgets.review_table import ReviewHeader, ReviewTable
from lpc_tui.wording import action_words

__all__ = ["ReviewScreen"]

_HINT_S = 3.0


class ReviewScreen(LeanScreen[Answers | None]):
    """Returns the answers if the plan is confirmed; None if the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "confirm", "Synchronize", id="review.confirm"),
        Binding("space", "toggle_row", "In/out", id="review.toggle"),
        Binding("a", "include_all", "All in", id="review.include_all"),
        Binding("n", "exclude_all", "All out", id="review.exclude_all"),
        Binding("o", "choose('outlook')", "Outlook wins", id="review.outlook"),
        Binding("s", "choose('salesforce')", "Salesforce wins", id="review.salesforce"),
        Binding("u", "choose('')", "Undecided", id="review.undecided"),
        Binding("y", "consent", "Yes", id="review.consent"),
        Binding("f", "next_filter", "Filter", id="review.filter"),
        Binding("slash", "search", "Search", key_display="/", id="review.search"),
        Binding("escape", "back", "Back", id="review.back"),
        Binding("f8,ctrl+x", "leave", "Cancel sync", show=False, id="review.leave"),
    ]

    def __init__(self, proposal: Proposal, process: Process, zone: tzinfo) -> None:
        super().__init__()
        self._proposal = proposal
        self._process = process
        self._zone = zone
        self._all = to_review(proposal.plans)
        """The processes that are reviewed one after the other."""
        self._answers = Answers()
        self._plan: Plan = proposal.plans[process]
        self._disputed = {
            step.key: tuple(each.field for each in step.conflicts if each.field != WHOLE)
            for step in self._plan.steps
            if step.conflicts
        }
        """By row, the fields that are in conflict as long as nobody has decided."""
        self._rows: dict[str, Row] = {row.key: row for row in rows_of(self._plan)}
        self._visible: tuple[str, ...] = tuple(self._rows)
        self._filter: RowKind | None = None
        self._needle = ""

    @property
    def answers(self) -> Answers:
        """What the person has said so far."""
        return self._answers

    @property
    def plan(self) -> Plan:
        """The plan as it is with the answers so far."""
        return self._plan

    def compose(self) -> ComposeResult:
        yield TitleLine(id="review-title")
        yield Static("", id="review-brake")
        with Horizontal(id="review-filter"):
            yield Line(id="review-kinds")
            yield self._search_box()
        yield ReviewHeader(self._process)
        yield ReviewTable(self._process, self._zone, id="review-table")
        yield ReviewDetail(self._zone, id="review-detail")
        yield KeyLine()

    def _search_box(self) -> Input:
        search = Input(placeholder="Search: /", id="review-search", compact=True, select_on_focus=False)
        search.cursor_blink = False
        return search

    def on_mount(self) -> None:
        brake = self.query_one("#review-brake", Static)
        brake.display = bool(self._plan.brakes)
        brake.update(prose("\n".join(f"! {reason.sentence}" for reason in self._plan.brakes)))
        self._show()
        self.query_one(ReviewTable).focus()

    # What is shown

    def _show(self) -> None:
        counts = Counter(row.kind for row in self._rows.values())
        writes = len(self._plan.writes)
        place = f" ({self._all.index(self._process) + 1} of {len(self._all)})" if len(self._all) > 1 else ""
        title = f"Synchronization Summary: {self._process.label}{place}   {writes:,} to write"
        self.query_one(TitleLine).show(Content(f"{title}, {self._plan.unchanged:,} unchanged"))
        parts = []
        for kind in (None, *RowKind):
            number = len(self._rows) if kind is None else counts[kind]
            label = f"{kind or 'All'} {number:,}"
            parts.append(f"[{label}]" if kind is self._filter else f" {label} ")
        self.query_one("#review-kinds", Line).show(Content(" ".join(parts)))
        self.query_one(ReviewTable).show([self._rows[key] for key in self._visible])

    def _narrow(self) -> None:
        """Choose the visible rows anew; a row that changes its kind by an answer stays until then."""
        self._visible = tuple(
            key
            for key, row in self._rows.items()
            if (self._filter is None or row.kind is self._filter) and row.matches(self._needle)
        )
        self._show()

    @on(ReviewTable.CursorMoved)
    def _cursor_moved(self, event: ReviewTable.CursorMoved) -> None:
        disputed = self._disputed.get(event.row.key, ()) if event.row else ()
        choices = chosen(self._answers, event.row.key, disputed) if event.row else {}
        self.query_one(ReviewDetail).show(event.row, disputed, choices)

    # What the person says

    def _answer(self, answers: Answers) -> None:
        self._answers = answers
        self._plan = self._proposal.answered(self._process, answers)
        self._rows = {row.key: row for row in rows_of(self._plan)}
        self._visible = tuple(key for key in self._visible if key in self._rows)
        self._show()

    def action_toggle_row(self) -> None:
        row = self.query_one(ReviewTable).row
        if row is None or not row.can_exclude:
            self._hint("Nothing in this row would be done.")
        else:
            self._answer(replace(self._answers, excluded=self._answers.excluded ^ {row.key}))

    def action_include_all(self) -> None:
        self._answer(replace(self._answers, excluded=self._answers.excluded - set(self._visible)))

    def action_exclude_all(self) -> None:
        keys = {key for key in self._visible if self._rows[key].can_exclude}
        self._answer(replace(self._answers, excluded=self._answers.excluded | keys))

    def action_choose(self, side: str) -> None:
        row = self.query_one(ReviewTable).row
        if row is None or not (row.step.conflicts or row.key in self._answers.choices):
            self._hint("There is nothing in this row to choose a side for.")
            return
        winner = Side(side) if side else None
        disputed = self._disputed.get(row.key, ())
        field = self.query_one(ReviewDetail).field or WHOLE
        self._answer(with_choice(self._answers, row.key, winner, disputed=disputed, field=field))

    def action_consent(self) -> None:
        row = self.query_one(ReviewTable).row
        if row is None:
            return
        if row.key in self._answers.consents:
            self._answer(replace(self._answers, consents=self._answers.consents - {row.key}))
            return
        waiting = [op for op in row.step.operations if op.hold is Hold.CONSENT]
        if not waiting:
            self._hint("Nothing in this row waits for a yes.")
            return

        def answered(answer: str | None) -> None:
            if answer == YES.name:
                self._answer(replace(self._answers, consents=self._answers.consents | {row.key}))

        reasons = "\n".join(op.reason.sentence for op in waiting if op.reason is not None)
        body = Content("\n").join([content(row.step.title), prose(reasons)])
        self.app.push_screen(Question("Do it all the same?", body, (YES, NO), default=1), answered)

    def _hint(self, words: str) -> None:
        """Why a key did nothing; the next one takes its place."""
        self.app.clear_notifications()
        self.notify(words, severity="warning", timeout=_HINT_S)

    # Filters

    def action_next_filter(self) -> None:
        kinds = (None, *RowKind)
        self._filter = kinds[(kinds.index(self._filter) + 1) % len(kinds)]
        self._narrow()

    def action_search(self) -> None:
        self.query_one("#review-search", Input).focus()

    @on(Input.Changed, "#review-search")
    def _searched(self, event: Input.Changed) -> None:
        self._needle = event.value.casefold().strip()
        self._narrow()

    @on(Input.Submitted, "#review-search")
    def _search_done(self) -> None:
        self.query_one(ReviewTable).focus()

    # The end

    def action_back(self) -> None:
        search = self.query_one("#review-search", Input)
        if self.query_one(ReviewDetail).has_focus:
            self.query_one(ReviewTable).focus()
        elif search.has_focus or search.value:
            search.value = ""
            self.query_one(ReviewTable).focus()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        if self._answers == Answers():
            self.dismiss(None)
        else:
            self._ask_to_leave()

    def _ask_to_leave(self) -> None:
        def answered(answer: str | None) -> None:
            if answer == YES.name:
                self.dismiss(None)

        question = Question(
            "Leave the review?", "Nothing is written, and your choices here are lost.", (YES, NO)
        )
        self.app.push_screen(question, answered)

    def action_confirm(self) -> None:
        if self._plan.brakes and not self._answers.accepts_brake:
            self._ask_at_the_brake()
        else:
            self._ask_to_write()

    def _ask_at_the_brake(self) -> None:
        def answered(answer: str | None) -> None:
            if answer == "go":
                self._answers = replace(self._answers, accepts_brake=True)
                self.dismiss(self._answers)

        reasons = prose("\n".join(reason.sentence for reason in self._plan.brakes))
        answers = (Answer("go", "g", "Go on all the same"), Answer("back", "b", "Back to the review"))
        self.app.push_screen(Question("Stop before a disaster?", reasons, answers, default=1), answered)

    def _ask_to_write(self) -> None:
        def answered(answer: str | None) -> None:
            if answer == YES.name:
                self.dismiss(self._answers)

        title, body = "Synchronize now?", _totals(self._plan)
        if later := self._all[self._all.index(self._process) + 1 :]:
            title = f"Synchronize {self._process.label} so?"
            body += f"\n\nNext: {later[0].label}. Nothing is written before the last is confirmed."
        self.app.push_screen(Question(title, body, (YES, NO)), answered)


def _totals(plan: Plan) -> str:
    """What confirming the plan writes, in words."""
    lines = [
        f"{number:6,}  {action_words(action, side)}"
        for side in Side
        for action in (Action.CREATE, Action.UPDATE, Action.DELETE)
        if (number := plan.count(side, action))
    ]
    links = sum(step.is_match and not step.is_excluded for step in plan.steps)
    if links:
        lines.append(f"{links:6,}  Link")
    waiting = sum(step.needs_person and not step.is_excluded for step in plan.steps)
    if waiting:
        lines.append(f"\n{waiting:,} undecided or waiting stay untouched.")
    return "\n".join(lines) or "Nothing is to be written."
