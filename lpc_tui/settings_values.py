"""The kinds of values the settings take: choices with their labels, checked addresses, times of day, bounds.

Apart from `settings` so that the models there read as the file does. A check raises `ValueError` whose text continues a
sentence about the value ("... would send the sign-in unencrypted"); what would be allowed instead is said by `Allowed`.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

DAY_CHOICES: Final = (0, 1, 7, 14, 30, 60, 90, 180, 365, 730)
"""The steps the Past and Future Days drop-downs offer; the file may hold any number up to `MAX_DAYS`."""

MAX_DAYS: Final = 1823
"""Past and future days together. Graph refuses a calendar view of more than 1825 days (`wire/`); one of them is today,
and one is kept back because local midnights drift by an hour across a clock change."""

MINUTES_PER_DAY: Final = 24 * 60

Value = bool | int | str
"""What a key can hold; a choice is a `str`."""


class Choice(StrEnum):
    """A word of the file with the label a person sees for it."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Auth(Choice):
    """How to sign in to Salesforce."""

    DEVICE = "device", "Device code"
    WEB = "web", "Web browser"
    JWT = "jwt", "JWT with a private key"
    CLIENT_CREDENTIALS = "client_credentials", "Client credentials"
    TOKEN = "token", "Token from the environment"


class Conflicts(Choice):
    """What happens when both sides changed the same field of an item."""

    ASK = "ask", "Ask me"
    NEWEST = "newest", "The newest change wins"
    OUTLOOK = "outlook", "Outlook wins"
    SALESFORCE = "salesforce", "Salesforce wins"


class ContactScope(Choice):
    """Whose Salesforce contacts belong to the sync."""

    MINE = "mine", "Contacts I own"
    ALL = "all", "All contacts I can see"
    TEAM = "team", "Contacts of my account teams"
    CAMPAIGN = "campaign", "Members of a campaign"


class ShowSummary(Choice):
    """After which syncs the Synchronization Summary is shown."""

    MANUAL = "manual", "Manual syncs only"
    ALWAYS = "always", "Every sync"
    NEVER = "never", "Never"


class Theme(Choice):
    """The colours of the terminal UI."""

    AUTO = "auto", "As the terminal can"
    DARK = "dark", "Dark"
    LIGHT = "light", "Light"
    HIGH_CONTRAST = "high-contrast", "High contrast"
    TERMINAL = "terminal", "The terminal's own 16 colours"


class AsciiOnly(Choice):
    """Whether frames and signs are drawn with ASCII characters alone."""

    AUTO = "auto", "Where the terminal needs it"
    ALWAYS = "always", "Always"
    NEVER = "never", "Never"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Says in words which values a text setting takes; rides along in the field's metadata."""

    text: str


def is_loopback(host: str) -> bool:
    """Whether `host` (a name or address out of a URL) can only mean this computer."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address in ipaddress.ip_network("127.0.0.0/8") or address == ipaddress.IPv6Address("::1")


def _endpoint(url: str) -> str:
    """Check the address of a service and drop slashes at its end.

    Tokens travel there, so anything but TLS is refused unless the bytes stay on this computer.
    """
    if not url.isprintable() or " " in url:
        raise ValueError("holds a space or a control character")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError("is not an address") from error
    if parts.scheme not in ("https", "http") or not host:
        raise ValueError("is not an https:// address")
    if "@" in parts.netloc:
        raise ValueError("holds a user name, which does not belong in the address")
    if parts.query or parts.fragment:
        raise ValueError("holds a query or a fragment, which does not belong in the address")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("would send the sign-in unencrypted")
    return url.rstrip("/")


def _org_address(url: str) -> str:
    """Check the org's address; a page's path copied from the browser would end up inside every request."""
    if not url:
        return url
    url = _endpoint(url)
    if urlsplit(url).path:
        raise ValueError("names a page, not the org")
    return url


def minute_of_day(time_of_day: str) -> int:
    """Minutes after midnight of a checked "HH:MM"; "24:00" is 1440."""
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)


Endpoint = Annotated[
    str,
    AfterValidator(_endpoint),
    Allowed("an https:// address (http:// for loopback addresses only)"),
]
OrgAddress = Annotated[
    str,
    AfterValidator(_org_address),
    Allowed('empty, or "https://YOURDOMAIN.my.salesforce.com" (http:// for loopback addresses only)'),
]
TimeOfDay = Annotated[
    str,
    Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"),
    Allowed('"HH:MM" from "00:00" to "24:00"'),
]
ApiVersion = Annotated[str, Field(pattern=r"^[1-9][0-9]\.0$"), Allowed('a version such as "62.0"')]
ExternalIdField = Annotated[
    str,
    Field(pattern=r"^([A-Za-z][A-Za-z0-9_]*)?$"),
    Allowed('empty, or the API name of a field, such as "Sync_Id__c"'),
]
Minutes = Annotated[int, Field(ge=1, le=MINUTES_PER_DAY)]


def mismatch(key: str, message: str, allowed: str) -> PydanticCustomError:
    """An error of two keys of one table that do not fit together, told at `key`."""
    context: dict[str, Any] = {"key": key, "message": message, "allowed": allowed}
    return PydanticCustomError("mismatch", "{message}", context)
