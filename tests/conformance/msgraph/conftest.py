"""Microsoft's client, signed in to the sandbox.

Nothing of the client is changed: its address names the sandbox as it would name a national cloud, its credential hands
out the sandbox's token, and the sandbox's certificate is trusted by the environment.
"""

from collections.abc import AsyncIterator

import httpx
import pytest
from azure.core.credentials import AccessToken
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.graph_request_adapter import options
from msgraph_core import GraphClientFactory

from lpc_tui.sandbox.hosting import HOST
from lpc_tui.sandbox.server import Sandbox

_SCOPES = ["https://graph.microsoft.com/.default"]
_NEVER_EXPIRES = 2**40


class Credential:
    """Hands out one token, as a class of `azure-identity` would after a sign-in."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *_scopes: str, **_wishes: object) -> AccessToken:
        return AccessToken(self._token, _NEVER_EXPIRES)


async def signed_in(sandbox: Sandbox, token: str) -> AsyncIterator[GraphServiceClient]:
    """The client with a token; its connections are closed at the end."""
    authentication = AzureIdentityAuthenticationProvider(
        Credential(token), scopes=_SCOPES, allowed_hosts=[HOST]
    )
    # The client's middleware hides its connections from its own farewell: they are made here to be closed here.
    async with httpx.AsyncHTTPTransport() as transport, httpx.AsyncClient(transport=transport) as connections:
        GraphClientFactory.create_with_default_middleware(client=connections, options=options)
        adapter = GraphRequestAdapter(authentication, connections)
        adapter.base_url = sandbox.graph_url
        yield GraphServiceClient(request_adapter=adapter)


@pytest.fixture(autouse=True)
def trusted(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(sandbox.ca_file))


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[GraphServiceClient]:
    async for client in signed_in(sandbox, sandbox.outlook_token):
        yield client


@pytest.fixture
async def stranger(sandbox: Sandbox) -> AsyncIterator[GraphServiceClient]:
    """The client with a token that the sandbox never issued."""
    async for client in signed_in(sandbox, "stale"):
        yield client
