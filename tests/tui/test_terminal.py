"""The UI in a real terminal: `lpc-tui` in a pty, driven by keys alone and read as a terminal shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lpc_tui.settings_file import load
from tests.tui.terminal import ALTERNATE_SCREEN, Terminal, lpc_tui

LAST_BOX = "Do not 'delete' existing Calendar records from Salesforce"

LOG = "\n Log  "
"""How the log's header begins."""


def test_it_opens_and_quits_on_a_large_terminal(tmp_path: Path) -> None:
    with lpc_tui(tmp_path, 120, 40, "demo") as terminal:
        terminal.until("Salesforce-Microsoft Outlook Calendar", "Ready", "Quit")
        assert LAST_BOX in terminal.text
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


def test_a_person_sets_syncs_reads_the_log_syncs_again_and_quits(tmp_path: Path) -> None:
    with lpc_tui(tmp_path, 80, 24, "demo") as terminal:
        terminal.until("Ready", "Process: [ Salesforce-Microsoft Outlook Calendar v ]", "Quit")
        assert ALTERNATE_SCREEN in terminal.screen.private
        _set_past_days_to_60(terminal)
        assert load(tmp_path / "profiles" / "demo" / "config.toml").sync.calendar.past_days == 60

        _start_and_confirm(terminal)
        terminal.until("Sync finished: all done", "added to Outlook", "added to Salesforce")
        terminal.press("enter")
        terminal.until(LOG, "after its start: all done", without="Sync finished: all done")
        terminal.press("f6")
        terminal.until("l All levels")
        terminal.press("f6")
        terminal.until(LAST_BOX, without=LOG)
        terminal.press("f6")
        terminal.until(LOG, "after its start: all done")

        terminal.press("f5")
        terminal.until("Both sides are read", "Yes (y)")
        terminal.press("y")
        terminal.until("Sync finished: all done", "unchanged.", "(0 writes)")
        terminal.press("enter")
        terminal.until("after its start: all done", without="Sync finished: all done")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
        assert ALTERNATE_SCREEN not in terminal.screen.private
        assert not terminal.screen.cursor.hidden


@pytest.mark.parametrize("is_running", [False, True])
def test_once_its_terminal_is_gone_it_ends_by_itself(tmp_path: Path, is_running: bool) -> None:
    with lpc_tui(tmp_path, 80, 24, "demo") as terminal:
        terminal.until("Ready", "Quit")
        if is_running:
            terminal.press("f5")
            terminal.until("Both sides are read", "Yes (y)")
            terminal.press("e")
            terminal.until("Synchronization Summary: Calendar")
        terminal.hang_up()
        assert terminal.exit_code() == 0


def test_from_the_first_start_to_a_finished_first_sync(tmp_path: Path) -> None:
    with lpc_tui(tmp_path, 80, 24) as terminal:
        terminal.until("Set up lpc-tui", "step 1 of 6", "Try the demo")
        terminal.press("down", "enter")
        terminal.until("Ready", "Process: [ Salesforce-Microsoft Outlook Calendar v ]", "demo")
        terminal.press("f5")
        terminal.until("Both sides are read", "Everything (e)")
        terminal.press("e")
        for process in ("Calendar", "Contact", "Task"):
            terminal.until(f"Synchronization Summary: {process}")
            terminal.press("f5")
            terminal.until("Yes (y)")
            terminal.press("y")
        terminal.until("Sync finished: all done")
        terminal.press("enter")
        terminal.until("after its start: all done", without="Sync finished: all done")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
    assert (tmp_path / "profiles" / "demo" / "state" / "state.db").exists()


def _set_past_days_to_60(terminal: Terminal) -> None:
    terminal.press("tab", "tab", "enter")
    terminal.until("│ 60 ")
    terminal.press("down", "enter")
    terminal.until("*Synchronize Past Days:    [ 60  v ]", "* 1 unsaved")
    terminal.press("f2")
    terminal.until("Saved", " Synchronize Past Days:    [ 60  v ]", without="unsaved")


def _start_and_confirm(terminal: Terminal) -> None:
    terminal.press("f5")
    terminal.until("Both sides are read", "Yes (y)")
    terminal.press("y")
    terminal.until("Synchronization Summary: Calendar", "Add to Salesforce")
    terminal.press("f5")
    terminal.until("Synchronize now?", "to add to Outlook")
    terminal.press("y")
