"""The log file: a line an event, bounded, for the owner alone."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from lpc_tui.engine.events import Event, Noticed, Outcome, Phase, Progress, RunFinished, RunStarted
from lpc_tui.logfile import LogFile
from lpc_tui.model.items import Process
from tests.tui.hostile import FORBIDDEN, HOSTILE, ascii_id

NOW = datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC)
ZONE = timezone(timedelta(hours=-5))
STARTED = RunStarted(run="r", processes=(Process.CALENDAR,), dry_run=False, at=NOW)
FINISHED = RunFinished(run="r", outcome=Outcome.OK, exit_code=0, elapsed_s=1.5)


def write(path: Path, *events: Event, max_bytes: int = 10_000) -> LogFile:
    with LogFile(path, zone=ZONE, clock=lambda: NOW, max_bytes=max_bytes, kept=2) as log:
        for event in events:
            log(event)
    return log


def test_each_event_is_a_line_with_the_local_time(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "lpc-tui.log"
    progress = Progress(process=Process.CALENDAR, phase=Phase.READ, done=1)
    write(path, STARTED, progress, FINISHED)
    assert path.read_text() == (
        "2026-03-02 04:00:05-05:00  Sync started: Calendar\n"
        "2026-03-02 04:00:05-05:00  Sync finished 1.5 s after its start: all done\n"
    )


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "lpc-tui.log"
    write(path, STARTED, FINISHED, max_bytes=60)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path.parent, *path.parent.iterdir())] == [
        0o700,
        0o600,
        0o600,
    ]


def test_a_later_run_appends(tmp_path: Path) -> None:
    path = tmp_path / "lpc-tui.log"
    write(path, STARTED)
    write(path, FINISHED)
    assert len(path.read_text().splitlines()) == 2


def test_the_files_stay_within_their_bounds_and_the_newest_lines_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "lpc-tui.log"
    write(path, *(Noticed(text=f"notice {number:04}") for number in range(1000)), max_bytes=500)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "lpc-tui.log",
        "lpc-tui.log.1",
        "lpc-tui.log.2",
    ]
    assert all(each.stat().st_size <= 500 for each in tmp_path.iterdir())
    kept = "".join((tmp_path / f"lpc-tui.log{end}").read_text() for end in (".2", ".1", ""))
    numbers = [int(line.rsplit(" ", 1)[1]) for line in kept.splitlines()]
    assert numbers == list(range(numbers[0], 1000))


@pytest.mark.parametrize("text", HOSTILE, ids=ascii_id)
def test_foreign_text_is_one_inert_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lpc-tui.log"
    write(path, Noticed(text=text))
    (line,) = path.read_text(encoding="utf-8").split("\n")[:-1]
    assert not any(sign in line for sign in FORBIDDEN)


def test_a_log_that_cannot_be_written_fails_nothing_and_says_why(tmp_path: Path) -> None:
    in_the_way = tmp_path / "logs"
    in_the_way.write_text("a file, not a folder")
    log = write(in_the_way / "lpc-tui.log", STARTED, FINISHED)
    assert log.trouble is not None
    assert in_the_way.read_text() == "a file, not a folder"


def test_a_run_that_never_began_leaves_no_file(tmp_path: Path) -> None:
    write(tmp_path / "logs" / "lpc-tui.log")
    assert not (tmp_path / "logs").exists()
