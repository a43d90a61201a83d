"""What the terminal UI costs, beside a bare Textual app with the same widgets: `make bench-ui`.

python -m tests.benchmarks.ui [--starts N] [--items N] [--only NAME ...] [--markdown]

Exit code 1 if a goal in bytes, or beside the bare app, is missed. Milliseconds are this computer's: their goals are told,
and nothing is asked of them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping

from tests.benchmarks.ui.bare import census
from tests.benchmarks.ui.measures import Figure, first_frames, flood, keys, log_lines, whole_sync

_WIDTHS = (58, 12, 12, 10)
_HEADINGS = ("measure", "lpc-tui", "bare app", "goal", "")


def _cells(figure: Figure) -> tuple[str, ...]:
    peer = "" if figure.peer is None else f"{figure.peer:,.0f} {figure.unit}"
    goal = ""
    if figure.goal is not None:
        goal = f"{figure.goal:g} x" if figure.is_ratio else f"{figure.goal:,.0f} {figure.unit}"
    verdict = ""
    if figure.is_missed:
        verdict = "MISSED" if figure.is_asked else "slower here"
    return figure.what, f"{figure.value:,.0f} {figure.unit}", peer, goal, verdict


def _plain(cells: tuple[str, ...]) -> str:
    what, *numbers, verdict = cells
    columns = (f"{number:>{width}}" for number, width in zip(numbers, _WIDTHS[1:], strict=True))
    return "  ".join([f"{what:<{_WIDTHS[0]}}", *columns, verdict]).rstrip()


def _markdown(figures: list[Figure]) -> str:
    rows = [_HEADINGS, ("---", "---:", "---:", "---:", "---"), *map(_cells, figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _stories(chosen: argparse.Namespace) -> Mapping[str, Callable[[], Iterator[Figure]]]:
    def start() -> Iterator[Figure]:
        yield from first_frames(census(), chosen.starts)

    def calm() -> Iterator[Figure]:
        counts = census()
        for columns, rows in ((80, 24), (120, 40)):
            yield from keys(counts, columns, rows)

    def log() -> Iterator[Figure]:
        yield from log_lines()
        yield from flood(2_000)
        yield from flood(2_000, is_open=False)
        yield from flood(10_000)

    return {"start": start, "keys": calm, "log": log, "sync": lambda: whole_sync(chosen.items)}


def main() -> int:
    """Play every story and print its figures as they come; returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench-ui", description="What the terminal UI costs.")
    parser.add_argument("--starts", type=int, default=7, help="starts of each app (default: %(default)s)")
    parser.add_argument("--items", type=int, default=10_000, help="of the whole sync (default: %(default)s)")
    parser.add_argument("--only", nargs="+", choices=["start", "keys", "log", "sync"], help="these stories")
    parser.add_argument("--markdown", action="store_true", help="the table in Markdown, on stdout")
    chosen = parser.parse_args()
    stream = sys.stderr if chosen.markdown else sys.stdout
    print(_plain(_HEADINGS), file=stream)
    figures: list[Figure] = []
    for name, story in _stories(chosen).items():
        if chosen.only and name not in chosen.only:
            continue
        for figure in story():
            print(_plain(_cells(figure)), file=stream, flush=True)
            figures.append(figure)
    if chosen.markdown:
        print(_markdown(figures))
    missed = sum(figure.is_missed and figure.is_asked for figure in figures)
    if missed:
        print(f"{missed} of {len(figures)} goals missed.", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
