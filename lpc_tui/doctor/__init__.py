"""What stands between a person and their first sync: settings, folders, network, sign-in, rights, fields.

The command line and the terminal UI call `examine.examine`; `findings` is all that a screen needs to know. The replicas and
the accounts do the asking, so that a check goes the way a run would go; nothing in this room writes, here or at a service.
"""
