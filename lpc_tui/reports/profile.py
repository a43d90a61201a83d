"""The reports of one profile: reads its state file, plans ahead on what is stored, and puts the answers together.

The composition root makes one for the command line and the terminal UI. Each call opens the file anew and leaves nothing
open, so that it may be asked while a run goes on, from any thread. It never writes, and never reaches a service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import Final

from lpc_tui.errors import UsageError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.links import Link
from lpc_tui.model.rules import Rules
from lpc_tui.reports.explain import explain, issues_about
from lpc_tui.reports.finding import Hidden, Subject, by_address, by_id, by_title, ids_in
from lpc_tui.reports.forecast import forecast
from lpc_tui.reports.history import entries_of, past_run
from lpc_tui.reports.interface import (
    Answer,
    Explanation,
    Fate,
    HistoryEntry,
    Issue,
    IssueKind,
    Issues,
    ItemRef,
    PastRun,
    Prevented,
    ProcessStanding,
)
from lpc_tui.reports.issues import issues_of, prevented_by
from lpc_tui.reports.unknown import reasons_for
from lpc_tui.settings import Settings
from lpc_tui.settings_keys import value_of
from lpc_tui.state.lookups import Lookups, looking_up
from lpc_tui.state.rows import utf8

__all__ = ["ProfileReports"]

LAST: Final = "last"
"""What stands for the latest run."""

_CHOICES: Final = 50
"""Items that are offered where several fit."""

_OPERATIONS: Final = 10
"""Writes that an explanation tells."""


class ProfileReports:
    """See `lpc_tui.reports.interface.Reports`."""

    def __init__(
        self,
        state_file: Path,
        settings: Settings,
        rules_at: Callable[[Process, datetime], Rules],
        *,
        clock: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        """Args: rules_at: a process's settings as the planner sees them; clock: aware UTC now; zone: the person's own."""
        self._state_file = state_file
        self._settings = settings
        self._rules_at = rules_at
        self._clock = clock
        self._zone = zone

    # History

    def runs(self, *, offset: int = 0, limit: int = 100) -> Sequence[PastRun]:
        with looking_up(self._state_file) as lookups:
            if lookups is None:
                return ()
            latest = lookups.latest()
            return tuple(
                past_run(record, lookups.tally(record.id), is_latest=record.id == latest)
                for record in lookups.runs(offset=offset, limit=limit)
            )

    def run(self, name: str) -> PastRun:
        with looking_up(self._state_file) as lookups:
            latest = None if lookups is None else lookups.latest()
            if lookups is None or latest is None:
                raise UsageError("Nothing has run yet on this profile.", "The first sync: lpc-tui sync.")
            found = lookups.runs_named(latest if name == LAST else utf8(name), 2) if name else []
            if not found:
                raise UsageError(f"There is no run {name!r}.", "All of them: lpc-tui history.")
            if len(found) > 1 and found[0].id != name:
                raise UsageError(
                    f"Several runs begin with {name!r}.", "Name more of it; all of them: lpc-tui history."
                )
            return past_run(found[0], lookups.tally(found[0].id), is_latest=found[0].id == latest)

    def operations(
        self, run: str, *, offset: int = 0, limit: int = 200, containing: str = ""
    ) -> Sequence[HistoryEntry]:
        with looking_up(self._state_file) as lookups:
            if lookups is None:
                return ()
            hidden = self._hidden(lookups)
            if not containing:
                return entries_of(lookups, lookups.operations(run, offset=offset, limit=limit), hidden)
            needle = containing.casefold()
            numbers = (
                trace.number
                for trace in lookups.traces(run)
                if trace.is_open
                and needle in trace.title.casefold()
                and not any(each in hidden.get(trace.process, ()) for each in trace.ids)
            )
            found = [lookups.operation(number) for number in islice(numbers, offset, offset + limit)]
            return entries_of(lookups, found, hidden)

    # What is open

    def issues(self) -> Issues:
        with looking_up(self._state_file) as lookups:
            if lookups is None:
                return Issues(standings=tuple(map(_never_run, Process)), open=())
            found = {process: self._open(lookups, process) for process in Process}
            return Issues(
                standings=tuple(_standing(lookups, process, found[process]) for process in Process),
                open=tuple(issue for process in Process for issue in found[process]),
            )

    def prevented(self) -> Mapping[str, Prevented]:
        now = self._clock()
        rules = {process: self._rules_at(process, now) for process in Process}
        return prevented_by(rules, self.issues().open)

    def _open(self, lookups: Lookups, process: Process, only: Link | None = None) -> tuple[Issue, ...]:
        """What is open in a process, or about one link of it."""
        now = self._clock()
        rules = self._rules_at(process, now)
        hidden = self._hidden(lookups)

        def refused_at(item: ItemRef, side: Side) -> datetime | None:
            for entry in _about(lookups, item, hidden):
                if entry.side is side and entry.fate is Fate.REFUSED:
                    return entry.settled_at
            return None

        return issues_of(forecast(lookups.records, process, rules, now, only=only), refused_at)

    def _hidden(self, lookups: Lookups) -> Hidden:
        now = self._clock()
        return {
            process: lookups.private_ids(process)
            for process in Process
            if not self._rules_at(process, now).synchronize_private
        }

    # Why

    def why(self, asked: str) -> Answer:
        text = asked.strip()
        with looking_up(self._state_file) as lookups:
            if lookups is None:
                return self._nothing(asked, text, tuple(map(_never_run, Process)))
            hidden = self._hidden(lookups)
            ids = ids_in(text)
            subject = by_id(lookups, ids, hidden) or by_address(lookups, ids)
            if subject is not None:
                return Answer(asked=asked, explanation=self._explained(lookups, subject, hidden))
            found = list(islice(by_title(lookups, text), _CHOICES + 1)) if text else []
            same = [each for each in found if each.item.title.casefold() == text.casefold()]
            if len(found) == 1 or (len(same) == 1 and len(found) <= _CHOICES):
                chosen = (same or found)[0]
                return Answer(asked=asked, explanation=self._explained(lookups, chosen, hidden))
            if found:
                items = tuple(each.item for each in found[:_CHOICES])
                return Answer(asked=asked, choices=items, is_cut=len(found) > _CHOICES)
            standings = tuple(_standing(lookups, process, ()) for process in Process)
            return self._nothing(asked, text, standings)

    def explain(self, item: ItemRef) -> Explanation | None:
        with looking_up(self._state_file) as lookups:
            if lookups is None:
                return None
            hidden = self._hidden(lookups)
            ids = [item_id for side in Side if (item_id := item.id_on(side))]
            subject = by_id(lookups, ids, hidden)
            return None if subject is None else self._explained(lookups, subject, hidden)

    def _explained(self, lookups: Lookups, subject: Subject, hidden: Hidden) -> Explanation:
        process = subject.item.process
        issues = issues_about(subject, self._open(lookups, process, subject.link))
        if subject.link is not None and any(issue.kind is IssueKind.READY for issue in issues):
            # Whether the next run gets as far as this depends on all the others: the brake counts them.
            issues = issues_about(subject, self._open(lookups, process))
        return explain(
            subject,
            issues,
            _about(lookups, subject.item, hidden),
            self._rules_at(process, self._clock()),
            self._value_of,
        )

    def _nothing(self, asked: str, text: str, standings: tuple[ProcessStanding, ...]) -> Answer:
        now = self._clock()
        rules = {process: self._rules_at(process, now) for process in Process}
        reasons = reasons_for(ids_in(text), standings, rules, self._value_of, self._zone)
        return Answer(asked=asked, reasons=reasons)

    def _value_of(self, key: str) -> bool | int | str:
        value = value_of(self._settings, key)
        return str(value) if isinstance(value, str) else value  # a choice is a word here


def _about(lookups: Lookups, item: ItemRef, hidden: Hidden) -> tuple[HistoryEntry, ...]:
    """The latest writes about an item, newest first."""
    ids = [(side, item_id) for side in Side if (item_id := item.id_on(side))]
    return entries_of(lookups, lookups.operations_about(item.process, ids, _OPERATIONS), hidden)


def _standing(lookups: Lookups, process: Process, issues: Sequence[Issue]) -> ProcessStanding:
    replicas = [lookups.records.replica(process, side) for side in Side]
    return ProcessStanding(
        process=process,
        last_run=lookups.last_begun(process),
        is_known=all(each is not None and each.watermark is not None for each in replicas),
        links=lookups.records.census(process).links,
        asleep=lookups.asleep(process),
        private=tuple(issue.item for issue in issues if issue.kind is IssueKind.PRIVATE),
    )


def _never_run(process: Process) -> ProcessStanding:
    return ProcessStanding(process=process, last_run=None, is_known=False, links=0, asleep=0, private=())
