"""The menu of `lpc-tui --plain`: status, signing in and out, settings, sync, history, issues, why."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterable
from datetime import tzinfo
from itertools import chain, islice

from lpc_tui.cli.login import accounts_of, sign_in, status_line
from lpc_tui.cli.plain.review import PlainReview
from lpc_tui.cli.plain.settings import change_settings
from lpc_tui.cli.plain.talk import InputEnded, Talk
from lpc_tui.cli.render import Renderer
from lpc_tui.cli.sync import OneSync
from lpc_tui.engine.interface import Cancel, Reviewer
from lpc_tui.errors import LpcError
from lpc_tui.model.items import Process, Side
from lpc_tui.paths import Paths
from lpc_tui.plain import plain
from lpc_tui.reports.interface import Reports
from lpc_tui.settings_file import load

__all__ = ["open_plain"]

_WIDTH = 100
_MOST_RUNS = 10
_SENTENCE = 500


def open_plain(paths: Paths) -> None:
    """Lead the person through the menu until they have had enough. Raises `SettingsError` if there is no place for it."""
    from tzlocal import get_localzone

    # What else writes lines here asks the terminal what it may draw: nothing.
    os.environ["TERM"], os.environ["NO_COLOR"] = "dumb", "1"
    paths.make_folders()
    menu = _Menu(Talk(sys.stdin.fileno(), sys.stdout), paths, get_localzone())
    try:
        menu.run()
    except InputEnded:
        menu.talk.say("")


class _Menu:
    """The conversation with one person about one profile."""

    def __init__(self, talk: Talk, paths: Paths, zone: tzinfo) -> None:
        self.talk = talk
        self._paths = paths
        self._zone = zone
        self._entries: dict[str, tuple[str, Callable[[], None]]] = {
            "1": ("Status", self._status),
            "2": ("Sign in or out", self._accounts),
            "3": ("Settings", lambda: change_settings(talk, paths.config_file)),
            "4": ("Sync", self._sync),
            "5": ("History", self._history),
            "6": ("Issues: what waits for you", self._issues),
            "7": ("Why something was or was not synced", self._why),
        }

    def run(self) -> None:
        """Until the person quits."""
        self.talk.say(
            f"LinkPoint Assist, profile {self._paths.profile}. Type a number or letter, then Enter."
        )
        options = [*((key, label) for key, (label, _) in self._entries.items()), ("q", "Quit")]
        while (chosen := self.talk.choose("Menu", options)) != "q":
            label, flow = self._entries[chosen]
            self.talk.say("", f"{label}.")
            try:
                flow()
            except LpcError as error:
                self.talk.say(plain(f"{error.title}: {error}"))

    def _reports(self) -> Reports:
        from lpc_tui.wiring import make_reports

        return make_reports(load(self._paths.config_file), self._paths)

    def _status(self) -> None:
        accounts = accounts_of(self._paths)
        self.talk.say(*(status_line(accounts.status(side)) for side in Side))
        issues = self._reports().issues()
        for standing in issues.standings:
            last = standing.last_run.astimezone(self._zone) if standing.last_run else None
            when = f"last sync {last:%Y-%m-%d %H:%M}" if last else "never synced"
            self.talk.say(f"{standing.process.label}: {when}, {standing.links} items linked.")
        self.talk.say(f"{len(issues.waiting)} items wait for you.")

    def _accounts(self) -> None:
        options = [(str(number), f"Sign in to {side.label}") for number, side in enumerate(Side, 1)]
        options += [(str(number), f"Sign out of {side.label}") for number, side in enumerate(Side, 3)]
        chosen = self.talk.choose("Which", [*options, ("b", "Back")])
        if chosen == "b":
            return
        side = tuple(Side)[(int(chosen) - 1) % 2]
        accounts = accounts_of(self._paths)
        if int(chosen) <= 2:
            status = asyncio.run(sign_in(accounts, side))
            who = f" as {status.who}" if status.who else ""
            self.talk.say(plain(f"Signed in to {side.label}{who}."))
        else:
            was_in = asyncio.run(accounts.logout(side))
            self.talk.say(
                f"Signed out of {side.label}." if was_in else f"Nobody was signed in to {side.label}."
            )

    def _sync(self) -> None:
        options = [(str(number), process.label) for number, process in enumerate(Process, 1)]
        chosen = self.talk.choose("Which", [*options, ("a", "All of them"), ("b", "Back")])
        if chosen == "b":
            return
        processes = tuple(Process) if chosen == "a" else (tuple(Process)[int(chosen) - 1],)
        self.talk.say("Both sides are read, then you review what would be done. Ctrl-C stops it.")
        result = _PlainSync(self.talk, self._paths).run(processes)
        if result.error is not None:
            raise result.error

    def _history(self) -> None:
        from lpc_tui.cli.history_view import entry_lines, run_lines

        reports = self._reports()
        runs = list(islice(reports.runs(limit=_MOST_RUNS), _MOST_RUNS))
        if not runs:
            self.talk.say("No sync has run yet.")
            return
        for number, run in enumerate(runs, 1):
            self.talk.say(*(line.strip() for line in _numbered(number, run_lines(run, self._zone))))
        chosen = self.talk.ask("The number of a run to hear all of, or Enter to go back")
        if chosen.isdigit() and 1 <= int(chosen) <= len(runs):
            entries = reports.operations(runs[int(chosen) - 1].run)
            lines = chain.from_iterable(entry_lines(entry, self._zone) for entry in entries)
            self.talk.page([line.strip() for line in lines] or ["It wrote nothing."])

    def _issues(self) -> None:
        from lpc_tui.reports.words import kind_words

        issues = self._reports().issues()
        if not issues.open:
            self.talk.say("Nothing is open.")
            return
        for number, issue in enumerate(issues.waiting, 1):
            name = plain(issue.item.title, 60)
            self.talk.say(f"{number}: {issue.item.process.label}: {name}: {kind_words(issue.kind)}.")
        others = len(issues.open) - len(issues.waiting)
        self.talk.say(f"{len(issues.waiting)} wait for you; {others} others are pending or at rest.")
        chosen = self.talk.ask("The number of an item to hear more of, or Enter to go back")
        if chosen.isdigit() and 1 <= int(chosen) <= len(issues.waiting):
            issue = issues.waiting[int(chosen) - 1]
            remedies = (f"You can: {plain(each.sentence, _SENTENCE)}" for each in issue.resolutions)
            self.talk.say(plain(issue.sentence, _SENTENCE), *remedies)

    def _why(self) -> None:
        from lpc_tui.cli.why_view import answer_lines

        if asked := self.talk.ask("Part of its name, or its id"):
            lines = answer_lines(self._reports().why(asked), self._zone, width=_WIDTH)
            self.talk.page([" ".join(line.split()) for line in lines])


class _PlainSync(OneSync):
    """A run that is reviewed in the conversation."""

    def __init__(self, talk: Talk, paths: Paths) -> None:
        super().__init__(paths, load(paths.config_file), is_asking=True, is_dry_run=False, as_json=False)
        self._talk = talk

    def reviewer(self, renderer: Renderer, cancel: Cancel) -> Reviewer:
        renderer.pause()
        return PlainReview(self._talk, self._zone, cancel)


def _numbered(number: int, lines: Iterable[str]) -> list[str]:
    first, *rest = lines
    return [f"{number}: {first}", *rest]
