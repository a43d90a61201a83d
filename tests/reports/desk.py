"""Reports of a world in memory, or of a rehearsal over HTTP, at its own time; and what they must agree with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lpc_tui.model.items import Process
from lpc_tui.model.rules import Rules
from lpc_tui.reports.interface import Issue, IssueKind, Issues, Reports
from lpc_tui.reports.profile import ProfileReports
from lpc_tui.settings import Settings
from lpc_tui.wiring import make_reports
from tests.end_to_end.rehearsal import Rehearsal
from tests.engine.world import World, WorldProfile
from tests.reports.oracle import lines_of_events, lines_of_issues

__all__ = ["agree_with_a_run", "only", "reports_of_rehearsal", "reports_of_world"]


def reports_of_world(world: World) -> Reports:
    """As of a minute from now, when the next run would begin."""

    def rules_at(process: Process, now: datetime) -> Rules:
        return WorldProfile(world).rules(process, now) if process is Process.CALENDAR else Rules()

    return ProfileReports(
        world.folder / "state.db",
        Settings(),
        rules_at,
        clock=lambda: world.now + timedelta(minutes=1),
        zone=UTC,
    )


def reports_of_rehearsal(rehearsal: Rehearsal) -> Reports:
    """As of now."""
    return make_reports(rehearsal.settings, rehearsal.paths, clock=rehearsal.times)


async def agree_with_a_run(play: World | Rehearsal) -> Issues:
    """The open issues, which are what the next run says if nothing changes until then."""
    reports = reports_of_world(play) if isinstance(play, World) else reports_of_rehearsal(play)
    issues = reports.issues()
    await play.sync(is_dry_run=True)
    told = [each for each in issues.open if each.kind is not IssueKind.BRAKE]
    assert lines_of_issues(told) == lines_of_events(play.events)
    return issues


def only(issues: Issues, kind: IssueKind) -> Issue:
    """The one issue of a kind."""
    (found,) = issues.of(kind)
    return found
