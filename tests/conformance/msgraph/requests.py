"""How the tests put questions to Microsoft's client and walk its answers."""

from typing import Any

import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.event import Event
from msgraph_core.tasks.page_iterator import PageIterator

MARCH: dict[str, Any] = {"start_date_time": "2026-03-01T00:00:00Z", "end_date_time": "2026-04-01T00:00:00Z"}


def drives(what: str) -> pytest.MarkDecorator:
    """Mark a test of Microsoft's client with what it drives, for the table."""
    return pytest.mark.conformance("msgraph-sdk", what)


def asking(builder: Any, *, headers: dict[str, str] | None = None, **query: object) -> RequestConfiguration:
    """The configuration of a GET by `builder`, with its own class of query parameters."""
    kind = type(builder)
    parameters = getattr(kind, f"{kind.__name__}GetQueryParameters")(**query)
    return with_headers(RequestConfiguration(query_parameters=parameters), headers or {})


def with_headers(configuration: RequestConfiguration, headers: dict[str, str]) -> RequestConfiguration:
    """The same configuration with further headers."""
    for name, value in headers.items():
        configuration.headers.add(name, value)
    return configuration


def if_match(etag: str) -> RequestConfiguration:
    """The configuration of a write that another's write in between must stop."""
    return with_headers(RequestConfiguration(), {"If-Match": etag})


def etag(item: Any) -> str:
    """The version of an item as read."""
    return str(item.additional_data["@odata.etag"])


def is_removed(item: Any) -> bool:
    """Whether a delta tells of the item that it is gone."""
    return "@removed" in item.additional_data


async def every_item(client: GraphServiceClient, first_page: Any) -> list[Any]:
    """The items of all pages, walked by the client's own iterator."""
    items: list[Any] = []

    def keep(item: Any) -> bool:
        items.append(item)
        return True

    await PageIterator(first_page, client.request_adapter).iterate(keep)
    return items


async def whole_round(delta: Any, page: Any) -> tuple[list[Any], str]:
    """The items of a delta round from its first page on, and its deltaLink."""
    items = list(page.value)
    while page.odata_next_link:
        page = await delta.with_url(page.odata_next_link).get()
        items += page.value
    return items, page.odata_delta_link


def meeting(subject: str, day: int = 10, hour: int = 10) -> Event:
    """An hour of March 2026, by UTC."""
    return Event(
        subject=subject,
        start=DateTimeTimeZone(date_time=f"2026-03-{day:02d}T{hour:02d}:00:00", time_zone="UTC"),
        end=DateTimeTimeZone(date_time=f"2026-03-{day:02d}T{hour + 1:02d}:00:00", time_zone="UTC"),
    )
