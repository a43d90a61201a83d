"""The Auto Background Sync: when each process is due, the loop that runs it, and how it is installed as a service."""
