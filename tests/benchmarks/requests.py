"""How many requests each kind of run costs, beside the fewest that it could: `make bench-requests`.

python -m tests.benchmarks.requests [--process PROCESS] [--items N] [--large N] [--large-for-all]
    [--latency-ms MS] [--markdown]

Exit code 1 if a goal is missed. Requests are exact, the same on every machine; the seconds are this computer's, for
orientation, and nothing is asked of them.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator

from lpc_tui.model.items import Process
from tests.benchmarks.jobs import Measure, first_syncs, small_changes
from tests.benchmarks.report import HEADINGS, markdown, plain, row


async def _measures(chosen: argparse.Namespace) -> AsyncIterator[Measure]:
    latency = chosen.latency_ms / 1000
    for process in [chosen.process] if chosen.process else list(Process):
        async for measure in first_syncs(process, chosen.items, latency):
            yield measure
        sizes = [chosen.items]
        if process is Process.CALENDAR or chosen.large_for_all:
            sizes.append(chosen.large)
        for size in sizes:
            async for measure in small_changes(process, size, latency):
                yield measure


async def _play(chosen: argparse.Namespace) -> list[Measure]:
    """All measures, each told as soon as it is there: on stderr if the table to come is for a file."""
    stream = sys.stderr if chosen.markdown else sys.stdout
    print(plain(HEADINGS), file=stream)
    measures = []
    async for measure in _measures(chosen):
        print(plain(row(measure)), file=stream, flush=True)
        measures.append(measure)
    return measures


def main() -> int:
    """Play every story, and print what its runs cost; returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench-requests", description="Requests of each kind of run.")
    parser.add_argument("--process", type=Process, choices=list(Process), help="only this one")
    parser.add_argument("--items", type=int, default=1_000, help="in a story (default: %(default)s)")
    parser.add_argument("--large", type=int, default=10_000, help="in a large one (default: %(default)s)")
    parser.add_argument(
        "--large-for-all", action="store_true", help="the large one not for the calendar alone"
    )
    parser.add_argument(
        "--latency-ms", type=int, default=0, help="what each answer takes longer (default: 0)"
    )
    parser.add_argument("--markdown", action="store_true", help="the table in Markdown, on stdout")
    chosen = parser.parse_args()
    measures = asyncio.run(_play(chosen))
    if chosen.markdown:
        print(markdown(measures))
    missed = sum(measure.is_missed for measure in measures)
    if missed:
        print(f"{missed} of {len(measures)} goals missed.", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
