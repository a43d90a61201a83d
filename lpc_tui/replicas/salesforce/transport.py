"""simple-salesforce on a session of ours: timeouts, no redirects, plain http to loopback only.

simple-salesforce hard-codes https, sets no timeout and lets `requests` follow redirects with the token and take a
password from `.netrc`. All of that is put right in the session, so that nothing of the library has to be patched. Importing
this module loads simple-salesforce (0.4 s): only `connection` does, in a thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from simple_salesforce.api import Salesforce

from lpc_tui.replicas.calling import TIMEOUT_S

if TYPE_CHECKING:
    from requests.models import PreparedRequest, Response

__all__ = ["Bearer", "connect"]


class Bearer(AuthBase):
    """Puts the present token into every request; being there, it also keeps `requests` from asking `.netrc`."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class _Session(requests.Session):
    """A session that always has a timeout and never follows a redirect."""

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = TIMEOUT_S
        return super().send(request, **kwargs)

    def get_redirect_target(self, resp: Response) -> None:
        """None, always: the token goes to the host in the settings and to no other."""


class _PlainLoopback(HTTPAdapter):
    """Sends what simple-salesforce addresses to https over http; mounted for one loopback host and port only."""

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        if request.url is not None:
            request.url = "http://" + request.url.removeprefix("https://")
        return super().send(request, stream, timeout, verify, cert, proxies)


def connect(instance_url: str, api_version: str, bearer: Bearer) -> Salesforce:
    """simple-salesforce over a session of ours; asks nothing yet. `instance_url` is https, or http to loopback."""
    session = _Session()
    session.auth = bearer
    parts = urlsplit(instance_url)
    if parts.scheme == "http":
        session.trust_env = False  # no proxy stands between a computer and itself
        session.mount(f"https://{parts.netloc}/", _PlainLoopback())
    salesforce = Salesforce(
        session_id="",  # `bearer` sets the header
        instance_url=instance_url,
        version=api_version,
        session=session,
    )
    del salesforce.headers["X-PrettyPrint"]
    return salesforce
