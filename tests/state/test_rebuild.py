"""Rebuild History: what is forgotten, what is kept, and that the next run neither doubles nor loses anything."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lpc_tui.errors import DamagedStateError, StateError
from lpc_tui.model.items import Item, Process, Side, frozen
from lpc_tui.model.links import Link, LinkSide, Presence, Unlinked
from lpc_tui.model.rules import Action
from lpc_tui.replicas.memory import lost
from lpc_tui.state.backups import backups
from lpc_tui.state.database import connect
from lpc_tui.state.rebuild import damage_of, forget, set_aside, standing_of
from lpc_tui.state.records import Records
from lpc_tui.state.rows import ReplicaState, Standing
from tests.engine.world import World, event

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
CALENDAR, TASK = Process.CALENDAR, Process.TASK
NOTHING_PREVENTED: frozenset[object] = frozenset()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A state file with a calendar and a task process in it."""
    file = tmp_path / "state.db"
    with closing(Records(connect(file))) as records:
        records.open_run("r1", [CALENDAR, TASK], NOW)
        records.close_run("r1", NOW, "ok", 0, {})
        for process in (CALENDAR, TASK):
            records.save_links(_link(process, number) for number in range(3))
            records.save_unlinked(process, [Unlinked(Side.OUTLOOK, Item("o9", frozen({"subject": "Alone"})))])
            records.save_replica(
                process, Side.OUTLOOK, ReplicaState("me", "calendar", "Mine", "digest", "token")
            )
    return file


def _link(process: Process, number: int) -> Link:
    fields = frozen({"subject": f"Event {number}"})
    outlook, salesforce = (LinkSide(id_, fields, Item(id_, fields)) for id_ in (f"o{number}", f"s{number}"))
    return Link(f"{process}-{number}", process, outlook, salesforce)


def test_the_links_of_one_process_are_forgotten_and_all_else_is_kept(path: Path) -> None:
    assert standing_of(path, CALENDAR) == Standing(is_known=True, links=3, deletions=0, intents=0)
    copy = forget(path, CALENDAR, NOW)
    assert standing_of(path, CALENDAR) == Standing(is_known=False, links=0, deletions=0, intents=0)
    with closing(Records(connect(path))) as records:
        assert records.unlinked(CALENDAR) == []
        assert records.replica(CALENDAR, Side.OUTLOOK) is None
        assert len(records.links(TASK)) == 3
        assert len(records.unlinked(TASK)) == 1
        assert records.replica(TASK, Side.OUTLOOK) is not None
        assert [run.id for run in records.runs()] == ["r1"]
    assert backups(path) == [copy]
    assert copy.name == "state.db.backup-20260311T093000Z"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert standing_of(copy, CALENDAR).links == 3


def test_deletions_that_were_never_carried_across_are_counted(path: Path) -> None:
    first, second, _ = (_link(CALENDAR, number) for number in range(3))
    gone = first.with_side(Side.OUTLOOK, LinkSide("o0", presence=Presence.GONE))
    both = second.with_side(Side.OUTLOOK, LinkSide("o1", presence=Presence.GONE)).with_side(
        Side.SALESFORCE, LinkSide("s1", presence=Presence.GONE)
    )
    with closing(Records(connect(path))) as records:
        records.save_links([gone, both])
    assert standing_of(path, CALENDAR).deletions == 1
    assert standing_of(path, TASK).deletions == 0


def test_asking_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    standing_of(path, CALENDAR)
    assert damage_of(path) is None
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["state.db"]


def test_a_row_that_cannot_be_read_goes_with_the_others(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE link SET outlook_item = '{' WHERE process = 'calendar'")
    assert isinstance(damage_of(path), DamagedStateError)
    forget(path, CALENDAR, NOW)
    assert damage_of(path) is None


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE link SET outlook_presence = 'nearby'",
        "UPDATE unlinked SET item = '[]'",
        "UPDATE run SET processes = 'mail'",
        "DROP TABLE unlinked",
    ],
)
def test_damage_is_found_wherever_it_is(path: Path, damage: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(damage)
    assert isinstance(damage_of(path), DamagedStateError)


def test_an_index_that_does_not_fit_its_table_is_damage(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'run')"
            " WHERE name = 'operation_run'"
        )
    assert isinstance(damage_of(path), DamagedStateError)


def test_a_newer_file_is_not_damaged_and_stays_where_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="newer lpc-tui"):
        damage_of(path)


def test_a_file_set_aside_keeps_every_byte_and_its_log(path: Path) -> None:
    path.with_name("state.db-wal").write_bytes(b"log")
    path.write_bytes(b"Dear diary")
    place = set_aside(path, NOW)
    assert place.name == "state.db.damaged-20260311T093000Z"
    assert {each.name: each.read_bytes() for each in path.parent.iterdir()} == {
        place.name: b"Dear diary",
        f"{place.name}-wal": b"log",
    }
    path.write_bytes(b"Once more")
    with pytest.raises(StateError, match="already"):
        set_aside(path, NOW)
    assert (path.read_bytes(), place.read_bytes()) == (b"Once more", b"Dear diary")


# What the next run makes of it


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")


def rebuilt(world: World) -> None:
    forget(world.folder / "state.db", CALENDAR, world.now)


async def test_the_same_items_are_linked_again_without_a_write(world: World) -> None:
    for day in range(3):
        world.outlook.add(**event(f"Event {day}", day, body="two\r\nlines  "))
    await world.sync(prevent=NOTHING_PREVENTED)
    written = world.writes()
    rebuilt(world)
    result = await world.sync()
    assert (result.exit_code, result.counts[CALENDAR].linked, world.writes()) == (0, 3, written)
    assert (await world.sync()).counts[CALENDAR].linked == 0


@pytest.mark.parametrize("has_arrived", [True, False], ids=["the answer was lost", "it never arrived"])
@pytest.mark.parametrize("action", ["create", "update", "delete"])
async def test_an_interrupted_write_is_neither_lost_nor_doubled_by_a_rebuild(
    world: World, action: str, has_arrived: bool
) -> None:
    outlook = world.outlook.add(**event(body="two\r\nlines  "))
    if action != "create":
        await world.sync(prevent=NOTHING_PREVENTED)
        if action == "update":
            world.outlook.edit(outlook, location="Room 2")
        else:
            world.outlook.delete(outlook)
    broken = lambda what: lost(what) if what.endswith(":write") else None  # noqa: E731  for both sides of a request
    if has_arrived:
        world.after_request = broken
    else:
        world.before_request = broken
    assert (await world.sync(prevent=NOTHING_PREVENTED)).exit_code == 5
    world.before_request = world.after_request = lambda _what: None
    assert standing_of(world.folder / "state.db", CALENDAR).intents == 1
    rebuilt(world)
    assert standing_of(world.folder / "state.db", CALENDAR).intents == 1
    await world.sync()
    assert standing_of(world.folder / "state.db", CALENDAR).intents == 0
    assert len(world.outlook.items) == len(world.salesforce.items)
    assert len(world.outlook.items) == (0 if action == "delete" and has_arrived else 1)
    assert world.agree()
    written = world.writes()
    assert (await world.sync()).exit_code == 0
    assert world.writes() == written


async def test_after_a_rebuild_the_boxes_hold_as_before(world: World) -> None:
    outlook = world.outlook.add(**event())
    await world.sync(prevent=NOTHING_PREVENTED)
    world.outlook.delete(outlook)
    boxes = frozenset(
        (side, action) for side in Side for action in (Action.CREATE, Action.UPDATE, Action.DELETE)
    )
    await world.sync(prevent=boxes)
    written = world.writes()
    rebuilt(world)
    result = await world.sync()
    assert (result.counts[CALENDAR].prevented, world.writes()) == (1, written)
