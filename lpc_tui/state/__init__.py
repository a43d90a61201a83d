"""What a profile remembers between runs, in one SQLite file; the only room that knows SQL."""
