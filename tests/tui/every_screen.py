"""All screens that there are: tests that visit each of them see here whether one was forgotten."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

from textual.screen import ModalScreen, Screen

from lpc_tui.tui import screens
from lpc_tui.tui.screens.lean import LeanModal, LeanScreen

__all__ = ["screens_of_ours"]


def screens_of_ours() -> set[type[Screen[Any]]]:
    """All that are written down in `lpc_tui.tui.screens`, but for what they are made of."""
    modules = [
        importlib.import_module(each.name)
        for each in pkgutil.iter_modules(screens.__path__, f"{screens.__name__}.")
    ]
    found = {
        each
        for module in modules
        for _, each in inspect.getmembers(module, inspect.isclass)
        if issubclass(each, Screen) and each.__module__.startswith("lpc_tui.")
    }
    return {
        each
        for each in found - {LeanScreen, LeanModal, Screen, ModalScreen}
        if not each.__name__.startswith("_")
    }
