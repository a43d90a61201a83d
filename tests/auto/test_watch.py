"""The loop of the background sync, over a clock that moves when it sleeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lpc_tui.auto.schedule import Attempt
from lpc_tui.auto.watch import LOOK_AGAIN, Host, watch
from lpc_tui.engine.events import Counts, Outcome
from lpc_tui.engine.interface import Cancel, RunResult
from lpc_tui.errors import LockedError, LpcError, SettingsError, SignInError
from lpc_tui.model.items import Process, Side
from lpc_tui.settings import Settings
from lpc_tui.settings_check import check

NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


class Stage:
    """What a loop is given, and what it did."""

    def __init__(self, settings: Settings, *processes: Process) -> None:
        self.now = NOW
        self.settings = settings
        self.past: dict[Process, Attempt] = {
            process: Attempt(NOW - timedelta(days=1), is_whole=True, has_synced=True) for process in processes
        }
        self.runs: list[tuple[datetime, tuple[Process, ...]]] = []
        self.said: list[tuple[str, bool]] = []
        self.ends: list[LpcError | None] = []
        self.on_sleep: Callable[[], None] = lambda: None
        self._cancel = Cancel()

    async def play(self, minutes: int) -> None:
        """Let the loop go on for so long."""
        self._cancel = Cancel()
        end = self.now + timedelta(minutes=minutes)

        async def sleep(seconds: float) -> None:
            assert 1 <= seconds <= LOOK_AGAIN.total_seconds()
            self.now += timedelta(seconds=seconds)
            self.on_sleep()
            if self.now >= end:
                self._cancel.request()

        host = Host(
            load=self._load,
            past=self._past,
            run=self._run,
            say=lambda words, is_wrong: self.said.append((words, is_wrong)),
            clock=lambda: self.now,
            sleep=sleep,
            zone=UTC,
        )
        await watch(host, self._cancel)

    def _load(self) -> Settings:
        return self.settings

    def _past(self) -> Mapping[Process, Attempt]:
        return self.past

    async def _run(self, _settings: Settings, processes: Sequence[Process], _cancel: Cancel) -> RunResult:
        self.runs.append((self.now, tuple(processes)))
        end = self.ends.pop(0) if self.ends else None
        if isinstance(end, LockedError):
            raise end
        for process in processes:
            self.past[process] = Attempt(self.now, is_whole=end is None, has_synced=True)
        counts = {process: Counts(created={Side.OUTLOOK: 2}) for process in processes}
        outcome = Outcome.OK if end is None else Outcome.ABORTED
        return RunResult("run", outcome, 0 if end is None else end.exit_code, counts, {}, end)


def settings(**auto: object) -> Settings:
    ticked = {"include_in_background_sync": True}
    return check(
        {"auto_sync": {"enabled": True, **auto}, "sync": {str(process): ticked for process in Process}}
    )


async def test_what_is_due_together_is_one_run_and_each_comes_again_at_its_interval() -> None:
    stage = Stage(settings(calendar_every_minutes=20, contact_every_minutes=60), *Process)
    await stage.play(59)
    begun = [(int((at - NOW).total_seconds() / 60), processes) for at, processes in stage.runs]
    assert begun[0] == (0, tuple(Process))
    assert [minute for minute, processes in begun if Process.CALENDAR in processes] == [0, 20, 40]
    assert [minute for minute, processes in begun if Process.CONTACT in processes] == [0]
    assert [minute for minute, processes in begun if Process.TASK in processes] == [0, 30]


async def test_a_changed_setting_counts_within_a_minute() -> None:
    stage = Stage(check({}), *Process)

    def switch_on() -> None:
        if stage.now - NOW >= timedelta(minutes=10):
            stage.settings = settings()

    stage.on_sleep = switch_on
    await stage.play(12)
    assert [at - NOW for at, _ in stage.runs] == [timedelta(minutes=10)]
    assert stage.said[0] == ("The Auto Background Sync is off.", True)


async def test_a_process_that_was_never_synchronized_by_hand_is_left_alone_and_told_once() -> None:
    stage = Stage(settings())
    await stage.play(30)
    assert stage.runs == []
    assert len(stage.said) == 1
    assert "wants your review" in stage.said[0][0]


async def test_a_failed_run_is_loud_and_tried_again() -> None:
    stage = Stage(settings(), *Process)
    stage.ends = [SignInError("The sign-in to Outlook has ended.", "lpc-tui login outlook")]
    await stage.play(10)
    assert len(stage.runs) == 2
    assert ("Sign-in: The sign-in to Outlook has ended. lpc-tui login outlook", True) in stage.said


async def test_while_another_run_holds_the_profile_it_waits_a_minute() -> None:
    stage = Stage(settings(), *Process)
    stage.ends = [LockedError("This profile is in use already, by a test."), None]
    await stage.play(5)
    assert [at - NOW for at, _ in stage.runs] == [timedelta(0), timedelta(minutes=1)]


async def test_settings_that_cannot_be_read_stop_nothing_but_that_turn() -> None:
    stage = Stage(settings(), *Process)
    broken = SettingsError("config.toml: line 3.", "Mend it.")
    readings = iter([broken, broken])

    def load() -> Settings:
        error = next(readings, None)
        if error is not None:
            raise error
        return settings()

    stage._load = load  # type: ignore[method-assign]
    await stage.play(3)
    assert stage.said[0] == ("Settings: config.toml: line 3. Mend it.", True)
    assert [words for words, is_wrong in stage.said].count(stage.said[0][0]) == 1
    assert [at - NOW for at, _ in stage.runs] == [timedelta(minutes=2)]
