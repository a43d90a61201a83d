"""`python -m lpc_tui` and the console script `lpc-tui`."""

from __future__ import annotations

import os
import sys
from typing import Final

_COMPLETION: Final = "_LPC_TUI_COMPLETE"
"""Set by a shell that asks how a command line could go on."""
_PLUGINS: Final = "PYDANTIC_DISABLE_PLUGINS"
"""Unless told so, pydantic looks through every installed package for plugins of its own, at each start, and runs them."""


def main() -> None:
    """Carry out the command line of this process and exit with its code."""
    os.environ.setdefault(_PLUGINS, "__all__")
    from lpc_tui.cli.errors import carry_out

    is_for_ui = len(sys.argv) == 1 and _COMPLETION not in os.environ
    sys.exit(carry_out(_open_ui) if is_for_ui else _run())


def _run(*args: str) -> int:
    from lpc_tui.cli.app import app
    from lpc_tui.cli.errors import run_cli

    return run_cli(app, args or None)


def _open_ui() -> int:
    """As `lpc-tui` does without a command; its first frame does not wait for the commands to be imported."""
    from lpc_tui.cli.ui import open_ui

    return _run("demo") if open_ui() else 0


if __name__ == "__main__":
    main()
