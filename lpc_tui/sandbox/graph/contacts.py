"""The contacts of the mailbox and their folders."""

from dataclasses import asdict, dataclass, field

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import delta, extended, times
from lpc_tui.sandbox.graph.contact_fields import BLANK, CONTACT, written
from lpc_tui.sandbox.graph.errors import item_not_found
from lpc_tui.sandbox.graph.extended import Store
from lpc_tui.sandbox.graph.ids import Kind
from lpc_tui.sandbox.graph.ledger import Entry, Ledger
from lpc_tui.sandbox.graph.schema import Record, Text, Whole
from lpc_tui.sandbox.graph.shape import PLAIN, Shape

CONTACT_FOLDER = Record(
    "contactFolder",
    {"displayName": Text(), "parentFolderId": Text()},
    read_only={"id": Text(), "childFolderCount": Whole()},
)
"""The type of folders, for queries."""


@dataclass(frozen=True, slots=True)
class ContactFolder:
    """A folder; its id is constant. The first one is the default folder, below which all others are."""

    serial: int
    name: str
    parent: int | None = None
    """The serial of the folder it is in; None for the default one."""

    @property
    def log(self) -> str:
        """The name of its change log."""
        return f"contacts:{self.serial}"


@dataclass
class StoredContact:
    """One contact."""

    serial: int
    folder: int
    created: str
    modified: str
    fields: JsonObject
    extended: Store = field(default_factory=dict)
    generation: int = 0
    revision: int = 0

    @property
    def entry(self) -> Entry:
        """What a folder's change log calls it."""
        return self.serial, self.generation


class ContactBook:
    """All contacts of one mailbox."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._folders: dict[int, ContactFolder] = {}
        self._contacts: dict[int, StoredContact] = {}

    def add_folder(self, name: str, parent: ContactFolder | None = None) -> ContactFolder:
        """A further folder, in the default one unless told otherwise."""
        if parent is None and self._folders:
            parent = self.folder(None)
        folder = ContactFolder(self._ledger.next_serial(), name, parent.serial if parent else None)
        self._folders[folder.serial] = folder
        return folder

    def folder(self, folder_id: str | None) -> ContactFolder:
        """The folder of an id, the default one for None; raises 400 or 404."""
        if folder_id is None:
            return next(iter(self._folders.values()))
        serial = self._ledger.ids.read(folder_id, Kind.CONTACT_FOLDER).serial
        if serial not in self._folders:
            raise item_not_found()
        return self._folders[serial]

    def child_folders(self, parent: ContactFolder) -> list[ContactFolder]:
        """The folders right below one."""
        return [one for one in self._folders.values() if one.parent == parent.serial]

    def find(self, contact_id: str, folder: ContactFolder | None = None) -> StoredContact:
        """The contact of an id; raises 404 for what is gone, moved or in another folder."""
        ref = self._ledger.ids.read(contact_id, Kind.CONTACT)
        contact = self._contacts.get(ref.serial)
        if contact is None or ref.generation not in (None, contact.generation):
            raise item_not_found()
        if folder is not None and contact.folder != folder.serial:
            raise item_not_found()
        return contact

    def in_folder(self, folder: ContactFolder) -> list[StoredContact]:
        """The contacts of one folder, in the order they came."""
        return [contact for contact in self._contacts.values() if contact.folder == folder.serial]

    def create(self, body: JsonObject, folder: ContactFolder) -> StoredContact:
        """A new contact; raises the service's 400 for an impossible one. There is no transactionId here."""
        given = CONTACT.read_entity(body)
        fields = written(BLANK, given)
        store = extended.merge({}, given.get("singleValueExtendedProperties", []))
        now = times.instant_text(self._ledger.now())
        contact = StoredContact(self._ledger.next_serial(), folder.serial, now, now, fields, store)
        self._contacts[contact.serial] = contact
        self._touch(contact)
        return contact

    def update(self, contact: StoredContact, body: JsonObject, if_match: str | None = None) -> None:
        """Change a contact; another `parentFolderId` moves it."""
        self._ledger.check_match(if_match, contact.revision)
        given = CONTACT.read_entity(body)
        fields = written(contact.fields, given)
        store = extended.merge(contact.extended, given.get("singleValueExtendedProperties", []))
        target = self.folder(given["parentFolderId"]) if given.get("parentFolderId") else None
        contact.fields, contact.extended = fields, store
        if target is not None and target.serial != contact.folder:
            self.move(contact, target)
        else:
            self._touch(contact)

    def move(self, contact: StoredContact, target: ContactFolder) -> None:
        """Put the contact into another folder: its regular id changes."""
        self._ledger.record(self._folders[contact.folder].log, contact.entry)
        contact.folder = target.serial
        contact.generation += 1
        self._touch(contact)

    def delete(self, contact: StoredContact, if_match: str | None = None) -> None:
        """Remove a contact."""
        self._ledger.check_match(if_match, contact.revision)
        del self._contacts[contact.serial]
        self._ledger.record(self._folders[contact.folder].log, contact.entry)

    def tell(
        self, folder: ContactFolder, entry: Entry, leave_out_removed: bool, shape: Shape
    ) -> list[JsonObject]:
        """What a delta tells of an entry of the folder's log."""
        serial, generation = entry
        contact = self._contacts.get(serial)
        is_here = contact is not None and contact.folder == folder.serial
        if contact is not None and is_here and contact.generation == generation:
            return [{"@odata.type": "#microsoft.graph.contact", **self.show(contact, shape)}]
        if (is_here and shape.immutable_ids) or leave_out_removed:
            return []
        return [delta.removed("contact", self._id(serial, generation, shape))]

    def show(self, contact: StoredContact, shape: Shape = PLAIN) -> JsonObject:
        """The contact as Graph JSON."""
        item: JsonObject = {
            "@odata.etag": self._ledger.etag(contact.revision),
            "id": self._id(contact.serial, contact.generation, shape),
            "createdDateTime": contact.created,
            "lastModifiedDateTime": contact.modified,
            "changeKey": self._ledger.change_key(contact.revision),
            "parentFolderId": self._ledger.ids.regular(Kind.CONTACT_FOLDER, contact.folder),
            **contact.fields,
        }
        found = extended.shown(contact.extended, shape.extended)
        if found:
            item["singleValueExtendedProperties"] = found
        return shape.cut(item)

    def show_folder(self, folder: ContactFolder) -> JsonObject:
        """The folder as Graph JSON."""
        parent = folder.serial if folder.parent is None else folder.parent
        return {
            "id": self._ledger.ids.regular(Kind.CONTACT_FOLDER, folder.serial),
            "parentFolderId": self._ledger.ids.regular(Kind.CONTACT_FOLDER, parent),
            "displayName": folder.name,
            "childFolderCount": len(self.child_folders(folder)),
        }

    def dump(self) -> JsonObject:
        """Folders and contacts as JSON."""
        return {
            "folders": [asdict(folder) for folder in self._folders.values()],
            "contacts": [{**vars(contact)} for contact in self._contacts.values()],
        }

    def load(self, dump: JsonObject) -> None:
        """Take over a dump in place of what is there."""
        self._folders = {entry["serial"]: ContactFolder(**entry) for entry in dump["folders"]}
        self._contacts = {entry["serial"]: StoredContact(**entry) for entry in dump["contacts"]}

    def _id(self, serial: int, generation: int, shape: Shape) -> str:
        if shape.immutable_ids:
            return self._ledger.ids.immutable(Kind.CONTACT, serial)
        return self._ledger.ids.regular(Kind.CONTACT, serial, generation)

    def _touch(self, contact: StoredContact) -> None:
        contact.revision = self._ledger.record(self._folders[contact.folder].log, contact.entry)
        contact.modified = times.instant_text(self._ledger.now())
