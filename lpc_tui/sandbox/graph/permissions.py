"""Graph's delegated permissions: which there are here, and which of them a request needs.

Facts: https://learn.microsoft.com/graph/permissions-reference. A permission to write includes the one to read.
"""

from lpc_tui.sandbox.graph.errors import GraphError, access_denied
from lpc_tui.sandbox.graph.request import GraphRequest

RESOURCE = "https://graph.microsoft.com/"
"""What may stand before a permission's name."""

DEFAULT = ".default"
"""Stands for all permissions of the app's registration."""

OPENID_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})

GRAPH_SCOPES = (
    "Calendars.Read",
    "Calendars.ReadWrite",
    "Contacts.Read",
    "Contacts.ReadWrite",
    "MailboxSettings.Read",
    "MailboxSettings.ReadWrite",
    "Tasks.Read",
    "Tasks.ReadWrite",
    "User.Read",
)

_AREAS = {
    "calendar": "Calendars",
    "calendars": "Calendars",
    "calendarview": "Calendars",
    "events": "Calendars",
    "contacts": "Contacts",
    "contactfolders": "Contacts",
    "todo": "Tasks",
    "mailboxsettings": "MailboxSettings",
}


def bare(scope: str) -> str:
    """A permission's name in lower case, without the resource."""
    lowered = scope.lower()
    return lowered.removeprefix(RESOURCE)


def check_permissions(request: GraphRequest) -> None:
    """Raise the service's 403 if whoever asks is not allowed to."""
    granted = request.permissions
    if granted is None:
        return
    path = [segment.lower() for segment in request.segments]
    if path[:1] != ["me"]:
        return
    area = _AREAS.get(path[1]) if len(path) > 1 else None
    if area is None:
        if "user.read" not in granted:
            raise GraphError(
                403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
            )
        return
    enough = {f"{area}.readwrite".lower()}
    if request.method == "GET":
        enough.add(f"{area}.read".lower())
    if not enough & granted:
        raise access_denied()
