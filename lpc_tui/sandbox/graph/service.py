"""The Graph service without HTTP: answers a `GraphRequest`, alone or as a batch, errors included.

Every request and every part of a batch passes `GraphService.answer_one`, the place for anything that shall happen to
each of them. Those of a batch pass the hook for parts before.
"""

import uuid
from collections.abc import Callable
from email.utils import format_datetime
from random import Random

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.batch import answer_batch
from lpc_tui.sandbox.graph.contact_routes import ContactRoutes
from lpc_tui.sandbox.graph.errors import GraphError, unknown_segment
from lpc_tui.sandbox.graph.event_routes import EventRoutes
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.graph.permissions import check_permissions
from lpc_tui.sandbox.graph.person_routes import PersonRoutes
from lpc_tui.sandbox.graph.request import GraphAnswer, GraphRequest
from lpc_tui.sandbox.graph.routing import Router
from lpc_tui.sandbox.graph.task_routes import TaskRoutes

PartHook = Callable[[GraphRequest, Callable[[], GraphAnswer]], GraphAnswer]
"""Answers one part of a batch; gets the part, and what has the service carry it out."""


class GraphService:
    """The service of one mailbox."""

    def __init__(self, mailbox: Mailbox, part_hook: PartHook | None = None) -> None:
        self._mailbox = mailbox
        self._part_hook = part_hook
        self._random = Random(mailbox.ledger.seed)
        rooms = (PersonRoutes(mailbox), EventRoutes(mailbox), ContactRoutes(mailbox), TaskRoutes(mailbox))
        self._router = Router(route for room in rooms for route in room.routes())

    def answer(self, request: GraphRequest) -> GraphAnswer:
        """The answer to a request over HTTP, which may be a batch."""
        if request.segments != ("$batch",):
            return self.answer_one(request)
        try:
            if request.method != "POST":
                raise GraphError(405, "Request_BadRequest", "A batch must be posted.")
            return answer_batch(request, self._answer_part, self._random)
        except GraphError as error:
            return self.refuse(error, request.headers)

    def answer_one(self, request: GraphRequest) -> GraphAnswer:
        """The answer to one request or one part of a batch; a batch within a batch is an unknown resource."""
        try:
            if request.segments == ("$batch",):
                raise unknown_segment("$batch")
            handler, caught = self._router.find(request.method, request.segments)
            check_permissions(request)
            with self._mailbox.lock:
                return handler(request, caught)
        except GraphError as error:
            return self.refuse(error, request.headers)

    def _answer_part(self, part: GraphRequest) -> GraphAnswer:
        if self._part_hook is None:
            return self.answer_one(part)
        return self._part_hook(part, lambda: self.answer_one(part))

    def refuse(self, error: GraphError, headers: dict[str, str]) -> GraphAnswer:
        """An error as an answer, with the ids by which support would find the request."""
        ids = self.request_ids(headers)
        inner: JsonObject = {"date": f"{self._mailbox.ledger.now():%Y-%m-%dT%H:%M:%S}", **ids}
        return GraphAnswer(error.status, error.as_json(inner), ids)

    def request_ids(self, headers: dict[str, str]) -> dict[str, str]:
        """A new `request-id`, and the client's own one given back."""
        request_id = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        return {"request-id": request_id, "client-request-id": headers.get("client-request-id", request_id)}

    def http_date(self) -> str:
        """The mailbox's time for the `Date` header."""
        return format_datetime(self._mailbox.ledger.now(), usegmt=True)
