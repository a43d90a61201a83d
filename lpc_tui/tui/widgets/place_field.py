"""A setting that is chosen from a list of the service's: one line that shows its name, and Enter opens the list.

The Accounts component and the settings forms show it; `app` opens the list (`flows.places`).
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message

from lpc_tui.places.interface import Kind
from lpc_tui.tui.place_book import PlaceBook
from lpc_tui.tui.widgets.fields import DropDown

__all__ = ["PlaceAsked", "PlaceField"]


@dataclass
class PlaceAsked(Message):
    """The person wants to choose from a list."""

    kind: Kind


class PlaceField(DropDown):
    """`Calendar: [ Projects v ]`; its value is the setting's, its words are the book's."""

    DEFAULT_CSS = """
    PlaceField { text-wrap: wrap; height: auto; }
    """

    def __init__(
        self,
        key: str,
        kind: Kind,
        book: PlaceBook,
        *,
        label: str = "",
        label_width: int = 0,
        id: str | None = None,
    ) -> None:
        """`key` is what the owner knows the field by."""
        super().__init__(key, label, label_width=label_width, id=id)
        self.kind = kind
        self._book = book

    def _shown(self) -> str:
        return f"{self._book.words(self.kind, str(self.value))} v"

    def render(self) -> Content:
        line = super().render()
        trouble = self._book.trouble(self.kind, str(self.value))
        return line if self.problem or not trouble else line + Content(f" ! {trouble}")

    def action_open(self) -> None:
        self.post_message(PlaceAsked(self.kind))
