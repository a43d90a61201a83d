"""The vendor library most clients use, unmodified, against the sandbox: what it expects of the wire must hold."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceError,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)

from lpc_tui.sandbox.salesforce.org import Org
from tests.sandbox.salesforce.client import EVENT, TOKEN, Client, MovableClock


class LoopbackAdapter(HTTPAdapter):
    """simple-salesforce always says https; this takes it back for one loopback server, and sets a timeout."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        request.url = "http://" + str(request.url).removeprefix("https://")
        return super().send(
            request, stream=stream, timeout=timeout or 10, verify=verify, cert=cert, proxies=proxies
        )


def connect(base: str, token: str = TOKEN) -> Any:
    """The library's client; untyped here, since its annotations do not know what `client.Event` is."""
    session = requests.Session()
    session.trust_env = False
    session.mount(base.replace("http://", "https://") + "/", LoopbackAdapter())
    return Salesforce(session_id=token, instance_url=base, session=session, version="62.0")


def code(error: SalesforceError) -> str:
    """The service's error code inside one of the library's exceptions."""
    content: Any = error.content
    return str(content[0]["errorCode"])


@pytest.fixture
def client(api: Client) -> Iterator[Any]:
    salesforce = connect(api.base)
    yield salesforce
    salesforce.session.close()


def test_create_get_update_delete(client: Any) -> None:
    created = client.Event.create(dict(EVENT))
    assert created["success"] is True
    assert client.Event.get(created["id"])["DurationInMinutes"] == 60
    assert client.Event.update(created["id"], {"Subject": "new"}) == 204
    assert client.Event.get(created["id"])["Subject"] == "new"
    assert client.Event.delete(created["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound) as gone:
        client.Event.get(created["id"])
    assert code(gone.value) == "ENTITY_IS_DELETED"


def test_query_all_walks_the_pages(client: Any, org: Org) -> None:
    for number in range(1200):
        org.insert("Task", {"Subject": str(number)})
    soql = "SELECT Id, Description FROM Task"
    assert not client.query(soql)["done"]
    assert len({record["Id"] for record in client.query_all(soql)["records"]}) == 1200
    assert client.query("SELECT COUNT() FROM Task", include_deleted=True)["totalSize"] == 1200
    assert client.api_usage["api-usage"].used == 5


def test_describe_and_metadata(client: Any) -> None:
    assert "sobjects" in client.describe()
    assert client.Contact.describe()["keyPrefix"] == "003"
    assert client.Contact.metadata()["objectDescribe"]["name"] == "Contact"
    assert client.limits()["DailyApiRequests"]["Max"] == 100_000
    assert client.is_sandbox() is True


def test_deleted_and_updated(client: Any, org: Org, clock: MovableClock) -> None:
    kept, gone = (org.insert("Task", {"Subject": subject}) for subject in ("kept", "gone"))
    org.delete("Task", gone)
    now = clock.forward(minutes=2)
    hour = timedelta(hours=1)
    assert client.Task.updated(now - hour, now)["ids"] == [kept]
    assert [record["id"] for record in client.Task.deleted(now - hour, now)["deletedRecords"]] == [gone]


def test_collections_through_restful(client: Any) -> None:
    records = [{"attributes": {"type": "Task"}, "Subject": str(number)} for number in range(3)]
    results = client.restful(
        "composite/sobjects", method="POST", json={"allOrNone": False, "records": records}
    )
    assert [result["success"] for result in results] == [True] * 3
    ids = ",".join(result["id"] for result in results)
    assert len(client.restful("composite/sobjects/Task", params={"ids": ids, "fields": "Subject"})) == 3
    assert len(client.restful("composite/sobjects", method="DELETE", params={"ids": ids})) == 3


def test_its_exceptions_carry_the_services_words(client: Any, api: Client) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.query("SELECT Nothing FROM Event")
    assert code(refused.value) == "INVALID_FIELD"
    stranger = connect(api.base, "another token")
    with pytest.raises(SalesforceExpiredSession):
        stranger.query("SELECT Id FROM Event")
    stranger.session.close()
