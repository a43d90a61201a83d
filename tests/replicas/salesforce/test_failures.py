"""What goes wrong between here and the org: every answer has its error, and a write is never blindly repeated."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from requests.adapters import BaseAdapter
from requests.models import PreparedRequest, Response

from lpc_tui.errors import (
    LimitError,
    LpcError,
    ProtocolError,
    SettingsError,
    SignInError,
    ThrottledError,
    UnreachableError,
)
from lpc_tui.model.items import Item, Process, Side
from lpc_tui.replicas.base import Identity, Outcome, Replica, Result, Write
from lpc_tui.replicas.calling import TIMEOUT_S
from lpc_tui.replicas.salesforce import SalesforceEvents
from lpc_tui.replicas.salesforce.failures import RefusedCall, failure
from lpc_tui.replicas.salesforce.transport import Bearer, connect
from lpc_tui.sandbox.common import SALESFORCE_TOKEN
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from tests.replicas.salesforce.conftest import (
    CLOSED,
    Fault,
    World,
    create,
    delete,
    journal,
    read,
    update,
    write,
)
from tests.replicas.salesforce.test_looking import WHEN

COLLECTIONS = "/composite/sobjects"
PAGE = "<html><body>Sign in to the guest network</body></html>"


def refusal(code: str, message: str = "words") -> str:
    return json.dumps([{"errorCode": code, "message": message}])


async def attempt(replica: SalesforceEvents, *writes: Write) -> tuple[dict[str, Outcome], LpcError | None]:
    """The outcomes, and the error that ended the stream, if one did."""
    outcomes: dict[str, Outcome] = {}
    try:
        async for part in replica.write(writes, CLOSED, journal):
            outcomes.update({outcome.key: outcome for outcome in part})
    except LpcError as error:
        return outcomes, error
    return outcomes, None


async def test_refused_token_says_how_to_sign_in(world: World) -> None:
    replica = world.replica(token="expired")
    for call in (replica.identify(), read(replica, world.scope())):
        with pytest.raises(SignInError, match=r"LPC_TUI_SALESFORCE_TOKEN"):
            await call
    await replica.close()


async def test_expired_token_is_renewed_once_and_the_request_repeated_even_a_create(world: World) -> None:
    given = iter(["expired", SALESFORCE_TOKEN])
    replica = world.replica(token=lambda: next(given), identity=Identity(world.org.me, "org"))
    await read(replica, world.scope())
    assert [entry.status for entry in world.log.entries][:2] == [401, 200]
    await replica.close()

    given = iter([SALESFORCE_TOKEN, "other", "never asked for"])
    replica = world.replica(token=lambda: next(given), identity=Identity(world.org.me, "org"))
    await read(replica, world.scope())
    world.faults.add(Fault("POST", COLLECTIONS, 401, refusal("INVALID_SESSION_ID")))
    outcomes, error = await attempt(replica, create(subject="x", when=WHEN))
    assert isinstance(error, SignInError)  # the other token is refused as well: not tried a third time
    assert outcomes["new"].result is Result.NOT_SENT
    await replica.close()


async def test_renewal_that_yields_the_same_token_is_a_sign_in_error(world: World) -> None:
    given = iter(["expired", "expired", "never asked for"])
    replica = world.replica(token=lambda: next(given))
    with pytest.raises(SignInError):
        await replica.identify()
    assert next(given) == "never asked for"
    assert world.log.count() == 1
    await replica.close()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), LimitError),
        (403, refusal("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded."), ThrottledError),
        (403, refusal("API_DISABLED_FOR_ORG"), SignInError),
        (403, "Bad_OAuth_Token", SignInError),
        (400, refusal("MALFORMED_QUERY"), RefusedCall),
        (404, refusal("NOT_FOUND"), RefusedCall),
        (410, refusal("GONE"), ProtocolError),
        (429, "", ThrottledError),
        (503, PAGE, UnreachableError),
        (200, PAGE, ProtocolError),
        (200, "5", ProtocolError),
        (200, "[]", ProtocolError),
        (200, "{}", ProtocolError),
        (200, '{"records": [], "totalSize": 0, "done": fal', ProtocolError),
        (404, PAGE, ProtocolError),
        (302, "", ProtocolError),
    ],
)
async def test_every_answer_of_a_reading_has_its_error(
    world: World, replica: SalesforceEvents, status: int, body: str, expected: type[LpcError]
) -> None:
    headers = {"Location": "https://elsewhere.invalid/"} if status == 302 else {}
    world.faults.add(Fault("GET", "/query", status, body, headers, times=99))
    with pytest.raises(expected) as caught:
        await read(replica, world.scope())
    assert type(caught.value) is expected
    assert caught.value.message


async def test_passing_outage_is_waited_for_and_announced(world: World, replica: SalesforceEvents) -> None:
    world.faults.add(Fault("GET", "/query", 503, PAGE, times=2))
    event_id = world.event()
    items, _ = await read(replica, world.scope())
    assert set(items) == {event_id}
    assert any(notice.wait_s for notice in world.notices)


async def test_host_that_is_down_is_named(world: World, replica: SalesforceEvents) -> None:
    replica = SalesforceEvents(
        instance_url="http://127.0.0.1:1",
        token="x",
        api_version="62.0",
        zone=world.zone,
        notices=world.notices.append,
        sleep=world.sleep,
    )
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:1"):
        await replica.identify()
    await replica.close()


@pytest.mark.parametrize(
    "url", ["http://acme.my.salesforce.com", "acme.my.salesforce.com", "", "ftp://127.0.0.1"]
)
def test_token_is_not_sent_in_the_clear_or_to_nowhere(world: World, url: str) -> None:
    with pytest.raises(SettingsError, match=r"salesforce\.instance_url"):
        SalesforceEvents(
            instance_url=url, token="x", api_version="62.0", zone=world.zone, notices=world.notices.append
        )


def test_address_of_the_web_pages_is_recognised() -> None:
    error = failure(
        "acme.lightning.force.com", 401, [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}]
    )
    assert isinstance(error, SignInError)
    assert "my.salesforce.com" in error.hint


async def test_lost_answer_of_a_create_is_unknown_and_the_event_is_found(
    world: World, replica: SalesforceEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lpc_tui.replicas.salesforce.writing.CREATES_IN_FLIGHT", 1)
    await replica.identify()
    world.faults.add(Fault("POST", COLLECTIONS, is_lost=True))
    since = world.clock.now
    writes = [create(str(number), subject=f"event {number}", when=WHEN) for number in range(250)]
    outcomes, error = await attempt(replica, *writes)
    assert error is None
    assert [outcome.result for outcome in outcomes.values()] == [Result.UNKNOWN] * 200 + [Result.DONE] * 50
    assert len(world.org.query("SELECT Id FROM Event")) == 250
    assert len(await replica.find(writes[:200], since, world.scope())) == 200


async def test_second_lost_answer_in_a_row_ends_the_writing(
    world: World, replica: SalesforceEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lpc_tui.replicas.salesforce.writing.CREATES_IN_FLIGHT", 1)
    world.faults.add(Fault("POST", COLLECTIONS, 503, PAGE, times=99))
    writes = [create(str(number), subject="x", when=WHEN) for number in range(601)]
    outcomes, error = await attempt(replica, *writes)
    assert isinstance(error, UnreachableError)
    assert [outcome.result for outcome in outcomes.values()] == [Result.UNKNOWN] * 400


@pytest.mark.parametrize("is_done", [True, False])
async def test_lost_answers_of_updates_and_deletes_are_settled_by_looking(
    world: World, replica: SalesforceEvents, is_done: bool
) -> None:
    changed, deleted = world.event("a"), world.event("b")
    items, _ = await read(replica, world.scope())
    for method in ("PATCH", "DELETE"):
        world.faults.add(Fault(method, COLLECTIONS, 503, PAGE, is_lost=is_done))
    outcomes, _ = await attempt(replica, update(items[changed], subject="after"), delete(items[deleted]))
    assert outcomes[changed].result is (Result.DONE if is_done else Result.UNKNOWN)
    assert outcomes[deleted].result is (Result.DONE if is_done else Result.UNKNOWN)
    if is_done:
        assert isinstance(outcomes[changed].item, Item)


async def test_used_up_allowance_leaves_the_rest_unsent(world: World, replica: SalesforceEvents) -> None:
    world.faults.add(
        Fault("POST", COLLECTIONS, 403, refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit"))
    )
    outcomes, error = await attempt(replica, create(subject="x", when=WHEN))
    assert isinstance(error, LimitError)
    assert outcomes["new"].result is Result.NOT_SENT
    assert world.org.query("SELECT Id FROM Event") == []


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [(429, "", {"Retry-After": "7"}), (403, refusal("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests"), {})],
)
async def test_busy_org_is_waited_for_since_nothing_was_done(
    world: World, replica: SalesforceEvents, status: int, body: str, headers: dict[str, str]
) -> None:
    world.faults.add(Fault("POST", COLLECTIONS, status, body, headers))
    outcomes, error = await attempt(replica, create(subject="x", when=WHEN))
    assert error is None
    assert outcomes["new"].result is Result.DONE
    assert world.notices[-1].wait_s == (7 if headers else 1)


async def test_locked_record_is_tried_again_alone(world: World, replica: SalesforceEvents) -> None:
    ids = [world.event(str(number)) for number in range(3)]
    items, _ = await read(replica, world.scope())
    locked = {
        "success": False,
        "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "locked", "fields": []}],
    }
    done = {"success": True, "errors": []}
    body = [{**done, "id": ids[0]}, locked, {**done, "id": ids[2]}]
    world.faults.add(Fault("PATCH", COLLECTIONS, 200, json.dumps(body)))
    outcomes = await write(replica, *(update(items[each], subject="after") for each in ids))
    assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
    assert world.record(ids[1])["Subject"] == "after"
    assert world.record(ids[0])["Subject"] == "0"  # the answer was made up: it was not sent twice


async def test_record_that_stays_locked_is_left_for_the_next_run(
    world: World, replica: SalesforceEvents
) -> None:
    event_id = world.event()
    items, _ = await read(replica, world.scope())
    locked = {
        "success": False,
        "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "locked", "fields": []}],
    }
    fault = Fault("PATCH", COLLECTIONS, 200, json.dumps([locked]), times=99)
    world.faults.add(fault)
    outcome = (await write(replica, update(items[event_id], subject="after")))[event_id]
    assert outcome.result is Result.NOT_SENT
    assert 99 - fault.times == 4


async def test_record_that_cannot_be_parsed_is_found_among_good_ones(
    world: World, replica: SalesforceEvents
) -> None:
    writes = [create(str(number), subject=f"event {number}", when=WHEN) for number in range(100)]
    writes[37] = create("37", subject=("no", "text"), when=WHEN)
    outcomes = await write(replica, *writes)
    assert outcomes["37"].result is Result.REFUSED
    assert outcomes["37"].words.startswith("JSON_PARSER_ERROR: ")
    assert sum(outcome.result is Result.DONE for outcome in outcomes.values()) == 99
    assert len(world.org.query("SELECT Id FROM Event")) == 99


async def test_written_but_not_read_back_is_unknown(world: World, replica: SalesforceEvents) -> None:
    world.faults.add(Fault("GET", "/queryAll", 400, refusal("QUERY_TIMEOUT")))
    world.faults.add(Fault("GET", "/composite/sobjects/Event", 200, PAGE, times=3))
    outcomes, error = await attempt(replica, create(subject="x", when=WHEN))
    assert isinstance(error, ProtocolError | None)
    assert outcomes["new"].result is Result.UNKNOWN
    assert len(world.org.query("SELECT Id FROM Event")) == 1


async def test_a_reason_that_holds_for_all_ends_the_writing_once_what_is_under_way_is_told(
    world: World, replica: SalesforceEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lpc_tui.replicas.salesforce.writing.CREATES_IN_FLIGHT", 3)
    await replica.identify()
    world.faults.add(Fault("POST", COLLECTIONS, 403, refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests")))
    writes = [create(str(number), subject="x", when=WHEN) for number in range(1000)]
    outcomes, error = await attempt(replica, *writes)
    assert isinstance(error, LimitError)
    results = [outcome.result for outcome in outcomes.values()]
    assert len(results) in (600, 800)  # a fourth may have been begun before the refusal came
    assert results.count(Result.NOT_SENT) == 200
    assert len(world.org.query("SELECT Id FROM Event")) == results.count(Result.DONE)


async def test_a_part_that_the_service_had_no_time_for_is_asked_again_alone(
    world: World, replica: SalesforceEvents
) -> None:
    event_id = world.event()
    _, page = await read(replica, world.scope())
    world.clock.advance(hours=1)
    world.org.update("Event", event_id, {"Subject": "after"})
    failing = iter([True])

    def fail_once(_method: str, path: str) -> None:
        if "/queryAll" in path and next(failing, False):
            raise SalesforceError(503, "SERVER_UNAVAILABLE", "Come again.")

    world.org.part_hook = fail_once
    world.log.clear()
    items, _ = await read(replica, world.scope(), page.watermark)
    assert set(items) == {event_id}
    assert [entry.parts for entry in world.log.entries] == [2, 0]


async def test_answer_with_too_few_results_is_unknown(world: World, replica: SalesforceEvents) -> None:
    world.faults.add(Fault("POST", COLLECTIONS, 200, "[]"))
    outcomes, _ = await attempt(replica, create(subject="x", when=WHEN))
    assert outcomes["new"].result is Result.UNKNOWN


class Recorder(BaseAdapter):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[PreparedRequest, object]] = []

    def send(self, request: PreparedRequest, *args: object, **kwargs: object) -> Response:
        self.requests.append((request, kwargs["timeout"]))
        response = Response()
        response.status_code = 302
        response.headers["Location"] = "https://elsewhere.invalid/"
        response.request = request
        response.url = request.url or ""
        return response

    def close(self) -> None:
        """Nothing is open."""


def test_importing_the_replica_loads_no_service_library() -> None:
    code = (
        "import sys, lpc_tui.replicas.salesforce;"
        "sys.exit(str([name for name in ('simple_salesforce', 'requests') if name in sys.modules] or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_is_a_replica(world: World) -> None:
    replica: Replica = world.replica()
    assert (replica.side, replica.process) == (Side.SALESFORCE, Process.CALENDAR)


def test_session_has_a_timeout_ignores_netrc_and_follows_no_redirect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.my.salesforce.com login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    salesforce = connect("https://acme.my.salesforce.com", "62.0", Bearer("token"))
    recorder = Recorder()
    salesforce.session.mount("https://", recorder)
    response = salesforce.session.get("https://acme.my.salesforce.com/x", headers=salesforce.headers)
    assert response.status_code == 302
    [(request, timeout)] = recorder.requests
    assert request.headers["Authorization"] == "Bearer token"
    assert timeout == TIMEOUT_S
