"""Places: the lists in which a person chooses what takes part in the sync, fetched from both services as they are now.

The terminal UI sees `interface` alone; `cli.ui` gives it what `open.open_places` makes. The replicas' own connections do the
asking, so that a list shows what a run will find. Nothing here writes, at a service or on this computer.
"""
