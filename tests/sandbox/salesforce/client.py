"""What the tests of the Salesforce sandbox speak with: a movable clock, and a plain HTTP client that adds nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

START = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)
"""A Monday; Berlin is an hour ahead, and changes its clocks on the 29th."""

TOKEN = "test-token"


class MovableClock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> datetime:
        """Move on by so many days, minutes or seconds, and tell the new time."""
        self.now += timedelta(**delta)
        return self.now


@dataclass(slots=True)
class Client:
    """A bearer of the right token, one API version at a time."""

    base: str
    version: str = "62.0"
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {TOKEN}"

    def at(self, version: str) -> "Client":
        """The same client under another API version."""
        return Client(self.base, version, self.session)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request below the version's root, or at an absolute path; redirects and errors are left as they are."""
        url = self.base + path if path.startswith("/services") else f"{self.root}/{path}"
        return self.session.request(method, url, timeout=10, **options)

    @property
    def root(self) -> str:
        return f"{self.base}/services/data/v{self.version}"

    def get(self, path: str, **params: str) -> requests.Response:
        return self.call("GET", path, params=params)

    def post(self, path: str, body: object) -> requests.Response:
        return self.call("POST", path, json=body)

    def patch(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> requests.Response:
        return self.call("PATCH", path, json=body, headers=headers)

    def delete(self, path: str, **params: str) -> requests.Response:
        return self.call("DELETE", path, params=params)

    def query(self, soql: str, resource: str = "query") -> list[dict[str, Any]]:
        """The records of a query that must succeed on one page."""
        response = self.get(resource, q=soql)
        assert response.status_code == 200, response.text
        page = response.json()
        assert page["done"]
        return list(page["records"])

    def create(self, sobject: str, **fields: object) -> str:
        """The id of a record that must be accepted."""
        response = self.post(f"sobjects/{sobject}", fields)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def record(self, sobject: str, record_id: str) -> dict[str, Any]:
        response = self.get(f"sobjects/{sobject}/{record_id}")
        assert response.status_code == 200, response.text
        return dict(response.json())


def refusal(response: requests.Response) -> tuple[int, str]:
    """Status and error code of a refused data call."""
    body = response.json()
    assert isinstance(body, list), body
    return response.status_code, body[0]["errorCode"]


def message(response: requests.Response) -> str:
    """The message of a refused data call."""
    return str(response.json()[0]["message"])


EVENT: Mapping[str, object] = {
    "Subject": "Meeting",
    "StartDateTime": "2026-03-03T10:00:00Z",
    "EndDateTime": "2026-03-03T11:00:00Z",
}
"""The least that makes a good event."""
