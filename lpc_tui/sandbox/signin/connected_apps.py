"""A client as an admin sets it up in Salesforce: a connected app, or an External Client App."""

from dataclasses import dataclass
from enum import StrEnum

LOOPBACK_CALLBACK = "http://localhost:1717/OauthRedirect"
"""The callback the sandbox's own app has; Salesforce's command line uses the same."""


class Flow(StrEnum):
    """A way to sign in, by its `grant_type`."""

    DEVICE = "device"
    WEB = "authorization_code"
    JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    CLIENT_CREDENTIALS = "client_credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedApp:
    """What an app may do, and how it proves to be itself."""

    client_id: str
    """The consumer key."""

    client_secret: str
    """The consumer secret. Wrong it is always refused; whether it may be missing is a flow's own matter."""

    flows: frozenset[Flow] = frozenset(Flow)
    callback_urls: tuple[str, ...] = (LOOPBACK_CALLBACK,)
    """Matched letter for letter, port included."""

    scopes: tuple[str, ...] = ("api", "id", "openid", "profile", "email", "refresh_token", "offline_access")
    """The most it may ask for; what it gets if it asks for nothing."""

    needs_secret: bool = False
    """Whether the web and the refresh flow ask for the secret."""

    needs_pkce: bool = True
    certificate: str | None = None
    """PEM, a certificate or a public key: what signs its assertions."""

    is_preauthorized: bool = True
    """Whether the JWT flow works for a user who has never approved the app."""

    has_run_as_user: bool = True
    """Whether client credentials run as somebody: as the org's user."""

    rotates_refresh_tokens: bool = False
    """Whether a refresh token is good once, and each answer brings the next one."""


SANDBOX_APP = ConnectedApp(client_id="sandbox", client_secret="sandbox-secret")
