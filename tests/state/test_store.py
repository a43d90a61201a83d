"""What a profile remembers between runs: it comes back as it was kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lpc_tui.errors import StateError
from lpc_tui.model.items import AllDay, Fields, Guard, Item, Process, Side, Timed, frozen
from lpc_tui.model.links import Link, LinkSide, Presence, Refusal, Unlinked
from lpc_tui.model.rules import Action
from lpc_tui.state.database import connect
from lpc_tui.state.records import Records
from lpc_tui.state.rows import Journalled, ReplicaState
from lpc_tui.state.store import Store, read_latest_runs

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
CALENDAR, TASK = Process.CALENDAR, Process.TASK
FULL: Fields = frozen(
    {
        "subject": "\ud83d markup [/] \x00 名前 '; DROP TABLE link; --",
        "when": Timed(NOW, NOW + timedelta(hours=1)),
        "reminder": None,
        "days": AllDay(date(2026, 3, 11), date(2026, 3, 12)),
    }
)
REFUSAL = Refusal("fingerprint", "no: \udc00", ("Subject",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def records(path: Path) -> Iterator[Records]:
    with closing(Records(connect(path))) as made:
        yield made


def link(number: int = 1, process: Process = CALENDAR, **changes: object) -> Link:
    """A settled link, unless `changes` say otherwise."""
    outlook, salesforce = (LinkSide(name, FULL, Item(name, FULL)) for name in (f"o{number}", f"s{number}"))
    made = Link(f"{process}-{number}", process, outlook, salesforce)
    return replace(made, **changes)  # type: ignore[arg-type]  # checked by the dataclass


def edited(of: Link) -> Link:
    """The link with another subject in Outlook."""
    item = Item(of.outlook.id, frozen({**FULL, "subject": "New"}), version="2", modified=NOW)
    return of.with_side(Side.OUTLOOK, of.outlook.seen(item))


SPECIAL = Item(
    "o7",
    FULL,
    version='W/"1"',
    modified=NOW,
    guards={"body": Guard.FORMATTED},
    series_id="series",
    has_guests=True,
    guests=("Ada", "bo@acme.example"),
    spreads=True,
    is_away=True,
    link="https://outlook.office365.com/?id=7",
)
LINKS = [
    link(1),
    edited(link(2)),
    link(3, is_asleep=True),
    link(4, refusals=((Side.SALESFORCE, REFUSAL), (Side.OUTLOOK, REFUSAL))),
    link(5).with_side(Side.SALESFORCE, LinkSide("s5", FULL, None, Presence.MISSING)),
    link(6).with_side(Side.OUTLOOK, LinkSide("o6", FULL, Item("o6", FULL), Presence.GONE)),
    link(7).with_side(Side.OUTLOOK, LinkSide("o7", frozen({}), SPECIAL)),
    link(8).with_side(Side.OUTLOOK, LinkSide("o8", FULL, Item("o8", FULL).redacted())),
]


def test_links_come_back_as_they_were(records: Records) -> None:
    records.save_links(LINKS)
    assert records.links(CALENDAR) == LINKS
    assert records.links(TASK) == []


def test_a_link_is_kept_in_its_latest_form(records: Records) -> None:
    records.save_links([link(1)])
    records.save_links([edited(link(1))])
    assert records.links(CALENDAR) == [edited(link(1))]


def test_a_merged_record_is_remembered_as_that(records: Records) -> None:
    merged = link(1).with_side(Side.SALESFORCE, LinkSide("s1", FULL, Item("s1", FULL), Presence.MERGED))
    records.save_links([merged])
    assert records.pending_links(CALENDAR) == [merged]


def exchanged() -> tuple[Link, Link]:
    """Two links, each with the other's item of Salesforce."""
    one, other = link(1), link(2)
    return replace(one, salesforce=other.salesforce), replace(other, salesforce=one.salesforce)


def test_links_that_exchange_their_items_are_both_kept(records: Records) -> None:
    records.save_links([link(1), link(2), link(3)])
    records.save_links(exchanged())
    assert sorted(records.links(CALENDAR), key=lambda each: each.id) == [*exchanged(), link(3)]


def test_items_can_go_round_in_a_circle_with_a_link_that_ends(records: Records) -> None:
    records.save_links([link(1), link(2), link(3)])
    with records.together():
        records.end_links(["calendar-2"])
        records.save_links(
            [
                replace(link(1), salesforce=link(2).salesforce, outlook=link(3).outlook),
                replace(link(3), salesforce=link(1).salesforce, outlook=link(2).outlook),
            ]
        )
    found = {(each.outlook.id, each.salesforce.id) for each in records.links(CALENDAR)}
    assert found == {("o3", "s2"), ("o2", "s1")}


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("at_once", [True, False], ids=["in one call", "against a kept one"])
def test_an_item_that_two_links_claim_is_an_error_naming_both_and_nothing_is_lost(
    records: Records, side: Side, at_once: bool
) -> None:
    kept = [link(1), link(3)]
    records.save_links(kept)
    rival = link(2).with_side(side, link(1).side(side))
    with pytest.raises(StateError, match=f"{side.label} item {side[0]}1") as caught:
        records.save_links([edited(link(3)), link(1), rival] if at_once else [edited(link(3)), rival])
    assert "calendar-1" in caught.value.message
    assert "calendar-2" in caught.value.message
    assert caught.value.remedy == "Match afresh: lpc-tui rebuild calendar"
    assert records.links(CALENDAR) == kept


def test_the_same_id_in_two_processes_is_two_items(records: Records) -> None:
    event, task = link(1), replace(link(1, TASK), outlook=link(1).outlook)
    records.save_links([event, task])
    assert (records.links(CALENDAR), records.links(TASK)) == ([event], [task])


def test_only_what_is_pending_is_loaded_in_a_quiet_run(records: Records) -> None:
    records.save_links(LINKS)
    assert [each.id[-1] for each in records.pending_links(CALENDAR)] == ["2", "4", "5", "6", "7", "8"]
    records.save_links([link(2)])
    assert "calendar-2" not in {each.id for each in records.pending_links(CALENDAR)}


def test_links_are_found_by_the_ids_of_either_side_however_many(records: Records) -> None:
    many = [link(number) for number in range(1200)]
    records.save_links(many)
    found = records.links_of(CALENDAR, Side.SALESFORCE, (f"s{number}" for number in range(-5, 1100)))
    assert {each.id for each in found} == {f"calendar-{number}" for number in range(1100)}
    assert records.links_of(CALENDAR, Side.OUTLOOK, ["s1"]) == []
    assert records.links_of(CALENDAR, Side.OUTLOOK, []) == []


def test_ids_that_differ_in_case_are_two(records: Records) -> None:
    upper = link(2).with_side(Side.OUTLOOK, LinkSide("O1", FULL, Item("O1", FULL)))
    records.save_links([link(1), upper])
    assert records.links_of(CALENDAR, Side.OUTLOOK, ["O1"]) == [upper]


def test_links_are_found_by_their_series(records: Records) -> None:
    records.save_links(LINKS)
    assert [each.id for each in records.links_of_series(CALENDAR, Side.OUTLOOK, ["series"])] == ["calendar-7"]
    assert records.links_of_series(CALENDAR, Side.SALESFORCE, ["series"]) == []


def test_the_census_counts_links_and_what_is_still_there(records: Records) -> None:
    assert records.census(CALENDAR).links == 0
    records.save_links([*LINKS, link(1, TASK)])
    census = records.census(CALENDAR)
    assert census.links == len(LINKS)
    assert census.present == {Side.OUTLOOK: len(LINKS) - 1, Side.SALESFORCE: len(LINKS) - 1}


def test_a_link_that_ends_is_forgotten(records: Records) -> None:
    records.save_links([link(1), link(2)])
    records.end_links(["calendar-1", "unheard of"])
    assert records.links(CALENDAR) == [link(2)]


def test_items_without_a_link_come_back_and_go(records: Records) -> None:
    alone = Unlinked(Side.OUTLOOK, SPECIAL)
    refused = Unlinked(Side.SALESFORCE, Item("s1", FULL), REFUSAL)
    records.save_unlinked(CALENDAR, [alone, refused])
    assert records.unlinked(CALENDAR) == [alone, refused]
    assert records.unlinked(TASK) == []
    records.save_unlinked(CALENDAR, [replace(refused, refusal=None)])
    records.drop_unlinked(CALENDAR, [(Side.OUTLOOK, "o7"), (Side.OUTLOOK, "s1")])
    assert records.unlinked(CALENDAR) == [replace(refused, refusal=None)]


def test_how_far_a_side_was_read_comes_back(records: Records) -> None:
    state = ReplicaState("me", "calendar", "My calendar", "digest", None)
    assert records.replica(CALENDAR, Side.OUTLOOK) is None
    records.save_replica(CALENDAR, Side.OUTLOOK, state)
    assert records.replica(CALENDAR, Side.OUTLOOK) == state
    records.save_replica(CALENDAR, Side.OUTLOOK, replace(state, watermark="token"))
    assert records.replica(CALENDAR, Side.OUTLOOK) == replace(state, watermark="token")
    assert records.replica(CALENDAR, Side.SALESFORCE) is None


def intent(**changes: object) -> Journalled:
    made = Journalled(
        number=0,
        run="r1",
        process=CALENDAR,
        side=Side.SALESFORCE,
        action=Action.CREATE,
        step="outlook:o1",
        link=None,
        item_id=None,
        source_id="o1",
        title="Kick-off",
        fields=FULL,
        mark="mark",
        state="sent",
        sent_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # checked by the dataclass


def test_an_intent_is_open_until_it_is_settled(records: Records) -> None:
    records.open_run("r1", [CALENDAR], NOW)
    update = intent(action=Action.UPDATE, item_id="s2", before=SPECIAL, link="calendar-2", mark="")
    numbers = records.intend([intent(), update, intent(process=TASK)])
    assert numbers == sorted(set(numbers))
    opened = records.open_intents(CALENDAR)
    assert opened == [intent(number=numbers[0]), replace(update, number=numbers[1])]
    records.settle(numbers[0], "done", NOW, item=Item("s1", FULL))
    assert [each.number for each in records.open_intents(CALENDAR)] == [numbers[1]]
    records.settle(numbers[1], "refused", NOW, words="no: \x00 名前")
    assert records.open_intents(CALENDAR) == []
    created, refused, _ = records.operations("r1")
    assert (created.state, created.item_id) == ("done", "s1")
    assert (refused.state, refused.item_id, refused.before) == ("refused", "s2", SPECIAL)
    assert refused.words.endswith("\x00 名前")


def test_what_people_and_services_write_can_always_be_written_down(records: Records) -> None:
    """Half a surrogate is legal in JSON and not in UTF-8: the title of such an item must not end the run."""
    records.open_run("r1", [CALENDAR], NOW)
    (number,) = records.intend([intent(title="Kick\ud83doff")])
    records.settle(number, "refused", NOW, words="half a \udc00")
    (kept,) = records.operations("r1")
    assert kept.title == "Kick?off"
    assert kept.words == "half a ?"
    state = ReplicaState("me", "calendar", "\ud83d", "digest", None)
    records.save_replica(CALENDAR, Side.OUTLOOK, state)
    assert records.replica(CALENDAR, Side.OUTLOOK) == replace(state, name="?")


def test_runs_come_back_newest_first(records: Records, path: Path) -> None:
    counts = {"calendar": {"created": {"outlook": 1, "salesforce": 0}, "linked": 2}}
    records.open_run("r1", [CALENDAR, TASK], NOW)
    records.close_run("r1", NOW + timedelta(minutes=1), "ok", 0, counts)
    records.open_run("r2", [], NOW + timedelta(hours=1))
    running, finished = records.runs()
    assert (running.id, running.processes, running.finished_at, running.counts) == ("r2", (), None, {})
    assert (finished.id, finished.processes) == ("r1", (CALENDAR, TASK))
    assert (finished.outcome, finished.exit_code, finished.counts) == ("ok", 0, counts)
    assert finished.finished_at == NOW + timedelta(minutes=1)
    assert [run.id for run in records.runs(limit=1)] == ["r2"]
    assert [run.id for run in read_latest_runs(path)] == ["r2", "r1"]


def test_runs_of_a_profile_that_never_ran(path: Path) -> None:
    assert read_latest_runs(path) == []
    assert not path.exists()


def test_changes_made_together_are_all_kept_or_none(records: Records) -> None:
    def fail_halfway() -> None:
        with records.together():
            records.save_links([link(1)])
            records.save_unlinked(CALENDAR, [Unlinked(Side.OUTLOOK, SPECIAL)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert records.links(CALENDAR) == []
    assert records.unlinked(CALENDAR) == []


async def test_the_store_keeps_what_it_was_given(path: Path) -> None:
    store = Store(path)
    await store.run(lambda records: records.save_links(LINKS))
    await store.close()
    again = Store(path)
    assert await again.run(lambda records: records.links(CALENDAR)) == LINKS
    await again.close()


async def test_a_scratch_store_forgets(path: Path) -> None:
    store = Store(path, is_scratch=True)
    await store.run(lambda records: records.save_links(LINKS))
    assert await store.run(lambda records: records.links(CALENDAR)) == LINKS
    await store.close()
    fresh = Store(path, is_scratch=True)
    assert await fresh.run(lambda records: records.links(CALENDAR)) == []
    await fresh.close()


async def test_a_failing_database_is_told_as_ours(path: Path) -> None:
    store = Store(path)

    def fail(_records: Records) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(StateError, match="disk is full"):
        await store.run(fail)
    await store.close()


@pytest.mark.parametrize(
    ("damage", "read"),
    [
        ("UPDATE link SET outlook_item = '{'", lambda records: records.links(CALENDAR)),
        ("UPDATE link SET outlook_presence = 'nearby'", lambda records: records.links(CALENDAR)),
        ("UPDATE link SET refusals = '[]'", lambda records: records.links(CALENDAR)),
        ("UPDATE unlinked SET side = 'between'", lambda records: records.unlinked(CALENDAR)),
        ("UPDATE operation SET action = 'rename'", lambda records: records.operations("r1")),
        ("UPDATE operation SET sent_at = 'lately'", lambda records: records.open_intents(CALENDAR)),
        ("UPDATE operation SET sent_at = '2026-03-11'", lambda records: records.open_intents(CALENDAR)),
        ("UPDATE run SET processes = 'calendar,mail'", lambda records: records.runs()),
        ("UPDATE run SET counts = '{\"calendar\": 1}'", lambda records: records.runs()),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
async def test_a_damaged_row_is_told_as_ours(
    path: Path, damage: str, read: Callable[[Records], object]
) -> None:
    store = Store(path)

    def fill(records: Records) -> None:
        records.save_links([link(1)])
        records.save_unlinked(CALENDAR, [Unlinked(Side.OUTLOOK, Item("o2", FULL))])
        records.open_run("r1", [CALENDAR], NOW)
        records.intend([intent()])

    await store.run(fill)
    await store.run(read)
    await store.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(damage)
        db.commit()
    again = Store(path)
    with pytest.raises(StateError, match=r"lpc-tui rebuild --damaged"):
        await again.run(read)
    await again.close()


def test_a_history_that_cannot_be_read_is_told_as_ours(path: Path) -> None:
    with closing(Records(connect(path))):
        pass
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE run RENAME COLUMN started_at TO began_at")
        db.commit()
    with pytest.raises(StateError, match="no such column"):
        read_latest_runs(path)
