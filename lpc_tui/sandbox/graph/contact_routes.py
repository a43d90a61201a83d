"""The routes of contacts and their folders."""

from lpc_tui.sandbox.graph import listing, odata
from lpc_tui.sandbox.graph.contact_fields import CONTACT
from lpc_tui.sandbox.graph.contacts import CONTACT_FOLDER, ContactFolder
from lpc_tui.sandbox.graph.errors import invalid_query
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.graph.request import GraphAnswer, GraphRequest
from lpc_tui.sandbox.graph.routing import Route

_EXPANDABLE = frozenset({"singleValueExtendedProperties"})
_REFUSED_BY_DELTA = ("$orderby", "$filter", "$expand", "$search", "$top", "$skip", "$count")


class ContactRoutes:
    """Answers everything about contacts from one mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._book = mailbox.contacts_book

    def routes(self) -> list[Route]:
        """All routes of this class."""
        routes: list[Route] = [
            ("GET", "me/contactFolders", self.list_folders),
            ("GET", "me/contactFolders/{folder}", self.get_folder),
            ("GET", "me/contactFolders/{folder}/childFolders", self.list_folders),
        ]
        for home in ("me", "me/contactFolders/{folder}"):
            routes += [
                ("GET", f"{home}/contacts", self.list_contacts),
                ("POST", f"{home}/contacts", self.create_contact),
                ("GET", f"{home}/contacts/delta", self.get_delta),
                ("GET", f"{home}/contacts/{{contact}}", self.get_contact),
                ("PATCH", f"{home}/contacts/{{contact}}", self.update_contact),
                ("DELETE", f"{home}/contacts/{{contact}}", self.delete_contact),
            ]
        return routes

    def list_folders(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, odata.LIST_OPTIONS - {"$expand"})
        folders = self._book.child_folders(self._book.folder(caught.get("folder")))
        return listing.answer_list(
            request, folders, CONTACT_FOLDER, lambda folder, shape: shape.cut(self._book.show_folder(folder))
        )

    def get_folder(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        folder = self._book.folder(caught["folder"])
        return listing.answer_item(
            request, CONTACT_FOLDER, lambda shape: shape.cut(self._book.show_folder(folder))
        )

    def list_contacts(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, odata.LIST_OPTIONS)
        contacts = self._book.in_folder(self._book.folder(caught.get("folder")))
        return listing.answer_list(request, contacts, CONTACT, self._book.show, expandable=_EXPANDABLE)

    def create_contact(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        created = self._mailbox.create_contact(
            request.json_body(), caught.get("folder"), request.preferences.shape
        )
        return listing.answer_created(request, created)

    def get_contact(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        contact = self._book.find(caught["contact"], self._only(caught))
        return listing.answer_item(
            request, CONTACT, lambda shape: self._book.show(contact, shape), expandable=_EXPANDABLE
        )

    def update_contact(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        contact = self._book.find(caught["contact"], self._only(caught))
        self._book.update(contact, request.json_body(), request.if_match)
        return listing.answer_item(request, CONTACT, lambda shape: self._book.show(contact, shape))

    def delete_contact(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        self._book.delete(self._book.find(caught["contact"], self._only(caught)), request.if_match)
        return GraphAnswer(204)

    def get_delta(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        for name in _REFUSED_BY_DELTA:
            if name in request.options:
                raise invalid_query(
                    "The following parameters are not supported with change tracking over the 'Contacts' resource: "
                    "'$orderby, $filter, $expand, $search, $top'."
                )
        token = listing.delta_token(request, frozenset({"$select"}))
        shape = odata.read_shape(request.preferences.shape, request.options, CONTACT, frozenset())
        page = self._mailbox.contacts_delta(
            folder_id=caught.get("folder"), token=token, page_size=listing.page_size(request), shape=shape
        )
        return listing.answer_delta(request, page)

    def _only(self, caught: dict[str, str]) -> ContactFolder | None:
        return self._book.folder(caught["folder"]) if "folder" in caught else None
