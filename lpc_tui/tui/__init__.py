"""The terminal UI: LinkPoint Assist by keyboard, on Textual.

It edits settings, starts runs, shows their events and collects the person's decisions; it holds no sync logic, no SQL and no
request. What it needs from elsewhere comes in through `ports`, so that every screen runs against a scripted engine in the
tests. Nothing outside this package imports Textual.
"""
