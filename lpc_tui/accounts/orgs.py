"""Which addresses belong to one Salesforce org. Pure: every place that a token may go to is decided here.

An org has its own host (My Domain). The two login hosts stand for all orgs; they sign people in, but hold no data.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from lpc_tui.errors import SignInError

__all__ = ["audience_of", "checked_instance", "is_login_host", "origin_of"]

_LOGIN_HOSTS: Final = frozenset({"login.salesforce.com", "test.salesforce.com"})
_TEST_ORGS: Final = (".sandbox.my.salesforce.com", ".scratch.my.salesforce.com")


def origin_of(url: str) -> str:
    """Scheme, host and port of `url`, in one spelling.

    Raises:
        ValueError: it is no address.
    """
    parts = urlsplit(url)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in (None, default) else f":{parts.port}"
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def is_login_host(url: str) -> bool:
    """Whether `url` signs in people of every org, and so says nothing about which one."""
    return urlsplit(url).hostname in _LOGIN_HOSTS


def audience_of(url: str) -> str:
    """Who a signed assertion is meant for: the login host of production orgs, or that of sandboxes and scratch orgs."""
    host = urlsplit(url).hostname or ""
    is_test = host == "test.salesforce.com" or host.endswith(_TEST_ORGS) or "--" in host.partition(".")[0]
    return "https://test.salesforce.com" if is_test else "https://login.salesforce.com"


def checked_instance(configured: str, told: str) -> str:
    """The address of the org that a token is for, if it is the configured one; tokens go to no other.

    Where a login host is configured, the My Domain that the answer names is taken.

    Raises:
        SignInError: the answer names another host.
    """
    try:
        origin = origin_of(told)
    except ValueError:
        origin = ""
    if origin == origin_of(configured):
        return origin
    is_my_domain = origin.startswith("https://") and origin.endswith(".my.salesforce.com")
    if is_login_host(configured) and is_my_domain:
        return origin
    raise SignInError(
        f"The sign-in is for another org than the one in the settings: {origin or 'none'} instead of {configured}.",
        "If it is the one you mean, set salesforce.instance_url to it.",
        command=f"lpc-tui config set salesforce.instance_url {origin or configured}",
    )
