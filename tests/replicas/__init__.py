"""The replicas, each against its half of the sandbox."""
