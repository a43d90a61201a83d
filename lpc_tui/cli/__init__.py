"""The command line: one small module per command, and errors turned into one line and an exit code."""
