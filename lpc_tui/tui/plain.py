"""Untrusted text on its way into a widget: every foreign string of the UI passes here.

Widgets parse markup in the strings they are given; a `Content` built here is never parsed, and what could
steer the terminal was made visible before (`lpc_tui.plain`). Our own fixed words may stay strings.
"""

from __future__ import annotations

from textual.content import Content

from lpc_tui.plain import cells, fit, plain, seen

__all__ = ["MOST", "cells", "content", "fit", "plain", "prose", "seen", "wrapped"]

MOST = 600
"""Cells of one foreign string that a widget shows at most; longer ones end in an ellipsis."""


def content(foreign: str, width: int = MOST) -> Content:
    """For Textual's own widgets: one inert line, no markup."""
    return Content(plain(foreign, width))


def prose(foreign: str, most_lines: int = 40) -> Content:
    """For messages that may have several lines (a settings file's problems): each line inert, the breaks kept."""
    lines = foreign.splitlines()
    shown = [plain(line, MOST) for line in lines[:most_lines]]
    if len(lines) > most_lines:
        shown.append(f"… and {len(lines) - most_lines} more lines")
    return Content("\n".join(shown))


def wrapped(inert: str, width: int) -> list[str]:
    """An inert line broken into lines of at most `width` cells, between words where it can; at least one line."""
    if cells(inert) <= width:
        return [inert]
    lines = [""]
    used = 0
    for word in inert.split(" "):
        size = cells(word)
        if used and used + 1 + size <= width:
            lines[-1] += f" {word}"
            used += 1 + size
        elif not used and size <= width:
            lines[-1] += word
            used = size
        else:
            *whole, last = _pieces(word, width)
            lines += [*whole, last]
            used = cells(last)
    return lines[1:] if len(lines) > 1 and not lines[0] else lines


def _pieces(word: str, width: int) -> list[str]:
    """A word cut where it is wider than a line."""
    pieces = [""]
    for character in word:
        if pieces[-1] and cells(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
