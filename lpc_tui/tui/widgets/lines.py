"""The single lines of a screen: its title, its state, its keys. Repainted only when their text changes."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from lpc_tui.tui.keymap import remapped
from lpc_tui.tui.plain import content
from lpc_tui.tui.run_state import RunState

__all__ = ["HintLine", "KeyLine", "Line", "StateLine", "TitleLine", "UnsavedLine", "visible_bindings"]

_BAR = 20
_KEY_LINES = 2
_TICK_S = 1.0


class Line(Static):
    """One line that is repainted only if it reads differently."""

    DEFAULT_CSS = """
    Line {
        height: 1;
        width: 1fr;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._shown = Content("")

    def show(self, line: Content) -> None:
        """Show `line`, if it is not what is shown already."""
        if line != self._shown:
            self._shown = line
            self.update(line, layout=self.styles.auto_dimensions)


class TitleLine(Line):
    """The top line of a screen: what it is, and whose profile."""

    DEFAULT_CSS = """
    TitleLine {
        color: $foreground;
        background: $panel;
        text-style: bold;
        padding: 0 1;
    }
    """


class HintLine(Line):
    """What the focused setting is for, in one sentence; F1 tells the rest."""

    DEFAULT_CSS = """
    HintLine { padding: 0 1; max-width: 80; color: $text-muted; }
    """


class UnsavedLine(Line):
    """How many edits are not saved."""

    DEFAULT_CSS = """
    UnsavedLine { color: $text-warning; text-style: bold; }
    """


class StateLine(Line):
    """What the app is at: a sentence, a bar where the extent of the work is known, how long it will take where that can be
    told; below it, how far each process is.

    While a pause is counted down, or an estimate, it looks at the clock once a second by itself; else it stands still.
    """

    DEFAULT_CSS = """
    StateLine {
        height: auto;
        max-height: 4;
        padding: 0 1;
        color: $text-muted;
        &.-running { color: $text-primary; }
        &.-alarm { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._state: RunState | None = None
        self._alarm = ""
        self._ticks: Timer | None = None

    def on_mount(self) -> None:
        self._ticks = self.set_interval(_TICK_S, self._render_state, pause=True)

    def show_state(self, state: RunState, alarm: str = "") -> None:
        """Render the state of the run; cheap enough for every batch of events. `alarm` is what the person must do before
        another one can succeed: it stands first while none is under way."""
        self._state = state
        self._alarm = alarm
        self._render_state()

    def _render_state(self) -> None:
        state = self._state
        if state is None:
            return
        is_alarming = bool(self._alarm) and not state.is_running
        self.set_class(state.is_running, "-running")
        self.set_class(is_alarming, "-alarm")
        line = Content(f"! {self._alarm}  " if is_alarming else "") + Content(state.words())
        if (fraction := state.fraction) is not None:
            filled = int(fraction * _BAR)
            line += Content(f"  [{'#' * filled}{'.' * (_BAR - filled)}] {int(fraction * 100):3}%")
        if left := state.left_words():
            line += Content(f"  {left}")
        self.show(Content("\n").join([line, *map(Content, state.process_lines())]))
        if self._ticks is not None:
            (self._ticks.resume if state.changes_with_time else self._ticks.pause)()


class KeyLine(Line):
    """The keys of a screen, from its own bindings and the app's; two lines where one is too short.

    Unlike Textual's `Footer` it does not follow the focus: nothing is mounted anew at each move.
    """

    DEFAULT_CSS = """
    KeyLine {
        background: $panel;
        color: $foreground;
        dock: bottom;
        height: auto;
        max-height: 2;
    }
    """

    def on_mount(self) -> None:
        self.refresh_keys()

    def on_resize(self) -> None:
        self.refresh_keys()

    def refresh_keys(self) -> None:
        """Show what the keys mean now; call it when an action becomes possible or impossible."""
        lines, room = [Content("")], self.screen.size.width
        for binding in visible_bindings(self.screen):
            key = self.app.get_key_display(binding)
            entry = Content.assemble(" ", (key, "bold $text-accent"), " ", content(binding.description), " ")
            if lines[-1].cell_length + entry.cell_length > room and len(lines) < _KEY_LINES:
                lines.append(Content(""))
            lines[-1] += entry
        self.show(Content("\n").join(lines))


def visible_bindings(screen: Screen[object]) -> Iterable[Binding]:
    """The bindings that a screen and the app want shown and that are possible now, wherever the focus is.

    Help comes first: where the line is too short for all, it leads to the rest.
    """
    ours = [*Binding.make_bindings(screen.BINDINGS), *Binding.make_bindings(screen.app.BINDINGS)]
    keys = getattr(screen.app, "keys_by_id", {})
    seen: set[str] = set()
    for binding in sorted(ours, key=lambda binding: binding.action != "help"):
        if binding.show and binding.action not in seen and _is_possible(screen, binding.action):
            seen.add(binding.action)
            yield remapped(binding, keys)


def _is_possible(screen: Screen[object], action: str) -> bool:
    name = action.partition("(")[0]
    node = screen.app if name.startswith("app.") else screen
    return node.check_action(name.removeprefix("app."), ()) is True
