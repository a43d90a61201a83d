"""While the UI is open there is no full collection of garbage but the one that is asked for; before and after there is."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from lpc_tui.tui.collector import calm, settle, tidy


class Ring:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    assert gc.isenabled()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_nothing_is_collected_until_the_start_is_over() -> None:
    before = [each["collections"] for each in gc.get_stats()]
    with calm():
        kept = [[number] for number in range(200_000)]
        assert [each["collections"] for each in gc.get_stats()] == before
        settle()
        frozen = gc.get_freeze_count()
        kept += [[number] for number in range(200_000)]
        assert gc.get_stats()[0]["collections"] > before[0]
        settle()
        assert gc.get_freeze_count() == frozen, "the start is over only once"
    assert len(kept) == 400_000


def test_where_it_is_not_calm_nothing_is_kept_from_collections() -> None:
    settle()
    assert gc.get_freeze_count() == 0


def test_nothing_is_collected_in_full_unasked() -> None:
    full = gc.get_stats()[2]["collections"]
    with calm():
        settle()
        kept = [[number] for number in range(200_000)]
        assert gc.get_stats()[2]["collections"] == full
    assert len(kept) == 200_000


def test_what_a_run_left_behind_is_collected_when_asked() -> None:
    with calm():
        settle()
        ring = Ring()
        left = weakref.ref(ring)
        gc.collect(1)  # it has grown old
        del ring
        assert left() is not None
        tidy()
        assert left() is None


def test_where_it_is_not_calm_nothing_is_to_be_tidied() -> None:
    full = gc.get_stats()[2]["collections"]
    tidy()
    assert gc.get_stats()[2]["collections"] == full


def test_a_fault_ends_the_calm_too() -> None:
    with pytest.raises(ZeroDivisionError), calm():
        _ = 1 / 0
