"""What the UI can do about an error: the service to sign in to, and where a finding of the examination leads. Pure.

An error's `command` is for who can type one; here a key stands in its place.
"""

from __future__ import annotations

from lpc_tui.doctor.findings import Finding
from lpc_tui.errors import LpcError, SignInError
from lpc_tui.model.items import Side
from lpc_tui.places.interface import Kind

__all__ = ["Remedy", "remedy_for", "side_to_sign_in"]

Remedy = Side | Kind | str
"""Sign in there; choose from that list; the setting of that dotted key is to be changed."""

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


def remedy_for(finding: Finding) -> Remedy | None:
    """Where in the UI something can be done about it; None: nowhere, or nothing needs to be done."""
    if not finding.remedy:
        return None
    if finding.sign_in is not None:
        return finding.sign_in
    if (kind := _PLACES.get(finding.setting) or _PLACES.get(finding.check)) is not None:
        return kind
    return finding.setting or None
