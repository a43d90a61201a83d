"""The query resources: `/query`, `/queryAll` and the pages behind their locators. Reached through `routes`."""

from lpc_tui.sandbox.salesforce.calls import Answer, Call
from lpc_tui.sandbox.salesforce.cursors import Cursor, invalid_locator
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.soql.compiler import CompiledQuery

LARGEST_PAGE = 2000
SMALLEST_PAGE = 200
PAGE_WITH_LONG_TEXT = 500
"""The service sends fewer than asked for when long text areas are selected."""


def query(org: Org, call: Call) -> Answer:
    """GET /query?q=: the first page, without deleted and archived records."""
    return _first_page(org, call, include_deleted=False)


def query_all(org: Org, call: Call) -> Answer:
    """GET /queryAll?q=: the first page, deleted and archived records included."""
    return _first_page(org, call, include_deleted=True)


def more(org: Org, call: Call) -> Answer:
    """GET /query/LOCATOR-OFFSET: a later page. Raises INVALID_QUERY_LOCATOR."""
    call.only_params()
    locator, _, offset = call.segments[1].partition("-")
    cursor = org.cursors.get(locator, org.now)
    if not offset.isdecimal() or not 0 < int(offset) < len(cursor.ids):
        raise invalid_locator()
    compiled = org.compile(cursor.soql, cursor.version)
    return Answer(200, _page(compiled, cursor, int(offset), call))


def _first_page(org: Org, call: Call, *, include_deleted: bool) -> Answer:
    call.only_params("q")
    if "q" not in call.params:
        raise SalesforceError(400, "MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    compiled = org.compile(call.params["q"], call.version)
    size = _page_size(call, compiled)
    ids = org.find(compiled, include_deleted=include_deleted)
    if compiled.is_count:
        return Answer(200, {"totalSize": len(ids), "done": True, "records": []})
    if len(ids) <= size:
        return Answer(200, {"totalSize": len(ids), "done": True, "records": compiled.show(ids)})
    cursor = org.cursors.open(compiled.query.text, call.version, size, ids, include_deleted, org.now)
    return Answer(200, _page(compiled, cursor, 0, call))


def _page(compiled: CompiledQuery, cursor: Cursor, offset: int, call: Call) -> dict[str, object]:
    end = offset + cursor.page_size
    page: dict[str, object] = {"totalSize": len(cursor.ids), "done": end >= len(cursor.ids)}
    if end < len(cursor.ids):
        page["nextRecordsUrl"] = f"{call.root}/query/{cursor.locator}-{end}"
    page["records"] = compiled.show(cursor.ids[offset:end], include_deleted=cursor.include_deleted)
    return page


def _page_size(call: Call, compiled: CompiledQuery) -> int:
    size = LARGEST_PAGE
    option = call.headers.get("sforce-query-options")
    if option is not None:
        name, _, value = option.replace(" ", "").partition("=")
        if name.lower() != "batchsize" or not value.isdecimal():
            raise SalesforceError(400, "INVALID_INPUT", f"Invalid Sforce-Query-Options header: {option}")
        size = int(value)
        if not SMALLEST_PAGE <= size <= LARGEST_PAGE:
            raise SalesforceError(
                400,
                "INVALID_BATCH_SIZE",
                f"Query batch size must be between {SMALLEST_PAGE} and {LARGEST_PAGE}",
            )
    if any(field.is_long_text for field in compiled.fields):
        size = min(size, PAGE_WITH_LONG_TEXT)
    return size
