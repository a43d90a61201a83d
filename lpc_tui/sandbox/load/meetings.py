"""Guests in loaded data: whose calendar the file is, and whose meeting each event."""

from collections import Counter
from collections.abc import Iterable

from icalendar import Component

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.mailbox import Mailbox, Person
from lpc_tui.sandbox.load.events import addresses_of

_ENOUGH = 2
"""In fewer meetings nobody stands out as the owner."""


def owner_of(events: Iterable[Component]) -> str:
    """The address that takes part in the most meetings, which is the owner of the exported calendar; or nothing."""
    seen = Counter(address for event in events for address in addresses_of(event))
    ranked = seen.most_common(2)
    stands_out = ranked and ranked[0][1] >= _ENOUGH and (len(ranked) == 1 or ranked[0][1] > ranked[1][1])
    return ranked[0][0] if stands_out else ""


def put_event(mailbox: Mailbox, body: JsonObject, owner: str) -> JsonObject:
    """Create the event as the owner's own, or as the copy of a meeting that somebody else organises.

    Raises GraphError if the mailbox refuses it.
    """
    organizer = body.pop("organizer", {}).get("emailAddress")
    guests = body.get("attendees", [])
    if organizer is None or not guests or organizer["address"].lower() == owner:
        body["attendees"] = [guest for guest in guests if guest["emailAddress"]["address"].lower() != owner]
        return mailbox.create_event(body)
    received = mailbox.receive_invitation(body, Person(organizer["name"], organizer["address"]))
    return mailbox.update_event(received["id"], {"showAs": body["showAs"]})
