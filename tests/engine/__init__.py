"""Runs of the engine over replicas in memory."""
