"""The org's REST resources: token, addresses, JSON, and every failure as one of our errors.

Between the replica and `Caller`: it knows the service's addresses and answers, but no object and no field. What only
reads is repeated by `Caller`; a write is sent again only after an answer that proves that nothing was done (a refused
token, a 429).
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlsplit

from lpc_tui.errors import LpcError, SignInError
from lpc_tui.replicas.calling import BUSY, Caller, checked_url
from lpc_tui.replicas.salesforce.allowance import Allowance
from lpc_tui.replicas.salesforce.answers import LARGE_PAGES, Answer, QueryPage, query_page, query_part
from lpc_tui.replicas.salesforce.composite import Method, Part, PartAnswer, answers_of, composite_body
from lpc_tui.replicas.salesforce.failures import RefusedCall, failure, is_too_busy, not_salesforce
from lpc_tui.replicas.tokens import tell_refused
from lpc_tui.replicas.wire import JsonObject

if TYPE_CHECKING:
    from requests import Response
    from simple_salesforce.api import Salesforce

    from lpc_tui.replicas.salesforce.transport import Bearer

__all__ = ["Connection", "TokenProvider"]

TokenProvider: TypeAlias = Callable[[], str]
"""Asked for a bearer token at first use, and again when the service refuses the one it gave. Runs in a thread."""

_Via: TypeAlias = Callable[[Callable[[], "Response"]], Awaitable["Response"]]

_REFUSING = frozenset({401, 403, 429})

_ORDERED_SINCE: Final = 48.0
"""The version from which a composite call can be told to keep its parts in order; collections are older."""


class Connection:
    """One user's way to one org. All calls raise SignInError, LimitError, ThrottledError, UnreachableError (of a write: it
    may have happened, unless it is a NeverSentError) and ProtocolError (`RefusedCall` where the service has its reasons)."""

    def __init__(
        self,
        *,
        instance_url: str,
        token: str | TokenProvider,
        api_version: str,
        caller: Caller,
        clock: Callable[[], datetime],
    ) -> None:
        """Raises SettingsError if a token must not be sent to `instance_url`."""
        self.instance_url = checked_url(instance_url, "salesforce.instance_url")
        self.clock_offset = timedelta(0)
        """How far the service's clock is ahead of this computer's, as last heard."""
        self._host = urlsplit(self.instance_url).netloc
        self._api_version = api_version
        self._provider: TokenProvider = (lambda: token) if isinstance(token, str) else token
        self._caller = caller
        self._clock = clock
        self._allowance = Allowance()
        self._lock = threading.Lock()
        self._connected: tuple[Salesforce, Bearer] | None = None

    async def get(self, resource: str, params: Mapping[str, str] | None = None) -> Answer:
        """A resource below the version's root."""
        return await self._exchange(self._caller.ask, "GET", f"{self._root}{resource}", params=params)

    async def send(
        self,
        method: Method,
        resource: str,
        *,
        params: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
    ) -> Answer:
        """One writing request."""
        return await self._exchange(
            self._send_when_free, method, f"{self._root}{resource}", params=params, body=body
        )

    @property
    def combines(self) -> bool:
        """Whether several requests may be sent as one, in an order that is kept."""
        return float(self._api_version) >= _ORDERED_SINCE

    async def ask_together(self, parts: Sequence[Part]) -> list[Answer | LpcError]:
        """What reading requests were answered that are sent as one, and why one was not; `at` is when they were asked.

        A part that the service had no time for is asked again by itself. Raises what holds for all of them.
        """
        begun = self._clock()
        if not self.combines:
            return [await self._asked_alone(part) for part in parts]
        via = self._caller.ask
        whole = await self._exchange(via, "POST", self._composite, body=self._body(parts), is_writing=False)
        at = whole.at - (self._clock() - begun)
        return [
            await self._asked_alone(part)
            if answer.status in BUSY
            else Answer(answer.body, at)
            if answer.is_ok
            else self.failure_of(answer)
            for part, answer in zip(parts, answers_of(whole.body, parts), strict=True)
        ]

    async def send_together(self, parts: Sequence[Part]) -> list[PartAnswer]:
        """What requests were answered that are sent as one, once, some of them to write."""
        body = self._body(parts)
        whole = await self._exchange(self._send_when_free, "POST", self._composite, body=body)
        return answers_of(whole.body, parts)

    def failure_of(self, answer: PartAnswer) -> LpcError:
        """Our error for a part that was refused; an UnreachableError means of a write that it may have happened."""
        return failure(self._host, answer.status, answer.body)

    async def query(self, soql: str, *, include_deleted: bool = False) -> QueryPage:
        """The first page of a query; `include_deleted` shows what is in the bin or archived, too."""
        part = query_part("query", soql, include_deleted=include_deleted)
        return query_page(await self._get(part))

    async def pages(self, first: QueryPage) -> AsyncIterator[QueryPage]:
        """This page and all that follow it."""
        page = first
        yield page
        while page.next_path:
            answer = await self._exchange(self._caller.ask, "GET", page.next_path, headers=LARGE_PAGES)
            page = query_page(answer)
            yield page

    async def rows(self, soql: str, *, include_deleted: bool = False) -> list[JsonObject]:
        """All records of a query that is known to find few."""
        first = await self.query(soql, include_deleted=include_deleted)
        return [row async for page in self.pages(first) for row in page.records]

    @property
    def service_now(self) -> datetime:
        """The service's clock, as far as it is known; before it has answered, this computer's."""
        return self._clock() + self.clock_offset

    @property
    def usage(self) -> tuple[int, int] | None:
        """How many of the org's requests of 24 hours are used up, and of how many; None before it has told."""
        return self._allowance.usage

    async def userinfo(self) -> JsonObject:
        """Who the token belongs to."""
        body = (await self._exchange(self._caller.ask, "GET", "/services/oauth2/userinfo")).body
        if not isinstance(body, dict):
            raise not_salesforce(self._host, 200)
        return body

    def close(self) -> None:
        """Close the kept-alive connections."""
        with self._lock:
            if self._connected is not None:
                self._connected[0].session.close()
                self._connected = None

    @property
    def _root(self) -> str:
        return f"/services/data/v{self._api_version}/"

    @property
    def _composite(self) -> str:
        return f"{self._root}composite"

    def _body(self, parts: Sequence[Part]) -> JsonObject:
        return composite_body(parts, self._root)

    async def _get(self, part: Part) -> Answer:
        """What a reading part is answered as a request of its own."""
        path = f"{self._root}{part.resource}"
        return await self._exchange(self._caller.ask, "GET", path, params=part.params, headers=part.headers)

    async def _asked_alone(self, part: Part) -> Answer | LpcError:
        try:
            return await self._get(part)
        except RefusedCall as refusal:
            return refusal

    async def _exchange(
        self,
        via: _Via,
        method: Method,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
        is_writing: bool | None = None,
    ) -> Answer:
        """`is_writing` where the method does not tell."""
        self._allowance.check(is_writing=method != "GET" if is_writing is None else is_writing)
        request = partial(self._request, method, path, params, headers, body)
        response = await via(request)
        content = await self._caller.call(self._content, response)
        if response.status_code in _REFUSING:
            refusal = failure(self._host, response.status_code, content)
            refused = response.request.headers["Authorization"]
            if isinstance(refusal, SignInError) and await self._caller.call(self._has_other_token, refused):
                response = await via(request)
                content = await self._caller.call(self._content, response)
        if response.status_code >= 300:
            raise failure(self._host, response.status_code, content)
        return Answer(content, self._service_time(response))

    async def _send_when_free(self, request: Callable[[], Response]) -> Response:
        """Send once, and again as long as the service says that it did nothing but wants a pause."""
        patience = self._caller.patience()
        while True:
            response = await self._caller.send(request)
            if response.status_code not in _REFUSING or not is_too_busy(
                response.status_code, _json_or_text(response)
            ):
                return response
            await patience.wait_for(self._caller.retry_after(response))

    def _request(
        self,
        method: Method,
        path: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        body: JsonObject | None,
    ) -> Response:
        """Runs in a thread, as all below that blocks."""
        salesforce, _ = self._connect()
        response = salesforce.session.request(
            method,
            f"https://{salesforce.sf_instance}{path}",
            params=params,
            headers={**salesforce.headers, **(headers or {})},
            json=body,
        )
        self._allowance.note(response.headers.get("Sforce-Limit-Info"))
        return response

    def _connect(self) -> tuple[Salesforce, Bearer]:
        with self._lock:
            if self._connected is None:
                from lpc_tui.replicas.salesforce.transport import Bearer, connect

                bearer = Bearer(self._provider())
                self._connected = connect(self.instance_url, self._api_version, bearer), bearer
            return self._connected

    def _has_other_token(self, refused: str) -> bool:
        """Whether there is another token by now than in the refused `Authorization` header."""
        _, bearer = self._connect()
        with self._lock:
            if refused.endswith(f" {bearer.token}"):
                tell_refused(self._provider, bearer.token)
                bearer.token = self._provider()
            return not refused.endswith(f" {bearer.token}")

    def _content(self, response: Response) -> Any:
        """The JSON of an answer, None where it has no body; of a refusing one, its text if need be.

        Raises:
            ProtocolError: a success that is not JSON.
        """
        if response.status_code >= 300:
            return _json_or_text(response)
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError as error:
            raise not_salesforce(self._host, response.status_code) from error

    def _service_time(self, response: Response) -> datetime:
        now = self._clock()
        try:
            at = parsedate_to_datetime(response.headers.get("Date", "")).astimezone(UTC)
        except ValueError:
            return now
        self.clock_offset = at - now
        return at


def _json_or_text(response: Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text
