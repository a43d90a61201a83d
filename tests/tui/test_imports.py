"""What the first frame waits for: the services' libraries and the state file come when a run begins, not before."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "O365",
    "simple_salesforce",
    "requests",
    "sqlite3",
    "starlette",
    "lpc_tui.engine.run",
    "lpc_tui.wiring",
)


def test_the_ui_imports_no_service_library_and_no_engine() -> None:
    program = f"import sys, lpc_tui.tui.app; print([m for m in {HEAVY!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


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
    program = f"import sys, lpc_tui.tui.app, lpc_tui.tui.store; print([m for m in {NEEDED_LATER!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


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
    program = f"import sys, lpc_tui.tui.app; print([m for m in {screens!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_wording_needs_no_textual() -> None:
    program = "import sys, lpc_tui.wording; print('textual' in sys.modules, 'rich' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False False"
