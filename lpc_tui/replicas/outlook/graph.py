"""The connection to Microsoft Graph: single requests, pages and `$batch`, over the session of O365's `Connection`.

The library gives the session, its sign-in header and TLS; its own waits and retries are switched off, since they sleep
without a word and lose the answer. This is the one place where statuses and error codes become our errors. It knows
nothing of events. Only the service itself ever gets the token: links are followed on its own host alone, redirects never.
"""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlsplit

from lpc_tui.errors import (
    LpcError,
    ProtocolError,
    ServiceError,
    SignInError,
    ThrottledError,
    UnreachableError,
)
from lpc_tui.replicas.calling import BUSY, TIMEOUT_S, Caller, NeverSentError, is_loopback
from lpc_tui.replicas.outlook.batch import (
    BATCH_SIZE,
    LOST,
    Answer,
    Part,
    answers_of,
    batch_body,
    error_of,
    longest_wait,
)
from lpc_tui.replicas.tokens import tell_refused
from lpc_tui.replicas.wire import JsonObject

if TYPE_CHECKING:
    from O365.connection import Connection
    from pydantic import SecretStr
    from requests import Response

__all__ = ["PAGE_SIZE", "GraphConnection", "RefusedError", "TokenSource"]
_Via: TypeAlias = "Callable[[Callable[[], Response]], Awaitable[Response]]"
TokenSource: TypeAlias = "SecretStr | Callable[[], str]"
"""A bearer token, or what gives a fresh one; the latter is called in a thread before each request."""

PAGE_SIZE: Final = 1000
"""The most a page of a delta round holds."""

_MOST_TRIES = 3
"""How often a part that fails is asked; one broken event must not hold up the rest."""

_SIGN_IN_HINT = "Put a fresh access token into LPC_TUI_OUTLOOK_TOKEN, or sign in, and run again."
_LOGIN = "lpc-tui login outlook"
_NO_MAILBOX = frozenset({"mailboxnotenabledforrestapi", "errornonexistentmailbox"})
_FOREVER_S = int(timedelta(days=3650).total_seconds())
_PREFERENCES = f'outlook.timezone="UTC", odata.maxpagesize={PAGE_SIZE}'
_IDS = 'IdType="ImmutableId"'


class RefusedError(ProtocolError):
    """The service refuses a request as a whole; `status` and `code` are its own."""

    def __init__(self, host: str, status: int, code: str, words: str) -> None:
        super().__init__(
            f"{host} refuses a request: {words or code} ({status} {code}).",
            "This is not expected: run again, and report it if it stays.",
        )
        self.status = status
        self.code = code.casefold()


class GraphConnection:
    """Requests to one Graph endpoint as one person, one at a time."""

    def __init__(self, graph_url: str, token: TokenSource, caller: Caller) -> None:
        """`graph_url` is the version root, checked, without a slash at its end."""
        self._root = graph_url
        self._token = token
        self._caller = caller
        self._connection: Connection | None = None
        self._header_token = ""

    async def get(self, url: str) -> JsonObject:
        """What `url` shows: a path under the version root, or a link the service gave.

        Raises:
            RefusedError: it says no, in a way that the caller may know how to deal with.
            SignInError, UnreachableError, ThrottledError, ServiceError, ProtocolError
        """
        whole = self._absolute(url)
        response = await self._exchange(self._caller.ask, partial(self._send, "get", whole))
        return await self._caller.call(self._read, response)

    async def pages(self, url: str) -> AsyncIterator[JsonObject]:
        """Every page of a listing, from `url` on; links are followed as they are. Raises as `get` does."""
        async for page in self.pages_from(await self.get(url)):
            yield page

    async def pages_from(self, first: JsonObject) -> AsyncIterator[JsonObject]:
        """The same of a listing whose first page is there."""
        page = first
        yield page
        while link := page.get("@odata.nextLink"):
            page = await self.get(link)
            yield page

    async def look_up(self, urls: Sequence[str]) -> list[Answer]:
        """The answers to GETs of `urls`, in their order, through `$batch`. Parts that are throttled are asked
        again; one that keeps failing is left at its last answer.

        Raises:
            ThrottledError: it asks for longer waits than a run may take.
            SignInError, UnreachableError, ServiceError, ProtocolError
        """
        answers: dict[int, Answer] = {}
        tries = Counter[int]()
        waiting = list(range(len(urls)))
        patience = self._caller.patience()
        while waiting:
            asked, waiting = waiting[:BATCH_SIZE], waiting[BATCH_SIZE:]
            request = self._batch([Part("GET", urls[each]) for each in asked])
            got = await self._answers(await self._exchange(self._caller.ask, request), len(asked))
            answers.update(zip(asked, got, strict=True))
            tries.update(asked)
            for answer in got:
                if answer.status == 401:
                    raise self.error_of(answer)
            busy = [each for each in asked if _is_worth_asking_again(answers[each], tries[each])]
            if busy:
                await patience.wait_for(longest_wait(answers[each] for each in busy))
                waiting += busy
            else:
                patience = self._caller.patience()
        return [answers[each] for each in range(len(urls))]

    async def send_once(self, parts: Sequence[Part]) -> list[Answer]:
        """The answers to writes, at most `BATCH_SIZE` of them, in their order; each is sent once.

        An answer that was lost is `LOST` for each part; a batch that was throttled or failed as a whole, was so for each.

        Raises:
            NeverSentError: nothing was sent.
            SignInError, RefusedError: nothing was done.
            ProtocolError: the answer is not the service's; what was done is not known.
        """
        try:
            response = await self._exchange(self._caller.send, self._batch(parts))
        except NeverSentError:
            raise
        except UnreachableError:
            return [LOST] * len(parts)
        if response.status_code in BUSY:
            asked = self._caller.retry_after(response)
            return [Answer(response.status_code, retry_after=asked)] * len(parts)
        return await self._answers(response, len(parts))

    def error_of(self, answer: Answer) -> LpcError:
        """Our error for a part that was refused, or never answered."""
        if answer is LOST:
            return ProtocolError(f"{self._caller.host} leaves a part of a batch unanswered.")
        return self._error(answer.status, answer.code, answer.words, answer.retry_after)

    def relative(self, link: str) -> str:
        """A link of the service without the version root: good for a later run, wherever the service is by then.

        Raises:
            ProtocolError: it leads to another host.
        """
        return self._absolute(link).removeprefix(self._root)

    async def close(self) -> None:
        """End the connections."""
        await self._caller.close()
        if self._connection is not None and self._connection.session is not None:
            self._connection.session.close()

    async def _exchange(self, via: _Via, request: Callable[[], Response]) -> Response:
        """The answer to a request. After a 401, which proves that nothing was done, it is sent again with another token."""
        response = await via(request)
        if response.status_code == 401 and await self._caller.call(self._has_other_token, response):
            response = await via(request)
        return response

    def _has_other_token(self, response: Response) -> bool:
        """Whether there is another token than the refused one; runs in the caller's thread."""
        refused = str(response.request.headers.get("Authorization", "")).removeprefix("Bearer ")
        return tell_refused(self._token, refused) and self._good_token() != refused

    def _batch(self, parts: Sequence[Part]) -> Callable[[], Response]:
        return partial(self._send, "post", f"{self._root}/$batch", batch_body(parts))

    async def _answers(self, response: Response, count: int) -> list[Answer]:
        whole = await self._caller.call(self._read, response)
        return answers_of(whole, count, self._caller.wait_named)

    def _absolute(self, url: str) -> str:
        """The whole address.

        Raises:
            ProtocolError: a link leads to another host, which must not get the token.
        """
        if url.startswith("/"):
            return self._root + url
        if urlsplit(url)[:2] != urlsplit(self._root)[:2]:
            raise ProtocolError(f"{self._caller.host} sends us to another host, which is not followed.")
        return url

    def _send(self, method: str, url: str, body: JsonObject | None = None) -> Response:
        """One request; runs in the caller's thread."""
        connection = self._connected()
        headers = {"Prefer": _PREFERENCES, "Accept": "application/json"}
        options: dict[str, Any] = {"headers": headers, "allow_redirects": False}
        if body is not None:
            options["data"] = body
        response: Response = connection.oauth_request(url, method, **options)
        return response

    def _good_token(self) -> str:
        """A token that is good now; runs in the caller's thread.

        Raises:
            SignInError: there is none.
        """
        token = (self._token() if callable(self._token) else self._token.get_secret_value()).strip()
        if not token:
            raise _not_signed_in("There is no sign-in for Outlook.")
        if not token.isascii() or not token.isprintable():
            raise _not_signed_in("The token for Outlook is damaged: it holds more than one line of ASCII.")
        return token

    def _connected(self) -> Connection:
        """O365's connection, with a token that is good now; runs in the caller's thread. Raises as `_good_token` does."""
        token = self._good_token()
        if self._connection is None or token != self._header_token:
            if self._connection is not None and self._connection.session is not None:
                self._connection.session.close()
            self._connection = _connection(token, urlsplit(self._root).hostname or "")
            self._header_token = token
        return self._connection

    def _read(self, response: Response) -> JsonObject:
        """The JSON object of an answer; runs in the caller's thread. Raises what the status means."""
        content_type = response.headers.get("Content-Type", "")
        if "json" not in content_type.lower():
            if response.status_code in BUSY | {401}:
                raise self._error(response.status_code, "", "", self._caller.retry_after(response))
            raise ProtocolError(
                f"{self._caller.host} gave an answer that is not Graph's: {response.status_code}, "
                f"{content_type or 'no content type'}.",
                "A proxy or a captive portal may stand in between; check outlook.graph_url and the network.",
            )
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError) as error:
            raise ProtocolError(f"{self._caller.host} gave an answer that is cut or damaged.") from error
        if response.status_code == 200:
            if not isinstance(body, dict):
                raise ProtocolError(f"{self._caller.host} gave an answer that is not Graph's: no object.")
            return body
        code, words = error_of(body)
        raise self._error(response.status_code, code, words, self._caller.retry_after(response))

    def _error(self, status: int, code: str, words: str, asked_s: float | None = None) -> LpcError:
        """Our error for a status and code of the service."""
        host = self._caller.host
        if status == 401:
            told = words or "the token is not valid"
            return _not_signed_in(f"Outlook refuses the sign-in: {told.rstrip('.')}.")
        if status == 403 or code.casefold() in _NO_MAILBOX:
            return SignInError(
                f"Outlook refuses this account: {words or code}",
                "Sign in with an account that may use this mailbox, and with every right that is asked for.",
                command=_LOGIN,
            )
        if status == 429:
            wait = "" if asked_s is None else f" for {asked_s:.0f} s more"
            return ThrottledError(f"{host} asks to be left alone{wait}.", "Run again later to continue.")
        if status >= 500:
            return ServiceError(f"{host} fails: {words or status}", "Run again later to continue.")
        return RefusedError(host, status, code, words)


def _not_signed_in(words: str) -> SignInError:
    return SignInError(words, _SIGN_IN_HINT, command=_LOGIN)


def _is_worth_asking_again(answer: Answer, tries: int) -> bool:
    return answer.status == 429 or (answer.is_busy and tries < _MOST_TRIES)


def _connection(token: str, host: str) -> Connection:
    """O365's connection with a ready token: it never turns to a sign-in server, waits or repeats."""
    from O365.connection import Connection
    from O365.utils.token import MemoryTokenBackend

    # It writes headers, bodies and the service's words to its log; none of that may end in ours.
    logging.getLogger("O365").setLevel(logging.CRITICAL + 1)
    backend = MemoryTokenBackend()
    backend.add(
        {
            "client_id": "lpc-tui",
            "scope": ["https://graph.microsoft.com/.default"],
            "token_endpoint": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
            # How long it lives is the business of whoever gave it: the library only must not call it expired.
            "response": {"access_token": token, "token_type": "Bearer", "expires_in": _FOREVER_S},
        }
    )
    connection = Connection(
        ("lpc-tui",),
        auth_flow_type="public",
        token_backend=backend,
        requests_delay=0,
        request_retries=0,
        raise_http_errors=False,
        timeout=TIMEOUT_S,
        default_headers={"Prefer": _IDS},
    )
    session = connection.session = connection.get_session(load_token=True)
    session.auth = _keep_bearer
    if is_loopback(host):
        session.trust_env = False
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    return connection


def _keep_bearer(request: Any) -> Any:
    """Without an `auth` of its own, `requests` lets a .netrc file replace the bearer token."""
    return request
