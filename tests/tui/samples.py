"""A small calendar on both sides, with one row of every sort the review shows; a few contacts and tasks beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.items import AllDay, Item, Process, Side, Timed, Value, frozen
from lpc_tui.model.links import Link, LinkSide, Presence, Unlinked
from lpc_tui.model.rules import Action, Rules, Window
from tests.tui.fake_engine import Script

__all__ = [
    "NOW",
    "contact",
    "contacts_script",
    "event",
    "item",
    "linked",
    "many",
    "sample_script",
    "task",
    "tasks_script",
    "with_guests",
]

NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


def event(subject: str, day: int = 12, hour: int = 10, **more: Value) -> dict[str, Value]:
    """The canonical fields of an hour's meeting in March 2026."""
    start = datetime(2026, 3, day, hour, tzinfo=UTC)
    fields: dict[str, Value] = {
        "subject": subject,
        "when": Timed(start, start + timedelta(hours=1)),
        "location": "",
        "body": "",
        "show_as": "busy",
        "sensitivity": "normal",
    }
    return fields | more


def contact(first: str, last: str, **more: Value) -> dict[str, Value]:
    """The canonical fields of a contact; those not named are empty."""
    fields: dict[str, Value] = {spec.name: spec.empty for spec in shared_fields(Process.CONTACT)}
    return fields | {"first_name": first, "last_name": last} | more


def task(subject: str, due: date | None, **more: Value) -> dict[str, Value]:
    """The canonical fields of an open task."""
    fields: dict[str, Value] = {
        "subject": subject,
        "due": due,
        "status": "notStarted",
        "priority": "normal",
        "body": "",
        "reminder": None,
    }
    return fields | more


def item(ident: str, fields: Mapping[str, Value], **more: bool) -> Item:
    """An item as a side shows it."""
    return Item(
        id=ident,
        fields=frozen(fields),
        version="1",
        modified=NOW - timedelta(days=1),
        is_private=more.get("is_private", False),
        has_guests=more.get("has_guests", False),
        spreads=more.get("spreads", False),
    )


def with_guests(link: Link, *guests: str) -> Link:
    """The link of a meeting in Outlook to which these people are invited."""
    shown = link.outlook.item
    assert shown is not None
    return link.with_side(Side.OUTLOOK, link.outlook.seen(replace(shown, has_guests=True, guests=guests)))


def linked(
    ident: str,
    base: Mapping[str, Value],
    outlook: Mapping[str, Value] | None,
    salesforce: Mapping[str, Value] | None,
    process: Process = Process.CALENDAR,
    **more: bool,
) -> Link:
    """A link whose sides show these fields now; None: deleted there."""

    def side(name: str, fields: Mapping[str, Value] | None, **flags: bool) -> LinkSide:
        if fields is None:
            return LinkSide(f"{name}-{ident}", frozen(base), None, Presence.GONE)
        return LinkSide(f"{name}-{ident}", frozen(base), item(f"{name}-{ident}", fields, **flags))

    return Link(ident, process, side("ol", outlook, **more), side("sf", salesforce))


def sample_script() -> Script:
    """Creates both ways, an update, a prevented delete, a conflict, a match, a private item, a meeting with guests."""
    review = event("Review Q1", 14, 14, location="Room 4")
    lunch = event("Lunch with Acme", 15, 12)
    demo = event("Old demo", 2, 9)
    board = event("Board meeting", 18, 9)
    secret = event("secret", 17, 9)
    links = [
        linked("l1", review, review, event("Review Q1 (moved)", 14, 15, location="Room 4")),
        linked("l2", lunch, lunch | {"location": "Osteria"}, lunch | {"location": "Canteen"}),
        linked("l3", demo, None, demo),
        linked("l4", board, board, board | {"location": "Head office"}, has_guests=True),
        linked("l5", secret, {}, secret, is_private=True),
    ]
    unlinked = [
        Unlinked(Side.SALESFORCE, item("sf-10", event("Kick-off ACME", 12, 10, body="Agenda to follow."))),
        Unlinked(Side.OUTLOOK, item("ol-11", event("Site visit", when=AllDay(date(2026, 3, 13), date(2026, 3, 14))))),
        Unlinked(Side.OUTLOOK, item("ol-12", event("Weekly call", 16, 8))),
        Unlinked(Side.SALESFORCE, item("sf-12", event("Weekly call", 16, 8))),
    ]  # fmt: skip
    rules = Rules(
        window=Window.around(NOW, UTC, 30, 365), prevent=frozenset({(Side.SALESFORCE, Action.DELETE)})
    )
    return Script(links=links, unlinked=unlinked, rules=rules, now=NOW)


def contacts_script() -> Script:
    """A new contact, one edited on both sides in three fields, one of whom a duplicate was merged in Salesforce."""
    ada = contact("Ada", "Lovelace", email="ada@acme.example", birthday=date(1990, 12, 10))
    outlook = ada | {
        "email": "ada@lovelace.example",
        "mobile_phone": "+44 20 7946 0001",
        "job_title": "Analyst",
    }
    salesforce = ada | {
        "email": "a.lovelace@acme.example",
        "mobile_phone": "020 7946 0002",
        "job_title": "Engineer",
    }
    grace = contact("Grace", "Hopper", company="Navy")
    merged = linked("c2", grace, grace, grace, Process.CONTACT)
    merged = merged.with_side(Side.SALESFORCE, replace(merged.salesforce, presence=Presence.MERGED))
    entries = {"email_entries": ('{"name":"","address":"alan@acme.example"}',), "business_phone_entries": ()}
    alan = contact("Alan", "Turing", email="alan@acme.example") | entries
    katherine = contact("Katherine", "Johnson", company="NASA", business_phone="(757) 555-0100")
    return Script(
        Process.CONTACT,
        links=[linked("c1", ada, outlook, salesforce, Process.CONTACT), merged],
        unlinked=[
            Unlinked(Side.SALESFORCE, item("sf-c3", katherine)),
            Unlinked(Side.OUTLOOK, item("ol-c4", alan)),
            Unlinked(Side.SALESFORCE, item("sf-c4", contact("Alan", "Turing", email="alan@acme.example"))),
        ],
        now=NOW,
    )


def tasks_script() -> Script:
    """A new task, one whose due date moved, one without a date that was completed on one side and put off on the other."""
    offer = task("Send the offer", date(2026, 3, 16))
    report = task("Write the report", None)
    return Script(
        Process.TASK,
        links=[
            linked("t1", offer, offer, offer | {"due": date(2026, 3, 18)}, Process.TASK),
            linked(
                "t2", report, report | {"status": "completed"}, report | {"status": "deferred"}, Process.TASK
            ),
        ],
        unlinked=[
            Unlinked(
                Side.OUTLOOK,
                item("ol-t3", task("Call back", date(2026, 3, 13), reminder=NOW + timedelta(days=1))),
            )
        ],
        rules=Rules(window=Window.around(NOW, UTC, 30, 365)),
        now=NOW,
    )


def many(number: int) -> Script:
    """So many new Outlook events."""
    unlinked = [
        Unlinked(Side.OUTLOOK, item(f"ol-{at}", event(f"Event {at:05}", 1 + at % 28, at % 24)))
        for at in range(number)
    ]
    return Script(unlinked=unlinked, rules=Rules(), now=NOW)
