"""Hostile texts on their way to a real terminal: of all the bytes that are written, none obeys them (law 13)."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from tests.tui.hostile import LABEL, SEQUENCE, assert_inert
from tests.tui.terminal import lpc_tui

_COPIED = re.compile("\x1b]52;c;([A-Za-z0-9+/=]*)\x07")
_TITLE = re.compile("\x1b]2;([^\x07]*)\x07")


def test_no_sequence_that_reaches_the_terminal_is_theirs(tmp_path: Path) -> None:
    heard: list[bytes] = []
    with lpc_tui(tmp_path, 100, 30, hear=heard.append, module="tests.tui.hostile_program") as terminal:
        terminal.until("Ready", "500 lines")
        terminal.press("f6")
        terminal.until("All levels")
        terminal.press("m")
        terminal.until("All levels", without="Sync Jobs")
        terminal.press("home")
        terminal.until(">09:00:00   h000q")
        terminal.press(*["pagedown"] * 10)
        terminal.until(">09:00:00   h244q")
        terminal.press("c")
        terminal.until("copied")
        terminal.press("m", "f6", "f5")
        terminal.until("Start Sync", "Both sides are read")
        terminal.press("y")
        terminal.until("Synchronization Summary", "Showing 500 of 500")
        terminal.press(*["pagedown"] * 10, "enter")
        terminal.until("will be", without="Showing")
        terminal.press("escape")
        terminal.until("Showing 500 of 500")
        terminal.press("f5")
        terminal.until("Synchronize now?")
        terminal.press("y")
        terminal.until("Sync finished", "FAILED")
        terminal.press("escape")
        terminal.until("Last sync", without="Sync finished:")
        terminal.press("ctrl+q")
        terminal.exit_code()
    written = b"".join(heard).decode()
    assert len(set(LABEL.findall(written))) > 50, "they were shown"
    assert not [each for each in SEQUENCE.findall(written) if LABEL.search(each) and not _TITLE.match(each)]
    for title in _TITLE.findall(written):
        assert_inert(title, breaks="")
    copied = [base64.b64decode(each).decode() for each in _COPIED.findall(written)]
    assert copied
    for text in copied:
        assert_inert(text)
    rest = SEQUENCE.sub("", written)
    assert rest.count("\x07") <= 1, "the bell at the end of the run"
    assert_inert(rest, breaks="\r\n\x07")
