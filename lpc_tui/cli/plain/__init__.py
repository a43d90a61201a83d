"""`lpc-tui --plain`: the key flows as questions and answers, line by line, for screen readers and the simplest terminals.

Nothing is drawn: no cursor moves, no frame, no colour, nothing that changes once it was said. A number or a letter and Enter
choose. The settings, the sync, the sign-in and the reports behind it are those of the command line.
"""
