"""The `[ui]` settings as they are edited: a new look shows before it is applied. `LpcApp` asks at each change."""

from __future__ import annotations

from lpc_tui.settings import UiSettings
from lpc_tui.settings_values import AsciiOnly, Theme
from lpc_tui.tui.staging import Staging

__all__ = ["look_of"]


def look_of(staging: Staging) -> UiSettings:
    """What the terminal UI is to look like now; keys are as they are saved, since no form edits them."""
    edited = {
        "theme": next(each for each in Theme if each == staging.value("ui.theme")),
        "ascii": next(each for each in AsciiOnly if each == staging.value("ui.ascii")),
    }
    return staging.saved.ui.model_copy(update=edited)
