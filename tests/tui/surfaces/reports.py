"""History, issues and reasons, shown five hundred hostile texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from lpc_tui.model.items import Process, Side, frozen
from lpc_tui.model.links import Presence
from lpc_tui.model.plan import FieldConflict
from lpc_tui.reports.interface import (
    Answer,
    Explanation,
    FieldChange,
    FieldState,
    Issue,
    IssueKind,
    ItemRef,
    Law,
    Resolution,
    ResolutionKind,
    SettingInForce,
    Verdict,
    Version,
)
from lpc_tui.tui.screens.run_items import PAGE, RunItemsScreen
from lpc_tui.tui.screens.why import WhyScreen
from lpc_tui.tui.widgets.components import Component
from tests.tui.fake_reports import FakeReports, conflict, operation, past_run
from tests.tui.harness import make_ports, press, settled, still_app, until, until_screen
from tests.tui.hostile import chunks
from tests.tui.surfaces.stage import CONTACT_TEXTS, ROOM, Look, resized, to_component

__all__ = ["explanations_and_choices_of_why", "open_issues", "writes_of_the_history"]


async def writes_of_the_history(texts: tuple[str, ...], look: Look) -> None:
    written = [operation(at, text) for at, text in enumerate(texts)]
    parts = chunks(75, texts)
    for at, part in enumerate(parts):
        changes = tuple(
            FieldChange(field="subject", label="Subject", before=before, sent=sent, after=after)
            for before, sent, after in zip(part[::3], part[1::3], part[2::3], strict=True)
        )
        written[at] = replace(written[at], changes=changes, words=part[0])
    reports = FakeReports(past=(past_run(operations=len(written)),), written=written)
    app = still_app(make_ports(reports=reports))
    async with app.run_test(size=(120, 24)) as pilot:
        await to_component(pilot, Component.HISTORY)
        await press(pilot, "enter")
        await until_screen(pilot, RunItemsScreen)
        await settled(pilot)
        await resized(pilot, 120, 200)
        for part in parts:
            await look(pilot, part, ROOM)
            await press(pilot, "down")
        await resized(pilot, 120, 24)
        for _ in range(len(texts) // PAGE):
            await press(pilot, "end")
            await settled(pilot)
        await resized(pilot, 120, 2 * len(texts))
        await look(pilot, texts, ROOM)
        await until_screen(pilot, RunItemsScreen)


def issue_of(part: Sequence[str]) -> Issue:
    """An issue that is made of foreign text as far as it goes."""
    first = conflict(part[0])
    alike = tuple(ItemRef(process=Process.CALENDAR, title=text, outlook_id=text) for text in part[40:60])
    return replace(
        first,
        key=part[0],
        sentence=part[1],
        words=part[2],
        conflicts=tuple(
            FieldConflict("location", outlook=part[at], salesforce=part[at + 1], base=part[at + 2])
            for at in range(3, 39, 3)
        ),
        alike=alike,
        resolutions=(
            *first.resolutions,
            Resolution(
                kind=ResolutionKind.SERVICE,
                sentence=part[60],
                process=Process.CALENDAR,
                side=Side.OUTLOOK,
                url=part[61],
            ),
        ),
    )


async def open_issues(texts: tuple[str, ...], look: Look) -> None:
    parts = chunks(62, texts)
    packed = [issue_of(part) for part in parts]
    kinds = list(IssueKind)
    others = [replace(conflict(text), kind=kinds[at % len(kinds)]) for at, text in enumerate(texts)]
    app = still_app(make_ports(reports=FakeReports(open=(*packed, *others))))
    async with app.run_test(size=(120, 24)) as pilot:
        await to_component(pilot, Component.ISSUES)
        for _ in range(4):
            await press(pilot, "f")
        await press(pilot, "home")
        await resized(pilot, 120, 240)
        for part in parts:
            await look(pilot, part, ROOM)
            await press(pilot, "down")
        await resized(pilot, 80, 3 * len(texts))
        await look(pilot, texts, ROOM)


def explanation_of(part: Sequence[str]) -> Explanation:
    """Contacts have the most fields."""
    size = len(CONTACT_TEXTS)
    texts = iter(part)

    def fields() -> dict[str, str]:
        return dict(zip(CONTACT_TEXTS, islice(texts, size), strict=False))

    versions = tuple(
        Version(
            side=side,
            id=part[-1],
            presence=Presence.PRESENT,
            fields=frozen(fields()),
            base=frozen(fields()),
            url=part[-2],
        )
        for side in Side
    )
    return Explanation(
        item=ItemRef(process=Process.CONTACT, title=part[0], outlook_id=part[1], salesforce_id=part[2]),
        verdict=Verdict.OPEN,
        sentence=part[3],
        law=Law(3, "Merge by field"),
        settings=(SettingInForce("outlook.contact_folder", part[4]),),
        versions=versions,
        states=dict.fromkeys(CONTACT_TEXTS, FieldState.BOTH),
        issues=(issue_of([*part, *part, *part][:62]),),
        operations=tuple(operation(at, text) for at, text in enumerate(part[5:10])),
    )


async def explanations_and_choices_of_why(texts: tuple[str, ...], look: Look) -> None:
    parts = chunks(4 * len(CONTACT_TEXTS), texts)
    choices = tuple(ItemRef(process=Process.TASK, title=text, outlook_id=text) for text in texts)
    answers = {f"part {at}": explanation_of(part) for at, part in enumerate(parts)}
    reports = FakeReports(
        answers={
            "many": Answer(asked=texts[0], choices=choices),
            "none": Answer(asked=texts[0], reasons=texts),
            **{asked: Answer(asked=asked, explanation=told) for asked, told in answers.items()},
        }
    )
    app = still_app(make_ports(reports=reports))
    async with app.run_test(size=(140, 24)) as pilot:
        await press(pilot, "escape", "f7")
        await until_screen(pilot, WhyScreen)
        for asked, shown in (*zip(answers, parts, strict=True), ("many", texts), ("none", texts)):
            await press(pilot, "ctrl+n", *["backspace"] * 8, *asked, "enter")
            await settled(pilot)
            await resized(pilot, 140, 3 * len(texts) if shown is texts else 260)
            await look(pilot, shown, ROOM)
            await resized(pilot, 140, 24)
        for text in texts[:: len(texts) // 10]:
            app._reports_flow.show_why(text)
            await until(pilot, lambda: len(app.screen_stack) == 3)
            await press(pilot, "ctrl+n")
            await look(pilot, [text], ROOM)
            await press(pilot, "escape")
