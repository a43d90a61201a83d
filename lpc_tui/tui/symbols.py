"""Every character beyond ASCII that the terminal UI draws, and what stands for it where the terminal has only ASCII.

Widgets draw as they like, Textual's own among them: what they drew is translated on its way to the terminal, by the
`AsciiOnly` that `LpcApp` hands to every widget. So there is one table, and no widget has to ask. What the services hold is
not translated, wide characters included, unless the encoding cannot carry it: then `?` takes its place, cell by cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from lpc_tui.plain import cells

__all__ = ["IN_ASCII", "AsciiOnly", "in_ascii"]


def _drawing() -> Mapping[str, str]:
    table = dict.fromkeys(map(chr, range(0x2500, 0x2580)), "+")  # corners and crossings of frames
    table |= dict.fromkeys("─━┄┅┈┉╌╍═╴╶╸╺╼╾", "-")
    table |= dict.fromkeys("│┃┆┇┊┋╎╏║╵╷╹╻╽╿", "|")
    table |= dict.fromkeys(map(chr, range(0x2580, 0x25A0)), "#")  # blocks
    table |= dict.fromkeys("▁▂▔", "-")
    table |= dict.fromkeys("▎▏▍▌▐▕▊▋", "|")
    table |= dict.fromkeys("░▒▖▗▘▝", " ")
    table |= {"…": "~", "•": "*", "●": "*", "○": "o", "◉": "*", "■": "#", "□": "#"}
    table |= {"✓": "x", "✔": "x", "✗": "x", "✘": "x", "☐": "#", "☑": "x"}
    table |= {"←": "<", "→": ">", "↑": "^", "↓": "v", "↔": "-", "↕": "|", "⇧": "^"}
    table |= {"▶": ">", "▷": ">", "◀": "<", "◁": "<", "▲": "^", "△": "^", "▼": "v", "▽": "v"}
    table |= {"🔎": "/ ", "⚠": "!", "ℹ": "i", "✕": "x", "✖": "x"}
    table |= dict.fromkeys(map(chr, range(0x2400, 0x2422)), "?")  # what stands for a control character
    return MappingProxyType(table)


IN_ASCII = _drawing()
"""What stands for a character of ours; as many cells wide."""

_TABLE = str.maketrans(dict(IN_ASCII))


@lru_cache(4096)
def in_ascii(text: str, encoding: str = "utf-8") -> str:
    """The text with ASCII in place of what is drawn, as wide as before, and carried by `encoding` as a whole."""
    if text.isascii():
        return text
    text = text.translate(_TABLE)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(each if _is_carried(each, encoding) else "?" * cells(each) for each in text)
    return text


def _is_carried(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


class AsciiOnly(LineFilter):
    """Translates each line of each widget before it is drawn."""

    def __init__(self, encoding: str = "utf-8") -> None:
        """`encoding` is the terminal's."""
        super().__init__()
        self._encoding = encoding

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The line in ASCII."""
        return [
            segment if segment.control else Segment(in_ascii(segment.text, self._encoding), segment.style)
            for segment in segments
        ]
