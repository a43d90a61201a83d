"""What one can do with contacts: the part of `Mailbox` a test calls to act as Outlook's user."""

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import delta
from lpc_tui.sandbox.graph.contacts import ContactBook
from lpc_tui.sandbox.graph.delta import DEFAULT_PAGE_SIZE, DeltaPage
from lpc_tui.sandbox.graph.ledger import Ledger
from lpc_tui.sandbox.graph.shape import PLAIN, Shape


class ContactOperations:
    """Contacts as Graph JSON; every operation raises `GraphError` as the service refuses it."""

    ledger: Ledger
    contacts_book: ContactBook

    def add_contact_folder(self, name: str, parent_id: str | None = None) -> JsonObject:
        """A further contact folder, in the default one without another one's id."""
        book = self.contacts_book
        return book.show_folder(book.add_folder(name, book.folder(parent_id)))

    def create_contact(
        self, body: JsonObject, folder_id: str | None = None, shape: Shape = PLAIN
    ) -> JsonObject:
        """Create a contact, in the default folder without another one's id."""
        book = self.contacts_book
        return book.show(book.create(body, book.folder(folder_id)), shape)

    def contact(self, contact_id: str, shape: Shape = PLAIN) -> JsonObject:
        """One contact."""
        return self.contacts_book.show(self.contacts_book.find(contact_id), shape)

    def contacts(self, folder_id: str | None = None, shape: Shape = PLAIN) -> list[JsonObject]:
        """The contacts of one folder, the default one without an id."""
        book = self.contacts_book
        return [book.show(contact, shape) for contact in book.in_folder(book.folder(folder_id))]

    def update_contact(
        self, contact_id: str, body: JsonObject, if_match: str | None = None, shape: Shape = PLAIN
    ) -> JsonObject:
        """Change a contact; returns it as it now is."""
        contact = self.contacts_book.find(contact_id)
        self.contacts_book.update(contact, body, if_match)
        return self.contacts_book.show(contact, shape)

    def delete_contact(self, contact_id: str, if_match: str | None = None) -> None:
        """Delete a contact."""
        self.contacts_book.delete(self.contacts_book.find(contact_id), if_match)

    def move_contact(self, contact_id: str, folder_id: str, shape: Shape = PLAIN) -> JsonObject:
        """Move a contact to another folder as a person does in Outlook; its regular id is a new one."""
        contact = self.contacts_book.find(contact_id)
        self.contacts_book.move(contact, self.contacts_book.folder(folder_id))
        return self.contacts_book.show(contact, shape)

    def contacts_delta(
        self,
        *,
        folder_id: str | None = None,
        token: str | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        shape: Shape = PLAIN,
    ) -> DeltaPage:
        """A page of one folder's changes; a first call's selected properties count for the whole round."""
        folder = self.contacts_book.folder(folder_id)
        if token is not None:
            state = delta.decode(self.ledger, token, folder.log)
        else:
            state = delta.begin(
                self.ledger, delta.DeltaState(folder.log, selected=delta.kept(shape.selected))
            )
        told = delta.reshaped(shape, state)
        return delta.read_page(
            self.ledger,
            state,
            page_size,
            lambda entry, leave: self.contacts_book.tell(folder, entry, leave, told),
        )
