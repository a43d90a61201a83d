"""What the UI can do about an error: the service to sign in to, and where a finding of the examination leads. Pure.

An error's `command` is for who can type one; here a key stands in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lpc_tui.errors import LpcError, SignInError
from lpc_tui.model.items import Process, Side
from lpc_tui.places.interface import Kind

if TYPE_CHECKING:
    from lpc_tui.doctor.findings import Finding

__all__ = ["Rebuilding", "Remedy", "error_words", "rebuild_title", "remedy_for", "side_to_sign_in"]


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """Rebuild the history of a process; None: set a damaged state file aside."""

    process: Process | None


Remedy = Side | Kind | Rebuilding | str
"""Sign in there; choose from that list; rebuild that; the setting of that dotted key is to be changed."""

_PLACES = {
    "outlook.calendar": Kind.CALENDAR,
    "outlook.contacts": Kind.CONTACT_FOLDER,
    "outlook.contact_folder": Kind.CONTACT_FOLDER,
    "outlook.tasks": Kind.TASK_LIST,
    "outlook.task_list": Kind.TASK_LIST,
    "sync.contact.scope": Kind.SCOPE,
    "sync.contact.campaign": Kind.CAMPAIGN,
}
"""By the finding's check, and by the setting's key."""


def side_to_sign_in(error: LpcError) -> Side | None:
    """Where signing in is the remedy; None: that would not help."""
    if not isinstance(error, SignInError):
        return None
    return next((side for side in Side if error.command == f"lpc-tui login {side}"), None)


def rebuild_title(process: Process | None) -> str:
    """What Rebuild History is called in the command palette; None: that of a damaged state file."""
    return f"Rebuild History: {'Damaged state file' if process is None else process.label}"


def error_words(error: LpcError) -> str:
    """What happened, and below it what can be done about it in the UI. Untrusted."""
    hint = error.hint
    if (rebuilding := _rebuilding(error.command)) is not None:
        hint = f"{hint.removesuffix('.')}: {rebuild_title(rebuilding.process)}, in the command palette (^P)."
    return f"{error.message}\n{hint}".rstrip()


def _rebuilding(command: str) -> Rebuilding | None:
    """What a command line would rebuild; None: it is another one."""
    if command == "lpc-tui rebuild --damaged":
        return Rebuilding(None)
    return next((Rebuilding(each) for each in Process if command == f"lpc-tui rebuild {each}"), None)


def remedy_for(finding: Finding) -> Remedy | None:
    """Where in the UI something can be done about it; None: nowhere, or nothing needs to be done."""
    if not finding.remedy:
        return None
    if finding.sign_in is not None:
        return finding.sign_in
    if (rebuilding := _rebuilding(finding.command)) is not None:
        return rebuilding
    if (kind := _PLACES.get(finding.setting) or _PLACES.get(finding.check)) is not None:
        return kind
    return finding.setting or None
