"""What a run knows of a process, between the state file and the readings: loads what is needed, stores what was learned.

A quiet run must not load ten thousand links to find nothing to do: it begins with those of which something is pending, and
takes in others as the readings speak of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from lpc_tui.engine.known import StoredKnowledge
from lpc_tui.engine.recovery import Recovered
from lpc_tui.model.items import Process, Side
from lpc_tui.model.links import Link, Unlinked
from lpc_tui.model.observe import Reading
from lpc_tui.model.safety import Census
from lpc_tui.state.records import Records
from lpc_tui.state.rows import Journalled, ReplicaState
from lpc_tui.state.store import Store

__all__ = ["Books"]


@dataclass(slots=True)
class Books:
    """The books of one process for the length of a run."""

    store: Store
    process: Process
    states: dict[Side, ReplicaState]
    """As stored: how far each side was read, above all."""
    knowledge: StoredKnowledge
    _is_whole: bool
    """Whether every link of the process is loaded."""

    @classmethod
    async def opened(cls, store: Store, process: Process, states: dict[Side, ReplicaState]) -> Self:
        """The books with what is pending, or with everything where a side is read for the first time."""
        is_whole = any(state.watermark is None for state in states.values())

        def load(records: Records) -> tuple[list[Link], list[Unlinked]]:
            links = records.links(process) if is_whole else records.pending_links(process)
            return links, records.unlinked(process)

        knowledge = StoredKnowledge(store, process, *await store.run(load))
        return cls(store, process, states, knowledge, is_whole)

    async def open_intents(self) -> list[Journalled]:
        """Writes whose outcome was never recorded, with the links of their items loaded."""
        intents = await self.store.run(lambda records: records.open_intents(self.process))
        touched: dict[Side, set[str]] = {side: set() for side in Side}
        for intent in intents:
            for side, item_id in ((intent.side, intent.item_id), (intent.side.other, intent.source_id)):
                if item_id:
                    touched[side].add(item_id)
        await self.knowledge.fetch(touched)
        return intents

    async def load_for(self, readings: Mapping[Side, Reading]) -> None:
        """Load the links that the readings speak of; all of them after a full reading."""
        if self._is_whole:
            return
        if any(reading.is_full for reading in readings.values()):
            self.knowledge.take_in(await self.store.run(lambda records: records.links(self.process)))
            self._is_whole = True
            return
        await self.knowledge.fetch(
            {side: each.items.keys() | each.hints | each.series for side, each in readings.items()}
        )

        def load(records: Records) -> list[Link]:
            return [
                link
                for side, reading in readings.items()
                for link in records.links_of_series(self.process, side, reading.series | reading.items.keys())
            ]

        self.knowledge.take_in(await self.store.run(load))

    async def keep(
        self,
        readings: Mapping[Side, Reading],
        recovered: Recovered,
        at: datetime,
        *,
        forgets_private: bool,
    ) -> None:
        """Store what was learned, in one transaction with the watermarks that stand for it; `at` is aware UTC. With
        `forgets_private` the journal loses the texts of what is private, too."""
        links = [self.knowledge.links[link_id] for link_id in sorted(self.knowledge.touched)]
        self.knowledge.touched.clear()
        ended = sorted(self.knowledge.ended)
        self.knowledge.ended.clear()
        changed, dropped = self.knowledge.unlinked_changes()
        for side, reading in readings.items():
            state = self.states[side]
            self.states[side] = replace(state, watermark=reading.watermark or state.watermark)

        def keep(records: Records) -> None:
            with records.together():
                records.end_links(ended)
                records.save_links(links)
                records.drop_unlinked(self.process, dropped)
                records.save_unlinked(self.process, changed)
                for intent, state, item in recovered.settled:
                    records.settle(intent.number, state, at, item=item)
                for side in Side:
                    records.save_replica(self.process, side, self.states[side])
                if forgets_private:
                    records.forget_private_history(self.process)

        await self.store.run(keep)

    async def census(self) -> Census:
        """How many links there are in all, and on how many of them each side's item is left."""
        return await self.store.run(lambda records: records.census(self.process))
