"""What the first frame waits for: the services' libraries and the state file come when a run begins, not before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

HEAVY = (
    "O365",
    "simple_salesforce",
    "requests",
    "sqlite3",
    "starlette",
    "lpc_tui.engine.run",
    "lpc_tui.wiring",
)


def imported(looked_for: Sequence[str], by: str) -> str:
    """Which of these modules come with those that are named, separated by commas, in a process of their own."""
    program = f"import sys, {by}; print([m for m in {looked_for!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_the_ui_imports_no_service_library_and_no_engine() -> None:
    assert imported(HEAVY, "lpc_tui.tui.app") == "[]"


NEEDED_LATER = (
    "lpc_tui.accounts.interface",
    "lpc_tui.doctor.findings",
    "lpc_tui.model.plan",
    "lpc_tui.reports.interface",
    "lpc_tui.tui.report_lines",
    "lpc_tui.tui.review_rows",
    "lpc_tui.tui.run_summary",
    "tomlkit",
)


def test_what_only_a_run_or_a_report_or_a_saved_file_needs_is_imported_then() -> None:
    assert imported(NEEDED_LATER, "lpc_tui.tui.app, lpc_tui.tui.store") == "[]"


OPENED_LATER = (
    "clash",
    "doctor",
    "help",
    "item",
    "log_save",
    "picker",
    "review",
    "run_dialogs",
    "run_items",
    "setting_dialog",
    "sign_in",
    "why",
    "wizard",
)


def test_a_screen_that_is_not_the_first_is_imported_when_it_is_opened() -> None:
    screens = [f"lpc_tui.tui.screens.{name}" for name in OPENED_LATER]
    assert imported(screens, "lpc_tui.tui.app") == "[]"


def test_the_wording_needs_no_textual() -> None:
    assert imported(["textual", "rich"], "lpc_tui.wording") == "[]"
