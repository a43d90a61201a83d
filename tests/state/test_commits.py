"""Every transaction is complete by itself: a run that dies before or after any of them is finished by the next one."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lpc_tui.model.items import Process
from lpc_tui.state import records
from lpc_tui.state.database import transaction
from lpc_tui.state.rebuild import damage_of, standing_of
from tests.engine.world import World, event


class Killed(Exception):
    """The end of a process, as far as its state file can tell."""


class Death:
    """Lets the process die at the `at`-th commit; nothing is committed by the dead."""

    def __init__(self, at: int, *, is_after: bool) -> None:
        self.at = at
        self.is_after = is_after
        self.commits = 0

    @contextmanager
    def transaction(self, connection: sqlite3.Connection) -> Iterator[None]:
        self.commits += 1
        with transaction(connection):
            yield
            if self.commits > self.at or (self.commits == self.at and not self.is_after):
                raise Killed
        if self.commits == self.at:
            raise Killed


async def prepared(folder: Path) -> World:
    """Links, and something of every kind for a run to do on either side."""
    world = World(folder)
    for day in range(3):
        world.outlook.add(**event(f"From Outlook {day}", day))
        world.salesforce.add(**event(f"From Salesforce {day}", day))
    await world.sync(prevent=frozenset())
    by_subject = {fields["subject"]: item_id for item_id, fields in world.outlook.items.items()}
    copies = {fields["subject"]: item_id for item_id, fields in world.salesforce.items.items()}
    world.outlook.edit(by_subject["From Outlook 0"], location="Room 1")
    world.salesforce.edit(copies["From Outlook 0"], show_as="free")
    world.outlook.delete(by_subject["From Outlook 1"])
    world.salesforce.delete(copies["From Salesforce 1"])
    world.outlook.add(**event("New in Outlook", 4))
    world.salesforce.add(**event("New in Salesforce", 5))
    world.outlook.add(**event("Alike", 6))
    world.salesforce.add(**event("Alike", 6))
    return world


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
async def test_a_run_may_die_at_any_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_after: bool
) -> None:
    calm = await prepared(tmp_path / "calm")
    assert (await calm.sync()).exit_code == 0
    survived = 0
    for number in itertools.count(1):
        world = await prepared(tmp_path / str(number))
        death = Death(number, is_after=is_after)
        with monkeypatch.context() as patch:
            patch.setattr(records, "transaction", death.transaction)
            try:
                await world.sync()
            except (Killed, ExceptionGroup):
                pass
            else:
                break
        assert damage_of(world.folder / "state.db") is None
        result = await world.sync()
        assert (result.exit_code, result.error) == (0, None)
        assert sorted(map(repr, world.outlook.items.values())) == sorted(
            map(repr, calm.outlook.items.values())
        )
        assert world.agree()
        assert world.writes() == calm.writes()
        written = world.writes()
        assert (await world.sync()).exit_code == 0
        assert world.writes() == written
        assert standing_of(world.folder / "state.db", Process.CALENDAR).intents == 0
        survived += 1
    print(f"{survived} of {number - 1} deaths {'after' if is_after else 'before'} a commit were survived")
    assert survived >= 7
