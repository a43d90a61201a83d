"""sObject collections: up to 200 records in one writing request, each with its own verdict.

Knows what the service's answers mean for a record, and when a record may be sent again: after a lock, and after a whole
call was refused because of one record that could not be parsed. Nothing else is ever repeated. It reads nothing; `writing`
does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lpc_tui.errors import LpcError, ProtocolError, ThrottledError, UnreachableError
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Result, Sending, Write
from lpc_tui.replicas.calling import Caller, NeverSentError
from lpc_tui.replicas.salesforce.connection import Connection, Method
from lpc_tui.replicas.salesforce.failures import RefusedCall
from lpc_tui.replicas.wire import JsonObject

__all__ = ["COLLECTION", "Collections", "Entry", "Submitted", "Verdict"]

COLLECTION: Final = 200
"""The most records that one collection request takes."""

_LOCK_ATTEMPTS = 4
_LOCKED = "UNABLE_TO_LOCK_ROW"
_UNPARSABLE = frozenset({400, 413, 414, 431})
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


@dataclass(slots=True)
class Submitted:
    """The verdicts by the writes' keys, and what stopped the rest, if anything did."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    failure: LpcError | None = None

    def locked(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those that another transaction held."""
        return [entry for entry in entries if self.verdicts[entry.write.key].code == _LOCKED]

    def add(self, other: Submitted) -> None:
        self.verdicts.update(other.verdicts)
        self.failure = other.failure or self.failure


class Collections:
    """Sends records of one object."""

    def __init__(self, connection: Connection, caller: Caller, sobject: str) -> None:
        self._connection = connection
        self._caller = caller
        self._sobject = sobject

    async def submit(self, action: Action, entries: Sequence[Entry], sending: Sending) -> Submitted:
        """Send at most 200 entries of one action; what another transaction has locked is sent again by itself.

        Never raises for what the service answers: `failure` says why the run cannot go on. Raises what `sending` raises.
        """
        submitted = await self._send(action, entries, sending)
        patience = self._caller.patience()
        for _ in range(1, _LOCK_ATTEMPTS):
            locked = submitted.locked(entries)
            if not locked or submitted.failure is not None:
                break
            try:
                await patience.wait_for(None)
            except ThrottledError:
                break
            submitted.add(await self._send(action, locked, sending))
        for entry in submitted.locked(entries):
            # Nothing is wrong with the record: it is for the next run, not for the person.
            submitted.verdicts[entry.write.key] = Verdict(Result.NOT_SENT)
        return submitted

    async def _send(self, action: Action, entries: Sequence[Entry], sending: Sending) -> Submitted:
        await sending([entry.write for entry in entries])
        try:
            answer = await self._request(action, entries)
            return Submitted(_verdicts(entries, answer))
        except RefusedCall as refusal:
            if refusal.status not in _UNPARSABLE:
                return _all(entries, Result.NOT_SENT, refusal)
            if len(entries) == 1:
                verdict = Verdict(
                    Result.REFUSED, "", refusal.code, f"{refusal.code}: {refusal.words}", refusal.fields
                )
                return Submitted({entries[0].write.key: verdict})
            return await self._halves(action, entries, sending)
        except NeverSentError as error:
            return _all(entries, Result.NOT_SENT, error)
        except (UnreachableError, ProtocolError) as error:
            return _all(entries, Result.UNKNOWN, error)
        except LpcError as error:
            return _all(entries, Result.NOT_SENT, error)

    async def _halves(self, action: Action, entries: Sequence[Entry], sending: Sending) -> Submitted:
        """One record that cannot be parsed fails the whole call, and nothing of it is done: find it."""
        middle = len(entries) // 2
        submitted = await self._send(action, entries[:middle], sending)
        rest = entries[middle:]
        if submitted.failure is None:
            submitted.add(await self._send(action, rest, sending))
        else:
            submitted.add(_all(rest, Result.NOT_SENT, submitted.failure))
        return submitted

    async def _request(self, action: Action, entries: Sequence[Entry]) -> Any:
        method = _METHODS[action]
        if action is Action.DELETE:
            params = {"ids": ",".join(entry.write.id for entry in entries), "allOrNone": "false"}
            answer = await self._connection.send(method, "composite/sobjects", params=params)
        else:
            records = [self._record(action, entry) for entry in entries]
            answer = await self._connection.send(
                method, "composite/sobjects", body={"allOrNone": False, "records": records}
            )
        return answer.body

    def _record(self, action: Action, entry: Entry) -> JsonObject:
        identity = {"id": entry.write.id} if action is Action.UPDATE else {}
        return {"attributes": {"type": self._sobject}, **identity, **entry.body}


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
    """What the service says is wrong; of a duplicate rule also which one it is, where it is told."""
    rule = (error.get("duplicateResult") or {}).get("duplicateRule")
    return f"{error['statusCode']}: {error['message']}" + (f" (duplicate rule {rule})" if rule else "")
