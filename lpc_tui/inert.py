"""Foreign text made inert: what others wrote (subjects, names, a service's words, paths) shown, never obeyed (law 13).

A terminal acts on escape sequences and reorders text around bidi controls, so everything written by somebody else passes
here before it is printed, logged or drawn. The characters that could act are replaced by visible signs; all else,
other scripts and emoji included, stays as it is. Pure; every room may import it. Markup is not its business: whoever
draws with a library that parses markup hands the text over as plain content.
"""

from __future__ import annotations

import unicodedata

__all__ = ["inert"]

_JOINERS = frozenset("\u200c\u200d")
"""Zero-width joiners hold emoji and several scripts together; alone they are harmless."""

_SUSPECT = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Control, format (bidi controls and tags are among them), surrogate, private use, line and paragraph separator."""


def inert(text: str, limit: int = 200) -> str:
    """`text` as one harmless line of at most `limit` characters; what was cut off ends in an ellipsis."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(ch: str) -> str:
    if ch in _JOINERS or unicodedata.category(ch) not in _SUSPECT:
        return ch
    code = ord(ch)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"<U+{code:04X}>"
