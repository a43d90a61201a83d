"""Killed at any request or commit of a run, the next run finishes the job (law 9): nothing lost, nothing doubled.

Sixty items of a process have been worked on in both services when the run is killed. Before the next run the two people work
on: they rename what it brought them and edit what it wrote, which is to survive as well.
"""

from __future__ import annotations

import copy
import itertools
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from lpc_tui.model.items import Process
from tests.end_to_end.killing import Kind, Moment, Stage, stage
from tests.end_to_end.sixty import Sixty

LEAST = {Kind.READ: 4, Kind.WRITE: 6, Kind.COMMIT: 10}
"""How many moments of a kind a run has at the least: fewer, and it did not do what it was to be killed at."""

KINDS = [
    pytest.param(kind, is_after, id=f"{'after' if is_after else 'before'} each {kind}")
    for kind, is_after in (
        (Kind.WRITE, False),
        (Kind.WRITE, True),
        (Kind.COMMIT, False),
        (Kind.COMMIT, True),
        (Kind.READ, False),
    )
]


@dataclass
class Play:
    """A prepared stage and what is to come of it."""

    stage: Stage
    sixty: Sixty

    async def problems(self, moment: Moment) -> list[str] | None:
        """What is wrong in the end, if the run is killed then; None: it got through before."""
        self.stage.reset()
        sixty = copy.deepcopy(self.sixty, {id(self.stage.rehearsal): self.stage.rehearsal})
        code = self.stage.sync_until(moment)
        if code == 0:
            return None
        if code != -signal.SIGKILL:
            return [f"the run ended with {code}"]
        self.stage.times.advance(minutes=2)
        sixty.work_on()
        return await self._after_the_next_runs(sixty)

    async def _after_the_next_runs(self, sixty: Sixty) -> list[str]:
        rehearsal, process = self.stage.rehearsal, self.stage.rehearsal.process
        if (code := (await rehearsal.sync()).exit_code) != 0:
            return [f"the next run ended with {code}", *sixty.wrong()]
        if found := sixty.wrong():
            return found
        again = await rehearsal.sync()
        if again.exit_code or again.counts[process].writes:
            return [f"the run after the next one ended with {again.exit_code}, {again.counts[process]}"]
        return sixty.wrong()


Opened = Callable[[Process], Awaitable[Play]]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Opens the play of a process, prepared once."""
    plays: dict[Process, Play] = {}
    with ExitStack() as stages:

        async def play(process: Process) -> Play:
            if process not in plays:
                set_up = stages.enter_context(stage(tmp_path_factory.mktemp(process), process))
                sixty = Sixty(set_up.rehearsal, set_up.times().date())
                await sixty.prepare()
                set_up.keep()
                plays[process] = Play(set_up, sixty)
            return plays[process]

        yield play


@pytest.mark.parametrize("process", list(Process))
@pytest.mark.parametrize(("kind", "is_after"), KINDS)
async def test_killed_at_each_moment_the_next_run_finishes_the_job(
    process: Process,
    kind: Kind,
    is_after: bool,
    opened: Opened,
    record_property: Callable[[str, object], None],
) -> None:
    """Prints how many moments of how many went well."""
    play = await opened(process)
    found: dict[str, list[str]] = {}
    for number in itertools.count(1):
        moment = Moment(kind, is_after, number)
        problems = await play.problems(moment)
        if problems is None:
            break
        found[str(moment)] = problems
    wrong = {moment: problems for moment, problems in found.items() if problems}
    tally = f"{process}, killed {'after' if is_after else 'before'} each {kind}: {len(found) - len(wrong)} of {len(found)}"
    print(tally)
    record_property("tally", tally)
    assert wrong == {}
    assert len(found) >= LEAST[kind]
