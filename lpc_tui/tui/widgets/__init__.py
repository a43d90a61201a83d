"""Widgets, each with its own inner look; the layout of the screens is in `app.tcss`."""
