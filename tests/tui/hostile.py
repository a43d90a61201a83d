"""Texts that other people could have written, and that no widget may obey."""

from __future__ import annotations

HOSTILE = (
    "[/",
    "[/]",
    "Smith [Acme]",
    "[b]x",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\u202eevil",
    "\u2066x\u2069",
    "\x9b2J",
    "名前 🎉",
    "a\nb\tc",
    "$name",
    "\ud800",
    "x" * 5_000,
)

FORBIDDEN = ("\x1b", "\x07", "\x9b", "\n", "\t", "\u202e", "\u2066", "\u2069", "\ud800")
"""None of these may reach the terminal out of a foreign text."""


def ascii_id(text: str) -> str:
    """A short test id for a hostile text."""
    return ascii(text)[1:13]
