"""Text as two services hold it: its length in UTF-16 units, and the beginning of it that fits. Pure.

Salesforce counts UTF-16 units (Object Reference; Help 000382141); cutting splits no visible character.
"""

from __future__ import annotations

import unicodedata

__all__ = ["BLANKS", "cut", "utf16_length"]

BLANKS = "".join(ch for ch in map(chr, range(0x3001)) if ch <= " " or ch.isspace())
"""What is taken off the ends of a text: by Salesforce blanks and control characters (wire notes, section 5), by us white
space of every kind. All at once, so that taking it off again changes nothing."""


def utf16_length(text: str) -> int:
    """The text's length in UTF-16 units: characters beyond the basic plane count two."""
    return len(text) + sum(ch > "\uffff" for ch in text)


def cut(text: str, limit: int) -> str:
    """The longest beginning of `text` within `limit` UTF-16 units that splits no visible character."""
    if utf16_length(text) <= limit:
        return text
    units = end = 0
    for ch in text:
        units += 2 if ch > "\uffff" else 1
        if units > limit:
            break
        end += 1
    while end and _continues(text, end):
        end -= 1
    return text[:end].rstrip(BLANKS)


_JOINED = (
    ("\u1160", "\u11ff"),  # vowels and finals of a Hangul syllable spelt out
    ("\ud7b0", "\ud7ff"),
    ("\u200c", "\u200d"),  # (non-)joiners
    ("\U0001f3fb", "\U0001f3ff"),  # skin tones
    ("\U000e0020", "\U000e007f"),  # tags, which spell the flag of a country's part
)


def _continues(text: str, at: int) -> bool:
    """Whether the character at `at` belongs to the one before it: a mark, a joiner, a skin tone, half a flag."""
    here, before = text[at], text[at - 1]
    if "\U0001f1e6" <= here <= "\U0001f1ff":
        start = at
        while start and "\U0001f1e6" <= text[start - 1] <= "\U0001f1ff":
            start -= 1
        return (at - start) % 2 == 1
    return (
        before == "\u200d"
        or unicodedata.category(here) in {"Mn", "Me", "Mc"}
        or any(first <= here <= last for first, last in _JOINED)
    )
