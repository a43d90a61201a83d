"""How long each kind of run takes, beside the floor client in the same minute: `make bench-sync`.

python -m tests.benchmarks.sync [--items N] [--rounds N] [--latency-ms MS ...] [--markdown]

Both take turns, each in a process of its own and on services of its own, which this process hosts; the median of the rounds
is shown. Nothing is asked of the seconds, which are this computer's: what counts is how they compare.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from lpc_tui.model.items import Process, Side
from lpc_tui.sandbox.faults.kinds import Latency
from lpc_tui.sandbox.sample import empty_worlds
from lpc_tui.sandbox.server import Sandbox
from tests.benchmarks.floor_client import FloorClient, Known
from tests.benchmarks.one_run import Figures, Order
from tests.end_to_end.hands import EDITS, fields_for
from tests.end_to_end.rehearsal import Rehearsal, Times

CHANGED = 10
_DAYS = 300
_WIDTHS = (34, 8, 9, 9, 6, 9, 9, 8, 8)
_HEADINGS = ("run", "latency", "ours s", "floor s", "ratio", "ours CPU", "floor CPU", "ours MB", "floor MB")


@dataclass(frozen=True)
class Job:
    """A kind of run."""

    title: str
    method: str
    """The floor client's."""
    shares: tuple[int, int]
    """How many of two halves of the items exist on Outlook's and on Salesforce's side before."""
    is_linked: bool = False
    """Whether the items were synced before."""
    changed: int = 0
    """How many are changed on each side since."""


JOBS = (
    Job("first sync, Outlook to Salesforce", "pull", (2, 0)),
    Job("first sync, Salesforce to Outlook", "push", (0, 2)),
    Job("first sync, both ways", "both_ways", (1, 1)),
    Job(f"{CHANGED} changes on each side", "changes", (1, 1), is_linked=True, changed=CHANGED),
    Job("nothing changed", "changes", (1, 1), is_linked=True),
)


class _MovingTimes(Times):
    """The computer's clock, and ahead of it by what a story needed to pass."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, **delta: float) -> None:
        self.ahead += timedelta(**delta)


@contextmanager
def _stage(folder: Path) -> Iterator[Rehearsal]:
    times = _MovingTimes()
    worlds = empty_worlds(clock=times, seed=1)
    with Sandbox(worlds.mailbox, worlds.org) as sandbox:
        yield Rehearsal(sandbox, worlds, folder, times)


def _order(job: Job, items: int, stage: Rehearsal, *, is_ours: bool) -> Order:
    """Play what comes before the run, and say how to run it."""
    made: dict[Side, list[str]] = {}
    today = stage.times().date()
    for side, share in zip(Side, job.shares, strict=True):
        hands = stage.hands(side)
        made[side] = [
            hands.add(**fields_for(Process.CALENDAR, f"{side.label} {n}", today + timedelta(1 + n % _DAYS)))
            for n in range(items * share // 2)
        ]
    stage.times.advance(hours=1)
    window = tuple(f"{today + timedelta(days):%Y-%m-%dT00:00:00Z}" for days in (-30, 366))
    known = Known()
    if job.is_linked:
        known = _linked(stage, window)
        value, _ = EDITS[Process.CALENDAR]["subject"]
        for side in Side:
            for item_id in made[side][: job.changed]:
                stage.hands(side).edit(item_id, subject=f"{value} {item_id[-4:]}")
        stage.times.advance(minutes=1)
    written = (
        (job.changed, job.changed) if job.is_linked else (len(made[Side.SALESFORCE]), len(made[Side.OUTLOOK]))
    )
    assert isinstance(stage.times, _MovingTimes)
    return Order(
        is_ours=is_ours,
        job=job.method,
        writes=written,
        graph_url=stage.sandbox.graph_url,
        salesforce_url=stage.sandbox.salesforce_url,
        home=str(stage.folder),
        ahead_s=stage.times.ahead.total_seconds(),
        window=(window[0], window[1]),
        known=known,
    )


def _linked(stage: Rehearsal, window: Sequence[str]) -> Known:
    """Sync everything, and what the floor client has to be told of it."""
    for _ in range(2):
        result = asyncio.run(stage.sync())
        if result.exit_code:
            raise RuntimeError(f"exit code {result.exit_code}, {result.error}")
        stage.times.advance(hours=1)
    shown = {side: stage.hands(side).shows() for side in Side}
    names = {str(fields["subject"]): id_ for id_, fields in shown[Side.SALESFORCE].items()}
    pairs = {id_: names[str(fields["subject"])] for id_, fields in shown[Side.OUTLOOK].items()}
    start, end = window
    url = f"{stage.sandbox.graph_url}/me/calendarView/delta?startDateTime={start}&endDateTime={end}"
    client = FloorClient(stage.sandbox.graph_url, stage.sandbox.salesforce_url, (start, end), Known())
    try:
        link = client.delta_link(url)
    finally:
        client.close()
    return Known(
        delta_link=link,
        since=f"{stage.times():%Y-%m-%dT%H:%M:%SZ}",
        pairs={**pairs, **{theirs: ours for ours, theirs in pairs.items()}},
    )


def _run(job: Job, items: int, latency_s: float, *, is_ours: bool) -> Figures:
    with tempfile.TemporaryDirectory() as folder, _stage(Path(folder)) as stage:
        order = _order(job, items, stage, is_ours=is_ours)
        if latency_s:
            stage.sandbox.faults.add(Latency(seconds=latency_s))
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.one_run"],
            input=json.dumps(asdict(order)),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Figures(**json.loads(done.stdout))


def _row(
    job: Job, items: int, latency_ms: int, ours: Sequence[Figures], floor: Sequence[Figures]
) -> tuple[str, ...]:
    def middle(runs: Sequence[Figures], name: str) -> float:
        return median(float(getattr(run, name)) for run in runs)

    seconds = middle(ours, "seconds"), middle(floor, "seconds")
    per_item = items if not job.is_linked else max(2 * job.changed, 1)
    cpu = tuple(1000 * middle(runs, "cpu_s") / per_item for runs in (ours, floor))
    unit = "" if job.is_linked and not job.changed else "/item"
    return (
        f"{job.title}",
        f"{latency_ms} ms",
        f"{seconds[0]:.2f}",
        f"{seconds[1]:.2f}",
        f"{seconds[0] / seconds[1]:.1f}",
        *(f"{each:.2f} ms{unit}" for each in cpu),
        *(f"{middle(runs, 'rss_mb'):.0f}" for runs in (ours, floor)),
    )


def _plain(cells: Sequence[str]) -> str:
    return "  ".join(
        f"{cell:<{width}}" if number == 0 else f"{cell:>{width}}"
        for number, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        prog="bench-sync", description="Seconds of each kind of run, ours and the floor's."
    )
    parser.add_argument("--items", type=int, default=1_000, help="events in all (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each (default: %(default)s)")
    parser.add_argument(
        "--latency-ms",
        type=int,
        nargs="+",
        default=[0, 100],
        help="what each answer takes longer (default: 0 100)",
    )
    parser.add_argument("--markdown", action="store_true", help="the table in Markdown")
    chosen = parser.parse_args()
    began = time.monotonic()
    line = (lambda cells: f"| {' | '.join(cells)} |") if chosen.markdown else _plain
    print(line(_HEADINGS), flush=True)
    if chosen.markdown:
        print(line(["---", *["---:"] * (len(_HEADINGS) - 1)]))
    for latency_ms in chosen.latency_ms:
        for job in JOBS:
            runs: dict[bool, list[Figures]] = {True: [], False: []}
            for _ in range(chosen.rounds):
                for is_ours, done in runs.items():
                    done.append(_run(job, chosen.items, latency_ms / 1000, is_ours=is_ours))
            print(line(_row(job, chosen.items, latency_ms, runs[True], runs[False])), flush=True)
    print(
        f"{chosen.rounds} rounds of {chosen.items:,} events in {time.monotonic() - began:.0f} s.",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
