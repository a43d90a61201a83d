"""Delta rounds: tokens that hold all they need, and pages read from a folder's change log.

A token names the folder, the window and how far the log was read; it needs no memory on the server, so it outlives a
restart. A change made between two pages of a round moves to the log's end and is simply told again. Facts:
https://learn.microsoft.com/graph/delta-query-overview
"""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.errors import sync_state_not_found
from lpc_tui.sandbox.graph.ledger import Entry, Ledger
from lpc_tui.sandbox.graph.shape import Shape

DEFAULT_PAGE_SIZE = 10

_DIGEST_SIZE = 12


@dataclass(frozen=True, slots=True)
class DeltaState:
    """Where a round stands."""

    folder: str
    window: tuple[str, str] | None = None
    """The window of a calendar view, as instants in ISO 8601; fixed for the token's life."""

    selected: tuple[str, ...] | None = None
    """What `$select` asked for in the first call."""

    expanded: tuple[str, ...] = ()
    """What `$expand` asked for in the first call."""

    page_size: int | None = None
    """What `$top` asked for in the first call."""

    cursor: int = 0
    """The revision up to which the log was told."""

    first_until: int = 0
    """In a first round: the revision at its begin. Entries up to it that are out of scope are not worth a word."""


@dataclass(frozen=True, slots=True)
class DeltaPage:
    """One answer of a round."""

    items: list[JsonObject]
    token: str
    is_complete: bool
    """Whether `token` is for the next round (a deltaLink) or for the next page (a nextLink)."""


TellEntry = Callable[[Entry, bool], list[JsonObject]]
"""Tells an entry of the log; True asks to leave out what is not in scope, False to tell it as removed."""


def begin(ledger: Ledger, state: DeltaState) -> DeltaState:
    """The state of a first round that is asked for with the folder and options of `state`."""
    return replace(state, cursor=0, first_until=ledger.revision)


def read_page(ledger: Ledger, state: DeltaState, wished_size: int, tell: TellEntry) -> DeltaPage:
    """The next page: about `wished_size` items (or `$top` of the first call), more where a series would be split."""
    size = state.page_size or wished_size
    items: list[JsonObject] = []
    cursor = state.cursor
    for revision, entry in ledger.changes(state.folder, state.cursor):
        if len(items) >= size:
            return DeltaPage(items, _encode(ledger, replace(state, cursor=cursor)), is_complete=False)
        items += tell(entry, revision <= state.first_until)
        cursor = revision
    finished = replace(state, cursor=ledger.revision, first_until=0)
    return DeltaPage(items, _encode(ledger, finished), is_complete=True)


def kept(names: frozenset[str] | None) -> tuple[str, ...] | None:
    """Names as a token keeps them."""
    return None if names is None else tuple(sorted(names))


def reshaped(shape: Shape, state: DeltaState) -> Shape:
    """The request's shape with what the first call of the round selected and expanded."""
    selected = None if state.selected is None else frozenset(state.selected)
    return replace(shape, selected=selected, expanded=frozenset(state.expanded), extended=frozenset())


def removed(item_type: str, item_id: str) -> JsonObject:
    """An item that is gone, or no longer in the window: a delta does not say which."""
    return {"@odata.type": f"#microsoft.graph.{item_type}", "id": item_id, "@removed": {"reason": "deleted"}}


def decode(ledger: Ledger, token: str, folder: str) -> DeltaState:
    """The state a token holds; raises 410 for one this mailbox did not make for the folder, or has forgotten."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        text, digest = raw[:-_DIGEST_SIZE], raw[-_DIGEST_SIZE:]
        if digest != _digest(ledger, text):
            raise sync_state_not_found()
        held = json.loads(text)
    except ValueError:
        raise sync_state_not_found() from None
    if held["folder"] != folder or held["epoch"] != ledger.token_epoch:
        raise sync_state_not_found()
    window, selected = held["window"], held["selected"]
    return DeltaState(
        folder=folder,
        window=(window[0], window[1]) if window else None,
        selected=tuple(selected) if selected is not None else None,
        expanded=tuple(held["expanded"]),
        page_size=held["page_size"],
        cursor=held["cursor"],
        first_until=held["first_until"],
    )


def _encode(ledger: Ledger, state: DeltaState) -> str:
    held = {"epoch": ledger.token_epoch, **asdict(state)}
    text = json.dumps(held, separators=(",", ":")).encode()
    return base64.b64encode(text + _digest(ledger, text), altchars=b"-_").decode("ascii")


def _digest(ledger: Ledger, text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=_DIGEST_SIZE, key=f"delta {ledger.seed}".encode()).digest()
