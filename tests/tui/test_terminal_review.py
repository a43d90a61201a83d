"""The review in a real terminal on the real engine: conflicts decided by keys alone, and what came of them."""

from __future__ import annotations

from pathlib import Path

from tests.tui.terminal import lpc_tui


def test_conflicts_are_filtered_decided_and_synced_and_the_others_wait(tmp_path: Path) -> None:
    with lpc_tui(tmp_path, 80, 24, "demo", "--conflicts") as terminal:
        terminal.until("Ready", "Quit")
        terminal.press("f5")
        terminal.until("Both sides are read", "Yes (y)")
        terminal.press("y")
        terminal.until("Synchronization Summary: Calendar", "[All 246]", "Conflict 5", "Waiting 6")
        terminal.press("f", "f", "f")
        terminal.until("Showing 5 of 246: Conflict (Esc clears)", "? The two sides differ")
        terminal.press("w")
        terminal.until("This plan: The two sides differ.", "What is on record of it:")
        terminal.press("escape")
        terminal.until("Showing 5 of 246", without="This plan:")
        terminal.press("o")
        terminal.until("<-- Outlook wins")
        terminal.press("down", "enter")
        terminal.until("Before", "Will be", "undecided: both stay as they are")
        terminal.press("s")
        terminal.until("Salesforce wins  will be: out of office")
        terminal.press("enter")
        terminal.until("--> Salesforce wins", "Conflict 3")
        terminal.press("z")
        terminal.until("Conflict 4", "Taken back: Salesforce wins.")
        terminal.press("f5")
        terminal.until("Synchronize now?", "60 to add to Outlook", "undecided or waiting stay")
        terminal.press("y")
        terminal.until(
            "Sync finished: some items need you",
            "What waits for you",
            "4 in conflict, because the sides differ:",
            "Issues (i)",
        )
        terminal.press("i")
        terminal.until("> Issues", without="Sync finished:")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
