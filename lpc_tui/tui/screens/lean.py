"""The bases of our screens.

Textual's `Screen.focused` repaints the whole screen whenever the focus moves; the widgets that gain and lose it repaint
themselves anyway. Without that, a focus move over SSH costs a few hundred bytes instead of thousands.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

__all__ = ["LeanModal", "LeanScreen"]

Result = TypeVar("Result")


class LeanScreen(Screen[Result], Generic[Result]):
    """A screen that a focus move does not repaint."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)


class LeanModal(ModalScreen[Result], Generic[Result]):
    """A dialog that a focus move does not repaint."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
