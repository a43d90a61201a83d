"""What the terminal shows, as a text of which versions can be compared: the characters, and how each run is drawn.

A tenth of an SVG in size and in time, and a difference is read off it line by line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.app import App

__all__ = ["picture"]

_DRAWN_ON_BLANKS = ("underline", "reverse", "strike")
_FLAGS = ("bold", "dim", "italic", *_DRAWN_ON_BLANKS, "blink")


@dataclass
class _Run:
    start: int
    size: int
    look: str


def picture(app: App[None]) -> str:
    """Each line of the screen and, below it, its runs by cell: `12+5 b` is five cells from the twelfth that look like `b`.

    What the letters mean stands at the end; the commonest look of all is not told.
    """
    strips = app.screen._compositor.render_strips()
    runs = [_runs(strip) for strip in strips]
    sizes: Counter[str] = Counter()
    for line in runs:
        for run in line:
            sizes[run.look] += run.size
    [(commonest, _)] = sizes.most_common(1)
    names: dict[str, str] = {}
    lines: list[str] = []
    for strip, line in zip(strips, runs, strict=True):
        lines.append(f"|{strip.text.rstrip()}")
        told = [run for run in line if run.look != commonest]
        if told:
            lines.append("  " + "  ".join(f"{run.start}+{run.size} {_name(run.look, names)}" for run in told))
    legend = (f"{name} {look}" for look, name in names.items())
    return "\n".join([*lines, "", f"  {commonest}", *legend, ""])


def _runs(segments: Iterable[Segment]) -> Sequence[_Run]:
    """The runs of one look in a line; of blanks only their ground is seen, so they go on as what is before them."""
    runs: list[_Run] = []
    for segment in segments:
        size = segment.cell_length
        if not size:
            continue
        look = _look(segment.style)
        before = runs[-1] if runs else None
        if before is not None and (before.look == look or _is_the_same_ground(before.look, segment)):
            before.size += size
        else:
            runs.append(_Run(before.start + before.size if before else 0, size, look))
    return runs


def _is_the_same_ground(look: str, blank: Segment) -> bool:
    """Whether a segment is blank, and looks no other than what is before it."""
    if blank.text.strip(" ") or any(flag in f"{look} {_look(blank.style)}" for flag in _DRAWN_ON_BLANKS):
        return False
    return look.split(" on ")[1].split(" ")[0] == _look(blank.style).split(" on ")[1].split(" ")[0]


def _look(style: Style | None) -> str:
    style = style or Style.null()
    ground = style.bgcolor.name if style.bgcolor else "default"
    colour = style.color.name if style.color else "default"
    return " ".join([colour, "on", ground, *(flag for flag in _FLAGS if getattr(style, flag))])


def _name(look: str, names: dict[str, str]) -> str:
    return names.setdefault(look, chr(ord("a") + len(names)))
