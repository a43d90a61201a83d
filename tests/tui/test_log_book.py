"""What the log keeps, shows and finds: bounded, filtered, searched, held."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from lpc_tui.model.items import Process
from lpc_tui.tui.log_book import Levels, LogBook, LogLine
from lpc_tui.wording import Level
from tests.tui.hostile import FORBIDDEN, HOSTILE, ascii_id


def lines(numbers: Iterable[int], level: Level = Level.INFO, process: Process | None = None) -> list[LogLine]:
    return [LogLine("09:00:00", level, f"line {number}", process) for number in numbers]


def shown(book: LogBook) -> list[str]:
    return [book.line(number).words for number in book.shown]


def words(numbers: Iterable[int]) -> list[str]:
    return [f"line {number}" for number in numbers]


@pytest.mark.parametrize(
    "foreign", [*HOSTILE, "x" * 32_000, "名" * 32_000, "e" + "\u0301" * 500], ids=ascii_id
)
def test_words_are_inert_and_bounded_whoever_wrote_them(foreign: str) -> None:
    line = LogLine("09:00:00", Level.ERROR, foreign)
    assert not any(each in line.text for each in FORBIDDEN)
    assert len(line.text) < 700


def test_the_newest_lines_are_kept_and_keep_their_numbers() -> None:
    book = LogBook(most=10)
    has_lost = []
    for more in (lines(range(8)), lines(range(8, 25), Level.ERROR)):
        book.add(more)
        has_lost.append(book.has_lost)
    assert has_lost == [False, True]
    assert shown(book) == words(range(15, 25))
    assert list(book.shown) == list(range(15, 25))
    assert book.tally == {Level.INFO: 0, Level.ERROR: 10}


def test_while_held_nothing_moves_and_what_waits_is_bounded() -> None:
    book = LogBook(most=10)
    book.add(lines(range(10)))
    book.hold()
    for number in range(10, 1_000):
        book.add(lines([number]))
    assert shown(book) == words(range(10))
    assert book.unseen == 990
    book.release()
    assert shown(book) == words(range(990, 1_000))
    assert book.unseen == 0


def test_what_was_too_much_to_wait_is_told_where_it_is_missing() -> None:
    book = LogBook(most=10)
    book.add(lines(range(2)))
    book.hold()
    book.add(lines(range(2, 12)))
    book.add(lines([12]))
    book.release()
    assert shown(book) == words(range(3, 13))
    book = LogBook(most=10)
    book.hold()
    book.add(lines(range(11)))
    book.filter(Levels.ALL, None)
    book.release()
    assert book.kept == 10


def test_a_gap_is_a_line_of_its_own_while_there_is_room_for_it() -> None:
    book = LogBook(most=4)
    book.hold()
    book.add(lines(range(7)))
    book._waiting.popleft()
    book.release()
    assert shown(book)[0] == "4 lines that came here are in the log file only"


def test_the_filter_takes_levels_and_a_process_and_what_concerns_all() -> None:
    book = LogBook()
    book.add(lines([0]))
    book.add(lines([1], Level.GOOD, Process.CALENDAR))
    book.add(lines([2], Level.WARNING, Process.CALENDAR))
    book.add(lines([3], Level.ERROR, Process.CONTACT))
    book.filter(Levels.PROBLEMS, None)
    assert shown(book) == words([2, 3])
    book.filter(Levels.ALL, Process.CONTACT)
    assert shown(book) == words([0, 3])
    book.filter(Levels.ERRORS, Process.CALENDAR)
    assert shown(book) == []
    book.add(lines([4], Level.ERROR, Process.CALENDAR))
    assert shown(book) == words([4])
    book.filter(Levels.DONE, None)
    assert shown(book) == words([1])


def test_the_search_goes_round_in_what_is_shown_and_finds_what_comes_later() -> None:
    book = LogBook(most=100)
    book.add(lines(range(20)))
    assert book.next_found(0, 1) is None
    book.search("LINE 1")
    assert list(book.found) == [1, *range(10, 20)]
    assert book.next_found(1, 1) == 10
    assert book.next_found(19, 1) == 1
    assert book.next_found(1, -1) == 19
    assert book.next_found(5, -1) == 1
    assert book.nearest_found(5) == 1
    assert book.nearest_found(0) == 1
    assert (book.is_found(10), book.is_found(9)) == (True, False)
    assert book.position(10) == 2
    book.add(lines([100]))
    assert book.found[-1] == 20
    book.search("(")
    assert not book.found
    book.search("")
    assert not book.found
    assert book.spans("line 1") == []


def test_matches_that_fall_out_are_forgotten() -> None:
    book = LogBook(most=10)
    book.search("line")
    book.add(lines(range(25)))
    assert list(book.found) == list(range(15, 25))
