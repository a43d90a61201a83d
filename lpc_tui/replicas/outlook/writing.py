"""Writes through `$batch`: one batch in flight, each part with an outcome of its own, nothing repeated blindly.

Where the dialect asks for it, records are looked at before they are written, and left alone if a field differs from what the
plan saw. What an answer to a write means, by status:

    2xx                     done; the answer carries the record as the service now has it
    404                     gone; of a delete that was sent before: done
    412                     somebody wrote it since: looked at, and repeated once if no field of ours differs, made anew of
                            what the look showed
    duplicate transaction   the record is there already, and ours
    429                     not done: sent again after the longest wait asked for
    5xx, no answer          may have happened. A create is looked for by its mark, never repeated; updates and deletes, which
                            their version or a look guards, are repeated
    other 4xx               refused, in the service's words
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from lpc_tui.errors import LpcError, ProtocolError, ServiceError, ThrottledError
from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.items import Fields, Item
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Outcome, Result, Sending, Write
from lpc_tui.replicas.calling import Caller
from lpc_tui.replicas.outlook.batch import BATCH_SIZE, Answer, Part, longest_wait
from lpc_tui.replicas.outlook.dialect import UNREADABLE, Dialect
from lpc_tui.replicas.outlook.graph import RefusedError
from lpc_tui.replicas.wire import JsonObject

__all__ = ["Writer"]

_MOST_TRIES: Final = 3
"""How often an update or delete whose fate is unknown is sent, and how many batches in a row may go unanswered."""

_CANNOT_BE_READ: Final = "The service's answer cannot be read."


@dataclass(slots=True)
class _Pending:
    """A write on its way."""

    write: Write
    version: str
    """What it is sent with; empty: whatever the record's version is."""
    seen: JsonObject | None = None
    """The record as it was looked at for the next try."""
    tries: int = 0
    is_uncertain: bool = False
    """An earlier try may have been carried out."""
    was_outdated: bool = False
    """It was refused for its version before, though nothing of ours had changed."""

    def outcome(self, result: Result, item: Item | None = None, words: str = "") -> Outcome:
        return Outcome(self.write.key, result, item, words)

    @property
    def unsettled(self) -> Outcome:
        """Its outcome if nothing more can be done."""
        return self.outcome(Result.UNKNOWN if self.is_uncertain else Result.NOT_SENT)


@dataclass(slots=True)
class _Round:
    """What one batch came to."""

    outcomes: list[Outcome] = field(default_factory=list)
    again: list[_Pending] = field(default_factory=list)
    waits: list[Answer] = field(default_factory=list)
    """Answers for which the next batch has to wait."""
    outdated: list[_Pending] = field(default_factory=list)
    """Writes refused for their version, whose fate a look tells."""
    twins: list[tuple[_Pending, str]] = field(default_factory=list)
    """Creates that the service took before, and the id it then gave."""
    lost: list[_Pending] = field(default_factory=list)
    """Creates that are there if their mark is."""
    end: LpcError | None = None
    """What makes further batches useless: the sign-in ran out, or the service does."""
    is_mute: bool = False
    """No part was answered in a way that says what was done."""


class Writer:
    """Carries out the writes of one call."""

    def __init__(self, dialect: Dialect, caller: Caller, *, include_private: bool) -> None:
        """`dialect` must show private items too, to compare them; they are redacted in the outcomes, and not written,
        unless `include_private`.
        """
        self._dialect = dialect
        self._graph = dialect.graph
        self._caller = caller
        self._include_private = include_private
        self._specs = shared_fields(dialect.process)

    async def write(
        self, writes: Sequence[Write], sending: Sending
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        """The outcomes, batch by batch.

        Raises what ends the run, after the outcomes of all writes that were announced to `sending`.
        """
        queue = deque(_Pending(write, write.version) for write in writes)
        patience = self._caller.patience()
        mute = 0
        while queue:
            batch = [queue.popleft() for _ in range(min(BATCH_SIZE, len(queue)))]
            round_ = _Round()
            try:
                fit = await self._fit(round_, batch)
            except LpcError:
                yield _unsettled((*batch, *queue))
                raise
            if round_.outcomes:
                yield round_.outcomes
                round_.outcomes = []
            if fit:
                await sending([each.write for each in fit])
                try:
                    await self._send(round_, fit)
                except LpcError as error:
                    for each in fit:
                        each.is_uncertain |= isinstance(error, ProtocolError) and not isinstance(
                            error, RefusedError
                        )
                    yield _unsettled((*fit, *queue))
                    raise
                mute = mute + 1 if round_.is_mute else 0
            queue.extendleft(reversed(round_.again))
            if round_.outcomes:
                patience = self._caller.patience()
                yield round_.outcomes
            if mute == _MOST_TRIES:
                round_.end = ServiceError(
                    f"{self._caller.host} answers no write any more.", "Run again to continue."
                )
            if round_.end is not None:
                yield _unsettled(queue)
                raise round_.end
            if round_.waits:
                try:
                    await patience.wait_for(longest_wait(round_.waits))
                except ThrottledError:
                    yield _unsettled(queue)
                    raise

    # Before a batch

    async def _fit(self, round_: _Round, batch: Sequence[_Pending]) -> list[_Pending]:
        """Those of a batch that may be sent; the outcomes of the others go to `round_`."""
        unseen = [each for each in batch if each.seen is None and self._dialect.looks_first(each.write)]
        answers = await self._dialect.look_up([each.write.id for each in unseen])
        settled = set()
        for pending, answer in zip(unseen, answers, strict=True):
            outcome = self._judged(pending, answer)
            if outcome is not None:
                round_.outcomes.append(outcome)
                settled.add(pending.write.key)
        return [each for each in batch if each.write.key not in settled]

    def _judged(self, pending: _Pending, answer: Answer) -> Outcome | None:
        """The outcome of a write whose record was looked at; None where it may be sent, made of what was seen."""
        if answer.status == 404:
            return pending.outcome(_gone(pending))
        if not answer.is_ok:
            return pending.outcome(Result.UNKNOWN if pending.is_uncertain else Result.CHANGED)
        try:
            item = self._dialect.item(answer.body)
        except UNREADABLE:
            return pending.outcome(
                Result.UNKNOWN if pending.is_uncertain else Result.CHANGED, words=_CANNOT_BE_READ
            )
        write = pending.write
        if write.action is Action.UPDATE and not self._differs(
            item.fields, {**write.expected, **write.fields}
        ):
            return self._outcome(pending, Result.DONE, item)
        is_closed = item.is_private and not self._include_private
        if item.is_away or is_closed or self._differs(item.fields, write.expected):
            return self._outcome(pending, Result.CHANGED, item)
        pending.seen = answer.body
        # Occurrences share the version of their series, which our own write to a sister in the same batch changes again:
        # they are sent without one, right after the look.
        pending.version = "" if item.series_id else item.version
        return None

    def _differs(self, shown: Fields, expected: Fields) -> bool:
        """Whether a field that both sides have says something else than expected; one that cannot be told just now does
        not."""
        return any(
            spec.changed(expected[spec.name], shown[spec.name])
            for spec in self._specs
            if spec.name in expected and spec.name in shown
        )

    # A batch and its answers

    async def _send(self, round_: _Round, batch: Sequence[_Pending]) -> None:
        answers = await self._graph.send_once([self._part(each) for each in batch])
        for pending, answer in zip(batch, answers, strict=True):
            pending.tries += 1
            self._sort(round_, pending, answer)
        round_.is_mute = all(_is_uncertain(answer) for answer in answers)
        await self._look(round_)

    def _part(self, pending: _Pending) -> Part:
        write = pending.write
        if write.action is Action.CREATE:
            return Part("POST", self._dialect.create_url, self._dialect.created(write))
        url = self._dialect.url(write.id)
        if write.action is Action.DELETE:
            return Part("DELETE", url, if_match=pending.version)
        return Part("PATCH", url, self._dialect.updated(write, pending.seen), pending.version)

    def _sort(self, round_: _Round, pending: _Pending, answer: Answer) -> None:
        """Put a write where its answer sends it."""
        is_create = pending.write.action is Action.CREATE
        seen, pending.seen = pending.seen, None
        if answer.is_ok:
            round_.outcomes.append(self._done(pending, answer.body, seen))
        elif answer.status == 401:
            round_.end = self._graph.error_of(answer)
            round_.again.append(pending)
        elif answer.status == 429:
            round_.again.append(pending)
            round_.waits.append(answer)
        elif _is_uncertain(answer):
            pending.is_uncertain = True
            if is_create:
                round_.lost.append(pending)
            elif pending.tries < _MOST_TRIES:
                round_.again.append(pending)
                round_.waits.append(answer)
            else:
                round_.outcomes.append(pending.unsettled)
        elif answer.status == 404 and not is_create:
            round_.outcomes.append(pending.outcome(_gone(pending)))
        elif answer.status == 412 and not is_create:
            round_.outdated.append(pending)
        elif answer.code.casefold() == "errorduplicatetransactionid":
            existing_id = answer.body["error"].get("@event.existingEventId")
            if existing_id:
                round_.twins.append((pending, existing_id))
            else:
                round_.lost.append(pending)
        else:
            round_.outcomes.append(pending.outcome(Result.REFUSED, words=answer.words))

    def _done(self, pending: _Pending, record: JsonObject, seen: JsonObject | None) -> Outcome:
        """The outcome of a write that the service answered with the record as it now is."""
        if pending.write.action is Action.DELETE:
            return pending.outcome(Result.DONE)
        try:
            return self._outcome(pending, Result.DONE, self._dialect.written(record, seen))
        except UNREADABLE:
            return pending.outcome(Result.UNKNOWN, words=_CANNOT_BE_READ)

    def _outcome(self, pending: _Pending, result: Result, item: Item) -> Outcome:
        is_open = self._include_private or not item.is_private
        return pending.outcome(result, item if is_open else item.redacted())

    # After a batch

    async def _look(self, round_: _Round) -> None:
        """Settle the writes whose fate a look tells."""
        doubtful = [*round_.outdated, *(pending for pending, _ in round_.twins)]
        ids = [*(pending.write.id for pending in round_.outdated), *(id_ for _, id_ in round_.twins)]
        waiting = {each.write.key: each for each in (*doubtful, *round_.lost)}
        try:
            for pending, answer in zip(doubtful, await self._dialect.look_up(ids), strict=True):
                del waiting[pending.write.key]
                self._settle(round_, pending, answer)
            marks = [pending.write.mark for pending in round_.lost]
            answers = await self._dialect.find_marked(marks) if marks else []
            for pending, answer in zip(round_.lost, answers, strict=True):
                del waiting[pending.write.key]
                records = answer.body.get("value") if answer.is_ok else None
                round_.outcomes.append(self._found(pending, records[0] if records else None))
        except LpcError as error:
            # What was done is told first.
            round_.outcomes += _unsettled(waiting.values())
            round_.end = error

    def _settle(self, round_: _Round, pending: _Pending, answer: Answer) -> None:
        """What a look makes of a write that was refused for its version, or because it was carried out before."""
        if pending.write.action is Action.CREATE:
            round_.outcomes.append(self._found(pending, answer.body if answer.is_ok else None))
            return
        outcome = self._judged(pending, answer)
        if outcome is None and pending.was_outdated and pending.seen is not None:
            outcome = self._outcome(pending, Result.CHANGED, self._dialect.item(pending.seen))
        if outcome is not None:
            round_.outcomes.append(outcome)
        else:
            pending.was_outdated = True
            round_.again.append(pending)

    def _found(self, pending: _Pending, record: JsonObject | None) -> Outcome:
        """What became of a create, by what its mark shows; not found is no proof that it will not show up."""
        if record is None:
            return pending.outcome(Result.UNKNOWN)
        try:
            return self._outcome(pending, Result.DONE, self._dialect.item(record))
        except UNREADABLE:
            return pending.outcome(Result.UNKNOWN, words=_CANNOT_BE_READ)


def _is_uncertain(answer: Answer) -> bool:
    """Whether the write may have been carried out, or not."""
    return answer.status == 0 or (answer.is_busy and answer.status != 429)


def _gone(pending: _Pending) -> Result:
    is_our_doing = pending.write.action is Action.DELETE and pending.is_uncertain
    return Result.DONE if is_our_doing else Result.GONE


def _unsettled(pending: Iterable[_Pending]) -> list[Outcome]:
    return [each.unsettled for each in pending]
