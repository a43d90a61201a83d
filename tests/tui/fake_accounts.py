"""Sign-ins that a test plays: what is told, what is asked, and how it ends."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from lpc_tui.accounts.interface import AccountStatus, Ask, Challenge, Question, Stop, Tell, TokenSource
from lpc_tui.errors import CancelledByUser, LpcError
from lpc_tui.model.items import Side
from tests.tui.samples import NOW

__all__ = ["BROWSER", "DEVICE", "FakeAccounts"]

DEVICE = Challenge(
    kind="device",
    url="https://login.microsoft.com/device",
    code="F7JQ2WXKD",
    message="To sign in, open the page https://login.microsoft.com/device and enter the code F7JQ2WXKD.",
    expires_at=NOW + timedelta(minutes=14, seconds=32),
)
BROWSER = Challenge(
    kind="browser",
    url=(
        "https://acme.my.salesforce.com/services/oauth2/authorize?response_type=code&client_id=3MVG9&scope=api+id"
        "&redirect_uri=http%3A%2F%2Flocalhost%3A1717%2FOauthRedirect&state=k2lXq0&code_challenge=Zc4yW9"
    ),
    message="To sign in, open this address in a browser.",
    expires_at=NOW + timedelta(minutes=15),
)


class FakeAccounts:
    """Plays one sign-in: tells `challenge`, asks `questions`, then waits for `finish` or for being called off."""

    def __init__(
        self, challenge: Challenge | None = DEVICE, *questions: Question, was_there: bool = True
    ) -> None:
        self.answers: list[str] = []
        self.logins: list[Side] = []
        self.logouts: list[Side] = []
        self.was_called_off = False
        self._challenge = challenge
        self._questions = questions
        self._was_there = was_there
        self._ended: asyncio.Future[str] | None = None

    def finish(self, who: str | LpcError) -> None:
        """Let the sign-in under way succeed, or fail."""
        assert self._ended is not None, "nobody is signing in"
        if isinstance(who, LpcError):
            self._ended.set_exception(who)
        else:
            self._ended.set_result(who)

    def status(self, side: Side) -> AccountStatus:
        raise NotImplementedError("the UI gets it through Ports.accounts")

    async def login(self, side: Side, tell: Tell, ask: Ask, cancel: Stop) -> AccountStatus:
        self.logins.append(side)
        self._ended = asyncio.get_running_loop().create_future()
        if self._challenge is not None:
            tell(self._challenge)
        asking = asyncio.ensure_future(self._ask_all(ask))
        stopped = asyncio.ensure_future(cancel.wait())
        await asyncio.wait((self._ended, stopped), return_when=asyncio.FIRST_COMPLETED)
        for each in (asking, stopped):
            each.cancel()
        await asyncio.gather(asking, stopped, return_exceptions=True)
        if cancel.is_requested:
            self.was_called_off = True
            raise CancelledByUser("The sign-in was called off; nothing has changed.")
        return AccountStatus(
            side=side,
            is_signed_in=True,
            who=self._ended.result(),
            kept_in="the system keyring (SecretService)",
        )

    async def _ask_all(self, ask: Ask) -> None:
        for question in self._questions:
            self.answers.append(await ask(question))

    async def logout(self, side: Side) -> bool:
        self.logouts.append(side)
        return self._was_there

    def token_source(self, side: Side) -> TokenSource:
        raise NotImplementedError("no token is for the UI")

    def instance_url(self) -> str:
        raise NotImplementedError("the UI gets it through Ports.accounts")

    def refused(self, side: Side, token: str) -> None:
        raise NotImplementedError("no token is for the UI")

    def account_key(self, side: Side) -> str:
        raise NotImplementedError("the UI has no use for it")
