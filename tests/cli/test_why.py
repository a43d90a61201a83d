"""`lpc-tui why`: an explanation, a choice or the reasons why nothing is known; for people and for programs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from lpc_tui.cli.app import app
from lpc_tui.cli.errors import run_cli
from lpc_tui.model.items import Side
from lpc_tui.model.rules import Action
from lpc_tui.plain import cells
from tests.cli.profiles import world_of_profile
from tests.engine.world import World, event
from tests.tui.hostile import FORBIDDEN, HOSTILE

Shell: TypeAlias = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A profile at its defaults: its Prevent box is ticked, its private one is not."""
    return world_of_profile(tmp_path, monkeypatch)


@pytest.fixture
def shell(world: World, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs `lpc-tui why` in this process; gives the code, the lines and what was said beside them."""

    def run(*args: str) -> tuple[int, list[str], str]:
        code = run_cli(app, ["why", *args])
        shown = capsys.readouterr()
        return code, shown.out.splitlines(), shown.err

    return run


def prevented(world: World) -> tuple[str, str]:
    """An event that was deleted in Outlook, and is kept in Salesforce by its box; its two ids."""
    outlook = world.outlook.add(**event("Board meeting", location="Room 1"))
    asyncio.run(world.sync())
    world.outlook.delete(outlook)
    asyncio.run(world.sync(prevent=frozenset({(Side.SALESFORCE, Action.DELETE)})))
    return outlook, next(iter(world.salesforce.items))


def test_it_tells_what_decided_both_sides_and_what_was_written(shell: Shell, world: World) -> None:
    outlook, salesforce = prevented(world)
    code, lines, said = shell("board", "meeting")
    text = "\n".join(lines)
    assert (code, said) == (0, "")
    assert lines[0] == "Calendar: Board meeting (12 Mar 10:00)"
    assert "Law 7: Prevent is absolute." in lines
    assert "Setting: sync.calendar.prevent.delete_from_salesforce = true" in lines
    assert "To do: Untick the box" in text
    assert "(deleted)" in text
    assert f"Outlook: {outlook}" in lines
    assert "Add to Salesforce: Board meeting (12 Mar 10:00): done" in text
    assert shell(salesforce)[1] == lines
    assert max(map(cells, lines)) <= 125


def test_json_prints_one_explanation(shell: Shell, world: World) -> None:
    prevented(world)
    code, lines, said = shell("board", "--json")
    (found,) = map(json.loads, lines)
    assert (code, said) == (0, "")
    assert (found["event"], found["verdict"], found["law"]["number"]) == ("explanation", "open", 7)
    assert found["settings"] == {"sync.calendar.prevent.delete_from_salesforce": True}
    assert [each["presence"] for each in found["versions"]] == ["gone", "present"]
    (issue,) = found["issues"]
    assert issue["resolutions"][0]["kind"] == "untick"
    assert found["operations"][0]["event"] == "operation"


def test_a_changed_field_shows_what_both_had_agreed_on(shell: Shell, world: World) -> None:
    outlook = world.outlook.add(**event("Board meeting", location="Room 1"))
    asyncio.run(world.sync())
    world.outlook.edit(outlook, location="Room 2")
    asyncio.run(world.sync(prevent=frozenset({(Side.SALESFORCE, Action.UPDATE)})))
    _, lines, _ = shell("board")
    at = next(number for number, line in enumerate(lines) if line.startswith("Location"))
    assert lines[at].split() == ["Location", "Room", "1", "Room", "2"]
    assert lines[at + 1].split() == ["agreed", "on", "Room", "1", "Room", "1"]
    assert lines[at + 2] == "  changed in Outlook"


def test_several_hits_are_listed_with_their_ids(shell: Shell, world: World) -> None:
    for number in range(3):
        world.outlook.add(**event(f"Board {number}", number))
    asyncio.run(world.sync())
    code, lines, _ = shell("board")
    assert (code, lines[0]) == (0, "Several items fit. Ask again with the id of one:")
    assert "    Outlook o1" in lines
    assert [json.loads(line)["event"] for line in shell("board", "--json")[1]] == ["choice"] * 3


def test_nothing_known_ends_with_1_and_the_reasons(shell: Shell, world: World) -> None:
    code, lines, _ = shell("dentist")
    assert code == 1
    assert "never synced here" in "\n".join(lines)
    prevented(world)
    code, lines, _ = shell("dentist", "--json")
    (found,) = map(json.loads, lines)
    assert (code, found["event"], found["asked"]) == (1, "unknown", "dentist")
    assert any("another calendar" in reason for reason in found["reasons"])


def test_a_private_item_shows_its_ids_and_no_text(shell: Shell, world: World) -> None:
    secret = world.outlook.add(**event("Divorce", location="Court"))
    world.outlook.edit(secret, sensitivity="private")
    asyncio.run(world.sync())
    for args in ((secret,), (secret, "--json")):
        code, lines, _ = shell(*args)
        assert code == 0
        assert "(private)" in "\n".join(lines)
        assert "Divorce" not in "\n".join(lines)
        assert "Court" not in "\n".join(lines)
    assert shell("divorce")[0] == 1


@pytest.mark.parametrize("args", [(), ("--json",)], ids=["text", "json"])
def test_hostile_texts_steer_nothing(shell: Shell, world: World, args: tuple[str, ...]) -> None:
    for number, text in enumerate(HOSTILE):
        world.outlook.add(**event(f"a{text}", -number, location=text))
    world.refuse = lambda write: f"refused {write.fields['subject']}"
    asyncio.run(world.sync())
    for number in range(len(HOSTILE)):
        code, lines, said = shell(f"o{number + 1}", *args)
        assert code == 0
        assert not [mark for mark in FORBIDDEN if mark in "".join(lines) + said.replace("\n", "")]
    code, lines, _ = shell("\x1b[31m\udc80", *args)
    assert code == 1
    assert not [mark for mark in FORBIDDEN if mark in "".join(lines)]
