"""The bases of our screens.

Textual's `Screen.focused` repaints the whole screen whenever the focus moves; the widgets that gain and lose it repaint
themselves anyway. Without that, a focus move over SSH costs a few hundred bytes instead of thousands. And Textual gives a
screen the classes of its size only after its first frame; ours have them before it, so that they are laid out and painted
once.
"""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

__all__ = ["LeanModal", "LeanScreen"]

Result = TypeVar("Result")


def keep_in_sight(screen: Screen[Result]) -> None:
    """Once the screen has another size: scroll to what has the focus."""
    if screen.focused is not None:
        screen.call_after_refresh(screen.focused.scroll_visible, animate=False)


def fit(screen: Screen[Result]) -> None:
    """Give a screen that is about to be shown the classes of its size; Textual styles it once more then anyhow."""
    app = screen.app
    width, height = app.size
    for size, own, common in (
        (width, screen.HORIZONTAL_BREAKPOINTS, app.HORIZONTAL_BREAKPOINTS),
        (height, screen.VERTICAL_BREAKPOINTS, app.VERTICAL_BREAKPOINTS),
    ):
        fitting = [each for each in (common if own is None else own) or () if each[0] <= size]
        if fitting:
            screen.add_class(max(fitting)[1], update=False)


def paint_once(screen: Screen[Result]) -> None:
    """While a screen is being shown for the first time: let all of it be painted once, by its layout, and not anew."""

    def forget() -> None:
        # Textual has no public word for this; `test_lean` fails should it be renamed.
        screen._repaint_required = False

    if not screen.outer_size:
        screen.call_next(forget)


class LeanScreen(Screen[Result], Generic[Result]):
    """A screen that a focus move does not repaint."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @on(events.Mount)
    def _fit(self) -> None:
        """The first frame is drawn for this size already."""
        fit(self)

    @on(events.ScreenResume)
    def _paint_once(self) -> None:
        """The first frame is painted once."""
        paint_once(self)

    @on(events.Resize)
    def _stay_in_sight(self) -> None:
        """What has the focus stays in sight."""
        keep_in_sight(self)

    @property
    def focused_setting(self) -> str:
        """The dotted key of the setting that help is about; empty if none."""
        return ""


class LeanModal(ModalScreen[Result], Generic[Result]):
    """A dialog that a focus move does not repaint. Textual hides the app's keys from dialogs; help and quit work in ours."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "app.help", "Help", show=False, id="app.help"),
        Binding("ctrl+q", "app.quit", "Quit", show=False, priority=True, id="app.quit"),
    ]

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @on(events.Mount)
    def _fit(self) -> None:
        """The first frame is drawn for this size already."""
        fit(self)

    @on(events.ScreenResume)
    def _paint_once(self) -> None:
        """The first frame is painted once."""
        paint_once(self)

    @on(events.Resize)
    def _stay_in_sight(self) -> None:
        """What has the focus stays in sight."""
        keep_in_sight(self)

    @property
    def focused_setting(self) -> str:
        """The dotted key of the setting that help is about; empty if none."""
        return ""
