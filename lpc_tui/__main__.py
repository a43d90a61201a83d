"""`python -m lpc_tui` and the console script `lpc-tui`."""

from __future__ import annotations

import sys


def main() -> None:
    """Carry out the command line of this process and exit with its code."""
    from lpc_tui.cli.app import app
    from lpc_tui.cli.errors import run_cli

    sys.exit(run_cli(app))


if __name__ == "__main__":
    main()
