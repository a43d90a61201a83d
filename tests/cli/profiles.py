"""A profile whose state file was written by real runs over a world in memory, for commands that only read it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lpc_tui import wiring
from lpc_tui.model.rules import Rules
from lpc_tui.paths import paths_of
from tests.engine.world import World

__all__ = ["world_of_profile"]


def world_of_profile(home: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose runs, without any Prevent box ticked, write the state file of the profile in `home`; the commands see
    it at its own time, on a computer in UTC."""
    monkeypatch.setenv("LPC_TUI_HOME", str(home))
    folder = paths_of().state_dir
    folder.mkdir(parents=True)
    world = World(folder, rules=Rules())
    monkeypatch.setattr(wiring, "make_reports", partial(wiring.make_reports, clock=lambda: world.now))
    monkeypatch.setattr("tzlocal.get_localzone", lambda: ZoneInfo("UTC"))
    return world
