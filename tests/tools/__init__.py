"""Programs for the developers, run by make."""
