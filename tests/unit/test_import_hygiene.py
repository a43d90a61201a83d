"""What starts often must start fast: the quick commands load neither the UI, nor a service's library, nor a server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("textual", "rich", "O365", "simple_salesforce", "requests", "starlette", "uvicorn", "sqlite3")

_PROBE = """
import sys
from lpc_tui.cli.app import app
from lpc_tui.cli.errors import run_cli
code = run_cli(app, sys.argv[1:])
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        "--help",
        "--version",
        "config get sync.calendar.past_days",
        "config set safety.max_deletes 3",
        "config validate",
    ],
)
def test_a_quick_command_loads_nothing_heavy(arguments: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, *arguments.split()],
        env={**os.environ, "LPC_TUI_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stderr.split()) & set(HEAVY) == set()


_BARE = """
import sys
sys.argv = ["lpc-tui"]
from lpc_tui.__main__ import main
try:
    main()
except SystemExit as ended:
    print(ended.code, "typer" in sys.modules)
"""


@pytest.mark.parametrize(("variable", "shown"), [("UNUSED", "2 False"), ("_LPC_TUI_COMPLETE", "True")])
def test_the_first_frame_waits_for_no_command_line(variable: str, shown: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _BARE],
        env={**os.environ, "LPC_TUI_HOME": str(tmp_path), variable: "source_bash"},
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.stdout.strip().endswith(shown)


def test_no_plugin_of_another_package_is_looked_for_and_run(tmp_path: Path) -> None:
    (tmp_path / "stranger.py").write_text('print("a stranger runs")\nplugin = None\n')
    package = tmp_path / "stranger-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[pydantic]\nstranger = stranger:plugin\n")
    environ = {**os.environ, "LPC_TUI_HOME": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    environ.pop("PYDANTIC_DISABLE_PLUGINS", None)
    command = [sys.executable, "-m", "lpc_tui", "config", "get", "ui.theme"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "auto\n"


def test_the_package_itself_loads_nothing() -> None:
    probe = "import sys; before = set(sys.modules); import lpc_tui; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["lpc_tui"]
