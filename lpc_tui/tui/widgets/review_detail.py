"""Below the review's table: why the row under the cursor is what it is, and its fields side by side.

With the focus, it has a cursor on the fields that both sides changed, so that each can be decided by itself. Drawn line by
line, and only where a line reads differently: the table's cursor passes over many rows, and each step goes down a slow line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import zip_longest
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lpc_tui.model.items import Side
from lpc_tui.tui.plain import MOST, cells, fit, plain, wrapped
from lpc_tui.tui.review_rows import DetailLine, Row, detail_of, reasons_of

__all__ = ["ReviewDetail"]

_SIGN = 3
_MOST_LINES_A_VALUE = 12
_HEADS = DetailLine("", "", "", "Salesforce now", "Outlook now", "Before")
_MORE_THAN_ONE = "Tab leads here, to decide each field by itself."
_EACH = "Up and Down go to a field; o, s or u decides it; Esc goes back."


class _Line(NamedTuple):
    text: str
    style: str = ""
    """The component class it is drawn in; empty: as it is."""
    field: str = ""
    """The field that a click on it means."""


class ReviewDetail(ScrollView, can_focus=True):
    """The detail of one row; scrolls where it has more than fits."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"detail--strong", "detail--weak", "detail--cursor"}

    DEFAULT_CSS = """
    ReviewDetail {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .detail--strong { text-style: bold; }
        & > .detail--weak { color: $text-muted; }
        & > .detail--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Field before", show=False, id="detail.before"),
        Binding("down", "step(1)", "Next field", show=False, id="detail.next"),
    ]

    def __init__(self, zone: tzinfo, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._zone = zone
        self._row: Row | None = None
        self._disputed: Sequence[str] = ()
        self._choices: Mapping[str, Side] = {}
        self._cursor = ""
        self._lines: list[_Line] = []

    @property
    def field(self) -> str:
        """The field under the cursor; empty without the focus, or where nothing is to be decided."""
        return self._cursor if self.has_focus else ""

    def show(
        self, row: Row | None, disputed: Sequence[str] = (), choices: Mapping[str, Side] | None = None
    ) -> None:
        """Show the detail of `row`, from its top unless it is the same row.

        Args:
            row: None: there is none.
            disputed: its fields that are in conflict as long as nobody has decided.
            choices: who wins which of them, as far as the person has said.
        """
        is_same = row is not None and self._row is not None and row.key == self._row.key
        self._row, self._disputed, self._choices = row, disputed, choices or {}
        if not is_same:
            self._cursor = disputed[0] if disputed else ""
            if self.scroll_y:
                self.scroll_to(y=0, animate=False)
        self._lay_out()

    def action_step(self, by: int) -> None:
        """Go to another field to decide; scroll where there is none."""
        if self._disputed:
            at = self._disputed.index(self._cursor) + by
            self._move_to(self._disputed[max(0, min(at, len(self._disputed) - 1))])
        else:
            self.scroll_relative(y=by, animate=False)

    def _move_to(self, field: str) -> None:
        self._cursor = field
        self._lay_out()
        ours = [y for y, line in enumerate(self._lines) if line.field == field]
        if ours:
            self.scroll_to_region(Region(0, ours[0], 1, len(ours)), animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        at = event.y + self.scroll_offset.y
        if at < len(self._lines) and self._lines[at].field in self._disputed:
            self._move_to(self._lines[at].field)

    def on_focus(self) -> None:
        self._lay_out()

    def on_blur(self) -> None:
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        before, self._lines = self._lines, list(self._content(self.scrollable_content_region.width))
        # While all of it fits, its size stays the pane's: another size would lay out and repaint the whole pane.
        self.virtual_size = Size(self.size.width, max(len(self._lines), self.size.height))
        for y, (old, new) in enumerate(zip_longest(before, self._lines, fillvalue=_Line(""))):
            if old != new:
                is_cursor = "cursor" in {old.style, new.style}
                width = self.size.width if is_cursor else max(cells(old.text), cells(new.text))
                self.refresh(Region(0, y - self.scroll_offset.y, width, 1))

    def _content(self, width: int) -> Iterator[_Line]:
        if self._row is None or width <= 0:
            yield _Line("Nothing to show.", "weak")
            return
        for sentence in reasons_of(self._row.step):
            for text in wrapped(f"{self._row.sign} {plain(sentence, MOST)}", width):
                yield _Line(text, "strong")
        if len(self._disputed) > 1:
            yield from (
                _Line(text, "weak") for text in wrapped(_EACH if self.field else _MORE_THAN_ONE, width)
            )
        lines, alike = detail_of(self._row.step, self._zone, self._choices)
        if lines:
            table = _Table(lines, width)
            yield from (_Line(text, "strong") for text in table.rows(_HEADS))
            for each in lines:
                style = "cursor" if each.field == self.field else ""
                yield from (_Line(text, style, each.field) for text in table.rows(each))
        if alike:
            for text in wrapped(f"Alike: {', '.join(alike)}", width):
                yield _Line(text, "weak")

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if at >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[at]
        style = self.get_component_rich_style(f"detail--{line.style}") if line.style else self.rich_style
        return Strip([Segment(fit(line.text, width), style)], width)


class _Table:
    """Label, sign, and a column of equal width for each side, and for the past, that has anything to show."""

    def __init__(self, lines: Sequence[DetailLine], width: int) -> None:
        self._label = max(cells(line.label) for line in lines)
        values = [_values(line) for line in lines]
        self._shown = [at for at in range(len(values[0])) if any(each[at] for each in values)]
        gaps = len(self._shown) + 1
        self._column = max((width - self._label - _SIGN - gaps) // len(self._shown), 4)

    def rows(self, line: DetailLine) -> Iterator[str]:
        """A field's line, or lines where a value is long."""
        values = _values(line)
        columns = [wrapped(plain(values[at], MOST), self._column)[:_MOST_LINES_A_VALUE] for at in self._shown]
        first = (line.label, line.sign)
        for parts in zip_longest(*columns, fillvalue=""):
            start = " ".join((fit(first[0], self._label), fit(first[1], _SIGN)))
            yield " ".join((start, *(fit(part, self._column) for part in parts))).rstrip()
            first = ("", "")


def _values(line: DetailLine) -> tuple[str, str, str]:
    return line.salesforce, line.outlook, line.before
