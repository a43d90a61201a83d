"""The task lists of the mailbox, their tasks, and what hangs on a task.

Ids of tasks are never immutable: a task moved to another list is another task.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import bodies, delta, times
from lpc_tui.sandbox.graph.errors import body_refused, invalid_request, item_not_found
from lpc_tui.sandbox.graph.ids import Kind
from lpc_tui.sandbox.graph.ledger import Entry, Ledger
from lpc_tui.sandbox.graph.shape import PLAIN, Shape
from lpc_tui.sandbox.graph.task_fields import BLANK, CHILDREN, DATES, TASK, next_in_series, written

LISTS_LOG = "lists"
"""The change log of the lists themselves."""

_CHILD_KINDS = {"linkedResources": Kind.LINKED_RESOURCE, "checklistItems": Kind.CHECKLIST_ITEM}


@dataclass(frozen=True, slots=True)
class TaskList:
    """A list; its id is constant."""

    serial: int
    name: str
    wellknown: str

    @property
    def log(self) -> str:
        """The name of the change log of its tasks."""
        return f"tasks:{self.serial}"


@dataclass
class StoredTask:
    """One task."""

    serial: int
    task_list: int
    created: str
    modified: str
    body_modified: str
    fields: JsonObject
    children: dict[str, list[JsonObject]] = field(default_factory=lambda: {name: [] for name in CHILDREN})
    revision: int = 0


class TaskBook:
    """All tasks of one mailbox."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lists: dict[int, TaskList] = {}
        self._tasks: dict[int, dict[int, StoredTask]] = {}

    def add_list(self, name: str, wellknown: str = "none") -> TaskList:
        """A further list."""
        task_list = TaskList(self._ledger.next_serial(), name, wellknown)
        self._lists[task_list.serial] = task_list
        self._tasks[task_list.serial] = {}
        self._ledger.record(LISTS_LOG, (task_list.serial, 0))
        return task_list

    def all_lists(self) -> list[TaskList]:
        """Every list, in the order they came."""
        return list(self._lists.values())

    def task_list(self, list_id: str) -> TaskList:
        """The list of an id; raises 400 or 404."""
        serial = self._ledger.ids.read(list_id, Kind.TASK_LIST).serial
        if serial not in self._lists:
            raise item_not_found()
        return self._lists[serial]

    def find(self, task_list: TaskList, task_id: str) -> StoredTask:
        """The task of an id in its list; raises 400 or 404."""
        task = self._tasks[task_list.serial].get(self._ledger.ids.read(task_id, Kind.TASK).serial)
        if task is None:
            raise item_not_found()
        return task

    def in_list(self, task_list: TaskList) -> list[StoredTask]:
        """The tasks of one list, in the order they came."""
        return list(self._tasks[task_list.serial].values())

    def create(self, body: JsonObject, task_list: TaskList) -> StoredTask:
        """A new task; raises the service's 400 for an impossible one. There is no transactionId here."""
        given = TASK.read_entity(body)
        if not given.get("title"):
            raise invalid_request("A task needs a title.")
        task = self._stored(written(BLANK, given, self._ledger.now()), task_list)
        for name in CHILDREN.keys() & given.keys():
            self._set_children(task, name, [self._child(name, child) for child in given[name]])
        return task

    def update(self, task: StoredTask, body: JsonObject, if_match: str | None = None) -> None:
        """Change a task. Completing one of a series leaves it without recurrence and makes the next one."""
        self._ledger.check_match(if_match, task.revision)
        given = TASK.read_entity(body)
        for name in CHILDREN.keys() & given.keys():
            raise body_refused(f"The property '{name}' can only be changed through its own path.")
        before, after = task.fields, written(task.fields, given, self._ledger.now())
        following = None
        if after["status"] == "completed" and before["status"] != "completed":
            following = next_in_series(after)
            after["recurrence"] = None
        if after["body"] != before["body"]:
            task.body_modified = times.instant_text(self._ledger.now())
        task.fields = after
        self._touch(task)
        if following is not None:
            self._stored(following, self._lists[task.task_list])

    def delete(self, task: StoredTask, if_match: str | None = None) -> None:
        """Remove a task."""
        self._ledger.check_match(if_match, task.revision)
        del self._tasks[task.task_list][task.serial]
        self._ledger.record(self._lists[task.task_list].log, (task.serial, 0))

    def move(self, task: StoredTask, target: TaskList) -> StoredTask:
        """Put a task into another list, as a person does: it is a new task there, and gone here."""
        self.delete(task)
        moved = self._stored(task.fields, target)
        moved.children = task.children
        return moved

    def add_child(self, task: StoredTask, name: str, body: JsonObject) -> JsonObject:
        """A linked resource or checklist item of an existing task; no delta tells of it."""
        child = self._child(name, CHILDREN[name].read_entity(body))
        self._set_children(task, name, [*task.children[name], child])
        return child

    def child(self, task: StoredTask, name: str, child_id: str) -> JsonObject:
        """The linked resource or checklist item of an id; raises 400 or 404."""
        self._ledger.ids.read(child_id, _CHILD_KINDS[name])
        for child in task.children[name]:
            if child["id"] == child_id:
                return child
        raise item_not_found()

    def update_child(self, task: StoredTask, name: str, child: JsonObject, body: JsonObject) -> JsonObject:
        """Change a linked resource or checklist item; returns it as it now is."""
        changed = {**child, **CHILDREN[name].read_entity(body)}
        self._set_children(task, name, [changed if one is child else one for one in task.children[name]])
        return changed

    def remove_child(self, task: StoredTask, name: str, child: JsonObject) -> None:
        """Remove a linked resource or checklist item."""
        self._set_children(task, name, [one for one in task.children[name] if one is not child])

    def tell(
        self, task_list: TaskList, entry: Entry, leave_out_removed: bool, shape: Shape
    ) -> list[JsonObject]:
        """What a delta tells of an entry of the list's log."""
        task = self._tasks[task_list.serial].get(entry[0])
        if task is not None:
            return [{"@odata.type": "#microsoft.graph.todoTask", **self.show(task, shape)}]
        if leave_out_removed:
            return []
        return [delta.removed("todoTask", self._ledger.ids.regular(Kind.TASK, entry[0]))]

    def show(self, task: StoredTask, shape: Shape = PLAIN) -> JsonObject:
        """The task as Graph JSON; properties without a value are left out."""
        fields = task.fields
        body = fields["body"]
        if shape.text_bodies and body["contentType"] == "html":
            body = {"content": bodies.as_text(body["content"]), "contentType": "text"}
        item: JsonObject = {
            "@odata.etag": self._ledger.etag(task.revision),
            "id": self._ledger.ids.regular(Kind.TASK, task.serial),
            "createdDateTime": task.created,
            "lastModifiedDateTime": task.modified,
            "hasAttachments": False,
            **{
                name: fields[name] for name in ("title", "status", "importance", "isReminderOn", "categories")
            },
            "body": body,
        }
        if body["content"]:
            item["bodyLastModifiedDateTime"] = task.body_modified
        if fields["recurrence"] is not None:
            item["recurrence"] = fields["recurrence"]
        for name in DATES:
            if fields[name] is not None:
                local = datetime.fromisoformat(fields[name]["dateTime"])
                item[name] = times.in_zone(times.to_utc(local, fields[name]["timeZone"]), shape.zone_name)
        item.update({name: task.children[name] for name in shape.expanded})
        return shape.cut(item)

    def show_list(self, task_list: TaskList) -> JsonObject:
        """The list as Graph JSON."""
        return {
            "@odata.etag": self._ledger.etag(task_list.serial),
            "displayName": task_list.name,
            "isOwner": True,
            "isShared": False,
            "wellknownListName": task_list.wellknown,
            "id": self._ledger.ids.regular(Kind.TASK_LIST, task_list.serial),
        }

    def dump(self) -> JsonObject:
        """Lists and tasks as JSON."""
        tasks = [{**vars(task)} for in_list in self._tasks.values() for task in in_list.values()]
        return {"lists": [asdict(task_list) for task_list in self._lists.values()], "tasks": tasks}

    def load(self, dump: JsonObject) -> None:
        """Take over a dump in place of what is there."""
        self._lists = {entry["serial"]: TaskList(**entry) for entry in dump["lists"]}
        self._tasks = {serial: {} for serial in self._lists}
        for entry in dump["tasks"]:
            self._tasks[entry["task_list"]][entry["serial"]] = StoredTask(**entry)

    def _stored(self, fields: JsonObject, task_list: TaskList) -> StoredTask:
        now = times.instant_text(self._ledger.now())
        task = StoredTask(self._ledger.next_serial(), task_list.serial, now, now, now, fields)
        self._tasks[task_list.serial][task.serial] = task
        self._touch(task)
        return task

    @staticmethod
    def _set_children(task: StoredTask, name: str, children: list[JsonObject]) -> None:
        task.children = {**task.children, name: children}

    def _child(self, name: str, given: JsonObject) -> JsonObject:
        child_id = self._ledger.ids.regular(_CHILD_KINDS[name], self._ledger.next_serial())
        if name == "linkedResources":
            return {**{key: given.get(key) for key in CHILDREN[name].properties}, "id": child_id}
        return {
            "displayName": given.get("displayName") or "",
            "createdDateTime": times.instant_text(self._ledger.now()),
            "isChecked": bool(given.get("isChecked")),
            "id": child_id,
        }

    def _touch(self, task: StoredTask) -> None:
        task.revision = self._ledger.record(self._lists[task.task_list].log, (task.serial, 0))
        task.modified = times.instant_text(self._ledger.now())
