"""The routes of To Do: lists, tasks, and the linked resources and checklist items of a task."""

from collections.abc import Callable

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import listing, odata
from lpc_tui.sandbox.graph.errors import invalid_query, invalid_request
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.graph.request import GraphAnswer, GraphRequest
from lpc_tui.sandbox.graph.routing import Handler, Route
from lpc_tui.sandbox.graph.task_fields import CHILDREN, TASK, TASK_LIST
from lpc_tui.sandbox.graph.tasks import StoredTask, TaskList

_EXPANDABLE = frozenset(CHILDREN)
_REFUSED_BY_DELTA = ("$orderby", "$filter", "$search", "$skip", "$count")


class TaskRoutes:
    """Answers everything about To Do from one mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._book = mailbox.tasks_book

    def routes(self) -> list[Route]:
        """All routes of this class."""
        tasks = "me/todo/lists/{list}/tasks"
        routes: list[Route] = [
            ("GET", "me/todo/lists", self.list_lists),
            ("POST", "me/todo/lists", self.create_list),
            ("GET", "me/todo/lists/delta", self.get_lists_delta),
            ("GET", "me/todo/lists/{list}", self.get_list),
            ("GET", tasks, self.list_tasks),
            ("POST", tasks, self.create_task),
            ("GET", f"{tasks}/delta", self.get_delta),
            ("GET", f"{tasks}/{{task}}", self.get_task),
            ("PATCH", f"{tasks}/{{task}}", self.update_task),
            ("DELETE", f"{tasks}/{{task}}", self.delete_task),
        ]
        for name in CHILDREN:
            home = f"{tasks}/{{task}}/{name}"
            routes += [
                ("GET", home, self._of_children(name, self.list_children)),
                ("POST", home, self._of_children(name, self.create_child)),
                ("GET", f"{home}/{{child}}", self._of_children(name, self.get_child)),
                ("PATCH", f"{home}/{{child}}", self._of_children(name, self.update_child)),
                ("DELETE", f"{home}/{{child}}", self._of_children(name, self.delete_child)),
            ]
        return routes

    def list_lists(self, request: GraphRequest, _caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, odata.LIST_OPTIONS - {"$expand"})
        return listing.answer_list(
            request, self._mailbox.task_lists(), TASK_LIST, lambda shown, shape: shape.cut(shown)
        )

    def create_list(self, request: GraphRequest, _caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        name = TASK_LIST.read_entity(request.json_body()).get("displayName")
        if not name:
            raise invalid_request("A list needs a displayName.")
        return listing.answer_created(request, self._mailbox.add_task_list(name))

    def get_list(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        shown = self._book.show_list(self._list(caught))
        return listing.answer_item(request, TASK_LIST, lambda shape: shape.cut(shown))

    def get_lists_delta(self, request: GraphRequest, _caught: dict[str, str]) -> GraphAnswer:
        token = listing.delta_token(request, frozenset())
        page = self._mailbox.task_lists_delta(token=token, page_size=listing.page_size(request))
        return listing.answer_delta(request, page)

    def list_tasks(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, odata.LIST_OPTIONS)
        tasks = self._book.in_list(self._list(caught))
        return listing.answer_list(request, tasks, TASK, self._book.show, expandable=_EXPANDABLE)

    def create_task(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        task = self._book.create(request.json_body(), self._list(caught))
        return listing.answer_created(request, self._book.show(task, request.preferences.shape))

    def get_task(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        task = self._task(caught)
        return listing.answer_item(
            request, TASK, lambda shape: self._book.show(task, shape), expandable=_EXPANDABLE
        )

    def update_task(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        task = self._task(caught)
        self._book.update(task, request.json_body(), request.if_match)
        return listing.answer_item(request, TASK, lambda shape: self._book.show(task, shape))

    def delete_task(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        self._book.delete(self._task(caught), request.if_match)
        return GraphAnswer(204)

    def get_delta(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        for name in _REFUSED_BY_DELTA:
            if name in request.options:
                raise invalid_query(
                    f"The query option '{name}' is not supported with change tracking over tasks."
                )
        token = listing.delta_token(request, frozenset({"$select", "$top", "$expand"}))
        shape = odata.read_shape(request.preferences.shape, request.options, TASK, _EXPANDABLE)
        page = self._mailbox.tasks_delta(
            list_id=caught["list"],
            token=token,
            page_size=listing.page_size(request),
            top=odata.read_query(request.options).top,
            shape=shape,
        )
        return listing.answer_delta(request, page)

    def list_children(self, name: str, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, odata.LIST_OPTIONS - {"$expand"})
        children = self._task(caught).children[name]
        return listing.answer_list(request, children, CHILDREN[name], lambda child, shape: shape.cut(child))

    def create_child(self, name: str, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        child = self._book.add_child(self._task(caught), name, request.json_body())
        return listing.answer_created(request, child)

    def get_child(self, name: str, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        child = self._child(name, caught)
        return listing.answer_item(request, CHILDREN[name], lambda shape: shape.cut(child))

    def update_child(self, name: str, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        changed = self._book.update_child(
            self._task(caught), name, self._child(name, caught), request.json_body()
        )
        return listing.answer_item(request, CHILDREN[name], lambda shape: shape.cut(changed))

    def delete_child(self, name: str, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        self._book.remove_child(self._task(caught), name, self._child(name, caught))
        return GraphAnswer(204)

    @staticmethod
    def _of_children(
        name: str, handler: Callable[[str, GraphRequest, dict[str, str]], GraphAnswer]
    ) -> Handler:
        return lambda request, caught: handler(name, request, caught)

    def _list(self, caught: dict[str, str]) -> TaskList:
        return self._book.task_list(caught["list"])

    def _task(self, caught: dict[str, str]) -> StoredTask:
        return self._book.find(self._list(caught), caught["task"])

    def _child(self, name: str, caught: dict[str, str]) -> JsonObject:
        return self._book.child(self._task(caught), name, caught["child"])
