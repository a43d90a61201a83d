"""Reads the reports for the History and Issues components; blocks, so the app does it in a thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lpc_tui.reports.interface import Issues, PastRun, Reports

__all__ = ["read_reports"]

_MOST_RUNS: Final = 500


def read_reports(reports: Reports) -> tuple[Sequence[PastRun], Issues]:
    """The past runs, newest first, and what is open.

    Raises:
        StateError: the state file cannot be used.
    """
    return reports.runs(limit=_MOST_RUNS), reports.issues()
