"""`lpc-tui rebuild`: what it asks, what it refuses, and that it forgets no more than it says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest

from lpc_tui.cli import asking
from lpc_tui.cli.app import app
from lpc_tui.cli.errors import run_cli
from lpc_tui.engine.interface import Cancel
from lpc_tui.model.items import Item, Process, Side, frozen
from lpc_tui.model.links import Link, LinkSide, Presence
from lpc_tui.model.rules import Action
from lpc_tui.paths import Paths, paths_of
from lpc_tui.state.backups import backups
from lpc_tui.state.database import connect
from lpc_tui.state.lock import hold
from lpc_tui.state.rebuild import standing_of
from lpc_tui.state.records import Records
from lpc_tui.state.rows import Journalled, ReplicaState

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
Shell: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs command lines in this process, on a home of its own, without a terminal."""
    monkeypatch.setenv("LPC_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)

    def run(*args: str) -> tuple[int, str, str]:
        code = run_cli(app, ["rebuild", *args])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture
def paths(shell: Shell) -> Paths:
    """A profile with three calendar links, one of a deleted item, and one write without an outcome."""
    paths = paths_of()
    with closing(Records(connect(paths.state_file))) as records:
        records.open_run("r1", [Process.CALENDAR], NOW)
        links = [_link(number) for number in range(3)]
        links[2] = links[2].with_side(Side.OUTLOOK, LinkSide("o2", presence=Presence.GONE))
        records.save_links(links)
        records.save_replica(
            Process.CALENDAR, Side.OUTLOOK, ReplicaState("me", "here", "Mine", "digest", "token")
        )
        records.intend([_intent()])
        records.close_run("r1", NOW, "aborted", 5, {})
    return paths


def _link(number: int) -> Link:
    fields = frozen({"subject": f"Event {number}"})
    outlook, salesforce = (LinkSide(id_, fields, Item(id_, fields)) for id_ in (f"o{number}", f"s{number}"))
    return Link(f"l{number}", Process.CALENDAR, outlook, salesforce)


def _intent() -> Journalled:
    return Journalled(
        0,
        "r1",
        Process.CALENDAR,
        Side.SALESFORCE,
        Action.CREATE,
        "outlook:o9",
        None,
        None,
        "o9",
        "Lost",
        frozen({"subject": "Lost"}),
        "mark",
        "sent",
        NOW,
    )


def answering(monkeypatch: pytest.MonkeyPatch, *, says_yes: bool) -> list[str]:
    """A person at a terminal; returns the questions they are asked."""
    asked = []

    async def ask(question: str, _cancel: Cancel) -> bool:
        asked.append(question)
        return says_yes

    monkeypatch.setattr(asking, "has_terminal", lambda: True)
    monkeypatch.setattr(asking, "ask_on_terminal", ask)
    return asked


def links(paths: Paths) -> int:
    return standing_of(paths.state_file, Process.CALENDAR).links


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ((), "takes the name of a process, or --damaged"),
        (("calendar", "--damaged"), "takes the name of a process, or --damaged"),
        (("calender", "--yes"), "Did you mean calendar?"),
        (("calendar",), "no terminal to ask on. Add --yes"),
        (("--damaged",), "no terminal to ask on. Add --yes"),
        (("--damaged", "--yes"), "is not damaged. To forget the links of one process"),
    ],
)
def test_what_cannot_be_asked_for_is_one_line_and_nothing_is_forgotten(
    shell: Shell, paths: Paths, args: tuple[str, ...], says: str
) -> None:
    before = paths.state_file.read_bytes()
    code, out, err = shell(*args)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert says in err
    assert paths.state_file.read_bytes() == before
    assert backups(paths.state_file) == []


@pytest.mark.parametrize("args", [("calendar",), ("--damaged",)])
def test_a_profile_that_never_ran_is_left_without_a_file(
    shell: Shell, tmp_path: Path, args: tuple[str, ...]
) -> None:
    code, out, err = shell(*args, "--yes")
    assert (code, err) == (0, "")
    assert "nothing to forget" in out
    assert not (tmp_path / "home").exists()


def test_a_process_without_links_needs_no_question(shell: Shell, paths: Paths) -> None:
    code, out, err = shell("task", "--yes")
    assert (code, out, err) == (0, "Task: nothing is linked; there is nothing to forget.\n", "")
    assert links(paths) == 3


def test_yes_forgets_and_tells_what_comes_next(shell: Shell, paths: Paths) -> None:
    code, out, err = shell("calendar", "--yes")
    assert code == 0
    assert "3 links would be forgotten. Nothing is undone" in err
    assert "Deleted on one side but not on the other: 1 item." in err
    assert "Interrupted, outcome unknown: 1 write." in err
    assert out.startswith("Calendar: 3 links forgotten. The next sync compares both sides afresh")
    (copy,) = backups(paths.state_file)
    assert str(copy) in out
    left = standing_of(paths.state_file, Process.CALENDAR)
    assert (left.links, left.intents) == (0, 1)
    with closing(Records(connect(paths.state_file))) as records:
        assert [run.id for run in records.runs()] == ["r1"]


@pytest.mark.parametrize("says_yes", [True, False])
def test_at_a_terminal_it_asks(
    shell: Shell, paths: Paths, monkeypatch: pytest.MonkeyPatch, says_yes: bool
) -> None:
    asked = answering(monkeypatch, says_yes=says_yes)
    code, out, err = shell("calendar")
    assert asked == ["Forget 3 links?"]
    assert links(paths) == (0 if says_yes else 3)
    if not says_yes:
        assert (code, out) == (130, "")
        assert err.endswith("lpc-tui: Nothing was changed.\n")
        assert backups(paths.state_file) == []


def test_ctrl_c_is_a_no(shell: Shell, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupted(_question: str, _cancel: Cancel) -> bool:
        raise KeyboardInterrupt

    answering(monkeypatch, says_yes=True)
    monkeypatch.setattr(asking, "ask_on_terminal", interrupted)
    code, out, err = shell("calendar")
    assert (code, out, links(paths)) == (130, "", 3)
    assert err.endswith("\nlpc-tui: Nothing was changed.\n")


def test_a_profile_that_a_run_holds_is_left_alone(shell: Shell, paths: Paths) -> None:
    with hold(paths.lock_file, "process 7"):
        code, out, err = shell("calendar", "--yes")
    assert (code, out, len(err.splitlines())) == (4, "", 1)
    assert "process 7" in err
    assert links(paths) == 3


def test_it_holds_the_profile_while_it_asks(
    shell: Shell, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, says_yes=True)
    seen = []

    async def ask(_question: str, _cancel: Cancel) -> bool:
        seen.append(paths.lock_file.read_text())
        return False

    monkeypatch.setattr(asking, "ask_on_terminal", ask)
    shell("calendar")
    assert seen == [f"lpc-tui rebuild, process {os.getpid()}"]


# A damaged file


@pytest.fixture
def damaged(paths: Paths) -> Paths:
    paths.state_file.write_bytes(b"Dear diary, " * 1000)
    return paths


def test_a_damaged_file_names_the_way_on(shell: Shell, damaged: Paths) -> None:
    code, out, err = shell("calendar", "--yes")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "afresh: lpc-tui rebuild --damaged" in err


@pytest.mark.parametrize("says_yes", [True, False])
def test_a_damaged_file_is_moved_aside_never_deleted(
    shell: Shell, damaged: Paths, monkeypatch: pytest.MonkeyPatch, says_yes: bool
) -> None:
    asked = answering(monkeypatch, says_yes=says_yes)
    before = damaged.state_file.read_bytes()
    code, out, err = shell("--damaged")
    assert asked == ["Move it aside?"]
    assert "damaged or not a state file" in err
    assert damaged.state_file.exists() != says_yes
    (file,) = damaged.state_dir.glob("state.db*")
    assert file.read_bytes() == before
    assert code == (0 if says_yes else 130)
    assert (f"The state file is now {file}; nothing was deleted." in out) == says_yes


def test_a_newer_file_is_not_moved(shell: Shell, paths: Paths) -> None:
    with closing(connect(paths.state_file)) as db:
        db.execute("PRAGMA user_version = 99")
    code, _, err = shell("--damaged", "--yes")
    assert code == 2
    assert "Update lpc-tui" in err
    assert paths.state_file.exists()


def test_no_service_library_is_loaded_for_it(paths: Paths) -> None:
    """It cannot send anything (law 7): what could is not even there."""
    script = (
        "import sys; from lpc_tui.cli.app import app; from lpc_tui.cli.errors import run_cli\n"
        "code = run_cli(app, ['rebuild', 'calendar', '--yes'])\n"
        "sys.exit(code or ','.join({'O365', 'simple_salesforce', 'requests', 'textual'} & sys.modules.keys()) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=dict(os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, links(paths)) == (0, 0), done.stderr
