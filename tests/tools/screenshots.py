"""Rebuilds `screenshots/*.svg` from the demo: `make screenshots`.

The real app, engine and sandbox, driven by the keys a person would press; only the terminal is not real. The sample data
is dated around today, so the pictures of another day differ in their dates; those of the same day are the same: what
depends on the hour and on which service answers first is evened out.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import requests
from textual.pilot import Pilot

from lpc_tui.accounts.interface import Challenge, Question
from lpc_tui.cli.demo import PROFILE, sandbox_for
from lpc_tui.cli.ui import ports_of
from lpc_tui.doctor.findings import Finding
from lpc_tui.engine.events import Event, OperationEvent, Phase, PhaseStarted, Progress, RunFinished
from lpc_tui.engine.interface import Cancel, Emit, Engine, Reviewer, RunResult
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action
from lpc_tui.paths import paths_of
from lpc_tui.reports.interface import Reports
from lpc_tui.sandbox.process import SandboxProcess
from lpc_tui.settings import Settings
from lpc_tui.settings_file import save
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.bridge import PERIOD_S
from lpc_tui.tui.ports import Account, Ports
from lpc_tui.tui.screens.doctor import DoctorScreen
from lpc_tui.tui.screens.main import MainScreen
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_dialogs import StartDialog, SummaryDialog
from lpc_tui.tui.screens.run_items import RunItemsScreen
from lpc_tui.tui.screens.why import WhyScreen
from lpc_tui.tui.screens.wizard import WizardScreen
from lpc_tui.tui.widgets.review_table import ReviewTable
from tests.tui.harness import at_rest, press, screen_text, until, until_screen

FOLDER = Path(__file__).parents[2] / "screenshots"
SIZE = (100, 30)
MORNING = datetime.now().astimezone().replace(hour=9, minute=0, second=0, microsecond=0)
ELAPSED_S = 3.0
HOUR = timedelta(hours=1)
HOME = "/home/robin/lpc"
MOMENTS = frozenset({"started", "finished", "sent_at", "settled_at", "since", "last_run", "modified"})
ADDRESSES = {
    "outlook.graph_url": "http://127.0.0.1:8081/v1.0",
    "salesforce.instance_url": "http://127.0.0.1:8082",
}
"""The demo takes the ports of the last one again, if they are free."""


def main() -> None:
    """Make all pictures."""
    with tempfile.TemporaryDirectory() as home:
        paths = paths_of(PROFILE, {"LPC_TUI_HOME": home})
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"  # leave the person's own alone
        paths.make_folders()
        save(paths.config_file, ADDRESSES)
        with sandbox_for(paths) as sandbox:
            halfway = Halfway()
            ports = ports_of(paths, {})
            asyncio.run(_sign_in(ports))
            ports = replace(_even(ports, halfway, home), is_new=True)
            app = halfway.app = LpcApp(ports, poll_s=None)
            app.animation_level = "none"
            asyncio.run(_photograph(app, lambda: _edit_on_both_sides(sandbox)))


async def _sign_in(ports: Ports) -> None:
    """As a person with a browser would, by device code."""
    settings, _ = ports.settings.load()
    accounts = ports.open_accounts(settings)

    def agree(challenge: Challenge) -> None:
        data = {"user_code": challenge.code, "decision": "approve"}
        requests.post(challenge.url, data=data, timeout=10).raise_for_status()

    async def nothing(_question: Question) -> str:
        return ""

    for side in Side:
        await accounts.login(side, agree, nothing, Cancel())


async def _photograph(app: LpcApp, edit_on_both_sides: Callable[[], None]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await _before_the_first_sync(pilot, app)
        await _to_review(pilot)
        _save(app, "review")
        await press(pilot, "f5", "y")
        await until_screen(pilot, SummaryDialog)
        await press(pilot, "enter")
        await asyncio.to_thread(edit_on_both_sides)
        review = await _to_review(pilot)
        await _to_conflict(pilot, review)
        _save(app, "conflict")
        await press(pilot, "f5", "y")
        await until_screen(pilot, SummaryDialog)
        await press(pilot, "enter", "f6", "f6", "escape")
        await _what_is_known(pilot, app)


async def _before_the_first_sync(pilot: Pilot[None], app: LpcApp) -> None:
    await until_screen(pilot, WizardScreen)
    for step in range(2, 6):
        await press(pilot, "pagedown")
        await until(pilot, lambda step=step: f"step {step} of" in screen_text(app))  # type: ignore[misc]
    await press(pilot, "enter")
    await until(pilot, lambda: "Calendar: " in screen_text(app))
    _save(app, "wizard")
    await press(pilot, "escape")
    await until_screen(pilot, MainScreen)
    await press(pilot, "escape", "down", "f9")
    await until_screen(pilot, DoctorScreen)
    await until(pilot, lambda: " ok;" in screen_text(app) or " ok." in screen_text(app))
    await press(pilot, "home")
    _save(app, "doctor")
    await press(pilot, "escape", "enter", "down", "down")
    await until(pilot, lambda: "robin.vogel" in screen_text(app))
    _save(app, "accounts")
    await press(pilot, "escape", "up", "enter")


async def _what_is_known(pilot: Pilot[None], app: LpcApp) -> None:
    """Settings with what they hold back, history, issues and the reason for one of them."""
    await press(pilot, "enter", "tab", "space")
    await at_rest(pilot)
    _save(app, "settings")
    await press(pilot, "u", "escape", "down", "down", "enter")
    await at_rest(pilot)
    await press(pilot, "down", "enter")
    await until_screen(pilot, RunItemsScreen)
    await at_rest(pilot)
    await press(pilot, "end")
    _save(app, "history")
    await press(pilot, "escape", "escape", "down", "enter")
    await at_rest(pilot)
    while "[waiting" not in screen_text(app):
        await press(pilot, "f")
    while ": conflict" not in screen_text(app):
        await press(pilot, "down")
    _save(app, "issues")
    await press(pilot, "w")
    await until_screen(pilot, WhyScreen)
    await at_rest(pilot)
    _save(app, "why")


class EvenEngine:
    """The real engine. Its writes are told by name when all are made, with a pause halfway for a picture."""

    def __init__(self, engine: Engine, halfway: Callable[[], Awaitable[None]]) -> None:
        self._engine = engine
        self._halfway = halfway

    async def run(
        self,
        processes: Sequence[Process],
        *,
        review: Reviewer,
        emit: Emit,
        cancel: Cancel | None = None,
        is_dry_run: bool = False,
    ) -> RunResult:
        held: list[Event] = []

        def tell(event: Event) -> None:
            is_apply = isinstance(event, PhaseStarted) and event.phase is Phase.APPLY
            (held.append if held or is_apply else emit)(event)

        result = await self._engine.run(
            processes, review=review, emit=tell, cancel=cancel, is_dry_run=is_dry_run
        )
        told = sorted(
            (event for event in held if isinstance(event, OperationEvent)),
            key=lambda event: (event.action is not Action.LINK, event.item, event.side),
        )
        writes = sum(event.action is not Action.LINK for event in told)
        others = [event for event in held if not isinstance(event, OperationEvent | Progress)]
        for other in others[:1]:
            emit(other)
        for done, event in enumerate(told, writes - len(told) + 1):
            emit(event)
            if done > 0:
                emit(Progress(process=event.process, phase=Phase.APPLY, done=done, total=writes))
            if done == writes // 2:
                await self._halfway()
        for other in others[1:]:
            emit(replace(other, elapsed_s=ELAPSED_S) if isinstance(other, RunFinished) else other)
        return result

    async def close(self) -> None:
        await self._engine.close()


class MorningReports:
    """The real reports, but all of it happened in the morning."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._reports, name)
        return lambda *args, **kwargs: _in_the_morning(asked(*args, **kwargs))


def _in_the_morning(told: Any) -> Any:
    """The same, with the moments at which the sync did something moved to one."""
    if isinstance(told, tuple | list):
        return type(told)(map(_in_the_morning, told))
    if isinstance(told, Mapping):
        return {name: _in_the_morning(value) for name, value in told.items()}
    if not is_dataclass(told) or isinstance(told, type):
        return told
    changes: dict[str, Any] = {}
    for field in fields(told):
        value = getattr(told, field.name)
        if field.name in MOMENTS and isinstance(value, datetime):
            changes[field.name] = MORNING
        elif (even := _in_the_morning(value)) is not value:
            changes[field.name] = even
    return replace(told, **changes) if changes else told


def _even(ports: Ports, halfway: Callable[[], Awaitable[None]], home: str) -> Ports:
    """The ports of a real UI, but for the time of day and the folder they are in."""

    async def open_engine(settings: Settings) -> Engine:
        return EvenEngine(await ports.open_engine(settings), halfway)

    async def examine() -> AsyncGenerator[Finding, None]:
        async with aclosing(ports.examine()) as findings:
            async for finding in findings:
                yield replace(finding, words=finding.words.replace(home, HOME))

    def accounts(settings: Settings) -> Sequence[Account]:
        return [
            replace(
                account,
                status=replace(
                    account.status,
                    kept_in=account.status.kept_in.replace(home, HOME),
                    expires=MORNING + HOUR if account.status.expires else None,
                ),
            )
            for account in ports.accounts(settings)
        ]

    return replace(
        ports,
        open_engine=open_engine,
        accounts=accounts,
        examine=examine,
        clock=lambda: MORNING,
        reports=lambda settings: cast(Reports, MorningReports(ports.reports(settings))),
    )


class Halfway:
    """Saves a picture when the first writes are told: a run is over too soon to wait for that by hand."""

    def __init__(self) -> None:
        self.app: LpcApp | None = None
        self._is_saved = False

    async def __call__(self) -> None:
        if self.app is None or self._is_saved:
            return
        self._is_saved = True
        await asyncio.sleep(3 * PERIOD_S)  # the UI shows a batch of events each period
        _save(self.app, "running")


async def _to_review(pilot: Pilot[None]) -> ReviewScreen:
    await press(pilot, "f5")
    await until_screen(pilot, StartDialog)
    await press(pilot, "y")
    return await until_screen(pilot, ReviewScreen)


async def _to_conflict(pilot: Pilot[None], review: ReviewScreen) -> None:
    table = review.query_one(ReviewTable)
    table.cursor = [bool(row.step.conflicts) for row in table.rows].index(True)
    await pilot.pause()


def _edit_on_both_sides(sandbox: SandboxProcess) -> None:
    """What two people do between two syncs: change places, one of them on both sides, and delete a meeting."""
    outlook = {"Authorization": f"Bearer {sandbox.outlook_token}"}
    salesforce = {"Authorization": f"Bearer {sandbox.salesforce_token}"}
    data = f"{sandbox.salesforce_url}/services/data/v62.0"
    query = {"q": "SELECT Id, Subject FROM Event WHERE IsPrivate = false"}
    records = _json(requests.get(f"{data}/query", params=query, headers=salesforce, timeout=10))["records"]
    ids = {record["Subject"]: record["Id"] for record in records}
    times = Counter(record["Subject"] for record in records)
    page = _json(requests.get(f"{sandbox.graph_url}/me/events?$top=200", headers=outlook, timeout=10))
    events = [
        event
        for event in page["value"]
        if event["type"] == "singleInstance" and event["sensitivity"] == "normal" and not event["attendees"]
    ]
    *_, gone, moved, disputed = (event for event in events if times[event["subject"]] == 1)
    *_, occurrence = (event for event in events if times[event["subject"]] > 1)
    for event, place in ((moved, "Room 4"), (disputed, "Osteria"), (occurrence, "Lobby")):
        body = {"location": {"displayName": place}}
        url = f"{sandbox.graph_url}/me/events/{event['id']}"
        requests.patch(url, json=body, headers=outlook, timeout=10).raise_for_status()
    url = f"{data}/sobjects/Event/{ids[disputed['subject']]}"
    requests.patch(url, json={"Location": "Canteen"}, headers=salesforce, timeout=10).raise_for_status()
    url = f"{sandbox.graph_url}/me/events/{gone['id']}"
    requests.delete(url, headers=outlook, timeout=10).raise_for_status()


def _json(answer: requests.Response) -> dict[str, Any]:
    answer.raise_for_status()
    body: dict[str, Any] = answer.json()
    return body


def _save(app: LpcApp, name: str) -> None:
    path = FOLDER / f"{name}.svg"
    path.write_text(app.export_screenshot(title="lpc-tui demo"), encoding="utf-8")
    sys.stdout.write(f"{os.path.relpath(path)}\n")


if __name__ == "__main__":
    main()
