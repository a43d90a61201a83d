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
from lpc_tui.replicas.outlook.pending import Pending, Round, is_uncertain
from lpc_tui.replicas.wire import JsonObject

__all__ = ["Writer"]

_MOST_TRIES: Final = 3
"""How often an update or delete whose fate is unknown is sent, and how many batches in a row may go unanswered."""

_CANNOT_BE_READ: Final = "The service's answer cannot be read."


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
        queue = deque(Pending(write, write.version) for write in writes)
        patience = self._caller.patience()
        mute = 0
        while queue:
            batch = [queue.popleft() for _ in range(min(BATCH_SIZE, len(queue)))]
            round_ = Round()
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

    async def _fit(self, round_: Round, batch: Sequence[Pending]) -> list[Pending]:
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

    def _judged(self, pending: Pending, answer: Answer) -> Outcome | None:
        """The outcome of a write whose record was looked at; None where it may be sent, made of what was seen."""
        if answer.status == 404:
            return pending.gone
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

    async def _send(self, round_: Round, batch: Sequence[Pending]) -> None:
        answers = await self._graph.send_once([self._part(each) for each in batch])
        for pending, answer in zip(batch, answers, strict=True):
            pending.tries += 1
            self._sort(round_, pending, answer)
        round_.is_mute = all(is_uncertain(answer) for answer in answers)
        await self._look(round_)

    def _part(self, pending: Pending) -> Part:
        write = pending.write
        if write.action is Action.CREATE:
            return Part("POST", self._dialect.create_url, self._dialect.created(write))
        url = self._dialect.url(write.id)
        if write.action is Action.DELETE:
            return Part("DELETE", url, if_match=pending.version)
        return Part("PATCH", url, self._dialect.updated(write, pending.seen), pending.version)

    def _sort(self, round_: Round, pending: Pending, answer: Answer) -> None:
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
        elif is_uncertain(answer):
            pending.is_uncertain = True
            if is_create:
                round_.lost.append(pending)
            elif pending.tries < _MOST_TRIES:
                round_.again.append(pending)
                round_.waits.append(answer)
            else:
                round_.outcomes.append(pending.unsettled)
        elif answer.status == 404 and not is_create:
            round_.outcomes.append(pending.gone)
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

    def _done(self, pending: Pending, record: JsonObject, seen: JsonObject | None) -> Outcome:
        """The outcome of a write that the service answered with the record as it now is."""
        if pending.write.action is Action.DELETE:
            return pending.outcome(Result.DONE)
        try:
            return self._outcome(pending, Result.DONE, self._dialect.written(record, seen))
        except UNREADABLE:
            return pending.outcome(Result.UNKNOWN, words=_CANNOT_BE_READ)

    def _outcome(self, pending: Pending, result: Result, item: Item) -> Outcome:
        is_open = self._include_private or not item.is_private
        return pending.outcome(result, item if is_open else item.redacted())

    # After a batch

    async def _look(self, round_: Round) -> None:
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

    def _settle(self, round_: Round, pending: Pending, answer: Answer) -> None:
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

    def _found(self, pending: Pending, record: JsonObject | None) -> Outcome:
        """What became of a create, by what its mark shows; not found is no proof that it will not show up."""
        if record is None:
            return pending.outcome(Result.UNKNOWN)
        try:
            return self._outcome(pending, Result.DONE, self._dialect.item(record))
        except UNREADABLE:
            return pending.outcome(Result.UNKNOWN, words=_CANNOT_BE_READ)


def _unsettled(pending: Iterable[Pending]) -> list[Outcome]:
    return [each.unsettled for each in pending]
