"""What one can do with tasks: the part of `Mailbox` a test calls to act as the user of To Do."""

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import delta
from lpc_tui.sandbox.graph.delta import DEFAULT_PAGE_SIZE, DeltaPage
from lpc_tui.sandbox.graph.ledger import Ledger
from lpc_tui.sandbox.graph.shape import PLAIN, Shape
from lpc_tui.sandbox.graph.tasks import LISTS_LOG, TaskBook, TaskList


class TaskOperations:
    """Tasks as Graph JSON; every operation raises `GraphError` as the service refuses it."""

    ledger: Ledger
    tasks_book: TaskBook

    def add_task_list(self, name: str) -> JsonObject:
        """A further task list."""
        return self.tasks_book.show_list(self.tasks_book.add_list(name))

    def task_lists(self) -> list[JsonObject]:
        """All task lists; the default one says so in `wellknownListName`."""
        return [self.tasks_book.show_list(task_list) for task_list in self.tasks_book.all_lists()]

    def create_task(self, list_id: str | None, body: JsonObject, shape: Shape = PLAIN) -> JsonObject:
        """Create a task, in the default list for None."""
        return self.tasks_book.show(self.tasks_book.create(body, self._list(list_id)), shape)

    def task(self, list_id: str | None, task_id: str, shape: Shape = PLAIN) -> JsonObject:
        """One task."""
        return self.tasks_book.show(self.tasks_book.find(self._list(list_id), task_id), shape)

    def tasks(self, list_id: str | None = None, shape: Shape = PLAIN) -> list[JsonObject]:
        """The tasks of one list, the default one for None."""
        return [self.tasks_book.show(task, shape) for task in self.tasks_book.in_list(self._list(list_id))]

    def update_task(
        self,
        list_id: str | None,
        task_id: str,
        body: JsonObject,
        if_match: str | None = None,
        shape: Shape = PLAIN,
    ) -> JsonObject:
        """Change a task; returns it as it now is."""
        task = self.tasks_book.find(self._list(list_id), task_id)
        self.tasks_book.update(task, body, if_match)
        return self.tasks_book.show(task, shape)

    def delete_task(self, list_id: str | None, task_id: str, if_match: str | None = None) -> None:
        """Delete a task."""
        self.tasks_book.delete(self.tasks_book.find(self._list(list_id), task_id), if_match)

    def move_task(self, list_id: str | None, task_id: str, target_list_id: str) -> JsonObject:
        """Move a task to another list as a person does; it has a new id there."""
        task = self.tasks_book.find(self._list(list_id), task_id)
        return self.tasks_book.show(self.tasks_book.move(task, self.tasks_book.task_list(target_list_id)))

    def tasks_delta(
        self,
        *,
        list_id: str | None = None,
        token: str | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        top: int | None = None,
        shape: Shape = PLAIN,
    ) -> DeltaPage:
        """A page of one list's changes; what a first call selects, expands and tops counts for the whole round."""
        task_list = self._list(list_id)
        if token is not None:
            state = delta.decode(self.ledger, token, task_list.log)
        else:
            first = delta.DeltaState(
                task_list.log,
                selected=delta.kept(shape.selected),
                expanded=tuple(sorted(shape.expanded)),
                page_size=top,
            )
            state = delta.begin(self.ledger, first)
        told = delta.reshaped(shape, state)
        return delta.read_page(
            self.ledger,
            state,
            page_size,
            lambda entry, leave: self.tasks_book.tell(task_list, entry, leave, told),
        )

    def task_lists_delta(self, *, token: str | None = None, page_size: int = DEFAULT_PAGE_SIZE) -> DeltaPage:
        """A page of the changes to the lists themselves."""
        if token is not None:
            state = delta.decode(self.ledger, token, LISTS_LOG)
        else:
            state = delta.begin(self.ledger, delta.DeltaState(LISTS_LOG))
        lists = {task_list.serial: task_list for task_list in self.tasks_book.all_lists()}
        return delta.read_page(
            self.ledger,
            state,
            page_size,
            lambda entry, _: [
                {"@odata.type": "#microsoft.graph.todoTaskList", **self.tasks_book.show_list(lists[entry[0]])}
            ],
        )

    def _list(self, list_id: str | None) -> TaskList:
        if list_id is not None:
            return self.tasks_book.task_list(list_id)
        return next(one for one in self.tasks_book.all_lists() if one.wellknown == "defaultList")
