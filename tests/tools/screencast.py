"""Records `screenshots/first-sync.cast` from the demo: `make screenshots`.

The real program in a real pty, driven by the keys a person would press; the file is an asciicast (format version 2), to be
played with `asciinema play`. Waiting is evened out: the cast pauses where a person would read, not where a computer works.
"""

from __future__ import annotations

import codecs
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.tui.terminal import Terminal, lpc_tui

FILE = Path(__file__).parents[2] / "screenshots" / "first-sync.cast"
COLUMNS, LINES = 100, 30
READ_S = 2.5
"""How long a person looks at a new screen."""
KEY_S = 0.4
"""Between two keys of one screen."""
FRAME_S = 0.05
"""Between two pieces of output."""


class Recording:
    """What a terminal was sent, at the times of the cast."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._now = 0.0
        self._frames: list[tuple[float, str]] = []

    def hear(self, output: bytes) -> None:
        """Note a piece of output; what comes together is one frame."""
        self._now += FRAME_S
        self._frames.append((round(self._now, 2), self._decoder.decode(output)))

    def wait(self, seconds: float) -> None:
        """Let the person read."""
        self._now += seconds

    def lines(self) -> Iterator[str]:
        """The file: a header, then an event a line."""
        environment = {"TERM": "xterm-256color", "SHELL": "/bin/sh"}
        yield json.dumps(
            {
                "version": 2,
                "width": COLUMNS,
                "height": LINES,
                "title": "lpc-tui: the first sync",
                "env": environment,
            }
        )
        for at, text in self._frames:
            yield json.dumps([at, "o", text], ensure_ascii=False)


def main() -> None:
    """Record a first sync, from the wizard to its end."""
    recording = Recording()
    with (
        tempfile.TemporaryDirectory() as home,
        lpc_tui(Path(home), COLUMNS, LINES, hear=recording.hear) as terminal,
    ):
        _play(terminal, recording)
    FILE.write_text("\n".join(recording.lines()) + "\n", encoding="utf-8")


def _play(terminal: Terminal, recording: Recording) -> None:
    def press(*keys: str) -> None:
        for key in keys:
            recording.wait(KEY_S)
            terminal.press(key)

    def read(*words: str, without: str = "") -> None:
        terminal.until(*words, without=without)
        recording.wait(READ_S)

    read("Set up lpc-tui", "step 1 of 6")
    press("down", "enter")
    read("Ready", "Process:")
    press("f5")
    read("Both sides are read")
    press("e")
    for process in ("Calendar", "Contact", "Task"):
        read(f"Synchronization Summary: {process}")
        press("down", "down", "down", "f5")
        read("Yes (y)")
        press("y")
    read("Sync finished: all done")
    press("enter")
    read("after its start: all done", without="Sync finished: all done")
    press("ctrl+q")
    assert terminal.exit_code() == 0


if __name__ == "__main__":
    main()
