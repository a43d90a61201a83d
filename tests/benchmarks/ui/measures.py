"""What is measured, and how: each function plays one story in a pty and yields its figures."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

from lpc_tui.sandbox.process import SandboxProcess
from tests.benchmarks.ui.bare import FIRST_WORDS, Census
from tests.benchmarks.ui.terminal import Terminal

__all__ = ["Figure", "first_frames", "flood", "keys", "log_lines", "whole_sync"]

OURS = ["-m", "lpc_tui"]
OUR_FIRST_WORDS = "Components"
BOX = r"\[(x| )\]"
"""What is drawn of the first box of the form when it was ticked or unticked."""

_MOVES = 8
_TOGGLES = 6
_IDLE_S = 4.0
_BETWEEN_KEYS_S = 0.1


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure beside its goal."""

    what: str
    value: float
    unit: str
    peer: float | None = None
    """The same of the bare app."""
    goal: float | None = None
    """The most it may be; of a ratio, the most that value / peer may be."""
    is_ratio: bool = False
    is_asked: bool = True
    """The goal is asked for, not only told: bytes and ratios are the same on every machine, milliseconds are not."""

    @property
    def is_missed(self) -> bool:
        if self.goal is None:
            return False
        if self.is_ratio:
            return self.peer is not None and self.value > self.goal * self.peer
        return self.value > self.goal


@contextmanager
def _profile() -> Iterator[Mapping[str, str]]:
    """The environment of a profile that is not new: no wizard stands before the form."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "config.toml").write_text('[outlook]\nclient_id = ""\n', encoding="utf-8")
        yield {"LPC_TUI_HOME": home}


@contextmanager
def _ours(columns: int = 80, rows: int = 24) -> Iterator[Terminal]:
    with _profile() as environ, Terminal(OURS, environ, columns, rows) as terminal:
        terminal.until(OUR_FIRST_WORDS)
        terminal.settle()
        yield terminal


@contextmanager
def _bare(counts: Census, columns: int = 80, rows: int = 24) -> Iterator[Terminal]:
    arguments = ["-m", "tests.benchmarks.ui.bare", json.dumps(counts)]
    with Terminal(arguments, {}, columns, rows) as terminal:
        terminal.until(FIRST_WORDS)
        terminal.settle()
        yield terminal


# The start


@contextmanager
def _compiled() -> Iterator[Mapping[str, str]]:
    """The environment in which bytecode is kept, as an installation keeps it: a first start compiles, the others do not."""
    with tempfile.TemporaryDirectory() as folder:
        yield {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}


def first_frames(counts: Census, times: int) -> Iterator[Figure]:
    """Until something is to be seen, and until all is; the two in turn, so that both meet the same machine."""
    bare_arguments = ["-m", "tests.benchmarks.ui.bare", json.dumps(counts)]
    ours: list[tuple[float, int]] = []
    bare: list[tuple[float, int]] = []
    with _profile() as environ, _compiled() as compiled:
        environ = {**environ, **compiled}
        _start(bare_arguments, compiled, FIRST_WORDS)
        _start(OURS, environ, OUR_FIRST_WORDS)
        for _ in range(times):
            bare.append(_start(bare_arguments, compiled, FIRST_WORDS))
            ours.append(_start(OURS, environ, OUR_FIRST_WORDS))
    widgets = sum(sum(each.values()) for each in counts.values())
    yield Figure(
        f"first frame ({widgets} widgets)",
        median(seconds for seconds, _ in ours) * 1000,
        "ms",
        median(seconds for seconds, _ in bare) * 1000,
        1.25,
        is_ratio=True,
    )
    yield Figure(
        "bytes until it has settled",
        median(written for _, written in ours),
        "B",
        median(written for _, written in bare),
        1.1,
        is_ratio=True,
    )


def _start(arguments: Sequence[str], environ: Mapping[str, str], words: str) -> tuple[float, int]:
    with Terminal(arguments, environ, 80, 24) as terminal:
        terminal.until(words)
        seconds = terminal.age
        terminal.settle()
        return seconds, terminal.written


# Keys on a calm screen


def keys(counts: Census, columns: int, rows: int) -> Iterator[Figure]:
    """What a key costs while nothing else happens."""
    size = f"{columns}x{rows}"
    with _ours(columns, rows) as ours, _bare(counts, columns, rows) as bare:
        answers = _answers(ours, ["tab"] * _MOVES)
        peers = _answers(bare, ["tab"] * _MOVES)
        yield _bytes(f"focus move at {size}", answers, 600, peers)
        latencies = [seconds for _, seconds in answers if seconds]
        ours.press(*["\x1b[Z"] * (_MOVES - 1))
        toggles = _answers(ours, [" "] * _TOGGLES)
        latencies += [seconds for _, seconds in toggles if seconds]
        yield _bytes(f"checkbox at {size}", toggles, 250)
        dead = _answers(ours, ["x", "9", "f12", "~"])
        yield Figure(
            f"a key that means nothing at {size}, at most",
            max(written for written, _ in dead),
            "B",
            goal=1_000,
        )
        yield Figure(f"idle at {size}", ours.watch(_IDLE_S) / _IDLE_S, "B/s", goal=0)
        yield from _latency(f"key, calm, at {size}", latencies, 20, 20)


def _answers(terminal: Terminal, pressed: Sequence[str]) -> list[tuple[int, float]]:
    return [terminal.answer(key) for key in pressed]


def _bytes(
    what: str,
    answers: Sequence[tuple[int, float]],
    goal: float,
    peers: Sequence[tuple[int, float]] | None = None,
) -> Figure:
    peer = None if peers is None else median(written for written, _ in peers)
    return Figure(what, median(written for written, _ in answers), "B", peer, goal)


def _latency(what: str, seconds: Sequence[float], goal: float, goal_p90: float) -> Iterator[Figure]:
    parts = quantiles(seconds, n=100, method="inclusive")
    for name, value, most in (
        ("median", median(seconds), goal),
        ("p90", parts[89], goal_p90),
        ("p99", parts[98], None),
    ):
        yield Figure(f"{what}: {name}", value * 1000, "ms", goal=most, is_asked=False)


# The log


@contextmanager
def _flooded(rate: int, seconds: float, columns: int = 80, rows: int = 24) -> Iterator[Terminal]:
    """Our app, a sync of so many events a second about to begin, the cursor on the first box."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["-m", "tests.benchmarks.ui.flooded", str(rate), str(seconds), folder]
        with Terminal(arguments, {}, columns, rows) as terminal:
            terminal.until(OUR_FIRST_WORDS)
            terminal.settle()
            terminal.press("tab")
            terminal.settle()
            yield terminal


def _begin(terminal: Terminal) -> None:
    terminal.forget()
    terminal.press("f5")
    terminal.until(r"Yes \(y\)")
    terminal.settle()
    terminal.press("y")


def log_lines() -> Iterator[Figure]:
    """What a line costs where they come slowly enough to be read."""
    rate, seconds = 20, 5.0
    with _flooded(rate, seconds) as terminal:
        _begin(terminal)
        terminal.until("writing")
        written = terminal.watch(seconds - 1)
        yield Figure("a log line, 20 a second", written / (rate * (seconds - 1)), "B")


def flood(rate: int, seconds: float = 6.0, *, is_open: bool = True) -> Iterator[Figure]:
    """The keys' answers, the bytes and the CPU while `rate` events a second are announced."""
    name = f"{rate:,} events/s, log {'open' if is_open else 'closed'}"
    with _flooded(rate, seconds) as terminal:
        _begin(terminal)
        terminal.until("writing")
        if not is_open:
            terminal.press("f6", "f6")
        terminal.watch(0.5)
        before, cpu, begun = terminal.written, terminal.cpu, time.perf_counter()
        latencies = _toggles(terminal, seconds - 2)
        elapsed = time.perf_counter() - begun
        yield from _latency(f"key, {name}", latencies, 25, 60)
        most = 60_000 if is_open else 10_000
        yield Figure(f"line, {name}", (terminal.written - before) / elapsed, "B/s", goal=most)
        yield Figure(f"CPU, {name}", (terminal.cpu - cpu) / elapsed * 100, "%")


def _toggles(terminal: Terminal, seconds: float, until: str = "") -> list[float]:
    """Tick and untick the box for so long, or until another screen with the words `until` takes the keys."""
    latencies = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        latency = terminal.time_to(" ", f"{BOX}|{until}" if until else BOX)
        if until and until in terminal.text:
            break
        latencies.append(latency)
        terminal.watch(_BETWEEN_KEYS_S)
        if until and until in terminal.text:
            break
    return latencies


# A whole sync


def whole_sync(items: int) -> Iterator[Figure]:
    """A first sync by the real engine, the services in another process, the log open."""
    with tempfile.TemporaryDirectory() as home:
        exported = Path(home) / "calendar.ics"
        exported.write_text(_calendar(items), encoding="utf-8")
        sandbox = SandboxProcess.start(load=[exported])
        try:
            yield from _sync(Path(home), sandbox, items)
        finally:
            sandbox.stop()


def _sync(home: Path, sandbox: SandboxProcess, items: int) -> Iterator[Figure]:
    (home / "config.toml").write_text(
        f'[outlook]\ngraph_url = "{sandbox.graph_url}"\n'
        f'[salesforce]\ninstance_url = "{sandbox.salesforce_url}"\n',
        encoding="utf-8",
    )
    environ = {
        "LPC_TUI_HOME": str(home),
        "LPC_TUI_OUTLOOK_TOKEN": sandbox.outlook_token,
        "LPC_TUI_SALESFORCE_TOKEN": sandbox.salesforce_token,
    }
    with Terminal(OURS, environ, 80, 24) as terminal:
        terminal.until(OUR_FIRST_WORDS)
        terminal.settle()
        terminal.press("tab")
        terminal.settle()
        _begin(terminal)
        terminal.until("reading")
        reading = _toggles(terminal, 600, until="Synchronization Summary")
        yield from _latency(f"key while {items:,} items are read and planned", reading, 25, 60)
        yield from _review(terminal, items)
        terminal.press("a")
        terminal.settle()
        _begin(terminal)
        terminal.until("writing")
        before, begun = terminal.written, time.perf_counter()
        writing = _toggles(terminal, 600, until="Sync finished")
        elapsed = time.perf_counter() - begun
        yield from _latency(f"key while {items:,} items are written", writing, 25, 60)
        yield Figure(
            f"line while {items:,} items are written",
            (terminal.written - before) / elapsed,
            "B/s",
            goal=60_000,
        )
        terminal.settle()
        yield Figure(f"memory after {items:,} items", terminal.memory / 1e6, "MB", goal=150)


def _review(terminal: Terminal, items: int) -> Iterator[Figure]:
    """Moving the cursor through that many rows, and narrowing them: by sort, and by each letter of a search."""
    moves = _answers(terminal, ["down"] * _MOVES)
    jumps = _answers(terminal, ["end", "home", "pagedown", "pageup"] * 2)
    filters = _answers(terminal, ["f"] * 4 + ["F"] * 4)
    terminal.answer("/")
    letters = _answers(terminal, [*"eeting 9"])
    terminal.answer("escape")
    yield _bytes(f"cursor in a review of {items:,}", moves, 1_000)
    for what, answers in (("cursor", [*moves, *jumps]), ("filter", filters), ("search", letters)):
        yield from _latency(f"{what} in a review of {items:,}", [seconds for _, seconds in answers], 25, 60)


def _calendar(items: int) -> str:
    """So many events, all of them ahead, in the form in which Outlook exports them."""
    first = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN"]
    for number in range(items):
        start = first + timedelta(minutes=45 * number % (300 * 24 * 60))
        lines += [
            "BEGIN:VEVENT",
            f"UID:bench-{number}",
            f"DTSTAMP:{first:%Y%m%dT%H%M%SZ}",
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
            f"DTEND:{start + timedelta(minutes=30):%Y%m%dT%H%M%SZ}",
            f"SUMMARY:Meeting {number} with Acme",
            "LOCATION:Room 4",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])
