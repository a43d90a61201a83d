"""Open issues over real HTTP, in every process: each is what the next run says, and tells what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lpc_tui.engine.interface import Proposal, Review
from lpc_tui.model.field_map import has_privacy
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import WHOLE
from lpc_tui.model.rules import Action
from lpc_tui.reports.interface import PRIVATE, IssueKind, ResolutionKind
from lpc_tui.sandbox.salesforce.series import SeriesPattern
from lpc_tui.settings_keys import catalogue
from tests.end_to_end.hands import EDITS, fields_for
from tests.end_to_end.pairs import ONE, TODAY, Pair, on_day, paired, run
from tests.end_to_end.rehearsal import Rehearsal, rehearsing
from tests.end_to_end.test_laws import refusing
from tests.end_to_end.test_laws_calendar import meeting
from tests.reports.desk import agree_with_a_run, only, reports_of_rehearsal

EVERY_KIND = {
    IssueKind.CONFLICT,
    IssueKind.EDIT_AGAINST_DELETE,
    IssueKind.SEVERAL_ALIKE,
    IssueKind.REFUSED,
    IssueKind.PREVENTED,
    IssueKind.AWAY,
}
"""That can come about in every process."""


@pytest.fixture(params=Process, ids=str)
def rehearsal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path, process=request.param) as playing:
        yield playing


@pytest.fixture
def calendar(tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path) as playing:
        yield playing


async def linked(rehearsal: Rehearsal, *names: str) -> dict[str, Pair]:
    """Items on both sides, linked by one run."""
    made = {
        name: rehearsal.hands(Side.OUTLOOK).add(
            **fields_for(rehearsal.process, name, TODAY + timedelta(days=day))
        )
        for day, name in enumerate(names, start=1)
    }
    await run(rehearsal)
    there = rehearsal.hands(Side.SALESFORCE)
    return {
        name: Pair(rehearsal, {Side.OUTLOOK: item_id, Side.SALESFORCE: there.named(name)[0]})
        for name, item_id in made.items()
    }


async def test_everything_open_is_told_as_the_next_run_would(rehearsal: Rehearsal) -> None:
    process, one = rehearsal.process, ONE[rehearsal.process]
    names = ["Torn", "Kept", "Unwanted", "Secret", "Elsewhere", "Quiet"]
    pairs = await linked(rehearsal, *names)
    here, there = rehearsal.hands(Side.OUTLOOK), rehearsal.hands(Side.SALESFORCE)
    pairs["Torn"].rewrite(Side.OUTLOOK, one)
    pairs["Torn"].rewrite(Side.SALESFORCE, one, 1)
    pairs["Kept"].delete(Side.OUTLOOK)
    kept = pairs["Kept"].rewrite(Side.SALESFORCE, one)
    pairs["Unwanted"].delete(Side.OUTLOOK)
    there.put_away(pairs["Elsewhere"].ids[Side.SALESFORCE])
    pairs["Elsewhere"].rewrite(Side.OUTLOOK, one)
    if has_privacy(process, Side.OUTLOOK):
        here.mark_private(pairs["Secret"].ids[Side.OUTLOOK])
    day = TODAY + timedelta(days=20)
    for value in EDITS[process][one]:
        here.add(**fields_for(process, "Twin", day, **{one: value}))
    there.add(**fields_for(process, "Twin", day))
    here.add(**fields_for(process, "Bad one", day + timedelta(days=1)))
    rehearsal.worlds.org.rewrite_hook = refusing
    await run(rehearsal, 1)
    refused_at = rehearsal.times()

    issues = await agree_with_a_run(rehearsal)

    private = {IssueKind.PRIVATE} if has_privacy(process, Side.OUTLOOK) else set()
    assert {issue.kind for issue in issues.open} == EVERY_KIND | private
    assert "Quiet" not in repr(issues)
    conflict = only(issues, IssueKind.CONFLICT)
    ((torn),) = conflict.conflicts
    assert (conflict.item.title.split()[-1], torn.field) == ("Torn", one)
    assert (torn.outlook, torn.salesforce) == EDITS[process][one]
    review, rule = conflict.resolutions
    assert (review.kind, rule.kind) == (ResolutionKind.REVIEW, ResolutionKind.SETTING)
    assert (review.process, rule.key) == (process, f"sync.{process}.conflicts")
    against = only(issues, IssueKind.EDIT_AGAINST_DELETE)
    assert against.conflicts[0].field == WHOLE
    assert {each.side: each.fields.get(one) for each in against.versions}[Side.SALESFORCE] == kept
    refused = only(issues, IssueKind.REFUSED)
    assert "says the admin" in refused.words
    assert refused.since == refused_at
    assert refused.fields == ("notes" if process is Process.CONTACT else "body",)
    assert [each.side for each in refused.resolutions] == [Side.OUTLOOK, Side.SALESFORCE]
    twins = issues.of(IssueKind.SEVERAL_ALIKE)
    assert [len(each.alike) for each in twins] == [2, 2, 2]
    prevented = only(issues, IssueKind.PREVENTED)
    assert prevented.setting == f"sync.{process}.prevent.delete_from_salesforce"
    assert prevented.resolutions[0].kind is ResolutionKind.UNTICK
    assert prevented.resolutions[0].key == prevented.setting
    if private:
        secret = only(issues, IssueKind.PRIVATE)
        assert secret.item.title == PRIVATE
        assert secret.item.salesforce_id == pairs["Secret"].ids[Side.SALESFORCE]
        assert "Secret" not in repr(issues)
        (standing,) = [each for each in issues.standings if each.process is process]
        assert standing.private == (secret.item,)


async def test_each_box_tells_what_it_holds_back(rehearsal: Rehearsal) -> None:
    process, one = rehearsal.process, ONE[rehearsal.process]
    pairs = await linked(rehearsal, "Edited", "Deleted")
    boxes = ("create_in_outlook", "update_in_outlook", "delete_from_outlook")
    rehearsal.options["prevent"] = dict.fromkeys(boxes, True)
    pairs["Edited"].rewrite(Side.SALESFORCE, one)
    pairs["Deleted"].delete(Side.SALESFORCE)
    for name in ("New", "Newer"):
        rehearsal.hands(Side.SALESFORCE).add(**fields_for(process, name, TODAY + timedelta(days=9)))
    await run(rehearsal)
    await agree_with_a_run(rehearsal)
    held = reports_of_rehearsal(rehearsal).prevented()
    mine = f"sync.{process}.prevent."
    assert {key.removeprefix(mine): each.count for key, each in held.items() if each.count} == {
        "create_in_outlook": 2,
        "update_in_outlook": 1,
        "delete_from_outlook": 1,
    }
    update = held[f"{mine}update_in_outlook"]
    assert (update.side, update.action, update.is_ticked) == (Side.OUTLOOK, Action.UPDATE, True)
    assert update.issues[0].fields == (one,)
    rehearsal.options["prevent"] = {}
    assert not any(each.count for each in reports_of_rehearsal(rehearsal).prevented().values())
    assert len((await agree_with_a_run(rehearsal)).of(IssueKind.READY)) == 4


def test_every_box_of_the_settings_is_counted(tmp_path: Path) -> None:
    with rehearsing(tmp_path) as playing:
        held = reports_of_rehearsal(playing).prevented()
    assert list(held) == [key for key in catalogue() if ".prevent." in key]
    assert [key for key, each in held.items() if each.is_ticked] == [
        f"sync.{process}.prevent.delete_from_salesforce" for process in Process
    ]


async def test_meetings_series_and_formatting_wait_with_a_remedy(calendar: Rehearsal) -> None:
    pair = await meeting(calendar)
    fields = {
        "Subject": "Series",
        "StartDateTime": "2026-03-12T09:00:00Z",
        "EndDateTime": "2026-03-12T10:00:00Z",
    }
    calendar.worlds.org.create_lightning_series(fields, SeriesPattern(frequency="WEEKLY", count=2))
    formatted = await paired(calendar, "Formatted", days=5)
    html = {"body": {"contentType": "html", "content": "<p>Agenda: <b>bold</b></p>"}}
    calendar.worlds.mailbox.update_event(formatted.ids[Side.OUTLOOK], html)
    await run(calendar)
    pair.edit(Side.SALESFORCE, subject="Renamed")
    calendar.hands(Side.OUTLOOK).edit(calendar.hands(Side.OUTLOOK).named("Series")[0], location="Room 9")
    formatted.edit(Side.SALESFORCE, body="Plain")
    await run(calendar, 1)
    issues = await agree_with_a_run(calendar)
    kinds = {IssueKind.GUESTS, IssueKind.SPREADS, IssueKind.GUARDED}
    assert {issue.kind for issue in issues.open} == kinds
    remedies = {kind: [(each.kind, each.key) for each in only(issues, kind).resolutions] for kind in kinds}
    assert remedies == {
        IssueKind.GUESTS: [
            (ResolutionKind.REVIEW, ""),
            (ResolutionKind.SETTING, "safety.notify_attendees"),
        ],
        IssueKind.SPREADS: [(ResolutionKind.REVIEW, ""), (ResolutionKind.SERVICE, "")],
        IssueKind.GUARDED: [(ResolutionKind.SETTING, "sync.calendar.keep_formatting")],
    }
    assert {kind for kind in kinds if kind.needs_person} == {IssueKind.GUESTS, IssueKind.SPREADS}


async def test_what_a_review_declined_is_ready_and_a_brake_is_told(rehearsal: Rehearsal) -> None:
    async def no(_proposal: Proposal) -> Review:
        return Review(is_approved=False)

    rehearsal.options["prevent"] = {"delete_from_salesforce": False}
    rehearsal.safety = {"max_deletes": 1, "max_delete_percent": 10}
    pairs = await linked(rehearsal, *(f"Nr{number}" for number in range(6)))
    rehearsal.hands(Side.OUTLOOK).add(**fields_for(rehearsal.process, "New", TODAY + timedelta(days=9)))
    await rehearsal.sync(no)
    (ready,) = (await agree_with_a_run(rehearsal)).open
    assert (ready.kind, ready.action, ready.side) == (IssueKind.READY, Action.CREATE, Side.SALESFORCE)
    for name in ("Nr0", "Nr1"):
        pairs[name].delete(Side.OUTLOOK)
    assert (await rehearsal.sync()).exit_code == 1
    issues = await agree_with_a_run(rehearsal)
    brake = only(issues, IssueKind.BRAKE)
    assert [each.key for each in brake.resolutions] == [
        "",
        "safety.max_deletes",
        "safety.max_delete_percent",
    ]
    assert any(brake.sentence in str(event) for event in rehearsal.events), "counted among all links"
    assert all("brake" in each.sentence for each in issues.of(IssueKind.READY))
    found = reports_of_rehearsal(rehearsal).why("Nr0").explanation
    assert found is not None
    assert "the brake stops the next run before it" in found.sentence


@pytest.mark.parametrize("days", [500, 40])
async def test_what_left_the_days_is_counted_and_only_its_edit_is_told(
    calendar: Rehearsal, days: int
) -> None:
    pair = await paired(calendar)
    if days == 500:
        pair.edit(Side.OUTLOOK, **on_day(Process.CALENDAR, days))
    else:
        calendar.times.advance(days=days)
    for _ in range(2):
        await run(calendar)
    issues = await agree_with_a_run(calendar)
    assert (issues.open, issues.standings[0].asleep) == ((), 1)
    pair.rewrite(Side.SALESFORCE, "location")
    await run(calendar)
    asleep = only(await agree_with_a_run(calendar), IssueKind.ASLEEP)
    assert [each.key for each in asleep.resolutions] == [
        "sync.calendar.past_days",
        "sync.calendar.future_days",
    ]


async def test_private_items_are_not_guessed_at_once_their_box_is_ticked(calendar: Rehearsal) -> None:
    hands = calendar.hands(Side.OUTLOOK)
    hands.mark_private(hands.add(**fields_for(Process.CALENDAR, "Secret", TODAY + timedelta(days=1))))
    await run(calendar)
    calendar.options["synchronize_private_items"] = True
    (issue,) = reports_of_rehearsal(calendar).issues().open
    assert (issue.kind, issue.item.title) == (IssueKind.PRIVATE, PRIVATE)
    assert "reads it anew" in issue.sentence


async def test_a_private_pair_half_deleted_is_not_guessed_at_either(calendar: Rehearsal) -> None:
    pair = await paired(calendar)
    calendar.hands(Side.OUTLOOK).mark_private(pair.ids[Side.OUTLOOK])
    pair.delete(Side.SALESFORCE)
    await run(calendar)
    calendar.options["synchronize_private_items"] = True
    (issue,) = reports_of_rehearsal(calendar).issues().open
    assert (issue.kind, issue.action, issue.item.title) == (IssueKind.PRIVATE, None, PRIVATE)


def test_a_profile_that_never_ran_has_nothing_open_and_no_file_is_made(tmp_path: Path) -> None:
    with rehearsing(tmp_path) as playing:
        reports = reports_of_rehearsal(playing)
        issues = reports.issues()
        assert issues.open == ()
        assert not any(each.is_known or each.last_run for each in issues.standings)
        assert (reports.runs(), reports.operations("any")) == ((), ())
        assert not playing.paths.state_file.exists()
