"""`$batch` by Microsoft's client.

Known faults of the client are walked around as its users do. It leaves a part's address absolute, which the service
refuses (https://github.com/microsoftgraph/msgraph-sdk-python/issues/1015); it drops the content of the answer's parts
(https://github.com/microsoft/kiota-python/issues/737), so that what they did is read afterwards; and it writes
`depends_on` for `dependsOn`, so that none here depends on another.
"""

from typing import Any

from msgraph import GraphServiceClient
from msgraph.generated.models.event import Event
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.requests.batch_response_content import BatchResponseContent

from tests.conformance.msgraph.requests import drives, etag, if_match, meeting


async def send(client: GraphServiceClient, **requests: Any) -> BatchResponseContent:
    """The answer to a batch of requests, each under its own name."""
    content = BatchRequestContent()
    for name, request in requests.items():
        item = BatchRequestItem(request, id=name)
        item.url = item.url.removeprefix(client.request_adapter.base_url)
        content.add_request(name, item)
    return await client.batch.post(content)


@drives("$batch: reads and creates, parts failing alone")
async def test_a_batch_reads_and_creates(client: GraphServiceClient) -> None:
    answer = await send(
        client,
        calendars=client.me.calendars.to_get_request_information(),
        made=client.me.events.to_post_request_information(meeting("In a batch")),
        lost=client.me.events.by_event_id("no id").to_get_request_information(),
    )
    assert answer.get_response_status_codes() == {"calendars": 200, "made": 201, "lost": 400}
    assert [event.subject for event in (await client.me.events.get()).value] == ["In a batch"]


@drives("$batch: changes and deletes under If-Match")
async def test_a_batch_changes_and_deletes(client: GraphServiceClient) -> None:
    kept, gone = [await client.me.events.post(meeting(subject)) for subject in ("kept", "gone")]
    answer = await send(
        client,
        change=client.me.events.by_event_id(kept.id).to_patch_request_information(
            Event(subject="changed"), if_match(etag(kept))
        ),
        stale=client.me.events.by_event_id(gone.id).to_patch_request_information(
            Event(subject="changed"), if_match('W/"old"')
        ),
        delete=client.me.events.by_event_id(gone.id).to_delete_request_information(if_match(etag(gone))),
    )
    assert answer.get_response_status_codes() == {"change": 200, "stale": 412, "delete": 204}
    assert [event.subject for event in (await client.me.events.get()).value] == ["changed"]


@drives("$batch: twenty parts")
async def test_a_batch_may_hold_twenty_parts(client: GraphServiceClient) -> None:
    parts = {
        f"part-{number}": client.me.events.to_post_request_information(meeting(str(number)))
        for number in range(20)
    }
    answer = await send(client, **parts)
    assert set(answer.get_response_status_codes().values()) == {201}
