"""Threads, waits and repeats, with answers made up and waits only noted."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import get_ident

import pytest
import requests

from lpc_tui.errors import SettingsError, ThrottledError, UnreachableError
from lpc_tui.replicas.base import Notice
from lpc_tui.replicas.calling import (
    MOST_WAITING_S,
    Caller,
    NeverSentError,
    checked_url,
    retry_after,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Watched:
    """A caller whose waits and notices are kept."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.notices: list[Notice] = []
        self.caller = Caller(
            "graph.example", notices=self.notices.append, clock=lambda: NOW, sleep=self._sleep
        )

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def watched() -> Watched:
    return Watched()


def answer(status: int, after: str | None = None, content: bytes = b"") -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = content
    if after is not None:
        made.headers["Retry-After"] = after
    return made


def script(*steps: requests.Response | Exception) -> Callable[[], requests.Response]:
    """A request that comes to each of these in turn, and to the last one for ever."""
    left = list(steps)

    def request() -> requests.Response:
        step = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(step, Exception):
            raise step
        return step

    return request


async def test_work_is_done_in_a_thread_of_its_own(watched: Watched) -> None:
    assert await watched.caller.call(get_ident) != get_ident()


async def test_a_wait_that_the_service_names_is_kept_and_announced(watched: Watched) -> None:
    response = await watched.caller.ask(script(answer(429, "7"), answer(503, "2"), answer(200)))
    assert response.status_code == 200
    assert watched.waits == [7, 2]
    assert [notice.wait_s for notice in watched.notices] == [7, 2]
    assert watched.caller.requests == 3


async def test_unnamed_waits_grow_and_end_within_the_bound(watched: Watched) -> None:
    response = await watched.caller.ask(script(answer(500)))
    assert response.status_code == 500
    assert watched.waits[0] < 3 < watched.waits[-1]
    assert sum(watched.waits) <= MOST_WAITING_S


async def test_a_wait_beyond_the_bound_is_not_begun(watched: Watched) -> None:
    response = await watched.caller.ask(script(answer(429, "121")))
    assert response.status_code == 429
    assert watched.waits == []
    assert watched.caller.requests == 1


@pytest.mark.parametrize("status", [200, 400, 401, 404, 410, 412])
async def test_an_answer_that_will_stay_the_same_is_not_asked_for_again(
    watched: Watched, status: int
) -> None:
    await watched.caller.ask(script(answer(status)))
    assert watched.caller.requests == 1


async def test_a_lost_answer_is_asked_for_again_but_not_for_ever(watched: Watched) -> None:
    response = await watched.caller.ask(script(requests.ConnectionError("reset"), answer(200)))
    assert response.status_code == 200
    with pytest.raises(UnreachableError, match=r"graph\.example"):
        await watched.caller.ask(script(requests.ReadTimeout()))
    assert watched.caller.requests == 2 + 3


@pytest.mark.parametrize("garbled", [b"<html>Log in</html>\n", b'{"value": [{"id": 1}, {"i'])
async def test_a_garbled_answer_is_asked_for_again_but_not_for_ever(watched: Watched, garbled: bytes) -> None:
    """A glitch of a proxy does not end a run; a captive portal does, soon."""
    response = await watched.caller.ask(script(answer(200, content=garbled), answer(200, content=b"[]\r\n")))
    assert response.content == b"[]\r\n"
    response = await watched.caller.ask(script(answer(200, content=garbled)))
    assert response.content == garbled
    assert watched.caller.requests == 2 + 3
    assert sum(watched.waits) < 5


async def test_what_is_sent_is_sent_once(watched: Watched) -> None:
    assert (await watched.caller.send(script(answer(503, "1")))).status_code == 503
    with pytest.raises(UnreachableError) as caught:
        await watched.caller.send(script(requests.ReadTimeout()))
    assert not isinstance(caught.value, NeverSentError)
    assert watched.caller.requests == 2
    assert watched.waits == []


async def test_a_refused_connection_is_known_to_have_sent_nothing(watched: Watched) -> None:
    def refused() -> requests.Response:
        return requests.get("http://127.0.0.1:9/", timeout=5)

    with pytest.raises(NeverSentError, match="refuses the connection"):
        await watched.caller.send(refused)


async def test_patience_counts_all_waits_together(watched: Watched) -> None:
    patience = watched.caller.patience()
    await patience.wait(100)
    await patience.wait_for(None)
    with pytest.raises(ThrottledError, match="30 s more"):
        await patience.wait_for(30)
    assert watched.waits == [100, 2]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("12", 12),
        ("0.5", 0.5),
        ("-3", 0),
        ("Mon, 02 Mar 2026 12:00:30 GMT", 30),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    "url", ["https://graph.example/v1.0/", "http://127.0.0.1:80/v1.0", "http://[::1]/v1.0"]
)
def test_addresses_that_may_have_a_token(url: str) -> None:
    assert checked_url(url, "outlook.graph_url") == url.rstrip("/")


@pytest.mark.parametrize(
    "url", ["http://graph.example", "http://127.0.0.1.example", "ftp://127.0.0.1", "graph", ""]
)
def test_addresses_that_may_not(url: str) -> None:
    with pytest.raises(SettingsError, match=r"outlook\.graph_url"):
        checked_url(url, "outlook.graph_url")
