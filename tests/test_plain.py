"""Foreign text is shown, and does nothing."""

import pytest

from lpc_tui.plain import cells, fit, plain


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("Smith [Acme] [/] [b]x", "Smith [Acme] [/] [b]x"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x9b31m", "<U+009B>31m"),
        ("del\x7f nul\x00", "del␡ nul␀"),
        ("invoice\u202efdp.exe", "invoice<U+202E>fdp.exe"),
        ("\u2066a\u2069\u200f", "<U+2066>a<U+2069><U+200F>"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("half \ud83d", "half <U+D83D>"),
        ("\na \n b\r\n\tc\u2028d  e", "a b c d  e"),
        ("名前 café 👩‍💻 می‌خواهم", "名前 café 👩‍💻 می‌خواهم"),
        ("a\u200db \u200d", "a<U+200D>b <U+200D>"),
        ("\u2764\ufe0f", "\u2764"),
        ("\uffff \U0010ffff", "<U+FFFF> <U+10FFFF>"),
        ("", ""),
    ],
)
def test_shows_what_is_there_and_steers_nothing(foreign: str, shown: str) -> None:
    assert plain(foreign) == shown


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("Quarterly", 9, "Quarterly"),
        ("Quarterly review", 9, "Quarterl…"),
        ("Sales meeting", 7, "Sales…"),
        ("名前一覧", 8, "名前一覧"),
        ("名前一覧", 7, "名前一…"),
        ("名前一覧", 6, "名前…"),
        ("\x1b\x1b\x1b", 2, "␛…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("", 0, ""),
    ],
)
def test_cuts_at_display_cells(text: str, width: int, shown: str) -> None:
    assert plain(text, width) == shown
    assert cells(shown) <= width


def test_a_tower_of_marks_stays_on_its_line_and_within_bounds() -> None:
    assert plain("Z" + "\u0301" * 100_000 + "algo", 10) == "Z" + "\u0301" * 4 + "algo"


def test_what_was_made_inert_once_stays_as_it_is() -> None:
    once = plain("\x1b[1m\u202e名前\n\ud83d")
    assert plain(once) == once
    assert once.encode()


@pytest.mark.parametrize("text", ["abc", "名前一覧の会議", "\x1b[31m" * 9, ""])
def test_fits_a_column_exactly(text: str) -> None:
    assert cells(fit(text, 11)) == 11
