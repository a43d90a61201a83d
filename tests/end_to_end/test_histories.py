"""Five hundred random histories, the same ones each time (see `histories`), in many tests for the workers to share."""

from __future__ import annotations

import pytest

from lpc_tui.model.items import Process
from tests.end_to_end.histories import HISTORIES, play

SEEDS = range(10)


def test_enough_histories_are_played() -> None:
    assert len(Process) * len(SEEDS) * HISTORIES >= 500


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("process", Process)
def test_nothing_is_lost_doubled_resurrected_leaked_or_overwritten(process: Process, seed: int) -> None:
    play(process, seed)
