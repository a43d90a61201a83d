"""Questions on the terminal: shows the plan, asks y/N, and hands the engine the answer; asks for a line of text.

`sync` gives a `TerminalReview` to the engine as its reviewer when nobody said `--yes`. What needs more than yes or no
(conflicts, consents, leaving single items out) is the terminal UI's review; here it is listed and left waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import termios
from collections.abc import Awaitable, Callable, Iterator
from types import MappingProxyType
from typing import IO, TypeAlias

from lpc_tui.accounts.interface import Stop
from lpc_tui.engine.interface import Cancel, Proposal, Review
from lpc_tui.model.items import Process
from lpc_tui.model.plan import Answers

__all__ = ["Ask", "TerminalReview", "ask_on_terminal", "has_terminal", "line_from_terminal"]

Ask: TypeAlias = Callable[[str], Awaitable[bool]]
"""Puts a question and returns whether the answer is yes."""


def has_terminal() -> bool:
    """Whether there is somebody to ask: a terminal to show the question on, and one to answer from."""
    return sys.stdin.isatty() and sys.stderr.isatty()


class TerminalReview:
    """A reviewer that shows the plan and asks."""

    def __init__(self, show: Callable[[Proposal], None], ask: Ask) -> None:
        """`show` prints the plans of a proposal where the person who is asked can see them."""
        self._show = show
        self._ask = ask

    async def __call__(self, proposal: Proposal) -> Review:
        """Show and ask; a plan that writes nothing needs no yes, since all it does is remember what belongs together."""
        self._show(proposal)
        plans = proposal.plans
        answers: dict[Process, Answers] = {}
        for process, plan in plans.items():
            if plan.brakes:
                if not await self._ask(f"Carry out the {process} plan in spite of that?"):
                    return Review(is_approved=False)
                answers[process] = Answers(accepts_brake=True)
        writes = sum(len(plan.writes) for plan in plans.values())
        if writes and not answers and not await self._ask(f"Carry out {_counted(writes)}?"):
            return Review(is_approved=False)
        return Review(is_approved=True, answers=MappingProxyType(answers))


def _counted(writes: int) -> str:
    return "this 1 change" if writes == 1 else f"these {writes:,} changes"


async def ask_on_terminal(question: str, cancel: Cancel, stream: IO[str] | None = None) -> bool:
    """Ask y/N on `stream` (stderr) and wait for a line from stdin, without blocking the loop.

    No, if a stop is requested meanwhile or the input ends.
    """
    answer = await line_from_terminal(f"{question} [y/N] ", cancel, stream or sys.stderr)
    return answer.casefold() in {"y", "yes"}


async def line_from_terminal(question: str, cancel: Stop, stream: IO[str], *, is_hidden: bool = False) -> str:
    """Show `question` on `stream` and wait for a line from stdin, without blocking the loop; it is stripped.

    Empty, if a stop is requested meanwhile or the input ends. What is typed is not shown with `is_hidden`.
    """
    descriptor = sys.stdin.fileno()
    with contextlib.suppress(termios.error):
        termios.tcflush(descriptor, termios.TCIFLUSH)  # what was typed before the question is no answer to it
    with _unechoed(descriptor) if is_hidden else contextlib.nullcontext():
        # Not before: who types at once would be seen.
        stream.write(question)
        stream.flush()
        answer = await _line_from(descriptor, cancel)
    if is_hidden or not answer:
        stream.write("\n")
    return answer.decode(errors="replace").strip()


@contextlib.contextmanager
def _unechoed(descriptor: int) -> Iterator[None]:
    """The terminal without its echo for the time of the block."""
    before = termios.tcgetattr(descriptor)
    hidden = termios.tcgetattr(descriptor)
    hidden[3] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSAFLUSH, hidden)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)


async def _line_from(descriptor: int, cancel: Stop) -> bytes:
    """The next line of the terminal; nothing at its end, or once a stop is requested."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[bytes] = loop.create_future()

    def read() -> None:
        if not line.done():
            line.set_result(os.read(descriptor, 4096))

    def give_up(_stopped: object) -> None:
        if not line.done():
            line.set_result(b"")

    stopped = asyncio.ensure_future(cancel.wait())
    stopped.add_done_callback(give_up)
    loop.add_reader(descriptor, read)
    try:
        return await line
    finally:
        loop.remove_reader(descriptor)
        stopped.cancel()
