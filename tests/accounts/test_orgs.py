"""Which host a Salesforce token may go to."""

from __future__ import annotations

import pytest

from lpc_tui.accounts.orgs import audience_of, checked_instance
from lpc_tui.errors import SignInError

MINE = "https://acme.my.salesforce.com"


@pytest.mark.parametrize(
    ("configured", "told"),
    [
        (MINE, MINE),
        (MINE, "https://ACME.my.salesforce.com:443/"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("https://login.salesforce.com", MINE),
        ("https://test.salesforce.com", "https://acme--uat.sandbox.my.salesforce.com"),
    ],
)
def test_the_org_of_the_settings_is_taken(configured: str, told: str) -> None:
    assert checked_instance(configured, told).casefold() == told.removesuffix(":443/").casefold()


@pytest.mark.parametrize(
    ("configured", "told"),
    [
        (MINE, "https://evil.example"),
        (MINE, "https://other.my.salesforce.com"),
        (MINE, "http://acme.my.salesforce.com"),
        (MINE, "https://acme.my.salesforce.com:8443"),
        (MINE, "https://acme.my.salesforce.com.evil.example"),
        (MINE, "https://acme.my.salesforce.com@evil.example"),
        (MINE, ""),
        (MINE, "https://[broken"),
        ("https://login.salesforce.com", "https://my.salesforce.com.evil.example"),
        ("https://login.salesforce.com", "https://evilmy.salesforce.com"),
        ("https://login.salesforce.com", "http://acme.my.salesforce.com"),
        ("https://login.salesforce.com.evil.example", MINE),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8002"),
        ("http://127.0.0.1:8001", MINE),
    ],
)
def test_a_token_goes_to_no_other_host(configured: str, told: str) -> None:
    with pytest.raises(SignInError, match="another org"):
        checked_instance(configured, told)


@pytest.mark.parametrize(
    ("url", "audience"),
    [
        (MINE, "login"),
        ("https://login.salesforce.com", "login"),
        ("https://test.salesforce.com", "test"),
        ("https://acme--uat.sandbox.my.salesforce.com", "test"),
        ("https://acme--uat.my.salesforce.com", "test"),
        ("https://clever-bear-1.scratch.my.salesforce.com", "test"),
        ("https://acme-dev-ed.develop.my.salesforce.com", "login"),
        ("http://127.0.0.1:8001", "login"),
    ],
)
def test_sandboxes_have_an_audience_of_their_own(url: str, audience: str) -> None:
    assert audience_of(url) == f"https://{audience}.salesforce.com"
