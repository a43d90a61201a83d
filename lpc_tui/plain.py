"""Makes text that other people wrote inert: subjects, names, what a service or a file says (DESIGN.md, law 13).

The command line, the log file and the terminal UI pass every foreign string through `plain` before it reaches a terminal
or a file. What could steer a terminal, reorder a line or hide in it becomes visible; what belongs to a script or an emoji
stays. Standard library only; it knows nothing of markup: who renders through Rich or Textual builds a `Text` from it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["ELLIPSIS", "cells", "fit", "plain", "seen"]

ELLIPSIS = "…"

_BREAKS = re.compile(r"[\n\r\t\v\f\x85\u2028\u2029]+")

_JOINERS = frozenset("\u200c\u200d")
"""Invisible, and part of how Persian, Indic scripts and emoji are written."""

_JOINER = "\u200d"
_LOOSE = re.compile(r"(?<![^\x00-\x7f\u200c\u200d])\u200d|\u200d(?![^\x00-\x7f\u200c\u200d])")
"""A joiner that joins nothing: it would only hide, and make what follows look narrower than it is."""

_VARIATIONS = re.compile("[\ufe00-\ufe0f]")
"""They choose among the looks of a character, and terminals disagree on how wide the chosen one is."""

_ZERO_WIDTH = frozenset({"Mn", "Me", "Mc"})
_PARTS = ((0x1160, 0x11FF), (0xD7B0, 0xD7FB), (0xFFA0, 0xFFA0), (0x3164, 0x3164), (0x1F3FB, 0x1F3FF))
"""Vowels and finals of Hangul syllables, and the tones of skin: drawn into the character before."""

_WIDE_NOW = ((0x2630, 0x2637), (0x268A, 0x268F), (0x4DC0, 0x4DFF), (0x1D300, 0x1D376))
"""Wide since Unicode 16, which this Python may not know."""

_EMOJI = (0x1FA70, 0x1FAFF)
"""Where emoji are added, year by year, that this Python may not know."""

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
    before = ""
    for character in _folded(text):
        visible = _visible(character)
        size = 0 if before == _JOINER else cells(visible)
        before = character
        marks = marks + 1 if size == 0 else 0
        if marks > _MOST_MARKS:
            continue
        if room is not None and used + size > room:
            return _ended(shown, room)
        shown.append(visible)
        used += size
    return "".join(shown)


def seen(text: str) -> str:
    """What can be seen of a text, its lines kept: for what is pasted, where signs in place of what cannot be seen would
    become part of a name or an id."""
    lines = (line.replace("\t", " ") for line in text.splitlines())
    return "\n".join("".join(each for each in line if _visible(each) == each) for line in lines)


def cells(text: str) -> int:
    """How many terminal cells inert text takes, as Textual counts them: wide characters two; marks, and what is joined to
    the character before, none."""
    if text.isascii():
        return len(text)
    if _JOINER not in text:
        return sum(map(_cell, text))
    return sum(_cell(each) for before, each in zip(" " + text, text, strict=False) if before != _JOINER)


def fit(text: str, width: int) -> str:
    """The text made inert, cut or padded with blanks to exactly `width` cells."""
    shown = plain(text, width)
    return shown + " " * (width - cells(shown))


def _folded(text: str) -> str:
    """Line breaks and tabs, with the blanks around them, as one space; without what only changes how something is drawn."""
    if not text.isascii():
        text = _LOOSE.sub(f"<U+{ord(_JOINER):04X}>", _VARIATIONS.sub("", text))
    first, *rest = _BREAKS.split(text)
    return " ".join(part.strip(" ") for part in (first, *rest) if part.strip(" ")) if rest else first


@lru_cache(4096)
def _cell(character: str) -> int:
    if (
        character in _JOINERS
        or unicodedata.category(character) in _ZERO_WIDTH
        or _is_among(character, _PARTS)
    ):
        return 0
    is_wide = unicodedata.east_asian_width(character) in {"W", "F"}
    return 2 if is_wide or _is_among(character, _WIDE_NOW) else 1


def _is_among(character: str, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)


@lru_cache(4096)
def _visible(character: str) -> str:
    if " " <= character <= "~":
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    category = unicodedata.category(character)
    is_unknown = category == "Cn" and not _is_among(character, (_EMOJI,))
    if (category in {"Cc", "Cf", "Cs"} and character not in _JOINERS) or is_unknown:
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
