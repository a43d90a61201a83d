"""What the state file tells a person, without a request: the history item by item, what is open, and why.

`interface` holds the values and the protocol that the command line and the terminal UI are built on; `profile` fills them
from a profile's state file and settings. Nothing here writes, and nothing of a private item gets out of it but its ids.
"""
