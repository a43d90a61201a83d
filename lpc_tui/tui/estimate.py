"""How long the rest of a piece of work will take, by its latest pace; no guess where there is too little to go by. Pure."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

__all__ = ["Estimate", "left_words"]

_SHORTEST = timedelta(seconds=3)
"""What was seen for less than that says nothing of the rest."""
_LATELY = timedelta(seconds=30)
_SILENT = timedelta(seconds=20)
"""Nothing done for so long: it is not known when it will go on."""
_SAMPLES = 400
"""More than the batches of events that come in `_LATELY`."""


class Estimate:
    """What is left of one phase, by the pace of the last half minute."""

    def __init__(self) -> None:
        self._samples: deque[tuple[datetime, int]] = deque(maxlen=_SAMPLES)

    def note(self, at: datetime, done: int) -> None:
        """So much is done; `at` never goes back."""
        if self._samples and self._samples[-1][1] == done:
            return
        self._samples.append((at, done))
        while len(self._samples) > 2 and at - self._samples[0][0] > _LATELY:
            self._samples.popleft()

    def forget(self) -> None:
        """The pace so far says nothing of what follows: a pause, or another phase."""
        self._samples.clear()

    def left_s(self, now: datetime, total: int | None) -> float | None:
        """The seconds left; None where that cannot be told."""
        if total is None or len(self._samples) < 2:
            return None
        (first, before), (last, done) = self._samples[0], self._samples[-1]
        if last - first < _SHORTEST or now - last > _SILENT or done >= total:
            return None
        a_second = (done - before) / (last - first).total_seconds()
        return max((total - done) / a_second - (now - last).total_seconds(), 0.0)


def left_words(seconds: float) -> str:
    """The estimate as people say it: no finer than it is good for."""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds, -1):.0f} s left"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} min left"
    return f"about {seconds / 3600:.0f} h left"
