"""A QR code for a terminal: as text, two rows of modules in each line of half blocks, or as modules to be painted.

The command line and the terminal UI show the address to sign in at this way. Dark modules are what is drawn: show the lines
in dark on light, whatever the terminal's own colours are, since not every telephone reads the inverse.
"""

from __future__ import annotations

__all__ = ["qr_lines", "qr_modules"]

_QUIET = 2
"""Light modules around the code. The standard asks for four; telephones do with two, and a terminal has little room."""

_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_modules(text: str) -> list[list[bool]]:
    """The code for `text` row by row, True where a module is dark; light ones are around it. Raises as `qr_lines`."""
    import segno

    return [[bool(each) for each in row] for row in segno.make_qr(text, error="l").matrix_iter(border=_QUIET)]


def qr_lines(text: str) -> list[str]:
    """The lines of the code for `text`, all of one length. Raises `ValueError` if it is too long for any code."""
    rows = qr_modules(text)
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    return [
        "".join(_HALVES[above, below] for above, below in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
