"""Carrying out writes: look, send, read back.

Salesforce has no precondition that would hold for a collection, so every record is looked at right before it is changed, and
left alone if it is no longer as the plan saw it. In front of changes travels a guard, in the same request: they are not
carried out unless the service finds every record as it was last written; see `guarding`. Where the stamps of the records
prove that they are as the plan saw them, no other look is needed. What comes between a look and a deletion, or within the
very second of a stamp, no request can tell. What is read back afterwards is the base of the next comparison.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

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
from lpc_tui.replicas.salesforce.allowance import IN_FLIGHT
from lpc_tui.replicas.salesforce.collection import COLLECTION, Collections, Entry, Guard, Submitted, Verdict
from lpc_tui.replicas.salesforce.connection import Connection
from lpc_tui.replicas.salesforce.guarding import Guarding
from lpc_tui.replicas.salesforce.looking import Looking
from lpc_tui.replicas.salesforce.reading import scope_item
from lpc_tui.replicas.salesforce.seen import Seen
from lpc_tui.replicas.salesforce.streaming import Settled, streamed
from lpc_tui.replicas.salesforce.terms import Terms

__all__ = ["CHANGES_IN_FLIGHT", "CREATES_IN_FLIGHT", "Writing"]

CREATES_IN_FLIGHT: Final = IN_FLIGHT
"""How many collections of new records are under way at once: they share nothing that the service would have to lock, unless
they are given an account."""

CHANGES_IN_FLIGHT: Final = 1
"""How many collections of changes or deletions: those of records of one account would lock each other out."""

_LOOKS: Final = 3
"""How often records are looked at that somebody keeps writing, before they are changed without a guard."""

_DUPLICATE = "DUPLICATE_VALUE"
_ANY = Scope(window=None, include_private=True)
"""For looking inside this room: what leaves it is made fit for the scope of the call."""


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
        *,
        known_since: datetime | None = None,
    ) -> None:
        """`scope` says whether the outcomes may show what private items say; `known_since` is when this run began to read
        what changed, by the service's clock."""
        self._connection = connection
        self._collections = collections
        self._looking = looking
        self._seen = seen
        self._terms = terms
        self._records = terms.records
        self._scope = scope
        self._clock = clock
        self._notices = notices
        self._guarding = Guarding(terms, known_since)

    async def outcomes(
        self, writes: Sequence[Write], sending: Sending
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        """The outcomes, a request's together.

        Raises:
            ServiceError, SignInError: after the outcomes so far; what has none was not sent.
        """
        for action, work, in_flight in (
            (Action.CREATE, self._create, 1 if self._records.has_parents else CREATES_IN_FLIGHT),
            (Action.UPDATE, self._update, CHANGES_IN_FLIGHT),
            (Action.DELETE, self._delete, CHANGES_IN_FLIGHT),
        ):
            chunks = _chunks([write for write in writes if write.action is action])
            jobs = [partial(work, chunk, sending) for chunk in chunks]
            async with aclosing(streamed(jobs, in_flight)) as stream:
                async for settled in stream:
                    yield settled.outcomes

    async def _create(self, writes: Sequence[Write], sending: Sending) -> Settled:
        now = self._clock()
        settled = Settled()
        entries = []
        for write in writes:
            refusal = self._records.refusal(write.fields)
            if refusal is not None:
                words, names = refusal
                settled.outcomes.append(Outcome(write.key, Result.REFUSED, words=words, fields=names))
                continue
            self._tell_left_out([(write, EMPTY)])
            body = self._records.new_record(self._records.settable(write.fields), now)
            entries.append(Entry(write, self._records.marked(body, write.mark)))
        await self._submit(Action.CREATE, entries, sending, settled)
        return settled

    async def _update(self, writes: Sequence[Write], sending: Sending) -> Settled:
        if self._guarding.proves(writes):
            known = [(write, write.expected) for write in writes]
            entries = self._changes(known)
            settled = Settled()
            if (
                len(entries) == len(writes)
                and self._collections.may_combine(entries)
                and await self._submit(Action.UPDATE, entries, sending, settled, self._guarding.query)
            ):
                self._tell_left_out(known)
                return settled
        return await self._update_seen(writes, sending)

    async def _update_seen(self, writes: Sequence[Write], sending: Sending) -> Settled:
        """Look at the records, and change those that are as the plan saw them, under a guard of the stamps just seen.

        It does not hold if somebody writes between the two: they are looked at again then. The last time the look has to do.
        """
        for turns_left in reversed(range(_LOOKS)):
            settled = Settled()
            fit = await self._fit(writes, settled)
            known = [
                (replace(write, version=item.version), {**write.expected, **item.fields})
                for write, item in fit
            ]
            entries = self._changes(known)
            changing = {entry.write.key for entry in entries}
            settled.outcomes += [
                Outcome(write.key, Result.DONE, scope_item(item, self._scope))
                for write, item in fit
                if write.key not in changing
            ]
            is_guarded = (
                turns_left > 0
                and self._guarding.can_ask([entry.write for entry in entries])
                and self._collections.may_combine(entries)
            )
            guard = self._guarding.query if is_guarded else None
            if await self._submit(Action.UPDATE, entries, sending, settled, guard):
                break
        self._tell_left_out(known)
        return settled

    def _changes(self, writes: Sequence[tuple[Write, Fields]]) -> list[Entry]:
        """What is sent for updates, each with all that its record says; nothing for one that changes nothing there."""
        now = self._clock()
        entries = []
        for write, beside in writes:
            fields = self._records.changing(write.fields, beside)
            if fields:
                entries.append(Entry(write, self._records.change(fields, beside, now)))
        return entries

    async def _delete(self, writes: Sequence[Write], sending: Sending) -> Settled:
        settled = Settled()
        entries = [Entry(write) for write, _ in await self._fit(writes, settled)]
        await self._submit(Action.DELETE, entries, sending, settled)
        return settled

    async def _fit(self, writes: Sequence[Write], settled: Settled) -> list[tuple[Write, Item]]:
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
        self,
        action: Action,
        entries: Sequence[Entry],
        sending: Sending,
        settled: Settled,
        guard: Guard | None = None,
    ) -> bool:
        """Send the entries and add their outcomes to `settled`; False if nothing was sent, since a guard did not hold."""
        if not entries:
            return True
        submitted = await self._collections.submit(action, entries, sending, guard)
        if submitted.is_outdated:
            return False
        settled.failure = submitted.failure
        verdicts = submitted.verdicts
        if action is Action.CREATE:
            await self._adopt(entries, verdicts, settled)
        settled.is_lost = any(verdict.result is Result.UNKNOWN for verdict in verdicts.values())
        try:
            seen = await self._seen_after(action, entries, submitted)
        except LpcError as error:
            settled.failure = settled.failure or error
            seen = {}
        settled.outcomes += [
            self._outcome(action, entry.write, verdicts[entry.write.key], seen) for entry in entries
        ]
        return True

    async def _adopt(self, entries: Sequence[Entry], verdicts: dict[str, Verdict], settled: Settled) -> None:
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
        self, action: Action, entries: Sequence[Entry], submitted: Submitted
    ) -> Mapping[str, Sighting]:
        """The records that need to be seen again: those written, as far as they were not read back in the same request, and
        those whose answer was lost."""
        asked = []
        for entry in entries:
            verdict = submitted.verdicts[entry.write.key]
            if verdict.result is Result.DONE and action is not Action.DELETE:
                asked.append(verdict.id)
            elif verdict.result is Result.UNKNOWN and action is not Action.CREATE:
                asked.append(entry.write.id)
        rows = {row["Id"]: row for row in submitted.rows}
        read = await self._looking.seen([rows[each] for each in asked if each in rows], self._terms, _ANY)
        unread = [each for each in asked if each not in rows]
        return {**read, **await self._sightings(unread, is_handed_on=True)}

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

    def _tell_left_out(self, writes: Sequence[tuple[Write, Fields]]) -> None:
        """Say what of the writes the org has no place for, by all that their records say. The rest of each is sent, and
        nothing is lost on the other side."""
        for write, beside in writes:
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
