"""The terminal UI in a browser: the same program, one process a window, served to this computer alone."""
