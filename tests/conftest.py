"""Keeps the developer's machine out of every test: no real home, settings, environment or proxy."""

from __future__ import annotations

import itertools
import os
from collections import Counter
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what tests counted: those that go through many moments record a tally of how many went well, those of the planner
    on how many combinations every law was kept."""
    reports = itertools.chain(terminalreporter.getreports("passed"), terminalreporter.getreports("failed"))
    told = [(name, value) for report in reports for name, value in report.user_properties]
    tallies = sorted(str(value) for name, value in told if name == "tally")
    combinations: Counter[str] = Counter()
    for name, value in told:
        if name == "combinations":
            kind, number = value
            combinations[kind] += number
    if combinations:
        parts = ", ".join(f"{number:,} of {kind}" for kind, number in sorted(combinations.items()))
        tallies.append(f"planner: {combinations.total():,} combinations keep every law ({parts})")
    if tallies:
        terminalreporter.section("tallies")
        for tally in tallies:
            terminalreporter.write_line(tally)


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
