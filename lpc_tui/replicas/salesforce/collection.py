"""sObject collections: up to 200 records in one writing request, each with its own verdict.

Knows what the service's answers mean for a record, and when a record may be sent again: after a lock, and after a whole
call was refused because of one record that could not be parsed. Nothing else is ever repeated.

Records that are created or changed are read back in the same request, by a part that follows the writing one. In front of
it may be a `Guard`: a query for the records as they are known. The writing part refers to the last row that this query must
find, so that the service does not carry it out if one of the records is another by now. What it refers to is the name of the
object: were a reference ever taken as it stands, the service would know no such object, and refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from lpc_tui.errors import LpcError, ProtocolError, ThrottledError, UnreachableError
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Result, Sending, Write
from lpc_tui.replicas.calling import Caller, NeverSentError
from lpc_tui.replicas.salesforce.answers import query_part
from lpc_tui.replicas.salesforce.composite import Method, Part, PartAnswer, may_travel, reference
from lpc_tui.replicas.salesforce.connection import Connection
from lpc_tui.replicas.salesforce.failures import RefusedCall
from lpc_tui.replicas.salesforce.terms import Terms
from lpc_tui.replicas.wire import JsonObject

__all__ = ["COLLECTION", "Collections", "Entry", "Guard", "Submitted", "Verdict"]

COLLECTION: Final = 200
"""The most records that one collection request takes."""

_LOCK_ATTEMPTS = 4
_LOCKED = "UNABLE_TO_LOCK_ROW"
_UNPARSABLE = frozenset({400, 413, 414, 431})
_RESOURCE: Final = "composite/sobjects"
_GUARD, _WRITE, _READ = "guard", "write", "read"
_LAST_ROW: Final = ".records[{}].attributes.type"
_METHODS: Mapping[Action, Method] = {Action.CREATE: "POST", Action.UPDATE: "PATCH", Action.DELETE: "DELETE"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A write and the record that is sent for it."""

    write: Write
    body: JsonObject = field(default_factory=dict)
    """Without attributes and id; empty for a delete."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the service did with one record."""

    result: Result
    """DONE, REFUSED, GONE, UNKNOWN or NOT_SENT."""
    id: str = ""
    """DONE: the record's."""
    code: str = ""
    words: str = ""
    fields: tuple[str, ...] = ()


Guard: TypeAlias = Callable[[Sequence[Entry]], str]
"""The query for the records of these entries as they are known: a row for each, as long as nobody has written them."""


@dataclass(slots=True)
class Submitted:
    """The verdicts by the writes' keys, and what stopped the rest, if anything did."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    failure: LpcError | None = None
    rows: list[JsonObject] = field(default_factory=list)
    """The records as they were read back in the same request, as far as they were."""
    is_outdated: bool = False
    """Whether nothing was sent, since a record is not as the guard knew it: there are no verdicts then."""

    def locked(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those that another transaction held."""
        return [entry for entry in entries if self.verdicts[entry.write.key].code == _LOCKED]

    def add(self, other: Submitted) -> None:
        self.verdicts.update(other.verdicts)
        self.failure = other.failure or self.failure
        self.rows += other.rows


class Collections:
    """Sends records of one object."""

    def __init__(self, connection: Connection, caller: Caller, terms: Terms) -> None:
        self._connection = connection
        self._caller = caller
        self._terms = terms

    def may_combine(self, entries: Sequence[Entry]) -> bool:
        """Whether these can be sent as a part among others: only if nothing anybody wrote looks like a reference."""
        return self._connection.combines and all(may_travel(entry.body) for entry in entries)

    async def submit(
        self, action: Action, entries: Sequence[Entry], sending: Sending, guard: Guard | None = None
    ) -> Submitted:
        """Send at most 200 entries of one action; what another transaction has locked is sent again by itself. A `guard` is
        only for entries that `may_combine`.

        Never raises for what the service answers: `failure` says why the run cannot go on. Raises what `sending` raises.
        """
        submitted = await self._send(action, entries, sending, guard)
        if submitted.is_outdated:
            return submitted
        patience = self._caller.patience()
        for _ in range(1, _LOCK_ATTEMPTS):
            locked = submitted.locked(entries)
            if not locked or submitted.failure is not None:
                break
            try:
                await patience.wait_for(None)
            except ThrottledError:
                break
            again = await self._send(action, locked, sending, guard)
            if again.is_outdated:
                break
            submitted.add(again)
        for entry in submitted.locked(entries):
            # Nothing is wrong with the record: it is for the next run, not for the person.
            submitted.verdicts[entry.write.key] = Verdict(Result.NOT_SENT)
        return submitted

    async def _send(
        self, action: Action, entries: Sequence[Entry], sending: Sending, guard: Guard | None
    ) -> Submitted:
        await sending([entry.write for entry in entries])
        try:
            return await self._answered(action, entries, guard)
        except RefusedCall as refusal:
            if refusal.code == _LOCKED:
                return Submitted(
                    {entry.write.key: Verdict(Result.REFUSED, code=_LOCKED) for entry in entries}
                )
            if refusal.status not in _UNPARSABLE:
                return _all(entries, Result.NOT_SENT, refusal)
            if len(entries) == 1:
                verdict = Verdict(
                    Result.REFUSED, "", refusal.code, f"{refusal.code}: {refusal.words}", refusal.fields
                )
                return Submitted({entries[0].write.key: verdict})
            return await self._halves(action, entries, sending, guard)
        except NeverSentError as error:
            return _all(entries, Result.NOT_SENT, error)
        except (UnreachableError, ProtocolError) as error:
            return _all(entries, Result.UNKNOWN, error)
        except LpcError as error:
            return _all(entries, Result.NOT_SENT, error)

    async def _halves(
        self, action: Action, entries: Sequence[Entry], sending: Sending, guard: Guard | None
    ) -> Submitted:
        """One record that cannot be parsed fails the whole call, and nothing of it is done: find it."""
        middle = len(entries) // 2
        submitted = Submitted()
        for half in (entries[:middle], entries[middle:]):
            if submitted.failure is not None:
                sent = _all(half, Result.NOT_SENT, submitted.failure)
            else:
                sent = await self._send(action, half, sending, guard)
            if sent.is_outdated:
                sent = Submitted({entry.write.key: Verdict(Result.NOT_SENT) for entry in half})
            submitted.add(sent)
        return submitted

    async def _answered(self, action: Action, entries: Sequence[Entry], guard: Guard | None) -> Submitted:
        """One request and its verdicts; raises what it was refused with."""
        if action is Action.DELETE or not self.may_combine(entries):
            answer = await self._connection.send(
                _METHODS[action],
                _RESOURCE,
                params=_deleting(action, entries),
                body=self._body(action, entries),
            )
            return Submitted(_verdicts(entries, answer.body))
        guarding = [] if guard is None else [query_part(_GUARD, guard(entries))]
        body = self._body(
            action, entries, bound_to=reference(_GUARD, _LAST_ROW.format(len(entries) - 1)) if guard else ""
        )
        writing = Part(_WRITE, _METHODS[action], _RESOURCE, body=body)
        *guarded, written, read = await self._connection.send_together(
            [*guarding, writing, self._reading_back(action, entries)]
        )
        if not written.is_ok and any(_is_short(each, len(entries)) for each in guarded):
            return Submitted(is_outdated=True)
        if not written.is_ok:
            raise self._connection.failure_of(written)
        return Submitted(_verdicts(entries, written.body), rows=_rows(read))

    def _reading_back(self, action: Action, entries: Sequence[Entry]) -> Part:
        """The part that reads what the one before it wrote. If that refused one of several creates, it cannot refer to all
        of them, and is not carried out."""
        ids = [entry.write.id or reference(_WRITE, f"[{number}].id") for number, entry in enumerate(entries)]
        query = self._terms.queries.by_ids(ids, self._terms.records.selected)
        return query_part(_READ, query, include_deleted=True, refers=action is Action.CREATE)

    def _body(self, action: Action, entries: Sequence[Entry], *, bound_to: str = "") -> JsonObject | None:
        """The records; the first one's type is `bound_to` what it refers to, if that is given."""
        if action is Action.DELETE:
            return None
        records = [self._record(action, entry) for entry in entries]
        if bound_to:
            records[0]["attributes"] = {"type": bound_to}
        return {"allOrNone": False, "records": records}

    def _record(self, action: Action, entry: Entry) -> JsonObject:
        identity = {"id": entry.write.id} if action is Action.UPDATE else {}
        return {"attributes": {"type": self._terms.sobject}, **identity, **entry.body}


def _deleting(action: Action, entries: Sequence[Entry]) -> Mapping[str, str] | None:
    if action is not Action.DELETE:
        return None
    return {"ids": ",".join(entry.write.id for entry in entries), "allOrNone": "false"}


def _is_short(guard: PartAnswer, count: int) -> bool:
    """Whether the guard did not find all of its records, or could not be asked."""
    try:
        return not guard.is_ok or len(guard.body["records"]) < count
    except (KeyError, TypeError):
        return True


def _rows(read: PartAnswer) -> list[JsonObject]:
    """The records that were read back; none if that failed, then they are read by themselves."""
    try:
        return [row for row in read.body["records"] if "Id" in row] if read.is_ok else []
    except (KeyError, TypeError):
        return []


def _all(entries: Sequence[Entry], result: Result, failure: LpcError) -> Submitted:
    return Submitted({entry.write.key: Verdict(result) for entry in entries}, failure)


def _verdicts(entries: Sequence[Entry], answer: Any) -> dict[str, Verdict]:
    """One verdict an entry, in the order of the request.

    Raises:
        ProtocolError: the answer is not one of a collection.
    """
    try:
        return {
            entry.write.key: _verdict(result, entry.write)
            for entry, result in zip(entries, answer, strict=True)
        }
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise ProtocolError("Salesforce's answer to a write cannot be understood.") from error


def _verdict(result: JsonObject, write: Write) -> Verdict:
    if result["success"]:
        return Verdict(Result.DONE, result.get("id") or write.id)
    errors = result["errors"]
    code = errors[0]["statusCode"]
    return Verdict(
        Result.GONE if code == "ENTITY_IS_DELETED" else Result.REFUSED,
        "",
        code,
        "; ".join(map(_words, errors)),
        tuple(dict.fromkeys(name for error in errors for name in error.get("fields") or ())),
    )


def _words(error: JsonObject) -> str:
    """What the service says is wrong; of a duplicate rule also which one it is and what it found, as far as that is told.

    Nothing is ever saved in spite of a rule, though one that only alerts would let it (`Sforce-Duplicate-Rule-Header`):
    whether two records are one is for a person to say, and nobody is there to be asked.
    """
    words = f"{error['statusCode']}: {error['message']}"
    found = error.get("duplicateResult") or {}
    rule = [f"duplicate rule {found['duplicateRule']}"] if found.get("duplicateRule") else []
    alike = [
        record["record"].get("Name") or record["record"]["Id"]
        for matches in found.get("matchResults") or ()
        for record in matches.get("matchRecords") or ()
    ]
    facts = rule + ([f"like {', '.join(alike)}"] if alike else [])
    return f"{words} ({', '.join(facts)})" if facts else words
