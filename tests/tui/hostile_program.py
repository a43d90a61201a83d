"""The app as a program with nothing but hostile texts to show: `test_hostile_terminal` runs it in a real terminal."""

from __future__ import annotations

from dataclasses import replace

from lpc_tui.tui.app import LpcApp
from tests.tui.fake_engine import FakeEngine
from tests.tui.fake_reports import FakeReports, conflict, operation, past_run
from tests.tui.harness import make_ports
from tests.tui.hostile import CORPUS
from tests.tui.surfaces.review import new_events


def main() -> None:
    script = new_events(CORPUS)
    script.refusals = dict(zip(CORPUS, reversed(CORPUS), strict=True))
    reports = FakeReports(
        past=(past_run(operations=len(CORPUS)),),
        written=[replace(operation(at, text), words=text) for at, text in enumerate(CORPUS)],
        open=[replace(conflict(text), sentence=text) for text in CORPUS],
    )
    ports = make_ports(FakeEngine(script), reports=reports, notes=CORPUS)
    LpcApp(replace(ports, profile=CORPUS[8]), poll_s=None).run()


if __name__ == "__main__":
    main()
