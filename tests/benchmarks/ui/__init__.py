"""What the terminal UI costs the line and the person's patience: `make bench-ui`."""
