"""Where on the command line the global options may stand."""

from __future__ import annotations

import pytest

from lpc_tui.cli.arguments import globals_first


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sync --profile work --yes", "--profile work sync --yes"),
        ("sync --profile=work", "--profile=work sync"),
        ("--profile work sync", "--profile work sync"),
        ("config get KEY --debug", "--debug config get KEY"),
        ("config set KEY -- --profile", "config set KEY -- --profile"),
        ("sync --profile", "--profile"),
        ("", ""),
    ],
)
def test_global_options_come_first(typed: str, meant: str) -> None:
    assert globals_first(typed.split()) == meant.split()
