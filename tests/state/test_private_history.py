"""With the private box off nothing a person wrote in a private item stays in the journal (law 6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lpc_tui.model.items import Item, Process, Side, frozen
from lpc_tui.model.links import Link, LinkSide, Unlinked
from lpc_tui.model.rules import Action
from lpc_tui.state.backups import back_up, backups
from lpc_tui.state.database import connect, scratch
from lpc_tui.state.records import Records
from lpc_tui.state.rows import Journalled

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
CALENDAR, TASK = Process.CALENDAR, Process.TASK
SECRET = "Oncologist, ward 7"
FIELDS = frozen({"subject": SECRET})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def records(path: Path) -> Iterator[Records]:
    with closing(Records(connect(path))) as made:
        made.open_run("r1", [CALENDAR, TASK], NOW)
        yield made


def entry(**changes: object) -> Journalled:
    made = Journalled(
        number=0,
        run="r1",
        process=CALENDAR,
        side=Side.SALESFORCE,
        action=Action.UPDATE,
        step="link:l1",
        link="l1",
        item_id="s1",
        source_id="o1",
        title=SECRET,
        fields=FIELDS,
        mark="",
        state="sent",
        sent_at=NOW,
        before=Item("s1", FIELDS),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # checked by the dataclass


def done(records: Records, written: Journalled, *, item: Item | None = None) -> None:
    (number,) = records.intend([written])
    records.settle(number, "done", NOW, item=item, words=f"service says {SECRET}")


def secrets(path: Path) -> int:
    """How often the text is in the file and its log: not as a row, as bytes."""
    files = [path, path.with_name(f"{path.name}-wal")]
    return sum(file.read_bytes().count(SECRET.encode()) for file in files if file.exists())


HIDDEN = Item("o1", FIELDS, is_private=True)
OPEN = Item("s1", FIELDS)


@pytest.mark.parametrize(
    ("written", "read_back"),
    [
        (entry(is_private=True), None),
        (entry(before=replace(OPEN, is_private=True)), None),
        (entry(action=Action.CREATE, item_id=None, before=None), replace(OPEN, is_private=True)),
    ],
    ids=["as its source was", "as it was before", "as it was read back"],
)
def test_what_was_private_when_it_was_written_is_forgotten(
    records: Records, path: Path, written: Journalled, read_back: Item | None
) -> None:
    done(records, written, item=read_back)
    assert [each.is_private for each in records.operations("r1")] == [True]
    assert records.forget_private_history(CALENDAR) == 1
    (left,) = records.operations("r1")
    assert (left.title, left.fields, left.before, left.words) == ("(private)", frozen({}), None, "")
    assert (left.item_id, left.source_id, left.state, left.is_private) == ("s1", "o1", "done", True)
    assert records.forget_private_history(CALENDAR) == 0
    records.close()
    assert secrets(path) == 0


@pytest.mark.parametrize("side", Side)
def test_what_turned_private_later_is_forgotten_on_both_sides_of_its_link(
    records: Records, side: Side
) -> None:
    done(records, entry())
    done(records, entry(side=Side.OUTLOOK, item_id="o1", source_id="s1"))
    done(records, entry(item_id="s2", source_id="o2", link="l2"))
    hidden = Item(f"{side[0]}1", FIELDS, is_private=True).redacted()
    link = Link("l1", CALENDAR, LinkSide("o1", FIELDS, Item("o1", FIELDS)), LinkSide("s1", FIELDS, OPEN))
    records.save_links([link.with_side(side, LinkSide(hidden.id, item=hidden))])
    assert records.forget_private_history(CALENDAR) == 2
    assert [each.title for each in records.operations("r1")] == ["(private)", "(private)", SECRET]


def test_the_copy_of_an_item_that_turned_private_and_lost_its_link_is_forgotten_too(records: Records) -> None:
    done(records, entry(action=Action.CREATE))
    records.save_unlinked(CALENDAR, [Unlinked(Side.OUTLOOK, HIDDEN.redacted())])
    assert records.forget_private_history(CALENDAR) == 1


def test_the_same_id_on_the_other_side_or_in_another_process_is_another_item(records: Records) -> None:
    done(records, entry(item_id="o1", source_id="s1"))
    done(records, entry(process=TASK))
    done(records, entry(process=TASK, is_private=True))
    records.save_unlinked(CALENDAR, [Unlinked(Side.OUTLOOK, HIDDEN.redacted())])
    assert records.forget_private_history(CALENDAR) == 0
    assert {each.title for each in records.operations("r1")} == {SECRET}


def test_somebody_who_writes_of_privacy_is_not_private(records: Records) -> None:
    done(records, entry())
    text = frozen({"subject": '"is_private"'})
    records.save_unlinked(CALENDAR, [Unlinked(Side.OUTLOOK, Item("o1", text))])
    assert records.forget_private_history(CALENDAR) == 0


def test_an_intent_without_an_outcome_keeps_what_recovery_looks_for_until_it_is_settled(
    records: Records,
) -> None:
    (number,) = records.intend([entry(action=Action.CREATE, is_private=True)])
    assert records.forget_private_history(CALENDAR) == 0
    assert records.open_intents(CALENDAR)[0].fields == FIELDS
    records.settle(number, "not-done", NOW)
    assert records.forget_private_history(CALENDAR) == 1


def test_the_copies_of_the_file_go_with_the_texts_in_them(records: Records, path: Path) -> None:
    done(records, entry(is_private=True))
    with closing(connect(path)) as connection:
        back_up(connection, path, "v1")
    assert records.forget_private_history(TASK) == 0
    assert len(backups(path)) == 1
    with closing(Records(scratch(path))) as rehearsal:
        assert rehearsal.forget_private_history(CALENDAR) == 1
    assert len(backups(path)) == 1
    records.forget_private_history(CALENDAR)
    assert backups(path) == []
