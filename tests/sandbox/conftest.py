"""Worlds under a frozen clock, for the tests of the sandbox's top level."""

import datetime as dt

import pytest

from lpc_tui.sandbox.sample import Worlds, empty_worlds

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
"""A Monday, four weeks before Europe's clocks change and one before America's."""

TODAY = NOW.date()


@pytest.fixture
def worlds() -> Worlds:
    """An empty mailbox and org in Berlin."""
    return empty_worlds(clock=lambda: NOW, seed=1)
