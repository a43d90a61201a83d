"""How the Auto Background Sync of a profile stands, and its service: for `lpc-tui auto` and the terminal UI."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from lpc_tui.auto.schedule import Attempt, Turn, last_attempts, turns
from lpc_tui.auto.units import Service
from lpc_tui.errors import LockedError
from lpc_tui.model.items import Process
from lpc_tui.paths import Paths
from lpc_tui.settings import Settings
from lpc_tui.state.lock import hold
from lpc_tui.state.store import read_latest_runs
from lpc_tui.values import stamp_text

__all__ = ["AutoStanding", "ProfileAuto", "standing_lines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoStanding:
    """What a person wants to know of the background sync."""

    is_enabled: bool
    is_running: bool
    """As a service or in some terminal."""
    unit: str
    """The path of its systemd unit; empty: it is not installed."""
    turns: tuple[Turn, ...]


class ProfileAuto:
    """The background sync of one profile. Every call blocks."""

    def __init__(
        self,
        paths: Paths,
        environ: Mapping[str, str],
        command: Sequence[str],
        *,
        clock: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        """Args: command: what starts `lpc-tui`, without its arguments."""
        self.service = Service(paths.profile, tuple(command), environ)
        self._paths = paths
        self._clock = clock
        self._zone = zone

    def past(self) -> Mapping[Process, Attempt]:
        """The latest run of each process. Raises `StateError`."""
        return last_attempts(read_latest_runs(self._paths.state_file))

    def standing(self, settings: Settings) -> AutoStanding:
        """How it stands under these settings. Raises `StateError`."""
        return AutoStanding(
            is_enabled=settings.auto_sync.enabled,
            is_running=self.is_running(),
            unit=str(self.service.path) if self.service.is_installed else "",
            turns=turns(settings, self.past(), self._clock(), self._zone),
        )

    def is_running(self) -> bool:
        """Whether a background sync of this profile runs, as a service or in a terminal."""
        if not self._paths.auto_lock.exists():
            return False
        try:
            with hold(self._paths.auto_lock, "a look at the background sync"):
                return False
        except LockedError:
            return True


def standing_lines(standing: AutoStanding, now: datetime, zone: tzinfo) -> Iterator[str]:
    """When each process is due, for people; what keeps all of them out is said once."""
    reasons = {turn.why_not for turn in standing.turns}
    if len(reasons) == 1 and "" not in reasons:
        yield reasons.pop()
        return
    for turn in standing.turns:
        if turn.at is None:
            yield turn.why_not
        else:
            yield f"{turn.process.label}: {'now' if turn.at <= now else stamp_text(turn.at, zone)}"
