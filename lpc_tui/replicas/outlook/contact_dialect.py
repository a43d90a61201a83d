"""The dialect of contacts: one folder's delta, and the sensitivity that the delta cannot show.

Whether a contact is private only its PidTagSensitivity tells, which must be asked for with `$expand`; a delta refuses that.
So each changed contact is asked for again, whole, by twenties; where many changed, as in a first reading, the folder is
listed with that property alone, a thousand a request. A contact whose sensitivity could not be read is private, and is asked
for again by the next reading. Facts: https://learn.microsoft.com/graph/api/contact-delta
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote

from lpc_tui.model.items import Item, Process
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Gone, Scope, Write
from lpc_tui.replicas.outlook.batch import Answer
from lpc_tui.replicas.outlook.contact_records import (
    EXTENDED,
    SENSITIVITY,
    ContactReader,
    chosen_names,
    created_record,
    updated_record,
)
from lpc_tui.replicas.outlook.dialect import Dialect, Listed, last_words, marked_filter, quoted
from lpc_tui.replicas.outlook.graph import PAGE_SIZE, GraphConnection
from lpc_tui.replicas.outlook.places import Place, chosen
from lpc_tui.replicas.wire import JsonObject

__all__ = ["ContactDialect", "ContactMemory", "find_folder", "folders_url"]

_DEFAULT: Final = Place("contacts", "Contacts")
"""The default folder. No listing shows it, nor does the service tell its id while it is empty: it has a name of ours."""

_WITH_SENSITIVITY: Final = f"$expand={EXTENDED}({quote(f'$filter=id eq {SENSITIVITY!r}', safe='')})"

_MANY: Final = 100
"""From here on listing the folder is cheaper than asking for each contact; below it, at most five batches are sent."""


@dataclass(slots=True)
class ContactMemory:
    """What one replica has learnt of its folder."""

    home: str = ""
    """The folder's id as contacts in it name it; empty while no contact has told."""
    sensitivities: dict[tuple[str, str], list[JsonObject]] = field(default_factory=dict)
    """What the service shows of a contact's sensitivity, by its id and version."""


class ContactDialect(Dialect):
    """One folder of contacts."""

    process = Process.CONTACT
    noun = "contact folder"
    plural = "contacts"
    setting = "outlook.contact_folder"

    def __init__(
        self, graph: GraphConnection, place: Place, memory: ContactMemory, *, include_private: bool
    ) -> None:
        super().__init__(graph, place)
        self._memory = memory
        self._reader = ContactReader(include_private)
        if not place.is_default:
            memory.home = place.id

    @property
    def create_url(self) -> str:
        home = "/me" if self.place.is_default else f"/me/contactFolders/{quoted(self.place.id)}"
        return f"{home}/contacts"

    # Reading

    def delta_url(self, scope: Scope) -> str:
        return f"{self.create_url}/delta"

    async def listed(self, records: Sequence[JsonObject]) -> Listed:
        present, removed = last_words(records)
        for record in present.values():
            self._learn_home(record)
        unasked = self._recall(present)
        if len(unasked) > _MANY:
            await self._list_sensitivities()
            unasked = self._recall(present)
        for id_, answer in zip(unasked, await self._ask(unasked), strict=True):
            if answer.is_ok:
                present[id_] = answer.body
            elif self.sighting(answer) == Gone():
                del present[id_]
                removed.add(id_)
            else:
                self.unread.add(id_)
        # Of one that an earlier reading left unread there is only the id.
        whole = [record for record in present.values() if record.keys() != {"id"}]
        return Listed(whole, hints=frozenset(removed))

    def _recall(self, present: dict[str, JsonObject]) -> list[str]:
        """Give the records the sensitivities that are known already; the ids of the others."""
        for id_, record in present.items():
            shown = self._memory.sensitivities.get((id_, record.get("@odata.etag", "")))
            if shown is not None:
                present[id_] = {**record, EXTENDED: shown}
        return [id_ for id_, record in present.items() if EXTENDED not in record]

    async def _list_sensitivities(self) -> None:
        url = f"{self.create_url}?$select=id&{_WITH_SENSITIVITY}&$top={PAGE_SIZE}"
        async for page in self.graph.pages(url):
            for record in page["value"]:
                self._asked(record)

    def item(self, record: JsonObject) -> Item:
        home = record.get("parentFolderId")
        return self._reader.item(record, is_away=home not in (None, self._memory.home))

    # Single contacts

    def url(self, item_id: str) -> str:
        """One's own contacts are found wherever they are."""
        return f"/me/contacts/{quoted(item_id)}"

    def sighting_url(self, item_id: str) -> str:
        return f"{self.url(item_id)}?{_WITH_SENSITIVITY}"

    async def look_up(self, ids: Sequence[str]) -> list[Answer]:
        if ids and not self._memory.home:
            # An empty folder tells nothing, and is home to no contact that answers.
            for record in (await self.graph.get(f"{self.create_url}?$select=parentFolderId&$top=1"))["value"]:
                self._learn_home(record)
        return await self._ask(ids)

    async def _ask(self, ids: Sequence[str]) -> list[Answer]:
        """The whole contacts, with their sensitivities."""
        return [self._answered(answer) for answer in await super().look_up(ids)]

    def _answered(self, answer: Answer) -> Answer:
        return replace(answer, body=self._asked(answer.body)) if answer.is_ok else answer

    async def find_marked(self, marks: Sequence[str]) -> list[Answer]:
        answers = await self.graph.look_up(
            [f"{self.create_url}?{marked_filter(mark)}&{_WITH_SENSITIVITY}" for mark in marks]
        )
        return [self._found(answer) for answer in answers]

    def _found(self, answer: Answer) -> Answer:
        if not (answer.is_ok and "value" in answer.body):
            return answer
        records = [self._asked(record) for record in answer.body["value"]]
        for record in records:
            self._learn_home(record)
        return replace(answer, body={"value": records})

    # Writing

    def looks_first(self, write: Write) -> bool:
        """An update carries what it must not lose: further addresses and phones, and a display name somebody chose. A
        delete carries nothing, and its version guards it."""
        return write.action is Action.UPDATE

    def created(self, write: Write) -> JsonObject:
        return created_record(write.fields, write.mark)

    def updated(self, write: Write, seen: JsonObject | None) -> JsonObject:
        if seen is None:
            return updated_record(write.fields, write.expected)
        before = {**write.expected, **self._reader.fields(seen)}
        return {**chosen_names(seen), **updated_record(write.fields, before)}

    def written(self, record: JsonObject, seen: JsonObject | None) -> Item:
        """The answer does not show the sensitivity: a new contact has none, and one of a known version kept its own."""
        self._learn_home(record)
        return self.item(self._asked({**record, EXTENDED: [] if seen is None else seen[EXTENDED]}))

    # What was learnt

    def _learn_home(self, record: JsonObject) -> None:
        if self.place.is_default and "parentFolderId" in record:
            self._memory.home = record["parentFolderId"]

    def _asked(self, record: JsonObject) -> JsonObject:
        """A record that was asked for its sensitivity, with it; the service leaves it out where it is normal."""
        shown = record.get(EXTENDED, [])
        if version := record.get("@odata.etag"):
            self._memory.sensitivities[record["id"], version] = shown
        return {**record, EXTENDED: shown}


def folders_url(wanted: str) -> str:
    """Where the service begins to list the contact folders; empty if the default one is wanted, which it does not list."""
    return "/me/contactFolders?$top=100" if wanted else ""


async def find_folder(graph: GraphConnection, wanted: str, shown: JsonObject | None = None) -> Place:
    """The contact folder whose id or name is `wanted`, however deep; the default one where that is empty. `shown` is what
    `folders_url` shows, if that is known already.

    Raises:
        SettingsError: there is no such folder, or there are several.
    """
    if not wanted:
        return _DEFAULT
    found: list[Place] = []
    page = shown if shown is not None else await graph.get(folders_url(wanted))
    urls: list[str] = []
    while True:
        async for shown_page in graph.pages_from(page):
            for each in shown_page["value"]:
                found.append(Place(each["id"], each.get("displayName") or "", is_default=False))
                if each.get("childFolderCount") != 0:
                    urls.append(f"/me/contactFolders/{quoted(each['id'])}/childFolders?$top=100")
        if not urls:
            break
        page = await graph.get(urls.pop())
    return chosen(
        found,
        wanted,
        setting=ContactDialect.setting,
        noun=ContactDialect.noun,
        hint=f" Leave {ContactDialect.setting} empty for the default one.",
    )
