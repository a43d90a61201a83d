"""The About component: what this program is, and where its files live."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

import lpc_tui
from lpc_tui.tui.plain import content
from lpc_tui.tui.ports import Ports

__all__ = ["AboutPanel"]

_LABEL_WIDTH = 14


def _line(label: str, value: str) -> Content:
    return Content.assemble("  ", content(f"{label:<{_LABEL_WIDTH}}"), " ", content(value), "\n")


class AboutPanel(VerticalScroll):
    """What this program is, and where its files live."""

    def __init__(self, ports: Ports, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ports = ports

    def compose(self) -> ComposeResult:
        yield Static(f"About lpc-tui {lpc_tui.__version__}", classes="heading")
        yield Static(
            "Two-way sync of Outlook and Salesforce, in the way of LinkPoint Assist.\n"
            "Calendar, contacts and tasks; `lpc-tui fields` prints which of their fields are synced.\n"
            "Nothing is written to a service before you have confirmed the plan."
        )
        yield Static("Files", classes="heading")
        yield Static(Content("").join(_line(label, path) for label, path in self._ports.places))
        yield Static("Help shows every key and what each setting does.")
