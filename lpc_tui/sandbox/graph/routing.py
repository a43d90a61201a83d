"""Finds the handler of a path below the version root; unknown segments and methods are the service's own errors.

A function is known with and without its parentheses: pages of the documentation show `delta`, Microsoft's own clients
send `delta()`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lpc_tui.sandbox.graph.errors import GraphError, unknown_segment
from lpc_tui.sandbox.graph.request import GraphAnswer, GraphRequest

Handler = Callable[[GraphRequest, dict[str, str]], GraphAnswer]
"""Answers a request; the second argument holds what the path's placeholders caught."""

Route = tuple[str, str, Handler]
"""Method, path with placeholders in braces, handler."""


@dataclass
class _Node:
    fixed: "dict[str, _Node]" = field(default_factory=dict)
    placeholder: "tuple[str, _Node] | None" = None
    handlers: dict[str, Handler] = field(default_factory=dict)


_FUNCTIONS = {"delta()": "delta"}


class Router:
    """A tree of path segments; names of resources are known in any case, ids are not."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for method, path, handler in routes:
            node = self._root
            for segment in path.split("/"):
                node = self._child(node, segment)
            node.handlers[method] = handler

    def find(self, method: str, segments: tuple[str, ...]) -> tuple[Handler, dict[str, str]]:
        """The handler and what the placeholders caught; raises 400 or 405."""
        node, caught = self._root, {}
        for segment in segments:
            resource = segment.lower()
            following = node.fixed.get(_FUNCTIONS.get(resource, resource))
            if following is None and node.placeholder is not None:
                name, following = node.placeholder
                caught[name] = segment
            if following is None:
                raise unknown_segment(segment)
            node = following
        if not node.handlers:
            raise unknown_segment(segments[-1] if segments else "")
        if method not in node.handlers:
            raise GraphError(
                405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."
            )
        return node.handlers[method], caught

    @staticmethod
    def _child(node: _Node, segment: str) -> _Node:
        if not segment.startswith("{"):
            return node.fixed.setdefault(segment.lower(), _Node())
        if node.placeholder is None:
            node.placeholder = (segment.strip("{}"), _Node())
        return node.placeholder[1]
