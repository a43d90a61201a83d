"""Who works in the org, and the rows that users, the organization and the activity choices become."""

from dataclasses import dataclass

from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.salesforce.store import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgUser:
    """A person with a licence."""

    name: str
    username: str
    email: str
    zone: str = "Europe/Berlin"
    """IANA name: TimeZoneSidKey, and the zone whose days SOQL's date literals mean."""
    locale: str = "en_GB"
    language: str = "en_US"


DEFAULT_USER = OrgUser(name="Robin Example", username="robin@example.com", email="robin@example.com")
"""The running user of an org that is not told another."""

COLLEAGUE = OrgUser(name="Kim Colleague", username="kim@example.com", email="kim@example.com")
"""The second user of every org, to reassign records to."""


def user_fields(user: OrgUser) -> Row:
    """The fields of a User record."""
    first, _, last = user.name.rpartition(" ")
    return {
        "Username": user.username,
        "FirstName": first or None,
        "LastName": last,
        "Name": user.name,
        "Alias": user.username.partition("@")[0][:8],
        "Email": user.email,
        "IsActive": True,
        "TimeZoneSidKey": user.zone,
        "LocaleSidKey": user.locale,
        "LanguageLocaleKey": user.language,
    }


def organization_fields(user: OrgUser) -> Row:
    """The fields of the one Organization record."""
    return {
        "Name": "Sandbox Org",
        "IsSandbox": True,
        "OrganizationType": "Developer Edition",
        "InstanceName": "SBX1",
        "TimeZoneSidKey": user.zone,
    }


def status_fields(options: OrgOptions) -> list[Row]:
    """The fields of the TaskStatus records."""
    return [
        {**_choice(status.name, number), "IsDefault": status.is_default, "IsClosed": status.is_closed}
        for number, status in enumerate(options.task_statuses, start=1)
    ]


def priority_fields(options: OrgOptions) -> list[Row]:
    """The fields of the TaskPriority records."""
    return [
        {**_choice(item.name, number), "IsDefault": item.is_default, "IsHighPriority": item.is_high}
        for number, item in enumerate(options.task_priorities, start=1)
    ]


def _choice(name: str, number: int) -> Row:
    return {"MasterLabel": name, "ApiName": name, "SortOrder": number}
