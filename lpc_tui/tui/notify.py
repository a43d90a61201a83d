"""What the terminal's title says of a run, and the call to the person at its end, as Notification Options has both.

`LpcApp` asks at each change of the run's state. Pure: words out; `terminal_app` writes them. No foreign text is in
them: a title can be read over somebody's shoulder.
"""

from __future__ import annotations

from typing import assert_never

from lpc_tui.tui.run_state import Activity, RunState
from lpc_tui.wording import phase_words

__all__ = ["end_words", "title_words"]

_PROGRAM = "lpc-tui"
_STEP = 10
"""Per cent from one title to the next: each is written down the line anew."""


def title_words(state: RunState) -> str:
    """The title while a run goes on and after it; empty, and so not ours, before the first one."""
    match state.activity:
        case Activity.IDLE:
            return end_words(state) if state.outcome else ""
        case Activity.REVIEWING:
            return f"{_PROGRAM}: the plan waits for your review"
        case Activity.STOPPING:
            return f"{_PROGRAM}: stopping"
        case Activity.RUNNING:
            return f"{_PROGRAM}: {_running(state)}"
        case _:
            assert_never(state.activity)


def end_words(state: RunState) -> str:
    """How the last run ended."""
    return f"{_PROGRAM}: {state.outcome}"


def _running(state: RunState) -> str:
    if state.process is None or state.phase is None:
        return "sync started"
    share = "" if state.fraction is None else f" {int(state.fraction * 100) // _STEP * _STEP}%"
    return f"{state.process.label}, {phase_words(state.phase)}{share}"
