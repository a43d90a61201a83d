"""Below the review's table, or beside it: why the row under the cursor is what it is, and its fields side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from lpc_tui.model.items import Side
from lpc_tui.tui.field_lines import abridged, stack_lines, table_lines
from lpc_tui.tui.plain import MOST, plain, wrapped
from lpc_tui.tui.review_fields import fields_of
from lpc_tui.tui.review_rows import Row, reasons_of
from lpc_tui.tui.widgets.line_pane import LinePane, PaneLine

__all__ = ["ReviewDetail"]

_TALL = 20
"""Lines of a pane that stands beside the table: there is room for each text on a line of its own."""
_BY_FIELD = "Enter: every field in full, to decide each by itself."


class ReviewDetail(LinePane):
    """The detail of one row; scrolls where it has more than fits."""

    def __init__(self, zone: tzinfo, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._zone = zone
        self._row: Row | None = None
        self._choices: Mapping[str, Side] = {}
        self._is_by_field = False

    def show(self, row: Row | None, choices: Mapping[str, Side], *, is_by_field: bool) -> None:
        """Show the detail of `row`, from its top unless it is the same row.

        Args:
            row: None: there is none.
            choices: who wins which of its disputed fields, as far as the person has said.
            is_by_field: several of its fields are in conflict, or were before they were decided.
        """
        if row is None or self._row is None or row.key != self._row.key:
            self.to_top()
        self._row, self._choices, self._is_by_field = row, choices, is_by_field
        self.lay_out()

    def content(self, width: int) -> Iterator[PaneLine]:
        if self._row is None:
            yield PaneLine("Nothing to show.", "weak")
            return
        for sentence in reasons_of(self._row.step):
            for text in wrapped(f"{self._row.sign} {plain(sentence, MOST)}", width):
                yield PaneLine(text, "strong")
        if self._is_by_field:
            yield from (PaneLine(text, "weak") for text in wrapped(_BY_FIELD, width))
        views, alike = fields_of(self._row.step, self._zone, self._choices)
        if views:
            shown = [abridged(view) for view in views]
            lines = stack_lines if self.size.height >= _TALL else table_lines
            for text, is_heading in lines(shown, width):
                yield PaneLine(text, "strong" if is_heading else "")
        if alike:
            yield from (PaneLine(text, "weak") for text in wrapped(f"Alike: {', '.join(alike)}", width))
