"""A QR code as text: two rows of modules in each line of half blocks, so that a telephone can read it off a terminal.

The command line and the terminal UI show the address to sign in at this way. Dark modules are what is drawn: show the lines
in dark on light, whatever the terminal's own colours are, since not every telephone reads the inverse.
"""

from __future__ import annotations

__all__ = ["qr_lines"]

_QUIET = 2
"""Light modules around the code. The standard asks for four; telephones do with two, and a terminal has little room."""

_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


def qr_lines(text: str) -> list[str]:
    """The lines of the code for `text`, all of one length. Raises `ValueError` if it is too long for any code."""
    import segno

    rows = [list(row) for row in segno.make_qr(text, error="l").matrix_iter(border=_QUIET)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    return [
        "".join(_HALVES[above, below] for above, below in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
