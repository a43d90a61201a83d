"""Fields of a row laid out as lines: a table, a stack for a narrow pane, or one field's texts in full side by side. Pure.

Here the texts become inert; the panes only draw them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from itertools import zip_longest

from lpc_tui.tui.plain import MOST, cells, fit, plain, wrapped
from lpc_tui.tui.review_fields import FieldView
from lpc_tui.tui.word_diff import GONE, NEW, Marks

__all__ = ["abridged", "grid_lines", "stack_lines", "table_lines", "value_lines"]

_SIGN = 3
_MOST_LINES_A_VALUE = 12
_WIDE_TABLE = 100
"""From so many cells on, a table has a column for what will be; the arrow says as much."""
_WIDE_GRID = 100
"""From so many cells on, four texts stand beside each other; below, two and two."""
_GAP = "  "
_MARGIN = 5
"""Cells that a line may grow by when its marks are mended and balanced."""


def abridged(view: FieldView) -> FieldView:
    """The field with its texts inert and cut to what a pane shows of them, and the words marked that differ."""
    texts = (plain(text, MOST) for text in (view.before, view.salesforce, view.outlook, view.after))
    return FieldView(view.name, view.label, view.sign, *texts).marked()


def value_lines(text: str, width: int) -> list[str]:
    """A text in lines of `width` cells, its own line breaks kept; a mark that goes on is closed and opened anew."""
    has_marks = any(mark in text for mark in (NEW.opening, GONE.opening))
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines += wrapped(plain(paragraph), max(width - _MARGIN if has_marks else width, 1))
    return list(_balanced(_mended(lines))) if has_marks else lines


def table_lines(views: Sequence[FieldView], width: int) -> Iterator[tuple[str, bool]]:
    """The fields as a table with a heading, and whether a line is the heading.

    Label, sign, and a column of equal width for each side, and for the past, that has anything to show.
    """
    heads = FieldView("", "", "", "Before", "Salesforce now", "Outlook now", "Will be")
    label = max(cells(view.label) for view in views)
    shown = [at for at in range(4 if width >= _WIDE_TABLE else 3) if any(_values(view)[at] for view in views)]
    column = max((width - label - _SIGN - len(shown) - 1) // len(shown), 4)
    for view in (heads, *views):
        values = [value_lines(_values(view)[at], column)[:_MOST_LINES_A_VALUE] for at in shown]
        first = (view.label, view.sign)
        for parts in zip_longest(*values, fillvalue=""):
            start = " ".join((fit(first[0], label), fit(first[1], _SIGN)))
            yield " ".join((start, *(fit(part, column) for part in parts))).rstrip(), view is heads
            first = ("", "")


def stack_lines(views: Sequence[FieldView], width: int) -> Iterator[tuple[str, bool]]:
    """The fields one below the other, each of their texts on lines of its own, and whether a line is a heading."""
    names = ("Salesforce", "Outlook", "Before", "Will be")
    indent = max(map(len, names)) + 3
    for view in views:
        yield f"{view.label} {view.sign}".rstrip(), True
        for name, text in zip(names, _values(view), strict=True):
            if text:
                first, *more = value_lines(text, max(width - indent, 1))[:_MOST_LINES_A_VALUE]
                yield f"  {name:<{indent - 2}}{first}", False
                yield from (((" " * indent) + line, False) for line in more)


def grid_lines(view: FieldView, width: int) -> Iterator[tuple[str, bool]]:
    """One field's four texts in full, beside each other, and whether a line is a heading."""
    texts = (
        ("Before", view.before or "(the sides never agreed on it)"),
        ("Salesforce now", view.salesforce or "(no item)"),
        ("Outlook now", view.outlook or "(no item)"),
        ("Will be", view.after),
    )
    rows = (texts,) if width >= _WIDE_GRID else (texts[1:3], (texts[0], texts[3]))
    for row in rows:
        column = max((width - len(_GAP) * (len(row) - 1)) // len(row), 1)
        yield _GAP.join(fit(name, column) for name, _ in row).rstrip(), True
        for parts in zip_longest(*(value_lines(text, column) for _, text in row), fillvalue=""):
            yield _GAP.join(fit(part, column) for part in parts).rstrip(), False
        yield "", False


def _values(view: FieldView) -> tuple[str, str, str, str]:
    return view.salesforce, view.outlook, view.before, view.after


def _mended(lines: list[str]) -> list[str]:
    """The lines without a mark that the end of one cuts in two, or parts from its words."""
    mended = lines[:1]
    for line in lines[1:]:
        before = mended[-1]
        for sign in (*astuple(NEW), *astuple(GONE)):
            if before.endswith(sign[0]) and line.startswith(sign[1]):
                before, line = before[:-1], sign[0] + line
        for mark in (NEW, GONE):
            if line.startswith(mark.closing):
                before, line = before + mark.closing, line[len(mark.closing) :]
            elif before.endswith(mark.opening):
                before, line = before[: -len(mark.opening)], mark.opening + line
        mended[-1:] = [before, line] if line else [before]
    return mended


def _balanced(lines: Sequence[str]) -> Iterator[str]:
    """The lines with every mark closed where the line ends."""
    open_mark: Marks | None = None
    for line in lines:
        shown = f"{open_mark.opening}{line}" if open_mark else line
        for mark in (NEW, GONE):
            if shown.count(mark.opening) > shown.count(mark.closing):
                open_mark = mark
                break
        else:
            open_mark = None
        yield f"{shown}{open_mark.closing}" if open_mark else shown
