"""Writes the story into the two worlds."""

import datetime as dt
from dataclasses import dataclass

from lpc_tui.sandbox.common import Clock
from lpc_tui.sandbox.graph.mailbox import Mailbox, Person
from lpc_tui.sandbox.quiet import quietly
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.users import OrgUser
from lpc_tui.sandbox.sample.cast import make_cast
from lpc_tui.sandbox.sample.contacts import add_contacts
from lpc_tui.sandbox.sample.drafts import Draft
from lpc_tui.sandbox.sample.places import add_places
from lpc_tui.sandbox.sample.series import add_series
from lpc_tui.sandbox.sample.story import HOME, Author, Pair, Story
from lpc_tui.sandbox.sample.tasks import add_tasks

SELLER = Person("Robin Vogel", "robin.vogel@contoso.example")
"""Whose calendar and org this is."""


@dataclass(frozen=True, slots=True)
class Worlds:
    """One person's two services."""

    mailbox: Mailbox
    org: Org


def empty_worlds(*, clock: Clock, seed: int, zone: str = HOME.key) -> Worlds:
    """The seller's mailbox and org with nothing in them, set to an IANA zone."""
    user = OrgUser(name=SELLER.name, username=SELLER.address, email=SELLER.address, zone=zone)
    return Worlds(
        Mailbox(clock=clock, seed=seed, user=SELLER, zone=zone), Org(clock=clock, seed=seed, user=user)
    )


def build_sample(mailbox: Mailbox, org: Org, *, seed: int, today: dt.date, conflicts: bool = False) -> None:
    """Fill both services with the sample data of a seed, dated around `today`; the same arguments give the same data.

    With `conflicts` some of it needs a person's decision: pairs that disagree in a field, one event against two alike,
    people who are called one thing here and another there.
    No link between the services is left in it, and no mail is sent.
    """
    cast = make_cast(seed)
    author = Author(cast, seed=seed, today=today)
    with quietly(mailbox), org.lock:
        ids = add_contacts(mailbox, org, cast, seed=seed, conflicts=conflicts)
        _write(author.tell(conflicts=conflicts), mailbox, org, ids)
        add_series(mailbox, org, today=today)
        _add_colleagues(org, author)
        _add_online_meetings(mailbox, author)
        add_tasks(mailbox, org, cast, ids, seed=seed, today=today)
        add_places(mailbox, org, cast, ids)


def _write(story: Story, mailbox: Mailbox, org: Org, ids: dict[str, str]) -> None:
    now = org.now
    for pair in story.pairs:
        mailbox.create_event(pair.outlook.to_graph())
        org.insert("Event", pair.salesforce.to_salesforce(now) | _relation(pair, ids))
    for draft in (*story.outlook, *story.organised):
        mailbox.create_event(draft.to_graph())
    for draft, person in story.salesforce:
        related = {"WhoId": ids[person.name]} if person and person.name in ids else {}
        org.insert("Event", draft.to_salesforce(now) | related)
    for draft, organiser in story.received:
        received = mailbox.receive_invitation(draft.to_graph(), Person(organiser.name, organiser.email))
        mailbox.update_event(received["id"], {"showAs": draft.show_as})


def _relation(pair: Pair, ids: dict[str, str]) -> dict[str, str]:
    """Whom and what the Salesforce side is about, where the org knows the person; a private event is about nobody."""
    if pair.person is None or pair.salesforce.sensitivity != "normal":
        return {}
    relation = {"WhatId": ids[pair.person.company.name]}
    if pair.person.name in ids:
        relation["WhoId"] = ids[pair.person.name]
    return relation


def _add_colleagues(org: Org, author: Author) -> None:
    """A colleague's own appointment, and one the seller is invited to, whose copy is not the seller's to sync."""
    with org.acting_as(org.colleague):
        for offset, subject in ((3, "Kim's customer visit"), (6, "Sales all-hands")):
            start = dt.datetime.combine(author.day(offset), dt.time(10), HOME)
            event_id = org.insert(
                "Event", Draft(subject=subject, start=start, minutes=60).to_salesforce(org.now)
            )
            if offset == 6:
                org.invite(event_id, org.me)


def _add_online_meetings(mailbox: Mailbox, author: Author) -> None:
    """Meetings whose body holds the block by which people join."""
    for offset, subject in ((5, "Product news webinar"), (19, "Remote demo")):
        start = dt.datetime.combine(author.day(offset), dt.time(16), HOME)
        draft = Draft(subject=subject, start=start, minutes=45, html="<p>See you <b>online</b>.</p>")
        mailbox.create_event(draft.to_graph() | {"isOnlineMeeting": True})
    cancelled = Draft(
        subject="Partner breakfast", start=dt.datetime.combine(author.day(8), dt.time(8), HOME), minutes=60
    )
    received = mailbox.receive_invitation(
        cancelled.to_graph(), Person("Kim Colleague", "kim@contoso.example")
    )
    mailbox.receive_cancellation(received["id"])
