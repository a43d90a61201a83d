"""What runs cost, measured on the sandbox: `make bench-requests`."""
