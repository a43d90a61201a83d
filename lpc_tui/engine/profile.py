"""What a run needs of a profile, and the check that its services still are the ones it knows.

`wiring` provides a profile from the settings; the engine knows no settings file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from lpc_tui.errors import StateError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Rules
from lpc_tui.replicas.base import Identity, Notice, Replica
from lpc_tui.state.rows import ReplicaState

__all__ = ["Profile", "identified"]


class Profile(Protocol):
    """The settings and the files of one profile, as a run asks for them."""

    @property
    def state_file(self) -> Path: ...

    @property
    def lock_file(self) -> Path: ...

    def rules(self, process: Process, now: datetime) -> Rules:
        """The settings of a process as the planner sees them, with the window around `now`."""

    def identity_key(self, process: Process, side: Side) -> str:
        """A digest of what a side's identity is asked with: while it stays the same, so does the identity. May block."""

    def open_replica(
        self, process: Process, side: Side, remembered: Identity | None, notify: Callable[[Notice], None]
    ) -> Replica:
        """A replica of this process, ready to be used; `remembered` is whose it was when it was last read. May block.

        Raises:
            SettingsError: an address is missing or not allowed.
            SignInError: there is no token.
        """


async def identified(
    profile: Profile,
    process: Process,
    replicas: Mapping[Side, Replica],
    states: Mapping[Side, ReplicaState | None],
) -> dict[Side, ReplicaState]:
    """Whose stores these are, checked against whose they were: links are worthless with another account.

    Raises:
        StateError: it is another account or place than the links were made with.
        ServiceError, SignInError: a service could not be asked.
    """
    found = await asyncio.gather(*(replicas[side].identify() for side in Side))
    result = {}
    for side, identity in zip(Side, found, strict=True):
        state = states[side]
        if state is not None and (state.account, state.place) != (identity.account, identity.place):
            raise StateError(
                f"The {process} links of this profile were made with {side.label} {state.name or state.account};"
                f" the settings now lead to {identity.name or identity.account}.",
                "Set it back, keep the other one in a profile of its own (--profile NAME), or forget what belongs together.",
                command=f"lpc-tui rebuild {process}",
            )
        watermark = None if state is None else state.watermark
        key = await asyncio.to_thread(profile.identity_key, process, side)
        result[side] = ReplicaState(identity.account, identity.place, identity.name, key, watermark)
    return result
