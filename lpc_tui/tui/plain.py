"""Untrusted text on its way into a widget: every foreign string of the UI passes here.

Widgets parse markup in the strings they are given; `Content` and Rich's `Text` built here are never parsed, and what could
steer the terminal was made visible before (`lpc_tui.plain`). Our own fixed words may stay strings.
"""

from __future__ import annotations

from rich.text import Text
from textual.content import Content

from lpc_tui.plain import cells, fit, plain

__all__ = ["MOST", "cells", "content", "fit", "plain", "prose", "text"]

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


def text(foreign: str, style: str = "", width: int = MOST) -> Text:
    """For tables, whose cells are Rich's: one inert line, no markup."""
    return Text(plain(foreign, width), style=style)
