"""What a Salesforce data call answers when it refuses: one exception type, and builders for the common refusals.

Raised anywhere in the org or its server; `app` turns it into `[{"message", "errorCode", "fields"?}]`, and a
collection into one record's result. Messages are the service's own words.
"""

from collections.abc import Iterable

from lpc_tui.sandbox.common import JsonObject


class SalesforceError(Exception):
    """A refusal in the service's own terms: HTTP status, error code, message, and the fields at fault."""

    def __init__(self, status: int, code: str, message: str, fields: Iterable[str] = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.fields = tuple(fields)

    def to_json(self) -> JsonObject:
        """The element of a data call's error array."""
        error: JsonObject = {"message": self.message, "errorCode": self.code}
        if self.fields:
            error["fields"] = list(self.fields)
        return error

    def to_result(self) -> JsonObject:
        """The element of a collection's per-record `errors`: `statusCode` there, and `fields` always."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}


class DuplicatesDetected(SalesforceError):
    """A duplicate rule alerts or blocks; through the API an alert is an error, too, unless the call says to save anyway."""

    def __init__(self, rule: str, sobject: str, matches: Iterable[str], *, is_alert: bool = True) -> None:
        super().__init__(400, "DUPLICATES_DETECTED", "Use one of these records?")
        records = [{"record": {"attributes": {"type": sobject}, "Id": match}} for match in matches]
        self._result: JsonObject = {
            "allowSave": is_alert,
            "duplicateRule": rule,
            "duplicateRuleEntityType": sobject,
            "errorMessage": self.message,
            "matchResults": [{"entityType": sobject, "matchRecords": records, "success": True}],
        }

    def to_json(self) -> JsonObject:
        return {**super().to_json(), "duplicateResult": self._result}

    def to_result(self) -> JsonObject:
        return {**super().to_result(), "duplicateResult": self._result}


class UnparsableRecord(SalesforceError):
    """A body that does not even become a record: unknown field or wrong JSON type.

    It fails a whole collection call, where any other refusal fails its one record.
    """


def not_found(message: str = "The requested resource does not exist") -> SalesforceError:
    """An address or a record that is not there, or that this server does not offer."""
    return SalesforceError(404, "NOT_FOUND", message)


def is_deleted() -> SalesforceError:
    """The id belongs to a record in the recycle bin."""
    return SalesforceError(404, "ENTITY_IS_DELETED", "entity is deleted")


def invalid_reference(*fields: str, status: int = 400) -> SalesforceError:
    """An id of the right form with nothing behind it."""
    return SalesforceError(status, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields)


def malformed_id(label: str, value: object, *fields: str) -> SalesforceError:
    """An id of the wrong form or of the wrong kind of record."""
    return SalesforceError(400, "MALFORMED_ID", f"{label}: id value of incorrect type: {value}", fields)


def missing_fields(*fields: str) -> SalesforceError:
    """A field without which the record cannot be saved."""
    text = ", ".join(fields)
    return SalesforceError(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{text}]", fields)


def field_integrity(message: str, *fields: str) -> SalesforceError:
    """Values that contradict each other or a rule of their object."""
    return SalesforceError(400, "FIELD_INTEGRITY_EXCEPTION", message, fields)


def no_such_column(field: str, sobject: str) -> UnparsableRecord:
    """A field that the object does not have, or that the user may not see."""
    return UnparsableRecord(400, "INVALID_FIELD", f"No such column '{field}' on sobject of type {sobject}")


def json_parser_error(message: str) -> UnparsableRecord:
    """JSON that is broken, or whose types are not those of the fields."""
    return UnparsableRecord(400, "JSON_PARSER_ERROR", message)
