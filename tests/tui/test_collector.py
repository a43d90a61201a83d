"""While a run goes on there is no full collection of garbage; before and after there is."""

from __future__ import annotations

import gc

import pytest

from lpc_tui.tui.collector import calm


def test_a_run_meets_no_full_collection_and_leaves_all_as_it_was() -> None:
    before = gc.get_threshold()
    full = gc.get_stats()[2]["collections"]
    with calm():
        kept = [[number] for number in range(200_000)]
        assert gc.get_stats()[2]["collections"] == full
    assert len(kept) == 200_000
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
    with pytest.raises(ZeroDivisionError), calm():
        _ = 1 / 0
    assert gc.get_threshold() == before
