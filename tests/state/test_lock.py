"""One run a profile, and a lock that dies with its holder."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lpc_tui.errors import LockedError, StateError
from lpc_tui.state.lock import hold

HOLDER = """
import sys, time
from pathlib import Path
from lpc_tui.state.lock import hold

with hold(Path(sys.argv[1]), "process 42, since noon"):
    print("held", flush=True)
    sys.stdin.read()
"""


WITH_A_CHILD = HOLDER.replace(
    "    sys.stdin.read()",
    "    import subprocess\n"
    "    subprocess.Popen([sys.executable, '-c', 'import sys; sys.stdin.read()'], stdout=sys.stderr)\n"
    "    print('born', flush=True)\n"
    "    time.sleep(60)",
)
"""Its child outlives it: it reads from our end of the pipe."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "run.lock"


def test_a_second_holder_is_told_who_the_first_is(path: Path) -> None:
    with (
        hold(path, "process 42, since noon"),
        pytest.raises(LockedError, match="by process 42, since noon") as caught,
        hold(path, "process 43"),
    ):
        pytest.fail("held twice")
    assert caught.value.exit_code == 4


def test_it_can_be_held_again_once_it_was_let_go(path: Path) -> None:
    for who in ("a rather long name of the first one", "second"):
        with hold(path, who):
            assert path.read_text() == who
        assert path.read_text() == ""


def test_it_is_let_go_by_an_error(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(path, "first"):
        raise ZeroDivisionError
    with hold(path, "second"):
        assert path.read_text() == "second"


def test_it_is_for_its_owner_alone(path: Path) -> None:
    with hold(path, "me"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_dies_with_its_holder(path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match="process 42"), hold(path, "us"):
            pytest.fail("held twice")
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    with hold(path, "us"):
        assert path.read_text() == "us"


def test_a_child_that_outlives_its_holder_does_not_hold_it(path: Path) -> None:
    """The servers of a demo, say: they must not inherit the lock."""
    holder = subprocess.Popen(
        [sys.executable, "-c", WITH_A_CHILD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert (holder.stdout.readline(), holder.stdout.readline()) == ("held\n", "born\n")
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        with hold(path, "us"):
            assert path.read_text() == "us"


def test_words_left_by_a_killed_holder_are_not_told_of_the_next(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("process 1, long ago and a very long line of words")
    with hold(path, "us"), pytest.raises(LockedError, match=r"already, by us\."), hold(path, "them"):
        pytest.fail("held twice")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the place of a folder")
    with pytest.raises(StateError, match="cannot be made"), hold(tmp_path / "state" / "run.lock", "us"):
        pytest.fail("held")
