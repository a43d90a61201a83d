"""Choosing what takes part in the sync: the list, what the choice means, and the edits of the settings it leads to.

`app` runs it as a worker and stages what it returns; nothing is saved here, and nothing is written to a service.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing

from textual.app import App
from textual.content import Content

from lpc_tui.model.items import Side
from lpc_tui.places.interface import Batch, Kind, Place
from lpc_tui.settings import Settings
from lpc_tui.settings_values import ContactScope, Value
from lpc_tui.tui.place_book import PlaceBook, place_words
from lpc_tui.tui.plain import prose
from lpc_tui.tui.ports import Ports
from lpc_tui.tui.remedies import rebuild_title
from lpc_tui.tui.screens.picker import PickerScreen
from lpc_tui.tui.screens.question import Answer, Question
from lpc_tui.tui.staging import Staging

__all__ = ["choose_place", "consequences"]

_CHOOSE = Answer("choose", "y", "Choose it")
_BACK = Answer("back", "n", "Back")

_TITLES: Mapping[Kind, str] = {
    Kind.CALENDAR: "Which Outlook calendar?",
    Kind.CONTACT_FOLDER: "Which Outlook contact folder?",
    Kind.TASK_LIST: "Which Outlook task list?",
    Kind.SCOPE: "Which Salesforce contacts?",
    Kind.CAMPAIGN: "Members of which campaign?",
}


async def choose_place(
    app: App[None],
    ports: Ports,
    staging: Staging,
    book: PlaceBook,
    kind: Kind,
    linked: int,
    sign_in: Callable[[Side], Awaitable[None]],
) -> Mapping[str, Value]:
    """Let the person choose, and return the edits to be staged; none if they kept what there was.

    Args:
        staging: the present choice, and the settings by which the lists are fetched: those that are saved.
        book: learns the names of what is chosen.
        linked: how many items of the process are linked so far.
        sign_in: leads through a sign-in, where a list cannot be had without one; shows what goes wrong itself.
    """
    while True:
        end = await _picked(app, ports, staging, kind)
        if not isinstance(end, Side):
            break
        await sign_in(end)
    if end is None:
        return {}
    if kind is Kind.SCOPE and end.value == ContactScope.CAMPAIGN:
        return await choose_place(app, ports, staging, book, Kind.CAMPAIGN, linked, sign_in)
    changes: dict[str, Value] = {kind.value: end.value}
    if kind is Kind.CAMPAIGN:
        changes[Kind.SCOPE.value] = ContactScope.CAMPAIGN.value
    if all(staging.value(key) == value for key, value in changes.items()):
        book.note(kind, end)
        return {}
    body = prose(place_words(end)) + Content("\n\n") + Content("\n\n".join(consequences(kind, end, linked)))
    question = Question(f"Choose this {kind.noun}?", body, (_CHOOSE, _BACK))
    if await app.push_screen_wait(question) != _CHOOSE.name:
        return {}
    book.note(kind, end)
    return changes


async def _picked(app: App[None], ports: Ports, staging: Staging, kind: Kind) -> Place | Side | None:
    settings = staging.saved
    picker = PickerScreen(
        kind,
        lambda search: _fetched(ports, settings, kind, search),
        title=_TITLES[kind],
        current=str(staging.value(kind.value)),
    )
    return await app.push_screen_wait(picker)


async def _fetched(ports: Ports, settings: Settings, kind: Kind, search: str) -> AsyncGenerator[Batch, None]:
    """The list's parts. The libraries behind it are loaded in a thread: the list says meanwhile that it is being fetched."""
    places = await asyncio.to_thread(ports.open_places, settings)
    async with aclosing(places.fetch(kind, search)) as batches:
        async for batch in batches:
            yield batch


def consequences(kind: Kind, place: Place, linked: int) -> list[str]:
    """What the choice means, a paragraph each. Ours alone: nothing foreign is in it.

    Args:
        linked: how many items of the process are linked so far.
    """
    process = kind.process.label
    is_stop = kind.side is Side.OUTLOOK and linked > 0
    next_sync = "" if is_stop else f" The next {process} sync reads both sides afresh."
    paragraphs = [f"Nothing is deleted by this, on either side.{next_sync}"]
    if kind.side is Side.OUTLOOK:
        if is_stop:
            paragraphs.append(_links_words(kind, process, linked))
        if not place.can_edit:
            paragraphs.append(
                f"! You may read this {kind.noun} but not change it: nothing from Salesforce can be written there. Tick the"
                " Prevent Operations boxes for Microsoft Outlook, or choose another."
            )
        elif place.owner:
            paragraphs.append(
                f"! It is somebody else's: what comes from Salesforce is written into their {kind.noun}, for all to see"
                " who may look into it."
            )
        return paragraphs
    paragraphs.append(
        "Contacts that are not among the chosen ones any more stay as they are on both sides; they are synced again once"
        " they are among them."
    )
    if kind is Kind.CAMPAIGN:
        paragraphs.append(
            "! A contact that comes from Outlook is no member of the campaign: it is made in Salesforce, and not updated"
            " there until somebody makes it a member."
        )
    elif place.value == ContactScope.TEAM:
        paragraphs.append(
            "! A contact that comes from Outlook belongs to no account of your teams: it is made in Salesforce, and not"
            " updated there until it is given one."
        )
    return paragraphs


def _links_words(kind: Kind, process: str, linked: int) -> str:
    items = "1 item is" if linked == 1 else f"{linked:,} items are"
    return (
        f"! {items} linked with the present {kind.noun}, and links hold for it alone: with another one the next {process}"
        " sync stops before it writes anything, until you rebuild the history of the process, which forgets which items"
        f" belong together ({rebuild_title(kind.process)}, in the command palette, ^P)."
    )
