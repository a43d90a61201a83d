"""Killed at any write, before or after the service did the work, the next run finishes the job (law 9).

The run is the real command in a process of its own, over HTTP against the sandbox in this one; a middleware in front of
both services sends the SIGKILL. Such a process has the computer's clock, so the services go by it too, and every event is
dated from now.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lpc_tui.model.items import Side
from lpc_tui.sandbox.hosting import Listener
from lpc_tui.sandbox.sample import Worlds, empty_worlds
from lpc_tui.sandbox.server import Sandbox
from tests.end_to_end.rehearsal import Rehearsal, Times

PAIRS = 6
"""Linked before the run: some are edited on either side, some deleted."""
NEW = 30
"""Made on either side since: a batch and a half for Graph."""
TIMEOUT_S = 60
DELETES_BOX = "delete_from_salesforce"
"""Ticked by default; here deletions are to be carried too."""


class RealTime(Times):
    """The computer's clock."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Executioner:
    """Kills the run at its n-th request that may write, before the service sees it or once the work is done."""

    at: int | None = None
    is_after: bool = False
    run: subprocess.Popen[bytes] | None = None
    seen: int = field(default=0, init=False)

    def guarding(self, app: ASGIApp) -> ASGIApp:
        """The app, with this one standing before it."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["method"] == "GET" or self.run is None:
                await app(scope, receive, send)
                return
            self.seen += 1
            if self.seen != self.at:
                await app(scope, receive, send)
            elif self.is_after:
                await self._kill_after(app, scope, receive, send)
            else:
                self._kill()
                await _nothing(send)

        return guarded

    async def _kill_after(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await app(scope, receive, keep)
        self._kill()
        for message in answer:
            await send(message)

    def _kill(self) -> None:
        assert self.run is not None
        os.kill(self.run.pid, signal.SIGKILL)
        self.run.wait()


async def _nothing(send: Send) -> None:
    """An answer for the server's sake; nobody is there to hear it."""
    await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class GuardedSandbox(Sandbox):
    """A sandbox with an executioner in front of both services."""

    def __init__(self, worlds: Worlds, executioner: Executioner) -> None:
        super().__init__(worlds.mailbox, worlds.org)
        self.executioner = executioner

    def _listeners(self) -> tuple[Listener, Listener]:
        graph, salesforce = super()._listeners()
        guarding = self.executioner.guarding
        return replace(graph, app=guarding(graph.app)), replace(salesforce, app=guarding(salesforce.app))


@dataclass
class Scene:
    """A rehearsal whose runs are processes."""

    rehearsal: Rehearsal
    executioner: Executioner
    subjects: Counter[str] = field(default_factory=Counter)
    """What either side must hold in the end."""

    def sync(self, *, at: int | None = None, is_after: bool = False) -> int:
        """One `lpc-tui sync`; its exit code, or minus the signal that ended it."""
        self.executioner.at, self.executioner.is_after, self.executioner.seen = at, is_after, 0
        environ = {**os.environ, **self.rehearsal.environ}
        command = [sys.executable, "-m", "lpc_tui", "sync", "calendar", "--yes", "--json"]
        with subprocess.Popen(
            command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as run:
            self.executioner.run = run
            try:
                return run.wait(TIMEOUT_S)
            finally:
                self.executioner.run = None

    async def prepare(self) -> None:
        """Linked events, some changed since, and new ones on both sides."""
        mailbox, org = self.rehearsal.worlds.mailbox, self.rehearsal.worlds.org
        linked = [mailbox.create_event(graph_event(f"Linked {number}", number)) for number in range(PAIRS)]
        assert (await self.rehearsal.sync()).exit_code == 0
        theirs = {item.fields["subject"]: item.id for item in await self.rehearsal.items(Side.SALESFORCE)}
        for number, each in enumerate(linked):
            match number % 3:
                case 0:
                    mailbox.update_event(str(each["id"]), {"subject": f"Renamed {number}"})
                    org.update("Event", theirs[f"Linked {number}"], {"Location": f"Room {number}"})
                    self.subjects[f"Renamed {number}"] += 1
                case 1:
                    mailbox.delete_event(str(each["id"]))
                case _:
                    org.delete("Event", theirs[f"Linked {number}"])
        for number in range(NEW):
            mailbox.create_event(graph_event(f"From Outlook {number}", number))
            org.insert("Event", salesforce_event(f"From Salesforce {number}", number))
            self.subjects.update([f"From Outlook {number}", f"From Salesforce {number}"])

    async def shown(self, side: Side) -> Counter[str]:
        return Counter(str(item.fields["subject"]) for item in await self.rehearsal.items(side))


def _at(number: int, hour: int) -> tuple[datetime, datetime]:
    day = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2 + number)
    start = day.replace(hour=hour)
    return start, start + timedelta(hours=1)


def graph_event(subject: str, number: int) -> dict[str, object]:
    start, end = _at(number, 9)
    return {
        "subject": subject,
        "start": {"dateTime": f"{start:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"},
        "end": {"dateTime": f"{end:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"},
    }


def salesforce_event(subject: str, number: int) -> dict[str, object]:
    start, end = _at(number, 14)
    return {
        "Subject": subject,
        "StartDateTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "EndDateTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
    }


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Two services and a profile in `folder`, all by the computer's clock."""
    times = RealTime()
    worlds = empty_worlds(clock=times, seed=1)
    executioner = Executioner()
    with GuardedSandbox(worlds, executioner) as sandbox:
        rehearsal = Rehearsal(sandbox, worlds, folder, times, options={"prevent": {DELETES_BOX: False}})
        folder.mkdir()
        rehearsal.paths.config_file.write_text(
            f"[outlook]\ngraph_url = {json.dumps(sandbox.graph_url)}\n"
            f"[salesforce]\ninstance_url = {json.dumps(sandbox.salesforce_url)}\n"
            f"[sync.calendar.prevent]\n{DELETES_BOX} = false\n"
        )
        yield Scene(rehearsal, executioner)


async def killed_once(folder: Path, at: int, *, is_after: bool) -> str:
    """What is wrong after a run that was killed and one more; empty: nothing."""
    with scene(folder) as played:
        await played.prepare()
        if (code := played.sync(at=at, is_after=is_after)) != -signal.SIGKILL:
            return f"was not killed but ended with {code}"
        if (code := played.sync()) != 0:
            return f"the next run ended with {code}"
        for side in Side:
            if (shown := await played.shown(side)) != played.subjects:
                return f"{side} has too much {shown - played.subjects}, lacks {played.subjects - shown}"
        return "; ".join(await played.rehearsal.differences())


async def test_killed_at_each_write_the_next_run_finishes_the_job(tmp_path: Path) -> None:
    with scene(tmp_path / "calm") as calm:
        await calm.prepare()
        assert calm.sync() == 0
        writes = calm.executioner.seen
        assert [await calm.shown(side) for side in Side] == [calm.subjects] * 2
    assert writes > 3
    moments = [(at, is_after) for at in range(1, writes + 1) for is_after in (False, True)]
    wrong = {
        (at, is_after): problem
        for at, is_after in moments
        if (problem := await killed_once(tmp_path / f"{at}-{is_after}", at, is_after=is_after))
    }
    print(f"{len(moments) - len(wrong)} of {len(moments)}")
    assert wrong == {}
