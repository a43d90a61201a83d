"""Knowledge of which the state file holds more.

A run begins with the links of which something is pending (`books`); whoever comes upon further items by name has their links
fetched before deciding anything about them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from lpc_tui.model.items import Process, Side
from lpc_tui.model.links import Link, Unlinked
from lpc_tui.model.observe import Knowledge
from lpc_tui.state.records import Records
from lpc_tui.state.store import Store

__all__ = ["StoredKnowledge"]


class StoredKnowledge(Knowledge):
    """What a run knows of a process, and the way to the rest."""

    def __init__(
        self, store: Store, process: Process, links: Iterable[Link], unlinked: Iterable[Unlinked]
    ) -> None:
        super().__init__(process, links, unlinked)
        self._store = store

    async def fetch(self, ids: Mapping[Side, Collection[str]]) -> None:
        """Take in the links of these items.

        Raises:
            StateError: the state file cannot be read.
        """

        def load(records: Records) -> list[Link]:
            return [link for side, each in ids.items() for link in records.links_of(self.process, side, each)]

        self.take_in(await self._store.run(load))

    async def linked_ids(self, side: Side) -> frozenset[str]:
        """The ids of all items of a side that had a link when this run began.

        Raises:
            StateError: the state file cannot be read.
        """
        return await self._store.run(lambda records: records.linked_ids(self.process, side))

    def take_in(self, links: Iterable[Link]) -> None:
        """Take stored links in, unless this run knows better already."""
        for link in links:
            if link.id not in self.links and link.id not in self.ended:
                self.add(link)
