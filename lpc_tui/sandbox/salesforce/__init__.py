"""One Salesforce org in memory, and the strict REST server over it.

`org.Org` is the world: records, users, a clock, no HTTP. `app.salesforce_app` serves it under `/services/`.
Tests and the demo call the first to act "as somebody in Salesforce" and point a client at the second. Nothing
here imports a room outside `lpc_tui.sandbox`.
"""
