"""The mail Exchange sends by itself when meetings are written; a sync that fills this outbox has a fault.

There is no way to write attendees, times, places or texts of a meeting without it. Facts:
https://learn.microsoft.com/graph/api/event-update
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.errors import access_denied
from lpc_tui.sandbox.graph.stored_event import StoredEvent

ORGANIZERS_OWN = frozenset(
    {
        "subject", "body", "start", "end", "isAllDay", "location", "locations", "attendees", "recurrence",
        "isOnlineMeeting", "onlineMeetingProvider", "importance", "hideAttendees", "allowNewTimeProposals",
    }
)  # fmt: skip
"""Properties that belong to the meeting, not to one person's copy: writing one, even unchanged, mails everybody."""

_REFUSED_TO_ATTENDEES = ORGANIZERS_OWN - {"importance"}


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """A mail the service sent on its own."""

    kind: str
    """`invitation`, `update`, `cancellation` or `decline`."""

    recipients: tuple[str, ...]
    subject: str


def refuse_to_attendee(event: StoredEvent, given: JsonObject) -> None:
    """Raises 403 where an attendee's copy would get another subject, time, text, place or attendees.

    An assumption: the service may also take the write and let the organizer's next update undo it.
    """
    if not event.is_organizer and _REFUSED_TO_ATTENDEES & given.keys():
        raise access_denied("You need to be the organizer of a meeting to change it.")


def sent_on_create(fields: JsonObject) -> list[OutboxMail]:
    """The invitations to a new meeting."""
    return _mails("invitation", _addresses(fields), fields["subject"])


def sent_on_update(
    before: JsonObject, after: JsonObject, given: JsonObject, exceptions: int
) -> list[OutboxMail]:
    """The mails of one PATCH: to the changed attendees, and to all of them where the meeting itself was written.

    A series with exceptions sends the update once for itself and once for each exception.
    """
    invited, meant = _addresses(before), _addresses(after)
    mails = _mails("invitation", [one for one in meant if one not in invited], after["subject"])
    mails += _mails("cancellation", [one for one in invited if one not in meant], after["subject"])
    if (ORGANIZERS_OWN - {"attendees"}) & given.keys():
        staying = [one for one in meant if one in invited]
        mails += _mails("update", staying, after["subject"]) * (1 + exceptions)
    return mails


def sent_on_delete(event: StoredEvent, fields: JsonObject) -> list[OutboxMail]:
    """The organizer's cancellation to the attendees, or the attendee's decline to the organizer."""
    if event.is_organizer:
        return _mails("cancellation", _addresses(fields), fields["subject"])
    if event.is_cancelled or not fields["responseRequested"]:
        return []
    return _mails("decline", [event.organizer["emailAddress"]["address"]], fields["subject"])


def _addresses(fields: JsonObject) -> list[str]:
    return [attendee["emailAddress"]["address"].lower() for attendee in fields["attendees"]]


def _mails(kind: str, recipients: Iterable[str], subject: str) -> list[OutboxMail]:
    addressed = tuple(recipients)
    return [OutboxMail(kind, addressed, subject)] if addressed else []
