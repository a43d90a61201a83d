"""`lpc-tui sandbox serve`: its options and its refusals."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import pytest

from lpc_tui.cli.app import app
from lpc_tui.cli.errors import run_cli
from lpc_tui.cli.loading import report_lines
from lpc_tui.sandbox import serve as serve_module
from lpc_tui.sandbox.load.report import FileReport, LoadReport
from lpc_tui.sandbox.serve import ServeOptions
from tests.accounts.keys import key_pair


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[ServeOptions]:
    """What `serve` was called with; nothing is served."""
    calls: list[ServeOptions] = []

    def remember(options: ServeOptions, _out: TextIO) -> None:
        calls.append(options)

    monkeypatch.setattr(serve_module, "serve", remember)
    return calls


def test_the_options_reach_the_servers(served: list[ServeOptions], tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.ics", "b.vcf", "c.csv")]
    for file in files:
        file.touch()
    state = tmp_path / "state.db"
    args = [
        "--graph-port",
        "8081",
        "--salesforce-port",
        "8082",
        "--tls",
        "--conflicts",
        "--seed",
        "7",
        "--state",
        str(state),
    ]
    assert run_cli(app, ["sandbox", "serve", "--load", *map(str, files), *args]) == 0
    assert served == [
        ServeOptions(
            graph_port=8081,
            salesforce_port=8082,
            load=tuple(files),
            tls=True,
            state_file=state,
            seed=7,
            conflicts=True,
        )
    ]


def test_load_can_be_given_more_than_once(served: list[ServeOptions], tmp_path: Path) -> None:
    first, second = tmp_path / "a.ics", tmp_path / "b.ics"
    first.touch()
    second.touch()
    assert run_cli(app, ["sandbox", "serve", "--load", str(first), "--load", str(second)]) == 0
    assert served[0].load == (first, second)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--load", "nowhere.ics"), "nowhere.ics does not exist. Check the path given to --load."),
        (("--load", "."), "is not a file"),
        (("export.ics",), "Name files after --load."),
        (("--graph-port", "70000"), "--graph-port"),
        (("--salesforce-port", "http"), "--salesforce-port"),
    ],
)
def test_bad_words_are_one_line(
    served: list[ServeOptions], capsys: pytest.CaptureFixture[str], args: tuple[str, ...], says: str
) -> None:
    assert run_cli(app, ["sandbox", "serve", *args]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert says in shown.err
    assert served == []


def test_a_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run_cli(app, ["sandbox", "serve", "--graph-port", str(port)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        f"lpc-tui: The Graph server cannot use port {port}: another program uses it."
        " Choose another port, or 0 for any free one.\n"
    )


def test_ctrl_c_ends_it_with_success() -> None:
    command = [sys.executable, "-m", "lpc_tui", "sandbox", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = list(iter(child.stdout.readline, "Ctrl+C stops it.\n"))
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
    assert lines[0].startswith("Microsoft Graph  http://127.0.0.1:")
    assert any("LPC_TUI_SALESFORCE_TOKEN=" in line for line in lines)
    assert (child.returncode, out, err) == (0, "", "")


def test_what_was_loaded_is_told_in_part() -> None:
    file = FileReport(Path("/exports/team\x1b.ics"), events=3, series=1)
    for number in range(30):
        file.skip(f"VEVENT {number}", "no start")
    lines = list(report_lines(LoadReport([file])))
    assert lines[0] == "team␛.ics: 4 loaded, 30 skipped"
    assert lines[1] == "  skipped VEVENT 0: no start"
    assert lines[-1] == "  ... and 10 more"
    assert len(lines) == 22


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        ("key-canary", "is no certificate of an RSA key in PEM form"),
        pytest.param(key_pair()[0].decode(), "is no certificate", id="the private key"),
    ],
)
def test_a_certificate_that_is_none_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str | None, says: str
) -> None:
    file = tmp_path / "org.crt"
    if content is not None:
        file.write_text(content)
    assert run_cli(app, ["sandbox", "serve", "--certificate", str(file)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert says in shown.err
    assert "openssl req -x509" in shown.err
    assert not any(line in shown.err for line in (content or "").splitlines() if line)
