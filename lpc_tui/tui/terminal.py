"""What the terminal at the other end can do, read off the environment: colours, characters, sequences.

`cli.ui` asks before anything of Textual is imported, since Textual takes some of it from the environment as it is imported.
Names decide, so that a host without the terminal's terminfo entry does as well. Nothing is written to the terminal to find
out, because a slow line would have to wait for the answer. Standard library only.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

__all__ = ["ABLE", "Colours", "Multiplexer", "Terminal", "prepare", "terminal_of"]

_TRUE_COLOUR = frozenset({"truecolor", "24bit"})
_BARE = ("linux", "vt1", "vt2", "vt3", "vt4", "vt5", "ansi", "cons", "sun", "wyse", "dumb")
"""How the names of terminals begin that know few sequences and no character beyond ASCII for sure.

A Linux console has frames in most of its fonts, but neither check marks nor the blocks of a scrollbar."""

_MODERN = ("alacritty", "contour", "foot", "ghostty", "iterm", "kitty", "konsole", "rio", "wezterm")
"""What the names of terminals hold that have 256 colours, and do not say so in their names."""


class Colours(enum.IntEnum):
    """How many colours there are."""

    NONE = 0
    """Bold, underlined and reverse alone."""
    SIXTEEN = 16
    MANY = 256
    TRUE = 1 << 24


class Multiplexer(enum.StrEnum):
    """What stands between us and the terminal, and takes what it does not know for itself."""

    TMUX = "tmux"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """One terminal. The default is one that can do everything."""

    colours: Colours = Colours.TRUE
    is_ascii: bool = False
    """It may be unable to show anything but ASCII."""
    is_bare: bool = False
    """It knows no mouse, no title, no clipboard and no second screen, and may print what it does not know."""
    is_dumb: bool = False
    """It cannot even move its cursor."""
    multiplexer: Multiplexer | None = None


ABLE = Terminal()


def terminal_of(environ: Mapping[str, str], encoding: str | None) -> Terminal:
    """The terminal that `environ` tells of; `encoding` is that of the stream it is written to."""
    name = environ.get("TERM", "").lower()
    is_bare = not name or name.startswith(_BARE)
    multiplexer = (
        Multiplexer.TMUX if environ.get("TMUX") else Multiplexer.SCREEN if environ.get("STY") else None
    )
    return Terminal(
        colours=_colours(environ, name, multiplexer),
        is_ascii=is_bare or not _is_utf8(environ, encoding),
        is_bare=is_bare,
        is_dumb=name in {"", "dumb", "unknown"},
        multiplexer=multiplexer,
    )


def prepare(terminal: Terminal, environ: MutableMapping[str, str]) -> None:
    """Tell Textual what it would otherwise guess; before it is imported. What the person has set stands."""
    systems = {Colours.TRUE: "truecolor", Colours.MANY: "256"}
    environ.setdefault("TEXTUAL_COLOR_SYSTEM", systems.get(terminal.colours, "standard"))
    if terminal.is_bare:
        environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")


def _colours(environ: Mapping[str, str], name: str, multiplexer: Multiplexer | None) -> Colours:
    if environ.get("NO_COLOR"):  # https://no-color.org: present and not empty
        return Colours.NONE
    # screen hands on the COLORTERM of the terminal that it was started in, whose colours it does not know
    if environ.get("COLORTERM", "").lower() in _TRUE_COLOUR and multiplexer is not Multiplexer.SCREEN:
        return Colours.TRUE
    if name.endswith("-direct"):
        return Colours.TRUE
    if name.endswith("256color"):
        return Colours.MANY
    return _known_colours(name)


def _known_colours(name: str) -> Colours:
    if name.startswith("vt"):
        return Colours.NONE
    return Colours.MANY if any(each in name for each in _MODERN) else Colours.SIXTEEN


def _is_utf8(environ: Mapping[str, str], encoding: str | None) -> bool:
    """Whether what is written is UTF-8, and the locale does not say that the terminal takes something else.

    Python writes UTF-8 under a plain C locale, too; only who asks for that with LC_ALL means it.
    """
    if environ.get("LC_ALL", "").upper() in {"C", "POSIX"}:
        return False
    return "utf" in (encoding or "").lower()
