"""The fastest client that we know how to write by hand, to measure ours by: threads, no state, no rules.

It trusts the first page it is given, remembers nothing, looks at nothing it changes, and never asks what became of what it
wrote. It sends the same requests in the same shapes as ours does: pages of 1,000 events, `$batch` of 20 one after the
other, collections of 200 in several threads. Events only. A child process of `sync` runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import requests

from lpc_tui.replicas.outlook.batch import BATCH_SIZE
from lpc_tui.replicas.salesforce.allowance import IN_FLIGHT
from lpc_tui.replicas.salesforce.collection import COLLECTION
from lpc_tui.sandbox.common import OUTLOOK_TOKEN, SALESFORCE_TOKEN

__all__ = ["FloorClient", "Known"]

Json = dict[str, Any]

_FIELDS: Final = "Id,Subject,StartDateTime,EndDateTime"
_ROOT: Final = "/services/data/v62.0"
_PREFER: Final = 'IdType="ImmutableId", outlook.timezone="UTC", odata.maxpagesize=1000'


@dataclass(frozen=True)
class Known:
    """What the client is told, as it remembers nothing itself."""

    delta_link: str = ""
    """Where the changes of Outlook are to be asked for."""
    since: str = ""
    """From when on the changes of Salesforce are."""
    pairs: Mapping[str, str] = field(default_factory=dict)
    """The counterpart's id of each event's id, of both sides."""


class FloorClient:
    """Both services, as fast as they go."""

    def __init__(self, graph_url: str, salesforce_url: str, window: tuple[str, str], known: Known) -> None:
        self._graph_url = graph_url
        self._salesforce = f"{salesforce_url}{_ROOT}"
        self._host = salesforce_url
        self._window = window
        self._known = known
        self._session = requests.Session()
        self._session.trust_env = False
        self._threads = ThreadPoolExecutor(IN_FLIGHT + 1)

    def pull(self) -> None:
        """All events of Outlook to Salesforce."""
        self._create_in_salesforce(self._outlook_events())

    def push(self) -> None:
        """All events of Salesforce to Outlook."""
        self._create_in_outlook(self._salesforce_events())

    def both_ways(self) -> None:
        """Both at once."""
        theirs, ours = self._at_once(self._outlook_events, self._salesforce_events)
        self._at_once(lambda: self._create_in_salesforce(theirs), lambda: self._create_in_outlook(ours))

    def changes(self) -> None:
        """What changed on each side to the other one."""
        theirs, ours = self._at_once(self._changed_in_outlook, self._changed_in_salesforce)
        self._at_once(lambda: self._change_in_salesforce(theirs), lambda: self._change_in_outlook(ours))

    def delta_link(self, url: str) -> str:
        """Where a round that begins at `url` ends: from there on, changes are told."""
        link = url
        while True:
            page = self._asked("GET", link, OUTLOOK_TOKEN, headers={"Prefer": _PREFER})
            if "@odata.deltaLink" in page:
                return str(page["@odata.deltaLink"])
            link = page["@odata.nextLink"]

    def close(self) -> None:
        self._threads.shutdown()
        self._session.close()

    # Reading

    def _outlook_events(self) -> list[Json]:
        start, end = self._window
        return self._pages(f"{self._graph_url}/me/calendarView/delta?startDateTime={start}&endDateTime={end}")

    def _changed_in_outlook(self) -> list[Json]:
        return self._pages(self._known.delta_link)

    def _pages(self, url: str) -> list[Json]:
        found: list[Json] = []
        link: str | None = url
        while link:
            page = self._asked("GET", link, OUTLOOK_TOKEN, headers={"Prefer": _PREFER})
            found += page["value"]
            link = page.get("@odata.nextLink")
        return found

    def _salesforce_events(self) -> list[Json]:
        return self._queried(f"SELECT {_FIELDS},Description FROM Event")

    def _changed_in_salesforce(self) -> list[Json]:
        since = self._known.since
        return self._queried(f"SELECT {_FIELDS} FROM Event WHERE SystemModstamp >= {since}") if since else []

    def _queried(self, soql: str) -> list[Json]:
        found: list[Json] = []
        url = f"{self._salesforce}/query?q={quote(soql)}"
        while url:
            page = self._asked("GET", url, SALESFORCE_TOKEN)
            found += page["records"]
            url = self._host + page["nextRecordsUrl"] if not page["done"] else ""
        return found

    # Writing

    def _create_in_salesforce(self, events: Sequence[Json]) -> None:
        self._collected("POST", [_record(event) for event in events])

    def _change_in_salesforce(self, events: Sequence[Json]) -> None:
        pairs = self._known.pairs
        records = [{**_record(each), "id": pairs[each["id"]]} for each in events if each["id"] in pairs]
        self._collected("PATCH", records)

    def _collected(self, method: str, records: Sequence[Json]) -> None:
        url = f"{self._salesforce}/composite/sobjects"
        bodies = [
            {"allOrNone": False, "records": records[at : at + COLLECTION]}
            for at in range(0, len(records), COLLECTION)
        ]
        sent: list[Future[Any]] = [
            self._threads.submit(self._asked, method, url, SALESFORCE_TOKEN, body) for body in bodies
        ]
        for each in sent:
            if not all(result["success"] for result in each.result()):
                raise RuntimeError("a record was refused")

    def _create_in_outlook(self, records: Sequence[Json]) -> None:
        self._batched([("POST", "/me/events", _event(record)) for record in records])

    def _change_in_outlook(self, records: Sequence[Json]) -> None:
        pairs = self._known.pairs
        self._batched(
            [
                ("PATCH", f"/me/events/{pairs[each['Id']]}", _event(each))
                for each in records
                if each["Id"] in pairs
            ]
        )

    def _batched(self, parts: Sequence[tuple[str, str, Json]]) -> None:
        headers = {"Content-Type": "application/json", "Prefer": _PREFER}
        for at in range(0, len(parts), BATCH_SIZE):
            body = {
                "requests": [
                    {"id": str(number), "method": method, "url": url, "headers": headers, "body": sent}
                    for number, (method, url, sent) in enumerate(parts[at : at + BATCH_SIZE])
                ]
            }
            answer = self._asked("POST", f"{self._graph_url}/$batch", OUTLOOK_TOKEN, body)
            if any(each["status"] >= 300 for each in answer["responses"]):
                raise RuntimeError("a part was refused")

    def _asked(
        self,
        method: str,
        url: str,
        token: str,
        body: Json | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        response = self._session.request(
            method,
            url,
            json=body,
            headers={"Authorization": f"Bearer {token}", **(headers or {})},
            timeout=60,
        )
        response.raise_for_status()
        return response.json()

    def _at_once(self, one: Callable[[], Any], other: Callable[[], Any]) -> tuple[Any, Any]:
        with ThreadPoolExecutor(1) as threads:
            beside = threads.submit(other)
            return one(), beside.result()


def _record(event: Json) -> Json:
    return {
        "attributes": {"type": "Event"},
        "Subject": event["subject"],
        "StartDateTime": f"{event['start']['dateTime'][:19]}Z",
        "EndDateTime": f"{event['end']['dateTime'][:19]}Z",
    }


def _event(record: Json) -> Json:
    return {
        "subject": record["Subject"],
        "start": {"dateTime": record["StartDateTime"][:19], "timeZone": "UTC"},
        "end": {"dateTime": record["EndDateTime"][:19], "timeZone": "UTC"},
    }
