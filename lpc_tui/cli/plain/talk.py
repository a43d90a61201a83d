"""Saying lines and asking for lines, with nothing drawn; also while a run goes on, without holding it up.

All reading of stdin goes through here: a pipe may hand over several lines at once, and none of them is lost.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from typing import TextIO

from lpc_tui.accounts.interface import Stop

__all__ = ["InputEnded", "Talk", "is_yes"]


class InputEnded(Exception):
    """There is nobody left to answer: the terminal was closed, Ctrl-D was pressed or the pipe is at its end."""


class Talk:
    """One conversation."""

    def __init__(self, source: int, stream: TextIO) -> None:
        """`source` is the descriptor that is read from."""
        self._source = source
        self._stream = stream
        self._read = b""
        self._is_ended = False

    def say(self, *lines: str) -> None:
        """Say these lines."""
        for line in lines:
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def ask(self, question: str) -> str:
        """The answer to a question, stripped. Raises `InputEnded`."""
        self._prompt(question)
        while not self._has_line():
            self._take()
        return self._line()

    async def ask_during_run(self, question: str, cancel: Stop) -> str | None:
        """The same without blocking the loop; None, if a stop is requested meanwhile."""
        self._prompt(question)
        loop, ready = asyncio.get_running_loop(), asyncio.Event()

        def take() -> None:
            self._take()
            if self._has_line():
                ready.set()

        if self._has_line():
            return self._line()
        stopped = asyncio.ensure_future(cancel.wait())
        answered = asyncio.ensure_future(ready.wait())
        loop.add_reader(self._source, take)
        try:
            await asyncio.wait((stopped, answered), return_when=asyncio.FIRST_COMPLETED)
            return None if stopped.done() else self._line()
        finally:
            loop.remove_reader(self._source)
            stopped.cancel()
            answered.cancel()

    def choose(self, question: str, options: Iterable[tuple[str, str]]) -> str:
        """Have one of the options chosen by its key; they are said again after an answer that is none."""
        known = dict(options)
        while True:
            self.say("", *(f"{key}: {label}" for key, label in known.items()))
            answer = self.ask(question).casefold()
            if answer in known:
                return answer
            self.say(f"{answer!r} is none of them." if answer else "Nothing was chosen.")

    def page(self, lines: Iterable[str], most: int = 20) -> None:
        """Say the lines, so many at a time."""
        waiting = list(lines)
        while waiting:
            self.say(*waiting[:most])
            waiting = waiting[most:]
            if waiting and not is_yes(self.ask(f"{len(waiting)} more lines. Go on? (y or n)")):
                return

    def _prompt(self, question: str) -> None:
        self._stream.write(f"{question}: ")
        self._stream.flush()

    def _take(self) -> None:
        piece = os.read(self._source, 4096)
        self._is_ended = not piece
        self._read += piece

    def _has_line(self) -> bool:
        return b"\n" in self._read or self._is_ended

    def _line(self) -> str:
        if b"\n" not in self._read:
            raise InputEnded
        line, _, self._read = self._read.partition(b"\n")
        return line.decode(errors="replace").strip()


def is_yes(answer: str | None) -> bool:
    """Whether an answer means yes."""
    return (answer or "").casefold() in {"y", "yes"}
