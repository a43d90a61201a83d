"""The one table of resources below a version, and the dispatch of a call through it.

Every call passes `dispatch`: requests from the server, and the parts of composite and batch calls. A fault
injected there would therefore reach the parts too.
"""

from lpc_tui.sandbox.salesforce import composite, describe, queries, single_records, sobject_collections
from lpc_tui.sandbox.salesforce.calls import Answer, Call, Handler
from lpc_tui.sandbox.salesforce.duplicates import heeding
from lpc_tui.sandbox.salesforce.errors import SalesforceError, not_found
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.replication import deleted, updated


def _deleted(org: Org, call: Call) -> Answer:
    call.only_params("start", "end")
    sobject = org.schema(call.version).sobject(call.segments[1])
    return Answer(200, deleted(org, sobject, call.param("start"), call.param("end")))


def _updated(org: Org, call: Call) -> Answer:
    call.only_params("start", "end")
    sobject = org.schema(call.version).sobject(call.segments[1])
    return Answer(200, updated(org, sobject, call.param("start"), call.param("end")))


def _composite(org: Org, call: Call) -> Answer:
    return composite.composite(org, call, dispatch)


def _batch(org: Org, call: Call) -> Answer:
    return composite.batch(org, call, dispatch)


_ANY = "*"

# Patterns by segment, `*` for a name, id or value. The first that fits wins, so the fixed words come first.
_ROUTES: tuple[tuple[tuple[str, ...], dict[str, Handler]], ...] = (
    ((), {"GET": describe.resources}),
    (("limits",), {"GET": describe.limits}),
    (("query",), {"GET": queries.query}),
    (("queryAll",), {"GET": queries.query_all}),
    (("query", _ANY), {"GET": queries.more}),
    (("queryAll", _ANY), {"GET": queries.more}),
    (("sobjects",), {"GET": describe.all_objects}),
    (("sobjects", _ANY), {"GET": describe.basic, "POST": single_records.create}),
    (("sobjects", _ANY, "describe"), {"GET": describe.full}),
    (("sobjects", _ANY, "deleted"), {"GET": _deleted}),
    (("sobjects", _ANY, "updated"), {"GET": _updated}),
    (
        ("sobjects", _ANY, _ANY),
        {"GET": single_records.get, "PATCH": single_records.patch, "DELETE": single_records.delete},
    ),
    (("sobjects", _ANY, _ANY, "fromThisEventOnwards"), {"DELETE": single_records.delete_rest_of_series}),
    (
        ("sobjects", _ANY, _ANY, _ANY),
        {
            "GET": single_records.get_by_external_id,
            "PATCH": single_records.upsert,
            "DELETE": single_records.delete_by_external_id,
        },
    ),
    (("composite",), {"POST": _composite}),
    (("composite", "batch"), {"POST": _batch}),
    (
        ("composite", "sobjects"),
        {
            "POST": sobject_collections.create,
            "PATCH": sobject_collections.update,
            "DELETE": sobject_collections.delete,
        },
    ),
    (
        ("composite", "sobjects", _ANY),
        {"GET": sobject_collections.retrieve, "POST": sobject_collections.retrieve},
    ),
    (("composite", "sobjects", _ANY, _ANY), {"PATCH": sobject_collections.upsert}),
)


def dispatch(org: Org, call: Call) -> Answer:
    """Answer a call. Refusals become the service's error array; HEAD is a GET without the body."""
    try:
        with heeding(call.headers):
            return _handler(call)(org, call)
    except SalesforceError as error:
        return Answer(error.status, [error.to_json()])


def _handler(call: Call) -> Handler:
    for pattern, handlers in _ROUTES:
        if len(pattern) == len(call.segments) and all(
            expected in (_ANY, segment) for expected, segment in zip(pattern, call.segments, strict=True)
        ):
            handler = handlers.get("GET" if call.method == "HEAD" else call.method)
            if handler is None:
                allowed = ",".join(["HEAD", *handlers] if "GET" in handlers else handlers)
                raise SalesforceError(
                    405,
                    "METHOD_NOT_ALLOWED",
                    f"HTTP Method '{call.method}' not allowed. Allowed are {allowed}",
                )
            return handler
    raise not_found()
