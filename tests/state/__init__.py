"""The state file: codec, database, store and lock."""
