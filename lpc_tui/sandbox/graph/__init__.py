"""A strict Microsoft Graph v1.0 for one mailbox: calendar, contacts and To Do, as Exchange Online behaves on the wire.

`mailbox.Mailbox` is the world in memory, `app.graph_app` serves it over HTTP. Nothing here talks to a network or
imports the sync engine.
"""
