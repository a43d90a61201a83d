"""The service's own refusals: HTTP status, error code and message in Graph's shape.

Everything in this room that says no raises `GraphError`; only `service` turns one into an answer. Clients are meant to
decide by status and code, so those are exact; messages are worded as the service words them where that is known.
"""

from lpc_tui.sandbox.common import JsonObject


class GraphError(Exception):
    """A request the service refuses.

    `annotations` are further members of the error object, such as `@event.existingEventId`.
    """

    def __init__(
        self, status: int, code: str, message: str, *, annotations: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.annotations = annotations or {}

    def as_json(self, inner: JsonObject) -> JsonObject:
        """The error as a response body; `inner` holds the date and the request ids."""
        return {
            "error": {"code": self.code, "message": self.message, **self.annotations, "innerError": inner}
        }


def item_not_found() -> GraphError:
    """404: no such item, or it was moved and this was its regular id."""
    return GraphError(
        404,
        "ErrorItemNotFound",
        "The specified object was not found in the store., Default folder not found.",
    )


def malformed_id() -> GraphError:
    """400: not an id this service ever made, or one of another kind of item."""
    return GraphError(400, "ErrorInvalidIdMalformed", "Id is malformed.")


def unknown_segment(segment: str) -> GraphError:
    """400: the path names something the service does not have."""
    return GraphError(400, "BadRequest", f"Resource not found for the segment '{segment}'.")


def body_refused(message: str) -> GraphError:
    """400: the body does not fit the type; nothing was looked at beyond its shape."""
    return GraphError(400, "RequestBodyRead", message)


def invalid_request(message: str) -> GraphError:
    """400: well-formed, but contradicting itself."""
    return GraphError(400, "ErrorInvalidRequest", message)


def validation_failed(message: str) -> GraphError:
    """400: a property's value is of the right type and still impossible."""
    return GraphError(400, "ErrorPropertyValidationFailure", message)


def invalid_property(message: str) -> GraphError:
    """400: a property that may not be set like this."""
    return GraphError(400, "ErrorInvalidProperty", message)


def invalid_query(message: str) -> GraphError:
    """400: a query option that is wrong here."""
    return GraphError(400, "ErrorInvalidUrlQuery", message)


def uri_not_parsed(message: str) -> GraphError:
    """400: a query option whose text is not OData, or which names unknown properties."""
    return GraphError(400, "RequestBroker--ParseUri", message)


def access_denied(message: str = "Access is denied. Check credentials and try again.") -> GraphError:
    """403: no right to do this; repeating is useless."""
    return GraphError(403, "ErrorAccessDenied", message)


def precondition_failed() -> GraphError:
    """412: the `If-Match` etag is not the item's current one."""
    return GraphError(
        412,
        "ErrorIrresolvableConflict",
        "The send or update operation could not be performed because the change key passed in the request does "
        "not match the current change key for the item.",
    )


def sync_state_not_found() -> GraphError:
    """410: a delta token the service does not know, or no longer."""
    return GraphError(
        410, "SyncStateNotFound", "The sync state generation is not found; the sync state has been lost."
    )
