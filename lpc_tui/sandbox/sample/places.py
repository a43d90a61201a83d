"""What there is to choose from: a colleague's calendar, a folder within a folder, campaigns, and account teams.

Nothing in them belongs to the sample's sync as it is set up: they fill the lists in which a person chooses.
"""

from collections.abc import Mapping

from lpc_tui.sandbox.graph.mailbox import Mailbox, Person
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.sample.cast import Cast

_KIM = Person("Kim Colleague", "kim@contoso.example")

_CAMPAIGNS = (
    ("Spring trade fair", "In Progress", True),
    ("Product news webinar", "In Progress", True),
    ("Customer breakfast Hamburg", "Planned", True),
    ("Reference visits", "Planned", True),
    ("Autumn trade fair", "Completed", False),
    ("Winter mailing", "Aborted", False),
)
"""Name, status, and whether it is active."""

_MEMBERS = 12
"""Of the first campaign."""

_TEAMS = 3
"""Accounts whose team the seller is in."""


def add_places(mailbox: Mailbox, org: Org, cast: Cast, ids: Mapping[str, str]) -> None:
    """Add them; `ids` are the Salesforce ids by name of company and of person."""
    mailbox.add_calendar("Kim Colleague", owner=_KIM)
    mailbox.add_calendar("Sales team", can_edit=False, owner=_KIM)
    fairs = mailbox.add_contact_folder("Trade fairs")
    mailbox.add_contact_folder("Last year", fairs["id"])
    campaigns = [
        org.insert("Campaign", {"Name": name, "Status": status, "IsActive": is_active})
        for name, status, is_active in _CAMPAIGNS
    ]
    known = [ids[person.name] for person in cast.people if person.name in ids]
    for contact_id in known[:_MEMBERS]:
        org.insert("CampaignMember", {"CampaignId": campaigns[0], "ContactId": contact_id})
    for company in cast.companies[:_TEAMS]:
        team = {"AccountId": ids[company.name], "UserId": org.me, "TeamMemberRole": "Sales Rep"}
        org.insert("AccountTeamMember", team)
