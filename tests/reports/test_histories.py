"""In random histories of edits, faults, kills, boxes and days, the open issues always are what the next run says."""

from __future__ import annotations

import asyncio

from hypothesis import settings
from hypothesis.stateful import rule

from lpc_tui.reports.interface import IssueKind
from tests.engine.test_histories import Histories
from tests.reports.desk import agree_with_a_run, reports_of_world


class Reported(Histories):
    """The same histories, with somebody who looks at the issues now and then."""

    @rule()
    def looks_at_the_issues(self) -> None:
        self.sync()
        issues = reports_of_world(self.world).issues()
        assert not issues.of(IssueKind.UNSETTLED)
        told = self.world.events
        now = self.world.now
        asyncio.run(agree_with_a_run(self.world))
        self.world.events, self.world.now = told, now

    @rule()
    def looks_as_a_day_begins(self) -> None:
        """Before a run has taken note of the new day's window."""
        self.sync()
        self.world.pass_time(days=1)
        told, now = self.world.events, self.world.now
        asyncio.run(agree_with_a_run(self.world))
        self.world.events, self.world.now = told, now


TestReported = Reported.TestCase
TestReported.settings = settings(max_examples=6, stateful_step_count=20)
