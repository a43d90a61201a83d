"""The line that counts the review's rows by what they do, and shows which of them are filtered for."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from lpc_tui.tui.review_rows import RowKind
from lpc_tui.tui.widgets.lines import Line

__all__ = ["KindsLine"]


class KindsLine(Line):
    """`[All 340]  Add 200  Delete 12`: kinds without a row are left out; where not all fit, the chosen one is in sight."""

    DEFAULT_CSS = """
    KindsLine { padding: 0 1 0 0; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._labels: list[str] = []
        self._chosen = 0

    def show_counts(self, counts: Mapping[RowKind, int], total: int, chosen: RowKind | None) -> None:
        """Show these counts; `chosen` is what is filtered for."""
        kinds = [kind for kind in RowKind if counts.get(kind) or kind is chosen]
        self._labels = [f"All {total:,}", *(f"{kind} {counts.get(kind, 0):,}" for kind in kinds)]
        self._chosen = kinds.index(chosen) + 1 if chosen else 0
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        parts = [
            f"[{label}]" if at == self._chosen else f" {label} " for at, label in enumerate(self._labels)
        ]
        first = 0
        while first < self._chosen and len("".join(parts[first : self._chosen + 1])) > self.size.width - 3:
            first += 1
        more = "<" if first else ""
        self.show(Content(more + "".join(parts[first:])))
