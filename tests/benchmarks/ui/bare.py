"""The peer: a bare Textual app with as many widgets of the same kinds as our main screen, shown and hidden.

`python -m tests.benchmarks.ui.bare CENSUS`, where CENSUS is the JSON of `census`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping

from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Checkbox, DataTable, Input, OptionList, RichLog, Select, Static

__all__ = ["FIRST_WORDS", "Census", "Fields", "census"]

FIRST_WORDS = "Static 1"

Fields = dict[str, int]
Census = Mapping[str, Fields]
"""How many widgets of each kind are shown and hidden."""


def census() -> Census:
    """Of our main screen at 80x24, by the Textual classes that its widgets are made from."""
    from tests.tui.harness import make_app

    async def count() -> Census:
        app = make_app()
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            shown: Counter[str] = Counter()
            hidden: Counter[str] = Counter()
            for widget in app.main.walk_children(Widget):
                (shown if _is_displayed(widget) else hidden)[_kind(widget)] += 1
        return {"shown": dict(shown), "hidden": dict(hidden)}

    return asyncio.run(count())


def _is_displayed(widget: Widget) -> bool:
    return all(each.display for each in widget.ancestors_with_self if isinstance(each, Widget))


def _kind(widget: Widget) -> str:
    return next(kind.__name__ for kind in type(widget).__mro__ if kind.__module__.startswith("textual."))


def _widgets(counts: Mapping[str, int]) -> Iterator[Widget]:
    for kind, number in counts.items():
        for at in range(number):
            yield _made(kind, at)


def _made(kind: str, at: int) -> Widget:
    """One widget with some content. Our own fields are made from `Widget` itself: here a `Checkbox` each."""
    words = f"{kind} {at + 1}"
    match kind:
        case "Widget" | "Checkbox":
            return Checkbox(words, compact=True)
        case "Button":
            return Button(words, compact=True)
        case "OptionList":
            return OptionList(*(f"Option {number}" for number in range(4)), compact=True)
        case "Input":
            return Input(words, compact=True)
        case "Select":
            return Select([(words, at)], compact=True)
        case "DataTable":
            return DataTable()
        case "ScrollView" | "RichLog" | "Log":
            return RichLog()
        case _:
            return Static(words)


class BareApp(App[None]):
    """Nothing of ours."""

    CSS = """
    #shown > * { height: auto; max-height: 4; }
    #hidden { display: none; }
    """
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, counts: Census) -> None:
        super().__init__()
        self._counts = counts

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="shown"):
            yield from _widgets(self._counts["shown"])
        with Vertical(id="hidden"):
            yield from _widgets(self._counts["hidden"])


if __name__ == "__main__":
    BareApp(json.loads(sys.argv[1])).run()
