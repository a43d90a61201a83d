"""The dialect of To Do: one list's tasks.

A task is reached through its list alone, and its id changes when it is moved to another one: then only what it says tells
the move from a deletion. The service promises no immutable ids here, no transaction ids, no extended properties and no
private mark; it may ignore `If-Match`. So a task is looked at right before it is written, and one of ours is known by its
linked resource, which is never asked for by filter.
Facts: https://learn.microsoft.com/graph/api/resources/todotask
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from lpc_tui.errors import ProtocolError
from lpc_tui.model.items import Item, Process
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Gone, Scope, Sighting, Unknown, Write
from lpc_tui.replicas.outlook.batch import Answer
from lpc_tui.replicas.outlook.dialect import Dialect, Listed, last_words, quoted
from lpc_tui.replicas.outlook.graph import GraphConnection
from lpc_tui.replicas.outlook.places import Place, chosen
from lpc_tui.replicas.outlook.task_records import (
    TaskReader,
    created_record,
    mark_of,
    may_be_moved,
    updated_record,
)
from lpc_tui.replicas.outlook.times import graph_zone_name, read_instant
from lpc_tui.replicas.wire import JsonObject

__all__ = ["LISTS_URL", "TaskDialect", "find_list"]

_PAGE_SIZE: Final = 100
"""How many tasks a listing may show at once is not documented; this many it does."""

_MOST_PAGES: Final = 100
"""How far the other lists are searched for tasks that were moved."""

LISTS_URL: Final = "/me/todo/lists?$top=100"
"""Where the service begins to list the task lists."""

_MAILS: Final = "flaggedEmails"
"""The list that shows mails as tasks: not to be written."""


class TaskDialect(Dialect):
    """One task list."""

    process = Process.TASK
    noun = "task list"
    plural = "tasks"
    setting = "outlook.task_list"

    def __init__(self, graph: GraphConnection, place: Place, zone: ZoneInfo, link_url: str) -> None:
        super().__init__(graph, place)
        self._zone_name = graph_zone_name(zone)
        self._reader = TaskReader(zone, place.can_edit)
        self._link_url = link_url
        self._home = _home_of(place.id)

    @property
    def create_url(self) -> str:
        return f"{self._home}/tasks"

    # Reading

    def delta_url(self, scope: Scope) -> str:
        return f"{self.create_url}/delta"

    async def listed(self, records: Sequence[JsonObject]) -> Listed:
        present, removed = last_words(records)
        return Listed(list(present.values()), hints=frozenset(removed))

    def item(self, record: JsonObject) -> Item:
        return self._reader.item(record)

    # Single tasks

    def url(self, item_id: str) -> str:
        return f"{self.create_url}/{quoted(item_id)}"

    async def look(self, ids: Sequence[str], known: Mapping[str, Item]) -> Mapping[str, Sighting]:
        """A task that is not in its list is asked for in the others: with immutable ids it may answer there. One that no
        list knows by its id is looked for by what it said."""
        *answers, lists = await self.graph.look_up([*(self.url(id_) for id_ in ids), LISTS_URL])
        sightings = {id_: self.sighting(answer) for id_, answer in zip(ids, answers, strict=True)}
        absent = [id_ for id_, sighting in sightings.items() if isinstance(sighting, Gone)]
        if absent:
            sightings.update(await self._look_elsewhere(absent, known, lists))
        return sightings

    async def _look_elsewhere(
        self, ids: Sequence[str], known: Mapping[str, Item], lists: Answer
    ) -> Mapping[str, Sighting]:
        """What became of tasks that are not in their list: moved, gone, or hidden with it, since each task of a list that is
        shared no more is answered alike. `lists` is the first page of all lists there are."""
        shown = [each["id"] for each in lists.body["value"]] if lists.is_ok else []
        if more := lists.body.get("@odata.nextLink"):
            shown += [each["id"] async for page in self.graph.pages(more) for each in page["value"]]
        if self.place.id not in shown:
            return dict.fromkeys(ids, Unknown("The task list itself is not shown."))
        others = [_home_of(list_id) for list_id in shown if list_id != self.place.id]
        count = len(others)
        answers = await self.graph.look_up(
            [
                *(f"{other}/tasks/{quoted(id_)}" for id_ in ids for other in others),
                # Most tasks that are gone are in no other list, either: what those show is asked for at once.
                *(f"{other}/tasks?$top={_PAGE_SIZE}" for other in others),
            ]
        )
        seen = {id_: self._elsewhere(answers[at * count : (at + 1) * count]) for at, id_ in enumerate(ids)}
        lost = {id_: known[id_] for id_, each in seen.items() if isinstance(each, Gone) and id_ in known}
        return {**seen, **await self._moved(lost, answers[len(ids) * count :])} if lost else seen

    def _elsewhere(self, answers: Sequence[Answer]) -> Sighting:
        """What all other lists say of one task."""
        for answer in answers:
            if answer.is_ok:
                return replace(self.item(answer.body), is_away=True)
        unheard = next((answer for answer in answers if answer.is_busy), None)
        return Gone() if unheard is None else Unknown(unheard.words)

    async def _moved(self, lost: Mapping[str, Item], first: Sequence[Answer]) -> Mapping[str, Sighting]:
        """What became of tasks whose ids no list knows: away, if another list shows one that may be it, be it one of
        several; gone only once all that the others show was seen. `first` are the first pages of the others."""
        away: dict[str, Sighting] = {}
        answers = first
        for _ in range(_MOST_PAGES):
            for record in (each for answer in answers if answer.is_ok for each in answer.body["value"]):
                shown = self.item(record)
                made = read_instant(record.get("createdDateTime"))
                away |= {
                    id_: replace(item, is_away=True)
                    for id_, item in lost.items()
                    if may_be_moved(item, shown, made)
                }
            if refused := next((answer for answer in answers if not answer.is_ok), None):
                return {**dict.fromkeys(lost, Unknown(refused.words)), **away}
            links = (answer.body.get("@odata.nextLink") for answer in answers)
            pages = [self.graph.relative(link) for link in links if link]
            if not pages:
                return {**dict.fromkeys(lost, Gone()), **away}
            answers = await self.graph.look_up(pages)
        return {**dict.fromkeys(lost, Unknown("The other task lists are too long to be searched.")), **away}

    async def find_marked(self, marks: Sequence[str]) -> list[Answer]:
        """By reading the list: linked resources are not to be filtered by."""
        found: dict[str, list[JsonObject]] = {mark: [] for mark in marks}
        try:
            async for page in self.graph.pages(
                f"{self.create_url}?$expand=linkedResources&$top={_PAGE_SIZE}"
            ):
                for record in page["value"]:
                    found.get(mark_of(record), []).append(record)
        except (KeyError, TypeError, AttributeError) as error:
            raise ProtocolError("Graph lists tasks in a form that cannot be read.") from error
        return [Answer(200, {"value": found[mark]}) for mark in marks]

    # Writing

    def looks_first(self, write: Write) -> bool:
        return write.action is not Action.CREATE

    def created(self, write: Write) -> JsonObject:
        return created_record(write.fields, write.mark, self._zone_name, self._link_url)

    def updated(self, write: Write, seen: JsonObject | None) -> JsonObject:
        return updated_record(write.fields, self._zone_name)


async def find_list(graph: GraphConnection, wanted: str, shown: JsonObject | None = None) -> Place:
    """The task list whose id or name is `wanted`; the default one, which has another name in each language, where that is
    empty. `shown` is what `LISTS_URL` shows, if that is known already.

    Raises:
        SettingsError: there is no such list, or there are several.
    """
    shown = shown if shown is not None else await graph.get(LISTS_URL)
    lists = [each async for page in graph.pages_from(shown) for each in page["value"]]
    if not wanted:
        default = next((each for each in lists if each.get("wellknownListName") == "defaultList"), None)
        if default is None:
            raise ProtocolError("Graph shows no default task list.", "Name one in outlook.task_list.")
        return _place(default, is_default=True)
    places = [_place(each, is_default=False) for each in lists]
    return chosen(places, wanted, setting=TaskDialect.setting, noun=TaskDialect.noun)


def _home_of(list_id: str) -> str:
    """The address of a list."""
    return f"/me/todo/lists/{quoted(list_id)}"


def _place(shown: JsonObject, *, is_default: bool) -> Place:
    return Place(
        id=shown["id"],
        name=shown.get("displayName") or "",
        can_edit=shown.get("wellknownListName") != _MAILS,
        is_default=is_default,
    )
