"""Why? The answer for one item, wherever it was asked; or a question for one the person names."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import tzinfo
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from lpc_tui.reports.interface import Answer, Explanation, ItemRef, Reports
from lpc_tui.tui.plain import MOST, plain, wrapped
from lpc_tui.tui.report_lines import explanation_lines, planned_lines
from lpc_tui.tui.screens.lean import LeanScreen
from lpc_tui.tui.widgets.line_pane import PaneLine
from lpc_tui.tui.widgets.lines import KeyLine, TitleLine
from lpc_tui.tui.widgets.report_panes import ReportList, ReportPane
from lpc_tui.values import start_text

__all__ = ["WhyScreen"]

_LONGEST = 2_000
_HOW = "Type a part of a title, or paste an id or the address of a page of either side."


class WhyScreen(LeanScreen[None]):
    """The question at the top, items to choose from where several fit, the explanation."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="why.back"),
        Binding("ctrl+n", "ask", "Ask about another", id="why.ask"),
    ]

    def __init__(self, reports: Reports, zone: tzinfo, asked: str = "", planned: Sequence[str] = ()) -> None:
        """`asked`: an id or a text to begin with; empty: the person is asked. `planned`: what the plan under review would do
        with it (untrusted)."""
        super().__init__()
        self._reports = reports
        self._zone = zone
        self._asked = asked
        self._planned = planned
        self._choices: tuple[ItemRef, ...] = ()

    def compose(self) -> ComposeResult:
        yield TitleLine(id="title")
        with Horizontal(id="why-question"):
            yield Static("Why?  ", id="why-label")
            question = Input(
                plain(self._asked), id="why-asked", compact=True, max_length=_LONGEST, placeholder=_HOW
            )
            question.cursor_blink = False
            yield question
        yield ReportList(id="why-choices")
        yield ReportPane(id="why-answer")
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        self.query_one(TitleLine).show(Content("Why something was synchronized, or was not"))
        self.query_one("#why-choices").display = False
        self.query_one("#why-question").display = not self._asked
        if self._asked:
            self.query_one(ReportPane).show(lambda width: planned_lines(self._planned, width))
            self.query_one(ReportPane).focus()
            self._find(self._asked)
        else:
            self.action_ask()

    def action_ask(self) -> None:
        """Ask about an item by its name or id."""
        self._planned = ()
        self.query_one("#why-question").display = True
        self.query_one("#why-asked", Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self._find(event.value.strip())

    @work(group="why", exclusive=True, exit_on_error=False)
    async def _find(self, asked: str) -> None:
        self._show(await asyncio.to_thread(self._reports.why, asked))

    @work(group="why", exclusive=True, exit_on_error=False)
    async def _explain(self, item: ItemRef) -> None:
        explanation = await asyncio.to_thread(self._reports.explain, item)
        if explanation is not None:
            self._show_explanation(explanation)

    def _show(self, answer: Answer) -> None:
        self._choices = answer.choices
        choices = self.query_one(ReportList)
        choices.display = bool(self._choices)
        if self._choices:
            more = " There are more: type more of the title." if answer.is_cut else ""
            self.query_one(ReportPane).tell([f"Several items fit. Enter chooses one.{more}"])
            choices.show(len(self._choices), lambda at: _choice_text(self._choices[at], self._zone))
            choices.focus()
        elif answer.explanation is not None:
            self._show_explanation(answer.explanation)
        else:
            planned = self._planned
            self.query_one(ReportPane).show(
                lambda width: (
                    planned_lines(planned, width, is_new=True) if planned else _unknown_lines(answer, width)
                )
            )

    def _show_explanation(self, explanation: Explanation) -> None:
        pane, planned = self.query_one(ReportPane), self._planned
        pane.show(
            lambda width: [*planned_lines(planned, width), *explanation_lines(explanation, self._zone, width)]
        )
        pane.focus()

    @on(ReportList.Chosen)
    def _chosen(self, event: ReportList.Chosen) -> None:
        event.stop()
        self._explain(self._choices[event.at])

    def action_back(self) -> None:
        """From the explanation of a choice back to the choices, else out."""
        choices = self.query_one(ReportList)
        if self._choices and not choices.has_focus:
            choices.focus()
        else:
            self.dismiss()


def _choice_text(item: ItemRef, zone: tzinfo) -> str:
    when = start_text(item.when, zone)
    sides = " and ".join(
        name for name, value in (("Outlook", item.outlook_id), ("Salesforce", item.salesforce_id)) if value
    )
    title = plain(item.title, MOST)
    return f"{item.process.label:<9} {f'{when}  ' if when else ''}{title}  (in {sides or 'the history'})"


def _unknown_lines(answer: Answer, width: int) -> list[PaneLine]:
    lines = [
        PaneLine(f"Nothing like {plain(answer.asked, 60)!r} is known here. That may be because:", "strong")
    ]
    for reason in answer.reasons:
        lines += [PaneLine(line) for line in wrapped(f"- {plain(reason, MOST)}", width)]
    return lines
