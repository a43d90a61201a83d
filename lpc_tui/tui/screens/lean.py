"""The bases of our screens.

Textual's `Screen.focused` repaints the whole screen whenever the focus moves; the widgets that gain and lose it repaint
themselves anyway. Without that, a focus move over SSH costs a few hundred bytes instead of thousands. And Textual gives a
screen the classes of its size only after its first frame; ours have them before it, so that they are laid out and painted
once.
"""

from __future__ import annotations

from typing import ClassVar, Generic, Self, TypeVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from lpc_tui.tui.keymap import remapped
from lpc_tui.tui.terminal_app import app_of

__all__ = ["LeanModal", "LeanScreen"]

Result = TypeVar("Result")


class _Lean(Screen[Result], Generic[Result]):
    """What a screen and a dialog of ours have in common."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @on(events.Mount)
    def _fit(self) -> None:
        """Take the classes of the size before the first frame; Textual styles the screen once more then anyhow."""
        width, height = self.app.size
        for size, own, common in (
            (width, self.HORIZONTAL_BREAKPOINTS, self.app.HORIZONTAL_BREAKPOINTS),
            (height, self.VERTICAL_BREAKPOINTS, self.app.VERTICAL_BREAKPOINTS),
        ):
            fitting = [each for each in (common if own is None else own) or () if each[0] <= size]
            if fitting:
                self.add_class(max(fitting)[1], update=False)

    @on(events.ScreenResume)
    def _paint_once(self) -> None:
        """Shown for the first time, all of it is painted once, by its layout, and not anew."""

        def forget() -> None:
            # Textual has no public word for this; `test_lean` fails should it be renamed.
            self._repaint_required = False

        if not self.outer_size:
            self.call_next(forget)

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """A layout paints all that it moves: the whole screen is not painted once more after it, as when a dialog opens."""
        return super().refresh(*regions, repaint=repaint and not layout, layout=layout, recompose=recompose)

    @on(events.Resize)
    def _stay_in_sight(self) -> None:
        """What has the focus stays in sight."""
        if self.focused is not None:
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    def key_of(self, binding_id: str) -> str:
        """A key of this screen as it is printed on it: the person's own, if they have chosen one."""
        binding = next(each for each in Binding.make_bindings(self.BINDINGS) if each.id == binding_id)
        return self.app.get_key_display(remapped(binding, app_of(self).keys_by_id))

    @property
    def focused_setting(self) -> str:
        """The dotted key of the setting that help is about; empty if none."""
        return ""


class LeanScreen(_Lean[Result], Generic[Result]):
    """A screen that a focus move does not repaint."""


class LeanModal(ModalScreen[Result], _Lean[Result], Generic[Result]):
    """A dialog that a focus move does not repaint. Textual hides the app's keys from dialogs; help and quit work in ours.

    Textual takes its style from the first base alone, so that has to be the one for dialogs.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "app.help", "Help", show=False, id="app.help"),
        Binding("ctrl+q", "app.quit", "Quit", show=False, priority=True, id="app.quit"),
    ]
