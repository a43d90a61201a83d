"""Makes text that other people wrote inert: subjects, names, what a service or a file says (DESIGN.md, law 13).

The command line, the log file and the terminal UI pass every foreign string through `plain` before it reaches a terminal
or a file. What could steer a terminal, reorder a line or hide in it becomes visible; what belongs to a script or an emoji
stays. Standard library only; it knows nothing of markup: who renders through Rich or Textual builds a `Text` from it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["ELLIPSIS", "cells", "fit", "plain"]

ELLIPSIS = "…"

_BREAKS = re.compile(r"[\n\r\t\v\f\x85\u2028\u2029]+")

_JOINERS = frozenset("\u200c\u200d")
"""Invisible, and part of how Persian, Indic scripts and emoji are written."""

_ZERO_WIDTH = frozenset({"Mn", "Me"})

_MOST_MARKS = 4
"""Marks on one letter that are kept: enough for every living script, too few to draw over the neighbouring lines."""


def plain(text: str, width: int | None = None) -> str:
    """The text as one line that does nothing to a terminal, cut to `width` display cells.

    Control characters become their pictures (`␛` for escape); bidi controls, invisible characters and lone surrogates
    their numbers (`<U+202E>`).
    """
    if text.isascii() and text.isprintable() and (width is None or len(text) <= width):
        return text
    shown: list[str] = []
    room = None if width is None else max(width, 0)
    used = marks = 0
    for character in _folded(text):
        visible = _visible(character)
        size = cells(visible)
        marks = marks + 1 if size == 0 else 0
        if marks > _MOST_MARKS:
            continue
        if room is not None and used + size > room:
            return _ended(shown, room)
        shown.append(visible)
        used += size
    return "".join(shown)


def cells(text: str) -> int:
    """How many terminal cells inert text takes: wide characters two, marks and joiners none."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def fit(text: str, width: int) -> str:
    """The text made inert, cut or padded with blanks to exactly `width` cells."""
    shown = plain(text, width)
    return shown + " " * (width - cells(shown))


def _folded(text: str) -> str:
    """Line breaks and tabs, with the blanks around them, as one space."""
    first, *rest = _BREAKS.split(text)
    return " ".join(part.strip(" ") for part in (first, *rest) if part.strip(" ")) if rest else first


@lru_cache(4096)
def _cell(character: str) -> int:
    if character in _JOINERS or unicodedata.category(character) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


@lru_cache(4096)
def _visible(character: str) -> str:
    if " " <= character <= "~":
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character not in _JOINERS:
        return f"<U+{code:04X}>"
    return character


def _ended(shown: list[str], room: int) -> str:
    """As much of the beginning as leaves room for an ellipsis."""
    if room == 0:
        return ""
    used = sum(map(cells, shown))
    while shown and used + 1 > room:
        used -= cells(shown.pop())
    return "".join(shown).rstrip() + ELLIPSIS
