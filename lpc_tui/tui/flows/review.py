"""The review of a run: a screen a process, one after the other.

`app` makes one `ReviewFlow` for its life; `RunControl` asks it when a plan waits for the person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING

from lpc_tui.engine.interface import Review
from lpc_tui.tui.run_state import Activity

if TYPE_CHECKING:
    from lpc_tui.engine.interface import Proposal
    from lpc_tui.model.items import Process
    from lpc_tui.model.plan import Answers
    from lpc_tui.tui.app import LpcApp

__all__ = ["ReviewFlow"]


class ReviewFlow:
    """Asks what shall become of a plan."""

    def __init__(self, app: LpcApp, zone: tzinfo) -> None:
        """`zone` is the person's time zone."""
        self._app = app
        self._zone = zone
        self._decide: Callable[[Answers | None], None] = lambda _answers: None

    def leave(self) -> None:
        """Back out of the review that is open, if one is."""
        self._decide(None)

    async def review(self, proposal: Proposal) -> Review:
        """A review screen a process, as the original has a window a process; backing out of one writes nothing at all.

        A process of which there is nothing to see has none.
        """
        from lpc_tui.tui.review_rows import to_review

        answers: dict[Process, Answers] = {}
        self._app.main.show_state()
        for process in to_review(proposal.plans):
            given = await self._answers(proposal, process, answers)
            if given is None:
                return Review(is_approved=False)
            answers[process] = given
        return Review(is_approved=True, answers=answers)

    async def _answers(
        self, proposal: Proposal, process: Process, confirmed: Mapping[Process, Answers]
    ) -> Answers | None:
        from lpc_tui.tui.review_state import ReviewState
        from lpc_tui.tui.screens.review import ReviewScreen

        decided: asyncio.Future[Answers | None] = asyncio.get_running_loop().create_future()

        def decide(answers: Answers | None) -> None:
            if not decided.done():
                decided.set_result(answers)

        self._decide = decide
        state = await asyncio.to_thread(ReviewState, proposal, process)
        if self._app.run_control.state.activity is Activity.STOPPING:
            decide(None)
        if not decided.done():
            self._app.push_screen(ReviewScreen(proposal, state, self._zone, dict(confirmed)), decide)
        return await decided
