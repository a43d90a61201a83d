"""Signing in to the sandbox, by hand-made requests and by the real client libraries."""
