"""How Salesforce's OAuth says no: an error and a few words, which clients show.

Facts: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flow_errors.htm and what clients report.
"""

from lpc_tui.sandbox.signin.replies import Refusal


def refused(error: str, description: str, status: int = 400) -> Refusal:
    """A refusal of the token endpoint."""
    return Refusal({"error": error, "error_description": description}, status)


def missing(name: str) -> Refusal:
    """The form lacks a field."""
    return refused("invalid_request", f"missing required parameter: {name}")


def invalid_grant(description: str) -> Refusal:
    """What was presented is not good for a token."""
    return refused("invalid_grant", description)


def unknown_client() -> Refusal:
    """No such app."""
    return refused("invalid_client_id", "client identifier invalid")


def wrong_secret() -> Refusal:
    """The secret, or what stands for it, is not the app's."""
    return refused("invalid_client", "invalid client credentials")


def missing_secret() -> Refusal:
    """The app's secret is needed."""
    return refused("invalid_client", "client secret is required")


def flow_not_enabled(flow: str) -> Refusal:
    """The app exists, and its admin has not ticked this flow. (The words are unconfirmed.)"""
    return refused("invalid_request", f"{flow} flow not enabled")


def scope_not_allowed() -> Refusal:
    """More was asked for than the app may have."""
    return refused("invalid_scope", "the requested scope is not allowed")
