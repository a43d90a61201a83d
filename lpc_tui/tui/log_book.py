"""What the log pane keeps of a run's events, which of it is shown, and where a word was found in it. Pure.

`widgets.log_pane` draws from a `LogBook`. Lines are numbered as they come and keep their numbers, so that a cursor or a mark
stays on its line whatever arrives, is filtered or falls out. While the book is held (the person reads further up), what
arrives waits apart: nothing that is shown moves, and nothing falls out under the person's eyes.
"""

from __future__ import annotations

import enum
import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lpc_tui.model.items import Process
from lpc_tui.tui.plain import MOST, plain
from lpc_tui.wording import Level

__all__ = ["MOST_LINES", "SIGNS", "Levels", "LogBook", "LogLine"]

MOST_LINES = 10_000
"""As many lines are kept, the newest ones, and as many again while the book is held."""

SIGNS: Mapping[Level, str] = MappingProxyType(
    {Level.INFO: " ", Level.GOOD: "+", Level.WARNING: "!", Level.ERROR: "E"}
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event as it is shown. The words are made inert here, whoever wrote them; of ten thousand, no more is kept."""

    time: str
    """The local time of day."""
    level: Level
    words: str
    process: Process | None = None
    """None: it concerns the whole run."""
    outlook_id: str | None = None
    """Of the item it is about, if it is about one."""
    salesforce_id: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", plain(self.words, MOST))

    @property
    def text(self) -> str:
        """The line as it is copied and saved."""
        return f"{self.time} {SIGNS[self.level]} {self.words}"


class Levels(enum.Enum):
    """Which levels are shown."""

    ALL = "All levels"
    PROBLEMS = "Warnings and errors"
    ERRORS = "Errors"
    DONE = "Done"

    def takes(self, level: Level) -> bool:
        match self:
            case Levels.ALL:
                return True
            case Levels.PROBLEMS:
                return level in {Level.WARNING, Level.ERROR}
            case Levels.ERRORS:
                return level is Level.ERROR
            case Levels.DONE:
                return level is Level.GOOD


class LogBook:
    """The newest lines, a filter and a search over them."""

    def __init__(self, most: int = MOST_LINES) -> None:
        self.levels = Levels.ALL
        self.process: Process | None = None
        """Only its lines and those of the whole run are shown; None: all."""
        self.tally: Counter[Level] = Counter()
        """How many lines of each level are kept, shown or not."""
        self._most = most
        self._lines: deque[LogLine] = deque()
        self._first = 0
        """The number of the oldest line that is kept."""
        self._shown: deque[int] = deque()
        self._is_held = False
        self._waiting: deque[LogLine] = deque(maxlen=most)
        self._unseen = 0
        self._search: re.Pattern[str] | None = None
        self._found: list[int] = []

    # What there is

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """All that is kept and not waiting, oldest first."""
        return tuple(self._lines)

    @property
    def kept(self) -> int:
        """How many lines that is."""
        return len(self._lines)

    @property
    def shown(self) -> Sequence[int]:
        """The numbers of the lines that pass the filter, ascending."""
        return self._shown

    @property
    def is_filtered(self) -> bool:
        return self.levels is not Levels.ALL or self.process is not None

    @property
    def has_lost(self) -> bool:
        """Older lines fell out: they are in the log file."""
        return self._first > 0

    @property
    def unseen(self) -> int:
        """How many lines came while the book was held."""
        return self._unseen

    def line(self, number: int) -> LogLine:
        """The line of a number that is shown."""
        return self._lines[number - self._first]

    def index(self, number: int) -> int:
        """Where in `shown` the line is, or the next one after it if it is not shown; the last one at most."""
        return max(min(bisect_left(self._shown, number), len(self._shown) - 1), 0)

    # What comes

    def add(self, lines: Sequence[LogLine]) -> None:
        """Take a batch of lines; while the book is held they wait."""
        if self._is_held:
            self._waiting.extend(lines)
            self._unseen += len(lines)
        else:
            self._append(lines)

    def hold(self) -> None:
        """Let what comes wait from now on."""
        self._is_held = True

    def release(self) -> None:
        """Take in what waited. What was more than can wait is told in a line."""
        self._is_held = False
        waited, missed = list(self._waiting), self._unseen - len(self._waiting)
        self._waiting.clear()
        self._unseen = 0
        if missed:
            words = f"{missed:,} lines that came here are in the log file only"
            self._append([LogLine(waited[0].time, Level.WARNING, words)])
        self._append(waited)

    def _append(self, lines: Iterable[LogLine]) -> None:
        for number, line in enumerate(lines, self._first + len(self._lines)):
            self._lines.append(line)
            self.tally[line.level] += 1
            self._show(number, line)
        self._drop_oldest()

    def _show(self, number: int, line: LogLine) -> None:
        is_of_process = self.process is None or line.process is None or line.process is self.process
        if is_of_process and self.levels.takes(line.level):
            self._shown.append(number)
            if self._search is not None and self._search.search(line.words):
                self._found.append(number)

    def _drop_oldest(self) -> None:
        while len(self._lines) > self._most:
            self.tally[self._lines.popleft().level] -= 1
            self._first += 1
        while self._shown and self._shown[0] < self._first:
            self._shown.popleft()
        if self._found and self._found[0] < self._first:
            del self._found[: bisect_left(self._found, self._first)]

    # Filter and search

    def filter(self, levels: Levels, process: Process | None) -> None:
        """Show only lines of these levels and of this process."""
        self.levels, self.process = levels, process
        self._refill()

    def search(self, term: str) -> None:
        """Look for a text in the shown lines, now and in those to come, upper and lower case alike; empty: for nothing."""
        self._search = re.compile(re.escape(term), re.IGNORECASE) if term else None
        self._refill()

    def _refill(self) -> None:
        self._shown.clear()
        self._found.clear()
        for number, line in enumerate(self._lines, self._first):
            self._show(number, line)

    @property
    def found(self) -> Sequence[int]:
        """The numbers of the shown lines that hold what is searched for."""
        return self._found

    def is_found(self, number: int) -> bool:
        at = bisect_left(self._found, number)
        return at < len(self._found) and self._found[at] == number

    def position(self, number: int) -> int:
        """The how-manieth match a line is, from 1."""
        return bisect_left(self._found, number) + 1

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where in a piece of a line it is, as first and past-the-last character."""
        return [] if self._search is None else [match.span() for match in self._search.finditer(text)]

    def next_found(self, number: int, step: int) -> int | None:
        """The match after (1) or before (-1) a line, going round at the ends; None if there is none."""
        if not self._found:
            return None
        at = bisect_left(self._found, number)
        if step < 0:
            return self._found[at - 1]
        if at < len(self._found) and self._found[at] == number:
            at += 1
        return self._found[at % len(self._found)]

    def nearest_found(self, number: int) -> int | None:
        """The match at a line or the last one before it, else the first one of all."""
        if not self._found:
            return None
        at = bisect_left(self._found, number + 1)
        return self._found[max(at - 1, 0)]
