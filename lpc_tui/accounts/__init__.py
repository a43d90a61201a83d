"""Accounts: signing in to both services, keeping what a sign-in gives, and handing out tokens that are good now.

Beside the replicas and the state: the composition root hands its token sources to the replicas, the command line and the
terminal UI sign in through `interface.Accounts`. Nothing here prints, and no secret leaves this room but as a token for the
one host it belongs to.
"""
