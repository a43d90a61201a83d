"""Reports that a test makes up: past runs, their writes, issues, answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from lpc_tui.engine.events import Counts, Outcome
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import FieldConflict
from lpc_tui.model.rules import Action
from lpc_tui.reports.interface import (
    Answer,
    Explanation,
    Fate,
    FieldChange,
    HistoryEntry,
    Issue,
    IssueKind,
    Issues,
    ItemRef,
    Law,
    PastRun,
    Prevented,
    ProcessStanding,
    Resolution,
    ResolutionKind,
    RunEnd,
    SettingInForce,
    Verdict,
)
from tests.tui.samples import NOW

__all__ = ["FakeReports", "conflict", "explanation", "operation", "past_run", "prevented", "sample_reports"]

BOX = "sync.calendar.prevent.delete_from_salesforce"


def item(title: str, *, process: Process = Process.CALENDAR, number: int = 1) -> ItemRef:
    """An item that is on both sides."""
    return ItemRef(
        process=process, title=title, outlook_id=f"outlook-{number}", salesforce_id=f"00U{number:012}"
    )


def past_run(number: int = 0, *, operations: int = 4, outcome: Outcome | None = Outcome.PARTIAL) -> PastRun:
    """A run of the calendar."""
    return PastRun(
        run=f"run-{number}",
        started=NOW - timedelta(hours=number),
        finished=None if outcome is None else NOW - timedelta(hours=number),
        end=RunEnd.STOPPED if outcome is None else RunEnd.ENDED,
        outcome=outcome,
        exit_code=None if outcome is None else 1,
        processes=(Process.CALENDAR,),
        counts={Process.CALENDAR: Counts(created={Side.OUTLOOK: 4}, conflicts=1, unchanged=120)},
        operations=operations,
        unsettled=1 if outcome is None else 0,
        recovered=0,
    )


def operation(number: int, title: str, *, fate: Fate = Fate.DONE, words: str = "") -> HistoryEntry:
    """An update of an event's subject in Outlook."""
    return HistoryEntry(
        number=number,
        run="run-0",
        side=Side.OUTLOOK,
        action=Action.UPDATE,
        item=item(title, number=number),
        fate=fate,
        changes=(
            FieldChange(
                field="subject", label="Subject", before=f"Old {title}", sent=title, after=f"{title}."
            ),
        ),
        words=words,
        sent_at=NOW,
        settled_at=NOW,
        settled_by=None,
    )


def conflict(title: str, *, process: Process = Process.CALENDAR) -> Issue:
    """Both sides changed the place."""
    return Issue(
        key=f"key of {title}",
        kind=IssueKind.CONFLICT,
        item=item(title, process=process),
        sentence="Changed on both sides: Location.",
        resolutions=(
            Resolution(kind=ResolutionKind.REVIEW, sentence="Choose in the review.", process=process),
            Resolution(
                kind=ResolutionKind.SETTING,
                sentence="Or let a standing rule decide.",
                process=process,
                key=f"sync.{process}.conflicts",
            ),
        ),
        fields=("location",),
        conflicts=(FieldConflict("location", outlook="Room 2", salesforce="Room 3", base="Room 1"),),
    )


def prevented(title: str, key: str = BOX) -> Issue:
    """A delete that a box holds back."""
    return Issue(
        key=f"key of {title}",
        kind=IssueKind.PREVENTED,
        item=item(title, number=7),
        sentence="Deleted in Outlook; the box keeps it in Salesforce.",
        resolutions=(
            Resolution(
                kind=ResolutionKind.UNTICK, sentence="Untick the box.", process=Process.CALENDAR, key=key
            ),
        ),
        side=Side.SALESFORCE,
        action=Action.DELETE,
        setting=key,
    )


def explanation(title: str) -> Explanation:
    """An item outside of the synchronized days."""
    return Explanation(
        item=item(title),
        verdict=Verdict.OUT_OF_SCOPE,
        sentence="Linked, and at rest: it lies outside the synchronised days.",
        law=Law(5, "Leaving the window is not a delete"),
        settings=(SettingInForce("sync.calendar.past_days", 30),),
        versions=(),
        operations=(operation(9, title),),
    )


@dataclass
class FakeReports:
    """Implements `Reports` by what it is given."""

    past: Sequence[PastRun] = ()
    written: Sequence[HistoryEntry] = ()
    open: Sequence[Issue] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def runs(self, *, offset: int = 0, limit: int = 100) -> Sequence[PastRun]:
        return self.past[offset : offset + limit]

    def run(self, name: str) -> PastRun:
        return next(run for run in self.past if run.run == name)

    def operations(
        self, run: str, *, offset: int = 0, limit: int = 200, containing: str = ""
    ) -> Sequence[HistoryEntry]:
        fitting = [entry for entry in self.written if containing.lower() in entry.item.title.lower()]
        return fitting[offset : offset + limit]

    def issues(self) -> Issues:
        standings = tuple(
            ProcessStanding(process=process, last_run=NOW, is_known=True, links=12, asleep=2, private=())
            for process in Process
        )
        return Issues(standings=standings, open=tuple(self.open))

    def prevented(self) -> Mapping[str, Prevented]:
        issues = tuple(issue for issue in self.open if issue.setting == BOX)
        return {
            BOX: Prevented(
                key=BOX,
                process=Process.CALENDAR,
                side=Side.SALESFORCE,
                action=Action.DELETE,
                is_ticked=True,
                issues=issues,
            )
        }

    def why(self, asked: str) -> Answer:
        self.asked.append(asked)
        return self.answers.get(asked, Answer(asked=asked, reasons=("It lies outside of the days.",)))

    def explain(self, item: ItemRef) -> Explanation | None:
        return explanation(item.title)


def sample_reports() -> FakeReports:
    """One run, a few writes, one issue of each sort that the screens tell apart."""
    written = [
        operation(1, "Kick-off ACME"),
        operation(2, "Review Q1", fate=Fate.REFUSED, words="FIELD_CUSTOM_VALIDATION_EXCEPTION: no"),
    ]
    return FakeReports(
        past=(past_run(),),
        written=written,
        open=(conflict("Lunch"), prevented("Old demo")),
        answers={"outlook-1": Answer(asked="outlook-1", explanation=explanation("Lunch"))},
    )
