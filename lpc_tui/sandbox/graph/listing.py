"""What all routes that answer lists, items or delta pages have in common."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import odata
from lpc_tui.sandbox.graph.delta import DEFAULT_PAGE_SIZE, DeltaPage
from lpc_tui.sandbox.graph.request import GraphAnswer, GraphRequest
from lpc_tui.sandbox.graph.schema import Record
from lpc_tui.sandbox.graph.shape import Shape

TOKEN_OPTIONS = frozenset({"$deltatoken", "$skiptoken"})

LARGEST_PAGE = 1000

Item = TypeVar("Item")


def page_size(request: GraphRequest, top: int | None = None) -> int:
    """`$top`, else the size wished for with `Prefer`, else 10."""
    return top or min(request.preferences.page_size or DEFAULT_PAGE_SIZE, LARGEST_PAGE)


def answer_list(
    request: GraphRequest,
    items: Sequence[Item],
    record: Record,
    show: Callable[[Item, Shape], JsonObject],
    *,
    expandable: frozenset[str] = frozenset(),
    unselectable: frozenset[str] = frozenset(),
) -> GraphAnswer:
    """A page of a list, with the link to the next one where there is more.

    `unselectable` are properties whose `$select` the service takes and does not answer.
    """
    query = odata.read_query(request.options)
    shape = odata.read_shape(request.preferences.shape, request.options, record, expandable)
    if shape.selected is not None:
        shape = replace(shape, selected=shape.selected - unselectable)
    size = page_size(request, query.top)
    shown, total, has_more = odata.cut(items, query, record, size, show, shape)
    body: JsonObject = {"@odata.context": context(request)}
    if query.wants_count:
        body["@odata.count"] = total
    body["value"] = shown
    if has_more:
        body["@odata.nextLink"] = request.link({**request.options, "$skip": str(query.skip + size)})
    return GraphAnswer(200, body, applied(request))


def answer_item(
    request: GraphRequest,
    record: Record,
    show: Callable[[Shape], JsonObject],
    *,
    expandable: frozenset[str] = frozenset(),
) -> GraphAnswer:
    """One item, as read, created or changed."""
    odata.check_allowed(request.options, odata.ITEM_OPTIONS)
    shape = odata.read_shape(request.preferences.shape, request.options, record, expandable)
    return GraphAnswer(
        200, {"@odata.context": f"{context(request)}/$entity", **show(shape)}, applied(request)
    )


def answer_created(request: GraphRequest, created: JsonObject) -> GraphAnswer:
    """A 201 with what was created and where it is."""
    location = f"{request.root}/{'/'.join(request.segments)}('{created['id']}')"
    body = {"@odata.context": f"{context(request)}/$entity", **created}
    return GraphAnswer(201, body, {"Location": location, **applied(request)})


def answer_delta(request: GraphRequest, page: DeltaPage) -> GraphAnswer:
    """A page of a delta round: a nextLink while there is more, then the deltaLink."""
    link, option = (
        ("@odata.deltaLink", "$deltatoken") if page.is_complete else ("@odata.nextLink", "$skiptoken")
    )
    body = {
        "@odata.context": context(request),
        link: request.link({option: page.token}),
        "value": page.items,
    }
    return GraphAnswer(200, body, applied(request))


def delta_token(request: GraphRequest, first_call: frozenset[str]) -> str | None:
    """The token of a later call; None for a first one. Raises 400 for parameters that do not belong there."""
    given = TOKEN_OPTIONS & request.options.keys()
    odata.check_allowed(request.options, TOKEN_OPTIONS if given else first_call)
    return request.options[min(given)] if given else None


def applied(request: GraphRequest) -> dict[str, str]:
    """The header that says which preferences were applied."""
    names = request.preferences.applied
    return {"Preference-Applied": ", ".join(names)} if names else {}


def context(request: GraphRequest) -> str:
    """The address of the answer's metadata."""
    return f"{request.root}/$metadata#{'/'.join(request.segments)}"
