"""Keeps the developer's machine out of every test: no real home, settings, environment or proxy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_FOREIGN_PREFIXES = ("LPC_TUI_", "XDG_")
_FOREIGN_NAMES = frozenset({"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"})


# How long an example takes is the machine's business, not the code's: only benchmarks look at clocks.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder and an environment that says nothing about lpc-tui, terminals or proxies."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        is_foreign = name.startswith(_FOREIGN_PREFIXES) or name in _FOREIGN_NAMES
        if is_foreign or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    return home
