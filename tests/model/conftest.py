"""Tells at the end of a test run how many combinations the planner was checked on."""

from __future__ import annotations

from collections import Counter

from _pytest.terminal import TerminalReporter

COUNTED = {"links": "of links", "unlinked": "of items without a link", "brakes": "of the brake"}
"""What the tests of the planner report by `record_property`."""


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """One line with what the tests counted, wherever they ran: the numbers travel with the reports."""
    counts: Counter[str] = Counter()
    failed = len(terminalreporter.stats.get("failed", ()))
    for report in terminalreporter.stats.get("passed", ()):
        counts.update({name: number for name, number in report.user_properties if name in COUNTED})
    if counts:
        parts = ", ".join(f"{counts[name]:,} {words}" for name, words in COUNTED.items() if counts[name])
        terminalreporter.write_line(
            f"planner: {counts.total():,} combinations kept the laws ({parts}); {failed} tests failed"
        )
