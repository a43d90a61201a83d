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
from typing import Protocol

import pytest

from lpc_tui.model.items import Process
from tests.end_to_end.killing import Kind, Moment, Stage, stage
from tests.end_to_end.sixty import Sixty

MARK_FIELD = "Sync_Mark__c"
LEAST = {Kind.READ: 4, Kind.WRITE: 5, Kind.COMMIT: 10}
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
    has_marks: bool
    """Whether Salesforce keeps the marks of what is made there: then nobody can edit away where it came from."""

    async def tally(self, kind: Kind, *, is_after: bool) -> tuple[int, dict[str, list[str]]]:
        """How many moments of a kind a run has, and what is wrong in the end after being killed at them."""
        wrong: dict[str, list[str]] = {}
        for number in itertools.count(1):
            moment = Moment(kind, is_after, number)
            problems = await self.problems(moment)
            if problems is None:
                return number - 1, wrong
            if problems:
                wrong[str(moment)] = problems
        raise AssertionError

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
        sixty.work_on(is_thorough=self.has_marks)
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


class Opened(Protocol):
    """Opens the play of a process, prepared once; with marks, in an org whose administrator made a field for them."""

    def __call__(self, process: Process, *, has_marks: bool = False) -> Awaitable[Play]: ...


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    plays: dict[tuple[Process, bool], Play] = {}
    with ExitStack() as stages:

        async def play(process: Process, *, has_marks: bool = False) -> Play:
            key = process, has_marks
            if key not in plays:
                folder = tmp_path_factory.mktemp(process)
                set_up = stages.enter_context(
                    stage(folder, process, external_id_field=MARK_FIELD if has_marks else "")
                )
                sixty = Sixty(set_up.rehearsal, set_up.times().date())
                await sixty.prepare()
                set_up.keep()
                plays[key] = Play(set_up, sixty, has_marks)
            return plays[key]

        yield play


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Prints a tally, and has it shown after the last test."""

    def told(tally: str) -> None:
        print(tally)
        record_property("tally", tally)

    return told


@pytest.mark.parametrize("process", list(Process))
@pytest.mark.parametrize(("kind", "is_after"), KINDS)
async def test_killed_at_each_moment_the_next_run_finishes_the_job(
    process: Process, kind: Kind, is_after: bool, opened: Opened, tell: Callable[[str], None]
) -> None:
    """Prints how many moments of how many went well."""
    play = await opened(process)
    count, wrong = await play.tally(kind, is_after=is_after)
    tell(
        f"{process}, killed {'after' if is_after else 'before'} each {kind}: {count - len(wrong)} of {count}"
    )
    assert wrong == {}
    assert count >= LEAST[kind]


@pytest.mark.parametrize("process", list(Process))
async def test_with_a_field_for_marks_what_was_made_is_known_whatever_was_edited_since(
    process: Process, opened: Opened, tell: Callable[[str], None]
) -> None:
    play = await opened(process, has_marks=True)
    count, wrong = await play.tally(Kind.WRITE, is_after=True)
    tell(f"{process}, with marks, killed after each write: {count - len(wrong)} of {count}")
    assert wrong == {}
    assert count >= LEAST[Kind.WRITE]
