"""Tests of the sandbox: its hosting, its data and its two worlds."""
