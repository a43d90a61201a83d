"""The colours of the terminal UI, and which of them a terminal gets.

Every pair of text and ground that a screen shows has a contrast of 4.5:1 at least (WCAG 2.2, AA); with high contrast it is
7:1 (AAA). The tests compute it from what is drawn. A state never shows by colour alone: beside it stands a sign or a word,
and the cursor is reverse or bold, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from lpc_tui.settings_values import Theme as Chosen
from lpc_tui.tui.terminal import Colours, Terminal

__all__ = ["ALL", "COLOURLESS", "THEMES", "Colourless", "theme_name"]

_DARK = Theme(
    name="lpc-dark",
    primary="#0178d4",
    secondary="#004578",
    accent="#ffa62b",
    warning="#ffa62b",
    error="#ba3c5b",
    success="#4ebf71",
    foreground="#e0e0e0",
    variables={"block-cursor-background": "#0a64ad", "block-cursor-foreground": "#ffffff"},
)

_LIGHT = Theme(
    name="lpc-light",
    primary="#004578",
    secondary="#0178d4",
    accent="#6a3d00",
    warning="#7a4600",
    error="#9b1c3c",
    success="#0b5c2a",
    foreground="#101010",
    surface="#f2f2f2",
    panel="#e2e2e2",
    background="#fafafa",
    dark=False,
    variables={
        "block-cursor-background": "#004578",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#c6d8e8",
        "block-cursor-blurred-foreground": "#101010",
        "text-accent": "#6a3d00",
        "text-warning": "#7a4600",
        "text-error": "#9b1c3c",
        "text-success": "#0b5c2a",
        "text-primary": "#004578",
        "text-muted": "#454545",
    },
)

_HIGH_CONTRAST = Theme(
    name="lpc-high-contrast",
    primary="#00ffff",
    secondary="#00ffff",
    accent="#ffff00",
    warning="#ffff00",
    error="#ff9090",
    success="#60ff60",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    boost="#000000",
    variables={
        "border": "#ffffff",
        "border-blurred": "#ffffff",
        "block-cursor-background": "#ffff00",
        "block-cursor-foreground": "#000000",
        "block-cursor-blurred-background": "#404040",
        "block-cursor-blurred-foreground": "#ffffff",
        "block-hover-background": "#333333",
        "input-cursor-background": "#ffffff",
        "input-cursor-foreground": "#000000",
        "input-selection-background": "#ffff00",
        "input-selection-foreground": "#000000",
        "scrollbar": "#ffffff",
        "scrollbar-hover": "#ffff00",
        "scrollbar-active": "#ffff00",
        "scrollbar-background": "#000000",
        "scrollbar-background-hover": "#000000",
        "scrollbar-background-active": "#000000",
        "text": "#ffffff",
        "text-muted": "#ffffff",
        "text-disabled": "#b0b0b0",
        "text-primary": "#00ffff",
        "text-accent": "#ffff00",
        "text-warning": "#ffff00",
        "text-error": "#ff9090",
        "text-success": "#60ff60",
    },
)

_TERMINAL = Theme(
    name="lpc-terminal",
    ansi=True,
    primary="ansi_cyan",
    accent="ansi_yellow",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    secondary="ansi_default",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "border": "ansi_cyan",
        "border-blurred": "ansi_default",
        "block-cursor-background": "ansi_cyan",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-blurred-background": "ansi_default",
        "block-cursor-blurred-foreground": "ansi_default",
        "block-cursor-blurred-text-style": "underline",
        "block-hover-background": "ansi_default",
        "text-muted": "ansi_default",
        "text-primary": "ansi_cyan",
        "text-accent": "ansi_yellow",
        "text-warning": "ansi_yellow",
        "text-error": "ansi_red",
        "text-success": "ansi_green",
        "foreground-muted": "ansi_default",
        "scrollbar": "ansi_cyan",
        "scrollbar-hover": "ansi_cyan",
        "scrollbar-active": "ansi_cyan",
        "scrollbar-background": "ansi_black",
        "input-cursor-background": "ansi_white",
        "input-cursor-foreground": "ansi_black",
        "input-cursor-text-style": "none",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
    },
)
"""The terminal's own colours, whatever they are: its person has chosen them. Only those every palette can show on its
default ground are used for text."""

_COLOURLESS = replace(
    _TERMINAL,
    name="lpc-colourless",
    primary="ansi_default",
    accent="ansi_default",
    warning="ansi_default",
    error="ansi_default",
    success="ansi_default",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_default",
        "border-blurred": "ansi_default",
        "block-cursor-background": "ansi_white",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-blurred-background": "ansi_default",
        "block-cursor-blurred-foreground": "ansi_default",
        "block-cursor-blurred-text-style": "underline",
        "input-cursor-background": "ansi_white",
        "input-cursor-foreground": "ansi_black",
        "input-cursor-text-style": "none",
        "input-selection-background": "ansi_white",
        "input-selection-foreground": "ansi_black",
        "scrollbar": "ansi_white",
        "scrollbar-hover": "ansi_white",
        "scrollbar-active": "ansi_white",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
        "text-muted": "ansi_default",
        "foreground-muted": "ansi_default",
    },
)
"""For `NO_COLOR` and terminals without: whatever has a ground of its own is drawn reverse (`Colourless`)."""

COLOURLESS = _COLOURLESS.name

THEMES: Mapping[Chosen, Theme] = MappingProxyType(
    {
        Chosen.DARK: _DARK,
        Chosen.LIGHT: _LIGHT,
        Chosen.HIGH_CONTRAST: _HIGH_CONTRAST,
        Chosen.TERMINAL: _TERMINAL,
    }
)
"""What a person can choose, but for `auto`."""

ALL = (*THEMES.values(), _COLOURLESS)
"""What the app has to know of."""


class Colourless(LineFilter):
    """Takes the colours off each line; what stood on a ground of its own is reverse: the cursor, a selection, a QR code."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The line without colours."""
        return [
            Segment(text, _colourless(style) if style else style, control)
            for text, style, control in segments
        ]


@lru_cache(1024)
def _colourless(style: Style) -> Style:
    has_ground = style.bgcolor is not None and not style.bgcolor.is_default
    return style + _DEFAULTS + Style(reverse=has_ground != bool(style.reverse))


_DEFAULTS = Style.from_color(RichColor.parse("default"), RichColor.parse("default"))


def theme_name(chosen: Chosen, terminal: Terminal) -> str:
    """The name of the theme to show: what was chosen, as far as the terminal has the colours for it."""
    if terminal.colours is Colours.NONE:
        return COLOURLESS
    if chosen is Chosen.AUTO:
        chosen = Chosen.TERMINAL if terminal.colours is Colours.SIXTEEN else Chosen.DARK
    return THEMES[chosen].name
