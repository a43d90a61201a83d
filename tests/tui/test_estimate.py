"""The estimate of the time left: honest, or none at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lpc_tui.tui.estimate import Estimate, left_words

BEGIN = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def estimate(*samples: tuple[float, int]) -> Estimate:
    made = Estimate()
    for seconds, done in samples:
        made.note(at(seconds), done)
    return made


def test_a_steady_pace_is_continued() -> None:
    made = estimate((0, 0), (5, 50), (10, 100))
    assert made.left_s(at(10), 400) == pytest.approx(30)
    assert made.left_s(at(15), 400) == pytest.approx(25)


@pytest.mark.parametrize(
    ("samples", "now", "total"),
    [
        (((0, 0),), 10, 100),
        (((0, 0), (2, 50)), 2, 100),
        (((0, 0), (10, 100)), 10, None),
        (((0, 0), (10, 100)), 10, 100),
        (((0, 0), (10, 100)), 31, 400),
    ],
    ids=["one look", "too short", "no extent", "done", "stalled"],
)
def test_nothing_is_guessed(samples: tuple[tuple[float, int], ...], now: float, total: int | None) -> None:
    assert estimate(*samples).left_s(at(now), total) is None


def test_the_pace_is_that_of_the_last_half_minute() -> None:
    made = estimate((0, 0), (10, 1_000), (40, 1_030), (60, 1_050), (70, 1_060))
    assert made.left_s(at(70), 1_160) == pytest.approx(100)


def test_a_pause_forgets_the_pace() -> None:
    made = estimate((0, 0), (10, 100))
    made.forget()
    made.note(at(100), 100)
    assert made.left_s(at(100), 400) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a few seconds left"),
        (9.9, "a few seconds left"),
        (44, "about 40 s left"),
        (89, "about 90 s left"),
        (91, "about 2 min left"),
        (3_600, "about 60 min left"),
        (7_300, "about 2 h left"),
    ],
)
def test_it_is_told_no_finer_than_it_is_good_for(seconds: float, words: str) -> None:
    assert left_words(seconds) == words
