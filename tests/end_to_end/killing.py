"""Runs that are killed: the real command in a process of its own, over HTTP against the sandbox in this one.

A request's moment is known to the services: a guard in front of both sends the SIGKILL. A commit's is known to the run only,
which kills itself (`mortal`). Such a process has the computer's clock, so the services go by it too.
"""

from __future__ import annotations

import enum
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import tomlkit
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lpc_tui.model.items import Process
from lpc_tui.sandbox.common import LoggedRequest
from lpc_tui.sandbox.graph import batch as graph_batch
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.hosting import Listener, body_of, replaying
from lpc_tui.sandbox.salesforce import composite as salesforce_composite
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.sample import Worlds, empty_worlds
from lpc_tui.sandbox.server import Sandbox
from tests.end_to_end.rehearsal import Rehearsal, Times

__all__ = ["Kind", "Moment", "Stage", "stage"]

_ROOT = Path(__file__).parents[2]
_TIMEOUT_S = 60
_BOXES = {"delete_from_salesforce": False}
"""Ticked by default; here deletions are to be carried too."""


class Kind(enum.StrEnum):
    """What a run is doing when it is killed."""

    READ = "read"
    """Sending a request that reads."""
    WRITE = "write"
    """Sending one that may write."""
    COMMIT = "commit"
    """Committing to its state file."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a run is killed: before or after the `number`-th thing of a kind that it does."""

    kind: Kind
    is_after: bool
    number: int

    def __str__(self) -> str:
        return f"{'after' if self.is_after else 'before'} {self.kind} {self.number}"


class ShiftedTime(Times):
    """The computer's clock, some time off."""

    def __init__(self, **off: float) -> None:
        self._off = timedelta(**off)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._off

    def advance(self, **delta: float) -> None:
        self._off += timedelta(**delta)

    def set_right(self) -> None:
        """Show the computer's own time."""
        self._off = timedelta(0)


@dataclass
class Guard:
    """Stands before both services and kills the run at its moment: before a service sees the request, or once it is done."""

    moment: Moment | None = None
    run: subprocess.Popen[bytes] | None = None
    seen: int = field(default=0, init=False)

    @contextmanager
    def watching(self, run: subprocess.Popen[bytes], moment: Moment) -> Iterator[None]:
        """The time in which that run is watched."""
        self.run, self.moment, self.seen = run, moment, 0
        try:
            yield
        finally:
            self.run = self.moment = None

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if self.moment is None or scope["type"] != "http":
            await app(scope, receive, send)
            return
        body = await body_of(receive)
        receive = replaying(body, receive)
        if not self._is_time(self.moment, scope, body):
            await app(scope, receive, send)
            return
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        if self.moment.is_after:
            await app(scope, receive, keep)
        self._kill()
        # For the server's sake: nobody is there to hear it.
        for message in answer or _NOTHING:
            await send(message)

    def _is_time(self, moment: Moment, scope: Scope, body: bytes) -> bool:
        carried = graph_batch.carried_by(body) or salesforce_composite.carried_by(body)
        asked = LoggedRequest(scope["method"], scope["path"], 0, carried)
        if moment.kind is not (Kind.WRITE if asked.is_write else Kind.READ):
            return False
        self.seen += 1
        return self.seen == moment.number

    def _kill(self) -> None:
        assert self.run is not None
        os.kill(self.run.pid, signal.SIGKILL)
        self.run.wait()


_NOTHING: tuple[Message, ...] = (
    {"type": "http.response.start", "status": 503, "headers": []},
    {"type": "http.response.body", "body": b""},
)


class GuardedSandbox(Sandbox):
    """A sandbox behind a guard, whose worlds can be exchanged: a profile's watermarks hold the servers' addresses."""

    def __init__(self, worlds: Worlds) -> None:
        super().__init__(worlds.mailbox, worlds.org)
        self.guard = Guard()
        self._apps: list[ASGIApp] = []

    def exchange(self, worlds: Worlds) -> None:
        """Serve these from now on, at the same addresses."""
        self.mailbox, self.org = worlds.mailbox, worlds.org
        self._apps = [each.app for each in super()._listeners()]

    def _listeners(self) -> tuple[Listener, Listener]:
        graph, salesforce = super()._listeners()
        self._apps = [graph.app, salesforce.app]
        return replace(graph, app=self._guarded(0)), replace(salesforce, app=self._guarded(1))

    def _guarded(self, number: int) -> ASGIApp:
        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            await self.guard(self._apps[number], scope, receive, send)

        return guarded


@dataclass
class Stage:
    """Two services and a profile, which can be brought back to how they were when they were kept."""

    rehearsal: Rehearsal
    sandbox: GuardedSandbox
    times: ShiftedTime
    _kept: Path
    _dumps: tuple[str, str] = ("", "")

    def keep(self) -> None:
        """Remember how everything is now."""
        worlds = self.rehearsal.worlds
        self._dumps = json.dumps(worlds.mailbox.dump()), json.dumps(worlds.org.dump())
        shutil.copytree(self.rehearsal.folder, self._kept)

    def reset(self) -> None:
        """Bring both services and the profile back to where `keep` found them, a while ago; it is now by all clocks."""
        mailbox, org = map(json.loads, self._dumps)
        self.rehearsal.worlds = Worlds(
            Mailbox.restore(mailbox, clock=self.times), Org.restore(org, clock=self.times)
        )
        self.sandbox.exchange(self.rehearsal.worlds)
        shutil.rmtree(self.rehearsal.folder)
        shutil.copytree(self._kept, self.rehearsal.folder)
        self.times.set_right()

    def sync_until(self, moment: Moment) -> int:
        """One `lpc-tui sync` in a process of its own; its exit code, or minus the signal that ended it."""
        command = ["sync", str(self.rehearsal.process), "--yes", "--json"]
        if moment.kind is Kind.COMMIT:
            when = "after" if moment.is_after else "before"
            command = ["tests.end_to_end.mortal", when, str(moment.number), *command]
        else:
            command = ["lpc_tui", *command]
        with (
            subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=_ROOT,
                env={**os.environ, **self.rehearsal.environ},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as run,
            self.sandbox.guard.watching(run, moment),
        ):
            return run.wait(_TIMEOUT_S)


@contextmanager
def stage(folder: Path, process: Process, *, external_id_field: str = "") -> Iterator[Stage]:
    """Two empty services and a profile in `folder`, a while ago; the org has that field if it is named."""
    times = ShiftedTime(hours=-1)
    worlds = empty_worlds(clock=times, seed=1)
    salesforce: dict[str, Any] = {}
    if external_id_field:
        org = Org(clock=times, seed=1, options=OrgOptions(external_id_field=external_id_field))
        worlds, salesforce = replace(worlds, org=org), {"external_id_field": external_id_field}
    with GuardedSandbox(worlds) as sandbox:
        home = folder / "home"
        home.mkdir()
        rehearsal = Rehearsal(
            sandbox, worlds, home, times, options={"prevent": _BOXES}, process=process, salesforce=salesforce
        )
        chosen = rehearsal.settings.model_dump(mode="json", exclude_unset=True)
        rehearsal.paths.config_file.write_text(tomlkit.dumps(chosen))
        yield Stage(rehearsal, sandbox, times, folder / "kept")
