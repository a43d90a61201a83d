"""Signing in through a web browser: the authorization code flow with PKCE, and two ways for the code to come back.

The service sends the browser on to an address of this computer, with a code. If the browser runs here (or the port is
forwarded over SSH), a listener on 127.0.0.1 hears it; if it runs elsewhere, the person pastes the address that it ended at.
Nobody knows beforehand which it will be, so both are waited for at once. A code is good once, for whoever has the verifier
that never leaves this process; `state` keeps another page, or another person of this computer, from slipping in theirs.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from lpc_tui.accounts.interface import Ask, Challenge, Question, Stop, Tell
from lpc_tui.accounts.waiting import Clock, Sleep, called_off, expired
from lpc_tui.errors import LpcError, SignInError

__all__ = ["CALLBACK_PORT", "BrowserSignIn", "callback_url"]

CALLBACK_PORT: Final = 1717
"""The one that Salesforce's own command line uses: where it is allowed, this is."""

_PATH: Final = "/OauthRedirect"
_PATIENCE: Final = timedelta(minutes=15)
_LONGEST_LINE: Final = 16_384
_LINE_WITHIN_S: Final = 10.0

_PAGE = "<!doctype html><meta charset=utf-8><title>lpc-tui</title><p>{text} You can close this page and go back to lpc-tui."


def callback_url(port: int = CALLBACK_PORT) -> str:
    """Where the browser is sent on to; an app must list it letter for letter. Salesforce takes `localhost`, no number."""
    return f"http://localhost:{port}{_PATH}"


class _ForeignAddress(Exception):
    """The address is not the end of this sign-in."""


@dataclass(frozen=True, slots=True)
class BrowserSignIn:
    """One sign-in through a browser. `verifier` and `redirect_uri` go with the code to the service."""

    redirect_uri: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64), repr=False)
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def address(self, page: str, parameters: Mapping[str, str]) -> str:
        """The address to open: `page` with what the service needs to know."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return f"{page}?" + urlencode(
            {
                "response_type": "code",
                **parameters,
                "redirect_uri": self.redirect_uri,
                "state": self.state,
                "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
                "code_challenge_method": "S256",
            }
        )

    def code_in(self, address: str) -> str:
        """The code in an address that the browser ended at.

        Raises:
            SignInError: the person declined, or the service refuses.
            _ForeignAddress: it is none of this sign-in.
        """
        try:
            found = parse_qs(urlsplit(address.strip()).query)
        except ValueError as error:
            raise _ForeignAddress from error
        state = found.get("state", [""])[0]
        if not secrets.compare_digest(state.encode(), self.state.encode()):
            raise _ForeignAddress
        if "error" in found:
            words = found.get("error_description", found["error"])[0]
            raise SignInError(
                f"The sign-in was refused in the browser: {words.rstrip('.')}.",
                "Try again, or ask your administrator.",
            )
        code = found.get("code", [""])[0]
        if not code:
            raise _ForeignAddress
        return code

    async def code(
        self, address: str, *, tell: Tell, ask: Ask, cancel: Stop, clock: Clock, sleep: Sleep
    ) -> str:
        """Tell the person to open `address`, and wait for the code, whichever way it comes.

        Raises:
            SignInError: declined, or not done in time.
            CancelledByUser: called off.
        """
        async with self._listening() as heard:
            message = "To sign in, open this address in a browser."
            if heard is None:
                message += (
                    " This computer cannot listen for the answer: paste the address that the browser ends at."
                )
            tell(Challenge(kind="browser", url=address, message=message, expires_at=clock() + _PATIENCE))
            ways: list[Awaitable[str]] = [self._pasted(ask, is_only_way=heard is None)]
            if heard is not None:
                ways.append(heard)
            return await _first(
                *ways,
                _fail_after(cancel.wait(), called_off()),
                _fail_after(sleep(_PATIENCE.total_seconds()), expired()),
            )

    async def _pasted(self, ask: Ask, *, is_only_way: bool) -> str:
        text = "If the browser runs on another computer, paste the address it ended at: "
        while True:
            answer = await ask(Question(text=text))
            if not answer.strip():
                if is_only_way:
                    raise SignInError("No address was given, so nobody is signed in.", "Try again.")
                await asyncio.Event().wait()  # no answer here: the listener is what is left
            try:
                return self.code_in(answer)
            except _ForeignAddress:
                text = f"That is no address of this sign-in. It begins with {self.redirect_uri}?: "

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[asyncio.Future[str] | None]:
        """The code, once a browser of this computer brings it; None if the port cannot be had."""
        heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
                line = await asyncio.wait_for(reader.readline(), _LINE_WITHIN_S)
                writer.write(self._answered(line.decode("latin-1"), heard))
                await writer.drain()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

        try:
            port = urlsplit(self.redirect_uri).port
            server = await asyncio.start_server(serve, "127.0.0.1", port, limit=_LONGEST_LINE)
        except OSError:
            yield None
            return
        try:
            yield heard
        finally:
            server.close()
            await server.wait_closed()
            heard.cancel()

    def _answered(self, request_line: str, heard: asyncio.Future[str]) -> bytes:
        """The page for one request; the code goes to `heard`. Nothing of the request is shown in the page."""
        method, _, rest = request_line.partition(" ")
        target = rest.partition(" ")[0]
        if method != "GET" or urlsplit(target).path != _PATH:
            return _response(404, "There is nothing here.")
        try:
            code = self.code_in(target)
        except _ForeignAddress:
            return _response(400, "This is not the sign-in that is waited for.")
        except SignInError as error:
            if not heard.done():
                heard.set_exception(error)
            return _response(200, "You are not signed in.")
        if not heard.done():
            heard.set_result(code)
        return _response(200, "You are signed in.")


def _response(status: int, text: str) -> bytes:
    words = {200: "OK", 400: "Bad Request", 404: "Not Found"}[status]
    page = _PAGE.format(text=text).encode()
    head = (
        f"HTTP/1.1 {status} {words}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(page)}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + page


async def _fail_after(waiting: Awaitable[object], error: LpcError) -> str:
    await waiting
    raise error


async def _first(*ways: Awaitable[str]) -> str:
    """What the first of `ways` to end gives or raises; the others are cancelled."""
    tasks = [asyncio.ensure_future(each) for each in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(each for each in tasks if each in done).result()
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
