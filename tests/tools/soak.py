"""Plays random histories for as long as you like: `make soak`, or with a seed that failed, the same ones again.

python -m tests.tools.soak [--process PROCESS] [--minutes N | --seed N] [--shrink]
"""

from __future__ import annotations

import argparse
import itertools
import secrets
import sys
import time

from lpc_tui.model.items import Process
from tests.end_to_end.histories import HISTORIES, play


def main() -> None:
    """Play, and tell of each round by which seed it can be played again; ends with an exception at the first failure."""
    parser = argparse.ArgumentParser(
        prog="soak", description="Random histories of both services and a profile."
    )
    parser.add_argument("--process", type=Process, choices=list(Process), help="only this one")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="only the round of this seed")
    parser.add_argument("--shrink", action="store_true", help="look for the shortest history that fails")
    chosen = parser.parse_args()
    processes = [chosen.process] if chosen.process else list(Process)
    until = time.monotonic() + chosen.minutes * 60
    for number in itertools.count(1):
        seed = secrets.randbits(32) if chosen.seed is None else chosen.seed
        for process in processes:
            print(f"{number}: {HISTORIES} histories, --process {process} --seed {seed}", flush=True)
            play(process, seed, shrinks=chosen.shrink)
        if chosen.seed is not None or time.monotonic() >= until:
            break
    print("Nothing was lost, doubled, resurrected, leaked or overwritten.", file=sys.stderr)


if __name__ == "__main__":
    main()
