"""A QR code on the screen: half blocks, or where only ASCII is drawn spaces alone, two a module, on grounds of two kinds.

The dialog of a sign-in shows the address to open in it, if there is room. Without colours the light modules are reverse (see
`themes.Colourless`), so that it is dark on light on a dark terminal in any case.
"""

from __future__ import annotations

from itertools import groupby

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from lpc_tui.qr import qr_lines, qr_modules

__all__ = ["QrCode"]

_MODULE = "  "
"""As wide as it is high, in most terminals."""


class QrCode(Static):
    """Draws nothing before it is given an address."""

    DEFAULT_CSS = """
    QrCode { width: auto; height: auto; color: #000000; background: #ffffff; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._address = ""
        self._blocks: list[str] = []
        self._modules: list[list[bool]] = []

    def take(self, address: str) -> None:
        """Have the code for this address; one that is too long for any has none."""
        if address == self._address:
            return
        self._address = address
        try:
            self._blocks, self._modules = qr_lines(address), qr_modules(address)
        except ValueError:
            self._blocks, self._modules = [], []

    def extent(self, *, is_ascii: bool) -> Size:
        """The cells that it takes; none if there is none."""
        if not self._modules:
            return Size(0, 0)
        if is_ascii:
            return Size(len(self._modules[0]) * len(_MODULE), len(self._modules))
        return Size(len(self._blocks[0]), len(self._blocks))

    def draw(self, *, is_ascii: bool) -> None:
        """Draw it as the terminal can show it."""
        self.update(self._painted() if is_ascii else Content("\n".join(self._blocks)))

    def _painted(self) -> Content:
        return Content("\n").join(
            Content.assemble(
                *((_MODULE * len(list(run)), "reverse" if is_dark else "") for is_dark, run in groupby(row))
            )
            for row in self._modules
        )
