"""What an examination finds: one fact each, how bad it is, and what to do about it.

The terminal UI and the command line show these; the checks make them. Pure data. The words may hold what a service or a
file says, so whoever shows them makes them inert (`lpc_tui.plain`).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from lpc_tui.errors import LpcError, SettingsError
from lpc_tui.model.items import Side

__all__ = ["Finding", "Status", "as_json", "exit_code_of", "from_error", "has_problem", "ok", "skipped"]


class Status(enum.StrEnum):
    """How much a finding matters."""

    OK = "ok"
    WARNING = "warning"
    """A run goes ahead; something of it will not be as expected."""
    PROBLEM = "problem"
    """A run, or one process of it, cannot succeed."""
    SKIPPED = "skipped"
    """Could not be looked at; the words say why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of an examination."""

    check: str
    """What was looked at, the same in every version: "folders.state", "salesforce.contact.fields"."""
    status: Status
    words: str
    """What was found; untrusted."""
    remedy: str = ""
    """What to do, in words that hold on a screen as on a command line; empty where there is nothing to be done."""
    command: str = ""
    """The command line that does what `remedy` says, where one does."""
    sign_in: Side | None = None
    """Where to sign in, if that is the remedy: a screen has a key for it."""
    setting: str = ""
    """The dotted key of the setting to be changed, if one is: a screen leads there."""
    exit_code: int = 0
    """What the command ends with if this is the worst there is; 0 but for problems."""

    @classmethod
    def warning(cls, check: str, words: str, remedy: str, *, setting: str = "") -> Finding:
        """A run goes ahead in spite of it."""
        return cls(check, Status.WARNING, words, remedy, setting=setting)

    @classmethod
    def problem(
        cls, check: str, words: str, remedy: str, exit_code: int = LpcError.exit_code, *, setting: str = ""
    ) -> Finding:
        """A run cannot succeed. `exit_code` is that of the error a run would end with."""
        return cls(check, Status.PROBLEM, words, remedy, setting=setting, exit_code=exit_code)


def ok(check: str, words: str) -> Finding:
    """All is well."""
    return Finding(check, Status.OK, words)


def skipped(check: str, words: str) -> Finding:
    """Could not be looked at, through no fault of what would have been looked at."""
    return Finding(check, Status.SKIPPED, words)


def from_error(check: str, error: LpcError) -> Finding:
    """The problem that an error of ours tells."""
    is_login = error.command.startswith("lpc-tui login")
    return Finding(
        check,
        Status.PROBLEM,
        error.message,
        error.hint,
        command=error.command,
        setting=error.key if isinstance(error, SettingsError) else "",
        sign_in=next((each for each in Side if is_login and check.startswith(f"{each}.")), None),
        exit_code=error.exit_code,
    )


def has_problem(findings: Iterable[Finding]) -> bool:
    """Whether any of them is a problem."""
    return any(each.status is Status.PROBLEM for each in findings)


def exit_code_of(findings: Iterable[Finding]) -> int:
    """The exit code for all of them: the first problem's, since checks go from the ground up; 0 if there is none."""
    return next((each.exit_code for each in findings if each.status is Status.PROBLEM), 0)


def as_json(finding: Finding) -> dict[str, str]:
    """The finding as an object for machines."""
    return {
        "check": finding.check,
        "status": finding.status.value,
        "words": finding.words,
        "remedy": finding.remedy,
        "command": finding.command,
    }
