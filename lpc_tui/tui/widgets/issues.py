"""The Issues component: what is open about which item, why, and what can be done about it from here.

Shows the `Issues` that the app fetches, and posts what the person wants done; it resolves nothing itself.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from lpc_tui.settings_keys import label
from lpc_tui.tui.messages import WhyAsked
from lpc_tui.tui.widgets.lines import Line
from lpc_tui.tui.widgets.report_panes import ReportList, ReportPane

if TYPE_CHECKING:
    from lpc_tui.reports.interface import Issue, IssueKind, Issues, ProcessStanding, Resolution

__all__ = ["IssueFilter", "IssuesPanel"]

_MOST_RESOLUTIONS = 3


class IssueFilter(enum.Enum):
    """Which issues are shown."""

    WAITING = "waiting"
    PREVENTED = "prevented"
    NEXT = "next sync"
    RESTING = "at rest"
    ALL = "all"

    def lets(self, kind: IssueKind) -> bool:
        """Whether an issue of this kind is among them."""
        match self:
            case IssueFilter.WAITING:
                return kind.needs_person
            case IssueFilter.PREVENTED:
                return kind.is_prevented
            case IssueFilter.NEXT:
                return kind.is_for_the_next_run
            case IssueFilter.RESTING:
                return kind.rests
            case IssueFilter.ALL:
                return True


class IssuesPanel(Vertical):
    """The list of issues, and all of the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter(1)", "Other issues", show=False, id="issues.filter"),
        Binding("F", "filter(-1)", "Other issues, backwards", show=False, id="issues.filter_back"),
        *(
            Binding(
                str(number),
                f"resolve({number})",
                f"Resolve {number}",
                show=False,
                id=f"issues.resolve_{number}",
            )
            for number in range(1, _MOST_RESOLUTIONS + 1)
        ),
    ]

    @dataclass
    class ResolutionAsked(Message):
        """The person wants this done about an issue."""

        issue: Issue
        resolution: Resolution

    def __init__(self, zone: tzinfo, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._zone = zone
        self._issues: Issues | None = None
        self._filter = IssueFilter.WAITING
        self._is_chosen = False
        """The person has said which, by a key."""
        self._box = ""
        self._shown: Sequence[Issue] = ()

    def compose(self) -> ComposeResult:
        yield Line(id="issues-heading")
        yield Line(id="issues-keys")
        yield ReportList(id="issues-list")
        yield ReportPane(id="issues-detail")

    def on_mount(self) -> None:
        keys = "f other issues   1-3 or Enter do it   w why?"
        self.query_one("#issues-keys", Line).show(Content(keys))

    def show(self, issues: Issues) -> None:
        """Show these issues; the cursor stays with its issue, if that is still open."""
        self._issues = issues
        if not self._is_chosen:
            self._filter = IssueFilter.ALL if issues.open and not issues.waiting else IssueFilter.WAITING
        self._fill()

    def show_box(self, key: str) -> None:
        """Show what one Prevent box holds back."""
        self._is_chosen, self._filter, self._box = True, IssueFilter.PREVENTED, key
        self._fill()

    def focus_first(self) -> None:
        """Put the focus on the list."""
        self.query_one(ReportList).focus()

    def _fill(self) -> None:
        if self._issues is None:
            return
        from lpc_tui.tui.report_lines import issue_title

        here = self._current
        self._shown = [
            issue
            for issue in self._issues.open
            if self._filter.lets(issue.kind) and self._box in {"", issue.setting}
        ]
        shown = self._shown
        self._show_heading()
        issue_list = self.query_one(ReportList)
        issue_list.show(len(shown), lambda at: issue_title(shown[at], self._zone))
        if here is not None:
            found = (at for at, issue in enumerate(shown) if (issue.key, issue.kind) == (here.key, here.kind))
            issue_list.cursor = next(found, issue_list.cursor)
        if not shown:
            self.query_one(ReportPane).tell(
                [_NOTHING[self._filter], "", *map(_standing, self._issues.standings)]
            )

    @property
    def _current(self) -> Issue | None:
        at = self.query_one(ReportList).cursor
        return self._shown[at] if at < len(self._shown) else None

    def _show_heading(self) -> None:
        assert self._issues is not None
        counts = "  ".join(
            f"[{each.value} {self._count(each):,}]"
            if each is self._filter
            else f"{each.value} {self._count(each):,}"
            for each in IssueFilter
        )
        box = f"   only: {label(self._box)}" if self._box else ""
        self.query_one("#issues-heading", Line).show(Content(f"Issues  {counts}{box}"))

    def _count(self, which: IssueFilter) -> int:
        assert self._issues is not None
        return sum(which.lets(issue.kind) for issue in self._issues.open)

    def action_filter(self, by: int) -> None:
        """Show the issues of another sort."""
        every = list(IssueFilter)
        self._is_chosen = True
        self._filter = every[(every.index(self._filter) + by) % len(every)]
        self._box = ""
        self._fill()

    def action_resolve(self, number: int) -> None:
        """Ask for one of the things that can be done about the issue under the cursor."""
        issue = self._current
        if issue is not None and number <= len(issue.resolutions):
            self.post_message(self.ResolutionAsked(issue, issue.resolutions[number - 1]))

    @on(ReportList.Moved)
    def _moved(self, event: ReportList.Moved) -> None:
        from lpc_tui.tui.report_lines import issue_lines

        event.stop()
        if event.at < len(self._shown):
            issue = self._shown[event.at]
            self.query_one(ReportPane).show(lambda width: issue_lines(issue, self._zone, width))

    @on(ReportList.Chosen)
    def _chosen(self, event: ReportList.Chosen) -> None:
        event.stop()
        self.action_resolve(1)

    @on(ReportList.WhyPressed)
    def _why(self, event: ReportList.WhyPressed) -> None:
        event.stop()
        item = self._shown[event.at].item
        if item.outlook_id or item.salesforce_id:
            self.post_message(WhyAsked(item.process, item.outlook_id, item.salesforce_id))


_NOTHING: Final[Mapping[IssueFilter, str]] = {
    IssueFilter.WAITING: "Nothing waits for you.",
    IssueFilter.PREVENTED: "Nothing is held back by a Prevent box.",
    IssueFilter.NEXT: "Nothing is left for the next sync.",
    IssueFilter.RESTING: "Nothing is left as it is.",
    IssueFilter.ALL: "Nothing is open: whatever is in scope is on both sides.",
}


def _standing(standing: ProcessStanding) -> str:
    if standing.last_run is None:
        return f"{standing.process.label}: never synchronized."
    parts = [f"{standing.links:,} linked"]
    parts += [f"{standing.asleep:,} asleep"] if standing.asleep else []
    parts += [f"{len(standing.private):,} private"] if standing.private else []
    return f"{standing.process.label}: {', '.join(parts)}."
