"""What runs did, item by item: fields, fates, kills and what became of them, pages, private items."""

from __future__ import annotations

import tracemalloc
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from lpc_tui.engine.events import Outcome
from lpc_tui.engine.interface import Proposal, Review
from lpc_tui.errors import DamagedStateError, UsageError
from lpc_tui.model.items import Fields, Item, Process, Side, frozen
from lpc_tui.model.rules import Action, Rules
from lpc_tui.replicas.base import Write
from lpc_tui.replicas.memory import lost
from lpc_tui.reports.interface import PRIVATE, Fate, IssueKind, RunEnd
from lpc_tui.state.database import connect
from lpc_tui.state.lock import hold
from lpc_tui.state.records import Records
from lpc_tui.state.rows import Journalled
from tests.engine.world import TODAY, World, event
from tests.reports.desk import only, reports_of_world


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, rules=Rules())


async def linked(world: World, location: str = "") -> tuple[str, str]:
    """One event on both sides, linked; its two ids."""
    outlook = world.outlook.add(**event(location=location))
    await world.sync()
    return outlook, next(iter(world.salesforce.items))


async def killed_at(world: World, moment: str) -> None:
    """A run whose process dies at a write, before or after the service has done it."""

    def die(what: str) -> None:
        if what.endswith(":write"):
            raise Killed

    setattr(world, moment, die)
    with suppress(BaseExceptionGroup, Killed):
        await world.sync()
    setattr(world, moment, lambda _what: None)


async def test_a_create_an_update_and_a_delete_tell_what_was_and_what_is(world: World) -> None:
    outlook, salesforce = await linked(world, location="Room 1")
    world.outlook.edit(outlook, location="Room 2", body="Agenda")
    await world.sync()
    world.outlook.delete(outlook)
    await world.sync()
    reports = reports_of_world(world)
    deleted, updated, created = reports.runs()
    assert [each.operations for each in (created, updated, deleted)] == [1, 1, 1]
    assert (created.outcome, created.end, created.exit_code) == (Outcome.OK, RunEnd.ENDED, 0)
    assert created.counts[Process.CALENDAR].created[Side.SALESFORCE] == 1

    (entry,) = reports.operations(created.run)
    assert (entry.side, entry.action, entry.fate) == (Side.SALESFORCE, Action.CREATE, Fate.DONE)
    assert (entry.item.outlook_id, entry.item.salesforce_id) == (outlook, salesforce)
    assert entry.item.title == "Kick-off"
    told = {each.field: (each.before, each.sent, each.after) for each in entry.changes}
    assert told["location"] == (None, "Room 1", "Room 1")
    assert "body" not in told, "an empty field says nothing"

    (entry,) = reports.operations(updated.run)
    assert [(each.label, each.before, each.sent, each.after) for each in entry.changes] == [
        ("Location", "Room 1", "Room 2", "Room 2"),
        ("Description", "", "Agenda", "Agenda"),
    ]

    (entry,) = reports.operations(deleted.run)
    told = {each.field: (each.before, each.sent, each.after) for each in entry.changes}
    assert (entry.action, told["location"]) == (Action.DELETE, ("Room 2", None, None))


async def test_a_refused_write_is_told_in_the_services_words_and_read_nothing_back(world: World) -> None:
    outlook, _ = await linked(world)

    def refuse(write: Write) -> str | None:
        return "No rooms, says the admin." if "location" in write.fields else None

    world.refuse = refuse
    world.outlook.edit(outlook, location="Room 2")
    await world.sync()
    reports = reports_of_world(world)
    (entry,) = reports.operations(reports.run("last").run)
    assert (entry.fate, entry.words) == (Fate.REFUSED, "No rooms, says the admin.")
    assert [(each.before, each.sent, each.after) for each in entry.changes] == [("", "Room 2", None)]


async def test_what_changed_while_the_plan_was_open_was_not_sent_and_shows_nothing_after(
    world: World,
) -> None:
    outlook, salesforce = await linked(world)

    async def dawdle(_proposal: Proposal) -> Review:
        world.salesforce.edit(salesforce, location="Room 3")
        return Review(is_approved=True)

    world.outlook.edit(outlook, location="Room 2")
    await world.sync(dawdle)
    reports = reports_of_world(world)
    (entry,) = reports.operations(reports.run("last").run)
    assert (entry.fate, entry.words) == (Fate.CHANGED, "")
    assert [(each.before, each.sent, each.after) for each in entry.changes] == [("", "Room 2", None)]


@pytest.mark.parametrize(
    ("moment", "fate"), [("before_request", Fate.NOT_DONE), ("after_request", Fate.DONE)]
)
async def test_a_killed_run_has_no_end_and_the_next_one_tells_what_became_of_it(
    world: World, moment: str, fate: Fate
) -> None:
    outlook, _ = await linked(world)
    world.outlook.edit(outlook, location="Room 2")
    await killed_at(world, moment)
    reports = reports_of_world(world)
    killed = reports.run("last")
    if killed.end is RunEnd.ENDED:  # what the kill left of the process could still write the run's end
        with closing(connect(world.folder / "state.db")) as connection:
            connection.execute(
                "UPDATE run SET finished_at = NULL, outcome = NULL WHERE id = ?", (killed.run,)
            )
    killed = reports.run("last")
    assert (killed.end, killed.unsettled, killed.recovered) == (RunEnd.OPEN, 1, 0)
    (entry,) = reports.operations(killed.run)
    assert (entry.fate, entry.settled_by) == (Fate.UNSETTLED, None)
    assert [each.after for each in entry.changes] == [None]
    issue = only(reports.issues(), IssueKind.UNSETTLED)
    assert len(reports.issues().open) == 1, "what is not known to have failed is not told to be sent again"
    assert (issue.since, issue.item.title) == (entry.sent_at, "Kick-off")

    await world.sync()
    latest, killed = reports.runs(limit=2)
    assert (killed.end, killed.unsettled, killed.recovered) == (RunEnd.STOPPED, 0, 1)
    (entry,) = reports.operations(killed.run)
    assert (entry.fate, entry.settled_by) == (fate, latest.run)
    assert reports.issues().open == ()


async def test_a_lost_answer_of_a_run_that_ended_is_settled_by_the_next_one(world: World) -> None:
    outlook, _ = await linked(world)
    world.outlook.edit(outlook, location="Room 2")
    world.after_request = lambda what: lost(what) if what.endswith(":write") else None
    assert (await world.sync()).exit_code == 5
    world.after_request = lambda _what: None
    await world.sync()
    latest, aborted, _first = reports_of_world(world).runs()
    assert (aborted.end, aborted.outcome, aborted.recovered) == (RunEnd.ENDED, Outcome.ABORTED, 1)
    (entry,) = reports_of_world(world).operations(aborted.run)
    assert (entry.fate, entry.settled_by) == (Fate.DONE, latest.run)


async def test_what_turned_private_is_told_by_its_ids_alone(world: World) -> None:
    outlook, salesforce = await linked(world, location="Clinic")
    first = reports_of_world(world).run("last").run
    world.outlook.edit(outlook, sensitivity="private")
    await world.sync()
    (entry,) = reports_of_world(world).operations(first)
    assert (entry.item.title, entry.changes, entry.words) == (PRIVATE, (), "")
    assert entry.is_text_forgotten
    assert (entry.item.outlook_id, entry.item.salesforce_id) == (outlook, salesforce)


async def test_unticking_the_private_box_hides_texts_at_once(world: World) -> None:
    """Before a run has taken them out of the file."""
    world.rules = Rules(synchronize_private=True)
    outlook, _ = await linked(world, location="Clinic")
    world.outlook.edit(outlook, sensitivity="private")
    await world.sync()
    reports = reports_of_world(world)
    first = reports.runs()[-1].run
    (entry,) = reports.operations(first)
    assert entry.item.title == "Kick-off"
    world.rules = Rules()
    (entry,) = reports.operations(first)
    assert (entry.item.title, entry.changes) == (PRIVATE, ())
    assert reports.operations(first, containing="kick") == ()
    everything = repr((reports.issues(), reports.why("kick"), reports.why(outlook)))
    assert "Clinic" not in everything
    assert "Kick-off" not in everything
    assert not reports.why("kick-off").is_known


async def test_runs_are_found_by_the_beginning_of_their_id(world: World) -> None:
    with pytest.raises(UsageError, match="Nothing has run yet"):
        reports_of_world(world).run("last")
    await linked(world)
    await world.sync()
    reports = reports_of_world(world)
    latest, first = reports.runs()
    assert reports.run("last") == reports.run(latest.run) == latest
    assert reports.run(first.run) == first
    with closing(Records(connect(world.folder / "state.db"))) as records:
        for name in ("xy", "xyz"):
            records.open_run(name, [Process.CALENDAR], TODAY)
    assert reports.run("xy").run == "xy", "though another one begins so"
    for name in ("", "nothing", "%", "\udc80"):
        with pytest.raises(UsageError, match="There is no run"):
            reports.run(name)
    with pytest.raises(UsageError, match="Several runs"):
        reports.run("id")


async def test_it_can_be_read_while_a_run_holds_the_profile_and_writes(world: World) -> None:
    await linked(world)
    seen: list[int] = []

    def look(what: str) -> None:
        if what.endswith(":write"):
            reports = reports_of_world(world)
            run = reports.run("last")
            seen.append(run.unsettled)
            assert (run.end, len(reports.operations(run.run))) == (RunEnd.OPEN, run.operations)
            assert reports.issues().of(IssueKind.UNSETTLED)

    world.before_request = look
    world.outlook.add(**event("Another", 2))
    await world.sync()
    assert seen == [1]
    with hold(world.folder / "run.lock", "somebody"):
        assert reports_of_world(world).runs()[0].unsettled == 0


def test_ten_thousand_writes_are_listed_a_page_at_a_time(world: World) -> None:
    """Never more than a page of them is held."""
    fields = frozen({"subject": "x" * 200, "location": "y" * 200})
    with closing(Records(connect(world.folder / "state.db"))) as records:
        records.open_run("run", [Process.CALENDAR], TODAY)
        records.intend(_update(number, fields) for number in range(10_000))
    reports = reports_of_world(world)
    tracemalloc.start()
    try:
        offset, seen = 0, []
        while page := reports.operations("run", offset=offset, limit=200):
            seen += [entry.number for entry in page]
            offset += len(page)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seen == list(range(1, 10_001))
    assert peak < 8_000_000, f"{peak:,} bytes at once"
    found = reports.operations("run", offset=1, limit=2, containing="NR 99")
    assert [entry.item.title for entry in found] == ["Nr 990", "Nr 991"]


def _update(number: int, fields: Fields) -> Journalled:
    return Journalled(
        0,
        "run",
        Process.CALENDAR,
        Side.OUTLOOK,
        Action.UPDATE,
        f"step {number}",
        f"link {number}",
        f"o{number}",
        f"s{number}",
        f"Nr {number}",
        fields,
        "",
        "sent",
        TODAY + timedelta(seconds=number),
        before=Item(f"o{number}", fields),
    )


async def test_a_row_that_cannot_be_read_is_the_damage_that_it_is(world: World) -> None:
    await linked(world)
    reports = reports_of_world(world)
    run = reports.run("last").run
    with closing(connect(world.folder / "state.db")) as connection:
        connection.execute("UPDATE operation SET state = 'nonsense'")
    with pytest.raises(DamagedStateError):
        reports.operations(run)
    (world.folder / "state.db").write_bytes(b"not a database at all" * 1_000)
    with pytest.raises(DamagedStateError):
        reports.issues()
