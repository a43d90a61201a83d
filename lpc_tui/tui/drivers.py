"""What stands between Textual and a terminal: one that may be gone, or that knows little.

`TerminalApp` chooses. A terminal is gone once its line is hung up; who ignores that (nohup) would go on writing to nobody.
Of what Textual asks and tells, a Linux console or a VT100 knows little; the older ones print what they do not understand.
They have no second screen either, so what was drawn is wiped at the end, and the shell goes on at the top.
"""

from __future__ import annotations

import re

from textual.drivers.linux_driver import LinuxDriver

__all__ = ["BareDriver", "TerminalDriver"]

_UNKNOWN = re.compile(
    r"\x1b\[[<>=][0-9;]*u"  # the keyboard protocol of kitty
    r"|\x1b\[\?[0-9;]+\$p"  # questions for modes
    r"|\x1b\[\?(?:1000|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]"  # mouse, focus, second screen, paste
    r"|\x1b\][^\x07]*\x07"  # titles, clipboard
)
_WIPE = "\x1b[0m\x1b[H\x1b[J"


class TerminalDriver(LinuxDriver):
    """Can do without its terminal."""

    is_gone = False
    """Nothing is written any more."""

    def let_go(self) -> None:
        """The terminal is gone. What writes to it has died of that, and its queue would hold up the app once it is full."""
        self.is_gone = True
        self._writer_thread = None

    def write(self, data: str) -> None:
        if not self.is_gone:
            super().write(data)


class BareDriver(TerminalDriver):
    """Writes what a VT100 understands."""

    @staticmethod
    def known(data: str) -> str:
        """As much of it as such a terminal understands."""
        return _UNKNOWN.sub("", data)

    def write(self, data: str) -> None:
        if known := self.known(data):
            super().write(known)

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's has no types
        self.write(_WIPE)

    def stop_application_mode(self) -> None:
        self.write(_WIPE)
        super().stop_application_mode()
