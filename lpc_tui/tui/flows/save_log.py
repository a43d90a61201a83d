"""Saving the log: asks where, writes, and asks before it replaces a file. `app` runs it as a worker.

The file holds what the pane showed and no more: no text of a private item, no secret.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from textual.app import App

from lpc_tui.files import make_private_folder, write_atomically
from lpc_tui.tui.log_book import LogLine
from lpc_tui.tui.plain import plain, prose
from lpc_tui.tui.screens.log_save import SaveLogDialog
from lpc_tui.tui.screens.question import Answer, Question

__all__ = ["save_log"]

_REPLACE = Answer("replace", "r", "Replace it")
_OTHER = Answer("other", "o", "Another name")


async def save_log(app: App[None], lines: Sequence[LogLine], about: str, folder: Path, now: datetime) -> str:
    """Ask for a file, by default a new one in `folder`, and write the lines; returns how it ended, empty if the person would
    rather not. `now` is aware, in the zone that is shown."""
    data = _text(lines, about, now).encode(errors="replace")
    path = str(folder / f"lpc-tui-log-{now:%Y-%m-%d-%H%M%S}.txt")
    problem = ""
    while True:
        typed = await app.push_screen_wait(SaveLogDialog(len(lines), path, problem))
        if typed is None:
            return ""
        path, problem = typed, ""
        try:
            target = _absolute(typed)
            if not await asyncio.to_thread(_write_new, target, data):
                body = prose(f"{target}\nThere is such a file already.")
                question = Question("Replace the file?", body, (_REPLACE, _OTHER), default=1)
                if await app.push_screen_wait(question) != _REPLACE.name:
                    continue
                await asyncio.to_thread(write_atomically, target, data)
        except (OSError, ValueError, RuntimeError) as error:
            problem = f"It could not be saved: {getattr(error, 'strerror', None) or error}."
            continue
        return f"{len(lines):,} lines saved to {plain(str(target))}"


def _text(lines: Sequence[LogLine], about: str, now: datetime) -> str:
    head = f"LinkPoint Assist: log, saved {now:%Y-%m-%d %H:%M:%S %z}. {about}"
    return "\n".join([head, "", *(line.text for line in lines), ""])


def _absolute(typed: str) -> Path:
    """Raises `RuntimeError` for the home of a user who does not exist."""
    return Path(typed).expanduser().absolute()


def _write_new(path: Path, data: bytes) -> bool:
    """Write a file that was not there, for the owner alone (0600); False if there is one. One half written is taken away."""
    make_private_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return False
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return True
