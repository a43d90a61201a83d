"""The review, the run and its log, shown five hundred hostile texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lpc_tui.engine.events import Noticed, OperationEvent, Outcome, Status
from lpc_tui.engine.interface import RunResult
from lpc_tui.errors import LpcError, UnreachableError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.links import Link, Unlinked
from lpc_tui.model.rules import Action, Rules
from lpc_tui.tui.screens.item import ItemScreen
from lpc_tui.tui.screens.log_save import SaveLogDialog
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_dialogs import SummaryDialog
from tests.tui.fake_engine import FakeEngine, Script
from tests.tui.harness import make_ports, press, still_app, until_screen
from tests.tui.hostile import chunks
from tests.tui.reviewing import to_review
from tests.tui.samples import NOW, contact, event, item, linked
from tests.tui.surfaces.stage import CONTACT_TEXTS, ROOM, Look, one_a_line, resized

__all__ = [
    "errors_of_the_app",
    "names_in_the_review",
    "new_events",
    "notices_and_refusals_of_a_run",
    "questions_of_the_review",
    "summary_of_a_run",
    "the_saved_log",
    "told_at_the_start_and_found_in_the_log",
    "values_in_the_review_and_by_field",
]


def new_events(texts: Sequence[str]) -> Script:
    """Events of Outlook whose names these are."""
    unlinked = [Unlinked(Side.OUTLOOK, item(f"ol-{at}", event(text))) for at, text in enumerate(texts)]
    return Script(unlinked=unlinked, rules=Rules(), now=NOW)


def contacts_of(texts: tuple[str, ...]) -> Script:
    """Contacts that differ in all their texts, on both sides and from what both once were."""
    links: list[Link] = []
    size = len(CONTACT_TEXTS)
    for at, three in enumerate(chunks(3 * size, texts)):
        base, outlook, salesforce = (
            contact("", "") | dict(zip(CONTACT_TEXTS, three[start * size :], strict=False))
            for start in range(3)
        )
        links.append(linked(f"c{at}", base, outlook, salesforce, Process.CONTACT))
    return Script(Process.CONTACT, links=links, rules=Rules(), now=NOW)


async def names_in_the_review(texts: tuple[str, ...], look: Look) -> None:
    app = still_app(make_ports(FakeEngine(new_events(texts))))
    async with app.run_test(size=(100, 24)) as pilot:
        await to_review(pilot)
        await resized(pilot, 100, len(texts) + 30)
        await look(pilot, texts, ROOM)


async def values_in_the_review_and_by_field(texts: tuple[str, ...], look: Look) -> None:
    script = contacts_of(texts)
    app = still_app(make_ports(FakeEngine(script)))
    async with app.run_test(size=(140, 40)) as pilot:
        await press(pilot, "enter", "down", "enter")
        await to_review(pilot)
        for _ in script.links:
            await look(pilot)
            await press(pilot, "enter")
            await until_screen(pilot, ItemScreen)
            for _ in range(len(CONTACT_TEXTS)):
                await look(pilot)
                await press(pilot, "down")
            await press(pilot, "escape")
            await until_screen(pilot, ReviewScreen)
            await press(pilot, "down")
        await look(pilot, texts, ROOM)


async def questions_of_the_review(texts: tuple[str, ...], look: Look) -> None:
    """A question names one item, the one before writing eight: a part of the texts goes through all keys."""
    part = texts[:: len(texts) // 10]
    links = [
        linked(f"l{at}", event(text), event(text), event(text, location="there"), has_guests=True)
        for at, text in enumerate(part)
    ]
    app = still_app(make_ports(FakeEngine(Script(links=links, rules=Rules(), now=NOW))))
    async with app.run_test(size=(100, 40)) as pilot:
        await to_review(pilot)
        for text in part:
            await press(pilot, "y")
            await until_screen(pilot, Question)
            await look(pilot, [text], ROOM)
            await press(pilot, "y")
            await until_screen(pilot, ReviewScreen)
            await press(pilot, "down")
        await press(pilot, "f5")
        await until_screen(pilot, Question)
        await look(pilot, part[:8], ROOM)


async def told_at_the_start_and_found_in_the_log(texts: tuple[str, ...], look: Look) -> None:
    app = still_app(replace(make_ports(), notes=texts))
    async with app.run_test(size=(100, 24)) as pilot:
        await press(pilot, "f6", "m", "slash", *"h1", "enter", "home")
        await look(pilot)
        await resized(pilot, 100, 3 * len(texts))
        await look(pilot, texts, 40)


async def notices_and_refusals_of_a_run(texts: tuple[str, ...], look: Look) -> None:
    """What a service says while a run goes on, and what it refused: in the log and the summary."""
    script = new_events(texts[:50])
    script.notices = [Noticed(text=text, wait_s=1.0) for text in texts]
    script.refusals = dict(zip(texts[:50], texts[-50:], strict=True))
    app = still_app(make_ports(FakeEngine(script)))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await to_review(pilot)
        await press(pilot, "f5", "y")
        await until_screen(pilot, SummaryDialog)
        await look(pilot)
        await press(pilot, "escape", "f6", "m", "home")
        await resized(pilot, 100, 3 * len(texts))
        await look(pilot, texts, 40)


async def summary_of_a_run(texts: tuple[str, ...], look: Look) -> None:
    app = still_app(make_ports())
    async with app.run_test(size=(100, 360)) as pilot:
        for part in chunks(50, texts):
            failures = [
                OperationEvent(
                    process=Process.CALENDAR,
                    side=Side.OUTLOOK,
                    action=Action.CREATE,
                    status=Status.FAILED,
                    item=text,
                    reason=text,
                )
                for text in part
            ]
            words = one_a_line(part[:20])
            result = RunResult("r", Outcome.ABORTED, 5, {}, {}, UnreachableError(words, words))
            app.push_screen(SummaryDialog(result, failures))
            await until_screen(pilot, SummaryDialog)
            await look(pilot, part, ROOM)
            await press(pilot, "escape")


async def errors_of_the_app(texts: tuple[str, ...], look: Look) -> None:
    """What goes wrong is told in a question, and in a line of the log."""
    app = still_app(make_ports())
    async with app.run_test(size=(100, 120)) as pilot:
        for part in chunks(38, texts):
            app._show_error(LpcError(one_a_line(part[:30]), one_a_line(part[30:])))
            await until_screen(pilot, Question)
            await look(pilot, part, ROOM)
            await press(pilot, "escape")


async def the_saved_log(texts: tuple[str, ...], look: Look) -> None:
    """Where it goes, and why it could not; `test_save_log` reads what is in the file."""
    app = still_app(make_ports())
    async with app.run_test(size=(100, 120)) as pilot:
        for part in chunks(36, texts):
            app.push_screen(SaveLogDialog(len(part), "/home/ada/log.txt", one_a_line(part)))
            await until_screen(pilot, SaveLogDialog)
            await look(pilot, part, ROOM)
            await press(pilot, "escape")
