"""Writes through `$batch`: one batch in flight, each part with an outcome of its own, nothing repeated blindly.

What an answer means, by status:

    2xx                     done; the answer carries the event as the service now has it
    404                     gone; of a delete that was sent before: done
    412                     somebody wrote it since: looked at, and repeated once if no field of ours differs
    duplicate transaction   the event is there already, and ours
    429                     not done: sent again after the longest wait asked for
    5xx, no answer          may have happened. A create is looked for by its mark, never repeated; updates and deletes, which
                            their version guards, are repeated
    other 4xx               refused, in the service's words
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lpc_tui.errors import LpcError, ProtocolError, ServiceError, ThrottledError
from lpc_tui.model.field_map import CALENDAR
from lpc_tui.model.items import Fields, Item
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Outcome, Result, Sending, Write
from lpc_tui.replicas.calling import Caller
from lpc_tui.replicas.outlook.batch import BATCH_SIZE, Answer, Part, longest_wait
from lpc_tui.replicas.outlook.graph import GraphConnection, RefusedError
from lpc_tui.replicas.outlook.places import Place
from lpc_tui.replicas.outlook.records import Reader, created_record, updated_record
from lpc_tui.replicas.wire import JsonObject

__all__ = ["Writer"]

_MOST_TRIES: Final = 3
"""How often an update or delete whose fate is unknown is sent, and how many batches in a row may go unanswered."""


@dataclass(slots=True)
class _Pending:
    """A write on its way."""

    write: Write
    version: str
    """What it is sent with; empty: whatever the event's version is."""
    tries: int = 0
    is_uncertain: bool = False
    """An earlier try may have been carried out."""
    was_looked_at: bool = False
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

    outcomes: list[Outcome]
    again: list[_Pending]
    waits: list[Answer]
    """Answers for which the next batch has to wait."""
    looks: list[tuple[_Pending, str]]
    """Writes whose fate a look at this address tells."""
    end: LpcError | None = None
    """What makes further batches useless: the sign-in ran out, or the service does."""
    is_mute: bool = False
    """No part was answered in a way that says what was done."""


class Writer:
    """Carries out the writes of one call."""

    def __init__(
        self,
        graph: GraphConnection,
        caller: Caller,
        place: Place,
        reader: Reader,
        zone_name: str,
        include_private: bool,
    ) -> None:
        """`zone_name` is the Windows name of the zone for whole days. `reader` must show private items too, to compare
        them; they are redacted in the outcomes unless `include_private`.
        """
        self._graph = graph
        self._caller = caller
        self._place = place
        self._reader = reader
        self._zone_name = zone_name
        self._include_private = include_private

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
            await sending([each.write for each in batch])
            try:
                round_ = await self._send(batch)
            except LpcError as error:
                for each in batch:
                    each.is_uncertain |= isinstance(error, ProtocolError) and not isinstance(
                        error, RefusedError
                    )
                yield _unsettled((*batch, *queue))
                raise
            queue.extendleft(reversed(round_.again))
            if round_.outcomes:
                patience = self._caller.patience()
                yield round_.outcomes
            mute = mute + 1 if round_.is_mute else 0
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

    async def _send(self, batch: Sequence[_Pending]) -> _Round:
        round_ = _Round([], [], [], [])
        answers = await self._graph.send_once([self._part(each) for each in batch])
        for pending, answer in zip(batch, answers, strict=True):
            pending.tries += 1
            self._sort(round_, pending, answer)
        round_.is_mute = all(_is_uncertain(answer) for answer in answers)
        await self._look(round_)
        return round_

    def _part(self, pending: _Pending) -> Part:
        write = pending.write
        if write.action is Action.CREATE:
            record = created_record(write.fields, write.mark, self._zone_name)
            return Part("POST", f"{self._place.url}/events", record)
        url = self._place.event_url(write.id)
        if write.action is Action.DELETE:
            return Part("DELETE", url, if_match=pending.version)
        return Part("PATCH", url, updated_record(write.fields, self._zone_name), pending.version)

    def _sort(self, round_: _Round, pending: _Pending, answer: Answer) -> None:
        """Put a write where its answer sends it."""
        is_create = pending.write.action is Action.CREATE
        if answer.is_ok:
            round_.outcomes.append(self._done(pending, answer.body))
        elif answer.status == 401:
            round_.end = self._graph.error_of(answer)
            round_.again.append(pending)
        elif answer.status == 429:
            round_.again.append(pending)
            round_.waits.append(answer)
        elif _is_uncertain(answer):
            pending.is_uncertain = True
            if is_create:
                round_.looks.append((pending, self._place.marked_url(pending.write.mark)))
            elif pending.tries < _MOST_TRIES:
                round_.again.append(pending)
                round_.waits.append(answer)
            else:
                round_.outcomes.append(pending.unsettled)
        elif answer.status == 404 and not is_create:
            round_.outcomes.append(pending.outcome(_gone(pending)))
        elif answer.status == 412 and not is_create:
            round_.looks.append((pending, self._place.sighting_url(pending.write.id)))
        elif answer.code.casefold() == "errorduplicatetransactionid":
            round_.looks.append((pending, self._existing_url(pending, answer)))
        else:
            round_.outcomes.append(pending.outcome(Result.REFUSED, words=answer.words))

    def _done(self, pending: _Pending, record: JsonObject) -> Outcome:
        """The outcome of a write that the service answered with the event as it now is."""
        if pending.write.action is Action.DELETE:
            return pending.outcome(Result.DONE)
        try:
            return self._outcome(pending, Result.DONE, self._reader.item(record))
        except (KeyError, ValueError):
            return pending.outcome(Result.UNKNOWN, words="The service's answer cannot be read.")

    def _outcome(self, pending: _Pending, result: Result, item: Item) -> Outcome:
        is_open = self._include_private or not item.is_private
        return pending.outcome(result, item if is_open else item.redacted())

    def _existing_url(self, pending: _Pending, answer: Answer) -> str:
        """Where the event is that our mark made earlier."""
        event_id = answer.body["error"].get("@event.existingEventId")
        return self._place.event_url(event_id) if event_id else self._place.marked_url(pending.write.mark)

    async def _look(self, round_: _Round) -> None:
        """Settle the writes whose fate a look tells."""
        try:
            answers = await self._graph.look_up([url for _, url in round_.looks])
        except LpcError as error:
            # What was done is told first.
            round_.outcomes += [pending.unsettled for pending, _ in round_.looks]
            round_.end = error
            return
        for (pending, _), answer in zip(round_.looks, answers, strict=True):
            if pending.write.action is Action.CREATE:
                round_.outcomes.append(self._found(pending, answer))
            else:
                self._compare(round_, pending, answer)

    def _found(self, pending: _Pending, answer: Answer) -> Outcome:
        """What became of a create, by what its mark shows; not found is no proof that it will not show up."""
        records = answer.body.get("value", [answer.body]) if answer.is_ok else []
        return self._done(pending, records[0]) if records else pending.outcome(Result.UNKNOWN)

    def _compare(self, round_: _Round, pending: _Pending, answer: Answer) -> None:
        """What a write with an old version comes to, now that the event was looked at."""
        if not answer.is_ok:
            result = _gone(pending) if answer.status == 404 else Result.CHANGED
            round_.outcomes.append(pending.outcome(result))
            return
        write, is_away = pending.write, self._place.is_left(answer.body)
        item = self._reader.item(answer.body, is_away=is_away)
        if write.action is Action.UPDATE and not _differs(item.fields, {**write.expected, **write.fields}):
            round_.outcomes.append(self._outcome(pending, Result.DONE, item))
        elif is_away or pending.was_looked_at or _differs(item.fields, write.expected):
            round_.outcomes.append(self._outcome(pending, Result.CHANGED, item))
        else:
            pending.was_looked_at = True
            # Occurrences share the version of their series, which our own write to a sister in the same batch changes
            # again: they are sent without one, right after the look.
            pending.version = "" if item.series_id else item.version
            round_.again.append(pending)


def _is_uncertain(answer: Answer) -> bool:
    """Whether the write may have been carried out, or not."""
    return answer.status == 0 or (answer.is_busy and answer.status != 429)


def _gone(pending: _Pending) -> Result:
    is_our_doing = pending.write.action is Action.DELETE and pending.is_uncertain
    return Result.DONE if is_our_doing else Result.GONE


def _differs(shown: Fields, expected: Fields) -> bool:
    """Whether a field says something else than expected; one that cannot be told just now does not."""
    return any(
        spec.changed(expected[spec.name], shown[spec.name])
        for spec in CALENDAR
        if spec.name in expected and spec.name in shown
    )


def _unsettled(pending: Iterable[_Pending]) -> list[Outcome]:
    return [each.unsettled for each in pending]
