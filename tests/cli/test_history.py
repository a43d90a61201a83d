"""`lpc-tui history`: runs, and what each wrote, for people and for programs; nothing foreign steers the terminal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeAlias

import pytest

from lpc_tui.cli.app import app
from lpc_tui.cli.errors import run_cli
from lpc_tui.engine.events import Status
from lpc_tui.state.database import connect
from tests.cli.profiles import world_of_profile
from tests.engine.world import World, event
from tests.tui.hostile import FORBIDDEN, HOSTILE

Shell: TypeAlias = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return world_of_profile(tmp_path, monkeypatch)


@pytest.fixture
def shell(world: World, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs `lpc-tui history` in this process; gives the code, the lines and what was said beside them."""

    def run(*args: str) -> tuple[int, list[str], str]:
        code = run_cli(app, ["history", *args])
        shown = capsys.readouterr()
        return code, shown.out.splitlines(), shown.err

    return run


def edited(world: World) -> None:
    """A run that adds an event, one that updates it and one that deletes it."""
    outlook = world.outlook.add(**event(location="Room 1"))
    asyncio.run(world.sync())
    world.outlook.edit(outlook, location="Room 2")
    asyncio.run(world.sync())
    world.outlook.delete(outlook)
    asyncio.run(world.sync())


def test_before_any_run_it_says_so_and_makes_no_file(shell: Shell, tmp_path: Path) -> None:
    code, lines, said = shell()
    assert (code, lines) == (1, [])
    assert said == "Nothing has run yet. The first sync: lpc-tui sync\n"
    assert shell("last")[0] == 2
    assert not list(tmp_path.glob("**/*.db"))


def test_runs_are_listed_newest_first_with_what_they_did(shell: Shell, world: World) -> None:
    edited(world)
    code, lines, said = shell()
    assert code == 0
    assert [line.partition(": ")[2] for line in lines] == [
        "all done",
        "1 deleted from Salesforce",
        "all done",
        "1 updated in Salesforce",
        "all done",
        "1 added to Salesforce",
    ]
    assert "lpc-tui history RUN" in said
    _, lines, said = shell("--limit", "1")
    assert len(lines) == 2
    assert "there are more: --limit" in said


def test_a_run_is_told_item_by_item_with_before_and_after(shell: Shell, world: World) -> None:
    edited(world)
    updated = json.loads(shell("--json")[1][1])["run"]
    code, lines, said = shell(updated)
    assert (code, said) == (0, "")
    assert lines[0].startswith(f"Run {updated}, 2026-03-11 09:32:00 to 09:32:00")
    assert lines[-3:] == [
        "09:32:00  Calendar: Update Salesforce: Kick-off (12 Mar 10:00): done",
        "          Location: Room 1 -> Room 2",
        "          Outlook o1; Salesforce s1",
    ]
    _, lines, _ = shell("last")
    assert "          Location: Room 2" in lines
    assert shell("zzz")[0] == 2


def test_json_prints_the_run_and_its_writes_and_nothing_else(shell: Shell, world: World) -> None:
    edited(world)
    code, lines, said = shell("last", "--json")
    run, write = map(json.loads, lines)
    assert (code, said, run["event"], run["end"], run["operations"]) == (0, "", "run", "ended", 1)
    assert run["counts"]["calendar"]["deleted"] == {"outlook": 0, "salesforce": 1}
    assert (write["event"], write["action"], write["status"], write["salesforce_id"]) == (
        "operation",
        "delete",
        "done",
        "s1",
    )
    assert {"field": "location", "before": "Room 2", "sent": None, "after": None} in write["changes"]
    when = next(each["before"] for each in write["changes"] if each["field"] == "when")
    assert when == {"start": "2026-03-12T10:00:00Z", "end": "2026-03-12T11:00:00Z"}
    _, lines, said = shell("--json")
    assert ([json.loads(line)["event"] for line in lines], said) == (["run"] * 3, "")


def test_a_killed_run_is_told_as_stopped_and_what_became_of_its_writes(shell: Shell, world: World) -> None:
    class Killed(BaseException):
        pass

    def die(what: str) -> None:
        if what.endswith(":write"):
            raise Killed

    world.outlook.add(**event())
    world.after_request = die
    with suppress(BaseExceptionGroup, Killed):
        asyncio.run(world.sync())
    with closing(connect(world.folder / "state.db")) as connection:
        connection.execute(
            "UPDATE run SET finished_at = NULL, outcome = NULL, exit_code = NULL, counts = NULL"
        )
    _, lines, _ = shell()
    assert "has no end yet: it still runs, or was stopped" in lines[0]
    assert "1 write without an outcome yet" in lines[1]
    assert shell("last")[1][-1].startswith("          Outlook o1")
    world.after_request = lambda _what: None
    asyncio.run(world.sync())
    _, lines, _ = shell()
    killed = lines[2]
    assert killed.endswith("Calendar: stopped without an end")
    assert "a later run found out what became of them" in lines[3]
    _, told, _ = shell(killed.split()[0])
    latest = lines[0].split()[0]
    assert f": done, as the run {latest} found" in "\n".join(told)


def test_hostile_titles_and_words_steer_nothing(shell: Shell, world: World) -> None:
    for number, text in enumerate(HOSTILE):
        world.outlook.add(**event(f"a{text}", number, location=text))
    world.refuse = lambda write: f"refused {write.fields['subject']}"
    asyncio.run(world.sync())
    assert len(world.told(Status.FAILED)) == len(HOSTILE)
    for args in ((), ("last",), ("last", "--json")):
        code, lines, said = shell(*args)
        assert code == 0
        assert not [mark for mark in FORBIDDEN if mark in "".join(lines) + said.replace("\n", "")]
    assert len(shell("last", "--json")[1]) == 1 + len(HOSTILE)
