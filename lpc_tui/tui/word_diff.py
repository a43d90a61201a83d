"""The words in which a text differs from another, marked so that they are seen without colour: `{+new+}`, `[-gone-]`.

The review's detail marks values with it; whoever has colours adds them to the marks. Pure. Bounded: of very long texts that
have little in common at their ends, all between is marked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

__all__ = ["GONE", "NEW", "Marks", "marked"]

_WORDS = re.compile(r"\s*(?:\w+|[^\w\s]|$)")
"""A word or a sign, with the white space before it."""

_MOST = 600
"""Words on either side that are compared one by one; the effort grows with the square."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands before and after words that differ."""

    opening: str
    closing: str


NEW = Marks("{+", "+}")
GONE = Marks("[-", "-]")


def marked(text: str, others: Sequence[str], marks: Marks) -> str:
    """`text` with the words marked that one of `others` does not have in their place; white space does not count."""
    words = _WORDS.findall(text)
    bare = [word.strip() for word in words]
    is_kept = [True] * len(words)
    for other in others:
        same = [False] * len(words)
        for start, end in _same(bare, [word.strip() for word in _WORDS.findall(other)]):
            same[start:end] = [True] * (end - start)
        is_kept = [kept and still for kept, still in zip(is_kept, same, strict=True)]
    stretches = groupby(zip(words, is_kept, strict=True), key=lambda pair: pair[1])
    texts = ((kept, "".join(word for word, _ in pairs)) for kept, pairs in stretches)
    return "".join(text if kept else _marked(text, marks) for kept, text in texts)


def _marked(text: str, marks: Marks) -> str:
    """The text between marks, the white space at its ends outside."""
    bare = text.strip()
    if not bare:
        return text
    start = text.index(bare)
    return f"{text[:start]}{marks.opening}{bare}{marks.closing}{text[start + len(bare) :]}"


def _same(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """The stretches of `ours` that are in `theirs` too, in order."""
    head = _common(ours, theirs)
    tail = _common(ours[head:][::-1], theirs[head:][::-1])
    middle, other = ours[head : len(ours) - tail], theirs[head : len(theirs) - tail]
    found = [(0, head)]
    if max(len(middle), len(other)) <= _MOST:
        blocks = SequenceMatcher(None, middle, other, autojunk=False).get_matching_blocks()
        found += [(head + block.a, head + block.a + block.size) for block in blocks if block.size]
    return [*found, (len(ours) - tail, len(ours))]


def _common(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(ours, theirs, strict=False))
    return next((at for at, (mine, other) in pairs if mine != other), min(len(ours), len(theirs)))
