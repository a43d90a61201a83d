"""Carrying out writes: look, send, read back.

Salesforce has no precondition that would hold for a collection, so every record is looked at right before it is changed, and
left alone if it is no longer as the plan saw it. What is read back afterwards is the base of the next comparison.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from lpc_tui.errors import LpcError, ProtocolError
from lpc_tui.model.field_map import title_of
from lpc_tui.model.items import EMPTY, Fields, Item
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import (
    Gone,
    Notice,
    NoticeSink,
    Outcome,
    Result,
    Scope,
    Sending,
    Sighting,
    Unknown,
    Write,
)
from lpc_tui.replicas.salesforce.collection import COLLECTION, Collections, Entry, Verdict
from lpc_tui.replicas.salesforce.connection import Connection
from lpc_tui.replicas.salesforce.looking import Looking
from lpc_tui.replicas.salesforce.reading import scope_item
from lpc_tui.replicas.salesforce.seen import Seen
from lpc_tui.replicas.salesforce.terms import Terms

__all__ = ["IN_FLIGHT", "Writing"]

IN_FLIGHT: Final = 1
"""How many collections are under way at once. More than one is faster and risks locks on what the records share."""

_DUPLICATE = "DUPLICATE_VALUE"
_ANY = Scope(window=None, include_private=True)
"""For looking inside this room: what leaves it is made fit for the scope of the call."""


@dataclass(slots=True)
class _Settled:
    """What became of one chunk of writes, and why nothing more can be sent, if so."""

    outcomes: list[Outcome] = field(default_factory=list)
    failure: LpcError | None = None
    is_lost: bool = False
    """Whether all that failed is that an answer got lost: more may still be sent."""


class Writing:
    """Writes of one user's records."""

    def __init__(
        self,
        connection: Connection,
        collections: Collections,
        looking: Looking,
        seen: Seen,
        terms: Terms,
        scope: Scope,
        clock: Callable[[], datetime],
        notices: NoticeSink,
    ) -> None:
        """`scope` says whether the outcomes may show what private items say."""
        self._connection = connection
        self._collections = collections
        self._looking = looking
        self._seen = seen
        self._terms = terms
        self._records = terms.records
        self._scope = scope
        self._clock = clock
        self._notices = notices

    async def outcomes(
        self, writes: Sequence[Write], sending: Sending
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        """The outcomes, a request's together.

        Raises:
            ServiceError, SignInError: after the outcomes so far; what has none was not sent.
        """
        jobs = [
            partial(work, chunk, sending)
            for action, work in (
                (Action.CREATE, self._create),
                (Action.UPDATE, self._update),
                (Action.DELETE, self._delete),
            )
            for chunk in _chunks([write for write in writes if write.action is action])
        ]
        lost = 0
        async with aclosing(_streamed(jobs, IN_FLIGHT)) as stream:
            async for settled in stream:
                yield settled.outcomes
                lost = lost + 1 if settled.is_lost else 0
                # One lost answer is one lost answer; two in a row, or a reason that holds for all, end the run.
                if settled.failure is not None and lost != 1:
                    raise settled.failure

    async def _create(self, writes: Sequence[Write], sending: Sending) -> _Settled:
        now = self._clock()
        settled = _Settled()
        entries = []
        for write in writes:
            refusal = self._records.refusal(write.fields)
            if refusal is not None:
                words, names = refusal
                settled.outcomes.append(Outcome(write.key, Result.REFUSED, words=words, fields=names))
                continue
            self._tell_left_out(write, EMPTY)
            body = self._records.new_record(self._records.settable(write.fields), now)
            entries.append(Entry(write, self._records.marked(body, write.mark)))
        await self._submit(Action.CREATE, entries, sending, settled)
        return settled

    async def _update(self, writes: Sequence[Write], sending: Sending) -> _Settled:
        now = self._clock()
        settled = _Settled()
        entries = []
        for write, item in await self._fit(writes, settled):
            beside = {**write.expected, **item.fields}
            self._tell_left_out(write, beside)
            fields = self._records.changing(write.fields, beside)
            if fields:
                entries.append(Entry(write, self._records.change(fields, beside, now)))
            else:
                settled.outcomes.append(Outcome(write.key, Result.DONE, scope_item(item, self._scope)))
        await self._submit(Action.UPDATE, entries, sending, settled)
        return settled

    async def _delete(self, writes: Sequence[Write], sending: Sending) -> _Settled:
        settled = _Settled()
        entries = [Entry(write) for write, _ in await self._fit(writes, settled)]
        await self._submit(Action.DELETE, entries, sending, settled)
        return settled

    async def _fit(self, writes: Sequence[Write], settled: _Settled) -> list[tuple[Write, Item]]:
        """The writes whose records are as the plan saw them; the outcomes of the others go to `settled`."""
        sightings = await self._sightings([write.id for write in writes])
        fit = []
        for write in writes:
            sighting = sightings[write.id]
            if isinstance(sighting, Gone):
                settled.outcomes.append(Outcome(write.key, Result.GONE))
            elif isinstance(sighting, Unknown):
                settled.outcomes.append(Outcome(write.key, Result.CHANGED))
            elif sighting.is_away or self._differs(write, sighting):
                settled.outcomes.append(Outcome(write.key, Result.CHANGED, scope_item(sighting, self._scope)))
            else:
                fit.append((write, sighting))
        return fit

    async def _submit(
        self, action: Action, entries: Sequence[Entry], sending: Sending, settled: _Settled
    ) -> None:
        """Send the entries and add their outcomes to `settled`."""
        if not entries:
            return
        submitted = await self._collections.submit(action, entries, sending)
        settled.failure = submitted.failure
        verdicts = submitted.verdicts
        if action is Action.CREATE:
            await self._adopt(entries, verdicts, settled)
        settled.is_lost = any(verdict.result is Result.UNKNOWN for verdict in verdicts.values())
        try:
            seen = await self._seen_after(action, entries, verdicts)
        except LpcError as error:
            settled.failure = settled.failure or error
            seen = {}
        settled.outcomes += [
            self._outcome(action, entry.write, verdicts[entry.write.key], seen) for entry in entries
        ]

    async def _adopt(self, entries: Sequence[Entry], verdicts: dict[str, Verdict], settled: _Settled) -> None:
        """A create whose mark another record already has was done before, and its answer lost: that record is it."""
        doubles = [entry.write for entry in entries if verdicts[entry.write.key].code == _DUPLICATE]
        try:
            made = await self._looking.marked(doubles, self._terms)
        except LpcError as error:
            settled.failure = settled.failure or error
            made = {}
            verdicts.update({write.key: Verdict(Result.UNKNOWN) for write in doubles})
        verdicts.update({key: Verdict(Result.DONE, item.id) for key, item in made.items()})

    async def _seen_after(
        self, action: Action, entries: Sequence[Entry], verdicts: Mapping[str, Verdict]
    ) -> Mapping[str, Sighting]:
        """The records that need to be seen again: those written, and those whose answer was lost."""
        asked = []
        for entry in entries:
            verdict = verdicts[entry.write.key]
            if verdict.result is Result.DONE and action is not Action.DELETE:
                asked.append(verdict.id)
            elif verdict.result is Result.UNKNOWN and action is not Action.CREATE:
                asked.append(entry.write.id)
        return await self._sightings(asked, is_handed_on=True)

    def _outcome(
        self, action: Action, write: Write, verdict: Verdict, seen: Mapping[str, Sighting]
    ) -> Outcome:
        sighting = seen.get(verdict.id or write.id)
        if verdict.result is Result.UNKNOWN:
            return self._lost(action, write, sighting)
        if verdict.result is not Result.DONE:
            return Outcome(write.key, verdict.result, words=verdict.words, fields=verdict.fields)
        if action is Action.DELETE:
            return Outcome(write.key, Result.DONE)
        if isinstance(sighting, Item):
            return Outcome(write.key, Result.DONE, scope_item(sighting, self._scope))
        if sighting is None:
            return Outcome(write.key, Result.UNKNOWN)  # done, but the reading failed: recovery will find it
        # Written, and at once reassigned, hidden or deleted by the org's own automation.
        return Outcome(write.key, Result.DONE, Item(verdict.id, EMPTY, is_away=True))

    def _lost(self, action: Action, write: Write, sighting: Sighting | None) -> Outcome:
        """What the record itself says about a write whose answer was lost."""
        if action is Action.DELETE and isinstance(sighting, Gone):
            return Outcome(write.key, Result.DONE)
        if (
            action is Action.UPDATE
            and isinstance(sighting, Item)
            and self._records.shows(self._records.changing(write.fields, write.expected), sighting)
        ):
            return Outcome(write.key, Result.DONE, scope_item(sighting, self._scope))
        return Outcome(write.key, Result.UNKNOWN)

    def _differs(self, write: Write, item: Item) -> bool:
        """Whether the record is another than the plan saw: by its fields, and by its stamp only where it knew no field."""
        if not write.expected:
            return bool(write.version) and write.version != item.version
        specs = self._records.specs
        return any(
            name in item.fields and name in specs and specs[name].changed(value, item.fields[name])
            for name, value in write.expected.items()
        )

    def _tell_left_out(self, write: Write, beside: Fields) -> None:
        """Say what of a write the org has no place for. The rest of it is sent, and nothing is lost on the other side."""
        for name, why in self._records.left_out(write.fields, beside).items():
            label = self._records.specs[name].label
            title = title_of(self._records.process, Item(write.id, {**beside, **write.fields}))
            self._notices(Notice(f"{title}: {label} is left as it is in Salesforce: {why}"))

    async def _sightings(self, ids: Sequence[str], *, is_handed_on: bool = False) -> Mapping[str, Sighting]:
        """At most 200 records as they are now, in one request; only for what it does not show, the proof is asked for.

        `is_handed_on`: the engine gets to know them as they are now, whatever they are.
        """
        if not ids:
            return {}
        if any("." in name for name in self._records.selected):
            # A collection shows nothing of the records that its own refer to.
            return await self._looking.look(ids, self._terms, _ANY, is_handed_on=is_handed_on)
        params = {"ids": ",".join(ids), "fields": ",".join(self._records.selected)}
        rows = (await self._connection.get(f"composite/sobjects/{self._terms.sobject}", params)).body
        if not isinstance(rows, list):
            raise ProtocolError("Salesforce's answer to a reading by id cannot be understood.")
        now = self._clock()
        living = [row for row in rows if row and not row.get("IsDeleted")]
        if is_handed_on:
            self._seen.add(living)
        seen: dict[str, Sighting] = {row["Id"]: self._records.item(row, now) for row in living}
        unseen = [each for each in ids if each not in seen]
        if unseen:
            seen.update(await self._looking.look(unseen, self._terms, _ANY))
        return seen


def _chunks(writes: Sequence[Write]) -> list[Sequence[Write]]:
    return [writes[at : at + COLLECTION] for at in range(0, len(writes), COLLECTION)]


async def _streamed(
    jobs: Sequence[Callable[[], Coroutine[Any, Any, _Settled]]], in_flight: int
) -> AsyncGenerator[_Settled, None]:
    """The jobs' results in their order, some of them under way at once; what runs when it is closed is waited for."""
    running: deque[asyncio.Task[_Settled]] = deque()
    try:
        for job in jobs:
            running.append(asyncio.create_task(job()))
            if len(running) == in_flight:
                yield await running.popleft()
        while running:
            yield await running.popleft()
    finally:
        if running:
            await asyncio.wait(running)
