"""One measured run in a process of its own: ours, or the floor client's. A child of `sync`, which hosts the services.

Reads what to do as JSON on stdin, and prints what it cost as JSON. The libraries are imported before the clock starts.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.benchmarks.floor_client import FloorClient, Known

__all__ = ["Figures", "Order"]


_LIBRARIES = (
    "O365.connection",
    "simple_salesforce.api",
    "lpc_tui.wiring",
    "lpc_tui.replicas.outlook.calendar",
    "lpc_tui.replicas.salesforce.events",
    "lpc_tui.engine.run",
)
"""What a run loads once it needs it."""


@dataclass(frozen=True)
class Order:
    """What to run, and where."""

    is_ours: bool
    job: str
    """A name of a method of `FloorClient`."""
    writes: tuple[int, int]
    """How many items it has to write in Outlook and in Salesforce."""
    graph_url: str
    salesforce_url: str
    home: str
    """The folder of our profile."""
    ahead_s: float
    """How far the services' clock is ahead of the computer's."""
    window: tuple[str, str]
    known: Known


@dataclass(frozen=True)
class Figures:
    """What a run cost."""

    seconds: float
    cpu_s: float
    """Of this process: not the services' own."""
    rss_mb: float
    """The most memory it had."""


async def _ours(order: Order) -> None:
    from lpc_tui.engine.interface import approve_all
    from lpc_tui.model.items import Process, Side
    from lpc_tui.paths import paths_of
    from lpc_tui.settings_check import check
    from lpc_tui.wiring import open_engine

    environ = {
        "LPC_TUI_HOME": order.home,
        "LPC_TUI_OUTLOOK_TOKEN": "sandbox-outlook-token",
        "LPC_TUI_SALESFORCE_TOKEN": "sandbox-salesforce-token",
    }
    settings = check(
        {
            "outlook": {"graph_url": order.graph_url},
            "salesforce": {"instance_url": order.salesforce_url},
        }
    )
    ahead = timedelta(seconds=order.ahead_s)
    async with open_engine(
        settings, paths_of(environ=environ), environ=environ, clock=lambda: datetime.now(UTC) + ahead
    ) as engine:
        result = await engine.run([Process.CALENDAR], review=approve_all, emit=lambda _event: None)
    counts = result.counts[Process.CALENDAR]
    done = tuple(counts.created[side] + counts.updated[side] for side in (Side.OUTLOOK, Side.SALESFORCE))
    if result.exit_code or done != tuple(order.writes):
        raise RuntimeError(f"exit code {result.exit_code}, {result.error}; {counts}")


def _floor(order: Order) -> None:
    client = FloorClient(order.graph_url, order.salesforce_url, order.window, order.known)
    try:
        getattr(client, order.job)()
    finally:
        client.close()


def _measured(run: Callable[[], Any]) -> Figures:
    began, cpu = time.perf_counter(), time.process_time()
    run()
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    return Figures(seconds, cpu_s, _most_memory_mb())


def _most_memory_mb() -> float:
    """What the kernel counted. `getrusage` would add what the parent had when it made this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) / 1024
    return 0.0


def main() -> None:
    """Run what stdin says."""
    told = json.load(sys.stdin)
    order = Order(**{**told, "known": Known(**told["known"])})
    if order.is_ours:
        for name in _LIBRARIES:
            import_module(name)
        Path(order.home).mkdir(exist_ok=True)
        figures = _measured(lambda: asyncio.run(_ours(order)))
    else:
        figures = _measured(lambda: _floor(order))
    print(json.dumps(asdict(figures)))


if __name__ == "__main__":
    main()
