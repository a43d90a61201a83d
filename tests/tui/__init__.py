"""Tests of what people see: the wording of events, foreign text, the terminal UI."""
