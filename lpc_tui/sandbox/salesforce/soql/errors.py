"""How SOQL refusals read: the message under an excerpt of the query with a caret at the place.

Built by `parser` and `compiler`.
"""

from lpc_tui.sandbox.salesforce.errors import SalesforceError

_BEFORE, _AFTER = 30, 60


def at(soql: str, position: int, message: str) -> str:
    """The message in the service's frame: excerpt, caret, row and column."""
    line_start = soql.rfind("\n", 0, position) + 1
    line_end = soql.find("\n", position)
    line_end = len(soql) if line_end < 0 else line_end
    first = max(line_start, position - _BEFORE)
    excerpt = soql[first : min(line_end, position + _AFTER)]
    row = soql.count("\n", 0, position) + 1
    column = position - line_start + 1
    caret = " " * (position - first) + "^"
    return f"\n{excerpt}\n{caret}\nERROR at Row:{row}:Column:{column}\n{message}"


def malformed(message: str) -> SalesforceError:
    """The text is no query."""
    return SalesforceError(400, "MALFORMED_QUERY", message)


def invalid_field(message: str) -> SalesforceError:
    """A field that is not there, or not usable so."""
    return SalesforceError(400, "INVALID_FIELD", message)


def invalid_operator(message: str) -> SalesforceError:
    """An operator or value that the field cannot be filtered with."""
    return SalesforceError(400, "INVALID_QUERY_FILTER_OPERATOR", message)
