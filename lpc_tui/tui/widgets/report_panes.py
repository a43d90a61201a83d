"""The list and the pane that History, Issues and Why are made of: what they show is given to them as lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual.binding import Binding, BindingType
from textual.message import Message

from lpc_tui.tui.widgets.line_list import LineList
from lpc_tui.tui.widgets.line_pane import LinePane, PaneLine

__all__ = ["ReportList", "ReportPane"]

MakeLines: TypeAlias = Callable[[int], Iterable[PaneLine]]


@dataclass
class _AboutLine(Message):
    """Something about a line of a list."""

    list: ReportList
    at: int

    @property
    def control(self) -> ReportList:
        return self.list


class ReportList(LineList):
    """Lines to walk through; the owner keeps what they stand for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", show=False, id="report.open"),
        Binding("w", "why", "Why?", show=False, id="report.why"),
    ]

    class Moved(_AboutLine):
        """Another line is under the cursor."""

    class Chosen(_AboutLine):
        """Enter on a line."""

    class WhyPressed(_AboutLine):
        """The person asks why, about a line."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._titles: Callable[[int], str] = lambda _at: ""
        self._count = 0

    @property
    def line_count(self) -> int:
        return self._count

    def line(self, at: int, width: int) -> tuple[str, str]:
        return self._titles(at), ""

    def show(self, count: int, titles: Callable[[int], str]) -> None:
        """Show `count` lines; each is asked for when it comes in sight."""
        self._count, self._titles = count, titles
        self.lines_changed()
        self.cursor_moved()

    def cursor_moved(self) -> None:
        if self._count:
            self.post_message(self.Moved(self, self.cursor))

    def action_choose(self) -> None:
        if self._count:
            self.post_message(self.Chosen(self, self.cursor))

    def action_why(self) -> None:
        if self._count:
            self.post_message(self.WhyPressed(self, self.cursor))


class ReportPane(LinePane):
    """Shows what it is given, in whatever width it has."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._make: MakeLines = lambda _width: ()

    def content(self, width: int) -> Iterable[PaneLine]:
        return self._make(width)

    def show(self, make: MakeLines) -> None:
        """Show these lines, from the first one on."""
        self._make = make
        self.to_top()
        self.lay_out()

    def tell(self, words: Sequence[str]) -> None:
        """Show fixed words of ours."""
        self.show(lambda _width: [PaneLine(line) for line in words])
