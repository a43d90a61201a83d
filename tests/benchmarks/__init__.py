"""What runs cost, measured on the sandbox: `make bench-requests`. No tests: pytest collects nothing here."""
