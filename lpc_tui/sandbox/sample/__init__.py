"""Sample data: a salesperson's half year in both services, generated from a seed around a given day.

The demo, `sandbox serve` and the tests fill a mailbox and an org with it.
"""

from lpc_tui.sandbox.sample.build import SELLER, Worlds, build_sample, empty_worlds

__all__ = ["SELLER", "Worlds", "build_sample", "empty_worlds"]
