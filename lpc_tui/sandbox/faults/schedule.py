"""Which faults strike what: the counting, and the switch that tests and the server turn.

`serving` and `saving` ask it about each request, part and record, from the servers' thread; a test adds and clears from its
own. It knows no HTTP, and the time only by the clock it is given.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from lpc_tui.sandbox.faults.kinds import ExpiredToken, Fault, RecordFault, RequestFault, Service, Status

__all__ = ["Asked", "Faults"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, or a part of one, as far as faults care."""

    service: Service
    method: str
    path: str
    """With its query."""
    token: str = ""
    is_part: bool = False


@dataclass(slots=True, eq=False)
class _Switched:
    """A fault that is switched on, and its count."""

    fault: Fault
    matched: int = 0
    struck: int = 0
    first_struck: datetime | None = None

    def strikes(self, now: datetime) -> bool:
        """Count one thing that it matches, and say whether it strikes."""
        self.matched += 1
        if not self.fault.is_due(self.matched) or self._is_over(now):
            return False
        self.first_struck = self.first_struck or now
        self.struck += 1
        return True

    def _is_over(self, now: datetime) -> bool:
        if self.first_struck is None or self.fault.for_seconds is None:
            return False
        return now - self.first_struck >= timedelta(seconds=self.fault.for_seconds)


@dataclass(slots=True)
class _State:
    switched: list[_Switched] = field(default_factory=list)
    refused_tokens: dict[tuple[Service, str], ExpiredToken] = field(default_factory=dict)
    seen: Counter[Service] = field(default_factory=Counter)


class Faults:
    """The faults of one sandbox; safe to use from any thread."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """`clock` is the sandbox's, aware UTC."""
        self._clock = clock
        self._lock = threading.Lock()
        self._state = _State()

    def add(self, *faults: Fault) -> None:
        """Switch these on; what they match is counted from now."""
        with self._lock:
            self._state.switched += [_Switched(fault) for fault in faults]

    def clear(self) -> None:
        """Switch all of them off, take expired tokens again, and count anew."""
        with self._lock:
            self._state = _State()

    def __len__(self) -> int:
        """How many are switched on."""
        with self._lock:
            return len(self._state.switched)

    @property
    def seen(self) -> Mapping[Service, int]:
        """How many requests reached each service since the last `clear`, struck or not."""
        with self._lock:
            return Counter(self._state.seen)

    def struck(self, fault: Fault) -> int:
        """How often a fault struck."""
        with self._lock:
            return sum(each.struck for each in self._state.switched if each.fault is fault)

    def strike(self, asked: Asked) -> tuple[RequestFault, ...]:
        """The faults that strike a request or a part of one, in the order in which they were added."""
        with self._lock:
            if not asked.is_part:
                self._state.seen[asked.service] += 1
            found = [
                each.fault
                for each in self._state.switched
                if isinstance(each.fault, RequestFault)
                and _matches(each.fault, asked)
                and each.strikes(self._clock())
            ]
            return (*self._refusals(asked, found), *found)

    def strike_record(
        self, object_name: str, is_met: Callable[[RecordFault], bool]
    ) -> tuple[RecordFault, ...]:
        """The faults that strike a record of this object; `is_met` says whether one's condition holds."""
        with self._lock:
            return tuple(
                each.fault
                for each in self._state.switched
                if isinstance(each.fault, RecordFault)
                and each.fault.object == object_name
                and is_met(each.fault)
                and each.strikes(self._clock())
            )

    def _refusals(self, asked: Asked, found: list[RequestFault]) -> tuple[ExpiredToken, ...]:
        """What refuses the token of a request for having expired before; notes one that expires now."""
        key = asked.service, asked.token
        before = self._state.refused_tokens.get(key)
        for fault in found:
            if isinstance(fault, ExpiredToken) and fault.is_lasting and asked.token:
                self._state.refused_tokens[key] = fault
        return () if before is None or asked.is_part else (before,)


def _matches(fault: RequestFault, asked: Asked) -> bool:
    is_for_parts = isinstance(fault, Status) and fault.of == "part"
    return (
        is_for_parts == asked.is_part
        and fault.service in (None, asked.service)
        and fnmatchcase(asked.method, fault.method.upper())
        and fnmatchcase(asked.path, fault.path)
    )
